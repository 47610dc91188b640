"""Live feeds against peers that die, come back, send half lines, garbage, or nothing at all."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import FeedState, LiveSource
from tankerwatch.ingest import clock
from tankerwatch.ingest.lines import LineSplitter
from tankerwatch.ingest.serial import SerialSource
from tankerwatch.ingest.sources import is_replay, parse_replay, parse_source
from tankerwatch.ingest.stdin import StdinSource
from tankerwatch.ingest.tcp import TcpClient, TcpListener
from tankerwatch.ingest.udp import UdpSource

WHOLE = b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23"


class Desk:
    """Splits what a source delivers, as a desk does."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.splitter = LineSplitter(source.feed.index, feed=source.feed)
        self.lines: list[bytes] = []
        self.states: list[str] = []

    def receive(self, data: bytes, now_s: float) -> None:
        found = self.splitter.feed(data, now_s)
        assert abs(now_s - clock.now()) < 60
        self.lines += [found.line(i) for i in range(len(found))]

    async def until(self, met: Callable[[], bool], seconds: float = 30) -> None:
        """Run the source until something is so; note the states that it goes through."""
        task = asyncio.create_task(self.source.run(self.receive))
        try:
            async with asyncio.timeout(seconds):
                while not met():
                    if not self.states or self.states[-1] != self.source.feed.state:
                        self.states.append(self.source.feed.state)
                    if task.done():
                        await task
                    await asyncio.sleep(0.005)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def run(work: Awaitable[Any]) -> Any:
    async def inner() -> Any:
        return await work

    return asyncio.run(inner())


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with closing(socket.socket(socket.AF_INET, kind)) as link:
        link.bind(("127.0.0.1", 0))
        return int(link.getsockname()[1])


PEER = """
import socket, sys
port, say, end = int(sys.argv[1]), sys.argv[2].encode().decode("unicode_escape").encode("latin-1"), sys.argv[3]
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", port))
server.listen()
link, _ = server.accept()
for at in range(0, len(say), 7):
    link.sendall(say[at:at + 7])
if end != "close":
    sys.stdin.read()
if end == "reset":
    import struct
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
link.close()
"""


def peer(port: int, say: bytes, end: str) -> subprocess.Popen[bytes]:
    text = say.decode("latin-1").encode("unicode_escape").decode()
    return subprocess.Popen([sys.executable, "-c", PEER, str(port), text, end], stdin=subprocess.PIPE)


def test_a_peer_that_dies_and_comes_back_loses_nothing_that_it_sent_whole() -> None:
    port = free_port()
    source = TcpClient(FeedState(1, "x"), "127.0.0.1", port, longest_pause_s=0.2)
    desk = Desk(source)
    garbage = bytes(range(256)) * 3
    says = [
        (b"first\r\nsecond\nhalf a li", "close", b""),
        (garbage + b"\n" + WHOLE + b"\r\nanother half", "reset", WHOLE),
        (WHOLE + b"\n" + b"x" * 50_000 + b"\nlast\n", "hang", b"last"),
    ]

    async def story() -> None:
        async def peers() -> None:
            for at, (say, end, last) in enumerate(says):
                process = peer(port, say, end)
                # A reset throws away what the other side has not read yet: so let it be read before.
                while process.poll() is None and not (end != "close" and desk.lines[-1:] == [last]):
                    await asyncio.sleep(0.01)
                await asyncio.to_thread(process.communicate)
                assert source.feed.connections == at + 1

        told = asyncio.create_task(peers())
        await desk.until(lambda: told.done(), 60)
        await told

    run(story())
    assert [line for line in desk.lines if line in (b"first", b"second", b"last", WHOLE)] == [b"first", b"second", WHOLE, WHOLE, b"last"]
    assert b"half a li" in desk.lines  # for decode to reject and count
    assert desk.states[0] in ("connecting", "failed")
    assert {"open", "closed"} <= set(desk.states)
    assert source.feed.bytes >= sum(len(say) for say, _, _ in says) - len(b"another half")
    assert source.feed.dropped == {"too_long": 1}
    assert source.feed.lines == len(desk.lines)


def test_a_refused_connection_is_said_in_words_and_tried_again() -> None:
    source = TcpClient(FeedState(0, "x"), "127.0.0.1", free_port())
    desk = Desk(source)
    run(desk.until(lambda: source.feed.state == "failed"))
    assert source.feed.words == "connection refused, trying again in 1 s"
    assert source.feed.connections == 0
    assert source.feed.since_s > 0


def test_a_link_that_falls_silent_is_made_anew() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    source = TcpClient(FeedState(0, "x"), "127.0.0.1", server.getsockname()[1], stall_s=0.1, longest_pause_s=0.05)
    desk = Desk(source)
    held = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                link, _ = server.accept()  # and never a word
                held.append(link)

    thread = threading.Thread(target=accept)
    thread.start()
    run(desk.until(lambda: source.stalls >= 2 and source.feed.connections >= 3))
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for link in held:
        link.close()
    assert "closed" in desk.states


