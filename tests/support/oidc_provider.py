"""A small OpenID provider as a process of its own: code flow with PKCE, signed ID tokens, codes that work once.

    python -m tests.support.oidc_provider CLIENT_ID CLIENT_SECRET

It prints its issuer address and serves until it is ended. `POST /behave` (JSON) says who signs in and what is wrong with the
next ID tokens: `claims` are put over the right ones (null takes one away), `key: other` signs with a key it does not publish,
`key: none` does not sign. `moved` is a path that answers from elsewhere. `POST /sign-out` (JSON) has it send a logout token
`to` an address, made of `claims` and `header` and signed with `key` as above; it answers which token, and what was answered.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

ROOT = Path(__file__).parents[2]
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Provider(BaseHTTPRequestHandler):
    """One request. What is known is kept on the class: there is one provider in the process."""

    client = ("", "")
    issuer = ""
    key = RSAKey.generate_key(2048, {"kid": "published", "use": "sig", "alg": "RS256"})
    other = RSAKey.generate_key(2048, {"kid": "published", "use": "sig", "alg": "RS256"})
    codes: dict[str, dict[str, str]] = {}
    behaviour: dict[str, Any] = {}

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self._moved(parts.path):
            return
        if parts.path in ("/.well-known/openid-configuration", "/elsewhere/.well-known/openid-configuration"):
            self._json({
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks", "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            })  # fmt: skip
        elif parts.path in ("/jwks", "/elsewhere/jwks"):
            self._json({"keys": [self.key.as_dict(private=False)]})
        elif (
            parts.path == "/authorize"
            and asked.get("client_id") == self.client[0]
            and asked.get("code_challenge_method") == "S256"
        ):
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
            self.end_headers()
        else:
            self._json({"error": "invalid_request"}, 400)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/behave":
            type(self).behaviour = json.loads(sent)
            self._json({})
            return
        if self.path == "/sign-out":
            self._json(self._sign_out(**json.loads(sent)))
            return
        if self._moved(self.path):
            return
        form = {name: values[0] for name, values in parse_qs(sent).items()}
        asked = self.codes.pop(form.get("code", ""), None)  # a code works once
        basic = base64.b64encode(":".join(self.client).encode()).decode()
        if asked is None or self.headers.get("Authorization") != f"Basic {basic}" or not self._proven(asked, form):
            self._json({"error": "invalid_grant"}, 400)
            return
        self._json(
            {
                "access_token": secrets.token_urlsafe(8),
                "token_type": "Bearer",
                "expires_in": 60,
                "id_token": self._id_token(asked),
            }
        )

    def _moved(self, path: str) -> bool:
        if self.behaviour.get("moved") != path:
            return False
        self.send_response(307)
        self.send_header("Location", f"{self.issuer}/elsewhere{path}")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def _proven(self, asked: dict[str, str], form: dict[str, str]) -> bool:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return proof == asked["code_challenge"] and form.get("redirect_uri") == asked["redirect_uri"]

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "subject-1", "aud": self.client[0], "iat": now, "exp": now + 300, "auth_time": now,
                  "nonce": asked["nonce"], "name": "Provided Person"}  # fmt: skip
        claims |= self.behaviour.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        return self._signed({"alg": "RS256", "kid": "published"}, claims, self.behaviour.get("key"))

    def _signed(self, header: dict[str, str], claims: dict[str, Any], which: str | None) -> str:
        if which == "none":
            parts = (header | {"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
        if which == "shared":  # the client's secret, or a public key: anybody but the provider could sign with these
            return jwt.encode(header | {"alg": "HS256"}, claims, OctKey.import_key(self.client[1]))
        return jwt.encode(header, claims, self.other if which == "other" else self.key)

    def _sign_out(
        self, to: str, claims: dict[str, Any], header: dict[str, str] | None = None, key: str | None = None, token: str = ""
    ) -> dict[str, Any]:
        """Send a logout token, or the one that is given again."""
        said = {"iss": self.issuer, "aud": self.client[0], "jti": secrets.token_urlsafe(8), "events": {EVENT: {}}} | claims
        said = {name: value for name, value in said.items() if value is not None}
        token = token or self._signed({"alg": "RS256", "kid": "published", "typ": "logout+jwt"} | (header or {}), said, key)
        try:
            with urlopen(Request(to, urlencode({"logout_token": token}).encode()), timeout=10) as answer:
                return {"token": token, "status": answer.status}
        except HTTPError as refused:
            with refused:
                return {"token": token, "status": refused.code}

    def _json(self, answer: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@dataclass(frozen=True)
class Running:
    """The provider in its process."""

    issuer: str

    def behave(self, **behaviour: Any) -> None:
        sent = Request(f"{self.issuer}/behave", json.dumps(behaviour).encode(), {"Content-Type": "application/json"})
        urlopen(sent, timeout=10).close()

    def sign_out(self, to: str, claims: dict[str, Any], **more: Any) -> tuple[int, str]:
        """Have it send a logout token to that address: what it was answered, and the token."""
        asked = json.dumps({"to": to, "claims": claims, **more}).encode()
        with urlopen(Request(f"{self.issuer}/sign-out", asked, {"Content-Type": "application/json"}), timeout=20) as answer:
            told = json.load(answer)
        return told["status"], told["token"]


@contextmanager
def provider(client_id: str, client_secret: str) -> Iterator[Running]:
    """A provider for one client, as its own process on a free port of this machine."""
    command = [sys.executable, "-m", "tests.support.oidc_provider", client_id, client_secret]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Running(process.stdout.readline().strip())
        finally:
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Provider.client, Provider.issuer = (sys.argv[1], sys.argv[2]), f"http://127.0.0.1:{server.server_port}"
    print(Provider.issuer, flush=True)
    server.serve_forever()
