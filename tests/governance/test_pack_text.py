"""Files and screen are one: what cannot be kept is told with its key, and a draft taken out as a file comes in the same."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.arrangements.vale import GOVERNANCE, LIBRARY, NOW_IN_FORCE
from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.domain.web_addresses import WEB_ADDRESS
from threefold.governance.drafts import Content, as_arrangement, begin_from
from threefold.governance.pack import OtherBody
from threefold.governance.pack_export import to_toml
from threefold.governance.pack_import import NAME, read_pack, refuse_settings
from threefold.governance.remarks import remarks
from threefold.plugin_api.plain_errors import plainly

VALE = LIBRARY.bodies["example-vale"]
TOML = to_toml(NOW_IN_FORCE)
DAY_14 = "rules.rapid-review-plan.settings.steps.huddle.day"


def refused(text: str | bytes) -> list[tuple[str, str]]:
    """The key and the sentence of each mistake."""
    with pytest.raises(ThreefoldError) as told:
        read_pack(text if isinstance(text, bytes) else text.encode(), VALE, "next")
    errors = told.value.errors if isinstance(told.value, ManyErrors) else (told.value,)
    return [(e.field.removeprefix("file.toml").removeprefix(": "), e.sentence) for e in errors]


HEAD = 'format = 1\nbody = "example-vale"\nbegins = 2027-04-01\n'


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ('format = "1"', "format", "Give a whole number, without quotes."), (f"{HEAD}title = 3", "title", "Give text, in quotes."),
        (f"{HEAD}title = 'T'\narea_codes = ['E1']", "area_codes.1", "Give a nine-character area code."),
        (f"{HEAD}title = 'T'\norganisations = [5]", "organisations.1", "Give a table of keys and values."),
        (f"{HEAD}title = 'T'\norganisations = 5", "organisations", "Give a list, in square brackets."),
        (f"{HEAD}title = 'T'\n[sources.S1]\ntitle = 'P'\nsure = 'certain'", "sources.S1.sure", "Choose one of: V, V2, K, inferred, unknown."),
        (f"{HEAD}title = 'T'\n[[rules]]\nuse = 'told'\nrule = 'narrative'\nmajor = '1'", "rules.told.major", "Give a whole number, without quotes."),
        (f"{HEAD}title = 'T'\n[[organisations]]\nname = 'N'", "organisations.1.key", "This key is needed and is missing."),
        (f"{HEAD}title = 'T'\n[[organisations]]\nkey = 'n'\nname = 'N'\nkind = 'police'\npartner = 'yes'", "organisations.n.partner", "Give true or false, without quotes."),
        (f"format = {'1' * 6000}", "", "A value in this file cannot be read: a number has too many digits."),
        ("title = 'a\x00b'", "", "Line 1 of this file has a character that no text holds (NUL). Take it out."),
        ('{"title": "T"}', "", "This file is JSON. Save it as TOML: what an export gives is the pattern."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_plain_words_with_its_key(text: str, key: str, told: str) -> None:
    assert (key, told) in refused(text)


@pytest.mark.parametrize("where", ["javascript:alert(1)", "data:text/html,x", "page 4 of the plan"])
def test_a_source_s_address_in_a_file_is_a_web_address_as_it_is_in_a_form(where: str) -> None:
    assert refused(TOML + f'[sources.odd]\nref = "A page"\nwhere = "{where}"\n') == [
        (
            "sources.odd.where",
            "Give the address of the source as a web address, like https://www.example.org/page, or leave it out.",
        )
    ]
    inline, times = re.subn('("day" = 14.*?"source" = )"[^"]+"', rf'\1{{ "ref" = "A page", "where" = "{where}" }}', TOML)
    content = read_pack(inline.encode(), VALE, "next")
    assert times == 1
    assert "rules.rapid-review-plan.steps.huddle.source" in {r.field for r in remarks(GOVERNANCE, content) if r.stops}
    with pytest.raises(ThreefoldError, match="as a web address"):
        refuse_settings(GOVERNANCE.catalogue, content)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("nan", "not a number"), ("inf", "not a number"), ("2026-01-01T00:00:00Z", "day with a time"), ("10:00:00", "time of day"),
        ('"a\\u0001b"', "U+0001"), ('"\\u007f"', "U+007F"), ("9223372036854775808", "too large"), ('"a\u202eb"', "U+202E"),
    ],
)  # fmt: skip
def test_what_no_arrangement_can_hold_is_told_with_its_key(value: str, told: str) -> None:
    assert '"day" = 14' in TOML
    ((key, sentence),) = refused(TOML.replace('"day" = 14', f'"day" = {value}'))
    assert key == DAY_14 and told in sentence


def test_characters_and_marks_that_cannot_be_kept() -> None:
    assert refused(TOML.replace('title = "', 'title = "\\u0000', 1))[0][0] == "title"
    ((key, sentence),) = refused(TOML.replace('"day" = 14', '"day" = { "$date" = "banana" }'))
    assert key == f"{DAY_14}.$date" and "2026-01-01" in sentence
    assert "not TOML" in refused(TOML.replace('title = "', 'title = "\\ud800', 1))[0][1]
    assert "cannot be read" in refused(TOML.replace('"day" = 14', '"day" = ' + "9" * 5000))[0][1]
    both = TOML.replace('"day" = 14', '"day" = nan').replace('title = "', 'title = "\\u0000', 1)
    assert {key for key, _ in refused(both)} == {"title", DAY_14}


@pytest.mark.parametrize(("text", "told"), [
    ("[rules]\na = 1\n[[rules]]\nb = 1\n", "The heading [[rules]] on line 3 is written [rules] before. Write [[rules]] there too."),
    ("[[rules]]\na = 1\n[rules]\nb = 1\n", "The heading [rules] on line 3 is written [[rules]] before. Write [[rules]] there too."),
    ("rules = 1\n[rules]\n", "The heading [rules] on line 2 stands for what has a value before it. Keep one of the two."),
    ("[rules]\na = 1\n[rules]\n", "The heading [rules] stands twice; the second is on line 3. Keep one, with what belongs to both."),
    ('x = [\n{ "acts_for" = ["a"], "k" = 1, "acts_for" = ["b"] }]', "“acts_for” stands twice: it was given as a whole before, and again on line 2. Keep one."),
    ("a = 1\na = 2", "“a” stands twice; the second is on line 2. Keep one."),
    (".".join("a" * 20_000) + " = 1\n", "A key in this file has more than 64 parts with dots between them. Shorten it."),
    ("[" + " . ".join(['"a b"', "c", "'d'"] * 40) + "]\n", "A key in this file has more than 64 parts with dots between them. Shorten it."),
    ('x = "one\u2028two\x85three"\na = 1\nb = 2\na = 2\n', "“a” stands twice; the second is on line 4. Keep one."),
    ('a = 1\nb = "cut', "This is not TOML that can be read: Unterminated string. It ends with line 2, and may be cut off there."),
    ("a = 1\nb = [1,\n2\n\n", "This is not TOML that can be read: Unclosed array. It ends with line 3, and may be cut off there."),
])  # fmt: skip
def test_what_is_no_toml_is_told_with_its_line_and_what_to_do(text: str, told: str) -> None:
    assert refused(text) == [("", told)]


def test_how_long_a_text_may_be_and_how_many_entries_a_list_is_told_in_what_is_counted() -> None:
    titled = re.sub(r"^title = .*$", f"title = '{'x' * 20_001}'", TOML, count=1, flags=re.MULTILINE)
    assert refused(titled) == [("title", "This is too long: at most 20000 characters.")]
    many = f"{HEAD}title = 'T'\nextends = {['x1'] * 11}"
    assert ("extends", "This is too long: at most 10 entries.") in refused(many)
    key = TOML.replace('"key" = "huddle"', f'"key" = "{"h" * 81}"')
    with pytest.raises(ManyErrors) as told:
        refuse_settings(GOVERNANCE.catalogue, read_pack(key.encode(), VALE, "next"))
    assert "Use lower-case letters, digits and hyphens, at most 80 characters." in str(told.value)
    long = TOML.replace('"key" = "huddle", "title" = "', f'"key" = "huddle", "title" = "{"x" * 301}')
    assert long != TOML
    with pytest.raises(ManyErrors) as told:
        refuse_settings(GOVERNANCE.catalogue, read_pack(long.encode(), VALE, "next"))
    assert "This must be from 1 to 300 characters long." in str(told.value)


def test_a_source_that_is_not_there_is_told_once_with_its_file_and_its_key() -> None:
    text, times = re.subn('("day" = 14.*?"source" = )"[^"]+"', r'\1"nowhere"', TOML)
    assert times == 1
    with pytest.raises(ThreefoldError) as told:
        read_pack(text.encode(), VALE, "next")
    assert told.value.field == "file.toml: rules.rapid-review-plan.settings.steps.huddle.source"


@pytest.mark.parametrize(("key", "was", "value", "told"), [
    ("begins", r"begins = \S+", "begins = 1066-10-14", "Give a day in the years 1900 to 2199."),
    ("begins", r"begins = \S+", "begins = 9999-01-01", "Give a day in the years 1900 to 2199."),
    ("until", "(begins = )", r"until = 2200-01-01\n\1", "Give a day in the years 1900 to 2199."),
    ("closures.1", "(begins = )", r"closures = [1066-10-14]\n\1", "Give a day in the years 2000 to 2200."),
    ("area_codes", r"area_codes = \S+", 'area_codes = ["E99000001", "E99000002", "E99000001"]', "'E99000001' stands twice."),
])  # fmt: skip
def test_what_the_page_about_a_version_would_refuse_is_refused_in_a_file(key: str, was: str, value: str, told: str) -> None:
    text, times = re.subn(was, value, TOML, count=1)
    assert times == 1 and (key, told) in refused(text)


def test_how_a_file_is_saved() -> None:
    assert read_pack(b"\xef\xbb\xbf" + TOML.encode(), VALE, "next") == read_pack(TOML.encode(), VALE, "next")
    assert read_pack(TOML.replace("\n", "\r\n").encode(), VALE, "next") == read_pack(TOML.encode(), VALE, "next")
    for coding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert "Save it as UTF-8" in refused(TOML.encode(coding))[0][1]
    assert refused(b"") == refused(b"\n \n") == [("", "This file is empty.")]


def test_a_file_of_another_body_is_refused_and_both_are_named() -> None:
    with pytest.raises(OtherBody, match=r"'another-area'.*'example-vale'") as told:
        read_pack(TOML.replace('body = "example-vale"', 'body = "another-area"').encode(), VALE, "next")
    assert (told.value.body, told.value.version) == ("another-area", "demonstration")


def test_a_seat_or_organisation_that_stands_twice_is_refused() -> None:
    assert refused(TOML.replace('"key" = "police-lead"', '"key" = "council-lead"')) == [
        ("seats", "'council-lead' stands twice.")
    ]


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # marks of direction: no form keeps them, and no file may have them
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=TURNING, include_characters="\n\t\r\"'\\"), max_size=40
)
SOMETHING = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=TURNING), min_size=1, max_size=20)
KEYS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)  # none with a dot is written (`refuse_a_dot`)
DAYS = st.dates(date(2000, 1, 1), date(2197, 12, 31))
SOURCES = st.fixed_dictionaries({"ref": SOMETHING, "force": st.sampled_from(["ACT", "SG", "PG", "LOCAL"]),
                                 "sure": st.sampled_from(["V", "V2", "K", "unknown"]),
                                 "where": st.just("") | st.from_regex(WEB_ADDRESS, fullmatch=True).filter(str.isprintable)})  # fmt: skip
NAMES = SOMETHING.filter(lambda name: not name.startswith("$") and name not in ("source", "sure", "force"))
PLAIN = st.one_of(
    WORDS, st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False),
    st.builds(lambda d: {"$date": d.isoformat()}, DAYS), st.text("long words ", min_size=2000, max_size=2100), st.none(),
)  # fmt: skip


def _table(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    sourced = st.builds(lambda table, source: {**table, "source": source}, st.dictionaries(NAMES, inner, max_size=4), SOURCES)
    return st.one_of(
        st.lists(inner.filter(lambda v: v is not None), max_size=4), st.dictionaries(NAMES, inner, max_size=4), sourced
    )


SETTINGS = st.dictionaries(NAMES, st.recursive(PLAIN, _table, max_leaves=12), max_size=5)
# As a person makes them: a condition within conditions, a plan, statements, groups.
CONDITION = st.recursive(
    st.fixed_dictionaries({"is": st.tuples(SOMETHING, st.sampled_from(["yes", "no", "unclear"])).map(list)}),
    lambda inner: st.one_of(*(st.fixed_dictionaries({k: st.lists(inner, max_size=3)}) for k in ("all", "any")), st.builds(lambda i: {"not": i}, inner)),
    max_leaves=8,
)  # fmt: skip
STATEMENT = st.fixed_dictionaries({"key": KEYS, "title": WORDS, "section": WORDS, "text": WORDS, "answers": st.lists(WORDS, max_size=2),
                                   "source": SOURCES, "when": CONDITION})  # fmt: skip
USES = st.lists(
    st.builds(
        lambda use, rule, major, given, listed, layers: {
            "use": use, "rule": rule, "major": major, "settings": {**given, "statements": listed}, "layers": layers,
            "file": layers[-1] if layers else "",
        },
        KEYS, KEYS, st.integers(1, 9), SETTINGS, st.lists(STATEMENT, max_size=2), st.lists(SOMETHING | st.just(NAME), max_size=3),
    ),
    max_size=4, unique_by=lambda u: str(u["use"]),
)  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Drafts as the store may hold them: begun as a copy, and then everything in them changed."""
    organisations = draw(st.lists(st.fixed_dictionaries({
        "key": KEYS, "name": WORDS, "kind": st.sampled_from(["police", "local_authority", "integrated_care_board", "other"]), "partner": st.booleans(),
        "acts_for": st.lists(KEYS, max_size=2)}), max_size=4, unique_by=lambda o: str(o["key"])))  # fmt: skip
    seats = draw(st.lists(st.fixed_dictionaries({
        "key": KEYS, "title": WORDS, "role": st.sampled_from(["lead", "delegate", "scrutineer", "chair"]), "organisation": WORDS,
        "deputy": WORDS}), max_size=4, unique_by=lambda s: str(s["key"])))  # fmt: skip
    begins, length = draw(st.none() | DAYS), draw(st.integers(0, 400))
    until = date.fromordinal(min(begins.toordinal() + length, date.max.toordinal())) if begins and draw(st.booleans()) else None
    return begin_from(NOW_IN_FORCE, "next", draw(WORDS)) | {
        "begins": begins.isoformat() if begins else None, "organisations": organisations, "seats": seats, "note": draw(WORDS),
        "area_codes": draw(st.lists(st.from_regex(r"[EW][0-9]{8}", fullmatch=True), max_size=3, unique=True)),
        "closures": sorted(d.isoformat() for d in draw(st.sets(DAYS, max_size=3))),
        "open_cases": draw(st.sampled_from(["finish_under_old", "move_at_next_stage"])), "uses": sorted(draw(USES), key=lambda u: str(u["use"])),
        **({"until": until.isoformat()} if until else {}), **({"corrects": draw(KEYS)} if draw(st.booleans()) else {}),
    }  # fmt: skip


