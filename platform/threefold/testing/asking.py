"""A rule asked as the bar asks it: what it raises is told in plain words, and one that never answers is stopped."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from threefold.domain.errors import ThreefoldError
from threefold.governance.time_limit import MOST_SECONDS
from threefold.plugin_api.rule import Rule

T = TypeVar("T")
SECONDS = MOST_SECONDS  # for one question, as much as the service gives to all rules of one; a rule answers within milliseconds


class Unanswered(Exception):
    """A rule that could not be asked something: it raised, or it never answered. The text is for the rule's author."""

    def __init__(self, sentence: str, *, endless: bool = False) -> None:
        super().__init__(sentence)
        self.endless = endless


class _TooLong(BaseException):
    """Time is up. No `except Exception` of a rule holds it back."""


def answered(what: str, asked: Callable[[], T]) -> T:
    """What a rule says when it is asked. Raises `Unanswered` in plain words; an error of ours (`ThreefoldError`) goes on."""
    try:
        with _within(SECONDS):
            return asked()
    except ThreefoldError:
        raise
    except _TooLong:
        sentence = f"{what} did not answer within {SECONDS:g} second{'' if SECONDS == 1 else 's'}. Does it loop for ever?"
        raise Unanswered(sentence, endless=True) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a rule of somebody else's raises
        raise Unanswered(f"{what} raises {type(error).__name__}: {error}") from error


def provided_by(instance: Rule) -> list[Any]:
    """Everything that a rule brings."""
    return answered("'provides'", lambda: list(instance.provides()))


def ask_hook(instance: Rule, hook: str, arguments: Mapping[str, Any]) -> list[Any]:
    """What a rule answers in a hook, as a list; of the arguments it is given those it names."""

    def asked() -> list[Any]:
        method = getattr(instance, hook)
        names = method.__code__.co_varnames[1 : method.__code__.co_argcount]
        answer = method(**{name: arguments[name] for name in names})
        return [answer] if hook == "decision" and answer is not None else list(answer or ())

    return answered(f"'{hook}'", asked)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Stop what runs within after some seconds; only the main thread can be stopped. A clock that runs already goes on after."""
    if threading.current_thread() is not threading.main_thread() or 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= seconds:
        yield
        return

    def up(_: int, __: FrameType | None) -> None:
        raise _TooLong

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, up)
    left, every = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 0.001), every)
