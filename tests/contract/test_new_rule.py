"""`threefold rules new` and `rules check --path`: what is made is sound, and what cannot be made is refused plainly."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contract.guide import ROOT, desk
from tests.contract.majors import in_one_package
from threefold.domain.errors import RuleError
from threefold.doors.cli import rules
from threefold.governance import catalogue as governance_catalogue
from threefold.governance.catalogue import Catalogue, forbidden_in
from threefold.testing import asking
from threefold.testing.majors import rules_of
from threefold.testing.new_rule import TEMPLATE, NewRule, write_rule
from threefold.testing.proof import prove
from threefold.testing.unpacked import catalogue_at

TODAY = date(2026, 11, 26)
INSTALLED = Catalogue.installed()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for packages that are imported in this process; the import path is put back afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def test_a_rule_made_with_defaults_is_sound_and_says_what_is_to_be_named(made: Path) -> None:
    write_rule(NewRule("ask-made-plain"), made / "one", INSTALLED, TODAY)
    catalogue = catalogue_at(made / "one")
    rule = catalogue.get("ask-made-plain", 1)
    proof = prove(rule)
    assert (proof.faults, proof.examples) == ([], 2)
    card = rule.card
    assert (card.title, card.owner, card.source.sure, card.review_by) == (
        "Ask made plain", "An owner to be named", "unknown", date(2027, 11, 1))  # fmt: skip


def test_whatever_is_typed_stands_on_the_card_as_typed(made: Path) -> None:
    typed = NewRule("card", 'Say "so" {x} $name \\n', "What's said: “ja” — '''", 'A "keeper"\\', "Page 3, § 4 \\u0041")
    write_rule(typed, made / "typed", INSTALLED, TODAY)
    card = catalogue_at(made / "typed").get("card", 1).card
    assert (card.title, card.summary, card.owner, card.source.ref) == (typed.title, typed.summary, typed.owner, typed.source)
    assert prove(catalogue_at(made / "typed").get("card", 1)).faults == []


@pytest.mark.parametrize(
    "name", ["Ask", "ask it", "ask_it", "-ask", "ask-", "ask--it", "9-ask", "", "a" * 61, "ask/../it", "ask\n", "ásk"]
)
def test_a_name_that_cannot_be_one_is_refused_with_a_good_one(name: str, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="such as ask-youth-justice") as refused:
        write_rule(NewRule(name), tmp_path / "x", INSTALLED, TODAY)
    assert refused.value.field == "NAME"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("name", "told"), [
    ("timetable", "timetable@1 is installed already"), ("json", "'json' here already"), ("class", "'class' here already"), ("none", "'none' here already"),
    ("threefold", "'threefold' here already"), ("plugins", "'plugins' here already"),
])  # fmt: skip
def test_a_name_that_is_taken_is_refused(name: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=told):
        write_rule(NewRule(name), tmp_path / "x", INSTALLED, TODAY)


def test_a_folder_with_something_in_it_and_texts_no_card_holds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "kept.txt"):
        with pytest.raises(RuleError, match="Something is there already"):
            write_rule(NewRule("ask-it"), folder, INSTALLED, TODAY)
    with pytest.raises(RuleError, match="This cannot be written"):
        write_rule(NewRule("ask-it"), tmp_path / "kept.txt" / "below", INSTALLED, TODAY)
    for text in ("two\nlines", "x" * 301, "  "):
        with pytest.raises(RuleError, match="Give one line"):
            write_rule(NewRule("ask-it", summary=text), tmp_path / "new", INSTALLED, TODAY)
    (tmp_path / "empty").mkdir()
    assert len(write_rule(NewRule("ask-it"), tmp_path / "empty", INSTALLED, TODAY)) == 6


def test_a_folder_that_holds_no_rule_is_refused(made: Path) -> None:
    with pytest.raises(RuleError, match=r"no pyproject\.toml"):
        catalogue_at(made)
    for text, told in (("[", "not TOML"), ("[project]\nname = 'x'\n", "names no rule")):
        (made / "pyproject.toml").write_text(text, encoding="utf-8")
        with pytest.raises(RuleError, match=told):
            catalogue_at(made)


@pytest.mark.parametrize(("text", "told"), [
    ("import nothing_of_the_kind\n", "could not be imported: ModuleNotFoundError"),
    ("raise SystemExit('enough')\n", "could not be imported: SystemExit: enough"),
    ("while True:\n    pass\n", "was not imported in 0.2 seconds. What stands in its modules outside functions and classes has to end."),
])  # fmt: skip
def test_a_rule_that_cannot_be_imported_is_refused_and_the_rest_go_on(
    made: Path, text: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(governance_catalogue, "SECONDS_TO_IMPORT", 0.2)
    name = f"ask-broken-{text[:2]}"
    write_rule(NewRule(name), made, INSTALLED, TODAY)
    (made / "src" / name.replace("-", "_") / "major_1" / "__init__.py").write_text(text, encoding="utf-8")
    assert told in catalogue_at(made).refused[f"{name}-1"]


@pytest.mark.parametrize(("into", "text", "told"), [
    ("rule", "    def provides(self):\n        raise ValueError('not like that')\n", "'provides' raises ValueError: not like that"),
    ("rule", "    def prepare(self):\n        raise SystemExit\n", "'prepare' raises SystemExit"),
    ("rule", "    def prepare(self):\n        raise GeneratorExit\n", "'prepare' raises GeneratorExit"),
    ("rule", "    def provides(self):\n        while True:\n            try:\n                len('')\n            except Exception:\n                pass\n",
     "'provides' did not answer within 0.2 seconds. Does it loop for ever?"),
    ("example", "case = 5\n", "example.toml: case is no list of tables"),
    ("example", "[[case]]\nhook = 'agencies'\n", "example.toml: A worked example has no name"),
    ("example", "[[case]]\nname = 'One'\nhook = 'nothing'\n", "hook = 'nothing': this rule answers no such hook"),
    ("example", "[[case]]\nname = 'One'\n", "it names no hook"),
    ("example", "[[case]]\nname = 'One'\nhook = 'agencies'\nexpect = 5\n", "expect is no list of tables"),
    ("example", "[[case]]\nname = 'One'\nhook = 'agencies'\nfacts = 5\n", "settings and facts are tables"),
    ("example", "[[case]]\nname = 'One'\nhook = 'agencies'\nexpcet = []\n", "has no 'expcet'. Did you mean expect?"),
    ("example", "[[case]]\nname = 'One'\nhook = 'agencies'\n", "It expects nothing, and would hold whatever the rule says"),
    ("example", "[[case]]\nname = 'One'\n[case.facts.incident]\nage_yars = 3\n", "example.toml: One: incident.age_yars: There is no such fact"),
    ("example", "[[case]]\nname = 'One'\nhook = 'agencies'\ncount = 0\n[case.settings]\nagencys = []\n", "example.toml: One: "),
    ("example", "[[", "This is not TOML"),
])  # fmt: skip
def test_what_a_rule_raises_and_one_that_never_answers_are_told_in_plain_words(
    made: Path, into: str, text: str, told: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if "0.2" in told:
        monkeypatch.setattr(asking, "SECONDS", 0.2)
    name = f"ask-{abs(hash(request.node.name)) % 10**8}"
    write_rule(NewRule(name), made / "one", INSTALLED, TODAY)
    folder = made / "one" / "src" / name.replace("-", "_") / "major_1"
    if into == "rule":
        code = (folder / "__init__.py").read_text(encoding="utf-8")
        (folder / "__init__.py").write_text(f"{code}\n{text}", encoding="utf-8")
    else:
        (folder / "examples" / "example.toml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(rules.command, ["check", "--path", str(made / "one")])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit), done.output
    assert f"{name}@1: not sound" in done.output and told in done.output, done.output


def test_a_rule_that_took_the_id_of_one_that_is_installed_is_refused(made: Path) -> None:
    """Both are sound, and could not stand side by side: every file that uses the one would be read by the other."""
    write_rule(NewRule("ask-made-twin"), made / "twin", INSTALLED, TODAY)
    card = made / "twin" / "src" / "ask_made_twin" / "major_1" / "__init__.py"
    card.write_text(card.read_text(encoding="utf-8").replace('"ask-made-twin"', '"timetable"'), encoding="utf-8")
    done = CliRunner().invoke(rules.command, ["check", "--path", str(made / "twin")])
    assert (
        done.exit_code == 1
        and "refused: another rule that is installed is called timetable@1. Give this one another id" in done.output
    )


def test_what_stands_outside_a_rules_own_folder_cannot_hide_from_the_bar(made: Path) -> None:
    write_rule(NewRule("ask-outside"), made / "outside", INSTALLED, TODAY)
    package = made / "outside" / "src" / "ask_outside"
    (package / "__init__.py").write_text("import socket\n", encoding="utf-8")
    (package / "shared.py").write_text("AGE = 10\n", encoding="utf-8")
    rule = package / "major_1" / "__init__.py"
    rule.write_text(rule.read_text(encoding="utf-8") + "\nfrom ..shared import AGE as AGE\n", encoding="utf-8")
    wrong = forbidden_in(catalogue_at(made / "outside").get("ask-outside", 1))
    assert any("imports socket" in what for what in wrong)
    assert any("imports from outside the rule's own folder" in what for what in wrong)


def test_it_is_installed_tested_proved_and_used_by_an_area(tmp_path: Path) -> None:
    author = desk(tmp_path)
    said = author.run(
        "threefold rules new ask-housing --into here && pip install -q --no-build-isolation -e here && pytest -q here"
    )
    assert "1 passed" in said
    assert author.run("threefold rules check ask-housing") == "ask-housing@1: sound, 2 worked examples\n"
    assert "NAME: ask-housing@1 is installed already" in author.run("threefold rules new ask-housing --into there; echo $?")
    assert author.run("threefold rules check ask-hosing; echo $?").endswith("names those there are.\n2\n")
    area = author.folder / "trial" / "an-area"
    (area / "arrangements").mkdir(parents=True)
    author.run("mkdir trial/_shared && cp -r ../threefold/tenants/_shared/law trial/_shared/law")
    (area / "body.toml").write_text('format = 1\nid = "an-area"\nname = "An area"\nkind = "partnership"\n', encoding="utf-8")
    readme = (author.folder / "here" / "README.md").read_text(encoding="utf-8")
    (area / "arrangements" / "one.toml").write_text(
        'format = 1\nkind = "arrangement"\nid = "one"\ntitle = "One"\nbody = "an-area"\nentered = "adopted"\nbegins = 2026-01-01\n'
        f'[adopted]\nfrom = ["page"]\nread = "2026-11"\n[sources.page]\nref = "A page"\n{readme.split("```toml")[1].split("```")[0]}',
        encoding="utf-8",
    )  # fmt: skip
    asked = "THREEFOLD_TENANTS=trial threefold decide --body an-area --as-of 2026-04-01 -"
    verdict = json.loads(author.run(f"echo '{{}}' | {asked}"))
    assert [(a["key"], a["rule"]["name"]) for a in verdict["agencies"] if a["rule"]["layer"] == "local"] == [
        ("housing", "ask-housing@1")
    ]


def test_the_templates_are_shipped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    assert {f"threefold/testing/new_rule/template/{path.name}" for path in TEMPLATE.iterdir()} <= shipped


def test_a_rule_that_says_nowhere_what_it_brings_is_not_sound(made: Path) -> None:
    """Misspelt, `provides` is a method that nobody calls: nothing of the rule would be told, published or compared."""
    write_rule(NewRule("ask-made-silent"), made / "silent", INSTALLED, TODAY)
    rule = made / "silent" / "src" / "ask_made_silent" / "major_1" / "__init__.py"
    rule.write_text(rule.read_text(encoding="utf-8").replace("def provides(", "def provide("), encoding="utf-8")
    assert any(
        "It has no provides()" in fault for fault in prove(catalogue_at(made / "silent").get("ask-made-silent", 1)).faults
    )


def test_the_test_of_a_package_proves_every_major_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder,) = in_one_package("ask-two-majors", tmp_path / "ask-two-majors")
    monkeypatch.syspath_prepend(str(folder / "src"))
    package = importlib.import_module("ask_two_majors")
    assert [rule.card.name for rule in rules_of(package)] == ["ask-two-majors@1", "ask-two-majors@2"]
    second = folder / "src" / "ask_two_majors" / "major_2" / "__init__.py"
    second.write_text(
        second.read_text(encoding="utf-8").replace("class ", "import nothing_such\n\n\nclass ", 1), encoding="utf-8"
    )
    env = {**os.environ, "PYTHONPATH": f"{folder / 'src'}:{os.environ.get('PYTHONPATH', '')}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "nothing_such" in done.stdout, "a major that is broken is no major that was proved"
