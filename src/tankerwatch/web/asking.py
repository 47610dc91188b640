"""What every route does: read a body within bounds, ask the desk, refuse in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request

from tankerwatch.web.plain import Answer, decoded

BODY_BYTES: Final = 65_536


class Refused(Exception):
    """A request that is answered with a status, one line and what to do."""

    def __init__(self, status: int, error: str, help: str = "") -> None:
        super().__init__(error)
        self.status, self.error, self.help = status, error, help


async def body_of(request: Request, most_bytes: int = BODY_BYTES) -> dict[str, Any]:
    """The JSON object that a POST carries. Raises Refused: 415 not JSON, 413 above `most_bytes`, 400 no object."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Refused(415, "the content is not application/json", "send JSON with Content-Type: application/json")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise Refused(413, "the content is too long", f"at most {most_bytes} bytes")
    try:
        found = decoded(body)
    except (ValueError, RecursionError):
        raise Refused(400, "the content is not JSON", 'send an object such as {"words": "seen"}') from None
    if not isinstance(found, dict):
        raise Refused(400, "the content is no JSON object", 'send an object such as {"words": "seen"}')
    return found


async def ask(question: Callable[..., Any], *given: Any) -> Any:
    """Ask the desk without holding up the loop: it may wait for its lock."""
    return await asyncio.to_thread(question, *given)


def ship_id(text: str) -> int:
    """The number that a path names. Raises Refused (404) for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Refused(404, "there is no such ship", "a ship's id is her MMSI; find her with /api/ships?q=NAME")
    return int(text)


def found(value: Any, what: str) -> Answer:
    """The value as an answer. Raises Refused (404) for None."""
    if value is None:
        raise Refused(404, f"there is no such {what}", f"/api/{what}s tells which there are")
    return Answer(value)
