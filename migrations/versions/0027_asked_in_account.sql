alter table body.agency_request add column person_id uuid
--
alter table body.agency_request alter column token_hash drop not null
--
alter table body.agency_request drop constraint ck_agency_request_route_is_known
--
alter table body.agency_request add constraint ck_agency_request_route_is_known check (route in ('phone', 'link', 'account'))
--
alter table body.agency_request add constraint ck_agency_request_person_is_asked_in_their_account check ((route = 'account') = (person_id is not null))
--
alter table body.agency_request add constraint ck_agency_request_account_has_no_link check ((route = 'account') = (token_hash is null))
--
create index ix_agency_request_person on body.agency_request (tenant_id, person_id) where person_id is not null
