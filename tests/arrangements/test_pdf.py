"""The PDF of an arrangement is made of any text, and what its fonts cannot show is marked."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from threefold.governance.printed import printed
from threefold.governance.publishing import document
from threefold.work.arrangements import pdf
from threefold.work.arrangements.pdf import LOST, MARK, make_pdf

WORD = "\uf0b7 one\ufeff \u200btwo\u00ad \uf0fc"
PASTED = [
    "🙂👨\u200d👩\u200d👧",
    "مرحبا ﷺ",
    "中文 漢字",
    "\u0301 alone",
    "a\u0301\u0327\u0489",
    "क्षि",
    "\ue000",
    "\u0378",
    'say "\\" 中',
    "\u2028\u0085",
]
WHOLE = document(GOVERNANCE, NOW_IN_FORCE, "Example-Vale")


def with_text(text: str) -> dict[str, Any]:
    """The published document, with one text wherever the partners may write."""
    item = {"title": text, "text": text, "source": text, "sure": ""}
    return {
        **WHOLE,
        "title": text,
        "note": text,
        "differences": [text],
        "sections": [{"title": text or "x", "said": text, "items": [item]}],
    }


def test_what_is_published_is_without_what_nobody_sees_and_the_signed_text_stays() -> None:
    assert printed({"a": [WORD, 5, None]}) == {"a": ["• one two ✓", 5, None]}
    version = replace(NOW_IN_FORCE, title=WORD, note=f"Of {WORD}")
    told = document(GOVERNANCE, version, "Example-Vale")
    assert (told["title"], told["note"], version.title) == ("• one two ✓", "Of • one two ✓", WORD)
    assert told["fingerprint"] == version.signed_hash


def test_a_word_too_long_for_a_line_has_places_to_break_and_a_tab_is_seen() -> None:
    """A long web address would run off the paper."""
    address = "https://www.example-vale.example/" + "a" * 100
    told = pdf._fitting({"items": [{"text": f"See {address}\tfor more."}]})["items"][0]["text"]
    assert told.replace("\u200b", "") == f"See {address}    for more."
    assert max(len(part) for part in re.split(r"[\s\u200b]", told)) <= 20
    assert pdf._fitting({"fingerprint": "f" * 64}) == {"fingerprint": "f" * 64}, "it is copied letter by letter"
    assert LOST.encode() not in make_pdf(with_text(address), synthetic=True)


@pytest.mark.parametrize("text", [WORD, *PASTED], ids=ascii)
def test_a_pdf_is_made_of_what_people_paste(text: str) -> None:
    made = make_pdf(with_text(text), synthetic=True)
    assert b"pdfuaid:part" in made, "it is PDF/UA still"


def test_what_no_font_has_is_marked_and_said_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capfdbinary: Any) -> None:
    import io
    import json
    import sys

    import typst

    shown: list[dict[str, Any]] = []
    compiled = typst.compile

    def watched(*args: Any, sys_inputs: dict[str, str], **kwargs: Any) -> Any:
        shown.append(json.loads(sys_inputs["document"]))
        return compiled(*args, sys_inputs=sys_inputs, **kwargs)

    monkeypatch.setattr(typst, "compile", watched)
    for text, title in (("Plan 中文 é →", f"Plan {MARK * 2} é →"), ("Plan é →", "Plan é →")):
        monkeypatch.setattr(
            sys, "stdin", io.StringIO(json.dumps(pdf._in_blocks({**with_text(text), "synthetic": False, "head": ["Head"]})))
        )
        pdf.main(str(tmp_path))
        assert shown[-1]["title"] == title
        assert shown[-1]["head"] == (["Head", LOST] if MARK in title else ["Head"])
    assert capfdbinary.readouterr().out.startswith(b"%PDF")


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(), max_size=60))
def test_a_pdf_is_made_of_any_text(text: str) -> None:
    assert make_pdf(with_text(text), synthetic=False).startswith(b"%PDF")


def inside(made: bytes) -> bytes:
    """What a PDF says of its own structure, its packed parts included."""
    told = made
    for packed in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            told += zlib.decompress(packed[1])
        except zlib.error:
            continue  # a font, or an image
    return told


def test_lists_that_partners_write_are_lists_in_the_pdf_and_what_they_typed_is_text() -> None:
    item = {
        "title": "How we meet",
        "text": "We meet:\n- weekly #emph[now]\n- when asked\n\n1. first\n2. second",
        "source": "",
        "sure": "",
    }
    flat = {**WHOLE, "sections": [{"title": "Meetings", "said": "", "items": [{**item, "text": "We meet."}]}]}
    lists = {**flat, "sections": [{"title": "Meetings", "said": "", "items": [item]}], "note": "Why:\n- one\n- two\n- three"}
    one, several = (inside(make_pdf(told, synthetic=True)).count(b"/S/LI") for told in (flat, lists))
    assert (one, several) == (1, 1 + 4 + 3)


def test_the_versions_published_stand_in_the_pdf_under_a_heading_of_their_own() -> None:
    after = [{"title": "Every version published here", "said": "As known today.", "items": [
        {"title": "April", "text": "In force now.", "source": "", "sure": ""}]}]  # fmt: skip
    assert b"/Title(Every version published here)" in inside(make_pdf(WHOLE, synthetic=True, after=after))
    assert b"/Title(Every version published here)" not in inside(make_pdf(WHOLE, synthetic=True))


def test_where_two_versions_are_spoken_of_the_pdf_says_which_is_which(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(pdf, "pdf_of", lambda told: made.append(told) or b"")
    for line in ("It begins on 1 April 2027, the other on 1 January 2026.", "The panel now meets by working day 10, was 12."):
        make_pdf({**WHOLE, "differences": [line]}, synthetic=True)
    assert [one["which_is_which"] for one in made] == [pdf.WHICH_IS_WHICH, ""]
    monkeypatch.undo()
    without = make_pdf({**WHOLE, "differences": ["Same."]}, synthetic=True)
    assert len(inside(make_pdf({**WHOLE, "differences": ["Not the other."]}, synthetic=True))) > len(inside(without))
