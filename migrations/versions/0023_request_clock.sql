drop index body.ix_subject_request_due
--
alter table body.subject_request drop constraint ck_subject_request_extended_with_its_reason
--
alter table body.subject_request drop column due_on, drop column extended_to
--
alter table body.subject_request add constraint ck_subject_request_extended_with_its_reason check ((extended_on is null) = (extended_why is null))
--
create index ix_subject_request_state on body.subject_request (tenant_id, state, received_on)
--
CREATE TABLE body.subject_question (
	tenant_id UUID NOT NULL,
	request_id UUID NOT NULL,
	no INTEGER NOT NULL,
	kind TEXT NOT NULL,
	asked_on DATE NOT NULL,
	asked BYTEA NOT NULL,
	came_on DATE,
	taken_back BOOLEAN NOT NULL,
	noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	noted_by UUID,
	CONSTRAINT pk_subject_question PRIMARY KEY (tenant_id, request_id, no),
	CONSTRAINT fk_subject_question_tenant_id_request_id FOREIGN KEY(tenant_id, request_id) REFERENCES body.subject_request (tenant_id, id),
	CONSTRAINT ck_subject_question_kind_is_known CHECK (kind in ('identity', 'fee', 'clarification')),
	CONSTRAINT ck_subject_question_comes_after_it_was_asked CHECK (came_on >= asked_on)
)
--
alter table body.subject_question enable row level security
--
alter table body.subject_question force row level security
--
create policy own_body on body.subject_question using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.subject_question from public
--
grant select, insert, update on body.subject_question to threefold_app
--
create trigger body_stays before insert or update on body.subject_question for each row execute function walls.body_stays()
--
create trigger request_stands before insert or update on body.subject_question for each row execute function walls.request_stands()
--
CREATE TABLE body.subject_reminder (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	request_id UUID NOT NULL,
	due_on DATE NOT NULL,
	lead_days INTEGER NOT NULL,
	person_id UUID NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE,
	state TEXT NOT NULL,
	error TEXT NOT NULL,
	CONSTRAINT pk_subject_reminder PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_subject_reminder_tenant_id_request_id FOREIGN KEY(tenant_id, request_id) REFERENCES body.subject_request (tenant_id, id),
	CONSTRAINT uq_subject_reminder_request_due_lead_person UNIQUE (tenant_id, request_id, due_on, lead_days, person_id),
	CONSTRAINT ck_subject_reminder_state_is_known CHECK (state in ('waiting', 'sent', 'failed'))
)
--
alter table body.subject_reminder enable row level security
--
alter table body.subject_reminder force row level security
--
create policy own_body on body.subject_reminder using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()))
--
revoke all on body.subject_reminder from public
--
grant select, insert, update on body.subject_reminder to threefold_app
--
create or replace function walls.request_goes() returns trigger language plpgsql set search_path = '' as $$
begin
  if old.destroyed_at is not null then
    raise exception 'what was in this request was destroyed' using errcode = 'TF001'; end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('records of ' || new.tenant_id::text, 0));
  if old.state = 'open' or (new.id, new.reference, new.state, new.received_on, new.extended_on, new.opened_at, new.opened_by, new.answered_on)
    is distinct from (old.id, old.reference, old.state, old.received_on, old.extended_on, old.opened_at, old.opened_by, old.answered_on) then
    raise exception 'the request is open' using errcode = 'TF001'; end if;
  if new.kept_until is null or new.answered_on is null or new.kept_until <= new.answered_on
    or new.kept_until > (pg_catalog.statement_timestamp() at time zone 'Europe/London')::date then
    raise exception 'the time of the request has not ended' using errcode = 'TF001'; end if;
  if exists (select from body.legal_hold h where h.tenant_id = new.tenant_id and h.lifted_at is null and ((h.case_id is null and h.sender_id is null)
    or h.case_id in (select s.case_id from body.subject_item s where s.tenant_id = new.tenant_id and s.request_id = new.id))) then
    raise exception 'a hold stands' using errcode = 'TF001'; end if;
  if exists (select from body.body_export e where e.tenant_id = new.tenant_id and e.state in ('running', 'failed', 'ready')) then
    raise exception 'everything is being taken out' using errcode = 'TF001'; end if;
  if coalesce(pg_catalog.octet_length(new.about), 0) + coalesce(pg_catalog.octet_length(new.extended_why), 0) + coalesce(pg_catalog.octet_length(new.answer), 0) > 0
    or exists (select from body.subject_item s where s.tenant_id = new.tenant_id and s.request_id = new.id
      and coalesce(pg_catalog.octet_length(s.why), 0) + coalesce(pg_catalog.octet_length(s.told), 0) + coalesce(pg_catalog.octet_length(s.seen), 0) > 0)
    or exists (select from body.subject_question a where a.tenant_id = new.tenant_id and a.request_id = new.id and pg_catalog.octet_length(a.asked) > 0)
    or exists (select from body.form_draft f where f.tenant_id = new.tenant_id and pg_catalog.strpos(pg_catalog.lower(f.form), new.id::text) > 0) then
    raise exception 'something of the request is left' using errcode = 'TF001'; end if;
  return new;
end $$
