"""The demonstration's people and cases: made up, for synthetic bodies only, on loopback only.

One person for each seat and role, with one published password; cases told through the same stories as real ones, dated
from today, so that something is due, something late, and something answered. Loading twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from threefold.config import Settings
from threefold.connections import is_loopback
from threefold.domain.calendar import LONDON, england_and_wales
from threefold.domain.errors import ThreefoldError
from threefold.doors.worker.jobs import Bench, perform
from threefold.doors.worker.main import make_mailer
from threefold.governance.decide import Governance
from threefold.governance.pack import Body, Library
from threefold.walls.post import Post
from threefold.walls.provision import Provision, body_id_of, person_id_of
from threefold.walls.session import Actor, Scope, Walls
from threefold.work.incidents import stories as incidents
from threefold.work.national import letters as national_letters
from threefold.work.national import stories as national
from threefold.work.people.access import (
    AGENCY,
    AREA_LEAD,
    BUSINESS_MANAGER,
    CONTRIBUTOR,
    DEPUTY,
    NATIONAL_OFFICER,
    PARTNER_LEAD,
    REVIEWER,
    ROLES,
    SCRUTINEER,
)
from threefold.work.people.provision import add_membership, add_person
from threefold.work.reviews import letters as review_letters
from threefold.work.reviews import stories as reviews

PASSWORD = "made up for a demonstration"  # noqa: S105 - printed at every start, and served on loopback only
BEGAN = date(2020, 1, 1)
_SPACE = UUID("0f3cbe3a-5b0e-4a52-9a4f-2f0f5a9d2b11")
_SEAT_ROLES = {
    "lead": PARTNER_LEAD, "delegate": DEPUTY, "scrutineer": SCRUTINEER, "business_manager": BUSINESS_MANAGER, "chair": NATIONAL_OFFICER,
    "member": NATIONAL_OFFICER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who can sign in to the demonstration."""

    email: str
    body: str
    role: str
    seat: str


def load(
    settings: Settings, library: Library, governance: Governance, walls: Walls, say: Callable[[str], None]
) -> list[SignIn]:
    """People and cases for every synthetic body. Refused outside a demonstration on loopback."""
    if not (settings.demonstration and is_loopback(settings.host)):
        raise ThreefoldError("A demonstration's accounts exist only in a demonstration on loopback.", field="THREEFOLD_MODE")
    bodies = [b for _, b in sorted(library.bodies.items()) if b.synthetic]
    found = [s for body in bodies for s in _people_of(body)] + _of_several(bodies)
    _put_on_record(settings, found)
    post = Post(walls, {**national_letters.handlers(governance, _namer(walls)), **review_letters.handlers(governance)})
    bench = Bench(walls, governance, post, make_mailer(settings).send, settings.public_url)
    for body in (b for b in bodies if b.kind == "partnership"):
        made = _Cases(body, walls, governance).tell()
        if made:
            say(f"  {body.id}: {made} made-up cases")
    _deliver(bench)
    for body in (b for b in bodies if b.kind == "national"):
        _replies(body, walls)
    _deliver(bench)
    return found


def told(sign_ins: Sequence[SignIn], address: str) -> str:
    """Where to go and who can sign in, as `threefold up` ends."""
    lines = [
        "",
        f"Threefold is ready: {address}",
        "",
        "Every case in it is made up. Sign in with the password",
        f"    {PASSWORD}",
        "as one of:",
        "",
    ]
    for body in dict.fromkeys(s.body for s in sign_ins):
        lines.append(f"  {body}")
        lines += [
            f"    {s.email:52} {ROLES[s.role].lower()}{f' ({s.seat})' if s.seat else ''}" for s in sign_ins if s.body == body
        ]
    return "\n".join([*lines, "", "Ctrl-C stops everything. E-mail is written to var/mail, logs to var/log.", ""])


def _people_of(body: Body) -> list[SignIn]:
    domain = f"{body.id}.example"
    found = [SignIn(f"{seat.key.replace('-', '.')}@{domain}", body.id, _SEAT_ROLES[seat.role], seat.key) for seat in body.seats]
    if body.kind == "partnership":
        found += [
            SignIn(f"{role.replace('_', '.')}@{domain}", body.id, role, "")
            for role in (AREA_LEAD, CONTRIBUTOR, REVIEWER, AGENCY)
        ]
    return found


def _of_several(bodies: Sequence[Body]) -> list[SignIn]:
    """One person who stands in for health in every area: one sign-in, several bodies."""
    return [
        SignIn("regional.health@several.example", b.id, DEPUTY, seat.key)
        for b in bodies if b.kind == "partnership" for seat in b.seats if seat.role == "delegate" and "health" in seat.key
    ]  # fmt: skip


