"""A connection that is cut when its other end is slow: who sends a request a byte a minute, or does not read, holds nothing for ever.

And one socket that listens, at which nobody takes all the places.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from tankerwatch.web.access.limits import network
from tankerwatch.web.guard import OPEN, Front

REQUEST_S: Final = 15.0
"""How long a request may take to arrive, its body too; a page's are some hundred bytes."""
QUIET_S: Final = 30.0
"""How long a reader may take nothing of an answer."""
LOOK_S: Final = 1.0
MOST_QUIET: Final = 128
"""Connections that wait for their other end, to ask or to read: of more than these the one that was quiet for longest goes."""
MOST_OF_ONE: Final = 96
"""Connections of one address; a browser opens six, and one for each page, and a whole watch may stand behind one."""
MOST_OPEN: Final = 512
"""Connections in all: the desk has files to open, too."""


def own(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True  # a socket without addresses


class Doorstep(socket.socket):
    """A socket that listens, and lets so many in and no more: before TLS is spoken, for who never ends her handshake holds a file, too."""

    most_of_one, most_open = MOST_OF_ONE, MOST_OPEN
    front: Front = OPEN
    _open: tuple[tuple[socket.socket, str], ...] = ()

    def accept(self) -> tuple[socket.socket, Any]:
        """The next that may come in. Raises ConnectionAbortedError for one that may not, as for one that went by itself."""
        made, address = super().accept()
        who = str(address[0])
        still = [(each, whose) for each, whose in self._open if each.fileno() >= 0]
        # This machine's own, and a proxy of ours, hold as many as there are.
        mine = 0 if own(who) or self.front.trusts(who) else sum(network(whose) == network(who) for _, whose in still)
        if len(still) >= self.most_open or mine >= self.most_of_one:
            made.close()
            raise ConnectionAbortedError
        self._open = (*still, (made, who))
        return made, address


class Line(H11Protocol):
    """uvicorn's HTTP with deadlines. Where a WebSocket begins it hands over: there each page has its own slot."""

    request_s, quiet_s, look_s, most_quiet = REQUEST_S, QUIET_S, LOOK_S, MOST_QUIET

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the class above has it
        """Begin to look at the clock."""
        super().connection_made(transport)
        self._moved_s = self._waiting_since_s = self._quiet_since_s = self.loop.time()
        self._idle = False
        self._looking = self.loop.call_later(self.look_s, self._look)
        # uvicorn refuses everybody when so many are open. Who holds places by saying nothing has none of a page that asks at once.
        quiet = [each for each in self.connections if isinstance(each, Line) and each.quiet]
        if len(quiet) > self.most_quiet:
            min(quiet, key=lambda each: each._quiet_since_s).transport.abort()

    @property
    def quiet(self) -> bool:
        """Whether it waits for its other end, and is no WebSocket."""
        waits = self.cycle is None or self.cycle.response_complete or self.cycle.more_body or self.flow.write_paused
        return waits and self._ours()

    def _ours(self) -> bool:
        """Whether it is open and no WebSocket; a transport of TLS that was closed knows no protocol any more."""
        return not self.transport.is_closing() and self.transport.get_protocol() is self

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more to look at."""
        self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came; a request that began has until its deadline, however often a byte of it comes."""
        if self._idle:
            self._idle, self._waiting_since_s = False, self.loop.time()
        super().data_received(data)

    def pause_writing(self) -> None:
        """The other end takes nothing for now."""
        self._moved_s = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It took something."""
        self._moved_s = self.loop.time()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """The next request may take its time to begin (uvicorn ends that), not to arrive."""
        self._idle, self._quiet_since_s = True, self.loop.time()
        super().on_response_complete()

    def _look(self) -> None:
        if not self._ours():
            return  # a WebSocket now, or gone
        now_s, cycle = self.loop.time(), self.cycle
        busy = cycle is not None and not cycle.response_complete
        if busy and self.flow.write_paused:
            late = now_s - self._moved_s > self.quiet_s
        elif busy and not cycle.more_body:
            late = False  # the desk works
        else:
            late = not self._idle and now_s - self._waiting_since_s > self.request_s
        if late:
            self.transport.abort()
        else:
            self._looking = self.loop.call_later(self.look_s, self._look)
