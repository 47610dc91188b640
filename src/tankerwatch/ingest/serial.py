"""A receiver at a serial port: `serial:DEVICE?baud=38400`. Needs the extra `tankerwatch[serial]`, and only here."""

from __future__ import annotations

import asyncio
from typing import Any

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import FeedState
from tankerwatch.ingest.live import Pauses, Peer, Receive, enter

BAUD = 38_400
"""IEC 61162-2, what AIS receivers speak"""
POLL_S = 0.5


class SerialSource:
    """A serial device, opened again whenever it goes away. Raises InputFault when pyserial is not installed."""

    def __init__(self, feed: FeedState, device: str, baud: int = BAUD) -> None:
        try:
            import serial
        except ImportError as error:
            help = "install the extra: pip install 'tankerwatch[serial]'"
            raise InputFault("serial ports need pyserial, which is not installed", where=f"serial:{device}", help=help) from error
        self._serial: Any = serial
        self.feed = feed
        self._device = device
        self._baud = baud
        self._pauses = Pauses()

    async def run(self, receive: Receive) -> None:
        """Deliver what comes until cancelled."""
        while True:
            port: Any = None
            peer = Peer(self.feed, receive)
            try:
                port = await asyncio.to_thread(self._serial.Serial, self._device, self._baud, timeout=POLL_S)
                self.feed.connections += 1
                enter(self.feed, "open")
                while True:
                    if data := await asyncio.to_thread(self._read, port):
                        self._pauses.succeeded()
                        peer.received(data)
            except (self._serial.SerialException, OSError) as error:
                words = (getattr(error, "strerror", None) or str(error) or "the device is gone")[:200]
            finally:
                peer.gone()
                if port is not None:
                    port.close()
            await self._pauses.wait(self.feed, "failed", words[:1].lower() + words[1:])

    @staticmethod
    def _read(port: Any) -> bytes:
        """What has come, or the first byte that comes within `POLL_S`."""
        data: bytes = port.read(max(port.in_waiting, 1))
        return data
