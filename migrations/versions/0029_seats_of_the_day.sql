alter table body.case_bar drop column seats
