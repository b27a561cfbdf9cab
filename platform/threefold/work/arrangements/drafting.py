"""Preparing a new version: a draft that saves as one goes, that several people change, and that nothing governs by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from threefold.domain.errors import PackError
from threefold.governance import drafts
from threefold.governance.drafts import Content, NoSuchPlace, Place, as_arrangement, node_at, put
from threefold.governance.pack import Arrangement
from threefold.governance.source_names import all_named
from threefold.walls.audit import DETAIL
from threefold.walls.session import Unit
from threefold.work.arrangements.stale import Kinds, as_two_changed_it
from threefold.work.arrangements.tables import ArrangementDraft, ArrangementVersion, DraftRevision
from threefold.work.people.access import AREA_LEAD, BUSINESS_MANAGER, LOCAL_STAFF, SCRUTINEER, SIGNATORY, NotHere, needs

SEEING_CASES = LOCAL_STAFF | {SCRUTINEER}
SEEING = SEEING_CASES | {SIGNATORY}
PREPARING = frozenset({AREA_LEAD, BUSINESS_MANAGER})
PUT_ASIDE = "put aside"  # what the last change of such a draft says


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands. `signed_hash` is what a seat signs: any change, a comma included, makes another."""

    id: UUID
    title: str
    state: str
    no: int
    content: Content
    signed_hash: str
    updated_at: datetime
    started_at: datetime

    @property
    def arrangement(self) -> Arrangement:
        return as_arrangement(self.content)


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of a draft: who changed what, when."""

    no: int
    at: datetime
    by: UUID | None
    what: str


@needs("prepare a change of the arrangement", PREPARING)
def start_draft(unit: Unit, content: Content, what: str) -> Draft:
    """Begin a draft with some content; `what` says what it was begun from."""
    draft_id = uuid4()
    row = ArrangementDraft(
        id=draft_id,
        title=str(content["title"]),
        state="open",
        head_no=1,
        started_at=unit.at,
        updated_at=unit.at,
        by=unit.actor.person_id,
    )
    unit.session.add(row)
    unit.session.flush()
    unit.audit("draft begun", f"draft:{draft_id}")
    return _append(unit, row, content, what)


@needs("see a draft of the arrangement", SEEING)
def list_drafts(unit: Unit) -> list[ArrangementDraft]:
    """The drafts in the making, and those that were put aside; newest change first."""
    rows = unit.session.scalars(
        select(ArrangementDraft)
        .where(ArrangementDraft.state.in_(("open", "signing", "given_up")))
        .order_by(ArrangementDraft.updated_at.desc())
    )
    return list(rows)


def load_draft(unit: Unit, draft_id: UUID, *, lock: bool = False) -> Draft:
    """The draft and its newest revision. Raises `NotHere`."""
    asked = select(ArrangementDraft).where(ArrangementDraft.id == draft_id)
    row = unit.session.scalars(asked.with_for_update() if lock else asked).one_or_none()
    if row is None:
        raise NotHere
    return _state(row, _revision(unit, draft_id, row.head_no))


@needs("see a draft of the arrangement", SEEING)
def see_draft(unit: Unit, draft_id: UUID) -> Draft:
    """The draft, and the note that it was read."""
    draft = load_draft(unit, draft_id)
    unit.audit("draft read", f"draft:{draft_id}", kind=DETAIL)
    return draft


def revisions(unit: Unit, draft_id: UUID) -> list[Revision]:
    """Every change of a draft, newest first."""
    rows = unit.session.execute(
        select(DraftRevision.no, DraftRevision.at, DraftRevision.by, DraftRevision.what)
        .where(DraftRevision.draft_id == draft_id)
        .order_by(DraftRevision.no.desc())
    ).all()
    return [Revision(*row) for row in rows]


def changed_by_oneself(unit: Unit, draft_id: UUID, seen_no: int) -> bool:
    """Whether all that changed since a revision was changed by the unit's own actor, such as in another window."""
    asked = select(DraftRevision.by).where(DraftRevision.draft_id == draft_id, DraftRevision.no > seen_no)
    return set(unit.session.scalars(asked)) == {unit.actor.person_id}


def contents_of(unit: Unit, draft_id: UUID) -> list[Content]:
    """Every state that a draft was in, oldest first."""
    asked = select(DraftRevision.content).where(DraftRevision.draft_id == draft_id).order_by(DraftRevision.no)
    rows = unit.session.execute(asked).scalars()
    return [dict(content) for content in rows]


def last_that(unit: Unit, draft_id: UUID, was: Callable[[Content], bool]) -> tuple[int, Content] | None:
    """The last revision of a draft that was so, by its number; None where none was."""
    asked = select(DraftRevision.no, DraftRevision.content).where(DraftRevision.draft_id == draft_id)
    rows = unit.session.execute(asked.order_by(DraftRevision.no.desc()))
    return next(((no, dict(content)) for no, content in rows if was(dict(content))), None)


def content_at(unit: Unit, draft_id: UUID, no: int) -> Content:
    """The content of an earlier revision. Raises `NotHere`."""
    return dict(_revision(unit, draft_id, no).content)


@needs("prepare a change of the arrangement", PREPARING)
def change_draft(unit: Unit, draft_id: UUID, what: str, edit: Callable[[Content], Content], *, noted: bool = False) -> Draft:
    """Change a draft as it stands now. What was signed of it so far was signed of other content, and counts no more.

    `noted`: it is told among its changes even where nothing of the content is another.
    """
    row, now = _open_row(unit, draft_id)
    made = edit(now)
    if made == now and not noted:
        return _state(row, _revision(unit, draft_id, row.head_no))
    row.head_no, row.updated_at, row.title, row.state = row.head_no + 1, unit.at, str(made["title"]), "open"
    unit.audit("draft changed", f"draft:{draft_id}", {"revision": row.head_no})
    return _append(unit, row, made, what)


