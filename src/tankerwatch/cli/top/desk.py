"""What a desk tells, kept up for ever: alerts and health by its WebSocket, the ships that are watched by its API.

Nothing is made up: when the desk is gone, what it told last stands still and is said to be old.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from tankerwatch.cli.calling import Line, ask, words_of
from tankerwatch.core.errors import InputFault

SILENT_S: Final = 8.0
"""A desk tells how it is each second: one that says nothing for so long is gone, whatever the connection says."""
AGAIN_S: Final = 1.0
SHIPS_S: Final = 2.0
OVER_KEPT: Final = 500
LONGEST_BYTES: Final = 64 << 20
NO_MAP: Final = json.dumps({"type": "view", "number": 1, "west_deg": 0, "south_deg": -90, "east_deg": 0, "north_deg": -90})
"""Of the ships only those that are watched, please; a desk that knows no views passes it over."""


@dataclass(slots=True)
class Seen:
    """What the desk told last. `connected`: it is there; `problem`: why not; `lost_s`: since when, by this machine's monotonic clock."""

    hello: dict[str, Any] = field(default_factory=dict)
    health: dict[str, Any] = field(default_factory=dict)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    ships: list[dict[str, Any]] = field(default_factory=list)
    ships_in_all: int = 0
    connected: bool = False
    problem: str = "no desk has answered yet"
    lost_s: float | None = None

    def hear(self, message: dict[str, Any]) -> None:
        """Take in one message of docs/reference/wire.md; those that are for a map are passed over. Raises ValueError for what is none."""
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise ValueError("no message of a desk")
        self.connected, self.problem, self.lost_s = True, "", None
        kind = message["type"]
        if kind == "hello":
            self.hello = message
        elif kind == "health":
            self.health = message
        elif kind == "alerts":
            fresh = {str(alert["id"]): alert for alert in message["alerts"]}
            self.alerts = fresh if message["all"] else _bounded({**self.alerts, **fresh})

    def look(self, watched: dict[str, Any]) -> None:
        """Take in the answer of `GET /api/watched`."""
        self.ships, self.ships_in_all = list(watched["ships"]), int(watched["of"])

    def lose(self, problem: str) -> None:
        """The desk is gone."""
        self.connected, self.problem = False, problem
        self.lost_s = time.monotonic() if self.lost_s is None else self.lost_s


def _bounded(alerts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same without what was over long ago: a terminal is open for weeks."""
    over = [each for each in alerts.values() if each["state"] != "open"]
    over.sort(key=lambda each: each.get("end_s") or each.get("updated_s") or 0.0)
    for each in over[: max(0, len(over) - OVER_KEPT)]:
        del alerts[each["id"]]
    return alerts


def once(line: Line) -> Seen:
    """One look at a desk. Raises InputFault when none answers."""
    seen = Seen()
    for kind, path in (("health", "/api/health"), ("alerts", "/api/alerts")):
        seen.hear({**ask(line, "GET", path, None, most_bytes=LONGEST_BYTES), "type": kind, "all": True})
    seen.look(ask(line, "GET", "/api/watched", None))
    return seen


async def attend(line: Line, seen: Seen, changed: Callable[[], None], *, silent_s: float = SILENT_S) -> None:
    """Listen to the desk until cancelled; it may come and go."""
    url = f"{'wss' if line.context else 'ws'}://{line.where}/ws"
    while True:
        try:
            async with connect(
                url,
                ssl=line.context,
                additional_headers=line.headers,
                proxy=None,
                compression=None,
                max_size=LONGEST_BYTES,
                open_timeout=silent_s,
                close_timeout=1,
            ) as socket:
                await socket.send(NO_MAP)
                while True:
                    async with asyncio.timeout(silent_s):
                        said = await socket.recv()
                    if isinstance(said, str):
                        seen.hear(json.loads(said))
                        changed()
        except TimeoutError:
            seen.lose(f"it says nothing for {silent_s:.0f} s")
        except OSError as fault:
            seen.lose(words_of(fault))
        except InvalidStatus as fault:
            refused = fault.response.status_code in (401, 403)
            seen.lose("it lets us not in: --token-file" if refused else "what answers there is no desk")
        except (WebSocketException, ValueError, KeyError, TypeError) as fault:
            seen.lose("the connection ended" if isinstance(fault, WebSocketException) else "what answers there is no desk")
        changed()
        await asyncio.sleep(AGAIN_S)


async def look_for_ships(line: Line, seen: Seen, changed: Callable[[], None]) -> None:
    """Ask for the ships that are watched, until cancelled; a desk that is gone is not asked."""
    while True:
        if seen.connected:
            with suppress(InputFault, KeyError, TypeError, ValueError):  # when it has just gone, the other connection tells
                seen.look(await asyncio.to_thread(ask, line, "GET", "/api/watched", None))
            changed()
        await asyncio.sleep(SHIPS_S)


async def answer(line: Line, alert: str, verb: str, words: str, by: str) -> None:
    """Send what a person decided about an alert; back when it is in the journal. Raises InputFault."""
    content = {"words": words, **({"by": by} if by else {})}
    await asyncio.to_thread(ask, line, "POST", f"/api/alerts/{alert}/{verb}", content)
