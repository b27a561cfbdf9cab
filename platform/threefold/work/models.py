"""Every capability's tables, gathered, so that the metadata is whole for migrations and for checking the walls."""

from threefold.walls import account_tables as accounts
from threefold.walls import tables as walls
from threefold.work.arrangements import tables as arrangements
from threefold.work.incidents import tables as incidents
from threefold.work.meetings import tables as meetings
from threefold.work.national import tables as national
from threefold.work.people import tables as people
from threefold.work.platform_staff import tables as platform_staff
from threefold.work.records import tables as records
from threefold.work.rehearsal import tables as rehearsal
from threefold.work.reminders import tables as reminders
from threefold.work.reviews import tables as reviews

__all__ = [
    "accounts",
    "arrangements",
    "incidents",
    "meetings",
    "national",
    "people",
    "platform_staff",
    "records",
    "rehearsal",
    "reminders",
    "reviews",
    "walls",
]
