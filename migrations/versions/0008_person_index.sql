CREATE TABLE body.person_index (
	tenant_id UUID NOT NULL,
	case_id UUID NOT NULL,
	person_id UUID NOT NULL,
	field TEXT NOT NULL,
	token BYTEA NOT NULL,
	CONSTRAINT pk_person_index PRIMARY KEY (tenant_id, case_id, person_id, field, token),
	CONSTRAINT fk_person_index_tenant_id_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES body.case_person (tenant_id, id),
	CONSTRAINT ck_person_index_field_is_known CHECK (field in ('nhs_number', 'date_of_birth', 'name', 'name_sound', 'made'))
);
--
CREATE INDEX ix_person_index_token ON body.person_index (tenant_id, field, token);
--
alter table body.person_index enable row level security;
--
alter table body.person_index force row level security;
--
create policy own_body on body.person_index using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.person_index from public;
--
grant select, insert, delete, update on body.person_index to threefold_app;
--
create or replace function directory.public_key(p_body uuid, p_no integer) returns table(key_no integer, verify_key bytea, seal_key bytea) language sql stable security definer set search_path = '' as $$select k.key_no, k.verify_key, k.seal_key from directory.body_public_key k
  where k.body_id = p_body and (k.key_no = p_no or (p_no is null and k.retired_at is null)) order by k.key_no desc limit 1$$;
--
alter table body.body_key add column audit_key bytea;
