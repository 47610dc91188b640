"""What a person types in: a report, or a decision on an alert or a ship, checked and made a `Decision`.

It comes from the page, the command line or a line of JSON, so it is as little to be trusted as any sentence from the air.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tankerwatch.core.drawn import DRAWING
from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import ACCESS, ANSWERS, EXCLUSIONS, REPORT_KINDS
from tankerwatch.core.mmsi import is_radar
from tankerwatch.core.tables import Decision
from tankerwatch.ingest import drawn

DECISION_KINDS: Final = (*ANSWERS, *EXCLUSIONS, *DRAWING, "guard")
_USER_VERBS: Final = ("user_added", "user_changed", "user_removed", "token_added", "token_removed")
ACCESS_VERBS: Final = ("log_in", "log_out", "refused", "ended", "users", *_USER_VERBS)
"""What is journalled of who came and went; the desk writes it, no person does."""
NEEDS_WORDS: Final = ("dismiss", "close", "note", "exclude")
LONGEST_NAME: Final = 60
LONGEST_SNOOZE_MIN: Final = 1440.0
FARTHEST_NM: Final = 50.0
WIDEST_RING_NM: Final = 12.0
LONGEST_GUARD_S: Final = 31 * 86_400.0
LONGEST_WORDS: Final = 2000
LONGEST_SOURCE: Final = 100
LONGEST_SUBJECT: Final = 200
GREATEST_SHIP: Final = 2**32 - 1
EARLIEST_S: Final = 631_152_000.0
AHEAD_S: Final = 3600.0
"""A report may be dated this far after the desk's clock: clocks differ, prophecies are mistyped dates."""

_REPORT_KEYS: Final = ("by", "kind", "lat_deg", "lon_deg", "ship", "source", "time_s", "verified", "words")
_GIVEN_BY_THE_DESK: Final = ("id", "entered_s", "incident")
"""In a report that the desk hands out; passed over when one is handed in."""


def report(content: Mapping[str, Any], now_s: float, where: str = "report") -> Decision:
    """A report as typed in at `now_s`. The same content at the same time has the same id.

    Keys: `words` (1 to 2,000 characters), and where they apply `by` (who enters it), `time_s` of what happened (seconds since 1970 UTC
    or ISO 8601; else now), `kind` (of `REPORT_KINDS`, else "report"), `ship` (its id), `lat_deg` with `lon_deg`, `verified`, `source`.
    Raises InputFault.
    """
    if not isinstance(content, Mapping):
        raise InputFault("a report is an object with named values", where=where, help='such as {"words": "smoke seen", "kind": "sighting"}')
    unknown = sorted(str(key)[:40] for key in content if key not in (*_REPORT_KEYS, *_GIVEN_BY_THE_DESK))
    if unknown:
        raise InputFault(f"{unknown[0]!r} is no part of a report", where=where, help=f"it may have {', '.join(_REPORT_KEYS)}")
    kind = content.get("kind") or "report"
    if kind not in REPORT_KINDS:
        raise InputFault(f"{_shown(kind)} is no kind of report", where=f"{where}.kind", help=f"one of {', '.join(REPORT_KINDS)}")
    lat_deg, lon_deg = _position(content, where)
    verified = content.get("verified")
    if verified is not None and not isinstance(verified, bool):
        help = "true when a second source says so too"
        raise InputFault(f"{_shown(verified)} is neither true nor false", where=f"{where}.verified", help=help)
    made = {
        "kind": kind,
        "words": _words(content.get("words"), LONGEST_WORDS, f"{where}.words", needed=True),
        "ship": _ship(content.get("ship"), f"{where}.ship"),
        "lat_deg": lat_deg,
        "lon_deg": lon_deg,
        "verified": bool(verified),
        "source": _words(content.get("source"), LONGEST_SOURCE, f"{where}.source"),
        "time_s": _time(content.get("time_s"), now_s, f"{where}.time_s"),
    }
    if by := _words(content.get("by"), LONGEST_NAME, f"{where}.by"):
        made["by"] = by
    return Decision(now_s, "report", _name("report", made, now_s), "", made)


