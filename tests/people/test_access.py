"""The permission table: what is declared is what is asked, and a fault in it is loud."""

from __future__ import annotations

from datetime import date

import pytest
from argon2 import PasswordHasher

from tests.support.database import NOW, Database
from tests.support.passwords import as_in_service
from tests.web.site import PASSWORD
from threefold.domain.errors import ThreefoldError
from threefold.walls.session import SYSTEM, Actor, Unit
from threefold.work.people.access import (
    AGENCY,
    AREA_LEAD,
    BUSINESS_MANAGER,
    CONTRIBUTOR,
    DEPUTY,
    ROLES,
    SIGNATORY,
    Forbidden,
    declare,
    needs,
    permission,
    permissions,
)
from threefold.work.people.awaiting import Awaiting, by_due_day
from threefold.work.people.provision import add_membership, add_person
from threefold.work.people.sign_in import SignInRefused, Whence, sign_in, sign_out, their_bodies, who_visits
from threefold.work.people.web.pages import role_words

HERE = Whence("Firefox on Windows", "198.51.0.0/16")


@needs("try the table", roles={BUSINESS_MANAGER, DEPUTY})
def told(unit: Unit, word: str) -> str:
    return f"{unit.actor.name}: {word}"


def test_only_a_role_that_covers_the_act_gets_through(database: Database) -> None:
    body = database.body("north")
    for role in ROLES:
        with database.unit(body, roles=(role,)) as unit:
            if role in (BUSINESS_MANAGER, DEPUTY):
                assert told(unit, "done") == "Test person: done"
            else:
                with pytest.raises(Forbidden, match="Ask a business manager or deputy of this body"):
                    told(unit, "done")
    with database.unit(body, roles=()) as unit, pytest.raises(Forbidden):
        told(unit, "done")


def test_a_refusal_names_who_may_in_a_sentence() -> None:
    for roles, who in (
        ({AGENCY}, "Ask somebody who answers for an agency to do it."),
        ({BUSINESS_MANAGER, SIGNATORY}, "Ask a business manager of this body or somebody who signs the arrangement to do it."),
        ({AREA_LEAD}, "Ask an area lead for the arrangement of this body to do it."),
    ):
        assert Forbidden("answer", roles).sentence == f"Your role does not let you answer. {who}"


def test_roles_stand_apart_though_one_has_a_comma() -> None:
    assert (
        role_words(frozenset({CONTRIBUTOR, AGENCY})) == "Contributor from an agency; Answers for an agency, and sees no cases"
    )


def test_the_platform_itself_needs_no_role_but_nobody_can_pose_as_it() -> None:
    assert permission("try the table").covers(SYSTEM)
    assert not permission("try the table").covers(Actor(name="Somebody"))


def test_the_table_names_the_story_and_refuses_two_meanings() -> None:
    mine = permission("try the table")
    assert mine in permissions() and mine.stories == ("tests.people.test_access.told",)
    with pytest.raises(ValueError, match="is declared for"):
        declare("try the table", {DEPUTY})
    with pytest.raises(ValueError, match="no known role"):
        declare("another act", {"king"})
    with pytest.raises(ValueError, match="no known role"):
        declare("another act", ())
    with pytest.raises(KeyError):
        permission("another act")


def test_what_has_a_day_comes_first() -> None:
    items = [Awaiting("c", "c"), Awaiting("b", "b", date(2026, 4, 9)), Awaiting("a", "a", date(2026, 4, 8), reference="2"),
             Awaiting("z", "z", date(2026, 4, 8), reference="1")]  # fmt: skip
    assert [i.title for i in sorted(items, key=by_due_day)] == ["z", "a", "b", "c"]


def test_people_are_provisioned_once_and_sign_in(database: Database) -> None:
    north, south = database.body("north"), database.body("south")
    first = add_person(database.provision, "Lead@North.example", "Council lead", "a long enough password")
    assert add_person(database.provision, "lead@north.example", "Council lead", "another long password") == first
    add_membership(database.provision, first, north, "partner_lead", date(2026, 1, 1), seat="council")
    add_membership(database.provision, first, north, "deputy", date(2026, 1, 1), seat="health")
    add_membership(database.provision, first, south, "reviewer", date(2026, 3, 31))
    with pytest.raises(SignInRefused):
        sign_in(database.walls, "lead@north.example", "a long enough password", NOW)
    signed = sign_in(database.walls, "LEAD@north.example ", "another long password", NOW, whence=HERE)
    rows = their_bodies(database.walls, signed.token, NOW, HERE)
    assert rows is not None and [(r.body.slug if r.body else "", r.roles, r.seats) for r in rows] == [
        ("north", frozenset({"partner_lead", "deputy"}), frozenset({"council", "health"}))
    ]
    visit = who_visits(database.walls, signed.token, "south", NOW, HERE)
    assert visit is not None and visit.body is None, "the membership there begins tomorrow"
    assert signed.token not in repr(signed)
    sign_out(database.walls, signed.token, NOW)
    assert who_visits(database.walls, signed.token, "north", NOW, HERE) is None
    assert who_visits(database.walls, "made up", "north", NOW, HERE) is None


def test_a_password_that_was_kept_with_older_parameters_is_kept_anew_at_the_next_sign_in(database: Database) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    person = database.provision.put_person("lead@north.example", "Lead", older.hash(PASSWORD))

    def kept() -> str:
        with database.walls.directory() as directory:
            known = directory.person_by_email("lead@north.example")
        assert known is not None
        return known.password_hash

    before = kept()
    with as_in_service(), pytest.raises(SignInRefused):
        sign_in(database.walls, "lead@north.example", "not this one", NOW)
    assert kept() == before
    with as_in_service() as hasher:
        assert sign_in(database.walls, "lead@north.example", PASSWORD, NOW)
        anew = kept()
        assert anew != before and not hasher.check_needs_rehash(anew)
        assert hasher.memory_cost >= 47104 and hasher.time_cost >= 1, "KiB: no less than OWASP advises for argon2id"
        assert sign_in(database.walls, "lead@north.example", PASSWORD, NOW) and kept() == anew
    with database.walls.directory() as directory:  # somebody chose another one meanwhile: it stays
        directory.hash_anew(person, before, older.hash("what it was before"))
    assert kept() == anew


def test_provisioning_refuses_what_cannot_be(database: Database) -> None:
    person = add_person(database.provision, "a@b.example", "A", "a long enough password")
    for wrong, said in (
        (lambda: add_person(database.provision, "nobody", "A", "a long enough password"), "email address"),
        (lambda: add_person(database.provision, "a@b.example", "A", "short"), "12 characters"),
        (lambda: add_membership(database.provision, person, person, "king", date(2026, 1, 1)), "no role 'king'"),
        (
            lambda: add_membership(database.provision, person, person, "deputy", date(2026, 1, 2), ends=date(2026, 1, 1)),
            "ends before",
        ),
    ):
        with pytest.raises(ThreefoldError, match=said):
            wrong()


def test_an_unknown_person_costs_as_much_work_as_a_wrong_password(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    add_person(database.provision, "a@b.example", "A", "a long enough password")
    checked: list[str] = []
    real = PasswordHasher.verify

    def watched(self: PasswordHasher, stored: str, given: str) -> bool:
        checked.append(stored)
        return real(self, stored, given)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    for email in ("a@b.example", "nobody@b.example"):
        with pytest.raises(SignInRefused):
            sign_in(database.walls, email, "wrong", NOW)
    parameters = [c.rsplit("$", 2)[0] for c in checked]
    assert len(checked) == 2 and parameters[0] == parameters[1] and parameters[0].startswith("$argon2id$")
