"""The floor under a whole arrangement, part by part: partners, seats, who notifies, who decides, the yearly report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from plugins.statutory_arrangements.clocks import UNSTATED
from plugins.statutory_arrangements.in_words import others_in_words
from plugins.statutory_arrangements.sitting import chosen, deciding_in, key_of, meant
from threefold.plugin_api import ArrangementView, Objection, Provided, RuleProvides, Source, must_sign

S16E = Source("Children Act 2004, section 16E(3)", "ACT", "V", "legislation.gov.uk/ukpga/2004/31/section/16E/data.html")
LSP = Source("R-1.6: Working Together 2023, chapter 2 (lead safeguarding partners)", "SG", "V2", "leedsscp.org.uk")
RR6 = Source("RR-6: Working Together and Panel guidance (the decision on a local review is the partners')", "SG", "K")
RR7 = Source("RR-7: Panel guidance, September 2022 (signed off by all partners)", "PG", "K")
# What all partners do together: the words that begin a sentence on it, and what asks for it. That words may mean a group of theirs
# is no departure by itself, so the source has no force of its own here.
TOGETHER = {
    "local_review": ("Whether to carry out a local review is decided", replace(RR6, force="PG")),
    "sign_rapid_review": ("The rapid review is signed off", RR7),
}
CCG_UNTIL = date(2022, 7, 1)  # integrated care boards took the place of clinical commissioning groups in July 2022


@dataclass(frozen=True, slots=True)
class Missing:
    """The names of partners that have no part in something. `groups`: the titles of the groups in which they were looked for."""

    partners: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.partners)

    def __str__(self) -> str:
        """The partners, as the end of a clause."""
        looked = joined([f"“{title}”" for title in self.groups])
        return f"{joined(self.partners)}{f', of whom nobody is listed in {looked} as one who decides' if looked else ''}"


def partners(arrangement: ArrangementView, on: date | None) -> Iterable[Objection]:
    """At least one local authority, chief officer of police, and health body (R-1.1, R-1.2)."""
    for key, words, kind in unnamed(arrangement, on):
        sentence = f"The safeguarding partners must include {words}."
        yield lacking(f"partner-{key}", sentence, S16E, arrangement, f"organisations+{kind}")


def other_partners(arrangement: ArrangementView, on: date | None) -> Iterable[Objection]:
    """The partners are of three kinds by law; who else takes part is a relevant agency (R-1.1). There are no commissioning groups any more (R-1.2)."""
    for o in arrangement.organisations:
        if o.kind == "clinical_commissioning_group" and on is not None and on >= CCG_UNTIL and arrangement.entered != "adopted":
            yield Objection(f"former-partner/{o.key}", "in_force",
                            f"{o.name} is called a clinical commissioning group. Integrated care boards took their place in July 2022.",
                            S16E, field=f"organisations.{o.key}.kind", warns=True)  # fmt: skip
        if o.partner and o.kind == "other" and arrangement.entered != "adopted":
            yield Objection(f"other-partner/{o.key}", "in_force",
                            f"{o.name} is called a safeguarding partner. By law these are the local authority, the integrated care board and the "
                            "chief officer of police; who else takes part is a relevant agency. The law gives it none of their duties.",
                            S16E, field=f"organisations.{o.key}.partner", warns=True)  # fmt: skip


def unnamed(arrangement: ArrangementView, on: date | None) -> list[tuple[str, str, str]]:
    """The kinds of partner that are not among the partners: a key, the words for it, and the kind of organisation that mends it."""
    kinds = {o.kind for o in arrangement.partners}
    boards = {"integrated_care_board"}
    if on is None or on < CCG_UNTIL:
        boards.add("clinical_commissioning_group")
    asked = (
        ("local_authority" in kinds, "authority", "a local authority", "local_authority"),
        ("police" in kinds, "police", "the chief officer of police", "police"),
        (bool(kinds & boards), "health", "an integrated care board", "integrated_care_board"),
    )
    return [(key, words, kind) for there, key, words, kind in asked if not there]


def signatures_needed(arrangement: ArrangementView) -> tuple[str, ...]:
    """The partner organisations whose leads sign: every one, unless another partner's recorded delegation acts for it (R-1.10)."""
    return must_sign(arrangement.organisations)


