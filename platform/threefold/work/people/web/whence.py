"""From where a request comes, in the words its person would know: the kind of browser or the door, and the network."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NoReturn

from flask import request

from threefold.work.people.sign_in import Whence, goes_on_elsewhere
from threefold.work.people.web.errors import Elsewhere
from threefold.work.people.web.services import services

_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
JSON_DOOR = "The JSON door"


def whence(door: str = "") -> Whence:
    """From where this request comes. `door`: named in place of the browser, where there is none."""
    return Whence(door or device(), network())


def device() -> str:
    """The browser and system, roughly, as the person would say it: to know their own sign-ins again."""
    told = request.user_agent.string
    browser = next((words for mark, words in _BROWSERS if mark in told), "")
    system = next((words for mark, words in _SYSTEMS if mark in told), "")
    return f"{browser or 'A browser'}{f' on {system}' if system else ''}" if told else ""


def network() -> str:
    """As much of the address as the operator counts as one place; nothing where no place is asked about, or there is no address."""
    lengths = services().settings.place_lengths
    if lengths is None:
        return ""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:  # a unix socket has none
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), lengths[1]), strict=False))
    return str(IPv4Network((int(address), lengths[0]), strict=False))


def ask_again(token: str, at: datetime, door: str = "") -> NoReturn:
    """A sign-in goes on from elsewhere: its person is told, and nothing is shown or done before they show who they are."""
    goes_on_elsewhere(services().walls, token, at, whence(door))
    raise Elsewhere
