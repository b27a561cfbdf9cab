"""`threefold tenants check`, `diff` and `replay`: in words, without a database; wrong names told plainly."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from tests.support.commands import SOME, copied, typed
from threefold.governance.pack import load_library

ROOT = Path(__file__).parents[2]
CASE = {"incident": {"happened_on": "2027-03-15", "children": [{"key": "child-1", "abuse_or_neglect": "yes", "seriously_harmed": "yes"}]},
        "review": {"events": [{"name": n, "at": "2027-03-15"} for n in ("aware", "briefing_received", "notification_sent")]}}  # fmt: skip


def nothing_set() -> dict[str, str]:
    """The environment without a setting of ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("THREEFOLD_", "DATABASE_", "MIGRATION_", "REDIS_"))}


def run(*words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """The command with no database known to it, be there a demonstration that runs beside the tests or not."""
    environment = {**(env or nothing_set()), "THREEFOLD_VAR": "there-is-no-such-folder"}
    done = typed("tenants", *words, env=environment)
    return done.returncode, done.stdout + done.stderr


def export_into(file: Path, environment: dict[str, str], *words: str) -> tuple[int, str]:
    """As `threefold tenants export ... > FILE`: the shell makes the file, empty, before the command begins."""
    done = typed("tenants", "export", *words, env=environment, into=file)
    return done.returncode, done.stderr


def test_two_versions_are_compared_in_words() -> None:
    code, said = run("diff", "devon/old", "devon/current")
    assert code == 0 and "New step: “Executive huddle”" in said
    code, said = run("diff", "devon/none", "brent")
    assert code == 2 and "Use one of: current, old" in said
    code, said = run("diff", "devon", "brent")
    assert code == 2 and "Which version of devon is the newest is not known" in said
    code, said = run("diff", "west-sussex", "east-sussex")
    assert (
        code == 0
        and "Only West Sussex: the group" in said
        and "16 things are the same:" in said
        and "  Outcome “Audit”" in said
    )
    assert run("diff", "nowhere.toml", "brent")[1].startswith("nowhere.toml: There is no file")


def test_a_version_is_exported_changed_and_replayed_over_a_folder_of_cases(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(CASE), encoding="utf-8")
    code, toml = run("export", "example-vale", "demonstration")
    assert code == 0
    file = tmp_path / "moved.toml"
    file.write_text(toml.replace('"day" = 14', '"day" = 12'), encoding="utf-8")
    assert "is now due by working day 12, was 14" in run("diff", "example-vale", str(file))[1]
    code, said = run("replay", "example-vale", str(file), "--over", str(tmp_path), "--as-of", "2027-03-20")
    assert code == 0 and "Would have been different: 1 case\n" in said and "no draft can change them" in said
    assert "Executive huddle: due 5 April 2027, would be due 1 April 2027" in said
    assert "What differs, and in how many cases:\n  Executive huddle: 1\n" in said
    assert (
        "no JSON file" in run("replay", "example-vale", "brent", "--over", str(tmp_path / "none"), "--as-of", "2027-03-20")[1]
    )


def test_worked_examples_are_replayed_and_seats_and_states_are_told_in_words(tmp_path: Path) -> None:
    moved = tmp_path / "moved.toml"
    moved.write_text(run("export", "example-vale", "demonstration")[1].replace('"day" = 14', '"day" = 12'), encoding="utf-8")
    code, said = run("replay", "example-vale", str(moved), "--examples")
    assert code == 0 and "Would have been different: 1 case\n" in said
    assert "Executive huddle: due 20 April 2026, would be due 16 April 2026" in said
    code, said = run("replay", "example-vale", "brent", "--examples")
    assert "What cannot be said, and in how many cases:\n" in said and "The second does not ask any more: “" in said
    assert code == 0 and not re.search(r"[a-z]_[a-z]|-lead\b", said), said
    assert (
        "Each case is held beside what “Arrangement for demonstration, in force from 1 January 2026” (demonstration) says of it. The duties of the law"
        in said
    )
    assert "when it was last worked out" not in said, "that is of a body's own past cases"


def test_a_case_file_that_cannot_be_read_is_named_and_what_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "first.json").write_text(json.dumps(CASE), encoding="utf-8")
    (tmp_path / "second.json").write_text("no JSON", encoding="utf-8")
    code, said = run("replay", "example-vale", "brent", "--over", str(tmp_path), "--as-of", "2027-03-20")
    assert code == 2 and "second.json" in said and "not JSON" in said
    (tmp_path / "second.json").write_text(
        json.dumps({"incident": {"urgent": "perhaps"}, "review": {"nothing": 1}}), encoding="utf-8"
    )
    code, said = run("replay", "example-vale", "brent", "--over", str(tmp_path), "--as-of", "2027-03-20")
    assert code == 2 and said.count("second.json: ") >= 2
    (tmp_path / "third.json").write_text("[]", encoding="utf-8")
    said = run("replay", "example-vale", "brent", "--over", str(tmp_path), "--as-of", "2027-03-20")[1]
    assert "second.json: " in said and "third.json: " in said, "what is wrong in any file is told at once"
    assert "--examples" in run("replay", "example-vale", "brent")[1]
    assert "--as-of" in run("replay", "example-vale", "brent", "--over", str(tmp_path))[1]


