CREATE TABLE body.received_bar (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	sender_id UUID NOT NULL,
	case_ref UUID NOT NULL,
	person_id UUID NOT NULL,
	why BYTEA NOT NULL,
	state TEXT NOT NULL,
	declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
	declared_by UUID,
	decided_at TIMESTAMP WITH TIME ZONE,
	decided_by UUID,
	decision BYTEA,
	CONSTRAINT pk_received_bar PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_received_bar_tenant_id_sender_id_case_ref FOREIGN KEY(tenant_id, sender_id, case_ref) REFERENCES body.received_case (tenant_id, sender_id, case_ref),
	CONSTRAINT ck_received_bar_state_is_known CHECK (state in ('declared', 'upheld', 'dismissed')),
	CONSTRAINT ck_received_bar_decided_when_settled CHECK ((state = 'declared') = (decided_at is null))
);
--
CREATE INDEX ix_received_bar_case ON body.received_bar (tenant_id, sender_id, case_ref, person_id);
--
alter table body.received_bar enable row level security;
--
alter table body.received_bar force row level security;
--
create policy own_body on body.received_bar using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.received_bar from public;
--
grant select, insert, update on body.received_bar to threefold_app;
