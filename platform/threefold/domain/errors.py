"""What a person can do wrong, said plainly.

Everything a person can mend is a `ThreefoldError`: a sentence that says what to do, the field, line or file it is about, and
the paragraph of law where there is one. Anything else that is raised is a bug and stays loud.
"""

from __future__ import annotations


class ThreefoldError(Exception):
    """A mistake a person can mend.

    `sentence` is shown as it stands. `field` names the form field, key path or file position. `paragraph` is the
    law or guidance it rests on, if any.
    """

    def __init__(self, sentence: str, *, field: str = "", paragraph: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.paragraph = paragraph

    def __str__(self) -> str:
        text = f"{self.field}: {self.sentence}" if self.field else self.sentence
        return f"{text} ({self.paragraph})" if self.paragraph else text


class ManyErrors(ThreefoldError):
    """Several mistakes found in one reading, so that a person mends them all at once."""

    def __init__(self, errors: list[ThreefoldError]) -> None:
        super().__init__("\n".join(str(e) for e in errors), field="")
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return self.sentence


class FactsError(ThreefoldError):
    """The facts as given cannot be read."""


class ImpossibleOrder(FactsError):
    """Events stand in an order that cannot have happened."""


class CalendarEnds(ThreefoldError):
    """A working day was asked for outside the years whose bank holidays are known."""


class PackError(ThreefoldError):
    """A file under tenants/ is wrong: the field is `file: key path`."""


class RuleError(ThreefoldError):
    """A rule is missing, does not meet the contract, or asks for what it did not declare."""


class FloorError(ThreefoldError):
    """An arrangement provides something the law does not allow, or leaves out what the law requires."""


class NoSuchBody(ThreefoldError):
    """There is no body of this name on this platform."""


class BeforeAnyVersion(ThreefoldError):
    """A day was asked about that lies before the first edition of the law or version of the arrangement known here."""