def test_a_file_is_checked_as_the_draft_it_would_be(tmp_path: Path) -> None:
    file = tmp_path / "april.toml"
    file.write_text(run("export", "example-vale", "demonstration")[1], encoding="utf-8")
    code, said = run("check", str(file))
    assert code == 0 and "as a draft of Example Vale" in said and "nothing stands in the way of signing" in said
    assert "warned: add the rule resourcing: The arrangements do not say how the arrangements are funded" in said
    code, said = run("check", str(file), "--body", "devon")
    assert code == 2 and "the arrangement of 'example-vale', and it was to be taken in for 'devon'" in said
    exported = file.read_text(encoding="utf-8")
    assert exported.count('"day" = 14') == 1
    file.write_text(exported.replace('"day" = 14', '"day" = 12'), encoding="utf-8")
    code, said = run("check", str(file))
    assert code == 1 and "mend: begins: 1 January 2026 has come or passed" in said, "changed, it is what is in force no more"
    file.write_text(exported, encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('"kind" = "police", "partner" = true', '"kind" = "police", "partner" = false'), encoding="utf-8"
    )
    code, said = run("check", str(file))
    assert (
        code == 1
        and "refused: add an organisation: police: The safeguarding partners must include the chief officer of police" in said
    )
    assert text.count("begins = 2026-01-01\n") == 1
    for begins, told in (
        ("2025-01-01", "1 January 2025 has come or passed"),
        ("2026-01-02", "2 January 2026 has come or passed"),
    ):
        file.write_text(text.replace("begins = 2026-01-01\n", f"begins = {begins}\n"), encoding="utf-8")
        code, said = run("check", str(file))
        assert code == 1 and f"mend: begins: {told}" in said and "1 stands in the way of signing" in said
    file.write_text(text.replace('"day" = 14', '"day" = nan'), encoding="utf-8")
    code, said = run("check", str(file))
    assert code == 2 and said.startswith("april.toml: rules.rapid-review-plan.settings.steps.huddle.day: This is not a number")


