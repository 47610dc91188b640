"""A zone as a person draws it: its name, its corners and what is not wanted in it, checked before anything is written."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from tankerwatch.core.drawn import NEVER_QUIET, RULES
from tankerwatch.core.errors import InputFault
from tankerwatch.core.zones import unroll

KEYS: Final = (
    *("name", "corners", "rule", "min_kn", "max_kn", "forbidden", "for_kinds", "for_ships", "severity", "port", "quiet", "quiet_until_s"),
)
SEVERITIES: Final = ("notice", "caution", "danger")
LONGEST_NAME: Final = 60
MOST_CORNERS: Final = 500
MOST_SHIPS: Final = 100
MOST_RULES: Final = 40
LONGEST_QUIET_S: Final = 366 * 86_400.0
KINDS: Final = range(1, 10)
FASTEST_KN: Final = 100.0
GREATEST_MMSI: Final = 999_999_999
ASK: Final = "the kinds are numbers 1 to 9, as in docs/reference/wire.md"


def zone(content: Mapping[str, Any], now_s: float) -> dict[str, Any]:
    """All of a zone with its defaults, as it is journalled at `now_s`. Raises InputFault for what is missing or cannot be."""
    for key in content:
        if key not in (*KEYS, "by", "words"):
            raise InputFault(f"{_shown(key)} is no part of a zone", where="zone", help=f"it may have {', '.join(KEYS)}")
    low, high = (_speed(content.get(name), f"zone.{name}") for name in ("min_kn", "max_kn"))
    if low is not None and high is not None and low > high:
        raise InputFault(f"{low:g} kn is above {high:g} kn", where="zone.min_kn", help="leave one of the speeds out, or exchange them")
    severity = content.get("severity", "caution")
    if severity not in SEVERITIES:
        raise InputFault(f"{_shown(severity)} is no severity", where="zone.severity", help=f"one of {', '.join(SEVERITIES)}")
    port = content.get("port", False)
    if not isinstance(port, bool):
        raise InputFault(f"{_shown(port)} is neither true nor false", where="zone.port", help="true for a port, else false")
    quiet = _quiet(content.get("quiet"))
    return {
        "name": _name(content.get("name")),
        "corners": _corners(content.get("corners")),
        "rule": _chosen(content.get("rule"), RULES, "zone.rule", "enter, leave, both or none"),
        "min_kn": low,
        "max_kn": high,
        "forbidden": _chosen(content.get("forbidden"), KINDS, "zone.forbidden", ASK),
        "for_kinds": _chosen(content.get("for_kinds"), KINDS, "zone.for_kinds", ASK),
        "for_ships": _ships(content.get("for_ships")),
        "severity": severity,
        "port": port,
        "quiet": quiet,
        "quiet_until_s": _end(content.get("quiet_until_s"), bool(quiet), now_s),
    }


def _name(given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise InputFault("the zone has no name", where="zone.name", help="say in a word or two what it is")
    name = given.strip()
    if len(name) > LONGEST_NAME:
        raise InputFault(f"{len(name)} characters are too many", where="zone.name", help=f"at most {LONGEST_NAME}")
    if any(unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in ("Zl", "Zp") for sign in name):
        raise InputFault("the name has signs that cannot be seen", where="zone.name", help="type it anew")
    return name


def _corners(given: Any) -> list[list[float]]:
    where, help = "zone.corners", "pairs of latitude and longitude in degrees, in order, such as [[25.1, 56.3], [25.3, 56.3], [25.3, 56.6]]"
    if not isinstance(given, list | tuple) or not 3 <= len(given) <= MOST_CORNERS + 1:
        raise InputFault(f"a zone has 3 to {MOST_CORNERS} corners", where=where, help=help)
    made = []
    for number, corner in enumerate(given, 1):
        good = isinstance(corner, list | tuple) and len(corner) == 2 and all(is_number(value) for value in corner)
        if not good or not (abs(corner[0]) <= 90 and abs(corner[1]) <= 180):
            raise InputFault(f"corner {number} is no place on Earth", where=where, help=help)
        made.append([round(float(corner[0]), 7), round(float(corner[1]), 7)])
    if made[0] == made[-1]:
        made.pop()
    try:
        unroll(np.array(made, np.float64))
    except ValueError as fault:
        raise InputFault(f"the zone {fault}" if "pole" in str(fault) else str(fault), where=where, help=help) from None
    return made


def _speed(given: Any, where: str) -> float | None:
    if given is None:
        return None
    if not is_number(given) or not 0 <= given <= FASTEST_KN:
        raise InputFault(f"{_shown(given)} is no speed", where=where, help=f"knots, 0 to {FASTEST_KN:g}, or leave it out")
    return float(given)


def _chosen(given: Any, known: Any, where: str, help: str) -> list[Any]:
    wrong = not isinstance(given, list | tuple) or any(isinstance(each, bool | float) or each not in known for each in given)
    if given is not None and wrong:
        raise InputFault(f"{_shown(given)} will not do", where=where, help=help)
    return [each for each in known if each in given] if given else []


def _ships(given: Any) -> list[int]:
    if given is None:
        return []
    if not isinstance(given, list | tuple) or len(given) > MOST_SHIPS:
        raise InputFault(f"{_shown(given)} is no list of ships", where="zone.for_ships", help=f"at most {MOST_SHIPS} MMSIs")
    for ship in given:
        if type(ship) is not int or not 0 < ship <= GREATEST_MMSI:
            raise InputFault(f"{_shown(ship)} is no MMSI", where="zone.for_ships", help="nine digits")
    return sorted(set(given))


def _quiet(given: Any) -> list[str]:
    """The rules that raise nothing new in it."""
    where, help = "zone.quiet", 'ids of rules, such as ["rendezvous", "loitering"]'
    if given is None:
        return []
    if not isinstance(given, list | tuple) or len(given) > MOST_RULES:
        raise InputFault(f"{_shown(given)} is no list of rules", where=where, help=help)
    for rule in given:
        if not isinstance(rule, str) or not re.fullmatch(r"[a-z_]{1,40}", rule):
            raise InputFault(f"{_shown(rule)} is no rule", where=where, help=help)
        if rule in NEVER_QUIET:
            raise InputFault(f"a {rule} is never kept quiet", where=where, help="leave it out")
    return sorted(set(given))


def _end(given: Any, quiet: bool, now_s: float) -> float | None:
    where = "zone.quiet_until_s"
    if given is None:
        return None
    if not quiet:
        raise InputFault("an end goes with rules that are quiet", where=where, help="leave it out")
    if isinstance(given, bool) or not isinstance(given, int | float) or not now_s < given <= now_s + LONGEST_QUIET_S:
        raise InputFault(f"{_shown(given)} will not do", where=where, help="seconds since 1970, later than now and within a year")
    return float(given)


def is_number(value: Any) -> bool:
    """Whether it is a number that a place, a speed or a time may be."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6 and math.isfinite(value)


def _shown(given: Any) -> str:
    return repr("".join(sign for sign in str(given)[:40] if sign.isprintable()))