def test_no_end_of_line_for_ever_takes_no_memory() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    source = TcpClient(FeedState(0, "x"), "127.0.0.1", server.getsockname()[1])
    desk = Desk(source)

    def flood() -> None:
        link, _ = server.accept()
        with link:
            for _ in range(60):
                link.sendall(b"z" * (1 << 20))
            link.sendall(b"\nend\n")

    thread = threading.Thread(target=flood)
    thread.start()
    tracemalloc.start()
    run(desk.until(lambda: b"end" in desk.lines, 60))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    thread.join()
    server.close()
    assert desk.lines == [b"end"]
    assert peak < 8 << 20
    assert source.feed.dropped == {"too_long": 1}


async def started(source: TcpListener | UdpSource) -> None:
    while not source.port or (source.feed.state == "connecting" and not source.feed.words):
        await asyncio.sleep(0.005)


def test_senders_may_connect_and_their_lines_do_not_mix() -> None:
    source = parse_source("tcp-listen://:0", 2)
    assert isinstance(source, TcpListener)
    desk = Desk(source)

    async def story() -> None:
        async def senders() -> None:
            await started(source)
            one = await asyncio.open_connection("127.0.0.1", source.port)
            two = await asyncio.open_connection("127.0.0.1", source.port)
            for at in range(50):
                for name, (_, writer) in (("one", one), ("two", two)):
                    writer.write(b"%s %d " % (name.encode(), at))
                    await writer.drain()
                    await asyncio.sleep(0)
                    writer.write(b"end\n")
            one[1].close()
            while source.feed.words != "":
                await asyncio.sleep(0.005)
            two[1].write(b"two half")
            two[1].close()

        told = asyncio.create_task(senders())
        await desk.until(lambda: told.done() and source.feed.state == "closed")

    run(story())
    for name in (b"one", b"two"):
        assert [line for line in desk.lines if line.startswith(name) and line.endswith(b"end")] == [
            b"%s %d end" % (name, at) for at in range(50)
        ]
    assert b"two half" in desk.lines
    assert len(desk.lines) == 101
    assert source.feed.connections == 2


def test_only_so_many_senders_are_let_in() -> None:
    source = TcpListener(FeedState(0, "x"), "127.0.0.1", 0, most_senders=2)
    desk = Desk(source)

    async def story() -> None:
        async def senders() -> None:
            await started(source)
            links = [await asyncio.open_connection("127.0.0.1", source.port) for _ in range(3)]
            assert await links[2][0].read() == b""
            for _, writer in links:
                writer.close()

        told = asyncio.create_task(senders())
        await desk.until(lambda: told.done())
        await told

    run(story())
    assert source.feed.dropped == {"too_many_senders": 1}


def test_a_port_in_use_is_said_in_words() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    source = TcpListener(FeedState(0, "x"), "127.0.0.1", server.getsockname()[1])
    run(Desk(source).until(lambda: source.feed.state == "failed"))
    server.close()
    assert "in use" in source.feed.words


def send_datagrams(address: tuple[str, int], *data: bytes, loop_to: str = "") -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as link:
        if loop_to:
            link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(loop_to))
        for datagram in data:
            link.sendto(datagram, address)


def test_datagrams_are_whole_lines() -> None:
    source = parse_source("udp://:0", 0)
    assert isinstance(source, UdpSource)
    desk = Desk(source)
    sent = [WHOLE, WHOLE + b"\r\n", b"two\nlines\n", b"", b"\0\xff", b"x" * 5000, b"last"]

    async def story() -> None:
        async def sender() -> None:
            await started(source)
            send_datagrams(("127.0.0.1", source.port), *sent)

        told = asyncio.create_task(sender())
        await desk.until(lambda: told.done() and b"last" in desk.lines)

    run(story())
    assert desk.lines == [WHOLE, WHOLE, b"two", b"lines", b"\0\xff", b"last"]
    assert source.feed.dropped == {"too_long": 1}
    assert source.feed.state == "open"
    assert source.feed.words == ""


def test_a_multicast_group_is_joined() -> None:
    port = free_port(socket.SOCK_DGRAM)
    source = UdpSource(FeedState(0, "x"), "239.192.0.4", port, interface="127.0.0.1")
    desk = Desk(source)

    async def story() -> None:
        async def sender() -> None:
            while source.feed.state == "connecting":
                await asyncio.sleep(0.005)
            if source.feed.state == "failed":
                return
            send_datagrams(("239.192.0.4", port), WHOLE, loop_to="127.0.0.1")

        told = asyncio.create_task(sender())
        await desk.until(lambda: bool(desk.lines) or (told.done() and source.feed.state == "failed"))

    run(story())
    if source.feed.state == "failed":
        pytest.skip(f"no multicast on this machine's loopback: {source.feed.words}")
    assert desk.lines == [WHOLE]


