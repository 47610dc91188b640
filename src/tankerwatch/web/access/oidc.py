"""A log-in by an identity provider: OpenID Connect, authorization code with PKCE. The one file that needs the extra `oidc`.

What the provider is, is read from its issuer's discovery document; of a token, signature, issuer, audience, times and nonce must be right.
The desk calls the provider that the configuration names, and nobody else.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from tankerwatch.core.errors import InputFault
from tankerwatch.web.access.roles import Role
from tankerwatch.web.access.users import NAME
from tankerwatch.web.asking import Refused

try:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
except ImportError:
    words = "a log-in by a provider needs joserfc, which is not installed"
    raise InputFault(words, where="[oidc]", help="pip install 'tankerwatch[oidc]'") from None

ANSWER_BYTES: Final = 1 << 20
CALL_S: Final = 10.0
MOST_UNDER_WAY: Final = 256
UNDER_WAY_S: Final = 600.0
KNOWN_S: Final = 3600.0
LEEWAY_S: Final = 60
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that only the provider can make: nothing with a shared secret, and never `none`."""

log = logging.getLogger("tankerwatch.web")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the configuration says of the provider. `roles`: which values of the claim make whom what."""

    issuer: str
    client_id: str
    secret: str
    scopes: tuple[str, ...]
    name_claim: str
    roles_claim: str
    roles: tuple[tuple[Role, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A log-in for which the browser is at the provider."""

    state: str
    nonce: str
    verifier: str
    back: str
    began_s: float


@dataclass(slots=True)
class OidcProvider:
    """Sends browsers to the provider and takes its word when they come back."""

    settings: Settings
    now: Callable[[], float] = time.monotonic
    _under_way: OrderedDict[str, UnderWay] = field(default_factory=OrderedDict)
    _known: tuple[dict[str, Any], KeySet] | None = None
    _known_s: float = 0.0

    @property
    def name(self) -> str:
        """As the log-in page calls it."""
        return urlsplit(self.settings.issuer).hostname or self.settings.issuer

    async def begin(self, back: str) -> tuple[str, str]:
        """Where the browser is sent, and the secret that it keeps meanwhile. Raises Refused."""
        told, _ = await self._provider()
        kept, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        way = UnderWay(secrets.token_urlsafe(32), secrets.token_urlsafe(32), verifier, back, self.now())
        self._under_way[kept] = way
        while len(self._under_way) > MOST_UNDER_WAY:
            self._under_way.popitem(last=False)
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": back,
            "scope": " ".join(dict.fromkeys(("openid", *self.settings.scopes))),
            "state": way.state,
            "nonce": way.nonce,
            "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        where = str(told["authorization_endpoint"])
        return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(asked)}", kept

    async def end(self, kept: str, state: str, code: str) -> tuple[str, Role]:
        """Name and role of who comes back. Raises Refused."""
        way = self._under_way.pop(kept, None)
        right = way is not None and hmac.compare_digest(way.state.encode(), state.encode("utf-8", "replace"))
        if way is None or not right or not code or self.now() - way.began_s > UNDER_WAY_S:
            raise Refused(403, "this log-in was not begun here, or long ago", "begin again at /login")
        told, keys = await self._provider()
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": way.back,
            "client_id": self.settings.client_id,
            "code_verifier": way.verifier,
            **({"client_secret": self.settings.secret} if self.settings.secret else {}),
        }
        answer = await self._ask(str(told["token_endpoint"]), given)
        claims = await self._claims(answer.get("id_token"), way.nonce, keys)
        return _name(claims.get(self.settings.name_claim)), self._role(claims)

    async def _claims(self, token: Any, nonce: str, keys: KeySet) -> dict[str, Any]:
        """The claims of a token that is right. Raises Refused."""
        wanted = self.settings
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": wanted.issuer},
            aud={"essential": True, "value": wanted.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            if not isinstance(token, str):
                raise ValueError("no token")
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                self._known = None  # the provider may have other keys since
                _, keys = await self._provider()
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            claims = dict(decoded.claims)
            registry.validate(claims)
            others = claims["aud"] if isinstance(claims["aud"], list) else []
            if (len(others) > 1 or "azp" in claims) and claims.get("azp") != wanted.client_id:
                raise ValueError("for another client")
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            log.error("the provider's token is not right: %s", fault)
            raise Refused(403, "the provider's word is not right", "an admin finds more in the desk's own output") from None
        return claims

    def _role(self, claims: dict[str, Any]) -> Role:
        """The greatest role that the claim tells. Raises Refused."""
        held: Any = claims
        for part in [self.settings.roles_claim] if self.settings.roles_claim in claims else self.settings.roles_claim.split("."):
            held = held.get(part) if isinstance(held, dict) else None
        values = (
            {held} if isinstance(held, str) else {value for value in held if isinstance(value, str)} if isinstance(held, list) else set()
        )
        role = max((role for role, wanted in self.settings.roles if values & wanted), default=Role.NOBODY)
        if role is Role.NOBODY:
            raise Refused(403, "the provider knows you, and this desk has no role for you", "ask an admin of this desk")
        return role

    async def _provider(self) -> tuple[dict[str, Any], KeySet]:
        """What the provider says of itself, and its keys. Raises Refused."""
        if self._known is None or self.now() - self._known_s > KNOWN_S:
            issuer = self.settings.issuer
            told = await self._ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if told.get("issuer") != issuer or not all(_allowed(told.get(name), issuer) for name in needed):
                log.error("[oidc] issuer: %s does not describe itself as that", issuer)
                raise Refused(503, "the provider is not as it should be", "log in by name and password, or ask an admin")
            try:
                keys = KeySet.import_key_set(await self._ask(str(told["jwks_uri"])))  # type: ignore[arg-type]  # what is wrong with it, it says
            except (JoseError, ValueError, TypeError, KeyError, AttributeError):
                raise Refused(503, "the provider's keys cannot be read", "log in by name and password, or ask an admin") from None
            self._known, self._known_s = (told, keys), self.now()
        return self._known

    async def _ask(self, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            return await asyncio.to_thread(_call, url, form)
        except (OSError, http.client.HTTPException, ValueError) as fault:
            log.error("the provider does not answer at %s: %s", url, fault)
            raise Refused(503, "the provider does not answer", "try again, or log in by name and password") from None


def _call(url: str, form: dict[str, str] | None) -> dict[str, Any]:
    """One request; redirections are not followed. Raises OSError, HTTPException, ValueError."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=CALL_S)
    try:
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
        line.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        answer = line.getresponse()
        held = json.loads(answer.read(ANSWER_BYTES))
    except RecursionError:
        raise ValueError("no JSON") from None
    finally:
        line.close()
    if answer.status != 200 or not isinstance(held, dict):
        raise ValueError(f"status {answer.status}")
    return held


def _allowed(url: Any, issuer: str) -> bool:
    """An address of a provider: by TLS, unless the issuer itself is on this machine."""
    return isinstance(url, str) and urlsplit(url).scheme in ("https", urlsplit(issuer).scheme) and bool(urlsplit(url).hostname)


def _name(given: Any) -> str:
    if not isinstance(given, str) or not NAME.fullmatch(given):
        raise Refused(403, "the provider tells no name that this desk can write down", "[oidc] name_claim says which claim is taken")
    return given