@given(contents())
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_draft_taken_out_and_in_is_the_same_to_the_hash(content: Content) -> None:
    draft = as_arrangement(content)
    again = read_pack(to_toml(draft).encode(), VALE, content["version"])
    names = dict(again.pop("source_names", []))
    told = {key: value for key, value in draft.stored().items() if key != "source_names"}
    assert json.dumps(again, sort_keys=True) == json.dumps(told, sort_keys=True)
    assert as_arrangement(again).signed_hash == draft.signed_hash
    once = to_toml(as_arrangement(again | {"source_names": [*names.items()]}))
    assert once == to_toml(draft), "to the byte"
    # As the database gives it back, which keeps no order of keys; and with another source in front of all.
    kept = json.loads(json.dumps(again, sort_keys=True)) | {"source_names": [*names.items()]}
    assert to_toml(as_arrangement(kept)) == once
    odd = {
        "use": "0",
        "rule": "odd",
        "major": 1,
        "settings": {"source": {"ref": "Quite new", "where": ""}},
        "layers": [],
        "file": "",
    }
    more = tomllib.loads(to_toml(as_arrangement(kept | {"uses": [odd, *kept["uses"]]})))
    assert (
        names.items()
        <= {name: {"force": "", "sure": "", "where": "", **source} for name, source in more["sources"].items()}.items()
    )
    assert len(more["sources"]) == len(names) + 1 and more["rules"][0]["settings"]["source"] not in names


