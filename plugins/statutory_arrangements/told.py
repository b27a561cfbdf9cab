"""Whether an arrangement tells one thing that guidance asks for, judged from who stands in it and what its rules provide.

Each function returns None where the thing is told, else the gap: what is left out, as the end of "The arrangements do not
say ...", and the place that mends it. `rules+<rule>` means: add this rule. `narrative.<row>` means: tell it in a statement;
`narrative.<row>.<part>`: and this part of it. `seats+<role>.<organisation>` means: add this seat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plugins.statutory_arrangements.floor import signatures_needed, unnamed
from plugins.statutory_arrangements.sitting import meant, members
from threefold.plugin_api import ArrangementView, Provided

# What each requirement asks for in words, part by part. The parts are the sections of the rule `narrative`, under its keys.
PARTS: dict[str, dict[str, str]] = {
    "A3": {"identify-and-respond": "how the partners work together to identify and respond to children's needs"},
    "A4": {"local-reviews": "how local child safeguarding practice reviews are commissioned and published"},
    "A5": {"scrutiny": "how the arrangements are scrutinised independently"},
    "A6": {"relevant-agencies": "which relevant agencies take part, why, and how they work together"},
    "A7": {"education": "how early years settings, schools and other education are included"},
    "A8": {"custody-and-homes": "how youth custody and children's residential homes are included"},
    "A9": {"data": "how data and intelligence show whether help works, early help included"},
    "A10": {
        "training": "how training across agencies is commissioned, delivered and checked for its effect",
        "audits": "how agencies audit their work together",
    },
    "A11": {"funding": "how the arrangements are funded"},
    "A12": {"learning": "how learning from reviews becomes part of practice"},
    "A13": {"voice": "how children and families are heard"},
    "A14": {"threshold": "what the threshold document is, and how it fits these arrangements"},
    "A15": {
        "delegation": "what the lead partners have delegated, and on what terms",
        "business-support": "who gives the partnership its business support",
    },
    "A16": {"disputes": "how disagreements are settled, ending with the lead safeguarding partners"},
    "A17": {
        "looked-after-children": "how looked-after children are covered",
        "accountability": "who is accountable to whom",
        "inequalities": "how disproportionality and racism are analysed",
        "data-sharing": "how agencies share data",
    },
    "A18": {
        "designated-agencies": "which childcare and education agencies are designated",
        "child-protection-teams": "which multi-agency child protection teams there are",
    },
}

FEWEST_WORDS = 3  # the shortest that can be a sentence: "Young people decide."
_TO_COME = re.compile(
    r"((this|it|(the )?details?) ((is|are|will be) )?)?((still|yet) )?to (be (confirmed|agreed|decided|added|written)|follow)( (later|soon|shortly|by (the )?\w+( \w+)?|in 20\d\d))?|n/?a|not (yet )?(agreed|decided|applicable|known)( yet)?|none at present|tb[acd]|t\.b\.[acd]|to be (appointed|recruited|found|named)( (later|soon|shortly))?"
)
_OTHER_TEXT = re.compile(
    r"\b(yearly|annual|briefings?|minutes|audits?|newsletters?|business plan|strategy|threshold|scrutin\w+)\b", re.IGNORECASE
)
_OUTSIDE = re.compile(r"secretary of state|department for education|\bdfe\b|national panel|ofsted", re.IGNORECASE)
# Who the lead safeguarding partners are, named one by one.
_EACH_LEAD = (
    r"chief executives?\b.*\bchief (constable|officer of police)|chief (constable|officer of police)\b.*\bchief executives?"
)
_LEADS = re.compile(rf"lead safeguarding partner|\bLSPs?\b|\blead partners\b|\bchief officers\b|{_EACH_LEAD}", re.IGNORECASE)
_ALL_LEADS = re.compile(r"lead (safeguarding )?partners\b|\bchief officers\b|\bLSPs\b", re.IGNORECASE)
# Words that plainly say that it is not the lead partners: "not referred to the LSPs", "the LSPs have no part in it".
_DENIED = re.compile(
    r"\b(?:not|never|no|nor|without|instead of|rather than)\s+"
    r"(?:(?:all|any|be|before|by|go|goes|involve|involving|of|our|put|reach|referred|refer|sent|taken|that|the|to|with)\s+){0,4}"
    r"(?:lead safeguarding partners?|LSPs?)\b"
    r"|(?:lead safeguarding partners?|LSPs?)\s+(?:(?:are|is)\s+not\s+(?:asked|concerned|involved|needed|part|told)"
    r"|(?:have|has|play|plays|take|takes)\s+no\s+(?:part|role|say))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is left out. `parts`: which parts of `PARTS` it is about, where the requirement has any."""

    what: str
    field: str
    parts: tuple[str, ...] = ()