def _put_on_record(settings: Settings, sign_ins: Sequence[SignIn]) -> None:
    provision = Provision(settings.migration_database_url)
    try:
        known = provision.passwords_set()
        for sign_in in sign_ins:
            title = f"{ROLES[sign_in.role]} (made up)"
            there = sign_in.email in known  # hashing a password again would take long, and change nothing
            person = person_id_of(sign_in.email) if there else add_person(provision, sign_in.email, title, PASSWORD)
            known.add(sign_in.email)
            add_membership(provision, person, body_id_of(sign_in.body), sign_in.role, BEGAN, seat=sign_in.seat)
    finally:
        provision.dispose()


def _namer(walls: Walls) -> Callable[[UUID], str]:
    def name(body_id: UUID) -> str:
        with walls.directory() as directory:
            found = directory.body_by_id(body_id)
        return found.name if found else "unknown"

    return name


def _deliver(bench: Bench) -> None:
    """Do what the worker would: letters and e-mail, until nothing is due (a failing piece is left to the worker)."""
    for _ in range(50):
        with bench.walls.directory() as directory:
            due = directory.due_work(datetime.now(UTC))
        if not due:
            return
        for work_id in due:
            perform(bench, work_id)


class _Cases:
    """The made-up cases of one body."""

    def __init__(self, body: Body, walls: Walls, governance: Governance) -> None:
        self.body, self.walls, self.governance = body, walls, governance
        self.id = body_id_of(body.id)
        self.national = body_id_of(str(body.details["national_body"]))
        self.leads = tuple(s.key for s in body.seats if s.role == "lead")
        self.today = datetime.now(UTC).astimezone(LONDON).date()

    def tell(self) -> int:
        """Tell the cases, unless there are some. Returns how many."""
        with self._unit(0) as unit:
            lines, _ = incidents.list_cases(unit)
        if lines:
            return 0
        tales = (
            self._being_recorded,
            self._to_decide,
            self._not_notified,
            self._under_review,
            self._overdue,
            self._sent,
            self._referral,
        )
        for tale in tales:
            tale()
        return len(tales)

    def _unit(self, days: int, hour: int = 10, *, seats: Sequence[str] = ()) -> Any:
        """A unit so many working days ago."""
        day = england_and_wales().add(self.today, -days) if days else self.today
        at = datetime.combine(day, time(hour, 0), LONDON)
        now = datetime.now(UTC)
        person = person_id_of(f"business.manager@{self.body.id}.example")
        actor = Actor(person, "Made up", frozenset({BUSINESS_MANAGER, PARTNER_LEAD}), frozenset(seats))
        return self.walls.open(
            Scope(self.id), actor=actor, purpose="made up for a demonstration", at=min(at, now - timedelta(minutes=5))
        )

    def _day(self, days: int) -> str:
        return (england_and_wales().add(self.today, -days) if days else self.today).isoformat()

    def _token(self, what: str) -> UUID:
        return uuid5(_SPACE, f"{self.body.id}:{what}")

    def _facts(self, days: int, **child: Any) -> dict[str, Any]:
        area = self.body.area_codes[0] if self.body.area_codes else None
        known = {"known_on": self._day(days), "given_by": "children's social care", "given_on": self._day(days)}
        facts = {
            name: {"value": value, **known} if name in ("abuse_or_neglect", "died", "seriously_harmed") else value
            for name, value in child.items()
        }
        return {
            "incident": {"happened_on": self._day(days + 1), "happened_in": area, "outside_england": "no",
                         "children": [{"key": "child-1", "lives_in": area, **facts}]},
            "review": {"events": [{"name": "aware", "at": self._day(days), "how": "told by a partner"}]},
        }  # fmt: skip

    def _open(self, what: str, days: int, **child: Any) -> UUID:
        with self._unit(days) as unit:
            state = incidents.record_incident(unit, self.governance, self._facts(days, **child), self._token(what))
            incidents.add_person(
                unit, state.id, "child", {"name": "Child A (made up)", "note": "No such child exists."}, "child-1"
            )
            incidents.add_person(unit, state.id, "parent", {"name": "Parent B (made up)"})
        case_id: UUID = state.id
        return case_id

    def _notified(self, what: str, days: int, **child: Any) -> UUID:
        case_id = self._open(what, days + 2, **child)
        with self._unit(days + 1) as unit:
            incidents.decide_notify(
                unit, self.governance, case_id, "yes", "Both limbs are suspected.", self._token(f"{what} decided")
            )
        with self._unit(days) as unit:
            incidents.notify(unit, self.governance, case_id, self.national, self._token(f"{what} notified"))
            for event in ("notification_copied", "partners_told"):
                incidents.add_event(unit, self.governance, case_id, event, england_and_wales().add(self.today, -days))
        return case_id

    def _being_recorded(self) -> None:
        self._open("recording", 0, age_years=4, died="no", seriously_harmed="unclear", abuse_or_neglect="unclear")

    def _to_decide(self) -> None:
        case_id = self._open(
            "deciding", 3, age_years=1, died="no", seriously_harmed="yes", abuse_or_neglect="yes", looked_after="no"
        )
        if len(self.leads) > 1:
            with self._unit(2, seats=self.leads) as unit:
                incidents.give_view(
                    unit, self.governance, case_id, "notify", self.leads[1], "yes", "We think both limbs are met."
                )

    def _not_notified(self) -> None:
        case_id = self._open("not notified", 9, age_years=15, died="no", seriously_harmed="yes", abuse_or_neglect="unclear")
        if len(self.leads) > 1:
            with self._unit(8, seats=self.leads) as unit:
                incidents.give_view(unit, self.governance, case_id, "notify", self.leads[1], "yes", "We would notify.")
        with self._unit(7) as unit:
            incidents.decide_notify(unit, self.governance, case_id, "no", "Neglect is not suspected on what is known; to be considered again if that changes.",
                                    self._token("not notified decided"))  # fmt: skip

    def _under_review(self) -> None:
        case_id = self._notified(
            "under review", 5, age_years=2, died="yes", live_born="yes", abuse_or_neglect="yes", looked_after="no"
        )
        with self._unit(4) as unit:
            for agency in ("school", "gp", "housing"):
                reviews.ask_agency(unit, case_id, agency.upper() if agency == "gp" else agency.title(), f"{agency}@agencies.example",
                                   "What did your agency know of the family in the last two years?", self._token(f"ask {agency}"),
                                   route="link", why="Made up: it has no telephone.")  # fmt: skip
            reviews.add_safety_action(
                unit, case_id, "Checked where the other children of the household stay.", None, self._token("safety")
            )
        with self._unit(2) as unit:
            reviews.consider(
                unit,
                self.governance,
                case_id,
                "working_together",
                "applies",
                "Two agencies did not know of each other's visits.",
            )

    def _overdue(self) -> None:
        self._notified("overdue", 18, age_years=7, died="no", seriously_harmed="yes", abuse_or_neglect="yes")

    def _sent(self) -> None:
        case_id = self._notified("sent", 24, age_years=0, died="yes", live_born="yes", abuse_or_neglect="yes")
        with self._unit(14, seats=self.leads) as unit:
            reviews.consider(unit, self.governance, case_id, "recurrent_themes", "applies", "Seen in two earlier reviews.")
            for seat in self.leads[:-1]:
                reviews.sign(unit, self.governance, case_id, seat, self.national)
            reviews.decide_local_review(
                unit,
                self.governance,
                case_id,
                "no",
                "The rapid review holds the learning.",
                self.national,
                self._token("no review"),
            )
        with self._unit(11) as unit:
            reviews.send_rapid_review(unit, self.governance, case_id, self.national, "A made-up summary: what was known, by whom, and what changes.",
                                      "One partner's signature follows.", self._token("report"))  # fmt: skip

    def _referral(self) -> None:
        facts = self._facts(6, age_years=11, died="no", seriously_harmed="no", abuse_or_neglect="no")
        facts["review"]["events"] = [
            {"name": "referral_received", "at": self._day(6)},
            {"name": "referral_accepted", "at": self._day(5)},
        ]
        facts["incident"]["good_practice"] = "yes"
        with self._unit(5) as unit:
            incidents.record_incident(unit, self.governance, facts, self._token("referral"))


def _replies(body: Body, walls: Walls) -> None:
    """The national body disagrees with one rapid review: the partners decide again."""
    actor = Actor(None, "Made up", frozenset({NATIONAL_OFFICER}), frozenset())
    with walls.open(
        Scope(body_id_of(body.id)), actor=actor, purpose="made up for a demonstration", at=datetime.now(UTC)
    ) as unit:
        arrived = [ln for ln in national.desk(unit) if ln.arrived_on and not ln.reply]
        for line in arrived[:1]:
            national.reply(unit, line.sender_id, line.case_ref, "disagree", "unclear", "We think that the recurrent themes call for a local review.",
                           uuid5(_SPACE, f"reply:{line.case_ref}"))  # fmt: skip
