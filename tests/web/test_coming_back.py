"""Invitations beside what somebody is here already: older ones after an end, a second for the same role, and last days that passed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.support.inbox import Inbox
from tests.web.sign_ins import MANAGER, someone
from tests.web.site import Site
from tests.web.test_people_of_body import INVITED, PEOPLE, day, invite, mail, mailed, members_of
from threefold.domain.errors import ThreefoldError
from threefold.walls.provision import person_id_of
from threefold.walls.session import Actor, Scope
from threefold.work.people import invitations, members
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER, CONTRIBUTOR, PARTNER_LEAD

__all__ = ["mail"]


def test_nobody_who_left_comes_back_by_an_older_invitation(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    invite(site, role=PARTNER_LEAD)
    invite(site, "another@agency.example")
    link, other = mailed(site, mail), site.another()
    other.enter(INVITED)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    assert "Invitations that they have not answered are taken back" in site.get(leave).text
    site.post(leave, {"when": "now", "what": "everything"})
    assert "If it opens nothing, it has ended" in other.follow(link, 422).text
    other.get("/b/north/", 404)
    with site.database.unit(site.database.body("north"), site.at) as unit:
        assert {i.email: i.state for i in invitations.invitations(unit)} == {
            INVITED: "revoked",
            "another@agency.example": "open",
        }


def test_who_ends_one_role_of_two_keeps_the_invitation_to_another(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR, AREA_LEAD)
    site.enter(MANAGER)
    invite(site, role=PARTNER_LEAD)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    site.post(leave, {"when": "now", "what": "this"})
    other = site.another()
    other.enter(INVITED)
    other.follow(mailed(site, mail))
    other.get("/invitation")


@pytest.mark.parametrize("when", ["now", "day"])
def test_whose_only_role_ends_comes_back_by_no_older_invitation(site: Site, mail: tuple[Inbox, int], when: str) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    invite(site, role=PARTNER_LEAD)
    link = mailed(site, mail)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    last = day("last", site.at.date()) if when == "day" else {}
    assert "Where nothing else is left to them here, invitations" in site.get(leave).text
    site.post(leave, {"when": when, "what": "this", **last})
    other = site.another()
    other.enter(INVITED)
    assert "If it opens nothing, it has ended" in other.follow(link, 422).text
    with site.database.unit(site.database.body("north"), site.at) as unit:
        assert [i.state for i in invitations.invitations(unit)] == ["revoked"]


def test_nobody_is_invited_to_what_they_are_or_are_invited_to_already(site: Site, mail: tuple[Inbox, int]) -> None:
    """A second time could only say another last day, and nothing came of that."""
    someone(site)
    site.enter(MANAGER)
    invite(site)
    until = day("ends", site.at.date() + timedelta(days=20))
    invited = "They are invited to that role and seat already. Send that invitation again, or take it back first."
    assert invited in invite(site, INVITED.upper(), status=422, **until)
    joiner = site.another()
    joiner.follow(mailed(site, mail))
    joiner.post("/invitation/new-account", {"name": "New Person", "password": "a good long password"})
    held = "They have that role and seat already. To change when it ends, give another last day where it stands."
    assert held in invite(site, status=422, **until)
    later = site.at.date() + timedelta(days=5)
    assert held in invite(site, status=422, **until, **day("begins", later))
    invite(site, role=PARTNER_LEAD)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    site.post(leave, {"when": "day", "what": "this", **day("last", later)})
    invite(site, **day("begins", later + timedelta(days=1)))  # it goes on without a break


def test_nothing_is_answered_that_one_is_already(site: Site, mail: tuple[Inbox, int]) -> None:
    """The inviter did not know it: the account has another address."""
    body = site.database.body("north")
    someone(site)
    someone(site, "other@agency.example", CONTRIBUTOR)
    site.enter(MANAGER)
    invite(site, **day("ends", site.at.date() + timedelta(days=20)))
    other = site.another()
    other.enter("other@agency.example")
    other.follow(mailed(site, mail))
    told = other.send("/invitation/accept", other.get("/invitation").page.hidden(), 422).text
    assert "You have that role and seat here already. Ask whoever invited you to change when it ends." in told
    with site.database.unit(body, site.at) as unit:
        assert [i.state for i in invitations.invitations(unit)] == ["open"]
    assert len(members_of(site, body)) == 2


def test_an_invitation_whose_last_day_passed_is_told_so_and_makes_no_account(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    site.enter(MANAGER)
    last = site.at.date() + timedelta(days=2)
    invite(site, **day("ends", last))
    link, joiner, kept = mailed(site, mail), site.another(), site.another()
    kept.follow(link)
    form = kept.get("/invitation/new-account").page.hidden()
    site.at += timedelta(days=3)
    over = f"This invitation was until {last:%-d %B %Y}, which has passed. Ask whoever invited you for another."
    assert over in joiner.follow(link, 410).text
    assert over in kept.get("/invitation", 410).text
    new = {"name": "New Person", "password": "a good long password"}
    assert over in kept.send("/invitation/new-account", form | new, 410).text
    with site.database.walls.directory() as directory:
        assert directory.person_by_email(INVITED) is None
    site.enter(MANAGER)
    again = next(e.get("action") for e in site.get(PEOPLE).page.all("form") if (e.get("action") or "").endswith("/again"))
    assert "Its last day has passed. Invite them again." in site.send(again, site.get(PEOPLE).page.hidden(), 422).text


def test_an_end_is_taken_away_again(site: Site) -> None:
    body, last = site.database.body("north"), site.at.date() + timedelta(days=9)
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    assert "It has no end" not in site.get(leave).text
    site.post(leave, {"when": "none", "what": "this"}, 422)
    site.post(leave, {"when": "day", "what": "this", **day("last", last)})
    old_tab = site.get(leave).page.hidden()
    assert "It has no end" in site.get(leave).text
    everything = site.post(leave, {"when": "none", "what": "everything"}, 422).text
    assert "Of one role and seat at a time an end is taken away" in everything
    both = {"when": "none", "what": "this", **day("last", last)}
    assert "or empty this box" in site.post(leave, both, 422).text
    site.post(leave, {"when": "none", "what": "this"})
    assert [r[3] for r in members_of(site, body) if r[0] == INVITED] == [None]
    site.post(leave, {"when": "day", "what": "this", **day("last", last - timedelta(days=5))})
    assert "Somebody changed when this ends" in site.send(leave, old_tab | {"when": "none", "what": "this"}, 409).text


def test_nobody_is_the_same_twice_where_an_end_is_put_off_or_taken_away(site: Site) -> None:
    body, today = site.database.body("north"), site.at.date()
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    site.post(leave, {"when": "day", "what": "this", **day("last", today + timedelta(days=9))})
    again = today + timedelta(days=20)
    site.database.provision.put_membership(person_id_of(INVITED), body, CONTRIBUTOR, "", again)
    told = f"They are that again from {again.day} {again:%B %Y} by another line"
    assert told in site.post(leave, {"when": "none", "what": "this"}, 422).text
    assert told in site.post(leave, {"when": "day", "what": "this", **day("last", again)}, 422).text
    site.post(leave, {"when": "day", "what": "this", **day("last", again - timedelta(days=1))})
    site.post(leave, {"when": "day", "what": "everything", **day("last", again + timedelta(days=5))})
    ends = sorted(r[3] for r in members_of(site, body) if r[0] == INVITED)
    assert ends == [again - timedelta(days=1), again + timedelta(days=5)], "the line that goes on from it ends then"


def test_nobody_moves_to_what_another_line_of_theirs_says(site: Site) -> None:
    body, today = site.database.body("north"), site.at.date()
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.database.provision.put_membership(person_id_of(INVITED), body, AREA_LEAD, "", today)
    site.enter(MANAGER)
    actor = Actor(uuid4(), "Manager", frozenset({BUSINESS_MANAGER}))
    with site.database.walls.open(Scope(body), actor=actor, purpose="move somebody", at=site.at) as unit:
        theirs = next(m for m in members.members(unit) if m.email == INVITED and m.role == CONTRIBUTOR)
        with pytest.raises(ThreefoldError, match="by another line"):
            members.change_member(unit, theirs.id, "partnership", {}, AREA_LEAD, "", today + timedelta(days=3), None)


def test_nobody_gives_themselves_a_later_last_day_or_none(site: Site) -> None:
    body, last = site.database.body("north"), site.at.date() + timedelta(days=9)
    someone(site)
    site.person(INVITED, body, BUSINESS_MANAGER, ends=last)
    site.enter(INVITED)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    for given in ({"when": "none"}, {"when": "day", **day("last", last + timedelta(days=1))}):
        assert "cannot give yourself a role" in site.post(leave, {"what": "this", **given}, 422).text
    with site.database.unit(body, site.at) as unit:
        assert [m.ends for m in members.members(unit) if m.email == INVITED] == [last]
    site.post(leave, {"what": "this", "when": "day", **day("last", last - timedelta(days=1))})


def test_whose_role_ends_keeps_the_invitation_to_what_begins_after_it(site: Site, mail: tuple[Inbox, int]) -> None:
    """A mover: the next role was offered before the last day of this one was put on record."""
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    invite(site, role=PARTNER_LEAD, **day("begins", site.at.date() + timedelta(days=10)))
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    site.post(leave, {"when": "day", "what": "this", **day("last", site.at.date() + timedelta(days=9))})
    with site.database.unit(site.database.body("north"), site.at) as unit:
        assert [i.state for i in invitations.invitations(unit)] == ["open"]


def test_who_stays_longer_keeps_the_invitation_to_another_role(site: Site, mail: tuple[Inbox, int]) -> None:
    someone(site)
    someone(site, INVITED, CONTRIBUTOR)
    site.enter(MANAGER)
    leave = next(e.get("href") for e in site.get(PEOPLE).page.all("a") if e.get("href").endswith("/leave") and "New" in e.text)
    site.post(leave, {"when": "day", "what": "this", **day("last", site.at.date() + timedelta(days=9))})
    invite(site, role=PARTNER_LEAD)
    site.post(leave, {"when": "day", "what": "this", **day("last", site.at.date() + timedelta(days=90))})
    with site.database.unit(site.database.body("north"), site.at) as unit:
        assert [i.state for i in invitations.invitations(unit)] == ["open"]
