"""Sending a draft to the partners to sign: who signs, what is said of it, and the day it may begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from threefold.domain.errors import FloorError, PackError
from threefold.governance.arrangement import FORMAT
from threefold.governance.begin_days import overtaken_by, wrong_day
from threefold.governance.decide import Governance
from threefold.governance.drafts import as_arrangement, begin_from
from threefold.governance.pack import Arrangement, Body
from threefold.governance.remark import LEFT_OUT, Remark
from threefold.governance.remarks import remarks
from threefold.governance.remarks_beside import Begun, Beside, of_all, of_content
from threefold.governance.remarks_beside import left_out as partners_left_out
from threefold.governance.who_signs import acted_for as partners_acted_for
from threefold.governance.who_signs import before_it, signed_for, signing_seats, signs_for_another_since
from threefold.plugin_api.arrangement import Organisation, Seat
from threefold.walls.session import Unit
from threefold.work.arrangements.drafting import (
    PREPARING,
    Draft,
    change_draft,
    content_at,
    contents_of,
    free_version,
    load_draft,
    revisions,
)
from threefold.work.arrangements.lateness import can_be_signed_no_more, is_late
from threefold.work.arrangements.stories import on_record, versions
from threefold.work.arrangements.tables import ArrangementDraft
from threefold.work.people.access import needs

FROM_FILE = "begun from the file "  # so begins what is told of the first revision of a draft that was taken in
DEPARTS = "Departs from guidance ("  # so begins each paragraph of a note that gives the reason for one
MADE_READY = "made ready to be signed"  # what is told of the revision that was sent to be signed
NO_LONGER = "A partner no longer ("  # and so each that says why one is left out


def who_signs(unit: Unit, draft: Draft) -> list[Seat]:
    """The seats whose signatures put a draft on record: those on record now, never those it gives itself."""
    return signing_seats(draft.arrangement, _before(unit, draft.arrangement))


def who_signs_and_since(unit: Unit, draft: Draft) -> tuple[list[Seat], dict[str, tuple[date, tuple[str, ...]]]]:
    """The seats that sign a draft, and since when partners among them sign for others (`signs_for_another_since`). One statement."""
    record = on_record(unit)
    before = before_it([one.version for one in record], draft.arrangement, unit.today)
    return signing_seats(draft.arrangement, before), signs_for_another_since(record, draft.arrangement, before, unit.today)


def who_signs_for_another(unit: Unit, draft: Draft) -> list[tuple[str, str]]:
    """The partners that sign a draft for another, by a delegation on record: the name of each, and of the other."""
    return signed_for(draft.arrangement, _before(unit, draft.arrangement))


def organisation_names(unit: Unit, draft: Draft) -> dict[str, str]:
    """What the organisations are called whose seats sign a draft: those on record, and its own."""
    return {o.key: o.name for one in (*_before(unit, draft.arrangement), draft.arrangement) for o in one.organisations}


def _before(unit: Unit, arrangement: Arrangement) -> tuple[Arrangement, ...]:
    return before_it(versions(unit), arrangement, unit.today)


def said_of(unit: Unit, governance: Governance, draft: Draft, body: Body | None = None) -> list[Remark]:
    """Everything said of a draft in this body: of its content, and of its day beside the versions on record."""
    beside = Beside(
        versions(unit),
        _before(unit, draft.arrangement),
        unit.today,
        lambda: _begun(unit, draft),
        lambda: contents_of(unit, draft.id),
    )
    if draft.state == "entered":
        return of_content(governance, draft.content, beside, body)
    return [*of_all(governance, draft.content, beside, body), *_ends_others(unit, draft)]


def _ends_others(unit: Unit, draft: Draft) -> list[Remark]:
    """The drafts that wait for signatures and could not be signed any more once this one is: they begin on its day or before. One statement
    where none waits, and two more for each that does."""
    asked = select(ArrangementDraft.id).where(ArrangementDraft.state == "signing", ArrangementDraft.id != draft.id)
    waiting = [
        load_draft(unit, draft_id) for draft_id in unit.session.scalars(asked.order_by(ArrangementDraft.updated_at)).all()
    ]
    return [
        Remark(
            "noted",
            f"“{other.title}” waits for signatures and begins on {other.arrangement.begins:%-d %B %Y}. Once this version is signed, that one can "
            "be signed no more as it is.",
            field="begins", key=f"ends-{other.id}",
        )
        for other in waiting
        if other.arrangement.begins and overtaken_by(other.arrangement, [draft.arrangement]) is not None
        and not is_late(unit, other) and not can_be_signed_no_more(unit, other)  # those wait for nothing
    ]  # fmt: skip


def _begun(unit: Unit, draft: Draft) -> Begun:
    """Two statements."""
    return Begun(content_at(unit, draft.id, 1), revisions(unit, draft.id)[-1].what.startswith(FROM_FILE))


def acted_for(unit: Unit, draft: Draft) -> list[tuple[Organisation, Organisation, tuple[Seat, ...]]]:
    """The partners that sign a draft for another, that other, and its lead seats: they are not asked to sign it."""
    return partners_acted_for(draft.arrangement, _before(unit, draft.arrangement))


def left_out(unit: Unit, draft: Draft) -> list[tuple[Organisation, tuple[Seat, ...]]]:
    """The partners of what governs today, or on the day before, that a draft leaves out, each with its lead seats there: they do
    not sign it."""
    return partners_left_out(draft.arrangement, _before(unit, draft.arrangement))


def new_and_before(
    unit: Unit, governance: Governance, draft: Draft, said: Sequence[Remark], body: Body | None = None
) -> tuple[list[Remark], list[Remark]]:
    """What is `said` of a draft in two parts: what it brings, or somebody must act on; and the warnings and notes that were so of
    the version before it."""
    before = _last_before(unit, draft.arrangement)
    if before is None:
        return list(said), []
    already = remarks(governance, begin_from(before, before.version, before.title), unit.today, body)
    was_so = [r for r in said if r.effect in ("warned", "noted") and any(_no_more_than(r, one) for one in already)]
    return [r for r in said if r not in was_so], was_so


def _no_more_than(now: Remark, before: Remark) -> bool:
    """Whether a remark says what another said, or the same with less: a list of what is not told, which the draft made shorter."""
    if now.effect != before.effect:
        return False
    if now.sentence == before.sentence:
        return True
    if not now.key or now.key != before.key:
        return False
    left = iter(_words(before))
    return all(word in left for word in _words(now))  # in the same order


def _words(remark: Remark) -> list[str]:
    return re.findall(r"[^\s;,.]+", remark.sentence)


def _last_before(unit: Unit, arrangement: Arrangement) -> Arrangement | None:
    """The version that a draft follows, whose seats sign it."""
    return next(reversed(_before(unit, arrangement)), None)


CHANGED = "Somebody changed this draft since you opened this page, and it was not sent. Look at it again before you send it."


class SentAlready(PackError):
    """The draft was sent in the same moment, by another or by pressing twice."""


@needs("prepare a change of the arrangement", PREPARING)
def ask_for_signatures(
    unit: Unit, governance: Governance, draft_id: UUID, reasons: dict[str, str] | None = None, body: Body | None = None,
    seen_no: int | None = None,
) -> Draft:  # fmt: skip
    """Send a draft to the partners to sign. Raises `FloorError` while something stands in the way of it.

    `reasons`: for each departure from statutory guidance (by what its remark is known by) the reason that will be published.
    `seen_no`: the newest change that who sends it has read; where another came since, `PackError`.
    """
    draft = load_draft(unit, draft_id, lock=True)
    if seen_no is not None and seen_no < draft.no:
        raise SentAlready(CHANGED) if draft.state == "signing" else PackError(CHANGED)
    refuse_wrong_day(unit, draft.arrangement)
    said = said_of(unit, governance, draft, body)
    stops = [remark for remark in said if remark.stops]
    if stops:
        raise FloorError(
            f"{stops[0].sentence} Mend this before it is signed.", field=stops[0].field, paragraph=stops[0].paragraph
        )
    lacking = [r for r in said if r.effect == "needs_reason" and not (reasons or {}).get(r.known_by, "").strip()]
    if lacking:
        raise FloorError(
            f"{lacking[0].sentence} Give the reason for departing from guidance; it is published.", field=lacking[0].known_by,
            paragraph=lacking[0].paragraph,
        )  # fmt: skip
    if not who_signs(unit, draft):
        raise FloorError("No lead seat is there to sign. Add a lead seat for each partner.", field="seats")
    final = {**_named(unit, draft), "note": with_reasons(str(draft.content["note"]), said, reasons or {})}
    draft = change_draft(unit, draft_id, MADE_READY, lambda _: final, noted=draft.state != "signing")
    unit.session.get_one(ArrangementDraft, (unit.scope.body_id, draft_id)).state = "signing"
    unit.later("remind", unit.scope.body_id)
    unit.audit("signatures asked for", f"draft:{draft_id}", {"hash": draft.signed_hash})
    return replace(draft, state="signing")


def as_it_would_be(unit: Unit, draft: Draft) -> Arrangement:
    """The version that a draft is, or would be once it is sent to be signed: named for its day. Reasons not given yet are not in it."""
    return draft.arrangement if draft.state in ("signing", "entered") else as_arrangement(_named(unit, draft))


def _named(unit: Unit, draft: Draft) -> dict[str, Any]:
    return {**draft.content, "format": FORMAT, "version": free_version(unit, draft.arrangement.begins)}


def refuse_wrong_day(unit: Unit, arrangement: Arrangement) -> None:
    """Raise `PackError` where the day it begins is taken, passed, or lies before the last version's."""
    for error in wrong_day(arrangement, versions(unit), unit.today):
        raise error


