"""The words a person reads for what is kept as a key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from threefold.governance.moments import OWN
from threefold.plugin_api.facts import child_name as child_name
from threefold.plugin_api.facts import label_of
from threefold.work.people.access import ROLES

STATUSES: Mapping[str, str] = {
    "recording": "Being recorded",
    "deciding": "Deciding whether to notify",
    "not_notified": "Decided not to notify",
    "notified": "Notified",
    "rapid_review_sent": "Rapid review sent",
    "local_review": "Local review decided on",
    "no_local_review": "No local review",
    "published": "Report published",
    "withdrawn": "Notification withdrawn",
    "criteria_not_met": "Criteria found not met",
    "referral": "Referral accepted",
}
COLOURS: Mapping[str, str] = {
    "recording": "grey", "deciding": "yellow", "not_notified": "grey", "notified": "blue", "rapid_review_sent": "turquoise",
    "local_review": "purple", "no_local_review": "grey", "published": "green", "withdrawn": "grey", "criteria_not_met": "grey",
    "referral": "light-blue",
}  # fmt: skip
# Where a case stands so, the word does not say whether anybody was notified of it.
SILENT_ON_NOTIFYING = frozenset({"local_review", "no_local_review", "published"})
NOT_RECORDED = "Not recorded"  # of what is no fact of its own, such as a family
NOT_ASKED = "Not asked yet"  # of a fact that nobody gave an answer to
STATES: Mapping[str, str] = {
    "yes": "Yes", "no": "No", "unclear": "Unclear", "met": "Met", "not_met": "Not met", "to_be_considered": "To be considered",
    "considered": "Considered", "not_asked": NOT_ASKED,
}  # fmt: skip
STATE_COLOURS: Mapping[str, str] = {
    "yes": "blue", "no": "grey", "unclear": "yellow", "met": "blue", "not_met": "grey", "to_be_considered": "yellow",
    "considered": "green",
}  # fmt: skip
EFFECTS: Mapping[str, str] = {
    "refused": "The law does not allow this", "needs_reason": "Possible with a recorded reason", "warned": "Against practice guidance",
    "noted": "Noted beside the act",
    # Of a local criterion: what it does to what it is about.
    "adds": "More incidents count with it", "hint": "A hint to look again", "narrows": "Fewer incidents count with it",
}  # fmt: skip
PARTS: Mapping[str, str] = {
    "child": "Child", "parent": "Parent", "carer": "Carer", "household": "Lives or lived in the household",
    "alleged": "Alleged to have caused harm", "other": "Someone else around the child",
}  # fmt: skip
QUESTIONS: Mapping[str, str] = {
    "notify": "Whether to notify", "notification_withdrawn": "Notification withdrawn", "criteria_not_met": "Criteria found not met",
    "local_review": "Whether to carry out a local review", "local_type": "Kind of review", "publication": "Whether it is appropriate to publish the report",
    "proceedings_delay": "Whether other proceedings delay the report",
    "panel_reply": "What the Panel replied",
}  # fmt: skip
ACTS: Mapping[str, str] = {
    "send_rapid_review": "The rapid review was sent", "notification_sent": "The notification was sent",
    "rapid_review_started": "The rapid review was started", "published": "The report was published",
}  # fmt: skip
PANEL: Mapping[str, str] = {"agree": "it agrees", "disagree": "it disagrees", "query": "it has a question"}
VIEWS: Mapping[str, str] = {"applies": "It applies", "does_not_apply": "It does not apply", "unclear": "Unclear"}
NATURES: Mapping[str, str] = {"death": "Death", "serious_harm": "Serious harm", "other": "Other"}


def state_of(line: Mapping[str, Any], read: Iterable[Any] = ()) -> str:
    """How a line of a verdict stands, by the key of its words; of a question of the area's own, which tests nothing, the answer.

    `read`: the facts that it rests on, where they are known: a question that nobody was asked yet is not answered with "unclear".
    """
    state = str(line.get("arises") or line.get("state") or line.get("is_open") or "")
    reads = line.get("reads") or ()
    asks = not line.get("effect") and bool(reads) and all(str(path).startswith("incident.local.") for path in reads)
    if asks and state == "unclear" and {one.value for one in read} == {NOT_ASKED}:
        return "not_asked"
    return {"met": "yes", "not_met": "no"}.get(state, state) if asks else state


def kinds_of_review(verdict: Mapping[str, Any]) -> dict[str, str]:
    """Key and title of every kind of review that the rules know of in a case, from its stored verdict."""
    return {line["key"]: line["title"] for line in verdict["outcomes"]} | {"none": "none of the area’s own"}


def steps_by_end(verdict: Mapping[str, Any]) -> dict[str, str]:
    """The title of every step with an end of its own, by the event that is its end; also of the versions that may apply."""
    served = [line for one in verdict["steps"] for line in (one["statutory"], *one["local"]) if line]
    lines = [*served, *(line for one in verdict.get("possible", ()) for line in one["lines"])]
    return {line["ends_with"]: line["title"] for line in lines if str(line.get("ends_with", "")).startswith(OWN)}


def event_label(name: str, steps: Mapping[str, str]) -> str:
    """When what happened, in words. `steps`: what the steps are called, by their own ends."""
    return f"When “{steps[name]}” was done" if name in steps else plainly(label_of(f"review.events.{name}"))


def decision_title(question: str, outcome: str, kinds: Mapping[str, str] = MappingProxyType({})) -> str:
    """What was decided, in words. `kinds`: what kinds of review are called, and steps by their ends."""
    if question == "correct_date":
        label = event_label(outcome, kinds)
        return f"Date corrected: {label[:1].lower()}{label[1:]}"
    title = QUESTIONS.get(question, named(question)[:1].upper() + named(question)[1:])
    if question in ACTS:
        return ACTS[question]
    if question == "local_type":
        return f"{title}: {kinds.get(outcome, named(outcome))}"
    if question == "panel_reply":
        return f"{title}: {PANEL.get(outcome, outcome)}"
    return f"{title}: {outcome.replace('_', ' ')}"


def named(key: str) -> str:
    """A key as words: `council-lead` is "council lead", `local_authority` is "local authority". Sentences stay as they are."""
    return ROLES[key].lower() if key in ROLES else key if " " in key else key.replace("_", " ").replace("-", " ")


def plainly(sentence: str) -> str:
    """A rule's sentence for a reader: rules know a child by its key ("child-1"), people by its number ("child 1"); and a step by
    the use of its rule and its key, which here are words."""
    by_words = re.sub(
        r"the step '[\w-]+\.([\w.-]+)'", lambda m: f"the step “{m[1].replace('-', ' ').replace('.', ', ')}”", sentence
    )
    return re.sub(r"\bchild-(\d+)\b", r"child \1", by_words)
