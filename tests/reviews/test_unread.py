"""A reply of the Panel that came by letter awaits whoever may act on it, until one of them has read it."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.reviews.neighbours import GOVERNANCE, HEALTH, HELPER, MANAGER, OFFICER, POLICE, Neighbours
from tests.reviews.test_screens import base, entered
from tests.web.site import Site
from threefold.exchange.letters import Draft
from threefold.work.incidents import stories as incidents
from threefold.work.national import stories as national
from threefold.work.records import stories as records
from threefold.work.reviews import stories

READ = "Read what the Panel replied to the rapid review"


def replied(here: Neighbours, case_id: UUID, view: str = "query") -> None:
    with here.desk() as unit:
        national.reply(unit, here.area, case_id, view, "unclear", "Which school?", uuid4())
    here.work()


def sent(here: Neighbours) -> UUID:
    case_id = here.notified()
    with here.unit() as unit:
        stories.send_rapid_review(unit, GOVERNANCE, case_id, here.national, "What was learnt.", "In time.", uuid4())
    here.work()
    return case_id


def told(site: Site) -> list[str]:
    return [a.get("href") for a in site.get("/my-work").page.all("a") if a.get("href").endswith("/review/replies")]


def test_a_reply_awaits_each_who_may_act_on_it_until_one_of_them_has_read_it(web: Site, here: Neighbours) -> None:
    case_id = sent(here)
    police, helper, officer = entered(web, POLICE), entered(web, HELPER), entered(web, OFFICER)
    assert told(web) == []
    replied(here, case_id)
    page = f"{base(case_id)}/replies"
    assert told(web) == told(police) == [page] and READ in web.get("/my-work").text
    assert told(helper) == told(officer) == []
    helper.post(f"/b/vale/cases/{case_id}/reason", {"reason": "asked_to_help"})
    assert "Which school?" in helper.get(page).text
    assert told(web) == [page], "who only helps does not act on it"
    assert "Which school?" in police.get(page).text
    assert told(web) == told(police) == []
    replied(here, case_id, "agree")
    assert told(web) == told(police) == [page], "another reply"


def test_it_is_told_to_nobody_who_may_not_open_the_case_and_of_no_closed_one(web: Site, here: Neighbours) -> None:
    case_id = sent(here)
    police = entered(web, POLICE)
    with here.unit() as unit:
        people = {c.email: c.person_id for c in unit.staff()}
    with here.unit() as unit:
        incidents.declare_conflict(unit, case_id, people[POLICE], "A neighbour.", people[HEALTH], uuid4())
    replied(here, case_id)
    assert told(police) == [] and told(web) == [f"{base(case_id)}/replies"]
    with here.unit() as unit:
        records.close_case(unit, case_id, unit.today, uuid4())
    assert told(web) == []


def test_the_business_manager_is_told_by_email_with_no_word_of_the_case(web: Site, here: Neighbours) -> None:
    case_id = sent(here)
    here.mails.clear()
    replied(here, case_id)
    ((to, subject, text),) = here.mails
    assert (to, subject) == (MANAGER, "Threefold: the national body replied to a rapid review")
    assert f"{base(case_id)}/replies" in text
    assert "Which school?" not in text and "2026-0001" not in text and "question" not in text
    with here.unit() as unit:
        people = {c.email: c.person_id for c in unit.staff()}
    with here.unit() as unit:
        incidents.declare_conflict(unit, case_id, people[MANAGER], "A cousin.", people[HEALTH], uuid4())
    here.work()
    here.mails.clear()
    replied(here, case_id, "disagree")
    assert [to for to, _, _ in here.mails] == [HEALTH], "the deputy in place of whoever is kept out"


def test_a_mail_that_could_not_be_sent_is_told_beside_the_reply(web: Site, here: Neighbours) -> None:
    case_id = sent(here)

    def no_mail(to: str, subject: str, text: str) -> None:
        raise OSError("no mail server")

    here.send_mail = no_mail
    replied(here, case_id)
    assert "Manager could not be told of it by email." in entered(web, POLICE).get(f"{base(case_id)}/replies").text


def test_a_reply_of_a_body_that_was_not_notified_is_no_reply(web: Site, here: Neighbours) -> None:
    case_id, other = sent(here), here.database.body("elsewhere", "national")
    content = {"reference": "R-1", "view": "disagree", "reason": "Made up.", "replied_at": here.at.isoformat()}
    with here.database.unit(other, here.at) as unit:
        unit.send(Draft("panel_reply", case_id, content), here.area)
    here.work()
    assert told(web) == []
    assert "Made up." not in web.get(f"{base(case_id)}/replies").text
