"""Whatever is sent as a token, a link, a letter or a file of an arrangement: refused plainly, and nothing breaks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.audit.world import AREA, World
from tests.exchange.test_post import KEYS, OTHER, letter_of
from tests.web.html import read
from threefold.domain.errors import ThreefoldError
from threefold.exchange.letters import LetterError, SealedLetter, open_letter, verify
from threefold.governance.pack_import import read_pack
from threefold.walls.post import Post

EXAMPLES = int(os.environ.get("PROVE_EXAMPLES", "60"))
at_length = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))

# What a header or an address may carry: text of any kind, what tokens look like, and what is often tried.
TRIED = st.one_of(
    st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=200),
    st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=43, max_size=43),
    st.uuids().map(str),
    st.sampled_from(
        ["null", "undefined", "' or 1=1 --", "../../etc/passwd", "{{7*7}}", "%00", "a" * 5000, "-1", "0", ".", ".."]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@at_length
@given(TRIED)
def test_a_made_up_token_opens_nothing_at_either_door(world: World, token: str) -> None:
    app = world.site.app
    answer = app.test_client().get(f"/api/v1/b/{AREA}/cases", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401, token
    cookie = {"Cookie": f"threefold={quote(token)}"}
    assert app.test_client(use_cookies=False).get(f"/b/{AREA}/cases", headers=cookie).status_code in (303, 401), token


@at_length
@given(
    TRIED,
    st.sampled_from([f"/answer/{AREA}/open", "/answer/nobody/open", "/new-password/open", "/invitation/open"]),
    st.sampled_from(["get", "post"]),
)
def test_a_made_up_link_opens_nothing(world: World, secret: str, path: str, verb: str) -> None:
    """Neither as it is sent, nor in an address, where nothing takes one."""
    browser, there = world.site.app.test_client(), path.removesuffix("open") + quote(secret, safe="")
    sent = read(browser.get(path).get_data(as_text=True)).hidden() | {"code_of_email": secret}
    answer = browser.post(path, data=sent) if verb == "post" else browser.get(there)
    assert answer.status_code in ((422, 400, 429) if verb == "post" else (303, 308, 404)), (path, answer.status_code)
    if answer.status_code in (303, 308):
        assert "cases" not in answer.headers["Location"]


@at_length
@given(st.one_of(st.binary(max_size=600), JSON.map(lambda value: json.dumps(value).encode())))
def test_bytes_that_are_no_letter_are_refused_as_such(raw: bytes) -> None:
    with pytest.raises(LetterError):
        SealedLetter.from_bytes(raw)


@at_length
@given(st.sampled_from(["envelope", "content", "signature"]), JSON)
def test_a_letter_with_a_part_of_another_kind_is_refused(part: str, value: Any) -> None:
    letter = json.loads(letter_of({"reference": "r", "way_out": "criteria_not_met", "reason": "x"}).to_bytes())
    with pytest.raises(LetterError):
        told = SealedLetter.from_bytes(json.dumps(letter | {part: value}).encode())
        verify(told, KEYS.verify_key)
        open_letter(told, OTHER)


@at_length
@given(st.binary(max_size=300))
def test_bytes_put_into_a_letterbox_are_refused_and_never_break_the_post(world: World, raw: bytes) -> None:
    """As somebody would who may write into the shared post but has no body's keys."""
    post = Post(world.site.database.walls, {})
    with world.here.unit() as unit:
        assert post._take(unit, uuid4(), raw) != "in_effect"


SEEDS = sorted((Path(__file__).parents[2] / "tenants" / "example-vale").rglob("*.toml"))


@at_length
@given(st.data())
def test_a_spoilt_file_of_an_arrangement_is_refused_with_where(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(SEEDS)).read_bytes() if SEEDS else b"version = 'a'\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(len(raw) - 1, 0)))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    _refused_or_read(bytes(raw))


@at_length
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_anything_as_a_file_of_an_arrangement_is_refused_or_read(raw: bytes) -> None:
    _refused_or_read(raw)


def _refused_or_read(raw: bytes) -> None:
    try:
        read_pack(raw, None, "a-version")
    except ThreefoldError as error:
        assert str(error)