def reasons_before(
    unit: Unit, governance: Governance, draft: Draft, said: list[Remark], body: Body | None = None
) -> tuple[dict[str, str], list[str]]:
    """The reasons that this draft holds already, else those that the version before it gave for the same, by what each remark is known by
    now; and, of departures told in the same words, the reasons of which it is not known whose each is.

    A reason stays with the departure that it was given for: whose it was is seen in the content that it was written down with.
    """
    before = _last_before(unit, draft.arrangement)
    given, unclear = reasons_held(unit, governance, draft, said, body)
    if before is not None:
        own = begin_from(before, before.version, before.title)
        earlier, unclear_before = kept_reasons(before.note, lambda: remarks(governance, own, unit.today, body), said)
        given, unclear = earlier | given, unclear or unclear_before
    return given, [one for one in unclear if one not in given.values()]


def reasons_held(
    unit: Unit, governance: Governance, draft: Draft, said: list[Remark], body: Body | None = None
) -> tuple[dict[str, str], list[str]]:
    """As `reasons_before`, of the draft alone."""
    if not _holds_reasons(draft.arrangement.note):
        return {}, []
    # As it was when its reasons were written down: sent last; else begun with them, from a file that anybody may have changed.
    sent = max((r.no for r in revisions(unit, draft.id) if r.what == MADE_READY), default=None)
    then = replace(draft, no=sent or 1, content=content_at(unit, draft.id, sent or 1))
    return kept_reasons(draft.arrangement.note, lambda: said_of(unit, governance, then, body), said, in_order=sent is not None)


