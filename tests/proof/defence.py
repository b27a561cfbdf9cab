"""What a row of `make defences` says."""

from __future__ import annotations

from dataclasses import dataclass

SAID = "migrations/versions/0033_said.sql"  # the newest text of what is asked before a body is known


@dataclass(frozen=True, slots=True)
class Defence:
    """`before` stands once in `file`; with `after` in its place the defence is off and `test` must fail.

    `also`: what is changed with it (file, before, after), where two layers hold the same and each would do alone.
    """

    name: str
    file: str
    before: str
    after: str
    test: str
    also: tuple[tuple[str, str, str], ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, str, str], ...]:
        return (self.file, self.before, self.after), *self.also
