CREATE TABLE body.signature_reminder (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	draft_id UUID NOT NULL,
	signed_hash TEXT NOT NULL,
	seat TEXT NOT NULL,
	occasion TEXT NOT NULL,
	person_id UUID NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE,
	state TEXT NOT NULL,
	error TEXT NOT NULL,
	CONSTRAINT pk_signature_reminder PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_signature_reminder_tenant_id_draft_id FOREIGN KEY(tenant_id, draft_id) REFERENCES body.arrangement_draft (tenant_id, id),
	CONSTRAINT uq_signature_reminder_content_seat_occasion UNIQUE (tenant_id, draft_id, signed_hash, seat, occasion, person_id),
	CONSTRAINT ck_signature_reminder_state_is_known CHECK (state in ('waiting', 'sent', 'failed'))
);
--
alter table body.signature_reminder enable row level security;
--
alter table body.signature_reminder force row level security;
--
create policy own_body on body.signature_reminder using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.signature_reminder from public;
--
grant select, insert, update on body.signature_reminder to threefold_app;
