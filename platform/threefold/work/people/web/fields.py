"""The kinds of answers a form asks for, each with its words: a marshmallow field that knows its label and its errors.

The wording follows GOV.UK: an error says what to do ("Enter ...", "Select ..."), not what went wrong inside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from marshmallow import ValidationError, fields, validate

from threefold.domain.calendar import LONDON, is_on_a_clock
from threefold.plugin_api.facts.days import FIRST_YEAR, LAST_YEAR

Items = Mapping[str, str]
PARTS = ("day", "month", "year")
_MONTHS = {
    name: no
    for no, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)
}
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap]m)?", re.IGNORECASE)


def text(
    label: str, *, missing: str = "", hint: str = "", required: bool = True, longest: int = 200, width: str = "", kind: str = "text",
    autocomplete: str = "", inputmode: str = "", pattern: str = "", wrong: str = "", optional: bool | None = None,
) -> fields.String:  # fmt: skip
    """One line of text. `pattern` is a regular expression the whole answer must meet, `wrong` what is said otherwise.

    `optional`: whether the page calls it so; False for what another answer may need.
    """
    checks: list[Any] = [validate.Length(max=longest, error=f"{_said(label)} must be {longest} characters or fewer")]
    if pattern:
        checks.append(validate.Regexp(rf"^(?:{pattern})$", error=wrong or f"Enter {_asked(label)} in the correct format"))
    shown = {"width": width, "kind": kind, "autocomplete": autocomplete, "inputmode": inputmode}
    return fields.String(
        **_common(label, hint, required, missing or f"Enter {_asked(label)}"),
        validate=checks,
        **_shown("text", label, hint, shown | ({} if optional is None else {"optional": optional})),
    )


def email(label: str = "Email address", *, missing: str = "", hint: str = "") -> fields.String:
    """An e-mail address."""
    return text(label, missing=missing, hint=hint, kind="email", autocomplete="username", pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
                wrong="Enter an email address in the correct format, like name@example.com")  # fmt: skip


def secret(
    label: str = "Password", *, missing: str = "", hint: str = "", autocomplete: str = "current-password"
) -> fields.String:
    """A password. It is never shown again, and a long one is refused before it is hashed."""
    return text(label, missing=missing, hint=hint, kind="password", autocomplete=autocomplete, longest=500)


def code(label: str, *, hint: str = "") -> fields.String:
    """A code of an authenticator app or a recovery code; spaces and dashes do not matter."""
    return text(label, missing="Enter the code", hint=hint, kind="text", autocomplete="one-time-code", longest=30, width="10")


def long_text(
    label: str, *, missing: str = "", hint: str = "", required: bool = True, longest: int = 10_000, rows: int = 5,
    optional: bool | None = None,
) -> fields.String:  # fmt: skip
    """Several lines of text. `optional`: whether the page calls it so; False for what another answer may need."""
    return fields.String(
        **_common(label, hint, required, missing or f"Enter {_asked(label)}"),
        validate=validate.Length(max=longest, error=f"{_said(label)} must be {longest:,} characters or fewer"),
        **_shown("long_text", label, hint, {"rows": rows} | ({} if optional is None else {"optional": optional})),
    )


def choice(
    label: str, items: Items, *, missing: str = "", hint: str = "", required: bool = True, hints: Items | None = None, inline: bool = False,
    as_list: bool = False, optional: bool | None = None,
) -> fields.String:  # fmt: skip
    """One of several answers: radios, or a list to select from with `as_list`. `hints` stand under single answers.

    `optional`: whether the page calls it so; False for what need not be sent because it is answered already.
    """
    wanted = missing or f"Select {_asked(label)}"
    return fields.String(
        **_common(label, hint, required, wanted),
        validate=validate.OneOf(["", *items] if not required else list(items), error=wanted),
        **_shown(
            "select" if as_list else "choice",
            label,
            hint,
            {"items": dict(items), "hints": dict(hints or {}), "inline": inline}
            | ({} if optional is None else {"optional": optional}),
        ),
    )


def yes_no_unclear(label: str, *, hint: str = "", missing: str = "") -> fields.String:
    """Yes, no or unclear. Unclear is an answer, and never means no."""
    return choice(label, {"yes": "Yes", "no": "No", "unclear": "Unclear or not known yet"}, hint=hint,
                  missing=missing or "Select yes, no or unclear")  # fmt: skip


def choices(
    label: str,
    items: Items,
    *,
    missing: str = "",
    hint: str = "",
    required: bool = False,
    hints: Items | None = None,
    usual: Sequence[str] = (),
) -> fields.List[Any]:
    """Any number of several answers: checkboxes. `usual`: those that stand first, in the order of `items`; the others, unless chosen, are folded away."""
    wanted = missing or f"Select {_asked(label)}"
    each = fields.String(validate=validate.OneOf(list(items), error=wanted))
    return fields.List(
        each, **_common(label, hint, required, wanted, empty=[]),
        validate=validate.Length(min=1 if required else 0, error=wanted),
        **_shown("choices", label, hint, {"items": dict(items), "hints": dict(hints or {}), "usual": tuple(usual)}),
    )  # fmt: skip


_GROUPED = re.compile(r"£? ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.00)?")


class _Whole(fields.Integer):
    """A whole number as people write one: "£120,000" is one. Python reads "1_0" as ten, which was a slip of the finger."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and "_" in value:
            raise self.make_error("invalid", input=value)
        if isinstance(value, str) and (sum_of_money := _GROUPED.fullmatch(value.strip())):
            value = sum_of_money[1].replace(",", "")
        return super()._deserialize(value, attr, data, **kwargs)


