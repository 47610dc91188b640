"""From values to AIS messages: the bit tables of ITU-R M.1371-5 Annex 8, and a function for each message.

Each function takes values in field units (degrees, knots, metres, seconds) and returns a `Payload`; None or NaN becomes the
standard's "not available". A value outside its field's range raises ValueError: clip before, if that is what is meant (a speed of
102.2 kn says "102.2 or more"). `payloads` encodes many messages of one layout at once. Framing into sentences is in `framing.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np

from tankerwatch.core.ais.sixbit import Field, Layout, direction, number, pack, spare, text, text_values

LON_MISSING = 181 * 600_000
LAT_MISSING = 91 * 600_000


class Payload(NamedTuple):
    """The armoured characters of one message and how many bits of the last one do not count."""

    characters: bytes
    fill_bits: int


# fmt: off
# a table: its columns are read downwards
_HEAD: tuple[Field, ...] = (number("msg_type", 6), number("repeat", 2), number("mmsi", 30, high=999_999_999))
_POSITION: tuple[Field, ...] = (  # 1/10 000 minute
    number("accurate", 1),
    number("lon_deg", 28, -180, 180, scale=600_000, missing=LON_MISSING),
    number("lat_deg", 27, -90, 90, scale=600_000, missing=LAT_MISSING),
)
_SOG = number("sog_kn", 10, 0, 102.2, scale=10, missing=1023)
_COG = direction("cog_deg", 12, scale=10, missing=3600)
_HEADING = direction("heading_deg", 9, missing=511)
_SECOND = number("utc_second", 6, 0, 63, missing=60)
_SIZE: tuple[Field, ...] = (
    number("to_bow_m", 9, missing=0), number("to_stern_m", 9, missing=0),
    number("to_port_m", 6, missing=0), number("to_starboard_m", 6, missing=0),
)

POSITION_A = Layout("M.1371-5 Annex 8, 3.1: messages 1, 2, 3", (
    *_HEAD, number("nav_status", 4, missing=15), number("turn_raw", 8, -127, 127, missing=-128), _SOG, *_POSITION, _COG, _HEADING,
    _SECOND, number("manoeuvre", 2, missing=0), spare(3), number("raim", 1), number("comm_state", 19),
))
BASE_STATION = Layout("M.1371-5 Annex 8, 3.2: messages 4, 11", (
    *_HEAD, number("year", 14, 1, 9999, missing=0), number("month", 4, 1, 12, missing=0), number("day", 5, 1, 31, missing=0),
    number("hour", 5, 0, 23, missing=24), number("minute", 6, 0, 59, missing=60), number("second", 6, 0, 59, missing=60), *_POSITION,
    number("epfd", 4), number("long_range", 1), spare(9), number("raim", 1), number("comm_state", 19),
))
STATIC_VOYAGE = Layout("M.1371-5 Annex 8, 3.3: message 5", (
    *_HEAD, number("version", 2), number("imo", 30, missing=0), text("callsign", 7), text("name", 20), number("ship_type", 8, missing=0),
    *_SIZE, number("epfd", 4), number("month", 4, 1, 12, missing=0), number("day", 5, 1, 31, missing=0),
    number("hour", 5, 0, 23, missing=24), number("minute", 6, 0, 59, missing=60), number("draught_m", 8, scale=10, missing=0),
    text("destination", 20), number("no_terminal", 1), spare(1),
))
POSITION_SAR = Layout("M.1371-5 Annex 8, 3.7: message 9", (
    *_HEAD, number("altitude_m", 12, 0, 4094, missing=4095), number("sog_kn", 10, 0, 1022, missing=1023), *_POSITION, _COG, _SECOND,
    number("barometric", 1), spare(7), number("no_terminal", 1), spare(3), number("assigned", 1), number("raim", 1),
    number("comm_state", 20),
))
TEXT_ADDRESSED = Layout("M.1371-5 Annex 8, 3.10: message 12", (
    *_HEAD, number("sequence", 2), number("to_mmsi", 30, high=999_999_999), number("retransmit", 1), spare(1),
))
TEXT_BROADCAST = Layout("M.1371-5 Annex 8, 3.12: message 14", (*_HEAD, spare(2)))
POSITION_B = Layout("M.1371-5 Annex 8, 3.16: message 18", (
    *_HEAD, spare(8), _SOG, *_POSITION, _COG, _HEADING, _SECOND, spare(2),
    number("carrier_sense", 1), number("display", 1), number("dsc", 1),
    number("whole_band", 1), number("message_22", 1), number("assigned", 1), number("raim", 1), number("comm_state", 20),
))
POSITION_B_EXTENDED = Layout("M.1371-5 Annex 8, 3.17: message 19", (
    *_HEAD, spare(8), _SOG, *_POSITION, _COG, _HEADING, _SECOND, spare(4), text("name", 20), number("ship_type", 8, missing=0), *_SIZE,
    number("epfd", 4), number("raim", 1), number("no_terminal", 1), number("assigned", 1), spare(4),
))
AID = Layout("M.1371-5 Annex 8, 3.19: message 21", (
    *_HEAD, number("aid_type", 5, missing=0), text("name", 20), *_POSITION, *_SIZE, number("epfd", 4), _SECOND, number("off_position", 1),
    number("status_bits", 8), number("raim", 1), number("virtual", 1), number("assigned", 1), spare(1),
))
STATIC_A = Layout("M.1371-5 Annex 8, 3.22: message 24, part A", (*_HEAD, number("part", 2), text("name", 20)))
_STATIC_B_HEAD: tuple[Field, ...] = (
    *_HEAD, number("part", 2), number("ship_type", 8, missing=0), text("vendor", 3), number("model", 4), number("serial", 20),
    text("callsign", 7),
)
STATIC_B = Layout("M.1371-5 Annex 8, 3.22: message 24, part B", (*_STATIC_B_HEAD, *_SIZE, number("epfd", 4), spare(2)))
STATIC_B_AUXILIARY = Layout("M.1371-5 Annex 8, 3.22: message 24, part B of an auxiliary craft", (
    *_STATIC_B_HEAD, number("mothership_mmsi", 30, high=999_999_999), number("epfd", 4), spare(2),
))
POSITION_LONG_RANGE = Layout("M.1371-5 Annex 8, 3.25: message 27", (
    *_HEAD, number("accurate", 1), number("raim", 1), number("nav_status", 4, missing=15),
    number("lon_deg", 18, -180, 180, scale=600, missing=181 * 600), number("lat_deg", 17, -90, 90, scale=600, missing=91 * 600),
    number("sog_kn", 6, 0, 62, missing=63), direction("cog_deg", 9, missing=511), number("late", 1), spare(1),
))
# fmt: on


def payloads(layout: Layout, **columns: Any) -> list[Payload]:
    """Many messages of one layout: each column a number, None or text for all, or an array of n values. See `sixbit.pack`."""
    packed, fill = pack(layout, columns)
    width = packed.shape[1]
    characters = packed.tobytes()
    return [Payload(characters[at : at + width], fill) for at in range(0, len(characters), width)]


def _one(layout: Layout, words: str = "", words_bits: int = 0, /, **columns: Any) -> Payload:
    """One message, `words` appended as six-bit text; the standard allows `words_bits` for them."""
    if 6 * len(words) > words_bits:
        raise ValueError(f"text: {len(words)} characters, at most {words_bits // 6} fit")
    packed, fill = pack(layout, columns, appended=text_values(words)[None, :] if words else None)
    return Payload(packed.tobytes(), fill)


def position_a(
    mmsi: int,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    sog_kn: float | None = None,
    cog_deg: float | None = None,
    heading_deg: float | None = None,
    nav_status: int | None = None,
    utc_second: int | None = None,
    *,
    turn_raw: int | None = None,
    msg_type: int = 1,
    accurate: bool = False,
    raim: bool = False,
    repeat: int = 0,
    manoeuvre: int | None = None,
    comm_state: int = 0,
) -> Payload:
    """Class A position report (1, 2, 3). `turn_raw` is the sent 4.733 √(°/min) with its sign; `utc_second` 61 to 63 are modes."""
    if msg_type not in (1, 2, 3):
        raise ValueError(f"msg_type = {msg_type} is no class A position report")
    return _one(POSITION_A, **locals())


def position_sar(
    mmsi: int,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    sog_kn: float | None = None,
    cog_deg: float | None = None,
    altitude_m: float | None = None,
    utc_second: int | None = None,
    *,
    accurate: bool = False,
    raim: bool = False,
    repeat: int = 0,
    barometric: bool = False,
    no_terminal: bool = True,
    assigned: bool = False,
    comm_state: int = 0,
) -> Payload:
    """Search and rescue aircraft (9): speed in whole knots, 1022 for more; altitude 4094 m for more."""
    return _one(POSITION_SAR, msg_type=9, **locals())


def position_b(
    mmsi: int,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    sog_kn: float | None = None,
    cog_deg: float | None = None,
    heading_deg: float | None = None,
    utc_second: int | None = None,
    *,
    accurate: bool = False,
    raim: bool = False,
    repeat: int = 0,
    carrier_sense: bool = True,
    display: bool = False,
    dsc: bool = False,
    whole_band: bool = True,
    message_22: bool = False,
    assigned: bool = False,
    comm_state: int = 393_222,
) -> Payload:
    """Class B position report (18). The default communication state is that of a carrier-sense unit (M.1371-5 Annex 8, 3.16)."""
    return _one(POSITION_B, msg_type=18, **locals())


def position_b_extended(
    mmsi: int,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    sog_kn: float | None = None,
    cog_deg: float | None = None,
    heading_deg: float | None = None,
    utc_second: int | None = None,
    *,
    name: str = "",
    ship_type: int | None = None,
    to_bow_m: float | None = None,
    to_stern_m: float | None = None,
    to_port_m: float | None = None,
    to_starboard_m: float | None = None,
    accurate: bool = False,
    raim: bool = False,
    repeat: int = 0,
    epfd: int = 0,
    no_terminal: bool = True,
    assigned: bool = False,
) -> Payload:
    """Extended class B position report (19)."""
    return _one(POSITION_B_EXTENDED, msg_type=19, **locals())


def position_long_range(
    mmsi: int,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    sog_kn: float | None = None,
    cog_deg: float | None = None,
    nav_status: int | None = None,
    *,
    accurate: bool = False,
    raim: bool = False,
    repeat: int = 0,
    late: bool = False,
) -> Payload:
    """Long-range position report (27): position to 1/10 minute, whole knots (62 for more) and degrees; `late`: latency above 5 s."""
    return _one(POSITION_LONG_RANGE, msg_type=27, **locals())


def static_voyage(
    mmsi: int,
    *,
    imo: int | None = None,
    callsign: str = "",
    name: str = "",
    ship_type: int | None = None,
    to_bow_m: float | None = None,
    to_stern_m: float | None = None,
    to_port_m: float | None = None,
    to_starboard_m: float | None = None,
    draught_m: float | None = None,
    destination: str = "",
    eta: str = "",
    epfd: int = 1,
    version: int = 2,
    no_terminal: bool = True,
    repeat: int = 0,
) -> Payload:
    """Static and voyage data (5). `eta` is "MM-DD HH:MM" in UTC, "" where not available; draught 25.5 m says "or more"."""
    columns: dict[str, Any] = locals()
    when = re.fullmatch(r"(\d\d)-(\d\d) (\d\d):(\d\d)", columns.pop("eta"), re.ASCII)
    if eta and not when:
        raise ValueError(f"eta {eta!r} is not MM-DD HH:MM")
    parts = [int(part) for part in when.groups()] if when else [None] * 4
    columns.update(zip(("month", "day", "hour", "minute"), parts, strict=True))
    return _one(STATIC_VOYAGE, msg_type=5, **columns)


def static_a(mmsi: int, name: str = "", *, repeat: int = 0) -> Payload:
    """Class B static data, part A: the name (24)."""
    return _one(STATIC_A, msg_type=24, part=0, **locals())


def static_b(
    mmsi: int,
    *,
    ship_type: int | None = None,
    callsign: str = "",
    vendor: str = "",
    model: int = 0,
    serial: int = 0,
    to_bow_m: float | None = None,
    to_stern_m: float | None = None,
    to_port_m: float | None = None,
    to_starboard_m: float | None = None,
    mothership_mmsi: int | None = None,
    epfd: int = 0,
    repeat: int = 0,
) -> Payload:
    """Class B static data, part B (24). An auxiliary craft (98MIDXXXX) sends its mothership where others send their size."""
    columns: dict[str, Any] = locals()
    size = {key: columns.pop(key) for key in ("to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m")}
    del columns["mothership_mmsi"]
    if mothership_mmsi is None:
        return _one(STATIC_B, msg_type=24, part=1, **columns, **size)
    if mmsi // 10_000_000 != 98:
        raise ValueError(f"mothership_mmsi: {mmsi} is no auxiliary craft (98MIDXXXX)")
    if any(value is not None for value in size.values()):
        raise ValueError("an auxiliary craft sends its mothership or its size, not both")
    return _one(STATIC_B_AUXILIARY, msg_type=24, part=1, **columns, mothership_mmsi=mothership_mmsi)


def base_station(
    mmsi: int,
    utc_s: float | None = None,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    *,
    msg_type: int = 4,
    accurate: bool = False,
    raim: bool = False,
    repeat: int = 0,
    epfd: int = 1,
    long_range: bool = False,
    comm_state: int = 0,
) -> Payload:
    """Base station report (4) or a ship's answer with UTC (11): `utc_s` is cut to whole seconds."""
    if msg_type not in (4, 11):
        raise ValueError(f"msg_type = {msg_type} is no base station report")
    columns: dict[str, Any] = locals()
    del columns["utc_s"]
    when = datetime.fromtimestamp(int(utc_s // 1), UTC) if utc_s is not None and np.isfinite(utc_s) else None
    columns.update({part: getattr(when, part, None) for part in ("year", "month", "day", "hour", "minute", "second")})
    return _one(BASE_STATION, **columns)


def aid(
    mmsi: int,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    *,
    aid_type: int | None = None,
    name: str = "",
    to_bow_m: float | None = None,
    to_stern_m: float | None = None,
    to_port_m: float | None = None,
    to_starboard_m: float | None = None,
    utc_second: int | None = None,
    off_position: bool = False,
    virtual: bool = False,
    accurate: bool = False,
    raim: bool = False,
    assigned: bool = False,
    epfd: int = 0,
    status_bits: int = 0,
    repeat: int = 0,
) -> Payload:
    """Aid to navigation (21). A name above 20 characters goes on in the extension, up to 34."""
    columns: dict[str, Any] = locals()
    columns["name"] = name[:20]
    return _one(AID, name[20:], 84, msg_type=21, **columns)


def safety_text(
    mmsi: int, words: str, *, to_mmsi: int | None = None, sequence: int = 0, retransmit: bool = False, repeat: int = 0
) -> Payload:
    """Safety-related text: broadcast (14, at most 161 characters), or addressed when `to_mmsi` is given (12, at most 156)."""
    if to_mmsi is None:
        return _one(TEXT_BROADCAST, words, 968, msg_type=14, mmsi=mmsi, repeat=repeat)
    return _one(
        TEXT_ADDRESSED, words, 936, msg_type=12, mmsi=mmsi, repeat=repeat, to_mmsi=to_mmsi, sequence=sequence, retransmit=retransmit
    )
