"""What a SOURCE on the command line stands for."""

from __future__ import annotations

import ipaddress
import math
import re

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import FeedState, LiveSource
from tankerwatch.ingest.serial import BAUD, SerialSource
from tankerwatch.ingest.stdin import StdinSource
from tankerwatch.ingest.tcp import STALL_S, TcpClient, TcpListener
from tankerwatch.ingest.udp import UdpSource

SLOWEST, FASTEST = 0.1, 100_000.0
"""the speeds of a replay"""
_FORMS = "file:PATH tcp://HOST:PORT tcp-listen://[HOST]:PORT udp://[HOST]:PORT serial:DEVICE -"


def parse_source(text: str, index: int, *, allow_remote: bool = False, stall_s: float = STALL_S) -> LiveSource:
    """The live feed that a SOURCE names; `index` is its place among the feeds.

    `tcp://HOST:PORT`, `tcp-listen://[HOST]:PORT`, `udp://[HOST]:PORT`, `serial:DEVICE?baud=38400`, `-`. Without a host a port listens at
    this machine only; `tcp-listen` at any other address needs `allow_remote`. Raises InputFault, for `file:PATH` too (`parse_replay`).
    """
    feed = FeedState(index, text)
    if text == "-":
        return StdinSource(feed)
    scheme, sign, rest = text.partition(":")
    if is_replay(text):
        raise InputFault("is a file, and files are replayed alone", where=text, help="name no live feed beside it")
    if not sign or scheme not in ("tcp", "tcp-listen", "udp", "serial"):
        raise InputFault(f"{text!r} is no source", where="SOURCE", help=f"one of {_FORMS}; a path is written file:PATH")
    if scheme == "serial":
        path, options = _options(text, rest)
        return SerialSource(feed, path, int(_option(text, options, "baud", BAUD, 50, 4_000_000)))
    host, port = _address(text, rest, to_connect=scheme == "tcp")
    if scheme == "tcp":
        return TcpClient(feed, host, port, stall_s=stall_s)
    try:
        address = ipaddress.ip_address("127.0.0.1" if host in ("", "localhost") else host)
    except ValueError as error:
        raise InputFault(f"{host!r} is no address to listen at", where=text, help="an IP address such as 127.0.0.1, not a name") from error
    if scheme == "udp":
        return UdpSource(feed, str(address), port)
    if not address.is_loopback and not allow_remote:
        help = f"write tcp-listen://127.0.0.1:{port}, or allow it in the configuration"
        raise InputFault("anyone on the network could send to this port", where=text, help=help)
    return TcpListener(feed, str(address), port)


def is_replay(text: str) -> bool:
    """Whether a SOURCE names a file to be replayed (`parse_replay`), not a live feed (`parse_source`)."""
    return text.startswith("file:")


def parse_replay(text: str) -> tuple[str, float]:
    """The path and the speed that `file:PATH?speed=N` names, speed 1 where it names none. Raises InputFault; opens nothing."""
    if not is_replay(text):
        raise InputFault("is no file to replay", where=text, help="such as file:feed.nmea?speed=10")
    path, options = _options(text, text.removeprefix("file:"))
    return path, _option(text, options, "speed", 1.0, SLOWEST, FASTEST)


def _address(text: str, rest: str, *, to_connect: bool) -> tuple[str, int]:
    help = "such as tcp://192.0.2.1:10110 or udp://:10110"
    found = re.fullmatch(r"//(\[[0-9A-Fa-f:.%]+\]|[^:/\s\[\]]*):([0-9]{1,5})/?", rest)
    if found is None or int(found[2]) > 65535:
        raise InputFault("needs a host and a port", where=text, help=help)
    host, port = found[1].strip("[]"), int(found[2])
    if to_connect and (not host or not port):
        raise InputFault("needs the host and the port to connect to", where=text, help=help)
    return host, port


def _options(text: str, rest: str) -> tuple[str, dict[str, str]]:
    path, _, query = rest.partition("?")
    if not path:
        raise InputFault("names no file or device", where=text, help="such as file:feed.nmea?speed=10 or serial:/dev/ttyUSB0?baud=38400")
    options = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        options[name] = value
    return path, options


def _option(text: str, options: dict[str, str], name: str, usual: float, least: float, most: float) -> float:
    unknown = next((key for key in options if key != name), None)
    if unknown is not None:
        raise InputFault(f"has no option {unknown!r}", where=text, help=f"its only option is {name}")
    try:
        value = float(options.get(name, usual))
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise InputFault(f"{name} must be a number from {least} to {most}", where=text, help=f"such as {name}={usual}")
    return value
