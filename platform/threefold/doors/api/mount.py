"""The JSON door: the main job as operations, described by OpenAPI. Each of them is a story; nothing is done here.

`@operation` stands above `@door.arguments`: who may call is asked before what they sent is read.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask, abort, make_response, render_template_string
from flask.typing import ResponseReturnValue
from flask_smorest import Api, Blueprint
from flask_wtf.csrf import CSRFProtect

from threefold.domain.errors import ThreefoldError
from threefold.doors.api import schemas as s
from threefold.doors.api.door import operation, told
from threefold.work.incidents import stories as incidents
from threefold.work.incidents.records import CaseState
from threefold.work.incidents.web.notifying import national_body_if_here
from threefold.work.national import stories as national
from threefold.work.people.own_cases import give_reason
from threefold.work.people.second_steps import pass_code
from threefold.work.people.sign_in import sign_in, sign_out, state_of
from threefold.work.people.web.errors import answers_with
from threefold.work.people.web.limits import limit_sign_in
from threefold.work.people.web.services import services
from threefold.work.people.web.visits import Visit, public_page
from threefold.work.people.web.whence import JSON_DOOR, whence
from threefold.work.records import stories as records
from threefold.work.reviews import stories as reviews

PREFIX = "/api/v1"
door = Blueprint("api", "api", url_prefix=PREFIX, description="The main job of a local area and of the national body.")
_CASE = "/b/<slug>/cases/<uuid:case_id>"


def mount(app: Flask, csrf: CSRFProtect) -> None:
    """Put the operations and their description on the app. No cookie is read here, so no form token is asked."""
    app.config |= {
        "API_TITLE": "Threefold", "API_VERSION": "v1", "OPENAPI_VERSION": "3.1.0", "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}, "security": [{"token": []}],
        },
    }  # fmt: skip
    api = Api(app)
    api.register_blueprint(door)
    csrf.exempt(door)
    app.add_url_rule("/api/", "api-page", public_page(lambda: _page(api)))


def _shown(state: CaseState, closed_on: date | None = None) -> dict[str, Any]:
    """A case as it is answered. Whatever is put on record of a closed one opens it again, so that only who reads it asks for its day."""
    from threefold.plugin_api.facts import write_facts

    return {
        "id": state.id, "reference": state.reference, "status": state.status, "no": state.no,
        "nature_at_notification": state.nature_at_notification, "notified_on": state.notified_on, "version": state.version,
        "edition": state.edition, "closed_on": closed_on, "facts": write_facts(state.facts), "verdict": state.verdict,
        **({"against": state.against} if state.against else {}),
    }  # fmt: skip


class SecondStepNeeded(ThreefoldError):
    """The password was right, and a second step is needed."""

    def __init__(self) -> None:
        super().__init__(
            "Send the code of your second step too. If you have none, set one up by signing in on the website.", field="code"
        )


answers_with(SecondStepNeeded, 401)


def _national(visit: Visit) -> UUID | None:
    """The national body that this one writes to, as its own file names it; None where it is not on this platform."""
    return national_body_if_here(visit)


@door.route("/sign-in", methods=["POST"])
@door.arguments(s.SignIn)
@door.response(200, s.SignedIn)
@limit_sign_in
def enter(data: dict[str, Any]) -> Any:
    """Get a token, with the code of one's second step. It ends after two idle hours, and after twelve in any case."""
    own = services()
    at, required = own.clock(), own.settings.second_step_required
    try:
        signed_in = sign_in(own.walls, data["email"], data["password"], at, required=required, whence=whence(JSON_DOOR))
        if signed_in.stage == "open":
            return signed_in
        if (
            (state := state_of(own.walls, signed_in.token, at, whence(JSON_DOOR)))
            and state.stage == "second_step"
            and data["code"]
        ):
            grace = own.settings.code_grace
            return pass_code(own.walls, signed_in.token, state, data["code"], at, whence(JSON_DOOR), grace=grace)
        sign_out(own.walls, signed_in.token, at)
        raise SecondStepNeeded
    except ThreefoldError as error:
        abort(make_response(told(error)))


