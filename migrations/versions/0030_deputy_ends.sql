alter table body.case_bar add column deputy_ends date
