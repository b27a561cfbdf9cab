"""What people do with an incident: record it, seek views, decide whether to notify, notify, or find a way out."""

from threefold.work.incidents.records import nature
from threefold.work.incidents.stories.deciding import (
    ACTING,
    NotAllowed,
    ReasonNeeded,
    decide_notify,
    give_view,
    record_decision,
    refuse_or_ask,
    told,
)
from threefold.work.incidents.stories.notifying import leave, notify
from threefold.work.incidents.stories.persons import Person, add_person, correct_person, people, remove_person
from threefold.work.incidents.stories.reading import (
    CaseLine,
    Happening,
    decisions,
    list_cases,
    record_at,
    reference_of,
    see_case,
    timeline,
)
from threefold.work.incidents.stories.recording import (
    add_event,
    correct_event,
    record_incident,
    save_facts,
    see_correction,
    with_entry,
)
from threefold.work.incidents.stories.searching import Found, Sought, find_people

__all__ = [
    "ACTING", "CaseLine", "Found", "Happening", "NotAllowed", "Person", "ReasonNeeded", "Sought", "add_event", "add_person", "correct_event",
    "correct_person", "decide_notify", "decisions", "find_people", "give_view", "leave", "list_cases", "nature", "notify", "people", "record_at", "reference_of",
    "record_decision", "record_incident", "refuse_or_ask", "remove_person", "save_facts", "see_case", "see_correction", "timeline", "told",
    "with_entry",
]  # fmt: skip