def test_seats_delegations_and_partners_of_a_file_are_held_beside_the_version_it_follows(tmp_path: Path) -> None:
    """As the screen holds a draft beside what governs: here beside the files, and the last line says what that leaves out."""
    file, exported = tmp_path / "april.toml", run("export", "example-vale", "demonstration")[1]
    text = re.sub(r"\[\[signed\]\]\n(.+\n)+\n", "", exported).replace("begins = 2026-01-01\n", "begins = 2031-01-01\n")
    text = text.replace('entered = "signed"', 'entered = "draft"')
    (council,) = re.findall(r'  \{ "key" = "council", .*\n', text)
    (lead,) = re.findall(r'  \{ "key" = "council-lead", .*\n', text)
    (title,) = re.findall('"title" = "([^"]*)"', lead)
    for was, now, code, told in (
        (
            council,
            council.replace('"acts_for" = []', '"acts_for" = ["police"]'),
            0,
            "noted: organisations: Example Vale Council is to act for ",
        ),
        (
            lead,
            lead.replace('"organisation" = "council"', '"organisation" = "police"'),
            1,
            f"mend: seats.council-lead.organisation: “{title}” is on record as a seat of ",
        ),
        (lead, lead.replace('"key" = "council-lead"', '"key" = "new-lead"'), 1, "noted: seats: The lead seats of "),
        (
            '"day" = 14',
            '"day" = 12',
            0,
            "noted: compare: “Arrangement for demonstration, in force from 1 January 2026” is what this version follows",
        ),
    ):
        assert text.count(was) == 1, was
        file.write_text(text.replace(was, now), encoding="utf-8")
        done, said = run("check", str(file))
        assert done == code and f"    {told}" in said, said
        assert said.splitlines()[-1] == (
            "Not looked at, because no database is known here: what was signed on screen, so that the days, the seats and the delegations are "
            "held beside the files alone; and who holds each seat. Take the file in on screen: its check tells the first, “Send it to the "
            "partners to sign” the second."
        )


def test_a_file_is_refused_whole_for_what_the_screen_takes_no_file_in_for(tmp_path: Path) -> None:
    file, text = tmp_path / "april.toml", run("export", "knowsley", "current")[1]
    condition = deep = '{ "is" = { "fact" = "incident.near_miss", "value" = "yes" } }'
    assert text.count(condition) == 1
    for _ in range(9):
        deep = '{ "not" = ' + deep + " }"
    for tree, told in (
        (deep, "This condition is more than 8 levels deep. Split it in two."),
        ('{ "is" = { "fact" = "incident.nothing", "value" = "yes" } }', "incident.nothing"),
        ('{ "is" = { "fact" = "incident.urgent", "value" = "perhaps" } }', "'perhaps' is not an answer to "),
    ):
        file.write_text(text.replace(condition, tree), encoding="utf-8")
        code, said = run("check", str(file))
        assert code == 2 and said.startswith("april.toml: rules.") and told in said and "as a draft" not in said, said


def test_what_is_to_be_mended_is_not_said_to_hold_and_one_is_told_as_one(tmp_path: Path) -> None:
    copied(tmp_path / "tenants")
    panel = "merseyside-and-isle-of-man-child-death-panel"
    file = tmp_path / "tenants" / panel / "arrangements" / "earlier.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("title = ", 'corrects = "nowhere"\ntitle = ', 1), encoding="utf-8")
    code, said = run("check", panel, env={**nothing_set(), "THREEFOLD_TENANTS": str(tmp_path / "tenants")})
    assert code == 1 and said.count("mend: ") == 1 and "earlier: holds" not in said
    assert f"{panel}/earlier: to be mended, 1 rule, 1 remark\n    mend: corrects: " in said


def test_a_file_of_no_body_and_of_a_rule_that_is_not_installed_is_told_by_its_own_name(tmp_path: Path) -> None:
    file, exported = tmp_path / "april.toml", run("export", "example-vale", "demonstration")[1]
    text = re.sub(r"\[\[signed\]\]\n(.+\n)+\n", "", exported).replace('entered = "signed"', 'entered = "draft"')
    assert text.count('body = "example-vale"') == 1
    file.write_text(text.replace('body = "example-vale"', 'body = "nowhere"'), encoding="utf-8")
    code, said = run("check", str(file))
    assert code == 2 and said.startswith("april.toml: body: There is no body 'nowhere' here")
    file.write_text(text.replace('rule = "timetable"', 'rule = "timetabel"'), encoding="utf-8")
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "one.json").write_text("{}", encoding="utf-8")
    for words in (("diff", "example-vale/demonstration", str(file)),
                  ("replay", "example-vale", str(file), "--over", str(cases), "--as-of", "2027-04-06")):  # fmt: skip
        code, said = run(*words)
        assert code == 2 and said.startswith("april.toml: rules.") and "There is no rule 'timetabel'" in said, said