# Posts that are plainly below or beside who leads one of the three by.
_NO_LEAD = re.compile(
    r"\b(directors? (of|for) (children|public health|nursing|quality)|dcs|assistant (director|chief constable)|(detective )?(chief )?(superintendent|inspector)|"
    r"(designated|named|chief) (nurse|doctor|professional)|police and crime commissioner|lead member|councillors?|heads? of|service managers?|deputy)\b",
    re.IGNORECASE,
)


def seats(arrangement: ArrangementView) -> Iterable[Objection]:
    """A lead seat for each partner whose signature is needed (R-1.6; delegation R-1.10)."""
    seated = {s.organisation for s in arrangement.seats if s.role == "lead"}
    names = {o.key: o.name for o in arrangement.organisations}
    for key in signatures_needed(arrangement):
        if key not in seated:
            lacks = _why_not_acted_for(key, arrangement)
            sentence = f"{names[key]} has no lead seat, and {lacks}. Each partner's lead signs off the arrangements."
            yield lacking(f"seat-{key}", sentence, LSP, arrangement, f"seats.{key}", firm=True)
    for seat in arrangement.seats:
        if (
            seat.role == "lead"
            and seat.organisation in names
            and arrangement.entered != "adopted"
            and _NO_LEAD.search(seat.title)
        ):
            yield Objection(f"lead-seat/{seat.key}", "in_force",
                            f"“{seat.title}” is the lead safeguarding partner of {names[seat.organisation]}. Guidance has the chief executive of the council, "
                            "the chief executive of the integrated care board and the chief officer of police as the leads; they may delegate, and stay accountable. "
                            "If this seat is a delegate’s, say so.", LSP, field=f"seats.{seat.key}.role", warns=True)  # fmt: skip


def _why_not_acted_for(key: str, arrangement: ArrangementView) -> str:
    """Why no partner signs for one, as the end of a sentence: what is recorded is told, though it does not count."""
    actors = [o for o in arrangement.partners if key in o.acts_for]
    if actors:
        above = [o.name for o in arrangement.partners if any(actor.key in o.acts_for for actor in actors)]
        many = len(actors) > 1
        return (
            f"{' and '.join(o.name for o in actors)}, which {'act' if many else 'acts'} for it, {'are' if many else 'is'} acted for "
            f"by {' and '.join(above)}: a delegation is not passed on"
        )
    others = [o.name for o in arrangement.organisations if key in o.acts_for]
    if others:
        return f"no partner acts for it: {' and '.join(others)} {'are' if len(others) > 1 else 'is'} no safeguarding partner"
    return "no delegation is recorded"


def who_decides_on_reviews(arrangement: ArrangementView) -> Iterable[Objection]:
    """Whether to carry out a local review is decided by the safeguarding partners together (RR-6), and a rapid review is signed
    off by all of them (RR-7). Each partner is among those named, or among those listed in a group that is named, or is acted for;
    a group of theirs whose members are not listed may do it for them."""
    adopted = arrangement.entered == "adopted"
    for rule, way in arrangement.all("way"):
        if way.key == "local_review" and (missing := _without(arrangement, way, "decides")):
            yield Objection("local-review-partners", "in_force",
                            f"Whether to carry out a local review is decided without {missing}. Guidance has the safeguarding "
                            "partners decide it together.", UNSTATED if adopted else RR6, field=_where(rule, way))  # fmt: skip
        if way.key == "sign_rapid_review" and not adopted and (missing := _without(arrangement, way, "signs", "decides")):
            yield Objection("rapid-review-partners", "in_force",
                            f"The rapid review is signed off without {missing}. The Panel’s guidance has all safeguarding "
                            "partners sign it off.", RR7, field=_where(rule, way))  # fmt: skip
        if way.key in TOGETHER and not adopted and (left := _left_by_quorum(arrangement, way)):
            done, source = TOGETHER[way.key]
            yield Objection(f"{way.key}-quorum", "in_force",
                            f"{done} by a group whose quorum can be met without {joined(left, 'or')}. Guidance has all safeguarding partners do it together: "
                            "say that each of them must be there.",
                            source, field=_quorum_of(arrangement, way) or _where(rule, way), warns=True)  # fmt: skip
        if way.key in TOGETHER and not adopted and (one := _in_words(arrangement, way))[0]:
            done, source = TOGETHER[way.key]
            yield Objection(f"{way.key}-in-words", "in_force",
                            f"{done} by one alone, told in words: “{one[0]}”. Guidance has all safeguarding partners do it together, "
                            "and words do not show whether it is one of their groups. Choose the seats or the group that is meant.",
                            source, field=f"rules.{rule.use}.ways.{way.key}.{one[1]}", warns=True)  # fmt: skip
        elif way.key in TOGETHER and not adopted and (others := _others_in_words(arrangement, way)):
            done, source = TOGETHER[way.key]
            yield Objection(f"{way.key}-in-words", "in_force",
                            f"{done} by {joined([f'“{words}”' for words in others])}, in words that do not show all safeguarding partners. Guidance has them do it "
                            "together. Choose their seats, or the group that is meant.",
                            source, field=_where(rule, way), warns=True)  # fmt: skip


