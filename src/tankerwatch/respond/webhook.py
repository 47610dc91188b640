"""One POST of JSON to an address that a person wrote into the configuration. Redirects are not followed, answers are not read."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

from tankerwatch.core.errors import InputFault

LONGEST_S: Final = 10.0
BOTH_WAYS: Final = 2
"""SHUT_RDWR."""


def trusting(ca: str) -> ssl.SSLContext:
    """Whom to believe: those whom these certificates (PEM) vouch for and nobody else; without any, those whom this machine trusts.

    Raises InputFault for certificates that cannot be used.
    """
    try:
        return ssl.create_default_context(cadata=ca or None)
    except (ssl.SSLError, ValueError) as fault:
        raise InputFault(f"is no certificate that can be used ({fault})", where="webhook.ca_file", help="one in PEM") from None


def signature_of(body: bytes, secret: bytes) -> str:
    """What X-Tankerwatch-Signature says: HMAC-SHA256 (RFC 2104) in hex."""
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"


def post(
    url: str,
    body: bytes,
    *,
    secret: bytes = b"",
    headers: Mapping[str, str] | None = None,
    trust: ssl.SSLContext | None = None,
    longest_s: float = LONGEST_S,
) -> None:
    """Send `body`, signed with `secret` in X-Tankerwatch-Signature when there is one, over https to whom `trust` believes.

    Raises OSError when it cannot be delivered: unreachable, too slow, or answered with anything but 2xx.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, parts.port, timeout=longest_s, context=trust or trusting(""))
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=longest_s)
    told = {**(headers or {}), "Content-Type": "application/json", "User-Agent": "tankerwatch"}
    if secret:
        told["X-Tankerwatch-Signature"] = signature_of(body, secret)

    def cut() -> None:
        # Each byte that drips in keeps the socket's own time-out away.
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(BOTH_WAYS)

    end = Timer(longest_s, cut)
    end.daemon = True
    try:
        end.start()
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else "") or "/", body, told)
        status = connection.getresponse().status
    except (http.client.HTTPException, ValueError) as fault:
        raise OSError(f"{host} does not speak HTTP, or not in time ({fault})") from fault
    finally:
        end.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise OSError(f"{host} answers {status}")
