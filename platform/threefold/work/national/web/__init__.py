"""The screens of the national body: its desk, one received case, timeliness, and the CSV."""

from __future__ import annotations

from flask import Blueprint

from threefold.work.people.access import NATIONAL_OFFICER, declare
from threefold.work.people.web import add_navigation

blueprint = Blueprint("national", __name__, template_folder="templates")

SEE = declare("see the national desk", {NATIONAL_OFFICER}).act
REPLY = declare("reply to an area", {NATIONAL_OFFICER}).act
LINK = declare("link duplicates", {NATIONAL_OFFICER}).act

ASIDE = declare("stand aside from a received case", {NATIONAL_OFFICER}).act
SETTLE = declare("decide on standing aside", {NATIONAL_OFFICER}).act
CLOSE = declare("close a received case", {NATIONAL_OFFICER}).act
HOLD = declare("hold what was received", {NATIONAL_OFFICER}).act
REVIEW = declare("review a received case", {NATIONAL_OFFICER}).act
DECIDE = declare("decide what becomes of a received case", {NATIONAL_OFFICER}).act

add_navigation("Desk", "national.desk", needs=SEE, kinds=("national",), order=10)
add_navigation("Timeliness", "national.timeliness", needs=SEE, kinds=("national",), order=20)

# The modules that declare the pages come last: they stand on the blueprint.
from threefold.work.national.web import awaiting, desk, keeping, received, standing_aside  # noqa: E402

__all__ = ["awaiting", "blueprint", "desk", "keeping", "received", "standing_aside"]
