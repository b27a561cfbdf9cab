"""What partners sign has a fingerprint that anyone can work out from the exported file; what was signed before keeps its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.tenants import read_tenants
from threefold.governance import drafts
from threefold.governance.pack import Arrangement, Body, RuleUse, load_library, read_arrangement
from threefold.governance.pack_export import to_toml
from threefold.plugin_api.arrangement import Organisation, Seat

EVERY = [(body, version) for body in read_tenants().bodies.values() for version in body.versions]
SOURCE = {"ref": "A page", "force": "LOCAL", "sure": "V", "where": "https://www.example.org"}
SIGNED_BEFORE = {
    "format": 1, "body": "an-area", "kind": "partnership", "version": "april", "title": "April", "entered": "signed",
    "begins": "2027-04-01", "not_before": None,
    "uses": [{"use": "plan", "rule": "timetable", "major": 1, "settings": {"steps": [{"key": "huddle", "day": 12, "source": SOURCE}]},
              "layers": ["_shared/a/pack.toml", "an-area/arrangements/april.toml"], "file": "an-area/arrangements/april.toml"}],
    "closures": ["2027-12-24"], "area_codes": ["E00000001"],
    "organisations": [{"key": "council", "name": "A council", "kind": "local_authority", "partner": True, "acts_for": []}],
    "seats": [{"key": "council-lead", "title": "Lead", "role": "lead", "organisation": "council", "deputy": ""}],
    "adopted_from": [], "read": "", "signed": [["council-lead", "2027-03-01", "on screen"]], "open_cases": "finish_under_old", "note": "",
}  # fmt: skip
# Worked out by the program under which it was signed.
ITS_FINGERPRINT = "0ba689fc629c4d2dd52a06880a607afc0bdaca5ad8e7a3f7d5633e1207bcec66"
ITS_CONTENT = "c217f13ac20a41e4d543eaff507d900e523587703420b6cdbb7f7d91cf5f172d"


def read_back(version: Arrangement, body: Body | None = None) -> Arrangement:
    """The version that a file of its own gives, whatever the file is called."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "anything.toml"
        file.write_text(to_toml(version), encoding="utf-8")
        return read_arrangement(file, file.name, body, as_it_is=True)


@pytest.mark.parametrize(("body", "version"), EVERY, ids=[f"{b.id}/{v.version}" for b, v in EVERY])
def test_the_export_of_every_encoded_version_has_its_fingerprint(body: Body, version: Arrangement) -> None:
    assert read_back(version, body).signed_hash == version.signed_hash


def test_the_names_of_files_are_no_part_of_what_is_signed_and_a_comma_is() -> None:
    _, version = EVERY[0]
    moved = replace(version, uses=tuple(replace(use, file="elsewhere.toml") for use in version.uses))
    assert moved.signed_hash == version.signed_hash and moved.content_hash != version.content_hash
    for other in (
        replace(version, title=version.title + ","),
        replace(version, begins=date(2030, 1, 1)),
        replace(version, uses=version.uses[1:]),
    ):
        assert other.signed_hash != version.signed_hash
    assert replace(version, signed=(("council-lead", None, ""),)).signed_hash == version.signed_hash


def test_an_export_among_the_files_has_it_too(tmp_path: Path) -> None:
    body, version = next((b, v) for b, v in EVERY if b.id == "example-vale")
    folder = tmp_path / "example-vale" / "arrangements"
    folder.mkdir(parents=True)
    (folder.parent / "body.toml").write_text(
        f'format = 1\nid = "example-vale"\nname = "Example Vale"\nkind = "{body.kind}"\nsynthetic = true\n', encoding="utf-8"
    )
    (folder / f"{version.version}.toml").write_text(to_toml(version), encoding="utf-8")
    (again,) = load_library(tmp_path).bodies["example-vale"].versions
    assert again.signed_hash == version.signed_hash


def test_what_was_signed_before_keeps_its_fingerprint_and_what_follows_it_has_one_of_now() -> None:
    before = Arrangement.from_stored(SIGNED_BEFORE)
    assert before.stored() == SIGNED_BEFORE
    assert (before.signed_hash, before.content_hash) == (ITS_FINGERPRINT, ITS_CONTENT)
    assert f"# Its fingerprint, which the names of files are part of, is {ITS_FINGERPRINT}.\n" in to_toml(before)
    after = drafts.as_arrangement(drafts.begin_from(before, "next", "Next"))
    assert after.format == 2 and read_back(after).signed_hash == after.signed_hash


# Anything that a file may say: no controls, no halves of characters, nothing that turns the direction of a text.
TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
    max_size=30,
)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in ("source", "sure", "force", "use", "key")
)
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
SOURCES = st.fixed_dictionaries(
    {
        "ref": TEXT.filter(bool),
        "force": st.sampled_from(("LOCAL", "SG")),
        "sure": st.sampled_from(("V", "inferred")),
        "where": TEXT,
    }
)
PLAIN = TEXT | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | DAYS
VALUES: st.SearchStrategy[Any] = st.recursive(
    PLAIN | st.fixed_dictionaries({"title": TEXT, "source": SOURCES}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
USES = st.builds(
    RuleUse, use=NAMES, rule=NAMES, major=st.integers(1, 9), settings=st.dictionaries(NAMES, VALUES, max_size=4),
    layers=st.lists(st.sampled_from(("_shared/a/pack.toml", "an-area/arrangements/one.toml")), unique=True).map(tuple), file=TEXT,
)  # fmt: skip
PARTNERS = (
    Organisation("council", "A council", "local_authority", True, ()),
    Organisation("police", "The police", "police", True, ("council",)),
)
VERSIONS = st.builds(
    Arrangement, body=st.just("an-area"), kind=st.just("partnership"), version=NAMES, title=TEXT, entered=st.just("signed"),
    begins=st.none() | DAYS, not_before=st.none() | DAYS,
    uses=st.lists(USES, max_size=3, unique_by=lambda u: u.use).map(lambda uses: tuple(sorted(uses, key=lambda u: u.use))),
    closures=st.frozensets(DAYS, max_size=3), area_codes=st.just(("E00000001",)), organisations=st.just(PARTNERS),
    seats=st.just((Seat("council-lead", "Lead", "lead", "council", ""),)), note=TEXT,
    until=st.none() | st.dates(date(2091, 1, 1), date(2099, 1, 1)), corrects=st.just("") | NAMES,
)  # fmt: skip


@given(VERSIONS)
def test_whatever_a_version_says_its_export_has_its_fingerprint(version: Arrangement) -> None:
    assert read_back(version).signed_hash == version.signed_hash
