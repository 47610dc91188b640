"""Sends what a person reports to the running desk, over its own HTTP interface."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from tankerwatch.cli.calling import Line, ask, desk_of
from tankerwatch.cli.output import plain, print_json
from tankerwatch.core.errors import InputFault

_ANGLE: Final = r"(\d{1,3})\s*[°\s]\s*(\d{1,2}(?:\.\d+)?)\s*[′']?\s*"
_SPOKEN: Final = re.compile(rf"{_ANGLE}([NS])[\s,]+{_ANGLE}([EW])", re.IGNORECASE)


def report(arguments: argparse.Namespace) -> int:
    """Send a report; it is on disk when the desk has answered."""
    desk = desk_of(arguments)
    content: dict[str, Any] = {
        "kind": arguments.kind,
        "words": arguments.words,
        "ship": None if arguments.ship is None else _ship(desk, arguments.ship),
        "lat_deg": arguments.at and arguments.at[0],
        "lon_deg": arguments.at and arguments.at[1],
        "verified": arguments.verified,
        "source": arguments.source,
    }
    if arguments.time is not None:
        content["time_s"] = arguments.time
    kept = ask(desk, "POST", "/api/reports", content)
    if arguments.json:
        print_json(kept)
    else:
        print(f"kept as {plain(str(kept.get('id', '')))}: {plain(arguments.words)}")
    return 0


def place(text: str) -> tuple[float, float]:
    """Latitude and longitude in degrees, from decimal degrees or as mariners say it: `25°26.0′N 057°22.4′E`."""
    spoken = _SPOKEN.fullmatch(text.strip())
    if spoken:
        lat = (int(spoken[1]) + float(spoken[2]) / 60) * (1 if spoken[3] in "Nn" else -1)
        lon = (int(spoken[4]) + float(spoken[5]) / 60) * (1 if spoken[6] in "Ee" else -1)
        minutes = max(float(spoken[2]), float(spoken[5]))
    else:
        try:
            lat, lon = (float(part) for part in text.split(","))
        except ValueError:
            lat = lon = 999.0
        minutes = 0.0
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and minutes < 60):
        raise argparse.ArgumentTypeError(f"{text!r} is no place; such as 25.43,57.37 or 25°26.0′N 057°22.4′E")
    return lat, lon


def moment(text: str) -> float:
    """Seconds since 1970 of a time in ISO 8601; UTC where it names no zone."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; such as 2019-06-13T02:30Z") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _ship(desk: Line, text: str) -> int:
    """The id of a ship, by her MMSI or by the one name that fits."""
    if text.isascii() and text.isdigit() and len(text) <= 10:
        return int(text)
    found = ask(desk, "GET", f"/api/ships?q={quote(text)}", None).get("ships") or []
    exact = [ship for ship in found if str(ship.get("name", "")).casefold() == text.casefold()] or found
    if len(exact) == 1:
        return int(exact[0]["id"])
    likely = ", ".join(f"{plain(str(ship.get('name')))} ({ship.get('id')})" for ship in exact[:5])
    raise InputFault(
        f"{len(exact)} ships answer to {text!r}", where="--ship", help=f"give the MMSI: {likely}" if likely else "give the MMSI"
    )
