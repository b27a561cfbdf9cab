"""A form as it came in: its answers if they are right, and otherwise everything that was typed with an error per field.

    class Outcome(Form):
        outcome = choice("Will you notify?", {"yes": "Yes", "no": "No"}, missing="Select whether you will notify")
        reason = long_text("Reason")

    form = fill(Outcome)
    if form.valid:
        with form.refusals(), visit.unit("decide whether to notify") as unit:
            stories.decide(unit, case_id, form["outcome"], form["reason"], form.token)
            return redirect(...)
    return render("incidents/decide.html", title="Decide whether to notify", form=form)

`form.token` is one-use: sent twice, the story does nothing the second time. `form.seen_no` says what the person saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from flask import g, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from threefold.domain.clashes import SaidMeanwhile, box_of
from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.domain.visible import as_taken, trimmed
from threefold.work.people.web.boxes import is_of, spoken
from threefold.work.people.web.closed import SAW, closed_unseen
from threefold.work.people.web.errors import ends_the_page
from threefold.work.people.web.fields import PARTS, Day, File, Moment, wrong_parts
from threefold.work.people.web.typed import ASKS, Typed, asks, typed_of
from threefold.work.people.web.visits import current_visit, note_refusal

KEEP = "keep:"
_OWN = frozenset({"csrf_token", "form_token", "seen_no", ASKS, SAW})
CONFIRMED = "confirmed"


class Form(Schema):
    """The questions of one page. Make one at run time with `Form.from_dict({...})` when the questions depend on the case."""

    class Meta:
        unknown = EXCLUDE


class Filled:
    """One form in one request. `form["name"]` is an answer; `values` is what the boxes show; `errors` is by field name."""

    def __init__(self, schema: Schema, *, values: dict[str, Any], sent: bool, seen_no: int | None, token: UUID) -> None:
        self.schema, self.values, self.sent, self.seen_no, self.token = schema, values, sent, seen_no, token
        self.answers: dict[str, Any] = {}
        self.right: dict[str, Any] = {}  # the answers that can be read, where others cannot
        self.errors: dict[str, str] = {}
        self.general: list[str] = []
        self.clashes: tuple[Any, ...] = ()
        self.keep: dict[str, str] = {}
        self.by_oneself = False  # whether what clashes was changed by the same person, in another window
        self.meanwhile = False  # whether something newer was said or decided than the page showed that was sent
        self.closed_meanwhile = False  # whether the case was closed, which the page did not say that was sent
        self.asks_nothing = False  # the page draws no question now
        self._asked_with: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.answers[name]

    @property
    def confirmed(self) -> bool:
        """Whether the person saw what would follow and said yes: the second page of a form that asks twice."""
        return self.sent and request.form.get(CONFIRMED) == "yes"

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was sent, as names and values for the hidden boxes of a page that asks for confirmation."""
        return [(n, v) for n, v in request.form.items(multi=True) if n not in _OWN and n != CONFIRMED] if self.sent else []

    @property
    def asks(self) -> str:
        """What the form says of itself, for a page of an error that knows nothing of it."""
        return asks(self.schema)

    @property
    def typed(self) -> Typed:
        """What was sent, or kept while the sign-in had ended, in words: to be copied where the page asks nothing any more."""
        written = self.sent or g.get("held") is not None
        return typed_of(self.schema, self.values) if self.asks_nothing and written else []

    @property
    def valid(self) -> bool:
        """Whether it was sent and every answer can be read."""
        return self.sent and not self.wrong

    @property
    def wrong(self) -> bool:
        return bool(self.errors or self.general or self.clashes)

    def field(self, name: str) -> fields.Field[Any]:
        found: fields.Field[Any] = self.schema.fields[name]
        return found

    def options(self, name: str) -> list[dict[str, Any]]:
        """The answers a question offers, as the macros want them.

        Nothing opens under an answer: radios that do carry an attribute that assistive technology does not know there.
        """
        meta, chosen = self.field(name).metadata, self.values.get(name) or ()
        chosen = chosen if isinstance(chosen, list) else [chosen]
        options: list[dict[str, Any]] = []
        for no, (value, words) in enumerate(meta["items"].items(), 1):
            option: dict[str, Any] = {"value": value, "text": words}
            if no > 1 and meta["control"] == "choice":  # where it would be called “name-2”, another question may have that name
                option["id"] = f"{name}:{no}"
            option["selected" if meta["control"] == "select" else "checked"] = value in chosen
            if value in (meta.get("hints") or {}):
                option["hint"] = {"text": meta["hints"][value]}
            options.append(option)
        return options

    def folded(self, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The answers of a question in two parts: what stands first, and what is folded away because it is seldom chosen and is not now."""
        usual, options = self.field(name).metadata.get("usual") or (), self.options(name)
        first = [one for one in options if not usual or one["value"] in usual or one["checked"]]
        return first, [one for one in options if one not in first]

    def saw(self, name: str) -> str:
        """What a hidden box held on the page that the person filled in: sent with it, or kept until they had shown who they are. Empty
        on a page that they see anew. It says which state of things their answers are about, and is never renewed under them.
        """
        sent = request.form if request.method == "POST" else g.get("held")
        return sent.get(name, "") if sent is not None else ""

    def shows(self, no: int) -> None:
        """Say which state of things the page shows: the newest, unless what was typed is about an older one and that was not told yet."""
        if self.seen_no is None or self.meanwhile:
            self.seen_no = no

    def refuse(self, error: ThreefoldError, at: Mapping[str, str] | None = None) -> None:
        """Show a story's error beside its field, or above the form when it is about no field of it."""
        if isinstance(error, ManyErrors):
            for one in error.errors:
                self.refuse(one, at)
            return
        if clashes := getattr(error, "clashes", ()):
            self.clashes = (*self.clashes, *clashes)
            return  # each is a question of its own, which says it
        self.meanwhile = self.meanwhile or isinstance(error, SaidMeanwhile)
        name = (at or {}).get(error.field, error.field)
        sentence = f"{error.sentence} ({error.paragraph})" if error.paragraph else error.sentence
        if name in self.schema.fields:
            self.errors.setdefault(name, sentence)
        else:
            self.general.append(sentence)

    def catch_up(self, before: Mapping[str, Any], now: Mapping[str, Any], asked: Iterable[str] = ()) -> None:
        """Show what others changed meanwhile in the boxes that this person left as they were. `before`, `now`: as `initial`.

        What is asked about (the clashes, and the fields that are `asked` about with them) stays as it was sent: a choice is between
        that and what the other answered.
        """
        self._asked_with = tuple(asked)
        for name, field in self.schema.fields.items():
            if not self.asked_about(name) and self.values.get(name) == _show(field, before.get(name)):
                self.values[name] = _show(field, now.get(name))

    def asked_about(self, name: str) -> bool:
        """Whether a question is one of which two answers stand to be chosen, or of which one was chosen already while others are asked
        about: its box is not open beside that."""
        asked = (path for clash in self.clashes for path in (clash.path, getattr(clash, "box", clash.path)))
        chosen = (one for path in self.keep for one in (path, box_of(path)))
        return any(is_of(name, path) for path in (*asked, *chosen, *self._asked_with))

    def sent_of(self, name: str) -> list[tuple[str, str]]:
        """What was sent of a question, as names and values of hidden boxes."""
        value = self.values.get(name)
        if isinstance(value, dict):
            return [(f"{name}-{part}", str(said)) for part, said in value.items()]
        return [(name, str(one)) for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]

    def take(self, path: str, values: Mapping[str, Any]) -> None:
        """Answer the questions of a field as in `values`: what somebody else answered was chosen. Called before `valid` is asked."""
        self.values |= {n: _show(field, values.get(n)) for n, field in self.schema.fields.items() if is_of(n, path)}
        self.read()

    def read(self) -> None:
        """Read what stands in the boxes: the answers, or what is wrong with them."""
        self.answers, self.errors = {}, {}
        try:
            self.answers = self.schema.load({name: value for name, value in self.values.items() if _answered(value)})
            self.right = self.answers
        except ValidationError as error:
            self.right = dict(error.valid_data) if isinstance(error.valid_data, dict) else {}
            self.errors = {str(name): _first(told) for name, told in dict(error.messages_dict).items()}

    def ask_for_files_again(self) -> None:
        """Say beside each box of a file that it has to be chosen again: a browser never fills one in by itself."""
        for name, field in self.schema.fields.items():
            if isinstance(field, File) and self.wrong and (sent := request.files.get(name)) and sent.filename:
                label = str(field.metadata["label"])
                self.errors.setdefault(name, f"Choose {label[:1].lower()}{label[1:]} again: nothing was kept of the file")

    def only_with(self, box: str, question: str, answer: str, otherwise: str) -> None:
        """Refuse words, or a day, in a box that belongs to one answer where another was chosen: they are not dropped without a sign.

        `otherwise`: what an empty box does. Asked before `valid` is.
        """
        chosen, asked = self.values.get(question), self.field(question)
        if self.sent and _answered(self.values.get(box)) and chosen != answer and (chosen or not asked.required):
            words, control = asked.metadata["items"][answer], self.field(box).metadata["control"]
            left = "select nothing here" if control == "select" else "empty this box"
            self.errors.setdefault(box, f"Choose “{words}”, or {left} {otherwise}")

    def not_asked(self, why: str) -> None:
        """The page asks nothing now (somebody answered meanwhile, or it is not for this person): what was sent is refused, and why.

        No line of the summary leads to a box then, since the page draws none; what was sent stands on it, to be copied. Called before
        `valid` is asked.
        """
        if self.sent:
            self.errors, self.general = {}, [why]
        self.asks_nothing = True

    @contextmanager
    def refusals(self, at: Mapping[str, str] | None = None) -> Iterator[None]:
        """Catch what a story refuses and show it in this form. Stand *outside* the unit, so that it rolls back first.

        `at` maps a story's field names to this form's. What is about the page as a whole (not here, not yours) goes on.
        """
        try:
            yield
        except ThreefoldError as error:
            if ends_the_page(error):
                raise
            self.refuse(error, at)
            note_refusal(current_visit(), error)

    def is_wrong(self, name: str, part: str) -> bool:
        """Whether a box of a day is among what its error is about: each, where the day is wrong as a whole."""
        return name in self.errors and part in (wrong_parts(self.field(name), self.values.get(name)) or (*PARTS, "time"))

    def _to(self, name: str) -> str:
        field = self.field(name)
        if not isinstance(field, Day | Moment):
            return ""
        return f"-{next(iter(wrong_parts(field, self.values.get(name))), 'day')}"

    def ask_which(self, clash: Any) -> str:
        """What is said, above the form and beside the question, until it is chosen which of two answers stays."""
        return f"Choose which of two answers to keep: {self.called(clash).rstrip('?')}"

    def chosen_already(self) -> list[tuple[str, str]]:
        """Of the questions of which an answer was chosen while others are still asked about: what each is called, and whose answer stays."""
        asked = {clash.path for clash in self.clashes}
        return [
            (self._label(box_of(path)) or spoken(path), value.partition(":")[0])
            for path, value in self.keep.items()
            if path not in asked
        ]

    def _label(self, box: str) -> str:
        field = self.schema.fields.get(box)
        return str(field.metadata.get("label", "")) if field is not None else ""

    def called(self, clash: Any) -> str:
        """What two answers are to: the words that came with them, else those of its box, else its path in words."""
        return str(getattr(clash, "label", "") or self._label(getattr(clash, "box", clash.path)) or spoken(clash.path))

    def summary(self) -> list[dict[str, str]]:
        """The error summary's lines, in the order of the page, each leading to its box."""
        order = [name for name in self.schema.fields if name in self.errors]
        lines = [{"text": self.errors[name], "href": f"#{name}{self._to(name)}"} for name in order]
        clashes = [{"text": self.ask_which(clash), "href": f"#keep-{no}"} for no, clash in enumerate(self.clashes, 1)]
        return [{"text": sentence} for sentence in self.general if not self.clashes] + clashes + lines


def fill(schema: type[Schema], *, initial: Mapping[str, Any] | None = None, seen_no: int | None = None) -> Filled:
    """The form of this request: what was sent, or else `initial` (Python values) to start from."""
    made = schema()
    held: MultiDict[str, str] | None = g.get("held")
    if request.method != "POST" and held is not None:  # what was typed and not sent, shown again and not judged yet
        values = {name: _gather(field, name, held) for name, field in made.fields.items()}
        seen = _number(held.get("seen_no"))
        return Filled(
            made, values=values, sent=False, seen_no=seen_no if seen is None else seen, token=_token(held.get("form_token"))
        )
    if request.method != "POST":
        values = {name: _show(field, (initial or {}).get(name)) for name, field in made.fields.items()}
        return Filled(made, values=values, sent=False, seen_no=seen_no, token=uuid4())
    sent = request.form
    filled = _read(made, sent, _token(sent.get("form_token")), _number(sent.get("seen_no")))
    if unseen := closed_unseen():
        filled.general, filled.closed_meanwhile = [unseen], True
    filled.keep = {name.removeprefix(KEEP): value for name, value in sent.items() if name.startswith(KEEP)}  # read by `chosen`
    for name, field in made.fields.items():
        if field.metadata.get("kind") == "password":
            filled.values[name] = ""
    return filled


def asked(schema: type[Schema]) -> Filled:
    """The form of a page that only looks something up: its answers stand in the address, and nothing is changed by them.

    Not `sent`, and nothing wrong with it, while the address names none of its boxes.
    """
    filled = _read(schema(), request.args, uuid4())
    names = filled.schema.fields
    if not ({f"{name}-{part}" for name in names for part in PARTS} | set(names)) & set(request.args):
        filled.sent, filled.errors = False, {}
    return filled


def _read(made: Schema, sent: MultiDict[str, str], token: UUID, seen_no: int | None = None) -> Filled:
    values = {name: _gather(field, name, sent) for name, field in made.fields.items()}
    filled = Filled(made, values=values, sent=True, seen_no=seen_no, token=token)
    filled.read()
    return filled


def _gather(field: fields.Field[Any], name: str, sent: MultiDict[str, str]) -> Any:
    if isinstance(field, Day | Moment):
        parts = (*PARTS, "time") if isinstance(field, Moment) else PARTS
        return {part: trimmed(sent.get(f"{name}-{part}", "")) for part in parts}
    if isinstance(field, File):
        return ""
    if isinstance(field, fields.List):
        return sent.getlist(name)
    value = sent.get(name, "")
    return value if field.metadata.get("kind") == "password" else as_taken(value)


def _show(field: fields.Field[Any], value: Any) -> Any:
    if isinstance(field, Day | Moment):
        return field._serialize(value, None, None)
    if isinstance(field, fields.List):
        return list(value or [])
    return "" if value is None else str(value)


def _answered(value: Any) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _first(told: Any) -> str:
    while not isinstance(told, str):
        told = next(iter(told.values() if isinstance(told, dict) else told))
    return str(told)


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 10 else None


def _token(value: str | None) -> UUID:
    """The form's own token; a form sent without one gets a new one and so is simply done once per sending."""
    try:
        return UUID(value or "")
    except ValueError:
        return uuid4()
