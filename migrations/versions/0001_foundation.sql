create schema if not exists directory;
--
grant usage on schema directory to threefold_app;
--
create schema if not exists body;
--
grant usage on schema body to threefold_app;
--
create schema if not exists post;
--
grant usage on schema post to threefold_app;
--
create schema if not exists published;
--
grant usage on schema published to threefold_app;
--
create schema if not exists walls;
--
grant usage on schema walls to threefold_app;
--
create or replace function walls.scope() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
--
grant execute on function walls.scope() to threefold_app;
--
grant select on directory.migration to threefold_app;
--
CREATE TABLE body.arrangement_version (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	version TEXT NOT NULL,
	content_hash TEXT NOT NULL,
	entered TEXT NOT NULL,
	begins DATE,
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
	content JSONB NOT NULL,
	CONSTRAINT pk_arrangement_version PRIMARY KEY (tenant_id, id),
	CONSTRAINT uq_arrangement_version_tenant_id_version UNIQUE (tenant_id, version),
	CONSTRAINT uq_arrangement_version_tenant_id_begins UNIQUE (tenant_id, begins),
	CONSTRAINT ck_arrangement_version_entered_is_told CHECK (entered in ('adopted', 'signed'))
);
--
CREATE TABLE body.audit_entry (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor UUID,
	purpose TEXT NOT NULL,
	action TEXT NOT NULL,
	subject TEXT NOT NULL,
	detail JSONB NOT NULL,
	CONSTRAINT pk_audit_entry PRIMARY KEY (tenant_id, id)
);
--
CREATE INDEX ix_audit_entry_at ON body.audit_entry (tenant_id, at);
--
CREATE INDEX ix_audit_entry_subject ON body.audit_entry (tenant_id, subject, at);
--
CREATE TABLE body.body_key (
	tenant_id UUID NOT NULL,
	key_no INTEGER NOT NULL,
	wrapped BYTEA NOT NULL,
	sign_key BYTEA,
	open_key BYTEA,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_body_key PRIMARY KEY (tenant_id, key_no)
);
--
CREATE TABLE body.counter (
	tenant_id UUID NOT NULL,
	series TEXT NOT NULL,
	value BIGINT NOT NULL,
	CONSTRAINT pk_counter PRIMARY KEY (tenant_id, series)
);
--
CREATE TABLE body.form_draft (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	form TEXT NOT NULL,
	case_id UUID,
	content BYTEA NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_form_draft PRIMARY KEY (tenant_id, id)
);
--
CREATE INDEX ix_form_draft_person ON body.form_draft (tenant_id, person_id, updated_at);
--
CREATE TABLE body.form_token (
	tenant_id UUID NOT NULL,
	token UUID NOT NULL,
	story TEXT NOT NULL,
	result TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_form_token PRIMARY KEY (tenant_id, token)
);
--
CREATE TABLE body.incident_case (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	reference TEXT NOT NULL,
	status TEXT NOT NULL,
	head_no INTEGER NOT NULL,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	nature_at_notification TEXT,
	notified_on DATE,
	next_due_on DATE,
	next_step TEXT NOT NULL,
	next_who TEXT NOT NULL,
	next_statutory BOOLEAN NOT NULL,
	version TEXT NOT NULL,
	edition TEXT NOT NULL,
	restricted BOOLEAN NOT NULL,
	CONSTRAINT pk_incident_case PRIMARY KEY (tenant_id, id),
	CONSTRAINT uq_incident_case_tenant_id_reference UNIQUE (tenant_id, reference),
	CONSTRAINT ck_incident_case_status_is_known CHECK (status in ('recording', 'deciding', 'not_notified', 'notified', 'rapid_review_sent', 'local_review', 'no_local_review', 'published', 'withdrawn', 'criteria_not_met', 'referral')),
	CONSTRAINT ck_incident_case_nature_is_known CHECK (nature_at_notification in ('death', 'serious_harm', 'other'))
);
--
CREATE INDEX ix_incident_case_due ON body.incident_case (tenant_id, next_due_on, id);
--
CREATE INDEX ix_incident_case_opened ON body.incident_case (tenant_id, opened_at, id);
--
CREATE TABLE body.letter_in (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	sender_id UUID NOT NULL,
	type TEXT NOT NULL,
	case_ref UUID NOT NULL,
	seq BIGINT NOT NULL,
	written_at TIMESTAMP WITH TIME ZONE NOT NULL,
	arrived_at TIMESTAMP WITH TIME ZONE NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	content BYTEA,
	CONSTRAINT pk_letter_in PRIMARY KEY (tenant_id, id),
	CONSTRAINT ck_letter_in_state_is_known CHECK (state in ('in_effect', 'held', 'refused'))
);
--
CREATE INDEX ix_letter_in_case ON body.letter_in (tenant_id, sender_id, case_ref, seq);
--
CREATE INDEX ix_letter_in_state ON body.letter_in (tenant_id, state, arrived_at);
--
CREATE TABLE body.outbox_letter (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	receiver_id UUID NOT NULL,
	type TEXT NOT NULL,
	case_ref UUID NOT NULL,
	seq BIGINT NOT NULL,
	written_at TIMESTAMP WITH TIME ZONE NOT NULL,
	delivered_at TIMESTAMP WITH TIME ZONE,
	letter BYTEA NOT NULL,
	copy BYTEA NOT NULL,
	CONSTRAINT pk_outbox_letter PRIMARY KEY (tenant_id, id),
	CONSTRAINT uq_outbox_letter_tenant_id_receiver_id_case_ref_seq UNIQUE (tenant_id, receiver_id, case_ref, seq)
);
--
CREATE INDEX ix_outbox_letter_case ON body.outbox_letter (tenant_id, case_ref);
--
CREATE INDEX ix_outbox_letter_undelivered ON body.outbox_letter (tenant_id, delivered_at, written_at);
--
CREATE TABLE body.panel_reply (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	sender_id UUID NOT NULL,
	case_ref UUID NOT NULL,
	view TEXT NOT NULL,
	national_review TEXT NOT NULL,
	reason BYTEA NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	CONSTRAINT pk_panel_reply PRIMARY KEY (tenant_id, id)
);
--
CREATE INDEX ix_panel_reply_case ON body.panel_reply (tenant_id, sender_id, case_ref, at);
--
CREATE TABLE body.received_case (
	tenant_id UUID NOT NULL,
	sender_id UUID NOT NULL,
	case_ref UUID NOT NULL,
	sender_name TEXT NOT NULL,
	reference TEXT NOT NULL,
	route TEXT NOT NULL,
	nature TEXT NOT NULL,
	forms INTEGER NOT NULL,
	notified_on DATE NOT NULL,
	due_on DATE,
	due_source TEXT NOT NULL,
	arrived_on DATE,
	taken_back_on DATE,
	way_out TEXT NOT NULL,
	replied_on DATE,
	reply TEXT NOT NULL,
	local_review TEXT NOT NULL,
	happened_on DATE,
	happened_in TEXT NOT NULL,
	linked_sender UUID,
	linked_to UUID,
	notification BYTEA NOT NULL,
	report BYTEA,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_received_case PRIMARY KEY (tenant_id, sender_id, case_ref),
	CONSTRAINT ck_received_case_reply_is_known CHECK (reply in ('', 'agree', 'disagree', 'query'))
);
--
CREATE INDEX ix_received_case_due ON body.received_case (tenant_id, due_on);
--
CREATE INDEX ix_received_case_notified ON body.received_case (tenant_id, notified_on);
--
CREATE TABLE directory.body (
	id UUID NOT NULL,
	slug TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	on_platform BOOLEAN NOT NULL,
	synthetic BOOLEAN NOT NULL,
	national_body TEXT NOT NULL,
	area_codes TEXT[] NOT NULL,
	front_door TEXT NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_body PRIMARY KEY (id),
	CONSTRAINT ck_body_kind_is_known CHECK (kind in ('partnership', 'child_death_panel', 'national', 'addressee')),
	CONSTRAINT uq_body_slug UNIQUE (slug)
);
--
CREATE TABLE directory.person (
	id UUID NOT NULL,
	email TEXT NOT NULL,
	display_name TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	active BOOLEAN NOT NULL,
	CONSTRAINT pk_person PRIMARY KEY (id),
	CONSTRAINT ck_person_email_is_lower CHECK (email = lower(email)),
	CONSTRAINT uq_person_email UNIQUE (email)
);
--
CREATE TABLE post.letter (
	receiver_id UUID NOT NULL,
	id UUID NOT NULL,
	sender_id UUID NOT NULL,
	posted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	letter BYTEA NOT NULL,
	CONSTRAINT pk_letter PRIMARY KEY (receiver_id, id)
);
--
CREATE INDEX ix_letter_receiver ON post.letter (receiver_id, posted_at);
--
CREATE TABLE post.work (
	id UUID NOT NULL,
	body_id UUID NOT NULL,
	kind TEXT NOT NULL,
	subject UUID NOT NULL,
	run_after TIMESTAMP WITH TIME ZONE NOT NULL,
	state TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	last_error TEXT NOT NULL,
	claimed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_work PRIMARY KEY (id),
	CONSTRAINT uq_work_body_id_kind_subject UNIQUE (body_id, kind, subject),
	CONSTRAINT ck_work_state_is_known CHECK (state in ('waiting', 'running', 'done', 'failed'))
);
--
CREATE INDEX ix_work_due ON post.work (state, run_after);
--
CREATE TABLE published.publication (
	publisher_id UUID NOT NULL,
	id UUID NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	content JSONB NOT NULL,
	published_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_publication PRIMARY KEY (publisher_id, id)
);
--
CREATE TABLE body.agency_request (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	agency TEXT NOT NULL,
	asked BYTEA NOT NULL,
	token_hash BYTEA NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	state TEXT NOT NULL,
	answered_at TIMESTAMP WITH TIME ZONE,
	answer BYTEA,
	closed_until DATE,
	mail_state TEXT NOT NULL,
	CONSTRAINT pk_agency_request PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_agency_request_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT uq_agency_request_tenant_id_token_hash UNIQUE (tenant_id, token_hash),
	CONSTRAINT ck_agency_request_state_is_known CHECK (state in ('asked', 'answered', 'nothing_known', 'closed_until', 'passed_on', 'revoked'))
);
--
CREATE INDEX ix_agency_request_case ON body.agency_request (tenant_id, case_id, asked_at);
--
CREATE TABLE body.case_person (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	part TEXT NOT NULL,
	child_key TEXT NOT NULL,
	details BYTEA NOT NULL,
	added_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_case_person PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_case_person_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT ck_case_person_part_is_known CHECK (part in ('child', 'parent', 'carer', 'household', 'alleged', 'other'))
);
--
CREATE INDEX ix_case_person_case ON body.case_person (tenant_id, case_id);
--
CREATE TABLE body.case_record (
	tenant_id UUID NOT NULL,
	case_id UUID NOT NULL,
	no INTEGER NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	by_seat TEXT NOT NULL,
	what TEXT NOT NULL,
	facts BYTEA NOT NULL,
	verdict BYTEA NOT NULL,
	fingerprint TEXT NOT NULL,
	CONSTRAINT pk_case_record PRIMARY KEY (tenant_id, case_id, no),
	CONSTRAINT fk_case_record_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id)
);
--
CREATE TABLE body.decision (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	question TEXT NOT NULL,
	outcome TEXT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	by_seat TEXT NOT NULL,
	record_no INTEGER NOT NULL,
	reasons BYTEA NOT NULL,
	CONSTRAINT pk_decision PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_decision_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id)
);
--
CREATE INDEX ix_decision_case ON body.decision (tenant_id, case_id, at);
--
CREATE TABLE body.reminder (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	step TEXT NOT NULL,
	due_on DATE NOT NULL,
	lead_days INTEGER NOT NULL,
	person_id UUID NOT NULL,
	as_deputy BOOLEAN NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE,
	state TEXT NOT NULL,
	error TEXT NOT NULL,
	CONSTRAINT pk_reminder PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_reminder_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT uq_reminder_tenant_id_case_id_step_due_on_lead_days_person_id UNIQUE (tenant_id, case_id, step, due_on, lead_days, person_id),
	CONSTRAINT ck_reminder_state_is_known CHECK (state in ('waiting', 'sent', 'failed'))
);
--
CREATE INDEX ix_reminder_case ON body.reminder (tenant_id, case_id);
--
CREATE TABLE body.safety_action (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	action BYTEA NOT NULL,
	added_at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	done_on DATE,
	CONSTRAINT pk_safety_action PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_safety_action_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id)
);
--
CREATE INDEX ix_safety_action_case ON body.safety_action (tenant_id, case_id);
--
CREATE TABLE directory.body_public_key (
	body_id UUID NOT NULL,
	key_no INTEGER NOT NULL,
	verify_key BYTEA NOT NULL,
	seal_key BYTEA NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	retired_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_body_public_key PRIMARY KEY (body_id, key_no),
	CONSTRAINT fk_body_public_key_body_id FOREIGN KEY(body_id) REFERENCES directory.body (id)
);
--
CREATE TABLE directory.membership (
	id UUID NOT NULL,
	person_id UUID NOT NULL,
	body_id UUID NOT NULL,
	role TEXT NOT NULL,
	seat TEXT NOT NULL,
	begins DATE NOT NULL,
	ends DATE,
	CONSTRAINT pk_membership PRIMARY KEY (id),
	CONSTRAINT uq_membership_person_id_body_id_role_seat_begins UNIQUE (person_id, body_id, role, seat, begins),
	CONSTRAINT fk_membership_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id),
	CONSTRAINT fk_membership_body_id FOREIGN KEY(body_id) REFERENCES directory.body (id)
);
--
CREATE INDEX ix_membership_body ON directory.membership (body_id);
--
CREATE TABLE directory.sign_in_session (
	token_hash BYTEA NOT NULL,
	person_id UUID NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_sign_in_session PRIMARY KEY (token_hash),
	CONSTRAINT fk_sign_in_session_person_id FOREIGN KEY(person_id) REFERENCES directory.person (id)
);
--
CREATE INDEX ix_sign_in_session_person ON directory.sign_in_session (person_id);
--
alter table body.arrangement_version enable row level security;
--
alter table body.arrangement_version force row level security;
--
create policy own_body on body.arrangement_version using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.arrangement_version from public;
--
grant select, insert on body.arrangement_version to threefold_app;
--
alter table body.audit_entry enable row level security;
--
alter table body.audit_entry force row level security;
--
create policy own_body on body.audit_entry using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.audit_entry from public;
--
grant select, insert on body.audit_entry to threefold_app;
--
alter table body.body_key enable row level security;
--
alter table body.body_key force row level security;
--
create policy own_body on body.body_key using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.body_key from public;
--
grant select, insert, update on body.body_key to threefold_app;
--
alter table body.counter enable row level security;
--
alter table body.counter force row level security;
--
create policy own_body on body.counter using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.counter from public;
--
grant select, insert, update on body.counter to threefold_app;
--
alter table body.form_draft enable row level security;
--
alter table body.form_draft force row level security;
--
create policy own_body on body.form_draft using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.form_draft from public;
--
grant select, insert, update, delete on body.form_draft to threefold_app;
--
alter table body.form_token enable row level security;
--
alter table body.form_token force row level security;
--
create policy own_body on body.form_token using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.form_token from public;
--
grant select, insert, update on body.form_token to threefold_app;
--
alter table body.incident_case enable row level security;
--
alter table body.incident_case force row level security;
--
create policy own_body on body.incident_case using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.incident_case from public;
--
grant select, insert, update on body.incident_case to threefold_app;
--
alter table body.letter_in enable row level security;
--
alter table body.letter_in force row level security;
--
create policy own_body on body.letter_in using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.letter_in from public;
--
grant select, insert, update on body.letter_in to threefold_app;
--
alter table body.outbox_letter enable row level security;
--
alter table body.outbox_letter force row level security;
--
create policy own_body on body.outbox_letter using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.outbox_letter from public;
--
grant select, insert, update on body.outbox_letter to threefold_app;
--
alter table body.panel_reply enable row level security;
--
alter table body.panel_reply force row level security;
--
create policy own_body on body.panel_reply using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.panel_reply from public;
--
grant select, insert on body.panel_reply to threefold_app;
--
alter table body.received_case enable row level security;
--
alter table body.received_case force row level security;
--
create policy own_body on body.received_case using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.received_case from public;
--
grant select, insert, update on body.received_case to threefold_app;
--
alter table body.agency_request enable row level security;
--
alter table body.agency_request force row level security;
--
create policy own_body on body.agency_request using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.agency_request from public;
--
grant select, insert, update on body.agency_request to threefold_app;
--
alter table body.case_person enable row level security;
--
alter table body.case_person force row level security;
--
create policy own_body on body.case_person using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.case_person from public;
--
grant select, insert, update on body.case_person to threefold_app;
--
alter table body.case_record enable row level security;
--
alter table body.case_record force row level security;
--
create policy own_body on body.case_record using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.case_record from public;
--
grant select, insert on body.case_record to threefold_app;
--
alter table body.decision enable row level security;
--
alter table body.decision force row level security;
--
create policy own_body on body.decision using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.decision from public;
--
grant select, insert on body.decision to threefold_app;
--
alter table body.reminder enable row level security;
--
alter table body.reminder force row level security;
--
create policy own_body on body.reminder using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.reminder from public;
--
grant select, insert, update on body.reminder to threefold_app;
--
alter table body.safety_action enable row level security;
--
alter table body.safety_action force row level security;
--
create policy own_body on body.safety_action using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.safety_action from public;
--
grant select, insert, update on body.safety_action to threefold_app;
--
alter table post.letter enable row level security;
--
alter table post.letter force row level security;
--
create policy as_sender on post.letter for insert with check (sender_id = (select walls.scope()));
--
create policy as_receiver on post.letter for select using (receiver_id = (select walls.scope()));
--
grant insert, select on post.letter to threefold_app;
--
alter table published.publication enable row level security;
--
alter table published.publication force row level security;
--
create policy anyone on published.publication for select using (true);
--
create policy as_publisher on published.publication for insert with check (publisher_id = (select walls.scope()));
--
grant insert, select on published.publication to threefold_app;
--
create or replace function directory.body_by_slug(p_slug text) returns table(id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql stable security definer set search_path = '' as $$select b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door from directory.body b where b.slug = p_slug$$;
--
revoke all on function directory.body_by_slug(text) from public;
--
grant execute on function directory.body_by_slug(text) to threefold_app;
--
create or replace function directory.body_by_id(p_id uuid) returns table(id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql stable security definer set search_path = '' as $$select b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door from directory.body b where b.id = p_id$$;
--
revoke all on function directory.body_by_id(uuid) from public;
--
grant execute on function directory.body_by_id(uuid) to threefold_app;
--
create or replace function directory.bodies() returns table(id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql stable security definer set search_path = '' as $$select b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door from directory.body b where b.on_platform$$;
--
revoke all on function directory.bodies() from public;
--
grant execute on function directory.bodies() to threefold_app;
--
create or replace function directory.person_by_email(p_email text) returns table(person_id uuid, person_name text, password_hash text, active boolean) language sql stable security definer set search_path = '' as $$select p.id, p.display_name, p.password_hash, p.active from directory.person p where p.email = p_email$$;
--
revoke all on function directory.person_by_email(text) from public;
--
grant execute on function directory.person_by_email(text) to threefold_app;
--
create or replace function directory.begin_session(p_token bytea, p_person uuid, p_at timestamptz, p_expires timestamptz) returns void language sql volatile security definer set search_path = '' as $$insert into directory.sign_in_session(token_hash, person_id, created_at, seen_at, expires_at) values (p_token, p_person, p_at, p_at, p_expires)$$;
--
revoke all on function directory.begin_session(bytea, uuid, timestamptz, timestamptz) from public;
--
grant execute on function directory.begin_session(bytea, uuid, timestamptz, timestamptz) to threefold_app;
--
create or replace function directory.end_session(p_token bytea, p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$update directory.sign_in_session set ended_at = p_at where token_hash = p_token and ended_at is null$$;
--
revoke all on function directory.end_session(bytea, timestamptz) from public;
--
grant execute on function directory.end_session(bytea, timestamptz) to threefold_app;
--
create or replace function directory.visit(p_token bytea, p_slug text, p_at timestamptz, p_idle integer) returns table(person_id uuid, person_name text, person_email text, roles text[], seats text[], id uuid, slug text, name text, kind text, on_platform boolean, synthetic boolean, national_body text, area_codes text[], front_door text) language sql volatile security definer set search_path = '' as $$
  with touched as (update directory.sign_in_session set seen_at = p_at
    where token_hash = p_token and ended_at is null and expires_at > p_at and seen_at < p_at - interval '1 minute'
      and seen_at > p_at - make_interval(secs => p_idle)),
  who as (
  select p.id, p.display_name, p.email from directory.sign_in_session s join directory.person p on p.id = s.person_id
  where s.token_hash = p_token and s.ended_at is null and s.expires_at > p_at
    and s.seen_at > p_at - make_interval(secs => p_idle) and p.active),
  here as (select m.body_id, array_agg(distinct m.role) roles, array_agg(distinct m.seat) seats
    from directory.membership m join who on who.id = m.person_id join directory.body b on b.id = m.body_id
    where (p_slug is null or b.slug = p_slug) and m.begins <= (p_at at time zone 'Europe/London')::date and (m.ends is null or m.ends >= (p_at at time zone 'Europe/London')::date) group by m.body_id)
  select who.id, who.display_name, who.email, here.roles, here.seats, b.id, b.slug, b.name, b.kind, b.on_platform, b.synthetic, b.national_body, b.area_codes, b.front_door
  from who left join here on true left join directory.body b on b.id = here.body_id order by b.name$$;
--
revoke all on function directory.visit(bytea, text, timestamptz, integer) from public;
--
grant execute on function directory.visit(bytea, text, timestamptz, integer) to threefold_app;
--
create or replace function directory.staff(p_on date) returns table(person_id uuid, email text, person_name text, role text, seat text) language sql stable security definer set search_path = '' as $$select p.id, p.email, p.display_name, m.role, m.seat from directory.membership m join directory.person p on p.id = m.person_id
  where m.body_id = (select walls.scope()) and p.active and m.begins <= p_on and (m.ends is null or m.ends >= p_on)$$;
--
revoke all on function directory.staff(date) from public;
--
grant execute on function directory.staff(date) to threefold_app;
--
create or replace function directory.public_key(p_body uuid, p_no integer) returns table(key_no integer, verify_key bytea, seal_key bytea) language sql stable security definer set search_path = '' as $$select k.key_no, k.verify_key, k.seal_key from directory.body_public_key k
  where k.body_id = p_body and (p_no is null or k.key_no = p_no) order by k.key_no desc limit 1$$;
--
revoke all on function directory.public_key(uuid, integer) from public;
--
grant execute on function directory.public_key(uuid, integer) to threefold_app;
--
create or replace function directory.publish_key(p_no integer, p_verify bytea, p_seal bytea, p_at timestamptz) returns void language sql volatile security definer set search_path = '' as $$insert into directory.body_public_key(body_id, key_no, verify_key, seal_key, created_at)
  values (walls.scope(), p_no, p_verify, p_seal, p_at)$$;
--
revoke all on function directory.publish_key(integer, bytea, bytea, timestamptz) from public;
--
grant execute on function directory.publish_key(integer, bytea, bytea, timestamptz) to threefold_app;
--
create or replace function post.add_work(p_id uuid, p_kind text, p_subject uuid, p_after timestamptz) returns uuid language sql volatile security definer set search_path = '' as $$insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
  values (p_id, walls.scope(), p_kind, p_subject, p_after, 'waiting', 0, '')
  on conflict (body_id, kind, subject) do update set run_after = least(post.work.run_after, excluded.run_after),
    state = case when post.work.state in ('done', 'failed') then 'waiting' else post.work.state end
  returning id$$;
--
revoke all on function post.add_work(uuid, text, uuid, timestamptz) from public;
--
grant execute on function post.add_work(uuid, text, uuid, timestamptz) to threefold_app;
--
create or replace function post.put_letter(p_receiver uuid, p_id uuid, p_letter bytea, p_at timestamptz, p_work uuid) returns uuid language plpgsql volatile security definer set search_path = '' as $$
begin
  if walls.scope() is null then raise exception 'no body is bound'; end if;
  insert into post.letter(receiver_id, id, sender_id, posted_at, letter) values (p_receiver, p_id, walls.scope(), p_at, p_letter)
    on conflict do nothing;
  insert into post.work(id, body_id, kind, subject, run_after, state, attempts, last_error)
    values (p_work, p_receiver, 'take_in', p_id, p_at, 'waiting', 0, '') on conflict do nothing;
  return (select w.id from post.work w where w.body_id = p_receiver and w.kind = 'take_in' and w.subject = p_id);
end$$;
--
revoke all on function post.put_letter(uuid, uuid, bytea, timestamptz, uuid) from public;
--
grant execute on function post.put_letter(uuid, uuid, bytea, timestamptz, uuid) to threefold_app;
--
create or replace function post.due_work(p_at timestamptz, p_limit integer) returns table(id uuid) language sql stable security definer set search_path = '' as $$select w.id from post.work w where (w.state = 'waiting' and w.run_after <= p_at)
    or (w.state = 'running' and w.claimed_at < p_at - interval '5 minutes') order by w.run_after limit p_limit$$;
--
revoke all on function post.due_work(timestamptz, integer) from public;
--
grant execute on function post.due_work(timestamptz, integer) to threefold_app;
--
create or replace function post.claim_work(p_id uuid, p_at timestamptz) returns table(body_id uuid, kind text, subject uuid, attempts integer) language sql volatile security definer set search_path = '' as $$update post.work w set state = 'running', claimed_at = p_at, attempts = w.attempts + 1 where w.id =
    (select x.id from post.work x where x.id = p_id and ((x.state = 'waiting' and x.run_after <= p_at)
      or (x.state = 'running' and x.claimed_at < p_at - interval '5 minutes')) for update skip locked)
  returning w.body_id, w.kind, w.subject, w.attempts$$;
--
revoke all on function post.claim_work(uuid, timestamptz) from public;
--
grant execute on function post.claim_work(uuid, timestamptz) to threefold_app;
--
create or replace function post.finish_work(p_id uuid, p_outcome text, p_error text, p_again timestamptz) returns void language sql volatile security definer set search_path = '' as $$update post.work set state = p_outcome, last_error = p_error, run_after = coalesce(p_again, run_after) where id = p_id$$;
--
revoke all on function post.finish_work(uuid, text, text, timestamptz) from public;
--
grant execute on function post.finish_work(uuid, text, text, timestamptz) to threefold_app;
