"""The main job as JSON: the same stories, the same walls; every refusal typed and plain; no server error whatever is sent."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.api.caller import FACTS, Caller
from tests.arrangements.vale import GOVERNANCE, NOW_IN_FORCE
from tests.support.statements import counting
from tests.web.site import Site
from threefold.governance.pack import RuleUse
from threefold.work.arrangements.stories import enter_version


def test_the_main_job(site: Site, bodies: dict[str, UUID]) -> None:
    manager = Caller(site).enter("manager@north.example")
    token = str(uuid4())
    case = manager.call("POST", "/b/north/cases", {"token": token, "facts": FACTS}, 201)
    again = manager.call("POST", "/b/north/cases", {"token": token, "facts": FACTS}, 201)
    assert case["id"] == again["id"]
    assert next(s for s in case["verdict"]["steps"] if s["serves"] == "notify-panel")["statutory"]["due_on"] == "2026-04-08"
    path = f"/b/north/cases/{case['id']}"
    police = Caller(site).enter("police@north.example")
    seen = {"seen_no": case["no"]}
    police.call(
        "POST", f"{path}/views", {"question": "notify", "seat": "police-lead", "view": "yes", "reason": "Both limbs.", **seen}
    )
    refused = manager.call("POST", f"{path}/views", {"question": "notify", "seat": "police-lead", "view": "no", **seen}, 422)
    assert refused["field"] == "seat"
    early = manager.call("POST", f"{path}/rapid-review", {"token": str(uuid4()), "summary": "Early."}, 422)
    assert early["paragraph"].startswith("RR-1") and "notify" in early["offers"]
    manager.call("POST", f"{path}/decisions/notify", {"token": str(uuid4()), "outcome": "yes", **seen})
    sent = manager.call("POST", f"{path}/notification", {"token": str(uuid4())})
    assert sent["status"] == "notified"
    twice = manager.call("POST", f"{path}/notification", {"token": str(uuid4())}, 422)
    assert "Nothing was sent again" in twice["message"]
    manager.call("POST", f"{path}/factors", {"factor": "recurrent_themes", "view": "applies", "reason": "Seen before.", **seen})
    manager.call(
        "POST", f"{path}/decisions/local-review", {"token": str(uuid4()), "outcome": "no", "reason": "Learnt already.", **seen}
    )
    unwritten = manager.call("POST", f"{path}/rapid-review", {"token": str(uuid4()), "reason": "Signatures follow."}, 422)
    assert unwritten["field"] == "summary", "asked for where it goes by letter"
    form = {"token": str(uuid4()), "sent_at": "2026-03-01T10:00:00+00:00", "sent_by": "manager", "reference": "FORM-8"}
    assert manager.call("POST", f"{path}/rapid-review", form, 422)["field"] == "sent_at", "before the notification"
    done = manager.call(
        "POST", f"{path}/rapid-review", {"token": str(uuid4()), "summary": "Learnt.", "reason": "Signatures follow."}
    )
    assert done["status"] in ("no_local_review", "rapid_review_sent")
    assert len(manager.call("GET", f"{path}/timeline")["records"]) >= 6
    assert [c["reference"] for c in manager.call("GET", "/b/north/cases")["cases"]] == [case["reference"]]
    assert Caller(site).enter("officer@centre.example").call("GET", "/b/centre/desk") == {"cases": []}


def test_a_stale_change_gets_both_values(site: Site, bodies: dict[str, UUID]) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}/facts"

    def changed(answer: Any) -> dict[str, Any]:
        children = [{"key": "child-1", "died": answer, "abuse_or_neglect": "yes"}]
        return {"seen_no": case["no"], "facts": {"incident": {**FACTS["incident"], "children": children}}}

    manager.call("PUT", path, changed("no"))
    told = manager.call("PUT", path, changed("unclear"), 409)
    (clash,) = told["clashes"]
    mark = clash.pop("mark")
    assert (clash["path"], clash["theirs"]["value"], clash["yours"]["value"]) == (
        "incident.children[child-1].died",
        "no",
        "unclear",
    )
    keep = {"incident.children[child-1].died": f"yours:{mark}"}
    manager.call("PUT", path, {**changed("unclear"), "keep": {"incident.children[child-1].died": "yours"}}, 422)
    manager.call("PUT", path, {**changed({"value": "no", "known_on": "2026-03-29"}), "seen_no": case["no"] + 1})
    again = manager.call("PUT", path, {**changed("unclear"), "keep": keep}, 409)["clashes"]
    assert again[0]["theirs"]["known_on"] == "2026-03-29", "a third answer, which the choice was not made of"
    kept = manager.call(
        "PUT", path, {**changed("unclear"), "keep": {"incident.children[child-1].died": f"yours:{again[0]['mark']}"}}
    )
    assert kept["facts"]["incident"]["children"][0]["died"]["value"] == "unclear"


def test_an_answer_to_a_question_that_no_version_asks_is_refused_by_its_name(site: Site, bodies: dict[str, UUID]) -> None:
    manager, body = Caller(site).enter("manager@north.example"), bodies["north"]
    with site.database.unit(body, site.at) as unit:
        questions = [{"key": "pets-at-home", "title": "Are there pets at home?"}]
        own = RuleUse("own", "local-criteria", 1, {"questions": questions})
        enter_version(unit, GOVERNANCE, replace(NOW_IN_FORCE, uses=(*NOW_IN_FORCE.uses, own)))

    def about(key: str) -> dict[str, Any]:
        return {"incident": {**FACTS["incident"], "local": {key: "yes"}}}

    told = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": about("pets-at-hme")}, 422)
    assert "called 'pets-at-hme'. Did you mean 'pets-at-home'? Nothing was saved." in str(told)
    assert manager.call("GET", "/b/north/cases")["cases"] == []
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": about("pets-at-home")}, 201)
    path = f"/b/north/cases/{case['id']}/facts"
    assert "ghost" in str(manager.call("PUT", path, {"seen_no": case["no"], "facts": about("ghost")}, 422))
    manager.call("PUT", path, {"seen_no": case["no"], "facts": about("pets-at-home")})


@pytest.mark.parametrize(("facts", "field", "told"), [
    ({"incident": {"happened_on": "{ahead}"}}, "incident.happened_on", "the day must be today or in the past."),
    ({"incident": {"happened_on": "2026-03-28", "urgent": {"value": "yes", "known_on": "{ahead}"}}}, "incident.urgent",
     "the day since when it is known must be today or in the past."),
    ({"incident": {"happened_on": "2026-03-28", "children": [{"key": "child-1", "died": {"value": "yes", "given_on": "{ahead}"}}]}},
     "incident.children[child-1].died", "the day on which it was given must be today or in the past."),
    ({"incident": {"happened_on": "2026-03-28"}, "review": {"events": [{"name": "aware", "at": "{ahead}"}]}}, "review.events.aware",
     "When the local authority became aware: the day must be today or in the past."),
])  # fmt: skip
def test_a_day_that_lies_ahead_is_refused_as_a_form_refuses_it(
    site: Site, bodies: dict[str, UUID], facts: dict[str, Any], field: str, told: str
) -> None:
    manager = Caller(site).enter("manager@north.example")
    ahead, now = ({"facts": json.loads(json.dumps(facts).replace("{ahead}", (site.at + then).date().isoformat())), "token": str(uuid4())}
                  for then in (timedelta(days=1), timedelta()))  # fmt: skip
    refused = manager.call("POST", "/b/north/cases", ahead, 422)
    assert refused["field"] == field and refused["message"].endswith(told)
    case = manager.call("POST", "/b/north/cases", now, 201)
    if "review" not in facts:
        manager.call("PUT", f"/b/north/cases/{case['id']}/facts", {"seen_no": case["no"], "facts": ahead["facts"]}, 422)
    event = {"name": "briefing_received", "at": (site.at + timedelta(minutes=1)).isoformat()}
    assert manager.call("POST", f"/b/north/cases/{case['id']}/events", event, 422)["field"] == "at"
    manager.call("POST", f"/b/north/cases/{case['id']}/events", event | {"at": site.at.isoformat()})


def test_what_others_said_since_the_case_was_read_is_told_and_nothing_of_it_is_overwritten(
    site: Site, bodies: dict[str, UUID]
) -> None:
    """Two programs, or a program and a person, at one case: each sends back which record of it they read."""
    manager, police = (Caller(site).enter(f"{who}@north.example") for who in ("manager", "police"))
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path, seen = f"/b/north/cases/{case['id']}", {"seen_no": case["no"]}

    view = {"question": "notify", "seat": "police-lead", "view": "yes", "reason": "Both limbs."}
    assert police.call("POST", f"{path}/views", view, 422)["errors"]["json"].keys() == {"seen_no"}, "always said"
    given = police.call("POST", f"{path}/views", {**view, **seen})
    told = police.call("POST", f"{path}/views", {**view, "view": "no", **seen}, 409)
    assert told["message"] == (
        "Somebody gave a view for this seat while you were writing, and nothing of yours was saved. "
        "Read the case again, then send yours with its `no` as seen_no if it is still meant."
    )
    police.call("POST", f"{path}/views", {**view, "view": "no", "seen_no": given["no"]})

    for address, question in (("notify", "notify"), ("local-review", "local_review")):
        decided = {"outcome": "yes", "reason": "There is more to learn."}
        one = manager.call("POST", f"{path}/decisions/{address}", {**decided, "token": str(uuid4()), **seen})
        other = {**decided, "reason": "So do we.", "token": str(uuid4())}
        told = police.call("POST", f"{path}/decisions/{address}", {**other, **seen}, 409)
        assert told["field"] == "seen_no" and "decided on this while you were writing" in told["message"], question
        police.call("POST", f"{path}/decisions/{address}", {**other, "seen_no": one["no"]})
        ahead = {**other, "token": str(uuid4()), "seen_no": 999_999}
        police.call("POST", f"{path}/decisions/{address}", ahead, 404)  # nobody read a record that is not there

    factor = {"factor": "recurrent_themes", "view": "applies", "reason": "Seen before."}
    manager.call("POST", f"{path}/factors", {**factor, **seen})
    mine = {**factor, "reason": "Another reason.", **seen}
    clash = police.call("POST", f"{path}/factors", mine, 409)["clashes"]
    assert [(c["theirs"]["reason"], c["yours"]["reason"]) for c in clash] == [("Seen before.", "Another reason.")]
    kept = police.call("POST", f"{path}/factors", {**mine, "keep": {clash[0]["path"]: f"yours:{clash[0]['mark']}"}})
    assert [c["reason"] for c in kept["facts"]["review"]["considered"]] == ["Another reason."]


def test_nobody_signs_what_was_changed_since_they_read_it(site: Site, bodies: dict[str, UUID]) -> None:
    manager, police = (Caller(site).enter(f"{who}@north.example") for who in ("manager", "police"))
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path, seen = f"/b/north/cases/{case['id']}", {"seen_no": case["no"]}
    factor = {"factor": "recurrent_themes", "view": "applies", "reason": "Seen before.", **seen}
    now = manager.call("POST", f"{path}/factors", factor)
    told = police.call("POST", f"{path}/signatures", {"seat": "police-lead", **seen}, 409)
    assert told["message"].startswith("What you sign was changed while you read it, and nothing was signed.")
    assert police.call("GET", path)["facts"]["review"].get("signed_by", []) == []
    signed = police.call("POST", f"{path}/signatures", {"seat": "police-lead", "seen_no": now["no"]})
    assert signed["facts"]["review"]["signed_by"] == ["police-lead"]


def test_a_child_that_one_takes_off_and_another_tells_of_is_told_to_both(site: Site, bodies: dict[str, UUID]) -> None:
    manager = Caller(site).enter("manager@north.example")
    two = {"incident": {**FACTS["incident"], "children": [*FACTS["incident"]["children"], {"key": "child-2"}]}}
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": {**FACTS, **two}}, 201)
    path = f"/b/north/cases/{case['id']}/facts"
    more = {"incident": {**two["incident"], "children": [*FACTS["incident"]["children"], {"key": "child-2", "died": "yes"}]}}
    without = {"incident": {**two["incident"], "children": FACTS["incident"]["children"]}}
    for first, second in ((more, without), (without, more)):
        now = manager.call("GET", f"/b/north/cases/{case['id']}")["no"]
        manager.call("PUT", path, {"seen_no": now, "facts": two}) if first is without else None
        seen = manager.call("GET", f"/b/north/cases/{case['id']}")["no"]
        manager.call("PUT", path, {"seen_no": seen, "facts": first})
        told = manager.call("PUT", path, {"seen_no": seen, "facts": second}, 409)
        assert "took a child off that you tell of" in told["message"] and told["field"] == "seen_no"


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_a_day_no_record_can_speak_of_is_refused_with_the_years_it_can(site: Site, bodies: dict[str, UUID], year: str) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    for moment in (f"{year}-01-01T00:00:00Z", f"{year}-12-31T23:59:59-14:00"):
        event = {"name": "partners_told", "at": moment}
        told = manager.call("POST", f"/b/north/cases/{case['id']}/events", event, 422)
        assert "1900 to 2199" in str(told)
        incident = {**FACTS["incident"], "happened_on": moment[:10]}
        for facts in ({**FACTS, "incident": incident}, {**FACTS, "review": {"events": [{"name": "aware", "at": moment}]}}):
            told = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": facts}, 422)
            assert "1900 to 2199" in str(told)


def test_a_character_that_cannot_be_kept_is_refused_plainly(site: Site, bodies: dict[str, UUID]) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}"
    told = manager.call(
        "POST", f"{path}/factors", {"factor": "recurrent_themes", "view": "unclear", "reason": "a\x00b", "seen_no": 1}, 422
    )
    assert "cannot be kept" in str(told)
    told = manager.call("POST", f"{path}/factors", {"factor": "Not A Key", "view": "unclear", "reason": "x", "seen_no": 1}, 422)
    assert told["field"] == "factor"
    manager.call("POST", f"{path}/events", {"name": "partners_told", "at": "2026-03-30T10:00:00Z", "how": "\x00"}, 422)
    assert site.client.post("/sign-in", data={"email": "a\x00@b.example", "password": "x"}).status_code in (400, 422)


def test_what_a_letter_tells_the_national_body_is_not_noted_as_a_date_by_hand(site: Site, bodies: dict[str, UUID]) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}"
    manager.call("POST", f"{path}/notification", {"token": str(uuid4())})
    for name in ("notification_sent", "rapid_review_sent", "notification_withdrawn"):
        told = manager.call("POST", f"{path}/events", {"name": name, "at": "2026-03-30T01:00:00Z"}, 422)
        assert "Must be one of" in str(told)
    assert manager.call("GET", path)["notified_on"] == "2026-03-30"


def test_nobody_a_stranger_and_the_wrong_role(site: Site, bodies: dict[str, UUID]) -> None:
    assert Caller(site).call("GET", "/b/north/cases", status=401)["code"] == 401
    assert Caller(site, "made-up").call("GET", "/b/north/cases", status=401)
    south = Caller(site).enter("manager@south.example")
    assert south.call("GET", "/b/north/cases", status=404) == south.call("GET", "/b/nowhere/cases", status=404)
    scrutineer = Caller(site).enter("scrutineer@north.example")
    scrutineer.call("GET", "/b/north/cases")
    assert scrutineer.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 403)["code"] == 403
    wrong = Caller(site).call("POST", "/sign-in", {"email": "manager@north.example", "password": "not the password"}, 422)
    assert "correct email address and password" in wrong["message"]


def test_a_browser_that_is_signed_in_opens_nothing_by_its_cookie(site: Site, bodies: dict[str, UUID]) -> None:
    site.enter("manager@north.example")
    site.get("/b/north/cases")
    plain = {
        "Content-Type": "text/plain",
        "Origin": "https://elsewhere.example",
    }  # what another site sends without asking first
    for asked in (
        site.client.get("/api/v1/b/north/cases"),
        site.client.post("/api/v1/b/north/cases", data="{}", headers=plain),
    ):
        assert asked.request.headers["Cookie"].startswith("threefold") and asked.status_code == 401
        assert "Access-Control-Allow-Origin" not in asked.headers


def test_guessing_at_the_json_door_is_slowed_down(site: Site) -> None:
    guess = {"email": "nobody@north.example", "password": "guessed again"}
    assert [site.client.post("/api/v1/sign-in", json=guess).status_code for _ in range(11)] == [422] * 10 + [429]


def test_a_foreign_case_and_a_missing_one_are_alike_in_answer_and_statements(site: Site, bodies: dict[str, UUID]) -> None:
    north, south = Caller(site).enter("manager@north.example"), Caller(site).enter("manager@south.example")
    foreign = north.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)["id"]
    token, bodies_sent = str(uuid4()), {"outcome": "yes", "reason": "A reason.", "seen_no": 1}
    calls: list[tuple[str, str, Any]] = [
        ("GET", "", None), ("GET", "/timeline", None), ("PUT", "/facts", {"seen_no": 1, "facts": FACTS}),
        ("POST", "/events", {"name": "partners_told", "at": "2026-03-30T10:00:00+00:00"}),
        ("POST", "/decisions/notify", {"token": token, **bodies_sent}), ("POST", "/notification", {"token": token}),
        ("POST", "/factors", {"factor": "recurrent_themes", "view": "applies", "reason": "x", "seen_no": 1}),
        ("POST", "/decisions/local-review", {"token": token, **bodies_sent}),
        ("POST", "/rapid-review", {"token": token, "summary": "x"}),
    ]  # fmt: skip
    for verb, tail, body in calls:
        seen = []
        for case in (foreign, str(uuid4())):
            with counting(site.app.extensions["threefold"].walls.engine) as counted:
                answer = south.call(verb, f"/b/south/cases/{case}{tail}", body, 404)
            seen.append((answer, counted.shapes))
        assert seen[0] == seen[1], (verb, tail)


def test_the_description_and_its_page(site: Site) -> None:
    client = site.app.test_client()
    spec = client.get("/api/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    assert len(spec["paths"]) >= 14
    page = client.get("/api/")
    assert page.status_code == 200 and "Record an incident" in page.text


# Examples an operation; `make prove` asks for more, and for how many calls there must have been in all.
CALLS = int(os.environ.get("PROVE_CALLS", "10"))
IN_ALL = int(os.environ.get("PROVE_IN_ALL", "0")) or 10 * CALLS


def test_no_server_error_whatever_is_sent(site: Site, bodies: dict[str, UUID]) -> None:
    own = site.app.extensions["threefold"]
    site.app.extensions["threefold"] = replace(
        own, settings=replace(own.settings, reads=100_000)
    )  # thousands of calls by one person
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)["id"]
    officer = Caller(site).enter("officer@centre.example")
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", site.app)
    tried: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        caller, body = (officer, "centre") if "desk" in operation.path else (manager, "north")

        _fuzz(operation.as_strategy(), caller, body, case, tried)
    assert len(tried) >= IN_ALL, Counter(line.split(" ")[1] for line in tried)


def _fuzz(strategy: Any, caller: Caller, body: str, case: str, tried: list[str]) -> None:
    @settings(
        max_examples=CALLS, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(generated=strategy)
    def once(generated: Any) -> None:
        generated.path_parameters = {**(generated.path_parameters or {}), "slug": body, "case_id": case}
        answer = generated.call(headers={"Authorization": f"Bearer {caller.token}"})
        tried.append(f"{generated.method} {generated.path} {answer.status_code}")
        assert answer.status_code < 500, tried[-1]

    once()
