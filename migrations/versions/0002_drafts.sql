alter table body.arrangement_version add column corrects text not null default '';
--
alter table body.arrangement_version drop constraint uq_arrangement_version_tenant_id_begins;
--
CREATE UNIQUE INDEX uq_arrangement_version_begins ON body.arrangement_version (tenant_id, begins) WHERE corrects = '';
--
CREATE TABLE body.arrangement_draft (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	title TEXT NOT NULL,
	state TEXT NOT NULL,
	head_no INTEGER NOT NULL,
	started_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	CONSTRAINT pk_arrangement_draft PRIMARY KEY (tenant_id, id),
	CONSTRAINT ck_arrangement_draft_state_is_known CHECK (state in ('open', 'signing', 'entered', 'given_up'))
);
--
CREATE INDEX ix_arrangement_draft_updated ON body.arrangement_draft (tenant_id, updated_at);
--
alter table body.arrangement_draft enable row level security;
--
alter table body.arrangement_draft force row level security;
--
create policy own_body on body.arrangement_draft using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.arrangement_draft from public;
--
grant select, insert, update on body.arrangement_draft to threefold_app;
--
CREATE TABLE body.draft_revision (
	tenant_id UUID NOT NULL,
	draft_id UUID NOT NULL,
	no INTEGER NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	what TEXT NOT NULL,
	signed_hash TEXT NOT NULL,
	content JSONB NOT NULL,
	CONSTRAINT pk_draft_revision PRIMARY KEY (tenant_id, draft_id, no),
	CONSTRAINT fk_draft_revision_tenant_id_draft_id FOREIGN KEY(tenant_id, draft_id) REFERENCES body.arrangement_draft (tenant_id, id)
);
--
alter table body.draft_revision enable row level security;
--
alter table body.draft_revision force row level security;
--
create policy own_body on body.draft_revision using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.draft_revision from public;
--
grant select, insert on body.draft_revision to threefold_app;
--
CREATE TABLE body.draft_signature (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	draft_id UUID NOT NULL,
	signed_hash TEXT NOT NULL,
	seat TEXT NOT NULL,
	act TEXT NOT NULL,
	concerns UUID,
	day DATE NOT NULL,
	said BYTEA NOT NULL,
	document BYTEA,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	CONSTRAINT pk_draft_signature PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_draft_signature_tenant_id_draft_id FOREIGN KEY(tenant_id, draft_id) REFERENCES body.arrangement_draft (tenant_id, id),
	CONSTRAINT ck_draft_signature_act_is_known CHECK (act in ('signed', 'refused', 'minutes', 'checked'))
);
--
CREATE INDEX ix_draft_signature_draft ON body.draft_signature (tenant_id, draft_id, at);
--
alter table body.draft_signature enable row level security;
--
alter table body.draft_signature force row level security;
--
create policy own_body on body.draft_signature using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.draft_signature from public;
--
grant select, insert on body.draft_signature to threefold_app;
--
CREATE TABLE body.rehearsal_run (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	draft_id UUID NOT NULL,
	signed_hash TEXT NOT NULL,
	state TEXT NOT NULL,
	done INTEGER NOT NULL,
	total INTEGER NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	result BYTEA,
	CONSTRAINT pk_rehearsal_run PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_rehearsal_run_tenant_id_draft_id FOREIGN KEY(tenant_id, draft_id) REFERENCES body.arrangement_draft (tenant_id, id),
	CONSTRAINT ck_rehearsal_run_state_is_known CHECK (state in ('waiting', 'running', 'stopping', 'stopped', 'done', 'failed'))
);
--
CREATE INDEX ix_rehearsal_run_draft ON body.rehearsal_run (tenant_id, draft_id, asked_at);
--
alter table body.rehearsal_run enable row level security;
--
alter table body.rehearsal_run force row level security;
--
create policy own_body on body.rehearsal_run using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.rehearsal_run from public;
--
grant select, insert, update on body.rehearsal_run to threefold_app;
