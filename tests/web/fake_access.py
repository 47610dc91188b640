"""A made-up desk behind a log-in, and a made-up identity provider, for the tests of who may do what."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib.util
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from websockets.sync.client import connect

from tankerwatch.ingest.clock import now
from tankerwatch.web.access.door import Door
from tankerwatch.web.access.users import Users
from tankerwatch.web.app import create_app
from tankerwatch.web.live import Hub
from tankerwatch.web.serve import Server

# By its path: there is more than one conftest, and which is found by name is chance.
_spec = importlib.util.spec_from_file_location("web_conftest", Path(__file__).parent / "conftest.py")
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
Harbour = _module.Harbour

PATIENCE_S = 60
PASSWORD = "six calm herons over Fujairah"
CHEAP_KB = 64
"""Passwords of tests are worth no second of anybody."""
UTC_S = 1_560_000_000.0
"""The time of day where the desk is, when it is made; it passes with the clock of the test."""
PEOPLE = {"VERA": "viewer", "WILL": "watchkeeper", "ADA": "admin"}


def make_users(path):
    users = Users(path, memory_kb=CHEAP_KB)
    for name, role in PEOPLE.items():
        users.add(name, role, PASSWORD)
    return users


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.passed_s = 0.0

    def __call__(self):
        return time.monotonic() + self.passed_s


def until(true, otherwise="it did not happen"):
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)


class Served:
    """An application on loopback, in a thread of its own."""

    def __init__(self, server, make):
        self.server = server
        self.app = make(server)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)
        self.thread.start()
        until(lambda: server.started)
        self.host = f"127.0.0.1:{server.port}"
        self.base = f"http://{self.host}"

    async def run(self):
        self.loop = asyncio.get_running_loop()
        await self.server.serve(self.app)

    def do(self, doing, *given):
        """Call something where the server runs."""

        async def call():
            return doing(*given)

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(PATIENCE_S)

    def stop(self):
        self.server.stop()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


class Guarded(Served):
    """The made-up desk behind a log-in; by plain HTTP, for this is one machine and a test."""

    def __init__(self, harbour, dist, users, provider=None, **door):
        self.harbour, self.clock = harbour, Clock()
        self.door = Door(users, provider=provider, secure=False, now=self.clock, utc=lambda: UTC_S + self.clock.passed_s, **door)
        self.hub = Hub(push_s=0.02, health_s=0.1)
        super().__init__(
            Server("127.0.0.1", 0), lambda server: create_app(harbour.desk(), self.hub, hosts=server.hosts, dist=dist, door=self.door)
        )

    def told(self, verb):
        """What was journalled of a kind."""
        return [(name, content) for kind, name, content in self.harbour.decided if kind == "access" and content["verb"] == verb]

    def client(self):
        return httpx.Client(base_url=self.base, timeout=PATIENCE_S, trust_env=False)

    @contextmanager
    def log_in(self, name, password=PASSWORD):
        """A client of someone who is logged in; it sends the token of its session."""
        with self.client() as client:
            answer = client.post("/api/login", json={"name": name, "password": password})
            assert answer.status_code == 200, answer.text
            client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
            yield client

    @contextmanager
    def bear(self, secret):
        """A client that bears a token."""
        with self.client() as client:
            client.headers["Authorization"] = f"Bearer {secret}".rstrip()
            yield client

    def page(self, client=None, **more):
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items()) if client else ""
        headers = {"Cookie": cookies} if cookies else {}
        if client and "Authorization" in client.headers:
            headers["Authorization"] = client.headers["Authorization"]
        return connect(f"ws://{self.host}/ws", open_timeout=PATIENCE_S, additional_headers=headers, **more)


class FakeProvider(Served):
    """An identity provider that lets in whoever a test says, and may be told to lie."""

    def __init__(self):
        from joserfc import jwk

        self.key = jwk.RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})
        self.claims, self.lie, self.codes, self.asked = {}, {}, {}, []
        self.algorithm, self.signing = "RS256", self.key
        super().__init__(_Plain(), lambda _: self.make())
        self.issuer = f"http://127.0.0.1:{self.server.port}/realm"

    def make(self):
        routes = [
            Route("/realm/.well-known/openid-configuration", self.describe),
            Route("/realm/authorize", self.authorize),
            Route("/realm/token", self.token, methods=["POST"]),
            Route("/realm/keys", lambda _: JSONResponse({"keys": [self.key.as_dict(private=False)]})),
        ]
        return Starlette(routes=routes)

    def describe(self, request):
        made = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        made |= {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in (("authorization", "authorize"), ("token", "token"))}
        return JSONResponse(made | self.lie.get("describe", {}))

    def authorize(self, request):
        given = dict(request.query_params)
        self.asked.append(given)
        code = f"code-{len(self.codes)}"
        self.codes[code] = given
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}", 303)

    async def token(self, request):
        from joserfc import jwt

        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(given.get("code"), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        right = asked and challenge == asked["code_challenge"] and given["redirect_uri"] == asked["redirect_uri"]
        if not right or given.get("client_secret") != "hush":
            return JSONResponse({"error": "invalid_grant"}, 400)
        now_s = int(now())
        claims = {"iss": self.issuer, "aud": given["client_id"], "sub": "7", "iat": now_s, "exp": now_s + 300, "nonce": asked["nonce"]}
        header = {"alg": self.algorithm, "kid": "one"}
        made = jwt.encode(header, claims | self.claims | self.lie.get("claims", {}), self.signing, algorithms=[self.algorithm])
        return JSONResponse({"id_token": made, "token_type": "Bearer"})


class _Plain(Server):
    """The same server for another's application."""

    def __init__(self):
        super().__init__("127.0.0.1", 0)


def path_of(url):
    """What a browser asks of a host."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