def who_signs_the_arrangements(arrangement: ArrangementView) -> Iterable[Objection]:
    """Every lead safeguarding partner signs the arrangements, or one that acts for it, whoever else signs them off (R-1.6, R-1.10).
    Words alone show none of them."""
    for rule, way in arrangement.all("way"):
        if way.key != "sign_arrangement" or arrangement.entered == "adopted":
            continue
        where = _where(rule, way)
        if missing := _without(arrangement, way, "signs", "decides"):
            yield Objection("sign-arrangement-partners", "in_force",
                            f"Who signs off the arrangements is told without {missing}. Each partner’s lead signs them, here too: "
                            "this changes nothing of that. Name the partners as well, or take it out.",
                            LSP, field=where, warns=True)  # fmt: skip
        named = [str(key) for key in _named(way, "signs", "decides")]
        if lower := _below_the_lead(arrangement, named):
            yield Objection("sign-arrangement-delegates", "in_force",
                            f"Who signs off the arrangements is told as {joined(lower)}. Each partner’s lead signs them, here too: this changes "
                            "nothing of that. Choose the leads’ seats, or take it out.",
                            LSP, field=where, warns=True)  # fmt: skip
        if named and not any(chosen(arrangement, one) for one in named):
            told = joined([f"“{words}”" for words in named])
            yield Objection("sign_arrangement-in-words", "in_force",
                            f"Who signs off the arrangements is told in words alone: {told}. Each partner’s lead signs them, here too: this "
                            "changes nothing of that, and words do not show whether it is one of their groups. Choose the seats or the group "
                            "that is meant.",
                            LSP, field=where, warns=True)  # fmt: skip


def _where(rule: RuleProvides, way: Provided) -> str:
    """The answer that says who does it, and that mends what is wrong with that."""
    parts = ("decides",) if way.key == "local_review" else ("signs", "decides")
    return f"rules.{rule.use}.ways.{way.key}.{_answer(way, *parts)[0]}"


def _below_the_lead(arrangement: ArrangementView, named: Iterable[str]) -> list[str]:
    """The titles of the seats, not a lead's, by which alone some partner is among those named."""
    found = meant(arrangement, named)
    groups = [g for _, g in arrangement.all("group") if g.title in found.through]
    listed = {key_of(arrangement, who) or who for who in (*named, *(one for group in groups for one in deciding_in(group)))}
    seated = [s for s in arrangement.seats if s.key in found.seats]
    by_itself = {s.organisation for s in seated if s.role == "lead"} | listed
    partners = {o.key for o in arrangement.partners}
    return [f"“{s.title}”" for s in seated if s.organisation in partners - by_itself]


def _others_in_words(arrangement: ArrangementView, way: Provided) -> list[str]:
    """The words by which somebody does it, where they do not show that all partners do."""
    named = next((found for part in ("signs", "decides") if (found := _named(way, part))), ())
    return others_in_words(arrangement, map(str, named))


