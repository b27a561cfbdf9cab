alter table body.audit_entry add column kind text not null default '';
--
alter table body.audit_entry add column source text not null default '';
--
alter table body.audit_entry add column outcome text not null default 'done';
--
alter table body.audit_entry add constraint ck_audit_entry_kind_is_known
  check (kind in ('', 'detail', 'list', 'search', 'export', 'attachment', 'change')) not valid;
--
alter table body.audit_entry validate constraint ck_audit_entry_kind_is_known;
--
alter table body.audit_entry add constraint ck_audit_entry_outcome_is_known check (outcome in ('done', 'refused')) not valid;
--
alter table body.audit_entry validate constraint ck_audit_entry_outcome_is_known;
--
CREATE TABLE body.audit_link (
	tenant_id UUID NOT NULL,
	no BIGINT NOT NULL,
	entry_id UUID NOT NULL,
	entry_mac BYTEA NOT NULL,
	until TIMESTAMP WITH TIME ZONE NOT NULL,
	sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	mac BYTEA NOT NULL,
	CONSTRAINT pk_audit_link PRIMARY KEY (tenant_id, no),
	CONSTRAINT uq_audit_link_tenant_id_entry_id UNIQUE (tenant_id, entry_id)
);
--
alter table body.audit_link enable row level security;
--
alter table body.audit_link force row level security;
--
create policy own_body on body.audit_link using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.audit_link from public;
--
grant select, insert on body.audit_link to threefold_app;
