"""Platform staff on screen: their own pages, and the page on which a body sees them."""

from flask import Blueprint

from threefold.work.people.web import add_navigation

blueprint = Blueprint("platform_staff", __name__, template_folder="templates")
add_navigation("Platform staff access", "platform_staff.access", needs="see platform staff access", order=95)

from threefold.work.platform_staff.web import beginning, seeing  # noqa: E402

__all__ = ["beginning", "blueprint", "seeing"]