def in_words(arrangement: ArrangementView, row: str) -> Gap | None:
    """Told where a statement says that it answers the requirement, or where each of its parts has a statement."""
    told = _told_parts(arrangement, row)
    left = [part for part in PARTS[row] if part not in told]
    return Gap("; ".join(PARTS[row][part] for part in left), f"narrative.{row}.{left[0]}", tuple(left)) if left else None


def named_partners(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A1: every kind of partner is named."""
    found = unnamed(arrangement, on)
    if not found:
        return None
    left = [words for _, words, _ in found]
    return Gap(
        f"who all the safeguarding partners are; {_joined(left)} {'is' if len(left) == 1 else 'are'} not named",
        f"organisations+{found[0][2]}",
    )


def areas(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A2: the areas are given by their codes."""
    return None if arrangement.area_codes else Gap("which local authority areas they cover", "area_codes")


def local_reviews(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A4: who decides on a local review, and what is published of it."""
    decided = any(
        way.key == "local_review" and _says_who(way, adopted=arrangement.entered == "adopted")
        for _, way in arrangement.all("way")
    )
    if not decided:
        left = "who decides on a local child safeguarding practice review"
        if not _published(arrangement):
            left = f"{left}, and what is published of it"
        return Gap(left, _place(arrangement, "decision-making", "ways+question=local_review.decides"), ("local-reviews",))
    if not _published(arrangement):
        unsaid = [f"rules.{rule.use}.texts.{text.key}.published" for rule, text in arrangement.all("publication")
                  if text.get("serves") in ("", None, "local-review") and text.get("published") == "not_stated"]  # fmt: skip
        return Gap("how a local child safeguarding practice review is published",
                   unsaid[0] if unsaid else _place(arrangement, "publication-and-retention", "texts"), ("local-reviews",))  # fmt: skip
    return None


def _says_who(way: Provided, *, adopted: bool) -> bool:
    """Whether a question has somebody who decides it, or words that may say so. Whose view is sought does not say it, but on an adopted page."""
    return any(way.get(part) for part in ("decides", "acts", "signs", "group", "text")) or (
        adopted and bool(way.get("views_from"))
    )


def _published(arrangement: ArrangementView) -> bool:
    """Whether a kind of text is told of that may be the report of a local review, and is published; of an adopted page also one of which that
    is not stated."""
    told = [text for _, text in arrangement.all("publication") if text.get("published") != "no"]
    if arrangement.entered == "adopted":
        return bool(told)
    return any(
        text.get("published") != "not_stated"
        and (text.get("serves") == "local-review" or (not text.get("serves") and not _OTHER_TEXT.search(text.title)))
        for text in told
    )


def scrutinised(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A5: a form of scrutiny, or a scrutineer's seat."""
    if any(s.role == "scrutineer" for s in arrangement.seats) or any(
        _says_who_looks(form) for _, form in arrangement.all("scrutiny")
    ):
        return None
    if found := arrangement.all("scrutiny"):
        rule, form = found[0]
        return Gap(PARTS["A5"]["scrutiny"], f"rules.{rule.use}.forms.{form.key}.text", ("scrutiny",))
    return Gap(PARTS["A5"]["scrutiny"], _place(arrangement, "scrutiny", "forms"), ("scrutiny",))


def _says_who_looks(form: Provided) -> bool:
    """Whether a form of scrutiny is more than one that is still to be found: by its title, who does it and its words."""
    told = [words for words in (form.get("who"), form.get("text")) if words]
    return any(not _is_to_come(words) for words in told or [form.title])


def relevant_agencies(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A6: which agencies; of each, why, in words beyond its name; and how they work together: terms, or whom they sit with."""
    named = [thing for _, thing in arrangement.all("agency")]
    bare = [(rule.use, a) for rule, a in arrangement.all("agency") if not _says_why(a)]
    unexplained = [a.title for _, a in bare]
    left = []
    if not named:
        left.append("which relevant agencies take part, and why")
    elif unexplained:
        left.append(f"why these relevant agencies were chosen: {_joined(unexplained)}")
    if not any(not _is_to_come(t.get("text") or t.title) for _, t in arrangement.all("agency_terms")) and not any(
        a.get("sits_with") for a in named
    ):
        left.append("how relevant agencies work together with the partners")
    if not left:
        return None
    if bare:
        use, first = bare[0]
        return Gap("; ".join(left), f"rules.{use}.agencies.{first.key}.text", ("relevant-agencies",))
    return Gap(
        "; ".join(left), _place(arrangement, "relevant-agencies", "terms" if named else "agencies"), ("relevant-agencies",)
    )


def _says_why(agency: Provided) -> bool:
    """Whether words beyond an agency's name are written of it. That it is asked, or with whom it sits, says nothing of why."""
    words = str(agency.get("text") or "").strip(" .")
    return any(map(str.isalpha, words)) and words != agency.title.strip(" .") and not _is_to_come(words)


def funds(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A11: at least one contribution of which it is told who pays, how much, or something in words; its sum known or not."""
    found = [thing for _, thing in arrangement.all("fund")]
    if any(_tells_of_money(fund) for fund in found):
        return None
    left = f"{PARTS['A11']['funding']}: who pays, how much, or in words" if found else PARTS["A11"]["funding"]
    first = next((f"rules.{rule.use}.funds.{fund.key}.payer" for rule, fund in arrangement.all("fund")), "")
    return Gap(left, first or _place(arrangement, "resourcing", "funds"), ("funding",))


def _tells_of_money(fund: Provided) -> bool:
    """Whether a contribution tells more than its name and year."""
    payer, *words = (
        "" if _is_to_come(said := fund.get(name) or "") else str(said).strip(" .") for name in ("payer", "split", "text")
    )
    return bool(payer) or type(fund.get("pounds")) is int or any(said not in ("", fund.title.strip(" .")) for said in words)


def roles(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A15: seats for leads, their delegates and the chair; the terms of delegation and business support, in words or a seat."""
    left, fields = _unseated(arrangement)
    told = _told_parts(arrangement, "A15")
    if any(s.role == "business_manager" for s in arrangement.seats):
        told |= {"business-support"}
    parts = tuple(part for part in PARTS["A15"] if part not in told)
    left += [PARTS["A15"][part] for part in parts]
    fields += [f"narrative.A15.{part}" for part in parts]
    return Gap("; ".join(left), fields[0], parts) if left else None


def disputes(arrangement: ArrangementView, on: date | None) -> Gap | None:
    """A16: stages of a disagreement, of which those that stand last come to the lead safeguarding partners."""
    stages = [(rule.use, s, n) for rule, s in arrangement.all("ladder_stage") if type(n := s.get("stage")) is int]
    if not stages:
        return Gap(PARTS["A16"]["disputes"], _place(arrangement, "escalation-ladder", "stages"), ("disputes",))
    # Whom the partners themselves turn to, such as the Secretary of State, comes after the end of what is settled between them.
    between = [one for one in stages if not _is_outside(one[1])] or stages
    last: dict[str, int] = {}
    for use, _, number in between:
        last[use] = max(number, last.get(use, number))
    ends = {use: [s for of, s, number in between if (of, number) == (use, last[use])] for use in last}
    if any(_names_leads(together, arrangement) for together in ends.values()):
        return None
    use, (stage, *_) = next(iter(ends.items()))
    return Gap("that disagreements which are not settled go to the lead safeguarding partners at the end",
               f"rules.{use}.stages.{stage.key}.who", ("disputes",))  # fmt: skip


def _told_parts(arrangement: ArrangementView, row: str) -> frozenset[str]:
    """The parts of a requirement that statements tell: all of them where one says that it answers the requirement.

    A statement without words tells nothing, wherever it stands.
    """
    told: set[str] = set()
    for _, statement in arrangement.all("narrative"):
        if not _is_said(statement):
            continue
        answered, part = statement.get("answers"), statement.get("part")
        if isinstance(answered, tuple) and row in answered:
            return frozenset(PARTS[row])
        told.add(str(part))
    return frozenset(told & PARTS[row].keys())


def _unseated(arrangement: ArrangementView) -> tuple[list[str], list[str]]:
    """Which partners have no lead's or no delegate's seat, whether nobody chairs, and the places that mend it."""
    names = {o.key: o.name for o in arrangement.organisations}
    left, fields = [], []
    for role, words in (("lead", "lead safeguarding partner"), ("delegate", "delegated safeguarding partner")):
        seated = {s.organisation for s in arrangement.seats if s.role == role}
        without = [key for key in signatures_needed(arrangement) if key not in seated]
        if without:
            left.append(f"who is the {words} of {_joined([names[key] for key in without])}")
            fields.append(f"seats+{role}.{without[0]}")
    if not any(s.role == "chair" for s in arrangement.seats) and not _chaired_from_a_seat(arrangement):
        left.append("who chairs the partnership")
        fields.append("seats+chair")
    return left, fields


def _chaired_from_a_seat(arrangement: ArrangementView) -> bool:
    """Whether a lead or delegate chairs a group in which every partner sits: the chair is one of them (R-1.8)."""
    partners = {s.key for s in arrangement.seats if s.role in ("lead", "delegate")}
    sits_for = {o.key: o.key for o in arrangement.organisations} | {s.key: s.organisation for s in arrangement.seats}
    return any(
        group.get("chair") in partners
        and set(signatures_needed(arrangement)) <= {sits_for.get(who, "") for who, _ in members(group)}
        for _, group in arrangement.all("group")
    )


def _names_leads(stages: Sequence[Provided], arrangement: ArrangementView) -> bool:
    """Whether stages that stand beside each other are the lead partners': one says so in words, or whoever acts in them comes to
    a lead of every partner. A group of which nobody is listed may be theirs."""
    groups = {g.title: g.key for _, g in arrangement.all("group")}
    found = meant(arrangement, [groups.get(who, who) for s in stages if (who := str(s.get("who") or ""))])
    leads = {s.key: s.organisation for s in arrangement.seats if s.role == "lead"}
    theirs = {leads[key] for key in found.seats if key in leads}
    if theirs and theirs.issuperset(signatures_needed(arrangement)):
        return True
    if any(_says_leads(words) for words in found.unread) or not {*groups.values()}.isdisjoint(found.unread):
        return True
    return any(_says_leads(f"{s.title}. {s.sentence}", _ALL_LEADS if s.get("who") in leads else _LEADS) for s in stages)


def _is_outside(stage: Provided) -> bool:
    """Whether a stage is somebody's outside the partnership, and not the lead partners' too."""
    words = f"{stage.title}. {stage.get('who') or ''}"
    return bool(_OUTSIDE.search(words)) and not _says_leads(f"{words}. {stage.sentence}")


def _says_leads(words: str, leads: re.Pattern[str] = _LEADS) -> bool:
    """Whether words name the lead partners and do not plainly deny that it is they."""
    return bool(leads.search(_DENIED.sub("", words)))


def _is_said(statement: Provided) -> bool:
    """Whether a statement has at least a sentence of its own: some words beyond its title, and not that they are still to come."""
    own = _own_words(statement) and len(statement.sentence.split()) >= FEWEST_WORDS
    return own and not _is_to_come(statement.sentence)


def _is_to_come(words: object) -> bool:
    """Whether words only say that something is to come."""
    return bool(_TO_COME.fullmatch(str(words).strip(" .").casefold()))


def _own_words(thing: Provided) -> bool:
    """Whether something is said of a thing beyond its name."""
    return thing.sentence.strip(" .") != thing.title.strip(" .")


def _place(arrangement: ArrangementView, rule: str, setting: str) -> str:
    """Where a rule's setting is mended: in the use of the rule that is there, else by adding the rule."""
    use = next((r.use for r in arrangement.rules if r.rule.split("@")[0] == rule), None)
    return f"rules.{use}.{setting}" if use is not None else f"rules+{rule}"


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
