-- What the audit's readers rely on, held by the database: of the running role's own entries too.
alter table body.audit_entry add constraint ck_audit_entry_at_can_be_read check (at between '0001-01-02 00:00+00' and '9999-12-30 00:00+00') not valid
--
alter table body.audit_entry add constraint ck_audit_entry_detail_is_named check (jsonb_typeof(detail) = 'object') not valid
--
alter table body.audit_entry validate constraint ck_audit_entry_at_can_be_read
--
alter table body.audit_entry validate constraint ck_audit_entry_detail_is_named
