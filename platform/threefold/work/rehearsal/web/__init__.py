"""The pages that show, beforehand, what a draft would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ThreefoldError
from threefold.governance.in_force import for_a_time
from threefold.governance.replay import CANNOT, HELD_BESIDE, NOT_TRIED, STATES
from threefold.work.arrangements.drafting import PREPARING, SEEING_CASES, see_draft
from threefold.work.arrangements.stories import versions
from threefold.work.incidents.records import today
from threefold.work.people.access import declare
from threefold.work.people.web import Form, Visit, choice, fill, page, render, services
from threefold.work.rehearsal import runs, stories

blueprint = Blueprint("rehearsal", __name__, template_folder="templates")
SEE = declare("see what a draft would change", SEEING_CASES).act
WORDS: dict[str, Any] = {"states": STATES, "not_tried": NOT_TRIED, "cannot": CANNOT, "held_beside": HELD_BESIDE}
A_PAGE = 100  # cases of a result on one page
TRY = declare("try a draft over past cases", PREPARING).act


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/cases")
@page(needs=SEE)
def open_cases(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    asked = request.args.get("page", "1")
    number = min(max(int(asked), 1), 100_000) if asked.isdecimal() and len(asked) < 8 else 1
    with visit.unit("see what a draft would change") as unit:
        draft = see_draft(unit, draft_id)
        cases, more = stories.open_cases(unit, services().governance, draft, number)
        stages = stories.other_stages(unit, services().governance, draft)
        known = versions(unit)
        corrected = next((v for v in known if draft.arrangement.corrects and v.version == draft.arrangement.corrects), None)
        ends = for_a_time(draft.arrangement, known, today(unit)) if draft.arrangement.until else ""
    base = f"/b/{visit.body.slug}"
    return render("rehearsal/cases.html", title="What it would change in open cases", caption=draft.title, back=f"{base}/arrangement/drafts/{draft_id}", draft=draft,
                  arrangement=draft.arrangement, cases=cases, more=more, number=number, base=base, corrected=corrected, stages=stages, ends=ends)  # fmt: skip


class Over(Form):
    over = choice(
        "Over which cases?", {"own": "Your own past cases", "examples": "Worked examples"}, required=False, optional=False,
        hints={"own": "The newest verdict of each case. It may take a while; you can stop it.",
               "examples": "Made-up cases written down beside the rules. The result is there at once."},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Some:
    """One page of the cases of a result. `first`: the number of its first case; `before`, `after`: the pages beside it, 0 for none."""

    cases: tuple[Any, ...]
    first: int
    before: int
    after: int


@blueprint.route("/b/<slug>/arrangement/drafts/<uuid:draft_id>/replay", methods=["GET", "POST"])
@page(needs=SEE)
def over_past_cases(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """Ask for a run, watch it, stop it, and read what came of it."""
    form, address = fill(Over, initial={"over": "own"}), f"/b/{visit.body.slug}/arrangement/drafts/{draft_id}"
    with visit.unit("try a draft over past cases") as unit:
        draft = see_draft(unit, draft_id)
        run = runs.newest_run(unit, draft)
        some = _some((run.result or {}).get("cases", ()) if run else ())
        opens = runs.open_by_reference(unit, [case["case"] for case in some.cases])
    if form.valid:
        if form["over"] == "examples" and request.form.get("act") != "stop":
            return redirect(f"{address}/replay/examples", 303)
        with form.refusals(), visit.unit("try a draft over past cases") as unit:
            if request.form.get("act") == "stop":
                runs.stop_run(unit, draft_id)
            else:
                runs.ask_run(unit, draft)
            return redirect(f"{address}/replay", 303)
    return render("rehearsal/replay.html", title="Try it over cases", caption=draft.title, form=form, back=address, run=run, may=visit.may(TRY), draft=draft,
                  some=some, opens=opens, base=f"/b/{visit.body.slug}", **WORDS)  # fmt: skip


def _some(cases: Sequence[Any]) -> Some:
    """The cases of the page that the address asks for; of the last one where it asks for more than there are."""
    last = max(0, (len(cases) - 1) // A_PAGE)
    asked = request.args.get("page", "1")
    number = min(int(asked) - 1, last) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 7 and int(asked) else 0
    return Some(
        tuple(cases[number * A_PAGE : (number + 1) * A_PAGE]), number * A_PAGE + 1, number, number + 2 if number < last else 0
    )


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/replay/examples")
@page(needs=SEE)
def over_worked_examples(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    """What the draft says of the worked examples, beside what is in force."""
    address, wrong, result = f"/b/{visit.body.slug}/arrangement/drafts/{draft_id}", "", None
    with visit.unit("see what a draft would change") as unit:
        draft = see_draft(unit, draft_id)
        try:
            result = stories.over_examples(unit, services().governance, draft)
        except ThreefoldError as error:
            wrong = error.sentence
    return render("rehearsal/examples.html", title="Tried over worked examples", caption=draft.title, back=f"{address}/replay", check=f"{address}/check",
                  result=result, some=_some(result["cases"] if result else ()), opens={}, wrong=wrong, **WORDS)  # fmt: skip
