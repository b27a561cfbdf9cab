"""What published arrangements must tell (A1 to A18): told is silent, untold is one message with the place that mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugins.narrative.sections import SECTIONS
from plugins.statutory_arrangements import StatutoryArrangements
from plugins.statutory_arrangements.content import PARTS, ROWS
from tests.plugins.statutory.arrangements import COMMENCED, IN_WORDS, LEFT_OUT, THREE, Made, every_row, law, untold
from tests.support.tenants import read_tenants
from threefold.domain.errors import PackError
from threefold.domain.findings import Objection
from threefold.domain.sources import effect_of
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement
from threefold.governance.verdict import effect
from threefold.plugin_api.arrangement import Organisation, Seat

LIBRARY = read_tenants()
GOVERNANCE = Governance(LIBRARY.editions, Catalogue.installed())
ADOPTED = [v for b in LIBRARY.bodies.values() for v in b.versions if v.entered == "adopted"]


def rows(found: list[Objection]) -> list[str]:
    return [o.key.removeprefix("content/") for o in found]


def one(made: Made, **how: Any) -> Objection:
    """The only thing left out."""
    (found,) = untold(made.seen(**how))
    return found


# Present, absent


@pytest.mark.parametrize("edition", ["wt-2018", "wt-2023", "wt-2026"])
@pytest.mark.parametrize("entered", ["signed", "adopted"])
def test_an_arrangement_that_tells_everything_has_nothing_against_it(edition: str, entered: Any) -> None:
    assert list(law(edition).floor(Made().seen(entered), date(2028, 1, 1))) == []
    assert list(every_row().floor(Made().seen(entered), COMMENCED)) == []


@pytest.mark.parametrize("row", ROWS)
def test_what_is_left_out_is_said_once_with_its_row_and_the_place_that_mends_it(row: str) -> None:
    made = Made()
    take_out, field = LEFT_OUT[row]
    take_out(made)
    found = one(made)
    assert (found.key, found.move, found.field) == (f"content/{row}", "in_force", field)
    assert found.source.ref.startswith(f"{row}: ")
    assert found.sentence.startswith("The arrangements do not say ") and found.sentence.endswith(".")
    assert not found.bars
    assert effect_of(found.force) == ("refused" if row == "A18" else "needs_reason")  # only A18 is an Act's


@pytest.mark.parametrize("row", ROWS)
def test_a_page_that_was_adopted_is_warned_of_and_never_refused(row: str) -> None:
    made = Made()
    LEFT_OUT[row][0](made)
    found = one(made, entered="adopted")
    assert effect_of(found.force) == "warned" and not found.bars
    assert found.sentence.startswith("Not stated in the published pages: ")
    assert found.source.ref.startswith(f"{row}: ")


@given(st.sets(st.sampled_from(tuple(ROWS))))
def test_whatever_is_left_out_together_each_is_said_once(left: set[str]) -> None:
    made = Made()
    for row in left:
        LEFT_OUT[row][0](made)
    assert sorted(rows(untold(made.seen()))) == sorted(left)


def test_nothing_at_all_is_every_row() -> None:
    empty = Made([], [], (), {})
    assert rows(untold(empty.seen())) == list(ROWS)


def test_bodies_that_are_no_partnership_are_not_asked() -> None:
    for kind in ("national", "child_death_panel"):
        assert untold(replace(Made([], [], (), {}).seen(), kind=kind)) == []


# In words


@pytest.mark.parametrize("row", [row for row in PARTS if row != "A15"])
def test_a_statement_that_says_it_answers_a_requirement_mends_it(row: str) -> None:
    made = Made()
    LEFT_OUT[row][0](made)
    made.say("Any section of the area's page")
    assert rows(untold(made.seen())) == [row]
    made.say("Any section of the area's page", row)
    assert untold(made.seen()) == []


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    "written", [lambda key: key, lambda key: SECTIONS[key].label, lambda key: f" {SECTIONS[key].label.upper()} "]
)
def test_a_statement_under_a_listed_section_tells_its_part(section: str, written: Callable[[str], str]) -> None:
    row = SECTIONS[section].answers
    made = Made()
    LEFT_OUT[row][0](made)
    made.unseat("business_manager")
    others = [s for s in PARTS[row] if s != section]
    for other in others:
        made.say(other)
    if others:
        assert PARTS[row][section] in one(made).sentence
    made.say(written(section))
    assert row not in rows(untold(made.seen()))


@pytest.mark.parametrize("row", [row for row in PARTS if len(PARTS[row]) > 1])
def test_one_message_names_each_part_that_is_left_out(row: str) -> None:
    made = Made()
    made.unseat("business_manager")
    made.without_statements(row)
    assert all(words in one(made).sentence for words in PARTS[row].values())
    first, *rest = PARTS[row]
    made.say(first)
    said = one(made).sentence
    assert PARTS[row][first] not in said and all(PARTS[row][part] in said for part in rest)


def test_the_sections_of_the_narrative_rule_are_the_parts_that_are_asked_for() -> None:
    asked = {part: (row, words.casefold()) for row, parts in PARTS.items() for part, words in parts.items()}
    assert {key: (s.answers, s.label.casefold()) for key, s in SECTIONS.items()} == asked
    assert set(IN_WORDS) <= set(PARTS) == set(ROWS) - {"A1", "A2"}


# From which day


def test_each_edition_asks_for_its_own_rows() -> None:
    nothing = Made([], [], (), {}).seen()
    to = {edition: rows(untold(nothing, law(edition), date(2028, 1, 1))) for edition in ("wt-2018", "wt-2023", "wt-2026")}
    all_rows = list(ROWS)
    assert to == {"wt-2018": all_rows[:14], "wt-2023": all_rows[:16], "wt-2026": all_rows[:17]}


@pytest.mark.parametrize(
    ("begins", "last"), [(date(2023, 12, 14), "A14"), (date(2023, 12, 15), "A16"), (date(2027, 12, 1), "A16")]
)
def test_through_governance_the_edition_of_the_day_decides_what_is_asked(begins: date, last: str) -> None:
    """The day on which the edition of 2026 begins is not known, so nothing it adds is asked for yet."""
    version = ADOPTED[0]
    bare = replace(
        version, kind="partnership", begins=begins, not_before=None, uses=(), organisations=(), seats=(), area_codes=()
    )
    found = [ln.finding.key for ln in GOVERNANCE.floor(bare) if ln.finding.key.startswith("content/")]
    assert sorted(found) == sorted(f"content/{row}" for row in list(ROWS)[: list(ROWS).index(last) + 1])


@given(st.integers(-2000, 2000))
@example(-1)
@example(0)
def test_a_dated_row_is_asked_from_its_day_on(days: int) -> None:
    made = Made()
    made.without_statements("A18")
    on = COMMENCED + timedelta(days=days)
    assert rows(untold(made.seen(), every_row(), on)) == (["A18"] if days >= 0 else [])


def test_what_is_not_in_force_yet_is_asked_of_nobody_and_on_an_unknown_day_only_what_has_no_day_is_asked() -> None:
    nothing = Made([], [], (), {}).seen(begins=None)
    assert "A18" not in rows(untold(nothing, law(A18={"from": COMMENCED}), date(2030, 1, 1)))
    assert rows(untold(nothing, every_row())) == list(ROWS)[:17]


def test_each_edition_tells_what_it_asks_for_and_from_when() -> None:
    told = {p.key: p for p in every_row().provides() if p.key.startswith("content-")}
    assert [key.removeprefix("content-") for key in told] == list(ROWS)
    assert told["content-A7"].title == f"A7: {ROWS['A7']}"
    assert told["content-A7"].sentence.endswith("Asked from the first day of this edition.")
    assert told["content-A18"].sentence.endswith("Asked from 1 September 2027.")
    waiting = {p.key: p.sentence for p in law("wt-2023").provides()}["content-A18"]
    assert waiting.endswith("It may be asked from 1 January 2026 on: the day is not known.")


@pytest.mark.parametrize(("edition", "noted"), [("wt-2018", ""), ("wt-2023", "A17: "), ("wt-2026", "A18: ")])
def test_what_may_be_asked_already_is_noted_once_of_what_begins_then(edition: str, noted: str) -> None:
    """A17 is of an edition whose day is not known, A18 of an Act not in force: no warning, one note, source to confirm."""
    made = Made()
    made.without_statements("A17")
    made.without_statements("A18")

    def notes(begins: date | None, entered: str = "signed") -> list[Objection]:
        seen = made.seen(entered, begins)  # type: ignore[arg-type]
        return [o for o in law(edition).floor(seen, begins or date(2026, 6, 1)) if o.key == "content/may-apply"]

    assert notes(date(2025, 12, 31)) == notes(date(2026, 1, 1), "adopted") == []
    found = notes(date(2026, 1, 1))
    assert [o.source.ref[:5] for o in found] == ([noted] if noted else [])
    assert {(effect_of(o.force), o.bars, o.warns, o.source.sure, o.field) for o in found} <= {
        ("noted", False, False, "K", LEFT_OUT[noted[:3] or "A17"][1])}  # fmt: skip
    for row in ("A17", "A18"):
        made.say("Whatever", row)
    assert notes(date(2026, 1, 1)) == []


@pytest.mark.parametrize("text", ["", " ", "Yes.", "See above.", "Said", "Said."])
def test_a_statement_without_a_sentence_answers_nothing(text: str) -> None:
    made = Made()
    asked = [row for row in IN_WORDS if row not in ("A15", "A18")]
    for row in asked:
        made.without_statements(row)
    made.statements.append({"key": "all", "section": "Whatever", "title": "Said", "text": text, "answers": list(asked)})
    made.statements.append({"key": "part", "section": "voice", "title": "Voice", "text": text, "answers": []})
    assert rows(untold(made.seen(), law())) == asked
    made.statements[-2]["text"] = "Young people decide."
    assert rows(untold(made.seen(), law())) == []


# How sure


def sure_of(row: str, edition: str = "wt-2026") -> str:
    made = Made()
    LEFT_OUT[row][0](made)
    (found,) = untold(made.seen(), law(edition), COMMENCED)
    return str(found.source)


def test_what_was_not_re_read_is_shown_as_to_be_confirmed() -> None:
    assert not any(sure_of(f"A{n}").endswith("(source to confirm)") for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 17))
    assert all(sure_of(f"A{n}").endswith("(source to confirm)") for n in (11, 12, 13, 14, 16))


def test_where_only_a_part_is_to_be_confirmed_only_that_part_is_shown_so() -> None:
    made = Made()
    made.without_statements("A10")
    made.say("audits")
    assert one(made).source.sure == "V2"
    made.without_statements("A10")
    made.say("training")
    assert one(made).source.sure == "K"
    made = Made()
    made.unseat("delegate")
    assert one(made).source.sure == "V2"


# Row by row: what holds one in part


def test_a1_names_who_is_missing() -> None:
    made = Made([THREE[0]])
    assert one(made).sentence == (
        "The arrangements do not say who all the safeguarding partners are; the chief officer of police and an integrated "
        "care board are not named."
    )


def test_a1_before_july_2022_a_commissioning_group_is_the_health_partner() -> None:
    made = Made([THREE[0], Organisation("group", "Group", "clinical_commissioning_group", True), THREE[2]])
    assert rows(untold(made.seen(), law("wt-2018"), date(2022, 6, 30))) == []
    assert rows(untold(made.seen(), law("wt-2018"), date(2022, 7, 1))) == ["A1"]


def test_a4_needs_who_decides_and_what_is_published() -> None:
    made = Made()
    made.settings["groups"]["ways"] = []
    found = one(made)
    assert found.field == "rules.groups.ways+question=local_review.decides"
    assert "who decides" in found.sentence and "published" not in found.sentence
    made.settings.pop("publication")
    assert "who decides" in one(made).sentence and "what is published of it" in one(made).sentence


def test_a4_a_report_of_which_nobody_said_whether_it_is_published_tells_nothing_of_it() -> None:
    made = Made()
    made.settings["publication"] = {"texts": [{"key": "report", "title": "Reports", "serves": "local-review"}]}
    assert (one(made).field, "is published" in one(made).sentence) == ("rules.publication.texts.report.published", True)
    assert rows(untold(made.seen("adopted"))) == [], "a page that was read may not say it"
    made.settings["publication"]["texts"][0]["published"] = "usually"
    assert untold(made.seen()) == []


def test_a5_a_scrutineer_s_seat_is_enough() -> None:
    made = Made()
    made.settings.pop("scrutiny")
    made.seats.append(Seat("scrutineer", "Scrutineer", "scrutineer"))
    assert untold(made.seen()) == []


def test_a5_a_form_that_is_still_to_come_tells_nothing() -> None:
    made = Made()
    made.settings["scrutiny"]["forms"] = [{"key": "scrutineer", "title": "To be appointed", "text": "To be confirmed."}]
    assert (one(made).field, rows(untold(made.seen()))) == ("rules.scrutiny.forms.scrutineer.text", ["A5"])


def test_a6_asks_which_why_and_how() -> None:
    made = Made()
    agencies = made.settings["agencies"]
    agencies["agencies"].append({"key": "school", "title": "The schools forum"})
    assert (one(made).field, one(made).sentence) == (
        "rules.agencies.agencies.school.text", "The arrangements do not say why these relevant agencies were chosen: The schools forum.")  # fmt: skip
    for told in (
        {"asked": True},
        {"sits_with": "executive"},
        {"schedule": "12"},
        {"text": "To be confirmed."},
        {"text": "The schools forum"},
    ):
        agencies["agencies"][-1] = {"key": "school", "title": "The schools forum", **told}
        assert "why these relevant agencies were chosen: The schools forum" in one(made).sentence, told
    agencies["agencies"].pop()
    terms = agencies.pop("terms")
    assert (one(made).field, "work together" in one(made).sentence) == ("rules.agencies.terms", True)
    agencies["agencies"][0]["sits_with"] = "executive"
    assert untold(made.seen()) == []
    made.settings["agencies"] = {"terms": terms}
    assert "which relevant agencies take part, and why" in one(made).sentence


@pytest.mark.parametrize(("told", "enough"), [
    ({}, False),
    ({"text": "The council's share."}, False),  # its name once more
    ({"year": "2027/28", "in_kind": True}, False),
    ({"payer": " "}, False),
    ({"payer": "TBC"}, False),
    ({"text": "To be confirmed."}, False),
    ({"payer": "council"}, True),
    ({"payer": "The council's share"}, True),
    ({"pounds": 0}, True),
    ({"split": "Equal thirds."}, True),
    ({"text": "What each partner gives is agreed every March."}, True),
])  # fmt: skip
def test_a11_a_contribution_tells_who_pays_how_much_or_something_in_words(told: dict[str, Any], enough: bool) -> None:
    made = Made()
    made.settings["funding"]["funds"] = [{"key": "share", "title": "The council's share", **told}]
    assert rows(untold(made.seen())) == ([] if enough else ["A11"])
    if not enough:
        assert (one(made).field, one(made).sentence) == (
            "rules.funding.funds.share.payer", "The arrangements do not say how the arrangements are funded: who pays, how much, or in words.")  # fmt: skip
        made.settings["funding"]["funds"].append({"key": "other", "title": "The board's", "payer": "board"})
        assert untold(made.seen()) == []


def test_a15_asks_for_each_lead_and_delegate_and_the_chair_by_seat() -> None:
    made = Made()
    made.unseat("chair")
    assert untold(made.seen()) == []  # a delegate chairs the group in which every partner sits
    made.settings["groups"]["groups"][0]["members"].pop()
    made.settings["escalation"]["stages"][-1]["who"] = "the lead safeguarding partners"
    assert (one(made).field, one(made).sentence) == ("seats+chair", "The arrangements do not say who chairs the partnership.")
    made.seats = [s for s in made.seats if s.key != "board-delegate"]
    assert one(made).field == "seats+delegate.board"
    assert "the delegated safeguarding partner of Example Board; who chairs" in one(made).sentence


def test_a15_business_support_is_a_manager_s_seat_or_words() -> None:
    made = Made()
    made.statements[:] = [s for s in made.statements if s["section"] != "business-support"]
    assert untold(made.seen()) == []
    made.unseat("business_manager")
    assert (one(made).field, one(made).sentence) == (
        "narrative.A15.business-support", "The arrangements do not say who gives the partnership its business support.")  # fmt: skip


def test_a15_words_alone_name_nobody() -> None:
    made = Made()
    made.unseat("lead")
    made.say("Any", "A15")
    found = [o for o in untold(made.seen(entered="adopted")) if o.key == "content/A15"]
    assert "the lead safeguarding partner of Example Council, Example Board and Example Police" in found[0].sentence


def test_a15_a_recorded_delegation_needs_no_seats_of_its_own() -> None:
    delegate = Organisation("second", "Second Council", "local_authority", True, acts_for=("council",))
    made = Made([*THREE, delegate])
    made.seats = [
        replace(s, organisation="second") if s.organisation == "council" and s.role != "chair" else s for s in made.seats
    ]
    assert untold(made.seen()) == []


def ends_with(made: Made, **stage: Any) -> list[str]:
    """What is untold where the last stage of a disagreement is this one."""
    made.settings["escalation"]["stages"][-1].update({"title": "It is settled", "who": "", "text": "", **stage})
    return rows(untold(made.seen()))


@pytest.mark.parametrize(
    "who", ["The lead safeguarding partners", "Lead Safeguarding Partners", "the LSPs", "executive", "Executive"]
)
def test_a16_a_path_that_ends_with_the_lead_partners(who: str) -> None:
    assert ends_with(Made(), who=who) == []


@pytest.mark.parametrize("who", ["", "managers", "council-delegate", "the leader of the council", "council-lead"])
def test_a16_a_path_that_ends_elsewhere_is_pointed_out_at_its_last_stage(who: str) -> None:
    made = Made()
    made.settings["escalation"]["stages"][-1].update({"who": who, "title": "It is settled"})
    assert one(made).field == "rules.escalation.stages.leads.who"
    made.settings["escalation"]["stages"].append({"key": "last", "title": "The last word", "stage": 3, "who": "executive"})
    assert untold(made.seen()) == []


def test_a16_one_lead_s_seat_is_not_the_lead_partners_of_a_body_that_has_several() -> None:
    alone = {"who": "council-lead", "title": "The council's lead safeguarding partner settles it"}
    assert ends_with(Made(), **alone) == ["A16"]
    assert ends_with(Made(), **{**alone, "text": "The lead safeguarding partners are all asked."}) == []
    made = Made()
    made.organisations[0] = replace(made.organisations[0], acts_for=("board", "force"))
    assert "A16" not in ends_with(made, **alone)  # it acts for the others
    made = Made()
    stages = made.settings["escalation"]["stages"]
    stages[-1].update({"title": "The council's", "who": "council-lead"})
    stages += [{"key": key, "title": key, "stage": 2, "who": f"{key}-lead"} for key in ("board", "force")]
    assert untold(made.seen()) == []  # each stands at the last stage
    stages.pop()
    assert rows(untold(made.seen())) == ["A16"]


@pytest.mark.parametrize(("members", "told"), [
    (["council-lead", "board-lead", "force-lead", "scrutineer"], True),
    (["council-lead", "board-lead"], False),
    (["council-lead", "executive"], True),  # a group within it
    (["council", "board", "force"], False),  # not their leads
    (["council-lead", "police officers"], False),
    (["the lead safeguarding partners"], True),
    (["not the lead safeguarding partners"], False),
    (["forum"], True),  # nobody is listed there
    ([], True),
])  # fmt: skip
@pytest.mark.parametrize("who", ["panel", "Panel"])
def test_a16_a_group_s_listed_members_have_a_lead_of_every_partner(members: list[str], told: bool, who: str) -> None:
    made = Made()
    groups = made.settings["groups"]["groups"]
    groups += [
        {"key": "panel", "title": "Panel", "members": [{"who": m} for m in members]},
        {"key": "forum", "title": "Forum", "members": []},
    ]
    assert ends_with(made, who=who) == ([] if told else ["A16"])
    groups[-2]["members"] = [{"who": m, "part": "attends"} for m in ("council-lead", "board-lead", "force-lead")]
    assert ends_with(made, who=who) == []  # who decides in it is not listed


@pytest.mark.parametrize(("text", "told"), [
    ("It goes to the managers, not the lead safeguarding partners.", False),
    ("It is not referred to the lead safeguarding partners.", False),
    ("It never goes to the LSPs.", False),
    ("It is settled without the lead safeguarding partners.", False),
    ("The managers settle it instead of the LSPs.", False),
    ("The lead safeguarding partners are not involved.", False),
    ("The lead safeguarding partners have no part in it.", False),
    ("The lead safeguarding partners take no part.", False),
    ("What is not settled goes to the lead safeguarding partners.", True),
    ("It goes to the lead safeguarding partners. If they do not agree, it goes to government.", True),
    ("If the LSPs do not agree, it goes to government.", True),
    ("Not the managers but the lead safeguarding partners settle it.", True),
    ("If not, to the lead safeguarding partners.", True),
    ("It is not the LSPs of each agency who are told first; the lead safeguarding partners settle it together.", True),
])  # fmt: skip
def test_a16_words_count_but_for_those_that_plainly_deny_it(text: str, told: bool) -> None:
    assert ends_with(Made(), text=text) == ([] if told else ["A16"])
    assert ends_with(Made(), who=text.rstrip(".")) == ([] if told else ["A16"])


# Settings that cannot be


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([{"row": "A19"}], "Choose one of"),
        ([{"row": "A7"}, {"row": "A7"}], "'A7' stands twice"),
        ([{"row": "A7", "to_confirm": ["audits"]}], "A7 has no part 'audits'"),
        ([{"row": "A18", "from": "soon"}], "Give a date such as 2027-09-01"),
    ],
)
def test_a_mistake_in_what_is_asked_is_told(content: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(PackError, match=said) as told:
        StatutoryArrangements({"content": content})
    assert str(told.value.field).startswith("rules.statutory-arrangements.content")


# Real bodies


def left_unstated(version: Arrangement) -> list[str]:
    """The requirements that an adopted page leaves unstated, of those asked on its day."""
    return rows(
        [
            ln.finding
            for ln in GOVERNANCE.floor(version)
            if isinstance(ln.finding, Objection) and ln.finding.key.startswith("content/")
        ]
    )


@pytest.mark.parametrize("version", ADOPTED, ids=lambda v: f"{v.body}/{v.version}")
def test_no_adopted_page_is_refused_for_what_it_does_not_tell(version: Arrangement) -> None:
    lines = [ln for ln in GOVERNANCE.floor(version) if ln.finding.key.startswith("content/")]
    assert {effect(ln) for ln in lines} <= {"warned"}
    assert all(ln.finding.sentence.startswith("Not stated in the published pages: ") for ln in lines)
    if version.kind != "partnership":
        assert lines == []


def test_what_an_adopted_page_leaves_unstated_is_counted_by_row() -> None:
    """Of the sixteen rows asked on the edition's first day: each page's own, and never one that it was not asked for."""
    for version in (v for v in ADOPTED if v.kind == "partnership"):
        unstated = left_unstated(version)
        assert len(set(unstated)) == len(unstated) and set(unstated) <= set(list(ROWS)[:16])
        assert ("A2" in unstated) == (not version.area_codes)
        assert ("A11" in unstated) == (not any(use.settings.get("funds") for use in version.uses))


@pytest.mark.parametrize("how", ["group_decides", "all_agree", "joint_view", "not_stated", "one_decides"])
def test_a_question_with_nobody_in_it_does_not_say_who_decides(how: str) -> None:
    made = Made()
    (settings,) = (s for s in made.settings.values() if any(w["question"] == "local_review" for w in s.get("ways", ())))
    (way,) = (w for w in settings["ways"] if w["question"] == "local_review")
    way.update(how=how, decides=[], text="")
    assert [o.key for o in untold(made.seen()) if "decides on a local" in o.sentence] == ["content/A4"]
    way.update(text="The executive decides.")
    assert not [o for o in untold(made.seen()) if "decides on a local" in o.sentence], "in words it is told"


@pytest.mark.parametrize("text", [
    {"title": "Annual report", "serves": "yearly-report"}, {"title": "Multi-agency audit reports", "serves": "none"}, {"title": "Minutes of the executive"},
    {"title": "Seven-minute briefings"},
])  # fmt: skip
def test_another_kind_of_text_does_not_say_how_a_local_review_is_published(text: dict[str, str]) -> None:
    made = Made()
    (settings,) = (s for s in made.settings.values() if "texts" in s)
    settings["texts"] = [
        {**settings["texts"][0], "key": "other", "published": "yes", "serves": "", "limit": "", "amount": None, **text}
    ]
    assert [o.key for o in untold(made.seen()) if "is published" in o.sentence] == ["content/A4"]
    settings["texts"][0] |= {"serves": "local-review"}
    assert not untold(made.seen())


def test_whose_view_is_sought_does_not_say_who_decides() -> None:
    made = Made()
    (settings,) = (s for s in made.settings.values() if any(w["question"] == "local_review" for w in s.get("ways", ())))
    (way,) = (w for w in settings["ways"] if w["question"] == "local_review")
    way.update(how="not_stated", decides=[], text="", views_from=["council-lead"])
    assert [o.key for o in untold(made.seen()) if "decides on a local" in o.sentence] == ["content/A4"]
