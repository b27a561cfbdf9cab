"""Layers: a region agrees a plan, an area changes one step of it, and each line says whose it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from threefold.domain.errors import ThreefoldError
from threefold.governance import drafts
from threefold.governance.catalogue import Catalogue
from threefold.governance.configured import settings_to_mend
from threefold.governance.origins import CHANGED, EARLIER, MADE, origin
from threefold.governance.pack import Library, load_library
from threefold.governance.pack_export import to_toml

ROOT = Path(__file__).parents[2] / "tenants"
PLAN = """
[[rules]]
use = "plan"
rule = "timetable"
"""
SOURCE = '[sources.S1]\nref = "A page"\n'
NATIONAL = (
    PLAN
    + """[rules.settings]
unit = "working_days"
start_events = ["notification_sent"]
steps = [{ key = "letters", title = "Letters go out", day = 1, source = "S1" }, { key = "meeting", title = "Meeting", day = 9, source = "S1" }]
"""
)
REGIONAL = (
    PLAN
    + """[rules.settings]
steps = [{ key = "meeting", title = "Meeting", day = 10, source = "S1" }, { key = "huddle", title = "Huddle", day = 14, source = "S1" }]
"""
)
LOCAL = (
    PLAN
    + """[rules.settings]
steps = [{ key = "huddle", day = 12, source = "S1" }]
"""
)


def pack(name: str, rules: str, extends: str = "", drop: str = "") -> str:
    return f'format = 1\nkind = "pack"\nid = "{name}"\ntitle = "{name.title()} plan"\n{extends}{drop}{SOURCE}{rules}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "_shared" / "law", tmp_path / "_shared" / "law")
    (tmp_path / "_shared" / "national.toml").write_text(pack("national", NATIONAL), encoding="utf-8")
    regional = pack("regional", REGIONAL, 'extends = ["_shared/national"]\n')
    (tmp_path / "_shared" / "regional.toml").write_text(regional, encoding="utf-8")
    arrangements = tmp_path / "an-area" / "arrangements"
    arrangements.mkdir(parents=True)
    (arrangements.parent / "body.toml").write_text(
        'format = 1\nid = "an-area"\nname = "An area"\nkind = "partnership"\n', encoding="utf-8"
    )
    write(tmp_path, LOCAL)
    return tmp_path


def write(folder: Path, rules: str, drop: str = "") -> None:
    (folder / "an-area" / "arrangements" / "one.toml").write_text(
        'format = 1\nkind = "arrangement"\nid = "one"\ntitle = "One"\nbody = "an-area"\nentered = "adopted"\nbegins = 2026-01-01\n'
        f'extends = ["_shared/regional"]\n{drop}[adopted]\nfrom = ["S1"]\nread = "2026-11"\n{SOURCE}{rules}', encoding="utf-8")  # fmt: skip


def begun(library: Library) -> drafts.Content:
    return drafts.begin_from(library.bodies["an-area"].versions[0], "next", "Next")


def test_a_layer_changes_one_thing_in_a_list_and_the_rest_stands(folder: Path) -> None:
    (use,) = load_library(folder).bodies["an-area"].versions[0].uses
    assert [(s["key"], s["title"], s["day"]) for s in use.settings["steps"]] == [
        ("letters", "Letters go out", 1), ("meeting", "Meeting", 10), ("huddle", "Huddle", 12)]  # fmt: skip
    assert use.settings["unit"] == "working_days"
    assert use.layers == ("_shared/national.toml", "_shared/regional.toml", "an-area/arrangements/one.toml")


def test_a_layer_drops_one_thing_of_a_list(folder: Path) -> None:
    write(folder, LOCAL, 'drop = ["plan.steps.meeting"]\n')
    (use,) = load_library(folder).bodies["an-area"].versions[0].uses
    assert [s["key"] for s in use.settings["steps"]] == ["letters", "huddle"]
    for wrong, told in {
        "plan.steps.nothing": "no layer below has it", "plan.nothing.meeting": "no layer below has it", "plam.steps.meeting": "no layer below has it",
        "plan.steps": "'steps' is a setting of 'plan', and a setting is not dropped.", "plan.unit.x": "'unit' is a setting of 'plan'",
        'plan.steps.meeting", "plan.steps.meeting': "'plan.steps.meeting' is dropped twice here.",
    }.items():  # fmt: skip
        write(folder, LOCAL, f'drop = ["{wrong}"]\n')
        with pytest.raises(ThreefoldError, match=told):
            load_library(folder)


@pytest.mark.parametrize("other", ["plan.steps.meeting", "plan"])
def test_two_packs_that_stand_on_one_may_drop_the_same(folder: Path, other: str) -> None:
    for name, dropped in (("one", other), ("two", "plan.steps.meeting")):
        text = pack(name, "", 'extends = ["_shared/national"]\n', f'drop = ["{dropped}"]\n')
        (folder / "_shared" / f"{name}.toml").write_text(text, encoding="utf-8")
    local = (folder / "an-area" / "arrangements" / "one.toml").read_text(encoding="utf-8")
    local = local[: local.index("[[rules]]")].replace('"_shared/regional"', '"_shared/one", "_shared/two"')
    (folder / "an-area" / "arrangements" / "one.toml").write_text(local, encoding="utf-8")
    uses = load_library(folder).bodies["an-area"].versions[0].uses
    assert all(step["key"] != "meeting" for use in uses for step in use.settings["steps"])


def joined(folder: Path, extends: str, drop: str = "") -> None:
    """The area's file, which changes nothing itself and joins these packs."""
    write(folder, "", drop)
    file = folder / "an-area" / "arrangements" / "one.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"_shared/regional"', extends), encoding="utf-8")


