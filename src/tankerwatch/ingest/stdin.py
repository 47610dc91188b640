"""A feed from standard input: `-`. Ends when the other side of the pipe ends."""

from __future__ import annotations

import asyncio
import os
import select
import sys

from tankerwatch.core.ports import FeedState
from tankerwatch.ingest.live import READ_BYTES, Peer, Receive, enter

POLL_S = 0.5


class StdinSource:
    """Standard input, or the open file `descriptor`: a pipe, a terminal or a file."""

    def __init__(self, feed: FeedState, descriptor: int | None = None) -> None:
        self.feed = feed
        self._descriptor = descriptor

    async def run(self, receive: Receive) -> None:
        """Deliver what comes until its end."""
        descriptor = sys.stdin.fileno() if self._descriptor is None else self._descriptor
        peer = Peer(self.feed, receive)
        self.feed.connections += 1
        enter(self.feed, "open")
        try:
            while (data := await asyncio.to_thread(_read, descriptor)) != b"":
                if data is not None:
                    peer.received(data)
        except OSError as error:
            peer.gone()
            enter(self.feed, "failed", (error.strerror or str(error)).lower())
            return
        peer.gone()
        enter(self.feed, "ended", "the input came to its end")


def _read(descriptor: int) -> bytes | None:
    """Some bytes, b"" at the end, None when nothing came for a while: a thread must not block for ever, or the desk could not stop."""
    if not select.select([descriptor], [], [], POLL_S)[0]:
        return None
    return os.read(descriptor, READ_BYTES)
