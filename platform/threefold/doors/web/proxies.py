"""Whom to believe where a request came from: the proxies that the operator named, and nobody else who says so in a header."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import structlog
from werkzeug.middleware.proxy_fix import ProxyFix

log = structlog.get_logger(__name__)
SOCKET = "unix"  # whoever reaches a unix socket has no address: the folder's permissions say who that is
_SAID = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_", "HTTP_X_REAL_IP")


class BehindProxies:
    """Believes `X-Forwarded-For` and `X-Forwarded-Proto`, one value of each, of requests that come from one of `trusted`.

    From anybody else every such header is taken away before anything reads it. The first time is told in the log, for it may
    be a proxy that nobody named: everybody would then seem to be in one place.
    """

    def __init__(self, app: Any, trusted: Iterable[IPv4Network | IPv6Network], *, socket: bool = False) -> None:
        self._believed, self._app = ProxyFix(self._as_an_address, x_for=1, x_proto=1), app
        self._trusted, self._socket, self._told = tuple(trusted), socket, False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self._is_proxy(environ.get("REMOTE_ADDR", "")):
            return self._believed(environ, start_response)
        for name in [name for name in environ if name.startswith(_SAID)]:
            del environ[name]
            if not self._told:
                self._told = True
                log.warning("forwarded_not_believed", address=environ.get("REMOTE_ADDR", ""), setting="THREEFOLD_PROXIES")
        return self._app(environ, start_response)

    def _as_an_address(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Go on with what the proxy said as an address: without the port that some write behind it, which is another with each
        connection. What is none stands for nobody, and the proxy's own address stays."""
        said = environ.get("REMOTE_ADDR", "")
        own = environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR") or ""
        environ["REMOTE_ADDR"] = next((one for one in (said, _without_port(said)) if _is_address(one)), own)
        return self._app(environ, start_response)

    def _is_proxy(self, address: str) -> bool:
        if not address:
            return self._socket
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in self._trusted)


def _without_port(said: str) -> str:
    """The address before a port: `192.0.2.9:4711`, `[2001:db8::9]:4711`."""
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.rpartition(":")[0] if said.count(":") == 1 else ""


def _is_address(said: str) -> bool:
    try:
        ip_address(said)
    except ValueError:
        return False
    return True
