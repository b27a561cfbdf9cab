"""A rule from outside is built, installed, proved and used like ours; what is ill-behaved in one stops nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.contract.guide import ROOT, blocks
from threefold.governance.catalogue import Catalogue
from threefold.testing.new_rule import NewRule, write_rule


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with the guide's rule and one of ill-behaved rules, each built and installed in a folder of their own."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    write_rule(NewRule("ask-youth-justice"), source / "guide", Catalogue({}), date(2026, 11, 26))
    for block in blocks():
        if block.name in ("rule", "examples"):
            text = block.text.replace("age is not None and", "age is None or")
            (source / block.file.replace("ask-youth-justice/", "guide/", 1)).write_text(text, encoding="utf-8")
    bad = source / "bad" / "ill_behaved"
    bad.mkdir(parents=True)
    toys = (ROOT / "tests" / "contract" / "toys.py").read_text(encoding="utf-8")
    (bad / "__init__.py").write_text(toys, encoding="utf-8")
    entries = "\n".join(f'{n.lower()}-1 = "ill_behaved:{n}"' for n in ("Crashing", "Hostile", "Exiting"))
    (source / "bad" / "pyproject.toml").write_text(
        (source / "guide" / "pyproject.toml").read_text(encoding="utf-8").split("[project]")[0] + '[project]\nname = "ill-behaved"\nversion = "1.0"\n\n'
        f'[project.entry-points."threefold.rules"]\n{entries}\nold-1 = "ill_behaved:Old"\ndated-1 = "ill_behaved:Dated"\n', encoding="utf-8")  # fmt: skip
    old = '\n\nclass Old(Rule):\n    """Written for another contract."""\n    card = card("old", api=(7, 9))\n'
    old += '\n\nclass Dated(Rule):\n    """Due for review on no day."""\n    card = Card("dated", 1, "d", "s", LOCAL, "o", "2027")\n'
    (bad / "__init__.py").write_text(toys + old, encoding="utf-8")
    for name in ("guide", "bad"):
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index", "--target", str(site),
                        "--upgrade", str(source / name)], check=True, capture_output=True)  # fmt: skip
    return site


def run(site: Path, *command: str, given: str = "", tenants: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))} | (
        {"THREEFOLD_TENANTS": str(tenants)} if tenants else {}
    )
    return subprocess.run(
        [str(Path(sys.executable).parent / "threefold"), *command],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_the_guides_rule_is_listed_and_sound(installed: Path) -> None:
    assert "ask-youth-justice@1" in run(installed, "rules", "list").stdout
    checked = run(installed, "rules", "check", "ask-youth-justice")
    assert "ask-youth-justice@1: sound, 2 worked examples" in checked.stdout


def test_a_rule_for_another_contract_or_with_an_odd_card_is_refused_with_the_reason(installed: Path) -> None:
    listed = run(installed, "rules", "list")
    assert listed.returncode == 1
    assert "was written for versions 7 to 9 of the contract" in listed.stderr
    assert "refused: dated-1: review_by: The card of Dated (dated) gives 'review_by' as a str." in listed.stderr


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A body whose arrangement uses the guide's rule, and two that misbehave."""
    tenants = tmp_path_factory.mktemp("tenants")
    shutil.copytree(ROOT / "tenants" / "_shared" / "law", tenants / "_shared" / "law")
    folder = tenants / "an-area" / "arrangements"
    folder.mkdir(parents=True)
    (tenants / "an-area" / "body.toml").write_text(
        'format = 1\nid = "an-area"\nname = "An area"\nkind = "partnership"\n', encoding="utf-8"
    )
    uses = "".join(
        f'\n[[rules]]\nuse = "{use}"\nrule = "{use}"\n' for use in ("ask-youth-justice", "crashing", "hostile", "exiting")
    )
    (folder / "one.toml").write_text(
        'format = 1\nkind = "arrangement"\nid = "one"\ntitle = "One"\nbody = "an-area"\nentered = "adopted"\nbegins = 2026-01-01\n'
        f'[adopted]\nfrom = ["page"]\nread = "2026-11"\n[sources.page]\nref = "A page"\n{uses}', encoding="utf-8")  # fmt: skip
    return tenants


def test_it_is_asked_like_ours_and_the_ill_behaved_stop_nothing(installed: Path, area: Path) -> None:
    facts = {"incident": {"children": [{"key": "child-1", "age_years": 12, "died": "yes", "abuse_or_neglect": "yes"}]},
             "review": {"events": [{"name": "aware", "at": "2026-03-30"}]}}  # fmt: skip
    done = run(installed, "decide", "--body", "an-area", "--as-of", "2026-04-01", "-", given=json.dumps(facts), tenants=area)
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert [a["rule"]["name"] for a in verdict["agencies"] if a["key"] == "youth-justice/child-1"] == ["ask-youth-justice@1"]
    assert {f["use"] for f in verdict["failures"]} == {"crashing", "exiting"}
    hostile = [o for o in verdict["objections"] if o["rule"]["use"] == "hostile"]
    assert hostile and {o["effect"] for o in hostile} == {"noted"}
    notify = next(s for s in verdict["steps"] if s["serves"] == "notify-panel")
    assert notify["statutory"]["due_on"] == "2026-04-08"