@pytest.mark.parametrize("dropped", ["plan.steps.meeting", "plan"])
def test_a_line_that_one_pack_drops_and_another_changes_is_told_to_the_file_that_joins_them(folder: Path, dropped: str) -> None:
    without = pack("without", "", 'extends = ["_shared/national"]\n', f'drop = ["{dropped}"]\n')
    (folder / "_shared" / "without.toml").write_text(without, encoding="utf-8")
    later = pack(
        "later",
        PLAN + '[rules.settings]\nsteps = [{ key = "meeting", day = 7, source = "S1" }]\n',
        'extends = ["_shared/national"]\n',
    )
    (folder / "_shared" / "later.toml").write_text(later, encoding="utf-8")
    joined(folder, '"_shared/without", "_shared/later"')
    with pytest.raises(ThreefoldError) as refused:
        load_library(folder)
    assert refused.value.field == "an-area/arrangements/one.toml: extends"
    assert refused.value.sentence.startswith(
        f"'{dropped}' is dropped by _shared/without.toml and changed by _shared/later.toml. Drop it in this file too"
    )
    joined(folder, '"_shared/without", "_shared/later"', f'drop = ["{dropped}"]\n')
    uses = load_library(folder).bodies["an-area"].versions[0].uses
    assert all(step["key"] != "meeting" for use in uses for step in use.settings["steps"])
    joined(folder, '"_shared/later", "_shared/without"')  # the later one drops what the earlier one changed
    assert "meeting" not in str(load_library(folder).bodies["an-area"].versions[0].uses)
    # One that stands on the pack that dropped it, or has the whole of it itself, adds it anew.
    whole = pack("later", NATIONAL, 'extends = ["_shared/without"]\n')
    (folder / "_shared" / "later.toml").write_text(whole, encoding="utf-8")
    joined(folder, '"_shared/without", "_shared/later"')
    (use,) = load_library(folder).bodies["an-area"].versions[0].uses
    assert {step["key"] for step in use.settings["steps"]} == {"letters", "meeting"}


