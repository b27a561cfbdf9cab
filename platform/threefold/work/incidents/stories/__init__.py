"""What people do with an incident: record it, seek views, decide whether to notify, notify, or find a way out."""

from threefold.work.incidents.records import nature
from threefold.work.incidents.stories.correcting import (
    COUNTED,
    EARLIER,
    TOLD,
    UNTOLD,
    about_correction,
    correct_event,
    see_correction,
)
from threefold.work.incidents.stories.deciding import (
    ACTING,
    NOTED_ACTS,
    Against,
    NotAllowed,
    ReasonNeeded,
    decide_notify,
    give_view,
    noted,
    record_decision,
    refuse_or_ask,
    refuse_unseen,
    speaks_against,
    told,
)
from threefold.work.incidents.stories.notifying import (
    LEAVING,
    LETTER,
    leave,
    note_told,
    notify,
    refuse_half_a_form,
    told_of_leaving,
)
from threefold.work.incidents.stories.opening import (
    OF_OTHERS,
    Conflict,
    LetIn,
    NotTheirsToDecide,
    Opening,
    conflicts,
    decide_conflict,
    deciding_seats,
    deciding_way,
    declare_conflict,
    end_in_case,
    let_into_case,
    may_decide,
    needs_deputy,
    restrict_case,
    see_opening,
)
from threefold.work.incidents.stories.persons import (
    WHO,
    Person,
    add_person,
    correct_person,
    of_child,
    people,
    remove_person,
    taken_off,
)
from threefold.work.incidents.stories.reading import (
    CaseLine,
    Happening,
    Said,
    closed_of,
    decisions,
    in_timeline,
    list_cases,
    record_at,
    reference_of,
    said_before,
    said_ever,
    see_case,
    timeline,
)
from threefold.work.incidents.stories.recording import (
    MOVES_BY_DATE,
    OWN_ACT,
    AwareAlready,
    add_child,
    add_event,
    become_aware,
    keys_of_children,
    lies_ahead,
    record_incident,
    remove_child,
    save_facts,
    with_entry,
)
from threefold.work.incidents.stories.searching import Found, Sought, find_held, find_people
from threefold.work.incidents.stories.sent import changed_as_sent, new_as_sent, refuse_unasked

__all__ = [
    "ACTING", "Against", "OF_OTHERS", "OWN_ACT", "AwareAlready", "COUNTED", "CaseLine", "Conflict", "Found", "Happening", "LetIn", "NotAllowed", "NotTheirsToDecide", "Opening", "Person",
    "EARLIER", "LEAVING", "LETTER", "MOVES_BY_DATE", "NOTED_ACTS", "ReasonNeeded", "Said", "Sought", "TOLD", "UNTOLD", "WHO", "about_correction", "add_child", "add_event", "add_person", "become_aware", "closed_of", "conflicts", "correct_event", "correct_person", "decide_conflict",
    "decide_notify", "deciding_seats", "deciding_way", "decisions", "declare_conflict", "end_in_case", "find_people", "find_held", "give_view", "in_timeline", "leave", "let_into_case",
    "keys_of_children", "list_cases", "may_decide", "nature", "needs_deputy", "note_told", "noted", "notify", "of_child", "people", "record_at", "record_decision", "record_incident", "reference_of",
    "changed_as_sent", "lies_ahead", "new_as_sent", "refuse_half_a_form", "refuse_or_ask", "refuse_unasked", "refuse_unseen", "remove_child", "remove_person", "restrict_case", "said_before", "said_ever", "save_facts", "see_case", "see_correction", "see_opening", "speaks_against", "taken_off", "timeline", "told", "told_of_leaving",
    "with_entry",
]  # fmt: skip