@door.route("/b/<slug>/cases", methods=["GET"])
@door.response(200, s.CaseList)
@operation("see cases")
@door.arguments(s.ListQuery, location="query")
def cases(visit: Visit, query: dict[str, Any]) -> Any:
    """The body's cases, what is due soonest first."""
    with visit.unit("list cases") as unit:
        lines, more = incidents.list_cases(unit, page=query["page"])
    return {"cases": lines, "page": query["page"], "more": more}


@door.route("/b/<slug>/cases", methods=["POST"])
@door.response(201, s.Case)
@operation("record an incident")
@door.arguments(s.NewCase)
def record(visit: Visit, data: dict[str, Any]) -> Any:
    """Record an incident, and get the verdict on it."""
    with visit.unit("record an incident") as unit:
        facts = incidents.new_as_sent(unit, services().governance, data["facts"])
        return _shown(incidents.record_incident(unit, services().governance, facts, data["token"]))


@door.route(_CASE, methods=["GET"])
@door.response(200, s.Case)
@operation("see cases")
def case(visit: Visit, case_id: UUID) -> Any:
    """A case as it stands: its facts and the verdict reached on them."""
    with visit.unit("see a case") as unit:
        state, closed = incidents.see_case(unit, case_id), records.closing_of(unit, [case_id]).get(case_id)
    return _shown(state, closed.on if closed and not closed.changed else None)