def test_a_line_that_a_pack_drops_and_has_anew_itself_is_not_changed_by_it(folder: Path) -> None:
    base = 'extends = ["_shared/national"]\n'
    whole = PLAN + '[rules.settings]\nsteps = [{ key = "meeting", title = "Another meeting", day = 7, source = "S1" }]\n'
    drops = 'drop = ["plan.steps.meeting"]\n'
    for name, text in {
        "without": pack("without", "", base, drops), "anew": pack("anew", whole, base, drops),
        "other": pack("other", "", base, drops), "above": pack("above", whole, 'extends = ["_shared/other"]\n'),
        "changes": pack("changes", PLAN + '[rules.settings]\nsteps = [{ key = "meeting", day = 7, source = "S1" }]\n', base),
    }.items():  # fmt: skip
        (folder / "_shared" / f"{name}.toml").write_text(text, encoding="utf-8")
    for extends in ('"_shared/without", "_shared/anew"', '"_shared/other", "_shared/without", "_shared/above"'):
        joined(folder, extends)
        (use,) = load_library(folder).bodies["an-area"].versions[0].uses
        assert [s["title"] for s in use.settings["steps"]] == ["Letters go out", "Another meeting"]
    joined(folder, '"_shared/without", "_shared/changes"', 'drop = ["plan"]\n')  # all that it stands in
    assert load_library(folder).bodies["an-area"].versions[0].uses == ()


@pytest.mark.parametrize("fault", ["format = 2\n", "colour = 1\n", "[", ""])
def test_a_pack_that_cannot_be_read_is_not_said_to_be_missing(folder: Path, fault: str) -> None:
    file = folder / "_shared" / "regional.toml"
    file.write_text((fault + file.read_text(encoding="utf-8")) if fault else "", encoding="utf-8")
    for only in (None, "an-area"):
        with pytest.raises(ThreefoldError) as refused:
            load_library(folder, only)
        errors = getattr(refused.value, "errors", [refused.value])
        assert {error.field.partition(":")[0] for error in errors} == {"_shared/regional.toml"}


def test_a_file_that_nothing_would_read_is_told(folder: Path) -> None:
    (folder / "an-area" / "arrangements" / "Two.TOML").write_text("anything", encoding="utf-8")
    with pytest.raises(ThreefoldError, match="in lower-case letters"):
        load_library(folder)
    (folder / "an-area" / "arrangements" / "Two.TOML").unlink()
    (folder / "an-area" / "arrangements" / "two.toml").write_text(pack("two", NATIONAL), encoding="utf-8")
    with pytest.raises(ThreefoldError, match="Only a body's arrangements stand here"):
        load_library(folder)


def test_versions_that_correct_each_other_are_refused(folder: Path) -> None:
    first = folder / "an-area" / "arrangements" / "one.toml"
    text = first.read_text(encoding="utf-8")
    first.write_text(text.replace('title = "One"', 'title = "One"\ncorrects = "two"'), encoding="utf-8")
    second = text.replace('id = "one"', 'id = "two"').replace('title = "One"', 'title = "Two"\ncorrects = "one"')
    (first.parent / "two.toml").write_text(second, encoding="utf-8")
    with pytest.raises(ThreefoldError, match="This corrects 'two', which corrects this one in turn"):
        load_library(folder)


def test_each_line_says_which_layer_it_comes_from(folder: Path) -> None:
    library = load_library(folder)
    first = begun(library)
    at = ("rules", "plan", "steps")
    assert [origin(library, first, first, (*at, key)) for key in ("letters", "meeting", "huddle")] == [
        "_shared/national.toml", "_shared/regional.toml", "an-area/arrangements/one.toml"]  # fmt: skip
    assert origin(library, first, first, ("rules", "plan", "unit")) == "_shared/national.toml"
    now, _ = drafts.add(
        drafts.put(first, (*at, "letters"), {"key": "letters", "title": "Letters", "day": 2}), at, {"key": "", "title": "Call"}
    )
    assert origin(library, now, first, (*at, "letters")) == CHANGED
    assert origin(library, now, first, (*at, "call")) == MADE
    assert origin(library, now, now, (*at, "letters")) == EARLIER, "the next draft is begun from this as its version"
    assert origin(library, now, now, (*at, "meeting")) == "_shared/regional.toml"


def test_what_an_export_says_of_its_layers_comes_back(folder: Path) -> None:
    version = load_library(folder).bodies["an-area"].versions[0]
    (folder / "an-area" / "arrangements" / "one.toml").write_text(to_toml(version), encoding="utf-8")
    assert load_library(folder).bodies["an-area"].versions[0] == version