def decision(kind: str, subject: str, content: Mapping[str, Any] | None, now_s: float) -> Decision:
    """What is decided at `now_s` about the alert `subject`; for guard the ship, for exclude the rule, for include the exclusion,
    for zone and unzone the zone ("" for a new one).

    content: `words` (needed to dismiss, close, note and exclude: the next watch must know why), `by` (who, at most 60 characters), and for
    assign `to`; snooze `minutes`, at most a day, 0 to end it; guard `guard` true, false or null for "as configured again", and if wanted
    `ring_nm` and `until_s`; exclude `ships` (one or two), `alert` from which it is made, and `here`: lat_deg, lon_deg, radius_nm, or null
    for everywhere; zone what `ingest/drawn.py` says. Raises InputFault.
    """
    if kind not in DECISION_KINDS:
        raise InputFault(f"{_shown(kind)} is no decision", where="decision", help=f"one of {', '.join(DECISION_KINDS)}")
    unnamed = kind == "zone" and subject == ""
    if not unnamed and (not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or _stripped(subject) != subject):
        raise InputFault(f"{_shown(subject)} names nothing", where=kind, help="give the id of the alert or the ship")
    content = {} if content is None else content
    if not isinstance(content, Mapping):
        raise InputFault("the content is an object with named values", where=kind, help='such as {"words": "seen by radar too"}')
    made: dict[str, Any] = {"words": _words(content.get("words"), LONGEST_WORDS, f"{kind}.words", needed=kind in NEEDS_WORDS)}
    if by := _words(content.get("by"), LONGEST_NAME, f"{kind}.by"):
        made["by"] = by
    if kind == "assign":
        made["to"] = _words(content.get("to"), LONGEST_NAME, "assign.to")
    if kind == "snooze":
        made["minutes"] = _within(content.get("minutes"), 0.0, LONGEST_SNOOZE_MIN, "snooze.minutes", "minutes, at most a day; 0 to end it")
    if kind == "exclude":
        made |= _exclusion(content)
    if kind == "zone":
        made |= drawn.zone(content, now_s)
    if kind == "guard":
        subject = str(_ship(subject, "guard.ship"))
        made |= _guard(content, now_s)
    return Decision(now_s, kind, _name(kind, {"subject": subject, **made}, now_s), subject, made)


def _guard(content: Mapping[str, Any], now_s: float) -> dict[str, Any]:
    """Whether a ship is guarded from now on, with which ring and until when."""
    guard, ring_nm, until_s = content.get("guard", True), content.get("ring_nm"), content.get("until_s")
    if guard is not None and not isinstance(guard, bool):
        help = "true to guard the ship, false to stop it, null for what the configuration says"
        raise InputFault(f"{_shown(guard)} is neither true nor false", where="guard.guard", help=help)
    made: dict[str, Any] = {"guard": guard}
    if ring_nm is not None:
        if not guard:
            raise InputFault("a ring goes with a guard only", where="guard.ring_nm", help='send "guard": true with it')
        made["ring_nm"] = _within(ring_nm, 0.1, WIDEST_RING_NM, "guard.ring_nm", f"nautical miles, 0.1 to {WIDEST_RING_NM:g}")
    if until_s is not None:
        if guard is None:
            raise InputFault("what is taken back has no end", where="guard.until_s", help="leave until_s out")
        help = "seconds since 1970, later than now and within 31 days"
        made["until_s"] = _within(until_s, math.nextafter(now_s, math.inf), now_s + LONGEST_GUARD_S, "guard.until_s", help)
    return made


def access(name: str, content: Mapping[str, Any], now_s: float) -> Decision:
    """Who came or went at `now_s`, for the journal: `verb` (of `ACCESS_VERBS`), and where they apply `role`, `address`, `words`, `users`.

    A name may be what a stranger typed. Raises InputFault.
    """
    verb = content.get("verb")
    if verb not in ACCESS_VERBS:
        raise InputFault(f"{_shown(verb)} is nothing that is told of a user", where="access", help=f"one of {', '.join(ACCESS_VERBS)}")
    made: dict[str, Any] = {"verb": verb}
    for key in ("role", "address", "words"):
        if said := _words(content.get(key), LONGEST_SOURCE, f"access.{key}"):
            made[key] = said
    if "users" in content:
        made["users"] = {_stripped(str(user)): _stripped(str(role)) for user, role in dict(content["users"]).items()}
    subject = _stripped(name)[:LONGEST_NAME]
    return Decision(now_s, ACCESS, _name(ACCESS, {"subject": subject, **made}, now_s), subject, made)


