"""Showing a page: the template, with what stands around every page (title, navigation, banner, errors)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from threefold.domain.calendar import LONDON
from threefold.domain.web_addresses import link
from threefold.work.people.access import permission
from threefold.work.people.web.closed import as_drawn
from threefold.work.people.web.forms import Filled
from threefold.work.people.web.marks import mark_of
from threefold.work.people.web.visits import Visit, current_visit

SERVICE = "Threefold"


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A link of every page of a body. `kinds`: which kinds of body have it (none named: all); `needs`: the act it is for.

    `where`: of which bodies beside that. It is told whether it may look it up: on a page of an error it may not.
    """

    text: str
    endpoint: str
    needs: str
    kinds: tuple[str, ...] = ()
    order: int = 50
    where: Callable[[Visit, bool], bool] | None = None


_NAVIGATION: dict[str, NavigationItem] = {}


def add_navigation(
    text: str, endpoint: str, *, needs: str, kinds: tuple[str, ...] = (), order: int = 50,
    where: Callable[[Visit, bool], bool] | None = None,
) -> None:  # fmt: skip
    """Put a capability's page into the navigation of the bodies. Called beside the blueprint."""
    _NAVIGATION[endpoint] = NavigationItem(text, endpoint, needs, kinds, order, where)


def render(
    template: str, *, title: str, form: Filled | None = None, back: str = "", status: int = 0, **values: Any
) -> Response:
    """A page. `title` is also the page's one h1, unless the template overrides block `heading`.

    With a form that has errors the title begins with "Error: ", the summary stands on top, and the status is 422 (409
    when somebody changed the same answers, decided on the same or closed the case meanwhile). `back` is the address of the back link.
    """
    wrong = form is not None and form.wrong
    if form is not None and form.sent:
        form.ask_for_files_again()
    if not status:
        status = 200 if form is None or not wrong else 409 if form.clashes or form.meanwhile or form.closed_meanwhile else 422
    g.may_look_up = status < 400
    html = render_template(
        template, title=title, form=form, back=back, errors=form.summary() if form and wrong else [],
        **as_drawn(answers=form is None and status < 400), **values,
    )  # fmt: skip
    return make_response(html, status)


def around(nonce: Callable[[], str]) -> Callable[[], dict[str, Any]]:
    """The context processor: what the base template needs on every page."""

    def values() -> dict[str, Any]:
        visit = current_visit()
        person_id = visit.actor.person_id if visit else g.get("person_id")
        return {
            "person": mark_of(person_id) if person_id else "",
            "service": SERVICE, "visit": visit, "body": visit.body if visit else None, "signed_in": bool(g.get("signed_in")),
            "kept_form": g.get("held_form"),
            "navigation": _navigation(visit), "csp_nonce": nonce(),
        }  # fmt: skip

    return values


def _navigation(visit: Visit | None) -> list[dict[str, Any]]:
    if visit is None:
        return [{"text": "My work", "href": "/my-work", "current": request.path == "/my-work"}] if g.get("signed_in") else []
    found = [{"text": "My work", "href": "/my-work", "current": False}]
    for item in sorted(_NAVIGATION.values(), key=lambda i: (i.order, i.text)):
        installed = item.endpoint in current_app.view_functions
        if installed and (not item.kinds or visit.body.kind in item.kinds) and permission(item.needs).covers(visit.actor):
            if visit.actor.staff is not None and not getattr(current_app.view_functions[item.endpoint], "staff", False):
                continue
            if item.where is not None and not item.where(visit, bool(g.get("may_look_up"))):
                continue
            href = url_for(item.endpoint, slug=visit.body.slug)
            found.append({"text": item.text, "href": href, "current": request.path == href, "active": _below(href)})
    return found


def _below(href: str) -> bool:
    return request.path.startswith(href.rstrip("/") + "/")


# how days and times are written


def time_left(seconds: int) -> str:
    """`2 hours and 5 minutes`, `1 minute`, `less than a minute`."""
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((hours, "hour"), (minutes, "minute")) if n]
    return " and ".join(parts) or "less than a minute"


def day(value: date | datetime | str | None) -> str:
    """`8 April 2026`; a moment is read in Europe/London. Nothing for None."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(LONDON)
    return f"{value.day} {value:%B %Y}" if value else ""


def weekday(value: date | datetime | str | None) -> str:
    """`Wednesday 8 April 2026`."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    local = value.astimezone(LONDON) if isinstance(value, datetime) else value
    return f"{local:%A} {day(local)}" if local else ""


def due(value: date | datetime | str | None) -> str:
    """When something is due: `Wednesday 8 April 2026`; with its clock, `Wednesday 8 April 2026 at 2:05pm`, where it runs by the hour."""
    by_the_hour = isinstance(value, datetime) or (isinstance(value, str) and "T" in value)
    return weekday(value) if not by_the_hour else f"{weekday(value).partition(' ')[0]} {moment(value)}"  # type: ignore[arg-type]


def moment(value: datetime | str | None) -> str:
    """`8 April 2026 at 2:05pm`, in Europe/London."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is None:
        return ""
    local = value.astimezone(LONDON)
    clock = f"{local.hour % 12 or 12}:{local:%M}" if local.minute else f"{local.hour % 12 or 12}"
    return f"{day(local)} at {clock}{'am' if local.hour < 12 else 'pm'}"


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def told(value: Any) -> str:
    """A fact's value as words, with nothing of its inside but the day since when it is known."""
    if isinstance(value, dict):
        if "value" in value and value["value"] is None:
            return "not known"
        inner = value.get("value", value.get("view", value.get("at")))
        if inner is None:
            return ", ".join(f"{k.replace('_', ' ')}: {told(v)}" for k, v in value.items())
        return f"{told(inner)}, known or suspected since {day(value['known_on'])}" if value.get("known_on") else told(inner)
    if isinstance(value, list):
        return ", ".join(told(v) for v in value) or "no answer"
    if value is None or value == "":
        return "no answer"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day(value)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value).replace("_", " ")


FILTERS: dict[str, Callable[..., str]] = {"day": day, "weekday": weekday, "due": due, "moment": moment, "told": told, "link": link,
                                          "time_left": time_left}  # fmt: skip
