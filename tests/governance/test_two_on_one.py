"""Two packs that stand on one, and an area on both: neither says anything of what the other says, whichever is named first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.governance.test_layers import PLAN, folder, pack, to_mend

__all__ = ["folder"]
NATIONAL = '["_shared/national"]'
BOTH = [("counting", "adding"), ("adding", "counting")]
AREA = (
    'format = 1\nid = "one"\ntitle = "One"\nkind = "arrangement"\nbody = "an-area"\nentered = "adopted"\nbegins = 2026-01-01\n'
)


def lay(folder: Path, first: str, second: str, *, counting: str, adding: str, own: str = "") -> None:
    """An area on two packs that both stand on the national one. `own`: what the area says of the steps itself."""
    for name, settings in (("counting", counting), ("adding", adding)):
        text = pack(name, f"{PLAN}[rules.settings]\n{settings}\n", f"extends = {NATIONAL}\n")
        (folder / "_shared" / f"{name}.toml").write_text(text, encoding="utf-8")
    said = f"{PLAN}[rules.settings]\nsteps = [{own}]\n" if own else ""
    one = f'{AREA}extends = ["_shared/{first}", "_shared/{second}"]\n[adopted]\nfrom = ["S9"]\nread = "2026-11"\n[sources.S9]\nref = "The area\'s page"\n{said}'
    (folder / "an-area" / "arrangements" / "one.toml").write_text(one, encoding="utf-8")


@pytest.mark.parametrize(("first", "second"), BOTH)
@pytest.mark.parametrize("said", ['unit = "calendar_days"', 'start_events = ["rapid_review_started"]'])
def test_a_line_that_one_adds_means_nothing_else_by_what_the_other_makes_of_the_rule(
    folder: Path, first: str, second: str, said: str
) -> None:
    again = ", ".join(f'{{ key = "{key}", source = "S1" }}' for key in ("letters", "meeting"))
    adding = 'steps = [{ key = "extra", title = "Extra", day = 10, source = "S1" }]'
    lay(folder, first, second, counting=f"{said}\nsteps = [{again}]", adding=adding)
    (error,) = to_mend(folder)
    assert error.field.endswith("rules.plan.settings.steps.extra")
    assert error.sentence.startswith("_shared/counting.toml sets ")
    assert "Say in an-area/arrangements/one.toml where the line comes from" in error.sentence, "neither pack knows of the other"
    lay(folder, first, second, counting=f"{said}\nsteps = [{again}]", adding=adding, own='{ key = "extra", source = "S9" }')
    assert to_mend(folder) == []


@pytest.mark.parametrize(("first", "second"), BOTH)
def test_a_line_that_one_changes_is_not_left_under_the_source_that_the_other_gives_it(
    folder: Path, first: str, second: str
) -> None:
    changed, cited = 'steps = [{ key = "meeting", day = 12, source = "S1" }]', 'steps = [{ key = "meeting", source = "S1" }]'
    lay(folder, first, second, counting=changed, adding=cited)
    wrong = [error for error in to_mend(folder) if error.field.endswith("settings.steps.meeting")]
    if (first, second) == ("adding", "counting"):
        assert wrong == [], "the last that speaks of it says its day and its source"
        return
    (error,) = wrong
    assert "This says something else than _shared/adding.toml does" in error.sentence
    assert "in an-area/arrangements/one.toml, add source" in error.sentence
    lay(folder, first, second, counting=changed, adding=cited, own='{ key = "meeting", source = "S9" }')
    assert to_mend(folder) == []
