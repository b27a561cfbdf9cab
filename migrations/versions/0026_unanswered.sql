alter table body.subject_reminder add column about text not null default 'due'
--
alter table body.subject_reminder alter column about drop default
--
alter table body.subject_reminder add constraint ck_subject_reminder_about_is_known check (about in ('due', 'waits'))
--
alter table body.subject_reminder drop constraint uq_subject_reminder_request_due_lead_person
--
alter table body.subject_reminder add constraint uq_subject_reminder_request_about_due_lead_person unique (tenant_id, request_id, about, due_on, lead_days, person_id)