@door.route(f"{_CASE}/reason", methods=["POST"])
@door.response(200, s.Nothing)
@operation("see cases", asks_why=False)
@door.arguments(s.Why)
def reason(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Say why you open a case that is not one of yours. It holds for this token until the end of the day."""
    with visit.unit("say why a case is opened") as unit:
        incidents.reference_of(unit, case_id)
        give_reason(unit, case_id, data["reason"], visit.sign_in)
    return {}


@door.route(f"{_CASE}/facts", methods=["PUT"])
@door.response(200, s.Case)
@operation("record an incident")
@door.arguments(s.ChangedFacts)
def facts(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Change what is known of the incident. 409 with both values where somebody changed the same answers meanwhile."""
    with visit.unit("change the facts") as unit:
        facts = incidents.changed_as_sent(unit, services().governance, case_id, data["seen_no"], data["facts"])
        return _shown(incidents.save_facts(unit, services().governance, case_id, data["seen_no"], facts, data["keep"]))


@door.route(f"{_CASE}/timeline", methods=["GET"])
@door.response(200, s.Timeline)
@operation("see cases")
def timeline(visit: Visit, case_id: UUID) -> Any:
    """Everything recorded of the case, newest first."""
    with visit.unit("see the timeline") as unit:
        incidents.see_case(unit, case_id)
        return {"records": incidents.timeline(unit, case_id)}


@door.route(f"{_CASE}/events", methods=["POST"])
@door.response(200, s.Case)
@operation("record an incident")
@door.arguments(s.NewEvent)
def event(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Record that something happened: the start or end of a clock."""
    with visit.unit("record an event") as unit:
        return _shown(incidents.add_event(
            unit, services().governance, case_id, data["name"], data["at"], how=data["how"], reference=data["reference"]))  # fmt: skip


@door.route(f"{_CASE}/views", methods=["POST"])
@door.response(200, s.Case)
@operation("give the view of a seat")
@door.arguments(s.NewView)
def view(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Give a seat's view of a question."""
    with visit.unit("give a view") as unit:
        return _shown(incidents.give_view(
            unit, services().governance, case_id, data["question"], data["seat"], data["view"], data["reason"],
            seen_no=data["seen_no"]))  # fmt: skip


@door.route(f"{_CASE}/decisions/notify", methods=["POST"])
@door.response(200, s.Case)
@operation("decide whether to notify")
@door.arguments(s.Decided)
def decide_notify(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Decide whether to notify. Dissent is kept and blocks nothing."""
    with visit.unit("decide whether to notify") as unit:
        return _shown(incidents.decide_notify(
            unit, services().governance, case_id, data["outcome"], data["reason"], data["token"], seen_no=data["seen_no"]))  # fmt: skip


@door.route(f"{_CASE}/notification", methods=["POST"])
@door.response(200, s.Case)
@operation("notify the national body")
@door.arguments(s.Notified)
def notify(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Notify by letter now; or record that the official form was sent, when, by whom, under what reference."""
    with visit.unit("notify the national body") as unit:
        return _shown(incidents.notify(
            unit, services().governance, case_id, _national(visit), data["token"], sent_at=data["sent_at"], sent_by=data["sent_by"],
            reference=data["reference"]))  # fmt: skip


@door.route(f"{_CASE}/factors", methods=["POST"])
@door.response(200, s.Case)
@operation("consider the factors of a review")
@door.arguments(s.Considered)
def factor(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Record that a matter was considered, with the view and why."""
    with visit.unit("consider a factor") as unit:
        return _shown(reviews.consider(
            unit, services().governance, case_id, data["factor"], data["view"], data["reason"], seen_no=data["seen_no"], keep=data["keep"]))  # fmt: skip


@door.route(f"{_CASE}/signatures", methods=["POST"])
@door.response(200, s.Case)
@operation("sign a rapid review", fresh=True)
@door.arguments(s.Signed)
def signature(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Sign the rapid review for a seat. After sending it is appended, and the national body told."""
    with visit.unit("sign the rapid review") as unit:
        return _shown(
            reviews.sign(unit, services().governance, case_id, data["seat"], _national(visit), seen_no=data["seen_no"])
        )


@door.route(f"{_CASE}/decisions/local-review", methods=["POST"])
@door.response(200, s.Case)
@operation("decide on a local review")
@door.arguments(s.Decided)
def decide_local_review(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Decide on a local child safeguarding practice review."""
    with visit.unit("decide on a local review") as unit:
        return _shown(reviews.decide_local_review(
            unit, services().governance, case_id, data["outcome"], data["reason"], _national(visit), data["token"],
            seen_no=data["seen_no"]))  # fmt: skip


@door.route(f"{_CASE}/rapid-review", methods=["POST"])
@door.response(200, s.Case)
@operation("send a rapid review")
@door.arguments(s.SentReview)
def send_rapid_review(visit: Visit, data: dict[str, Any], case_id: UUID) -> Any:
    """Send the rapid review by letter now; or record that the official form was sent, when, by whom, under what reference.

    Refused without a notification; a missing signature needs a reason.
    """
    with visit.unit("send the rapid review") as unit:
        return _shown(reviews.send_rapid_review(
            unit, services().governance, case_id, _national(visit), data["summary"], data["reason"], data["token"], sent_at=data["sent_at"],
            sent_by=data["sent_by"], reference=data["reference"]))  # fmt: skip


@door.route("/b/<slug>/desk", methods=["GET"])
@door.response(200, s.Desk)
@operation("see the national desk")
def desk(visit: Visit) -> Any:
    """The national body's desk: what was received, what is due, what is late."""
    with visit.unit("see the desk") as unit:
        return {"cases": national.desk(unit)}


@door.route("/b/<slug>/desk/<uuid:sender>/<uuid:case_ref>/replies", methods=["POST"])
@door.response(201, s.Nothing)
@operation("reply to an area")
@door.arguments(s.NewReply)
def reply(visit: Visit, data: dict[str, Any], sender: UUID, case_ref: UUID) -> Any:
    """Reply to an area: agree, disagree or query."""
    with visit.unit("reply to an area") as unit:
        national.reply(
            unit,
            sender,
            case_ref,
            data["view"],
            data["national_review"],
            data["reason"],
            data["token"],
            seen_no=data["seen_no"],
        )
    return {}


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>JSON API - Threefold</title></head><body><main><h1>JSON API</h1>
<p>The main job as JSON. Sign in with <code>POST /api/v1/sign-in</code> and send the token as a bearer token.
The full description is at <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1).</p>
<table><caption>Operations</caption><thead><tr><th scope="col">Operation</th><th scope="col">What it does</th></tr></thead><tbody>
{% for path, verb, what in operations %}<tr><th scope="row"><code>{{ verb }} {{ path }}</code></th><td>{{ what }}</td></tr>
{% endfor %}</tbody></table></main></body></html>"""


def _page(api: Api) -> ResponseReturnValue:
    """The operations as a page: the same description, read by people."""
    spec = api.spec.to_dict()
    operations = [
        (path, verb.upper(), told.get("summary", ""))
        for path, verbs in sorted(spec["paths"].items()) for verb, told in sorted(verbs.items()) if verb != "parameters"
    ]  # fmt: skip
    return render_template_string(_PAGE, operations=operations)
