"""From payloads and values to sentences: VDM with its tag block, radar targets (TLL, TTM), distress calls (DSC, DSE).

IEC 61162-1 gives the sentences, NMEA 0183 version 4.10 (7, "TAG block") what stands before them, ITU-R M.493 the symbols of
the calls. Sentences come without line end. A value that a field cannot hold raises ValueError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tankerwatch.core.ais.encoder import Payload

NATURES = {
    "fire": "00",
    "flooding": "01",
    "collision": "02",
    "grounding": "03",
    "listing": "04",
    "sinking": "05",
    "disabled": "06",
    "undesignated": "07",
    "abandoning": "08",
    "piracy": "09",
    "man overboard": "10",
    "epirb": "12",
}
"""Nature of distress → symbol of M.493 table A1-3, without its leading 1."""
CATEGORIES = {"routine": "00", "safety": "08", "urgency": "10", "distress": "12"}
"""Category of a call → symbol of M.493 table A1-3, without its leading 1."""
FORMATS = {"area": "02", "group": "14", "all ships": "16", "individual": "20", "distress": "12"}
"""Format specifier → symbol of M.493 table A1-3, without its leading 1."""


_PLAIN = re.compile(r"[ -~]*")
_STATION = re.compile(r"[A-Za-z0-9_.+-]{1,15}")
_TALKER = re.compile(r"[A-Z]{5}")
_CHANNEL = re.compile(r"[AB12]?")


def checksum(body: bytes) -> bytes:
    """Exclusive or of all bytes, as two hexadecimal digits."""
    folded = int.from_bytes(body, "little")
    shift = 512
    while shift < 4 * len(body):
        shift <<= 1
    while shift >= 8:
        folded ^= folded >> shift
        shift >>= 1
    return b"%02X" % (folded & 0xFF)


def sentence(start: str, body: str) -> bytes:
    """`start` ("!" or "$"), body, checksum. Raises ValueError for what no sentence may hold."""
    if not _PLAIN.fullmatch(body) or set(body) & set("!$*\\^~"):
        raise ValueError(f"{body!r} holds a character that is reserved in sentences")
    raw = body.encode("ascii")
    return b"%s%s*%s" % (start.encode("ascii"), raw, checksum(raw))


def sentences(
    payload: bytes | Payload,
    fill_bits: int | None = None,
    *,
    talker: str = "AIVDM",
    channel: str = "A",
    sequence: int | None = None,
    max_chars: int = 60,
) -> list[bytes]:
    """One message as VDM or VDO sentences with at most `max_chars` payload characters each.

    payload: a `Payload`, or its characters with `fill_bits` · talker: with the sentence's name ("AIVDM", "BSVDM", "AIVDO") ·
    sequence: 0 to 9, needed as soon as there is more than one sentence.
    """
    if isinstance(payload, Payload):
        characters, fill = payload.characters, payload.fill_bits if fill_bits is None else fill_bits
    else:
        characters, fill = payload, fill_bits or 0
    if max_chars < 1 or not 0 <= fill <= 5 or not characters or (sequence is not None and not 0 <= sequence <= 9):
        raise ValueError("a message needs characters, 0 to 5 fill bits, a sequence of 0 to 9 and at least one character a sentence")
    total = -(-len(characters) // max_chars)
    if total > 9 or (total > 1 and sequence is None):
        raise ValueError(f"{total} sentences: at most 9, and more than one need a sequence")
    if not _TALKER.fullmatch(talker) or not _CHANNEL.fullmatch(channel):
        raise ValueError(f"talker {talker!r} is five letters, channel {channel!r} is A, B, 1, 2 or nothing")
    made = []
    for part in range(total):
        piece = characters[part * max_chars : (part + 1) * max_chars]
        number = b"" if sequence is None or total == 1 else b"%d" % sequence
        body = b"%s,%d,%d,%s,%s,%s,%d" % (
            talker.encode(),
            total,
            part + 1,
            number,
            channel.encode(),
            piece,
            fill if part == total - 1 else 0,
        )
        made.append(b"!%s*%s" % (body, checksum(body)))
    return made


def tag(line: bytes, *, time_s: float | None = None, station: str = "", group: tuple[int, int, int] | None = None) -> bytes:
    r"""A sentence with a tag block before it: `\g:1-2-77,s:STATION,c:1560386400123*hh\!AIVDM…`.

    time_s: when received, sent in milliseconds, or in seconds where it is whole · group: (number, total, id) of the sentences of one
    message. Without any of them the sentence is returned as it is.
    """
    parts = []
    if group is not None:
        parts.append("g:{}-{}-{}".format(*group))
    if station:
        if not _STATION.fullmatch(station):
            raise ValueError(f"station {station!r}: at most 15 letters, digits and _ . + -")
        parts.append(f"s:{station}")
    if time_s is not None:
        milliseconds = round(time_s * 1000)
        parts.append(f"c:{milliseconds if milliseconds % 1000 else milliseconds // 1000}")
    if not parts:
        return line
    body = ",".join(parts).encode("ascii")
    return b"\\%s*%s\\%s" % (body, checksum(body), line)


def tll(
    number: int,
    lat_deg: float,
    lon_deg: float,
    name: str = "",
    utc_s: float | None = None,
    status: str = "T",
    *,
    talker: str = "RA",
    reference: bool = False,
) -> bytes:
    """Radar target by latitude and longitude: number 0 to 999, status L lost, Q acquiring, T tracking."""
    _among("status", status, "LQT")
    lat, lon = degrees_minutes(lat_deg, 2, "NS"), degrees_minutes(lon_deg, 3, "EW")
    return sentence("$", f"{talker}TLL,{_target(number)},{lat},{lon},{name},{_clock(utc_s)},{status},{'R' if reference else ''}")


def ttm(
    number: int,
    distance_nm: float,
    bearing_deg: float,
    sog_kn: float | None = None,
    cog_deg: float | None = None,
    *,
    cpa_nm: float | None = None,
    tcpa_min: float | None = None,
    name: str = "",
    status: str = "T",
    utc_s: float | None = None,
    talker: str = "RA",
    relative_bearing: bool = False,
    relative_course: bool = False,
    reference: bool = False,
    acquisition: str = "A",
) -> bytes:
    """Tracked radar target by distance and bearing from own ship; `tcpa_min` is negative when past. Acquisition A, M or R(eported)."""
    _among("status", status, "LQT")
    _among("acquisition", acquisition, "AMR")
    fields = (
        f"{talker}TTM",
        _target(number),
        _decimal("distance_nm", distance_nm, 0, 999.99, 2),
        _decimal("bearing_deg", bearing_deg, 0, 359.99, 1),
        "R" if relative_bearing else "T",
        _decimal("sog_kn", sog_kn, 0, 999.9, 1),
        _decimal("cog_deg", cog_deg, 0, 359.99, 1),
        "R" if relative_course else "T",
        _decimal("cpa_nm", cpa_nm, 0, 999.99, 2),
        _decimal("tcpa_min", tcpa_min, -999.9, 999.9, 1),
        "N",
        name,
        status,
        "R" if reference else "",
        _clock(utc_s),
        acquisition,
    )
    return sentence("$", ",".join(fields))


def dsc(
    caller_mmsi: int,
    *,
    form: str = "distress",
    category: str = "distress",
    nature: str = "undesignated",
    first: str | None = None,
    second: str = "00",
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    utc_s: float | None = None,
    about_mmsi: int | None = None,
    acknowledgement: str = "S",
    expanded: bool = False,
    talker: str = "CD",
) -> bytes:
    """A digital selective call as a receiver hands it on.

    A distress call (`form` "distress") comes from `caller_mmsi`, its first telecommand is the nature of distress. A relay or an
    acknowledgement has another form, category "distress", `first` "12" (relay) or "10" (acknowledgement), and `about_mmsi`, the ship
    in distress; a test has `first` "18". The position is cut to whole minutes as M.493 sends it; `acknowledgement` is R requested,
    B given or S neither; `expanded`: a DSE follows.
    """
    _among("acknowledgement", acknowledgement, "BRS")
    distress = form == "distress"
    about = "" if about_mmsi is None else f"{_mmsi(about_mmsi)}0"
    fields = (
        f"{talker}DSC",
        _symbol("form", form, FORMATS),
        f"{_mmsi(caller_mmsi)}0",
        _symbol("category", category, CATEGORIES),
        (_symbol("nature", nature, NATURES) if distress else "26") if first is None else first,
        second,
        call_position(lat_deg, lon_deg),
        "8888" if utc_s is None else datetime.fromtimestamp(utc_s, UTC).strftime("%H%M"),
        about,
        _symbol("nature", nature, NATURES) if about else "",
        acknowledgement,
        "E" if expanded else "",
    )
    return sentence("$", ",".join(fields))


def dse(mmsi: int, lat_deg: float, lon_deg: float, *, talker: str = "CD") -> bytes:
    """The expansion of a call: the ten-thousandths of a minute of its position (M.821, code 00)."""
    fractions = "".join(f"{round(abs(value) * 600_000) % 10_000:04d}" for value in (lat_deg, lon_deg))
    return sentence("$", f"{talker}DSE,1,1,A,{_mmsi(mmsi)}0,00,{fractions}")


def call_position(lat_deg: float | None, lon_deg: float | None) -> str:
    """Quadrant (0 NE, 1 NW, 2 SE, 3 SW), latitude ddmm, longitude dddmm, in whole minutes towards zero; ten nines for no position."""
    if lat_deg is None or lon_deg is None or math.isnan(lat_deg) or math.isnan(lon_deg):
        return "9" * 10
    _within("lat_deg", lat_deg, -90, 90)
    _within("lon_deg", lon_deg, -180, 180)
    # The ten-thousandths are rounded first, so that this and `dse` together give the position back.
    lat, lon = (round(abs(value) * 600_000) // 10_000 for value in (lat_deg, lon_deg))
    return f"{2 * (lat_deg < 0) + (lon_deg < 0)}{lat // 60:02d}{lat % 60:02d}{lon // 60:03d}{lon % 60:02d}"


def degrees_minutes(value_deg: float, digits: int, names: Sequence[str]) -> str:
    """`2526.0000,N`: degrees and minutes to 1/10 000, and the letter of the half."""
    _within("position", value_deg, *((-90, 90) if digits == 2 else (-180, 180)))
    degrees, ten_thousandths = divmod(round(abs(value_deg) * 600_000), 600_000)
    return f"{degrees:0{digits}d}{ten_thousandths / 10_000:07.4f},{names[0] if value_deg >= 0 else names[1]}"


def _clock(utc_s: float | None) -> str:
    """`hhmmss.ss`, or nothing."""
    if utc_s is None:
        return ""
    hundredths = round(utc_s * 100) % 8_640_000
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60:02d}{minutes % 60:02d}{rest / 100:05.2f}"


def _decimal(name: str, value: float | None, low: float, high: float, places: int) -> str:
    if value is None or math.isnan(value):
        return ""
    _within(name, value, low, high)
    return f"{value:.{places}f}"


def _target(number: int) -> str:
    _within("number", number, 0, 999)
    return f"{number:02d}"


def _mmsi(mmsi: int) -> str:
    _within("mmsi", mmsi, 0, 999_999_999)
    return f"{mmsi:09d}"


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} = {value:g} is not within {low:g} to {high:g}")


def _among(name: str, value: str, allowed: str) -> None:
    if len(value) != 1 or value not in allowed:
        raise ValueError(f"{name} {value!r} is not one of {' '.join(allowed)}")


def _symbol(name: str, value: str, symbols: dict[str, str]) -> str:
    if value not in symbols:
        raise ValueError(f"{name} {value!r} is not one of {', '.join(symbols)}")
    return symbols[value]