@needs("prepare a change of the arrangement", PREPARING)
def use_major(unit: Unit, draft_id: UUID, use: str, major: int, known: Iterable[str]) -> list[str]:
    """Use another major of a rule in the draft as it stands now. Returns the settings left out: those not `known` to it."""
    _, now = _open_row(unit, draft_id)
    made, left_out = drafts.use_major(now, use, major, known)
    told = f"; left out: {', '.join(name.replace('_', ' ') for name in left_out)}" if left_out else ""
    change_draft(unit, draft_id, f"version {major} of the rule {use}{told}", lambda _: made)
    return left_out


@needs("prepare a change of the arrangement", PREPARING)
def save_line(
    unit: Unit, draft_id: UUID, place: Place, values: Mapping[str, Any], seen_no: int, what: str, *,
    keep: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None, kinds: Kinds | None = None,
    wrong: Callable[[Mapping[str, Any]], str] | None = None, by_key: Collection[str] = (),
    sourced: Callable[[Mapping[str, Any], dict[str, Any]], dict[str, Any]] = lambda line, merged: merged, then: Callable[[Content], Content] = lambda made: made,
) -> Draft:  # fmt: skip
    """Save the fields of one line as a person saw it at revision `seen_no`; other fields of the line are left alone.

    What somebody else changed meanwhile stands where this person changed nothing; where both changed the same field, or what each
    changed does not fit together, `StaleDraft` is raised with both values, unless `keep` says "yours" or "theirs" for it. `kinds`, `wrong`, `by_key`: see `stale.py`.
    `sourced`: the fields with the source that they have now; `then`: what follows from it in other lines, in the same change.
    """
    _, now = _open_row(unit, draft_id)
    line = dict(node_at(now, place)) if place else now
    before = _line_as_seen(content_at(unit, draft_id, seen_no), place)
    merged = as_two_changed_it(before, values, line, keep or {}, labels or {}, kinds or {}, wrong, by_key)
    # What is emptied is left away, as a file would leave it away; the head of a version always tells its whole.
    merged = sourced(line, merged)
    wanted = {k: v for k, v in {**line, **merged}.items() if v is not None or (not place and k in line)}
    return change_draft(unit, draft_id, what, lambda content: then(put(content, place, wanted)))


def _line_as_seen(seen: Content, place: Place) -> dict[str, Any]:
    """A line as it was; empty where it was not there yet, as a part that two people set at once."""
    try:
        return dict(node_at(seen, place)) if place else seen
    except NoSuchPlace:
        return {}


PutAside = Callable[[Unit, Draft], None]
_put_aside: list[PutAside] = []


def when_put_aside(story: PutAside) -> PutAside:
    """What else is done where a draft is put aside while it waits for signatures."""
    _put_aside.append(story)
    return story


@needs("prepare a change of the arrangement", PREPARING)
def give_up_draft(unit: Unit, draft_id: UUID) -> None:
    """Put a draft aside, once; its revisions stay on record, and that it was put aside, by whom and when, is the last of them."""
    draft = load_draft(unit, draft_id, lock=True)
    if draft.state == "given_up":
        return
    row, now = _open_row(unit, draft_id)
    for told in _put_aside if draft.state == "signing" else ():
        told(unit, draft)
    row.state, row.head_no = (
        "given_up",
        row.head_no + 1,
    )  # not `updated_at`: what was signed was signed of what stands there still
    _append(unit, row, now, PUT_ASIDE)
    unit.audit("draft given up", f"draft:{draft_id}")


def free_version(unit: Unit, begins: date | None) -> str:
    """A name for a new version that none on record has: of the day it begins, where that is known."""
    taken = set(unit.session.scalars(select(ArrangementVersion.version)))
    base = f"from-{begins.isoformat()}" if begins else "next"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def changed_no_more(state: str) -> PackError:
    """What is said of a change to a draft that is on record, or was put aside."""
    ended = "is in force or waits for its day" if state == "entered" else "was put aside"
    return PackError(f"This draft {ended}: it is changed no more. Nothing of yours was saved. Begin a new one.", field="draft")


def _open_row(unit: Unit, draft_id: UUID) -> tuple[ArrangementDraft, Content]:
    row = unit.session.scalars(select(ArrangementDraft).where(ArrangementDraft.id == draft_id).with_for_update()).one_or_none()
    if row is None:
        raise NotHere
    if row.state not in ("open", "signing"):
        raise changed_no_more(row.state)
    return row, dict(_revision(unit, draft_id, row.head_no).content)


def _revision(unit: Unit, draft_id: UUID, no: int) -> DraftRevision:
    row = unit.session.get(DraftRevision, (unit.scope.body_id, draft_id, no))
    if row is None:
        raise NotHere
    return row


def _append(unit: Unit, row: ArrangementDraft, content: Content, what: str) -> Draft:
    draft = as_arrangement(content)
    names = all_named(draft.source_names, (use.settings for use in draft.uses))
    revision = DraftRevision(
        draft_id=row.id, no=row.head_no, at=unit.at, by=unit.actor.person_id, what=what,
        content={**content, "source_names": [[name, dict(source)] for name, source in names]}, signed_hash=draft.signed_hash,
    )  # fmt: skip
    unit.session.add(revision)
    unit.session.flush()
    return _state(row, revision)


def _state(row: ArrangementDraft, revision: DraftRevision) -> Draft:
    return Draft(
        row.id, row.title, row.state, row.head_no, dict(revision.content), revision.signed_hash, row.updated_at, row.started_at
    )
