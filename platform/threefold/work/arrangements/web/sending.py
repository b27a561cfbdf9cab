"""What is told of the days of a draft that is sent to be signed: until when it can be, and how soon it begins."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from threefold.domain.calendar import england_and_wales
from threefold.domain.errors import CalendarEnds
from threefold.work.arrangements.drafting import Draft
from threefold.work.people.web.render import weekday

MANY_WORKING_DAYS = 10  # with fewer than these ahead, who sends a draft is told how soon it begins
NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
SENT = "Sent."


def last_day_to_sign(found: Draft) -> date | None:
    """The day before a version begins; None for one without a day, and for a correction, which can be signed on any day."""
    arrangement = found.arrangement
    return arrangement.begins - timedelta(days=1) if arrangement.begins and not arrangement.corrects else None


def how_soon(today: date, begins: date | None) -> str:
    """That the day on which a version begins is less than ten working days away; empty where it is not, or nobody knows yet."""
    if begins is None or not today < begins <= today + timedelta(days=4 * MANY_WORKING_DAYS):
        return ""
    calendar = england_and_wales()
    try:
        ahead, works = calendar.between(today, begins), calendar.is_working(begins)
    except CalendarEnds:
        return ""
    if ahead >= MANY_WORKING_DAYS:
        return ""
    if works:
        return f"That is the {NUMBERS[ahead - 1]} working day after today."
    return (
        f"Only {ahead} working {'day lies' if ahead == 1 else 'days lie'} before it."
        if ahead
        else "No working day lies before it."
    )


def sent_words(found: Draft, nobodys: Collection[str], seats: int) -> str:
    """What the page of signatures says once a draft is sent: who gets an email, and until when it can be signed."""
    if found.state != "signing":  # an old address
        return SENT
    last = last_day_to_sign(found)
    until = f"can sign until the end of {weekday(last)}, the day before it begins" if last else "can sign on any day"
    if not nobodys:
        return f"Sent. Each lead below gets an email, and {until}."
    if len(nobodys) == seats:
        return f"Sent. Nobody holds a seat of it yet. Whoever is given one {until}."
    return f"Sent. Each lead below whose seat somebody holds gets an email, and {until}."