def test_a_wrong_body_is_told_which_there_are() -> None:
    for words in (("check", "nosuch"), ("export", "nosuch", "x"), ("check", "--body", "nosuch")):
        code, said = run(*words)
        assert code == 2 and "Use one of: barnet, " in said


def test_a_folder_and_a_body_s_own_file_are_told_for_what_they_are() -> None:
    for words in (("check", "tenants"), ("check", "tenants/devon"), ("diff", "example-vale/demonstration", "tenants/devon")):
        code, said = run(*words)
        assert code == 2 and f"'{words[-1]}' is a folder. Name one TOML file in it" in said
    code, said = run("check", "tenants/devon/body.toml")
    assert code == 2 and "This file says who a body is, and is no arrangement. To check it, name the body: devon." in said


def test_one_body_is_checked_though_a_file_of_another_is_faulty_and_its_own_faults_are_told(tmp_path: Path) -> None:
    copied(tmp_path / "tenants")
    faulty = tmp_path / "tenants" / "devon" / "arrangements" / "old.toml"
    faulty.write_text(faulty.read_text(encoding="utf-8") + "x = [", encoding="utf-8")
    there = {**nothing_set(), "THREEFOLD_TENANTS": str(tmp_path / "tenants")}
    code, said = run("check", "plymouth", env=there)
    assert code == 0 and said.startswith("plymouth/current: holds")
    for words in (("check", "devon"), ("check",)):
        code, said = run(*words, env=there)
        assert code == 2 and "devon/arrangements/old.toml: This is not TOML that can be read" in said
    faulty = faulty.with_name("current.toml")
    faulty.write_text(faulty.read_text(encoding="utf-8") + "x = [", encoding="utf-8")
    code, said = run("check", "example-vale", env=there)  # it stands on that one
    assert code == 2 and "devon/arrangements/current.toml: This is not TOML that can be read" in said


def test_an_export_is_written_among_the_files_of_its_body_and_every_other_command_refuses_an_empty_file(tmp_path: Path) -> None:
    copied(tmp_path / "tenants")
    there = {**nothing_set(), "THREEFOLD_TENANTS": str(tmp_path / "tenants")}
    file = tmp_path / "tenants" / "devon" / "arrangements" / "next.toml"
    passed_over = "devon/arrangements/next.toml: This file is empty, and is passed over.\n"
    assert export_into(file, there, "devon", "current") == (0, passed_over)
    assert file.read_text(encoding="utf-8") == run("export", "devon", "current")[1]
    file.write_text("", encoding="utf-8")
    for words in (("check", "devon"), ("check",), ("diff", "devon/old", "devon/current")):
        assert run(*words, env=there) == (2, "devon/arrangements/next.toml: This file is empty.\n")


def test_an_export_to_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    file, link = tmp_path / "current.toml", tmp_path / "link.toml"
    assert run("export", "devon", "nowhere", "--output", str(file))[0] == 2
    assert list(tmp_path.iterdir()) == []
    assert run("export", "devon", "current", "--output", str(file)) == (0, "")
    whole = file.read_text(encoding="utf-8")
    assert whole == run("export", "devon", "current")[1] and file.stat().st_mode & 0o777 == 0o666 & ~umask()
    file.chmod(0o640)
    link.symlink_to(file)
    for words in (("devon", "nowhere"), ("devon", "current", "--on", "2027-01-01"), ("record:devon",)):
        code, said = run("export", *words, "--output", str(file))
        assert code == 2 and said.endswith(f"\nNothing was written to {file}.\n"), said
        assert file.read_text(encoding="utf-8") == whole
    assert run("export", "devon", "old", "--output", str(link)) == (0, "")
    assert link.is_symlink() and file.read_text(encoding="utf-8") == run("export", "devon", "old")[1]
    assert file.stat().st_mode & 0o777 == 0o640 and {path.name for path in tmp_path.iterdir()} == {file.name, link.name}
    for place, told in (
        (tmp_path, "is no file"),
        (tmp_path / "none" / "x.toml", "There is no folder"),
        (Path("/dev/null"), "is no file"),
    ):
        code, said = run("export", "devon", "current", "--output", str(place))
        assert code == 2 and said.startswith("--output: ") and told in said and f"Nothing was written to {place}." in said


