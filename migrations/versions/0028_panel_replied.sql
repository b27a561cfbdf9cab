alter table body.notice drop constraint ck_notice_kind_is_known
--
alter table body.notice add constraint ck_notice_kind_is_known check (kind in ('platform_staff', 'conflict', 'conflict_to_decide', 'panel_replied'))
