CREATE TABLE body.case_member (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	person_id UUID NOT NULL,
	part TEXT NOT NULL,
	begins DATE NOT NULL,
	ends DATE,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	ended_at TIMESTAMP WITH TIME ZONE,
	ended_by UUID,
	CONSTRAINT pk_case_member PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_case_member_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT ck_case_member_part_is_known CHECK (part in ('team', 'reviewer')),
	CONSTRAINT ck_case_member_reviewer_has_an_end CHECK (part = 'team' or ends is not null)
);
--
CREATE INDEX ix_case_member_case ON body.case_member (tenant_id, case_id, person_id);
--
CREATE INDEX ix_case_member_person ON body.case_member (tenant_id, person_id);
--
alter table body.case_member enable row level security;
--
alter table body.case_member force row level security;
--
create policy own_body on body.case_member using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.case_member from public;
--
grant select, insert, update on body.case_member to threefold_app;
--
CREATE TABLE body.case_bar (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	person_id UUID NOT NULL,
	why BYTEA NOT NULL,
	state TEXT NOT NULL,
	declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
	declared_by UUID,
	deputy_id UUID,
	seats TEXT NOT NULL,
	decided_at TIMESTAMP WITH TIME ZONE,
	decided_by UUID,
	decided_seat TEXT NOT NULL,
	decision BYTEA,
	CONSTRAINT pk_case_bar PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_case_bar_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id),
	CONSTRAINT ck_case_bar_state_is_known CHECK (state in ('declared', 'upheld', 'dismissed')),
	CONSTRAINT ck_case_bar_decided_when_settled CHECK ((state = 'declared') = (decided_at is null)),
	CONSTRAINT ck_case_bar_deputy_is_another CHECK (deputy_id is null or deputy_id <> person_id)
);
--
CREATE INDEX ix_case_bar_case ON body.case_bar (tenant_id, case_id, person_id);
--
CREATE INDEX ix_case_bar_person ON body.case_bar (tenant_id, person_id);
--
alter table body.case_bar enable row level security;
--
alter table body.case_bar force row level security;
--
create policy own_body on body.case_bar using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.case_bar from public;
--
grant select, insert, update on body.case_bar to threefold_app;
--
CREATE TABLE body.case_restriction (
	tenant_id UUID NOT NULL,
	id UUID NOT NULL,
	case_id UUID NOT NULL,
	restricted BOOLEAN NOT NULL,
	why BYTEA NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by UUID,
	CONSTRAINT pk_case_restriction PRIMARY KEY (tenant_id, id),
	CONSTRAINT fk_case_restriction_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES body.incident_case (tenant_id, id)
);
--
CREATE INDEX ix_case_restriction_case ON body.case_restriction (tenant_id, case_id, at);
--
alter table body.case_restriction enable row level security;
--
alter table body.case_restriction force row level security;
--
create policy own_body on body.case_restriction using (tenant_id = (select walls.scope())) with check (tenant_id = (select walls.scope()));
--
revoke all on body.case_restriction from public;
--
grant select, insert on body.case_restriction to threefold_app;
--
alter table body.agency_request add column route text not null default 'link', add column code_digest bytea, add column code_tries integer not null default 0;
--
alter table body.agency_request alter column route drop default, alter column code_tries drop default;
--
alter table body.agency_request add constraint ck_agency_request_route_is_known check (route in ('phone', 'link'));
