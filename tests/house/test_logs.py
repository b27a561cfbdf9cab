"""A line of the log goes to standard error as it is now: something closed meanwhile breaks no work."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
import structlog

from threefold.doors.logs import configure


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_line_goes_to_standard_error_as_it_is_when_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    log = structlog.get_logger("test")
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    configure()
    log.info("one")
    monkeypatch.setattr(sys, "stderr", second)
    first.close()
    log.info("two")
    assert '"event": "two"' in second.getvalue()