def _exclusion(content: Mapping[str, Any]) -> dict[str, Any]:
    """Which ships an exclusion is of, where, and from which alert it is made."""
    ships = content.get("ships")
    if not isinstance(ships, list | tuple) or not 1 <= len(ships) <= 2:
        raise InputFault(f"{_shown(ships)} are not one or two ships", where="exclude.ships", help="a list of one MMSI, or of two")
    numbers = [_ship(ship, "exclude.ships") for ship in ships]
    if None in numbers or len(set(numbers)) < len(numbers):
        raise InputFault(f"{_shown(ships)} are not one or two ships", where="exclude.ships", help="a list of one MMSI, or of two")
    for number in numbers:
        if number is not None and is_radar(number):
            help = "a radar's numbers go to other targets later; name its area in the configuration"
            raise InputFault(f"{number} is a radar target", where="exclude.ships", help=help)
    here = content.get("here")
    if here is not None:
        if not isinstance(here, Mapping):
            raise InputFault(f"{_shown(here)} is no place", where="exclude.here", help="lat_deg, lon_deg and radius_nm, or null")
        lat_deg, lon_deg = _position(here, "exclude.here")
        radius_nm = _within(here.get("radius_nm"), 0.1, FARTHEST_NM, "exclude.here.radius_nm", "nautical miles, 0.1 to 50")
        if lat_deg is None:
            raise InputFault("it has no position", where="exclude.here", help="leave these ships out everywhere, or not at all")
        here = {"lat_deg": lat_deg, "lon_deg": lon_deg, "radius_nm": radius_nm}
    return {"ships": numbers, "here": here, "alert": _words(content.get("alert"), LONGEST_SUBJECT, "exclude.alert")}


def _within(given: Any, least: float, most: float, where: str, help: str) -> float:
    try:
        number = _number(given)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise InputFault(f"{_shown(given)} will not do", where=where, help=help)
    return number


def moment(text: str) -> float:
    """Seconds since 1970 UTC of an ISO 8601 time; one without a zone is UTC. Raises ValueError."""
    found = datetime.fromisoformat(text.strip().upper().replace("UTC", "+00:00"))
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()


def _time(given: Any, now_s: float, where: str) -> float:
    help = "seconds since 1970 UTC, or 2019-06-13T02:40:00Z"
    if given is None or given == "":
        return now_s
    try:
        time_s = moment(given) if isinstance(given, str) and not re.fullmatch(r"\s*[0-9.]+\s*", given) else _number(given)
    except (ValueError, OverflowError) as error:
        raise InputFault(f"{_shown(given)} is no time", where=where, help=help) from error
    if not EARLIEST_S <= time_s <= now_s + AHEAD_S:
        raise InputFault(f"{_shown(given)} is not in the time of this watch", where=where, help=f"{help}; not in the future")
    return time_s


def _position(content: Mapping[str, Any], where: str) -> tuple[float | None, float | None]:
    given = [content.get("lat_deg"), content.get("lon_deg")]
    if given[0] is None and given[1] is None:
        return None, None
    made = []
    for name, value, limit in zip(("lat_deg", "lon_deg"), given, (90.0, 180.0), strict=True):
        if value is None:
            raise InputFault("a position has two parts", where=f"{where}.{name}", help="give lat_deg and lon_deg, or neither")
        try:
            number = _number(value)
        except ValueError as error:
            raise InputFault(f"{_shown(value)} is no number", where=f"{where}.{name}", help="decimal degrees, such as 25.43") from error
        if not abs(number) <= limit:
            raise InputFault(f"{_shown(value)} is no place on Earth", where=f"{where}.{name}", help=f"from {-limit:.0f} to {limit:.0f}")
        made.append(number)
    return made[0], made[1]


def _ship(given: Any, where: str) -> int | None:
    if given is None or given == "":
        return None
    if isinstance(given, str) and re.fullmatch(r"[0-9]{1,10}", given):
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given <= GREATEST_SHIP:
        raise InputFault(f"{_shown(given)} is no ship", where=where, help="the MMSI or the number of the radar target")
    return given


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise ValueError("no number")
    try:
        number = float(given)
    except OverflowError as error:
        raise ValueError("too great") from error
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _words(given: Any, longest: int, where: str, *, needed: bool = False) -> str:
    if given is not None and not isinstance(given, str):
        raise InputFault(f"{_shown(given)} is no text", where=where, help="write it in words")
    words = _stripped(given or "")
    if needed and not words:
        raise InputFault("there are no words", where=where, help="say in a sentence what is known")
    if len(words) > longest:
        raise InputFault(f"{len(words)} characters are too many", where=where, help=f"at most {longest}")
    return words


def _stripped(text: str) -> str:
    """The text without what cannot be seen, but may deceive or break: controls, reversals of direction, lone surrogates."""
    text = re.sub(r"\s*\n\s*|\s*\r\s*|\t", " ", text[: LONGEST_WORDS * 8])
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")).strip()


def _shown(given: Any) -> str:
    return repr(_stripped(str(given))[:40])


def _name(kind: str, content: Mapping[str, Any], now_s: float) -> str:
    said = json.dumps([kind, now_s, content], sort_keys=True, ensure_ascii=True)
    return f"{kind}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