def _holds_reasons(note: str) -> bool:
    return any(head in note for head in (DEPARTS, NO_LONGER))


def kept_reasons(
    note: str, said_then: Callable[[], list[Remark]], said: list[Remark], *, in_order: bool = True
) -> tuple[dict[str, str], list[str]]:
    """Of the reasons that a note holds, those for what departs still, by what its remark is known by; and those told in the same words as
    what departs without a reason now. `said_then`: what was said of the content that holds the note. `in_order`: whether several that are
    told in the same words stand in the note in the order of the content."""
    groups = [(remarks, reasons) for remarks, reasons in _in_the_same_words(note, said) if reasons]
    if not groups:
        return {}, []
    then = said_then()
    alike = [r.known_by for remarks, _ in _in_the_same_words(note, then) if len(remarks) > 1 for r in remarks]
    by_departure = {of: reason for of, reason in reasons_given(note, then).items() if in_order or of not in alike}
    known = {(_head(r), r.known_by): by_departure[r.known_by] for r in then if r.known_by in by_departure}
    given: dict[str, str] = {}
    unclear: list[str] = []
    for remarks_now, reasons in groups:
        own = {r.known_by: reason for r in remarks_now if (reason := known.get((_head(r), r.known_by))) is not None}
        if not own and len(remarks_now) == len(reasons) == 1 and remarks_now[0].key.startswith(LEFT_OUT):
            own = {remarks_now[0].known_by: reasons[0]}  # a partner is named in the words themselves
        given |= own
        if len(own) < len(remarks_now):
            unclear += [one for one in dict.fromkeys(reasons) if one not in own.values()]
    return given, unclear


def _head(remark: Remark) -> str:
    begins = NO_LONGER if remark.key.startswith(LEFT_OUT) else DEPARTS
    return f"{begins}{remark.paragraph}): {remark.sentence} Reason: "


def reasons_given(note: str, said: list[Remark]) -> dict[str, str]:
    """The reasons for departing from guidance that a note holds, by what the remarks on its own content are known by. Of several that are
    told in the same words, the reasons are in their order."""
    return {
        remark.known_by: reason
        for remarks, reasons in _in_the_same_words(note, said)
        if len(remarks) == len(reasons) or len(remarks) == 1 == len(set(reasons))
        for remark, reason in zip(remarks, reasons, strict=False)
    }


def _in_the_same_words(note: str, said: list[Remark]) -> list[tuple[list[Remark], list[str]]]:
    departs: dict[str, list[Remark]] = {}
    for remark in said:
        if remark.effect == "needs_reason":
            departs.setdefault(_head(remark), []).append(remark)
    told = note.split("\n\n")
    return [(remarks, [p.removeprefix(head) for p in told if p.startswith(head)]) for head, remarks in departs.items()]


def _is_a_reason(paragraph: str) -> bool:
    return paragraph.startswith((DEPARTS, NO_LONGER)) and " Reason: " in paragraph


def without_reasons(note: str) -> str:
    """A note without the reasons for departing from guidance: a draft has none until it is sent."""
    return "\n\n".join(p for p in note.split("\n\n") if not _is_a_reason(p))


def taken_out(note: str, said: list[Remark]) -> list[str]:
    """The paragraphs of a note that go when it is sent: they begin as a reason does, for a departure that is none of this version's."""
    heads = tuple(_head(remark) for remark in said if remark.effect == "needs_reason")
    return [p for p in note.split("\n\n") if _is_a_reason(p) and not (heads and p.startswith(heads))]


def with_reasons(note: str, said: list[Remark], reasons: Mapping[str, str]) -> str:
    """A version's note with the reason for each departure from guidance that it has now, and of none that it had earlier."""
    own = without_reasons(note).split("\n\n")
    now = [f"{_head(remark)}{' '.join(reasons[remark.known_by].split())}" for remark in said if remark.effect == "needs_reason"]
    return "\n\n".join([*own, *now]).strip()
