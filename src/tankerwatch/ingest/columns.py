"""What the columns of a foreign table mean, told by their names (docs/reference/columns-in.md), and the words found in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tankerwatch.core.errors import InputFault

# fmt: off
# a table: its columns are read downwards
NAMES: dict[str, tuple[str, ...]] = {
    "time": ("BaseDateTime", "Timestamp", "Time", "DateTime", "Date_time_UTC", "time_s", "ais_pos_timestamp", "timestamp_utc",
             "received_at", "ReceivedTime", "PositionTime", "dt_pos_utc", "Epoch", "unix_time", "event_time", "send", "ts", "t"),
    "millisecond": ("Millisecond", "Milliseconds"),
    "mmsi": ("MMSI", "ssvid", "SourceMMSI", "UserID", "ship_id", "vessel_id", "ID", "TrackID"),
    "lat": ("Latitude", "Lat", "LAT_deg", "Latitude_degrees", "latitude_deg", "y"),
    "lon": ("Longitude", "Lon", "Long", "Lng", "LON_deg", "Longitude_degrees", "longitude_deg", "x"),
    "sog": ("SOG", "SOG_knots", "sog_kn", "speed_over_ground", "SpeedOverGround", "speed", "speed_knots", "speed_kn"),
    "sog_mps": ("SOG_mps", "speed_mps"),
    "cog": ("COG", "COG_degrees", "cog_deg", "course_over_ground", "CourseOverGround", "course"),
    "cog_sin": ("COG_sin",),
    "cog_cos": ("COG_cos",),
    "heading": ("Heading", "true_heading", "heading_deg", "TrueHeading", "hdg"),
    "status": ("Navigational_status", "Status", "navigation_status", "nav_status", "NavStatus", "nav"),
    "msg_type": ("Message_ID", "message_type", "msg_type", "MessageType"),
    "class": ("TransceiverClass", "Type_of_mobile"),
    "name": ("VesselName", "Vessel_Name", "Name", "ShipName"),
    "imo": ("IMO", "IMO_number"),
    "callsign": ("CallSign", "Call_sign"),
    "ship_type": ("VesselType", "Ship_Type", "ShipType", "vessel_type", "category"),
    "length": ("Length", "length_m"),
    "width": ("Width", "Beam", "width_m"),
    "draught": ("Draught", "Draft", "draught_m"),
    "destination": ("Destination",),
    "to_bow": ("Dimension_to_Bow", "to_bow", "to_bow_m", "A"),
    "to_stern": ("Dimension_to_stern", "to_stern", "to_stern_m", "B"),
    "to_port": ("Dimension_to_port", "to_port", "to_port_m", "C"),
    "to_starboard": ("Dimension_to_starboard", "to_starboard", "to_starboard_m", "D"),
}
"""Role of a column → the names by which it is known, most telling first; case, blanks and signs do not count."""

UNITS = {
    "kn": 1.0, "0.1kn": 0.1, "m/s": 3600 / 1852, "km/h": 1000 / 1852, "mph": 1609.344 / 1852,
    "deg": 1.0, "0.1deg": 0.1, "rad": 57.29577951308232, "1e-7deg": 1e-7, "1/600deg": 1 / 600, "1/600000deg": 1 / 600_000,
    "1/10000min": 1 / 600_000,
    "m": 1.0, "0.1m": 0.1, "ft": 0.3048,
}
"""Units that may follow a column's name in brackets → the factor to knots, degrees or metres."""

_SPEED = ("kn", "0.1kn", "m/s", "km/h", "mph")
_ANGLE = ("deg", "0.1deg", "rad", "1e-7deg", "1/600deg", "1/600000deg", "1/10000min")
_SIZE = ("m", "0.1m", "ft")
UNITS_OF = {
    "sog": _SPEED, "sog_mps": _SPEED, "lat": _ANGLE, "lon": _ANGLE, "cog": _ANGLE, "heading": _ANGLE,
    **dict.fromkeys(("length", "width", "draught", "to_bow", "to_stern", "to_port", "to_starboard"), _SIZE),
}
"""Role → the units it may have."""

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "none", "Unknown", "Undefined", "Unknown value", "\\N", "-")
"""Words that stand for "not available"."""

STATUS_WORDS = {
    "under way using engine": 0, "at anchor": 1, "not under command": 2, "restricted maneuverability": 3, "restricted manoeuvrability": 3,
    "constrained by her draught": 4, "moored": 5, "aground": 6, "engaged in fishing": 7, "under way sailing": 8,
    "reserved for future amendment [hsc]": 9, "reserved for future amendment [wig]": 10, "power-driven vessel towing astern": 11,
    "power-driven vessel pushing ahead or towing alongside": 12, "reserved for future use [13]": 13,
    "ais-sart": 14, "ais-sart (active)": 14,
}
"""Navigational status in words → its code (ITU-R M.1371-5, table 45); lower case."""