def _in_words(arrangement: ArrangementView, way: Provided) -> tuple[str, str]:
    """Who alone does it, where nothing but words tells who that is, and which answer says so; "" otherwise."""
    for part in ("signs", "decides", "acts"):
        named = way.get(part)
        keys = (named,) if isinstance(named, str) and named else named if isinstance(named, tuple) else ()
        if keys:
            alone = way.get("how") == "one_decides" and len(keys) == 1
            return (str(keys[0]), part) if alone and not chosen(arrangement, str(keys[0])) else ("", "")
    return "", ""


def _answer(way: Provided, *parts: str) -> tuple[str, tuple[object, ...]]:
    """Which answer says who does it, and whom it names: the first of the parts that names anybody; else who has the last word alone, or the
    group that decides."""
    told = next((part for part in parts if isinstance(way.get(part), tuple) and way.get(part)), "")
    last, named = way.get("acts"), way.get(told) if told else ()
    alone = way.get("how") == "one_decides" and isinstance(last, str) and last
    if alone and told in ("", "decides"):  # whoever else is named beside: the last word is one's
        return "acts", (last,)
    if isinstance(named, tuple) and named:
        return told, named
    return ("group", deciding_group(way)) if deciding_group(way) else (parts[-1], ())


def _named(way: Provided, *parts: str) -> tuple[object, ...]:
    return _answer(way, *parts)[1]


def deciding_group(way: Provided) -> tuple[str, ...]:
    """The group that decides, where it is told only as the one whose quorum holds."""
    group = way.get("group")
    return (group,) if way.get("how") == "group_decides" and isinstance(group, str) and group else ()


def _left_by_quorum(arrangement: ArrangementView, way: Provided) -> list[str]:
    """The partners who need not be there for the group to decide that has a quorum and decides alone, where that can be told."""
    named = [str(key) for key in _named(way, "signs", "decides")]
    quorum = next((q for _, q in arrangement.all("quorum") if [key_of(arrangement, one) for one in named] == [q.key]), None)
    if quorum is None or way.get("how") not in ("group_decides", "not_stated", None):
        return []
    needed, among, count = quorum.get("needed"), quorum.get("among"), quorum.get("count")
    needed, among = (one if isinstance(one, tuple) else () for one in (needed, among))
    if not needed and type(count) is not int:
        return []  # its value is not stated
    must = meant(arrangement, (*needed, *(among if count == len(among) else ())))
    if must.unread:
        return []
    there = {key for o in must.organisations for key in (o.key, *o.acts_for)}
    return [o.name for o in arrangement.partners if o.key not in there]


def _quorum_of(arrangement: ArrangementView, way: Provided) -> str:
    """The place of the quorum of the group that decides."""
    named = [key_of(arrangement, str(key)) for key in _named(way, "signs", "decides")]
    return next(
        (f"rules.{rule.use}.groups.{q.key}.quorum.needed" for rule, q in arrangement.all("quorum") if named == [q.key]), ""
    )


def _without(arrangement: ArrangementView, way: Provided, *parts: str) -> Missing:
    """The partners that are neither among whom the first of the parts names that names anybody, nor acted for by one of them.

    Nobody is missing where some of them are words, or a group whose members are not listed: these may mean anybody.
    """
    named = _named(way, *parts)
    found = meant(arrangement, map(str, named))
    if not named or found.unread:
        return Missing()
    there = {key for o in found.organisations for key in (o.key, *o.acts_for)}
    return Missing(tuple(o.name for o in arrangement.partners if o.key not in there), found.through)


def joined(names: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def lacking(
    key: str, sentence: str, source: Source, arrangement: ArrangementView, field: str, *, firm: bool = False
) -> Objection:
    """Something not there. A page that was adopted may simply not say it: that is unknown, and warned of. What partners
    sign here must have it."""
    if arrangement.entered == "adopted":
        said = f"Not stated in the published pages: {sentence}"
        return Objection(key, "in_force", said, UNSTATED if source.force != "PG" else source, field=field)
    return Objection(key, "in_force", sentence, source, field=field, bars=firm)
