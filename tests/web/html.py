"""A page as a test reads it, and what must be true of every page whatever it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@dataclass(slots=True)
class Element:
    name: str
    attributes: dict[str, str]
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")


@dataclass(slots=True)
class Html:
    """The elements of a page in order, with the text inside each, and what is wrong with how they nest."""

    elements: list[Element] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str, /, **attributes: str) -> list[Element]:
        wanted = {k.rstrip("_").replace("_", "-"): v for k, v in attributes.items()}
        return [e for e in self.elements if e.name == tag and all(e.get(k) == v for k, v in wanted.items())]

    def one(self, tag: str, /, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag}> {attributes}"
        return found[0]

    @property
    def heading(self) -> str:
        return " ".join(self.one("h1").text.split())

    @property
    def title(self) -> str:
        return " ".join(self.one("title").text.split())

    def value(self, name: str) -> str:
        """What the box of that name holds."""
        return next(e.get("value") for e in self.elements if e.name in ("input", "button") and e.get("name") == name)

    def hidden(self) -> dict[str, str]:
        """The hidden boxes of the page's own form (the header's form comes first and has only its own guard)."""
        return {e.get("name"): e.get("value") for e in self.all("input", type="hidden")}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Html()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.page.wrong.append(f"<{tag}> has an attribute twice: {names}")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.page.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open[-1].name != tag:
            self.page.wrong.append(f"</{tag}> closes {self.open[-1].name if self.open else 'nothing'}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data
        if not any(e.name in ("script", "style", "title") for e in self.open):
            self.page.text += data


@lru_cache(maxsize=4)
def read(html: str) -> Html:
    """A page as its elements. Read once, though several ask: nobody changes what they get."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    page = reader.page
    page.wrong += [f"<{e.name}> is never closed" for e in reader.open]
    page.text = " ".join(page.text.split())
    return page


def faults(html: str, policy: str, status: int) -> list[str]:
    """What is wrong with a page, whatever it is about. Empty: nothing."""
    page = read(html)
    wrong = list(page.wrong)
    wrong += [] if html.lstrip().startswith("<!DOCTYPE html>") else ["no doctype"]
    wrong += [] if [e.get("lang") for e in page.all("html")] == ["en"] else ["the language is not said"]
    wrong += [] if len(page.all("h1")) == 1 and page.heading else [f"{len(page.all('h1'))} h1"]
    wrong += [] if page.title.endswith(" - Threefold") else [f"the title is '{page.title}'"]
    shown = bool([e for e in page.elements if "govuk-error-summary" in e.get("class").split()])
    if shown != page.title.startswith("Error: "):
        wrong.append(f"error summary {shown}, but the title is '{page.title}'")
    if shown and status < 400:
        wrong.append(f"an error summary with status {status}")
    ids = [e.get("id") for e in page.elements if e.get("id")]
    wrong += [f"the id '{i}' stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    wrong += _links(page, set(ids)) + _scripts(page, policy) + _forms(page, set(ids)) + _headings(page)
    return wrong


def _links(page: Html, ids: set[str]) -> list[str]:
    anchors = [e for e in page.all("a") if not e.get("href")]
    lost = [e.get("href") for e in page.all("a") if e.get("href").startswith("#") and e.get("href")[1:] not in ids]
    strange = [
        e.get("href") for e in page.all("a") if urlsplit(e.get("href")).scheme not in ("", "http", "https", "mailto", "tel")
    ]
    empty = [e.get("href") for e in page.all("a") if not e.text.strip() and not e.get("aria-label")]
    described = [w for e in page.elements for w in e.get("aria-describedby").split() if w not in ids]
    return (
        ["a link without address" for _ in anchors] + [f"the link {h} leads nowhere on the page" for h in lost]
        + [f"the link {h} is to no page" for h in strange] + [f"the link to {h} has no words" for h in empty] + [f"aria-describedby names {i}, which is not there" for i in described]
    )  # fmt: skip


def _scripts(page: Html, policy: str) -> list[str]:
    wrong = ["no content security policy"] if "default-src 'none'" not in policy else []
    wrong += ["the policy allows what is inline"] if "unsafe-inline" in policy or "unsafe-eval" in policy else []
    wrong += ["another site may show the page in a frame"] if "frame-ancestors 'none'" not in policy else []
    for script in page.all("script"):
        if not script.get("src") or script.text.strip():
            wrong.append("an inline script")
        if not script.get("nonce") or f"'nonce-{script.get('nonce')}'" not in policy:
            wrong.append("a script without the policy's nonce")
    wrong += ["an inline style" for e in page.elements if e.name == "style" or "style" in e.attributes]
    wrong += [f"an inline handler: {a}" for e in page.elements for a in e.attributes if a.startswith("on")]
    elsewhere = [e.get("src") or e.get("href") for e in page.elements if e.name in ("script", "link", "img")]
    return wrong + [f"loads {a}" for a in elsewhere if a and not a.startswith("/")]


def _forms(page: Html, ids: set[str]) -> list[str]:
    labelled = {e.get("for") for e in page.all("label")}
    wrong = [f"the label of '{name}' has no box" for name in labelled if name not in ids]
    for box in page.elements:
        asks = box.name in ("select", "textarea") or (box.name == "input" and box.get("type") not in ("hidden", "submit"))
        if asks and box.get("id") not in labelled and not box.get("aria-label"):
            wrong.append(f"the box '{box.get('name')}' has no label")
    posts = [e for e in page.all("form") if e.get("method").lower() == "post"]
    if len(posts) > len(page.all("input", name="csrf_token")):
        wrong.append("a form without its guard against forgery")
    return wrong


def _headings(page: Html) -> list[str]:
    levels = [int(e.name[1]) for e in page.elements if e.name in ("h1", "h2", "h3", "h4", "h5")]
    return [f"an h{b} follows an h{a}" for a, b in pairwise(levels) if b > a + 1]