TYPE_WORDS = {
    "wig": 20, "fishing": 30, "towing": 31, "towing long/wide": 32, "dredging": 33, "diving": 34, "military": 35, "sailing": 36,
    "pleasure": 37, "hsc": 40, "pilot": 50, "sar": 51, "tug": 52, "port tender": 53, "anti-pollution": 54, "law enforcement": 55,
    "medical": 58, "not party to conflict": 59, "passenger": 60, "cargo": 70, "tanker": 80, "other": 90,
}
"""Type of ship in words → its code (ITU-R M.1371-5, table 53); lower case."""

CLASS_WORDS = {
    "a": 1, "class a": 1, "b": 18, "class b": 18, "sar airborne": 9, "search and rescue transponder": 1, "man overboard device": 1,
    "base station": 4, "aton": 21,
}
"""Class of the station in words → the message type that its position reports have; lower case."""
# fmt: on

ANTENNA = ("to_bow", "to_stern", "to_port", "to_starboard")
NEEDED = ("time", "mmsi", "lat", "lon")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Where each role's column stands in the table, and the factor to our unit where one was given (None: to be recognised)."""

    at: dict[str, int]
    factor: dict[str, float | None]


def plain(name: str) -> str:
    """A column's name without case, blanks and signs, as it is compared."""
    return re.sub(r"[\W_]+", "", name.casefold())


def meaning(header: Sequence[str], columns: Mapping[str, str] | None = None, where: str = "") -> Meaning:
    """Tell what each column of a table is; `columns` overrides role → NAME or NAME[unit].

    Raises InputFault for an unknown role, unit or column, and when time, identity or position cannot be found.
    """
    by_exact = {name: at for at, name in reversed(list(enumerate(header)))}
    by_plain = {plain(name): at for at, name in reversed(list(enumerate(header)))}
    at: dict[str, int] = {}
    factor: dict[str, float | None] = {}
    for role, text in (columns or {}).items():
        if role not in NAMES:
            raise InputFault(f"no column can be given as {role!r}", where=where, help=f"one of {' '.join(NAMES)}")
        name, unit = _name_and_unit(text, by_exact)
        if name not in by_exact and plain(name) not in by_plain:
            raise InputFault(f"there is no column {name!r} for {role}", where=where, help=f"the columns are {_some(header)}")
        if unit is not None and unit not in UNITS_OF.get(role, ()):
            known = " ".join(UNITS_OF.get(role, ())) or "no unit"
            raise InputFault(f"{role} is not known in {unit!r}", where=where, help=f"write {role}={name}[UNIT] with one of {known}")
        at[role] = by_exact.get(name, by_plain.get(plain(name), -1))
        factor[role] = UNITS[unit] if unit is not None else None
    taken = set(at.values())
    for role, names in NAMES.items():
        if role in at:
            continue
        found = next((by_plain[plain(name)] for name in names if plain(name) in by_plain and by_plain[plain(name)] not in taken), None)
        if found is not None:
            at[role] = found
            factor[role] = None
            taken.add(found)
    # One letter says little: A B C D are distances to the antenna only together.
    if not all(role in at for role in ANTENNA):
        for role in ANTENNA:
            at.pop(role, None)
    if "sog" not in at and "sog_mps" in at:
        at["sog"], factor["sog"] = at["sog_mps"], UNITS["m/s"]
    at.pop("sog_mps", None)
    missing = [role for role in NEEDED if role not in at]
    if missing:
        raise InputFault(
            f"no column is known as {' or '.join(missing)}; the columns are {_some(header)}",
            where=where,
            help=f"name them: --columns {','.join(f'{role}=NAME' for role in missing)}",
        )
    return Meaning(at, factor)


def overrides(text: str) -> dict[str, str]:
    """`time=NAME,sog=NAME[m/s]` as role → column; raises InputFault when it is not of this form."""
    made: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        role, sign, name = part.partition("=")
        if not sign or not role.strip() or not name.strip():
            raise InputFault(f"{part!r} does not name a column", where="--columns", help="write time=NAME,mmsi=NAME,sog=NAME[m/s]")
        if role.strip() not in NAMES:
            raise InputFault(f"no column can be given as {role.strip()!r}", where="--columns", help=f"one of {' '.join(NAMES)}")
        made[role.strip()] = name.strip()
    return made


def _name_and_unit(text: str, by_exact: Mapping[str, int]) -> tuple[str, str | None]:
    found = re.fullmatch(r"(.+)\[([^\]]+)\]", text)
    if text in by_exact or found is None:
        return text, None
    return found[1], found[2].replace(" ", "")


def _some(header: Sequence[str]) -> str:
    shown = [repr(name[:40]) for name in header[:12]]
    return ", ".join(shown) + (f" and {len(header) - 12} more" if len(header) > 12 else "")