@pytest.mark.parametrize("number", [1e16, -1e16, 1e17, 2.0**63, 1e300, -0.0, 0.1, 1e-7])
def test_a_number_is_told_in_a_file_as_it_is_told_once_it_was_read(number: float) -> None:
    draft = as_arrangement(
        {
            **begin_from(NOW_IN_FORCE, "odd", "Odd"),
            "uses": [{"use": "odd", "rule": "odd", "major": 1, "settings": {"n": number}, "layers": [], "file": ""}],
        }
    )
    again = read_pack(to_toml(draft).encode(), VALE, draft.version)
    assert to_toml(as_arrangement(again)) == to_toml(draft) and as_arrangement(again).signed_hash == draft.signed_hash


def test_a_file_written_by_hand_comes_from_no_layer() -> None:
    by_hand = "\n".join(line for line in TOML.splitlines() if not line.startswith("layers = "))
    assert {(tuple(u["layers"]), u["file"]) for u in read_pack(by_hand.encode(), VALE, "next")["uses"]} == {((), "")}


@pytest.mark.parametrize("title", ["", " ", "\u200b", "\u2060\u200f"])
def test_a_title_that_nobody_can_see_is_no_title(title: str) -> None:
    content = begin_from(NOW_IN_FORCE, "next", "Next") | {"title": title}
    assert "Give this version a title." in {r.sentence for r in remarks(GOVERNANCE, content) if r.stops}


def test_the_bounds_of_a_number_are_told_in_plain_words() -> None:
    assert plainly("Must be greater than or equal to 0 and less than or equal to 3660.") == "Give a number from 0 to 3660."
    assert plainly("Must be greater than or equal to 1.") == "Give 1 or more."
    assert plainly("Give a nine-character area code.") == "Give a nine-character area code."


def test_an_empty_choice_among_others_is_not_told_as_one() -> None:
    assert plainly("Must be one of: , adopted.") == "Choose one of: adopted."