def test_an_export_that_fails_says_that_the_shell_s_file_is_empty(tmp_path: Path) -> None:
    code, said = export_into(tmp_path / "x.toml", nothing_set(), "devon", "nowhere")
    assert code == 2 and "the file that the shell made for `>` is empty. `--output FILE` makes none" in said
    assert "Nothing was written" not in run("export", "devon", "nowhere")[1]


def umask() -> int:
    found = os.umask(0o022)
    os.umask(found)
    return found


def test_a_shared_pack_is_told_what_it_is_called() -> None:
    code, said = run("diff", "plymouth", "south-west/procedures")
    assert code == 2 and "'south-west/procedures' is a shared pack. Call it _shared/south-west/procedures." in said


def test_a_version_that_corrects_what_is_nowhere_is_told_so_at_that_field(tmp_path: Path) -> None:
    copied(tmp_path / "tenants")
    there = {**nothing_set(), "THREEFOLD_TENANTS": str(tmp_path / "tenants")}
    file = tmp_path / "tenants" / "devon" / "arrangements" / "old.toml"
    written = file.read_text(encoding="utf-8")
    for what, told in (
        ("nowhere", "There is no version 'nowhere' of devon among the files"),
        ("old", "This version would correct itself"),
    ):
        file.write_text(written.replace("title = ", f'corrects = "{what}"\ntitle = ', 1), encoding="utf-8")
        for words in (("devon",), (), (str(file),)):
            code, said = run("check", *words, env=there)
            assert code == 1 and f"    mend: corrects: {told}" in said, (words, said)
    file.write_text(written.replace("title = ", 'corrects = "current"\ntitle = ', 1), encoding="utf-8")
    assert run("check", "devon", env=there)[0] == 0


def test_a_fact_that_names_an_organisation_that_is_gone_is_told_by_the_check(tmp_path: Path) -> None:
    """A board that is taken out of `body.toml` leaves the lines of its coverage behind."""
    copied(tmp_path / "tenants")
    there = {**nothing_set(), "THREEFOLD_TENANTS": str(tmp_path / "tenants")}
    file = tmp_path / "tenants" / "westmorland-and-furness" / "body.toml"
    text = file.read_text(encoding="utf-8")
    gone = next(line for line in text.splitlines() if line.lstrip().startswith('{ key = "icb-lancashire"'))
    file.write_text(text.replace(gone + "\n", ""), encoding="utf-8")
    code, said = run("check", "westmorland-and-furness", env=there)
    assert code == 1
    assert (
        "mend: body.toml, facts: 'The other is Lancashire & South Cumbria.' names body#organisations/icb-lancashire, which is not there"
        in said
    )


def test_a_comparison_names_the_file_in_which_a_setting_is_wrong_and_not_the_pack_it_stands_on(tmp_path: Path) -> None:
    code, toml = run("export", "barnet", "current")
    assert code == 0 and '"pounds" = ' in toml
    file = tmp_path / "changed.toml"
    file.write_text(re.sub(r'"pounds" = \d+', '"pounds" = 0.1', toml, count=1), encoding="utf-8")
    code, said = run("diff", "barnet/current", str(file))
    assert code == 2 and "changed.toml" in said and "_shared" not in said
    code, toml = run("export", "devon", "current")
    file.write_text(re.sub(r'("key" = "huddle".*?)"title" = "[^"]*", ', r"\1", toml, count=1), encoding="utf-8")
    for words in (("diff", "devon/current", str(file)), ("replay", str(file), "devon/current", "--examples")):
        code, said = run(*words)
        assert code == 2 and "changed.toml: rules." in said and "devon/arrangements" not in said, said