def test_one_name_twice_in_a_layer_is_refused_and_not_merged(folder: Path) -> None:
    twice = REGIONAL.replace(
        '{ key = "huddle"', '{ key = "meeting", title = "Another", day = 11, source = "S1" }, { key = "huddle"'
    )
    (folder / "_shared" / "region.toml").write_text(pack("region", twice), encoding="utf-8")
    with pytest.raises(ThreefoldError, match="'meeting' stands twice in this list"):
        load_library(folder)


@pytest.mark.parametrize(
    "said",
    ["day = 12", 'span = { amount = 3, unit = "weeks" }', 'who = "the chair"', 'when = { fact = "child.died", is = true }'],
)
def test_a_line_that_says_something_else_does_not_go_under_the_source_of_the_layer_below(folder: Path, said: str) -> None:
    write(folder, f'{PLAN}[rules.settings]\nsteps = [{{ key = "huddle", {said} }}]\n')
    (error,) = (one for one in to_mend(folder) if "would still cite its source" in str(one))
    assert error.field == "an-area/arrangements/one.toml: rules.plan.settings.steps.huddle"
    assert error.sentence.startswith(
        "This says something else than _shared/regional.toml does, and would still cite its source, “A page”."
    )


@pytest.mark.parametrize("said", ["optional = false", 'who = ""', "start_events = []", 'text = ""'])
def test_what_says_nothing_else_is_no_change_of_a_line(folder: Path, said: str) -> None:
    write(folder, f'{PLAN}[rules.settings]\nsteps = [{{ key = "huddle", {said} }}]\n')
    assert to_mend(folder) == []


@pytest.mark.parametrize("said", ["start_is_day = 0", 'unit = "not_stated"'])
def test_what_was_so_without_being_said_is_no_change_for_the_whole_rule(folder: Path, said: str) -> None:
    (folder / "_shared" / "national.toml").write_text(
        pack("national", NATIONAL.replace('unit = "working_days"\n', "")), encoding="utf-8"
    )
    write(folder, f"{PLAN}[rules.settings]\n{said}\n")
    assert to_mend(folder) == []


@pytest.mark.parametrize(("below", "above"), [("reminder_days = 5", "reminder_days = [3]"), ("unit = 5", 'unit = ["x"]')])
def test_answers_of_another_kind_are_told_and_nothing_breaks(folder: Path, below: str, above: str) -> None:
    (folder / "_shared" / "national.toml").write_text(
        pack("national", NATIONAL.replace('unit = "working_days"', below)), encoding="utf-8"
    )
    write(folder, f"{PLAN}[rules.settings]\n{above}\n")
    to_mend(folder)
    regional = REGIONAL.replace('day = 14, source = "S1"', "day = 14, source = { x = 1 }")
    (folder / "_shared" / "regional.toml").write_text(
        pack("regional", regional, 'extends = ["_shared/national"]\n'), encoding="utf-8"
    )
    write(folder, f'{PLAN}[rules.settings]\nunit = "calendar_days"\nsteps = [{{ key = "huddle", day = 12 }}]\n')
    assert any("huddle.source" in (error.field or "") for error in to_mend(folder))


def test_a_line_may_be_worded_anew_and_be_said_again(folder: Path) -> None:
    write(folder, f'{PLAN}[rules.settings]\nsteps = [{{ key = "huddle", title = "The huddle", day = 14 }}]\n')
    (use,) = load_library(folder).bodies["an-area"].versions[0].uses
    assert use.settings["steps"][-1]["source"]["ref"] == "A page"


def to_mend(folder: Path) -> list[ThreefoldError]:
    return settings_to_mend(Catalogue.installed(), load_library(folder).bodies["an-area"].versions[0].uses)


