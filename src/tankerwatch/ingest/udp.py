"""Feeds over UDP: `udp://[HOST]:PORT`, unicast or a multicast group. Each datagram holds whole lines; one without a line end is a line."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from functools import partial
from typing import Any

from tankerwatch.core.ports import FeedState
from tankerwatch.ingest.live import Pauses, Peer, Receive, enter, reason

BUFFER_BYTES = 4 << 20


class UdpSource:
    """A port at which datagrams arrive; joins the group when the host is a multicast address, on the interface of `interface`."""

    def __init__(self, feed: FeedState, host: str, port: int, *, interface: str = "") -> None:
        self.feed = feed
        self.port = port
        """the port that is listened at, also when 0 let the system choose"""
        self._host = host
        self._interface = interface
        self._pauses = Pauses()

    async def run(self, receive: Receive) -> None:
        """Deliver what comes until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                link = self._bound()
            except OSError as error:
                await self._pauses.wait(self.feed, "failed", reason(error))
                continue
            self.port = link.getsockname()[1]
            lost: asyncio.Future[str] = loop.create_future()
            transport, _ = await loop.create_datagram_endpoint(partial(_Datagrams, self.feed, receive, lost), sock=link)
            enter(self.feed, "open", "no datagram yet")
            self.feed.connections += 1
            try:
                words = await lost
            finally:
                transport.close()
            await self._pauses.wait(self.feed, "failed", words)

    def _bound(self) -> socket.socket:
        address = ipaddress.ip_address(self._host)
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        link = socket.socket(family, socket.SOCK_DGRAM)
        try:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            if address.is_multicast:
                # Other programs of this machine may listen to the same group.
                link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            link.bind((self._host, self.port))
            if address.is_multicast and address.version == 4:
                interface = socket.inet_aton(self._interface or "0.0.0.0")
                link.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(self._host) + interface)
            elif address.is_multicast:
                index = socket.if_nametoindex(self._interface) if self._interface else 0
                group = address.packed + index.to_bytes(4, "little")
                link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
            link.setblocking(False)
        except BaseException:
            link.close()
            raise
        return link


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, feed: FeedState, receive: Receive, lost: asyncio.Future[str]) -> None:
        self._feed = feed
        self._peer = Peer(feed, receive)
        self._lost = lost

    def datagram_received(self, data: bytes, _: Any) -> None:
        if data:
            self._feed.words = ""
            self._peer.received(data if data.endswith((b"\n", b"\r")) else data + b"\n")

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self._feed.words = reason(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(reason(exc) if isinstance(exc, OSError) else "the port was closed")