def test_a_serial_device(tmp_path: Path) -> None:
    pytest.importorskip("serial", reason="pyserial, an extra, is not installed")
    near, far = os.openpty()
    source = parse_source(f"serial:{os.ttyname(far)}?baud=4800", 0)
    desk = Desk(source)

    async def story() -> None:
        async def sender() -> None:
            while source.feed.state != "open":
                await asyncio.sleep(0.005)
            os.write(near, WHOLE + b"\r\nhal")
            os.write(near, b"f\r\n")

        told = asyncio.create_task(sender())
        await desk.until(lambda: told.done() and b"half" in desk.lines)

    run(story())
    os.close(near)
    os.close(far)
    assert [line for line in desk.lines if line] == [WHOLE, b"half"]


def test_a_serial_device_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    pytest.importorskip("serial", reason="pyserial, an extra, is not installed")
    source = parse_source(f"serial:{tmp_path}/absent", 0)
    run(Desk(source).until(lambda: source.feed.state == "failed"))
    assert "trying again" in source.feed.words


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(InputFault) as fault:
        SerialSource(FeedState(0, "x"), "/dev/ttyUSB0")
    assert "tankerwatch[serial]" in fault.value.help


def test_standard_input_ends(tmp_path: Path) -> None:
    near, far = os.pipe()
    source = StdinSource(FeedState(0, "-"), near)
    desk = Desk(source)
    os.write(far, WHOLE + b"\nhalf")
    os.close(far)
    run(desk.until(lambda: source.feed.state == "ended"))
    os.close(near)
    assert desk.lines == [WHOLE, b"half"]
    path = tmp_path / "a"
    path.write_bytes(b"from a file\n")
    with path.open("rb") as file:
        source = StdinSource(FeedState(0, "-"), file.fileno())
        desk = Desk(source)
        run(desk.until(lambda: source.feed.state == "ended"))
    assert desk.lines == [b"from a file"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "feed.nmea",
        "http://127.0.0.1:1",
        "tcp://127.0.0.1",
        "tcp://:10110",
        "tcp://host:99999",
        "tcp://host:port",
        "udp://name:10110",
        "udp:10110",
        "tcp-listen://0.0.0.0:10110",
        "tcp-listen://192.0.2.1:10110",
        "file:",
        "file:/absent/feed.nmea",
        "file:/absent?speed=0",
        "file:/absent?speed=fast",
        "file:/absent?tempo=1",
        "serial:",
        "serial:/dev/x?baud=1",
    ],
)
def test_a_source_that_is_none_is_refused_with_advice(text: str) -> None:
    pytest.importorskip("serial", reason="pyserial, an extra, is not installed")
    with pytest.raises(InputFault) as fault:
        parse_source(text, 0)
    assert fault.value.help
    assert fault.value.where
    assert "replayed alone" in fault.value.what or not is_replay(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("file:a/b.nmea", ("a/b.nmea", 1.0)),
        ("file:/a b?speed=2.5", ("/a b", 2.5)),
        ("file:a?speed=0.1", ("a", 0.1)),
        ("file:a?speed=100000", ("a", 100_000.0)),
        ("file:a?", ("a", 1.0)),
    ],
)
def test_a_replay_is_told_by_its_form(text: str, meant: tuple[str, float]) -> None:
    assert parse_replay(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "tcp://a:1",
        "file:",
        "file:?speed=1",
        "file:a?speed=0",
        "file:a?speed=0.09",
        "file:a?speed=-1",
        "file:a?speed=nan",
        "file:a?speed=inf",
        "file:a?speed=fast",
        "file:a?speed=",
        "file:a?tempo=1",
        "file:a?speed=1&tempo=1",
    ],
)
def test_a_replay_that_is_none_is_refused_with_advice(text: str) -> None:
    with pytest.raises(InputFault) as fault:
        parse_replay(text)
    assert fault.value.help
    assert fault.value.where == text


def test_sources_are_told_by_their_form() -> None:
    forms: dict[str, type] = {
        "tcp://host.example:10110": TcpClient,
        "tcp://[::1]:10110": TcpClient,
        "tcp-listen://:10110": TcpListener,
        "tcp-listen://localhost:10110": TcpListener,
        "tcp-listen://[::1]:10110": TcpListener,
        "udp://:10110": UdpSource,
        "udp://239.192.0.4:60004": UdpSource,
        "-": StdinSource,
    }
    for at, (text, kind) in enumerate(forms.items()):
        source = parse_source(text, at)
        assert type(source) is kind
        assert (source.feed.index, source.feed.name, source.feed.state) == (at, text, "connecting")
    assert isinstance(parse_source("tcp-listen://0.0.0.0:1", 0, allow_remote=True), TcpListener)