def whole_number(
    label: str, *, low: int, high: int, missing: str = "", hint: str = "", required: bool = True
) -> fields.Integer:
    """A whole number within bounds."""
    common = _common(label, hint, required, missing or f"Enter {_asked(label)}", empty=None)
    common["error_messages"]["invalid"] = f"{_said(label)} must be a whole number"
    return _Whole(
        **common, validate=validate.Range(low, high, error=f"{_said(label)} must be between {low} and {high}"),
        **_shown("text", label, hint, {"inputmode": "numeric", "width": "3", "kind": "text"}),
    )  # fmt: skip


class File(fields.Field[str]):
    """The box that a file is chosen in. What was sent is read from the request (`take_document`), and a story asks for it."""


def file(label: str, *, hint: str = "", accept: str = "") -> File:
    """A file. `accept`: the endings that the browser offers first."""
    return File(**_common(label, hint, False, ""), **_shown("file", label, hint, {"accept": accept}))


class WrongParts(ValidationError):
    """Only some of the boxes of a day are wrong, and which; of one that is wrong as a whole no part is named."""

    def __init__(self, message: str, *parts: str) -> None:
        super().__init__(message)
        self.parts = parts


def wrong_parts(field: fields.Field[Any], value: Any) -> tuple[str, ...]:
    """Which boxes of a day, or of a day and a time, are wrong by themselves. None where it is right, or wrong as a whole."""
    try:
        field.deserialize(value)
    except WrongParts as error:
        return error.parts
    except ValidationError:
        return ()
    return ()


class Day(fields.Field[date]):
    """A day in three boxes, as `{"day": .., "month": .., "year": ..}`; a month may be given by name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        return _day(value, self.metadata.get("called") or _said(self.metadata["label"], "The date in"))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> dict[str, str]:
        return shown_day(value)


class Moment(fields.Field[datetime]):
    """A day in three boxes and a clock time, read as Europe/London."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        label = _said(self.metadata["label"], "The date and time in")
        day, clock = _day(value, label), _clock(value.get("time", ""), label)
        moment = datetime.combine(day, clock, LONDON)
        if not is_on_a_clock(moment):
            raise ValidationError(f"{label}: the clocks went forward that night and there was no such time")
        return moment

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> dict[str, str]:
        local = value.astimezone(LONDON) if value else None
        return {**shown_day(local), "time": f"{local:%H:%M}" if local else ""}


def day(
    label: str, *, missing: str = "", hint: str = "", required: bool = True, optional: bool | None = None, called: str = ""
) -> Day:
    """A day. Nothing is said of past or future: the story knows what can be.

    `optional`: whether the page calls it so; False for what may wait and cannot be left out in the end. `called`: what an error calls
    it, where the label is a question.
    """
    said = {"called": called} | ({} if optional is None else {"optional": optional})
    return Day(
        **_common(label, hint, required, missing or f"Enter {_asked(label)}", empty=None), **_shown("day", label, hint, said)
    )


def moment(label: str, *, missing: str = "", hint: str = "", required: bool = True) -> Moment:
    """A day and a clock time in Europe/London."""
    return Moment(
        **_common(label, hint, required, missing or f"Enter {_asked(label)}", empty=None), **_shown("moment", label, hint, {})
    )


def shown_day(value: date | None) -> dict[str, str]:
    """A day as the three boxes show it."""
    return {"day": str(value.day), "month": str(value.month), "year": str(value.year)} if value else dict.fromkeys(PARTS, "")


def _common(label: str, hint: str, required: bool, missing: str, *, empty: Any = "") -> dict[str, Any]:
    told: dict[str, Any] = {"required": required, "error_messages": {"required": missing, "null": missing, "invalid": missing}}
    return told if required else {**told, "load_default": empty, "allow_none": True}


def _shown(control: str, label: str, hint: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"control": control, "label": label, "hint": hint, **more}}


def _said(label: str, question: str = "The answer to") -> str:
    """What an error calls a field: its label, or `question` and the label where the label is a question."""
    return f"{question} “{label}”" if label.endswith("?") else label


def _asked(label: str) -> str:
    """What an error asks for: the label within a sentence, or an answer where the label is a question."""
    if label.endswith("?"):
        return "an answer"
    return label[:1].lower() + label[1:] if label[1:2].islower() or " " in label[:2] else label


def _day(value: Any, label: str) -> date:
    given = (
        {part: str(value.get(part, "")).strip() for part in PARTS} if isinstance(value, Mapping) else dict.fromkeys(PARTS, "")
    )
    lacking = [part for part in PARTS if not given[part]]
    if lacking:
        raise WrongParts(f"{label} must include a {' and '.join(lacking)}", *(lacking if len(lacking) < len(PARTS) else ()))
    if any("_" in part for part in given.values()):  # Python reads "1_0" as ten
        raise ValidationError(f"{label} must be a real date")
    month = _MONTHS.get(given["month"].lower()[:3]) if given["month"].isalpha() else given["month"]
    if len(given["year"]) != 4:
        raise WrongParts(f"{label}: the year must have 4 numbers", "year")
    try:
        found = date(int(given["year"]), int(month or 0), int(given["day"]))
    except (ValueError, OverflowError) as error:  # of a number with ten figures or more, a date says that it overflows
        raise ValidationError(f"{label} must be a real date") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise WrongParts(f"{label} must be in the years {FIRST_YEAR} to {LAST_YEAR}", "year")
    return found


def _clock(value: str, label: str) -> time:
    found = _TIME.fullmatch(value.strip())
    if found is None:
        raise WrongParts(f"{label} must include a time, like 14:05 or 2:05pm", "time")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        raise WrongParts(f"{label}: enter a real time, like 14:05 or 2:05pm", "time")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError as error:
        raise WrongParts(f"{label}: enter a real time, like 14:05 or 2:05pm", "time") from error
