alter table body.agency_request add column code_until timestamptz default now() + interval '10 minutes'  -- codes that somebody tells just now
--
alter table body.agency_request alter column code_until drop default
