"""Feeds over TCP: `tcp://HOST:PORT` connects to a server, `tcp-listen://HOST:PORT` waits for senders.

A link that carries nothing for `stall_s` is given up and made anew: after a power cut at the other side no packet ever says that it is
dead.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

from tankerwatch.core.ports import FeedState
from tankerwatch.ingest.live import LONGEST_PAUSE_S, READ_BYTES, Pauses, Peer, Receive, drop, enter, reason

STALL_S = 60.0
CONNECT_S = 10.0
MOST_SENDERS = 16


def keep_alive(link: socket.socket) -> None:
    """Let the system ask the other side after 30 s of silence, and give up after three unanswered questions."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


class TcpClient:
    """A connection to a server that sends lines; made again whenever it breaks. `stalls` counts links that fell silent."""

    def __init__(
        self, feed: FeedState, host: str, port: int, *, stall_s: float = STALL_S, longest_pause_s: float = LONGEST_PAUSE_S
    ) -> None:
        self.feed = feed
        self.stalls = 0
        self._host, self._port = host, port
        self._stall_s = stall_s
        self._pauses = Pauses(longest_s=longest_pause_s)

    async def run(self, receive: Receive) -> None:
        """Deliver what comes until cancelled."""
        while True:
            try:
                words = await self._connection(receive)
            except OSError as error:  # a time-out too
                await self._pauses.wait(self.feed, "failed", reason(error))
            else:
                await self._pauses.wait(self.feed, "closed", words)

    async def _connection(self, receive: Receive) -> str:
        """One connection from beginning to end; why it ended."""
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(self._host, self._port, limit=READ_BYTES)
        peer = Peer(self.feed, receive)
        try:
            keep_alive(writer.get_extra_info("socket"))
            self.feed.connections += 1
            enter(self.feed, "open")
            while True:
                try:
                    async with asyncio.timeout(self._stall_s):
                        data = await reader.read(READ_BYTES)
                except TimeoutError:
                    self.stalls += 1
                    return f"nothing came for {self._stall_s:.0f} s"
                except OSError as error:
                    return reason(error)
                if not data:
                    return "closed by the other side"
                self._pauses.succeeded()
                peer.received(data)
        finally:
            peer.gone()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


class TcpListener:
    """A port at which senders may connect, at most `most_senders` at once; one that is silent for `stall_s` is let go."""

    def __init__(self, feed: FeedState, host: str, port: int, *, most_senders: int = MOST_SENDERS, stall_s: float = 600.0) -> None:
        self.feed = feed
        self.port = port
        """the port that is listened at, also when 0 let the system choose"""
        self._host = host
        self._most_senders = most_senders
        self._stall_s = stall_s
        self._senders: set[asyncio.Task[None]] = set()
        self._pauses = Pauses()

    async def run(self, receive: Receive) -> None:
        """Deliver what comes until cancelled."""

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if len(self._senders) >= self._most_senders:
                drop(self.feed, "too_many_senders")
                writer.close()
                return
            task = asyncio.get_running_loop().create_task(self._sender(reader, writer, receive))
            self._senders.add(task)
            task.add_done_callback(self._senders.discard)

        while True:
            try:
                server = await asyncio.start_server(connected, self._host, self.port, limit=READ_BYTES)
            except OSError as error:
                await self._pauses.wait(self.feed, "failed", reason(error))
                continue
            self.port = server.sockets[0].getsockname()[1]
            enter(self.feed, "connecting", f"waiting for a sender at port {self.port}")
            try:
                async with server:
                    await server.serve_forever()
            finally:
                for task in list(self._senders):
                    task.cancel()

    async def _sender(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, receive: Receive) -> None:
        peer = Peer(self.feed, receive)
        words = "closed by the sender"
        self.feed.connections += 1
        enter(self.feed, "open", self._count(0))
        try:
            keep_alive(writer.get_extra_info("socket"))
            while True:
                async with asyncio.timeout(self._stall_s):
                    data = await reader.read(READ_BYTES)
                if not data:
                    break
                peer.received(data)
        except TimeoutError:
            words = f"nothing came for {self._stall_s:.0f} s"
        except OSError as error:
            words = reason(error)
        finally:
            peer.gone()
            writer.close()
            if len(self._senders) > 1:
                enter(self.feed, "open", self._count(-1))
            else:
                enter(self.feed, "closed", f"{words}, waiting for a sender at port {self.port}")

    def _count(self, change: int) -> str:
        count = max(len(self._senders) + change, 1)
        return "" if count == 1 else f"{count} senders"