def test_a_condition_that_is_too_deep_is_told_as_one_at_its_step(tmp_path: Path) -> None:
    code, toml = run("export", "example-vale", "demonstration")
    assert code == 0
    deep = '{ is = { fact = "incident.urgent", value = "yes" } }'
    for _ in range(14):
        deep = f"{{ all = [{deep}] }}"
    file = tmp_path / "deep.toml"
    file.write_text(toml.replace('"key" = "huddle"', f'"key" = "huddle", "when" = {deep}'), encoding="utf-8")
    code, said = run("check", str(file))
    assert code == 2 and "steps.huddle.when" in said and "This condition is more than 8 levels deep. Split it in two." in said


def test_how_the_rules_of_a_body_s_version_are_set_is_told_as_it_is_of_its_own_export(tmp_path: Path) -> None:
    there = {**nothing_set(), "THREEFOLD_TENANTS": str(copied(tmp_path / "tenants"))}
    file = tmp_path / "tenants" / "example-vale" / "arrangements" / "demonstration.toml"
    code, said = run("check", "example-vale", env=there)
    assert code == 0 and "example-vale/demonstration: holds" in said
    plan = """
[[rules]]
use = "plan-of-more"
rule = "timetable"
major = 1
[rules.settings]
unit = "working_days"
start_events = ["aware"]
steps = [
  { key = "alpha", title = "Alpha", day = 3, start_events = ["done:plan-of-more.alpha"] },
  { key = "beta", title = "Beta", day = 4, start_events = ["done:plan-of-more.gone"] },
  { key = "gamma", title = "Gamma", day = 5, when = { is = { fact = "incident.local.ghost", value = "yes" } } },
]
"""
    file.write_text(file.read_text(encoding="utf-8") + plan, encoding="utf-8")
    code, said = run("check", "example-vale", env=there)
    assert code == 1 and "example-vale/demonstration: to be mended" in said, said
    assert "mend: rules.plan-of-more.steps.alpha" in said and "so it never starts" in said, said
    assert "mend: rules.plan-of-more.steps.gamma: The condition of “Gamma” rests on a question of the area’s own" in said
    assert "“Beta” waits for “gone” to be done, and no step here is called so" in said
    exported = tmp_path / "exported.toml"
    exported.write_text(run("export", "example-vale", "demonstration", env=there)[1], encoding="utf-8")
    alone = run("check", str(exported), env=there)[1]
    for line in (line for line in said.splitlines() if "rules.plan-of-more" in line):
        assert line in alone.splitlines(), line


def test_a_line_of_a_later_layer_that_cites_the_page_below_for_something_else_is_told_by_the_check(tmp_path: Path) -> None:
    tenants = tmp_path / "tenants"
    copied(tenants, SOME)
    file = tenants / "west-sussex" / "arrangements" / "current.toml"
    stood = file.read_text(encoding="utf-8")
    below = load_library(tenants, "west-sussex").bodies["west-sussex"].versions[-1]
    use, name, line = next(
        (use, name, one)
        for use in below.uses
        for name, listed in use.settings.items()
        if len(use.layers) == 1 and use.layers[0].startswith("_shared/") and isinstance(listed, list)
        for one in listed
        if isinstance(one, dict) and isinstance(one.get("source"), dict) and one.get("text")
    )
    changed = f'{{ key = "{line["key"]}", text = "Something else altogether." }}'
    added = (
        f'\n[[rules]]\nuse = "{use.use}"\nrule = "{use.rule}"\nmajor = {use.major}\n[rules.settings]\n{name} = [{changed}]\n'
    )
    file.write_text(stood + added, encoding="utf-8")
    code, said = run("check", "west-sussex", env={**nothing_set(), "THREEFOLD_TENANTS": str(tenants)})
    assert code == 2 and f"west-sussex/arrangements/current.toml: rules.{use.use}.settings.{name}.{line['key']}" in said, said
    assert "would still cite its source" in said
