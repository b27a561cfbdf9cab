CREATE TABLE body.meeting (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	group_key TEXT NOT NULL,
	group_title TEXT NOT NULL,
	day DATE NOT NULL,
	state TEXT NOT NULL,
	quorum TEXT NOT NULL,
	head_no INTEGER NOT NULL,
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_meeting PRIMARY KEY (tenant_id, id),
	CONSTRAINT ck_meeting_state_is_known CHECK (state in ('recording', 'recorded', 'set_aside')),
	CONSTRAINT ck_meeting_quorum_is_known CHECK (quorum in ('met', 'not_met', 'unclear'))
);
--
CREATE INDEX ix_meeting_day ON body.meeting (tenant_id, day, id);
--
alter table body.meeting enable row level security;
--
alter table body.meeting force row level security;
--
create policy own_body on body.meeting using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.meeting from public;
--
grant select, insert, update on body.meeting to threefold_app;
--
CREATE TABLE body.meeting_record (
	tenant_id UUID NOT NULL,
	meeting_id UUID NOT NULL,
	no INTEGER NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	by_seat TEXT NOT NULL,
	what TEXT NOT NULL,
	content BYTEA NOT NULL,
	answer BYTEA NOT NULL,
	fingerprint TEXT NOT NULL,
	CONSTRAINT pk_meeting_record PRIMARY KEY (tenant_id, meeting_id, no),
	CONSTRAINT fk_meeting_record_tenant_id_meeting_id FOREIGN KEY(tenant_id, meeting_id) REFERENCES body.meeting (tenant_id, id)
);
--
alter table body.meeting_record enable row level security;
--
alter table body.meeting_record force row level security;
--
create policy own_body on body.meeting_record using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.meeting_record from public;
--
grant select, insert on body.meeting_record to threefold_app;
--
CREATE TABLE body.meeting_case (
	tenant_id UUID NOT NULL,
	meeting_id UUID NOT NULL,
	no INTEGER NOT NULL,
	case_id UUID NOT NULL,
	item TEXT NOT NULL,
	CONSTRAINT pk_meeting_case PRIMARY KEY (tenant_id, meeting_id, no, case_id),
	CONSTRAINT fk_meeting_case_tenant_id_meeting_id_no FOREIGN KEY(tenant_id, meeting_id, no) REFERENCES body.meeting_record (tenant_id, meeting_id, no),
	CONSTRAINT fk_meeting_case_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id)
);
--
CREATE INDEX ix_meeting_case_case ON body.meeting_case (tenant_id, case_id);
--
alter table body.meeting_case enable row level security;
--
alter table body.meeting_case force row level security;
--
create policy own_body on body.meeting_case using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.meeting_case from public;
--
grant select, insert on body.meeting_case to threefold_app;
--
CREATE TABLE body.decision_meeting (
	tenant_id UUID NOT NULL,
	decision_id UUID NOT NULL,
	no INTEGER NOT NULL,
	case_id UUID NOT NULL,
	meeting_id UUID NOT NULL,
	record_no INTEGER NOT NULL,
	holds BOOLEAN NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	by_seat TEXT NOT NULL,
	CONSTRAINT pk_decision_meeting PRIMARY KEY (tenant_id, decision_id, no),
	CONSTRAINT fk_decision_meeting_tenant_id_decision_id FOREIGN KEY(tenant_id, decision_id) REFERENCES body.decision (tenant_id, id),
	CONSTRAINT fk_decision_meeting_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT fk_decision_meeting_tenant_id_meeting_id_record_no FOREIGN KEY(tenant_id, meeting_id, record_no) REFERENCES body.meeting_record (tenant_id, meeting_id, no)
);
--
CREATE INDEX ix_decision_meeting_case ON body.decision_meeting (tenant_id, case_id);
--
CREATE INDEX ix_decision_meeting_meeting ON body.decision_meeting (tenant_id, meeting_id);
--
alter table body.decision_meeting enable row level security;
--
alter table body.decision_meeting force row level security;
--
create policy own_body on body.decision_meeting using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.decision_meeting from public;
--
grant select, insert on body.decision_meeting to threefold_app;
