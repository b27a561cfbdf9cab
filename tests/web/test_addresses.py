"""What writes an address is compiled when the address is first written, and writes the same."""

from __future__ import annotations

from typing import Any

import pytest
from flask import url_for
from werkzeug.routing import BuildError, Rule

from threefold.doors.web.failures import QuietFlask


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that werkzeug compiled."""
    found: list[str] = []
    compile_builder = Rule._compile_builder

    def noted(rule: Rule, append_unknown: bool = True) -> Any:
        found.append(rule.rule)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", noted)
    return found


def test_a_start_compiles_no_address_and_each_that_is_written_once(compiled: list[str]) -> None:
    app = QuietFlask("pages", static_folder=None)
    for name in ("one", "two"):
        app.add_url_rule(f"/b/<slug>/{name}/<int:no>", name, lambda slug, no: "")
    assert app.test_client().get("/b/north/one/7").status_code == 200
    assert compiled == []
    with app.test_request_context("/"):
        assert url_for("two", slug="north", no=7) == url_for("two", slug="north", no=7) == "/b/north/two/7"
        assert compiled == ["/b/<slug>/two/<int:no>"]


def test_it_is_written_as_ever(compiled: list[str]) -> None:
    app = QuietFlask("pages", static_folder=None)
    page = lambda page: ""  # noqa: E731
    app.add_url_rule("/list", "page", page, defaults={"page": 1})
    app.add_url_rule("/list/<int:page>", "page", page)
    app.add_url_rule("/of/<rule>/<values>", "odd", lambda rule, values: "")
    with app.test_request_context("/"):
        assert (url_for("page", page=1), url_for("page", page=2)) == ("/list", "/list/2")
        assert url_for("page", page=2, q="a b", self="me") == "/list/2?q=a+b&self=me"
        assert url_for("odd", rule="a?b", values="c d", _anchor="top") == "/of/a%3Fb/c%20d#top"
        with pytest.raises(BuildError):
            url_for("odd", rule="a")
    assert compiled
