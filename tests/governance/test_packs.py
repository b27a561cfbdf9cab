"""Packs: what is wrong is told with its file and key; what is exported reads back as the same content."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.support.tenants import read_tenants
from threefold.domain.errors import ManyErrors, PackError, RuleError, ThreefoldError
from threefold.governance.catalogue import Catalogue
from threefold.governance.decide import Governance
from threefold.governance.pack import Arrangement, load_library, read_arrangement
from threefold.governance.pack_export import to_toml
from threefold.governance.verdict import effect

ROOT = Path(__file__).parents[2] / "tenants"
LIBRARY = read_tenants()
VERSIONS = [v for body in LIBRARY.bodies.values() for v in body.versions]

BODY = 'format = 1\nid = "an-area"\nname = "An area"\nkind = "partnership"\n'
HEAD = (
    'format = 1\nkind = "arrangement"\nid = "one"\ntitle = "One"\nbody = "an-area"\nentered = "adopted"\nbegins = 2026-01-01\n'
)
ADOPTED = '[adopted]\nfrom = ["page"]\nread = "2026-11"\n[sources.page]\nref = "A page"\n'
PLAN = '[[rules]]\nuse = "plan"\nrule = "timetable"\n'
WAY = '[[rules]]\nuse = "{use}"\nrule = "decision-making"\n[[rules.settings.ways]]\nquestion = "notify"\ntext = "All agree."\nsource = "page"\n'

Area = Callable[..., Path]


@pytest.fixture
def area(tmp_path: Path) -> Area:
    """A folder of tenants with the law, one body, and the files given."""

    def make(one: str = HEAD + ADOPTED, body: str = BODY, **others: str) -> Path:
        shutil.copytree(ROOT / "_shared" / "law", tmp_path / "_shared" / "law")
        folder = tmp_path / "an-area" / "arrangements"
        folder.mkdir(parents=True)
        (tmp_path / "an-area" / "body.toml").write_text(body, encoding="utf-8")
        for name, text in {"one": one, **others}.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return make


def test_a_good_folder_loads(area: Area) -> None:
    assert [v.version for v in load_library(area()).body("an-area").versions] == ["one"]


@pytest.mark.parametrize(
    ("changed", "place", "told"),
    [
        ({"one": HEAD + "colour = 1\n" + ADOPTED}, "an-area/arrangements/one.toml: colour", "no such key"),
        ({"body": BODY + "colour = 1\n"}, "an-area/body.toml: colour", "no such key"),
        ({"one": HEAD.replace("format = 1", "format = 2") + ADOPTED}, "one.toml: format", "format 1"),
        ({"one": HEAD}, "one.toml: adopted", "adopted from"),
        ({"one": HEAD.replace('id = "one"', 'id = "two"') + ADOPTED}, "one.toml: id", "Make them the same"),
        ({"one": HEAD + ADOPTED.replace('"page"]', '"pages"]')}, "one.toml: adopted.from", "no source 'pages'"),
        ({"one": HEAD + 'extends = ["_shared/nothing"]\n' + ADOPTED}, "one.toml: extends", "no pack or version"),
        ({"one": HEAD + 'extends = ["an-area/one"]\n' + ADOPTED}, "one.toml: extends", "extends itself"),
        ({"one": HEAD + 'drop = ["plan"]\n' + ADOPTED}, "one.toml: drop", "no layer below"),
        ({"one": HEAD + ADOPTED + PLAN + PLAN}, "one.toml: rules", "stands twice"),
        ({"one": HEAD.replace("2026-01-01", '"soon"') + ADOPTED}, "one.toml: begins", "Give a date"),
        ({"one": "format = 1\nid = @\n"}, "one.toml", "line 2"),
        ({"one": HEAD + "x = " + "[" * 80 + "]" * 80 + "\n" + ADOPTED}, "one.toml: x.1.1.1", "nested more than 64 levels deep"),
        (
            {"one": HEAD + ADOPTED + '[sources.S1]\nref = "a"\n[sources.S1]\nref = "b"\n'},
            "one.toml",
            "The heading [sources.S1] stands twice",
        ),
        ({"one": HEAD + "x = 1\nx = 2\n" + ADOPTED}, "one.toml", "“x” stands twice; the second is on line"),
        ({"one": HEAD + "x = { y = 1, y = 2 }\n" + ADOPTED}, "one.toml", "“y” stands twice within { } on line"),
        ({"one": HEAD + "note = '" + "x" * 600_000 + "'\n" + ADOPTED}, "one.toml", "bytes"),
        ({"two": HEAD.replace('id = "one"', 'id = "two"') + ADOPTED}, "two: begins", "both begin on 1 January 2026"),
        ({"body": BODY.replace("an-area", "other")}, "body.toml: id", "Make them the same"),
        ({"one": HEAD + 'begins_sure = "inferred"\n' + ADOPTED}, "one.toml: begins_sure", "Leave this out"),
        (
            {"body": BODY + 'organisations = [{ key = "a", name = "A", kind = "police", source = "S99" }]\n'},
            "body.toml: organisations.a.source",
            "There is no source 'S99' in this file",
        ),
        (
            {"one": HEAD + 'organisations = [{ key = "a", name = "A", kind = "police", source = "S99" }]\n' + ADOPTED},
            "one.toml: organisations.a.source",
            "There is no source 'S99' in this file",
        ),
        (
            {"body": BODY + 'seats = [{ key = "a", title = "A", role = "lead", organisation = "x" }]\n'},
            "body.toml: seats",
            "is not listed",
        ),
    ],
)
def test_a_wrong_file_names_its_place(area: Area, changed: dict[str, str], place: str, told: str) -> None:
    with pytest.raises(ThreefoldError) as refused:
        load_library(area(**changed))
    errors = refused.value.errors if isinstance(refused.value, ManyErrors) else (refused.value,)
    assert any(place in e.field and told in e.sentence for e in errors), [str(e) for e in errors]


@pytest.mark.parametrize(
    ("said", "name"),
    [("closures = [2026-12-24]", "closures"), ('open_cases = "move_at_next_stage"', "open_cases"), ("begins = 2026-01-01", "begins"),
     ("until = 2026-01-01", "until"), ('area_codes = ["E06000001"]', "area_codes"), ("seats = []", "seats")],
)  # fmt: skip
def test_what_a_shared_pack_says_and_nothing_reads_is_refused(area: Area, said: str, name: str) -> None:
    folder = area()
    text = f'format = 1\nkind = "pack"\nid = "closed"\ntitle = "Closed days"\n{said}\n'
    (folder / "_shared" / "closed.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ThreefoldError) as refused:
        load_library(folder)
    (error,) = refused.value.errors if isinstance(refused.value, ManyErrors) else (refused.value,)
    assert error.field == f"_shared/closed.toml: {name}"
    assert error.sentence.startswith("This is of one body’s arrangement. A pack that several share does not have it")


def test_every_mistake_of_every_file_is_told_at_once(area: Area) -> None:
    with pytest.raises(ManyErrors) as refused:
        load_library(area(body=BODY + "colour = 1\n", two="format = ", three=HEAD + ADOPTED))
    assert {e.field.split(":")[0] for e in refused.value.errors} >= {
        "an-area/body.toml",
        "an-area/arrangements/two.toml",
        "an-area/arrangements/three.toml",
    }


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (BODY.replace('id = "an-area"', 'id = "another"'), "id"),
        (BODY.replace("partnership", "club"), "kind"),
        (BODY.replace('name = "An area"\n', ""), "name"),
        (BODY.replace("format = 1", "format = 2"), "format"),
        ("", ""),
    ],
)
def test_a_faulty_file_of_a_body_is_not_said_to_be_missing(area: Area, body: str, place: str) -> None:
    with pytest.raises(ThreefoldError) as told:
        load_library(area(body=body))
    assert told.value.field == f"an-area/body.toml: {place}".removesuffix(": "), "one mistake, and one line"


def test_an_arrangement_of_no_body_is_told_so(area: Area) -> None:
    folder = area()
    (folder / "an-area" / "body.toml").unlink()
    with pytest.raises(PackError) as told:
        load_library(folder)
    assert str(told.value) == "an-area/one.toml: body: There is no body.toml for 'an-area'."


def test_an_empty_file_of_an_arrangement_is_refused_or_where_asked_passed_over_and_told(area: Area) -> None:
    folder, passed_over = area(two=""), list[str]()
    with pytest.raises(PackError, match=r"^an-area/arrangements/two.toml: This file is empty.$"):
        load_library(folder)
    body = load_library(folder, pass_over=passed_over.append).body("an-area")
    assert [v.version for v in body.versions] == ["one"] and passed_over == ["an-area/arrangements/two.toml"]
    (folder / "an-area" / "body.toml").write_text("", encoding="utf-8")
    with pytest.raises(PackError, match=r"^an-area/body.toml: This file is empty.$"):
        load_library(folder, pass_over=passed_over.append)


def built(folder: Path) -> None:
    library = load_library(folder)
    governance = Governance(library.editions, Catalogue.installed())
    version = library.body("an-area").versions[0]
    governance.rule_set(version, governance.edition_on(date(2026, 6, 1))[0])


def test_a_rule_that_is_not_installed_and_a_setting_that_is_not_one(area: Area) -> None:
    with pytest.raises(RuleError, match="no rule 'timetabel'"):
        built(area(HEAD + ADOPTED + PLAN.replace("timetable", "timetabel")))


def test_an_unknown_setting_names_the_file_and_setting(area: Area) -> None:
    with pytest.raises(PackError) as refused:
        built(area(HEAD + ADOPTED + PLAN + "[rules.settings]\nstepz = []\n"))
    assert "one.toml: rules.plan.stepz" in refused.value.field


def test_two_answers_where_one_may_be(area: Area) -> None:
    with pytest.raises(PackError, match="Two answers where one may be"):
        built(area(HEAD + ADOPTED + WAY.format(use="first") + WAY.format(use="second")))


def test_a_version_that_breaks_the_floor_is_refused_with_the_paragraph(area: Area) -> None:
    acts = WAY.format(use="ways") + 'acts = "police"\n'
    organisations = '[[organisations]]\nkey = "police"\nname = "Police"\nkind = "police"\npartner = true\n'
    library = load_library(area(HEAD + ADOPTED + acts, body=BODY + organisations))
    governance = Governance(library.editions, Catalogue.installed())
    refused = [ln for ln in governance.floor(library.body("an-area").versions[0]) if effect(ln) == "refused"]
    assert [ln.finding.source.ref.split(" (")[0] for ln in refused] == ["Children Act 2004, section 16C(1)"] or any(
        "16C" in ln.finding.source.ref for ln in refused
    )


@pytest.mark.parametrize("version", VERSIONS, ids=lambda v: f"{v.body}/{v.version}")
def test_what_is_stored_reads_back_the_same(version: Arrangement) -> None:
    assert Arrangement.from_stored(version.stored()) == version


@pytest.mark.parametrize("version", VERSIONS, ids=lambda v: f"{v.body}/{v.version}")
def test_what_is_exported_reads_back_as_the_same_content(version: Arrangement, tmp_path: Path) -> None:
    folder = tmp_path / version.body / "arrangements"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / version.body / "body.toml", folder.parent)
    shutil.copytree(ROOT / "_shared" / "law", tmp_path / "_shared" / "law")
    (folder / f"{version.version}.toml").write_text(to_toml(version), encoding="utf-8")
    (again,) = load_library(tmp_path).body(version.body).versions

    def content(one: Arrangement) -> object:
        uses = tuple(replace(use, layers=(), file="") for use in one.uses)
        return replace(one, uses=uses).stored()

    assert content(again) == content(version)


@pytest.mark.parametrize("day", ['"unknown"', '"2027-12-24"', "2027"])
def test_a_closed_day_is_a_date_and_never_unknown(tmp_path: Path, day: str) -> None:
    body = read_tenants().bodies["example-vale"]
    file = tmp_path / "april.toml"
    file.write_text(
        to_toml(body.versions[-1]).replace("\nbegins =", f"\nclosures = [{day}]\nbegins =", 1),
        encoding="utf-8",
    )
    with pytest.raises(ManyErrors) as told:
        read_arrangement(file, "april.toml", body)
    assert [str(e) for e in told.value.errors] == ["april.toml: closures.1: Give a date such as 2026-12-24 (no quotes)."]
