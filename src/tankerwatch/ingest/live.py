"""What all live feeds share: their state in words, and the pauses between attempts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from tankerwatch.core.ports import FeedState
from tankerwatch.ingest import clock
from tankerwatch.ingest.lines import LIMIT, WholeLines

Receive = Callable[[bytes, float], None]

READ_BYTES = 1 << 16
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0


def enter(feed: FeedState, state: str, words: str = "") -> None:
    """Note a feed's new state."""
    if feed.state != state:
        feed.since_s = clock.now()
    feed.state, feed.words = state, words


def drop(feed: FeedState, reason: str, count: int = 1) -> None:
    """Count what never became lines."""
    if count:
        feed.dropped[reason] = feed.dropped.get(reason, 0) + count


class Peer:
    """What one sender delivers: whole lines only, so that a half line of one sender never joins another's."""

    __slots__ = ("_feed", "_lines", "_receive")

    def __init__(self, feed: FeedState, receive: Receive, limit: int = LIMIT) -> None:
        self._feed = feed
        self._receive = receive
        self._lines = WholeLines(limit)

    def received(self, data: bytes) -> None:
        """Pass on what these bytes complete."""
        now_s = clock.now()
        self._feed.bytes += len(data)
        self._feed.last_s = now_s
        self._pass_on(self._lines.feed(data), now_s)

    def gone(self) -> None:
        """Pass on the half line that is left, ended: decode judges it by its checksum."""
        self._pass_on(self._lines.finish(), clock.now())

    def _pass_on(self, whole: bytes, now_s: float) -> None:
        drop(self._feed, "too_long", self._lines.too_long)
        self._lines.too_long = 0
        if whole:
            self._receive(whole, now_s)


class Pauses:
    """Pauses between attempts: twice as long each time up to `longest_s`, uneven, so that many desks do not knock at once."""

    def __init__(self, first_s: float = FIRST_PAUSE_S, longest_s: float = LONGEST_PAUSE_S) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._next_s = first_s

    def succeeded(self) -> None:
        """Begin again with the shortest."""
        self._next_s = self._first_s

    async def wait(self, feed: FeedState, state: str, words: str) -> None:
        """Say what went wrong and when the next attempt comes, and wait for it."""
        pause_s = min(self._next_s * random.uniform(0.75, 1.25), self._longest_s)
        self._next_s = min(self._next_s * 2, self._longest_s)
        enter(feed, state, f"{words}, trying again in {max(round(pause_s), 1)} s")
        await asyncio.sleep(pause_s)


def reason(error: OSError) -> str:
    """Why the other side could not be reached, in words."""
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "connection broken"
    text = error.strerror or str(error) or type(error).__name__
    return text[:1].lower() + text[1:200]
