"""What a program sends that no form would have let anybody type: refused plainly, nothing half done, nothing lost."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.caller import FACTS, Caller
from tests.web.site import Site
from threefold.doors.web.nested import unreadable
from threefold.work.incidents.stories import add_person

SHAPES: tuple[Any, ...] = (None, "x", [1], 5, True, 1.5, {"children": None}, {"children": "x"}, {"children": [None]}, {"children": ["x"]}, {"children": [{"key": 3}]},
          {"local": None}, {"local": "x"}, {"local": ["a"]}, {"urgent": []}, {"urgent": {"value": {}}}, {"happened_on": 3})  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_facts_of_another_shape_are_refused_whatever_was_seen(site: Site, bodies: dict[str, UUID], shape: Any) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}"
    other = {"incident": {**FACTS["incident"], "urgent": "yes"}}
    manager.call("PUT", f"{path}/facts", {"seen_no": case["no"], "facts": other})
    for no in (case["no"], case["no"] + 1):
        manager.call("PUT", f"{path}/facts", {"seen_no": no, "facts": {"incident": shape}}, 422)
    manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": {"incident": shape}}, 422)
    assert manager.call("GET", path)["no"] == case["no"] + 1, "nothing was saved"


def test_what_is_nested_without_end_and_a_record_that_is_not_there_yet_are_refused_plainly(
    site: Site, bodies: dict[str, UUID]
) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/api/v1/b/north/cases/{case['id']}/facts"
    for deep in (
        *("[" * n + "]" * n for n in (65, 300, 900)),
        '{"a":' * 900 + '"\\"[' + "[" * 900 + '"' + "}" * 900,
        '"' * 99 + "[" * 3000,
        "1" * 5000,
        "-1.5e" + "9" * 5000,
        "[" * 3000 + "]" * 3000,
        '{"a":' * 3000 + "1" + "}" * 3000,
        "[" * 100_000,
    ):
        for body in (deep, f'{{"seen_no": 1, "facts": {deep}}}'):
            answer = site.app.test_client().put(
                path, data=body, content_type="application/json", headers={"Authorization": f"Bearer {manager.token}"}
            )
            assert answer.status_code in (400, 422), answer.text[:300]
    assert not unreadable(('{"a": "' + '[{\\"' * 500 + '"}').encode()), "what stands in quotes is text"
    told = manager.call("PUT", path.removeprefix("/api/v1"), {"seen_no": 99, "facts": {"incident": FACTS["incident"]}}, 422)
    assert told["field"] == "seen_no" and "The newest record of this case is number 1." in told["message"]


@pytest.mark.parametrize("sent", [{}, {"x": 1}, {"incidnet": FACTS["incident"]}, {"review": FACTS["review"]}, {"format": 2}, {"incident": ""}, {"incident": []}], ids=str)  # fmt: skip
def test_facts_without_the_incident_are_refused_and_empty_nothing(
    site: Site, bodies: dict[str, UUID], sent: dict[str, Any]
) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}"
    manager.call("PUT", f"{path}/facts", {"seen_no": case["no"], "facts": sent}, 422)
    assert manager.call("GET", path)["facts"] == case["facts"]
    manager.call("PUT", f"{path}/facts", {"seen_no": case["no"], "facts": case["facts"]})  # as it was read


FOLLOWED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"signed_by": ["police-lead"]}, "review.signed_by"),
    ({"views": [{"question": "notify", "seat": "police-lead", "view": "yes", "reason": "Both."}]}, "review.views"),
    ({"events": [{"name": "notification_sent", "at": "2026-03-30"}]}, "review.events.notification_sent"),
    ({"events": [{"name": "rapid_review_sent", "at": "2026-03-30"}]}, "review.events.rapid_review_sent"),
    ({"events": [{"name": "done:plan.huddle", "at": "2026-03-30"}]}, "review.events.done:plan.huddle"),
    ({"local_type": "thematic"}, "review.local_type"),
)


@pytest.mark.parametrize(("followed", "field"), FOLLOWED, ids=[field for _, field in FOLLOWED])
def test_what_followed_is_put_on_record_by_those_who_may_and_not_with_a_case_or_its_facts(
    site: Site, bodies: dict[str, UUID], followed: dict[str, Any], field: str
) -> None:
    manager = Caller(site).enter("manager@north.example")
    sent = {"incident": FACTS["incident"], "review": followed}
    told = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": sent}, 422)
    assert told["field"] == field and "recorded by" in told["message"]
    assert manager.call("GET", "/b/north/cases")["cases"] == []
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    told = manager.call("PUT", f"/b/north/cases/{case['id']}/facts", {"seen_no": case["no"], "facts": sent}, 422)
    assert told["field"] == "review"


def test_an_answer_is_given_by_who_sends_it_today_whatever_is_sent_beside_it(site: Site, bodies: dict[str, UUID]) -> None:
    manager = Caller(site).enter("manager@north.example")
    said = {"value": "no", "given_by": "police lead", "given_on": "1999-01-01"}
    facts = {
        "incident": {**FACTS["incident"], "urgent": said},
        "review": {"events": [{"name": "aware", "at": "2026-03-30", "given_on": "2020-01-01"}]},
    }
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": facts}, 201)
    today = site.at.date().isoformat()
    mine = {"value": "no", "given_by": "business manager", "given_on": today}
    assert case["facts"]["incident"]["urgent"] == mine and case["facts"]["review"]["events"][0]["given_on"] == today
    again = json.loads(json.dumps(case["facts"]))
    again["incident"]["urgent"]["given_by"] = "somebody else"  # the same answer stays as it was given
    again["incident"]["near_miss"] = {"value": "yes", "given_by": "somebody else", "known_on": "2026-03-29"}
    now = manager.call("PUT", f"/b/north/cases/{case['id']}/facts", {"seen_no": case["no"], "facts": again})["facts"][
        "incident"
    ]
    assert now["urgent"] == mine
    assert now["near_miss"] == {"value": "yes", "known_on": "2026-03-29", "given_by": "business manager", "given_on": today}


def test_a_child_is_called_by_a_number_that_no_other_had_and_stays_while_people_stand_beside_it(
    site: Site, bodies: dict[str, UUID]
) -> None:
    manager, body = Caller(site).enter("manager@north.example"), bodies["north"]
    named = {"incident": {**FACTS["incident"], "children": [{"key": "anna"}]}}
    assert "never by a name" in manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": named}, 422)["message"]
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}/facts"

    def put(no: int, *keys: str, status: int = 200) -> Any:
        incident = {**FACTS["incident"], "children": [{"key": key} for key in keys]}
        return manager.call("PUT", path, {"seen_no": no, "facts": {"incident": incident}}, status)

    no = put(put(case["no"], "child-1", "child-2")["no"], "child-1")["no"]
    assert "was another child" in put(no, "child-1", "child-2", status=422)["message"]
    no = put(no, "child-1", "child-3")["no"]
    with site.database.unit(body, site.at) as unit:
        add_person(unit, UUID(case["id"]), "child", {"name": "Made up"}, "child-1")
    assert "People stand beside “child-1”" in put(no, "child-3", status=422)["message"]


@pytest.mark.parametrize("text", [r'"\ud800"', r'"\uDFFF x"', r'"a\udc00\ud800"'])
def test_half_a_character_is_refused_plainly_and_a_pair_is_one(site: Site, bodies: dict[str, UUID], text: str) -> None:
    for body in (f'{{"email": {text}, "password": "x", "code": ""}}', f"[{text}]"):
        answer = site.app.test_client().post("/api/v1/sign-in", data=body, content_type="application/json")
        assert answer.status_code == 422 and "half a character" in answer.get_json()["message"]
    assert not unreadable(rb'{"a": "\ud83d\ude00"}') and not unreadable(rb'{"a": "\ud83d') and not unreadable(rb'"\\ud800"')


def test_a_day_that_is_planned_lies_ahead_and_what_a_case_does_not_ask_is_not_considered(
    site: Site, bodies: dict[str, UUID]
) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}"
    planned = {"name": "publication_planned", "at": (site.at + timedelta(days=60)).isoformat()}
    manager.call("POST", f"{path}/events", planned)
    said = {"factor": "local-no-such", "view": "applies", "reason": "x", "seen_no": case["no"] + 1}
    assert manager.call("POST", f"{path}/factors", said, 422)["field"] == "factor"
    published = {**FACTS, "review": {"events": [{"name": "published", "at": "2026-03-30"}]}}
    manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": published}, 422)


def test_one_token_for_two_cases_is_refused_and_what_is_sent_is_not_taken_for_a_second_click(
    site: Site, bodies: dict[str, UUID]
) -> None:
    manager = Caller(site).enter("manager@north.example")
    one, two = (manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201) for _ in range(2))
    sent = {"outcome": "yes", "reason": "Both limbs are met.", "token": str(uuid4()), "seen_no": 1}
    for _ in range(2):
        manager.call("POST", f"/b/north/cases/{one['id']}/decisions/notify", sent)
    told = manager.call("POST", f"/b/north/cases/{two['id']}/decisions/notify", sent, 422)
    assert told["field"] == "token"
    assert manager.call("GET", f"/b/north/cases/{two['id']}")["no"] == two["no"]
    manager.call("POST", f"/b/north/cases/{two['id']}/decisions/notify", {**sent, "token": str(uuid4())})


@pytest.mark.parametrize(
    "facts", ['{"incident": {"urgent": "yes", "urgent": "no"}}', '{"incident": {}, "incident": {"urgent": "yes"}}']
)
def test_a_key_that_stands_twice_is_refused_and_no_value_is_dropped_unsaid(
    site: Site, bodies: dict[str, UUID], facts: str
) -> None:
    manager = Caller(site).enter("manager@north.example")
    answer = site.app.test_client().post(
        "/api/v1/b/north/cases", data=f'{{"token": "{uuid4()}", "facts": {facts}}}', content_type="application/json",
        headers={"Authorization": f"Bearer {manager.token}"},
    )  # fmt: skip
    assert answer.status_code == 422 and "stands twice" in answer.text, answer.text
    assert manager.call("GET", "/b/north/cases?page=1")["cases"] == []


def test_two_who_add_a_child_at_once_add_two_and_never_make_one_of_both(site: Site, bodies: dict[str, UUID]) -> None:
    manager, police = Caller(site).enter("manager@north.example"), Caller(site).enter("police@north.example")
    for _ in range(3):
        case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
        began, children = threading.Barrier(2, timeout=30), case["facts"]["incident"]["children"]

        def adds(caller: Caller, told: dict[str, Any], case: Any = case, began: Any = began, children: Any = children) -> int:
            sent = {**case["facts"]["incident"], "children": [*children, {"key": "child-2", **told}]}
            began.wait()
            return caller.tried(
                "PUT", f"/b/north/cases/{case['id']}/facts", {"seen_no": case["no"], "facts": {"incident": sent}}
            )

        with ThreadPoolExecutor(2) as both:
            made = [both.submit(adds, manager, {"age_years": 3}), both.submit(adds, police, {"seriously_harmed": "yes"})]
            assert sorted(one.result() for one in made) == [200, 422]
        (_, added) = manager.call("GET", f"/b/north/cases/{case['id']}")["facts"]["incident"]["children"]
        assert ("age_years" in added) != ("seriously_harmed" in added)


def test_a_family_is_called_by_a_number_and_a_day_without_an_answer_says_nothing(site: Site, bodies: dict[str, UUID]) -> None:
    manager = Caller(site).enter("manager@north.example")
    child = FACTS["incident"]["children"][0]

    def sent(**told: Any) -> dict[str, Any]:
        return {"incident": {**FACTS["incident"], "children": [{**child, **told}]}}

    for facts, field in (
        (sent(family="Smith, 12 Acacia Road"), "incident.children[child-1].family"),
        (sent(lives_in="E10000008\n"), "incident.children[0].lives_in"),
    ):
        refused = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": facts}, 422)
        assert field.split(".")[-1] in str(refused), refused
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": sent(family="family-1")}, 201)
    path = f"/b/north/cases/{case['id']}/facts"
    manager.call("PUT", path, {"seen_no": 1, "facts": sent(family="Smith")}, 422)
    empty = {"incident": {**case["facts"]["incident"], "urgent": {"value": None, "known_on": "2026-03-28"}}}
    changed = manager.call("PUT", path, {"seen_no": 1, "facts": empty})
    assert (changed["facts"]["incident"].get("urgent") or {}).get("known_on") is None


def test_once_an_incident_was_notified_nothing_is_decided_on_notifying_until_it_is_taken_back(
    site: Site, bodies: dict[str, UUID]
) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}"
    manager.call("POST", f"{path}/decisions/notify", {"outcome": "yes", "token": str(uuid4()), "seen_no": 1})
    no = manager.call("POST", f"{path}/notification", {"token": str(uuid4())})["no"]
    for outcome in ("no", "yes"):
        sent = {"outcome": outcome, "reason": "We think again.", "token": str(uuid4()), "seen_no": no}
        told = manager.call("POST", f"{path}/decisions/notify", sent, 422)
        assert told["field"] == "outcome" and "The incident was notified on" in told["message"]
        assert "Withdraw the notification" in told["message"]
    assert manager.call("GET", path)["no"] == no, "nothing was recorded"


@pytest.mark.parametrize("of_the_form", [{"sent_by": "Ms Form"}, {"reference": "FORM-77"}], ids=str)
def test_what_belongs_to_the_official_form_without_its_time_sends_no_letter(
    site: Site, bodies: dict[str, UUID], of_the_form: dict[str, str]
) -> None:
    manager = Caller(site).enter("manager@north.example")
    case = manager.call("POST", "/b/north/cases", {"token": str(uuid4()), "facts": FACTS}, 201)
    path = f"/b/north/cases/{case['id']}"
    told = manager.call("POST", f"{path}/notification", {"token": str(uuid4()), **of_the_form}, 422)
    assert told["field"] == "sent_at" and "Give the day and time it was sent" in told["message"]
    no = manager.call("POST", f"{path}/notification", {"token": str(uuid4())})["no"]
    review = {"token": str(uuid4()), "summary": "What we learned.", "reason": "Nobody could sign."}
    for sent in ({**review, **of_the_form}, {**review, "summary": "", **of_the_form}):
        told = manager.call("POST", f"{path}/rapid-review", sent, 422)
        assert told["field"] == "sent_at" and "Give the day and time it was sent" in told["message"]
    assert manager.call("GET", path)["no"] == no, "nothing was recorded"
