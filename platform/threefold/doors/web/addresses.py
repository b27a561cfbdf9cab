"""The addresses of pages: matched from the start, while what writes one is made when it is first written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Written = tuple[str, str]


class Address(Rule):
    """An address. For each of them werkzeug compiles two functions that write it, which is most of the time a start takes; of some
    hundred addresses a process writes a few dozen. So each is compiled when it is first asked for."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Written]:
        compiled: list[Callable[..., Written]] = []

        def write(rule: Address, /, **values: Any) -> Written:
            if not compiled:  # two threads at once make it twice, and the same
                compiled.append(super(Address, rule)._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return write