@pytest.mark.parametrize(
    "said", ['unit = "calendar_days"', "start_is_day = 1", 'start_events = ["rapid_review_started"]', 'unit = "not_stated"']
)
def test_lines_that_mean_something_else_by_what_the_whole_rule_is_given_say_where_they_come_from(
    folder: Path, said: str
) -> None:
    write(folder, f"{PLAN}[rules.settings]\n{said}\n")
    wrong = to_mend(folder)
    assert [error.field.rpartition(".")[2] for error in wrong] == ["huddle", "letters", "meeting"]
    assert "this line would still cite “A page”, which says it otherwise" in wrong[0].sentence
    own = ", ".join(f'{{ key = "{key}", source = "S1" }}' for key in ("letters", "meeting", "huddle"))
    write(folder, f"{PLAN}[rules.settings]\n{said}\nsteps = [{own}]\n")
    assert to_mend(folder) == []


def test_what_a_line_does_not_rest_on_may_be_set_anew_for_the_whole_rule(folder: Path) -> None:
    write(folder, f'{PLAN}[rules.settings]\nreminder_days = [3]\nunit = "working_days"\nstart_events = ["notification_sent"]\n')
    assert to_mend(folder) == []
    # A time of its own is counted in its own unit.
    text = NATIONAL.replace(
        'title = "Meeting", day = 9',
        'title = "Meeting", start_events = ["notification_sent"], span = { amount = 3, unit = "weeks" }',
    )
    (folder / "_shared" / "national.toml").write_text(pack("national", text), encoding="utf-8")
    (folder / "_shared" / "regional.toml").write_text(
        pack("regional", "", 'extends = ["_shared/national"]\n'), encoding="utf-8"
    )
    write(folder, f'{PLAN}[rules.settings]\nunit = "calendar_days"\n')
    assert [error.field.rpartition(".")[2] for error in to_mend(folder)] == ["letters"]


def test_what_a_layer_in_between_set_anew_is_asked_of_the_whole_chain(folder: Path) -> None:
    regional = pack("regional", f'{PLAN}[rules.settings]\nunit = "calendar_days"\n', 'extends = ["_shared/national"]\n')
    (folder / "_shared" / "regional.toml").write_text(regional, encoding="utf-8")
    write(folder, f'{PLAN}[rules.settings]\nsteps = [{{ key = "letters", source = "S1" }}]\n')
    (error,) = to_mend(folder)
    assert error.field == "an-area/arrangements/one.toml: rules.plan.settings.steps.meeting"
    assert error.sentence.startswith("_shared/regional.toml sets 'unit' anew for the whole rule")


def test_how_sure_a_line_is_may_be_said_anew_alone(folder: Path) -> None:
    write(folder, f'{PLAN}[rules.settings]\nsteps = [{{ key = "huddle", sure = "K" }}]\n')
    (use,) = load_library(folder).bodies["an-area"].versions[0].uses
    assert use.settings["steps"][-1]["source"] == {"ref": "A page", "force": "LOCAL", "sure": "K", "where": ""}
    assert to_mend(folder) == []


def test_day_nought_is_a_day_and_a_default_that_is_said_is_none(folder: Path) -> None:
    regional = REGIONAL.replace('title = "Huddle", day = 14', 'title = "Huddle"')
    (folder / "_shared" / "regional.toml").write_text(
        pack("regional", regional, 'extends = ["_shared/national"]\n'), encoding="utf-8"
    )
    write(folder, f'{PLAN}[rules.settings]\nsteps = [{{ key = "huddle", day = 0 }}]\n')
    (error,) = to_mend(folder)
    assert error.field == "an-area/arrangements/one.toml: rules.plan.settings.steps.huddle"
    ways = '[[rules]]\nuse = "ways"\nrule = "decision-making"\n[rules.settings]\n'
    (folder / "_shared" / "regional.toml").write_text(
        pack("regional", f'{ways}ways = [{{ question = "notify", text = "All agree.", source = "S1" }}]\n'), encoding="utf-8"
    )
    write(folder, f'{ways}ways = [{{ question = "notify", how = "not_stated" }}]\n')
    assert to_mend(folder) == []
    write(folder, f'{ways}ways = [{{ question = "notify", how = "all_agree" }}]\n')
    assert [error.field for error in to_mend(folder)] == ["an-area/arrangements/one.toml: rules.ways.settings.ways.notify"]
