"""Names, titles and sentences. What a ship sends as her name is hostile text: it is cleaned once, here, before anyone reads it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from tankerwatch.core.mmsi import is_radar

NAME_LIMIT: Final = 40
TEXT_LIMIT: Final = 2000

# Control, format (bidirectional overrides, zero-width signs), surrogate, private and unassigned code points: unseen, so never wanted.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_PLACE: Final = re.compile(r"\{(\d{1,2})\}")

TITLES: Final = {
    "distress": "distress",
    "not_under_command": "not under command",
    "sudden_stop": "sudden stop",
    "drifting": "drifting",
    "dark": "no longer heard",
    "false_position": "false position",
    "clone": "identity used twice",
    "jamming": "positions disturbed",
    "closing": "craft closing",
    "swarm": "several craft closing",
    "rendezvous": "possible rendezvous",
    "loitering": "loitering",
    "zone": "in a watched zone",
    "ring": "craft in her ring",
    "collision": "possible collision",
    "grounding": "possible grounding",
    "identity": "identity changed",
    "feed": "trouble with a feed",
}
CLOCK: Final = "The clock is wrong"
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Printable text on one line, at most `limit` characters: no control signs, no bidirectional overrides, no invisible signs."""
    cut = text[: 4 * limit]
    seen = "".join(" " if sign.isspace() else sign for sign in cut if sign.isspace() or unicodedata.category(sign) not in _UNSEEN)
    return " ".join(seen.split())[:limit].rstrip()


def ship_name(identity: int, name: str) -> str:
    """What to call a ship: her name as sent, cleaned, else `MMSI 123456789`, else `radar target 7`."""
    named = clean(name, NAME_LIMIT)
    if named:
        return named
    if is_radar(identity):
        return f"radar target {identity % 1000}"
    return f"MMSI {identity:09d}"


def fill(template: str, names: Sequence[str]) -> str:
    """A reason with the ships' names in the places `{0}` `{1}` …; a place without a ship becomes "another ship"."""

    def name(place: re.Match[str]) -> str:
        index = int(place[1])
        return names[index] if index < len(names) else "another ship"

    return clean(_PLACE.sub(name, template))


def detector_words(detector: str) -> str:
    """The detector's id as a person would say it."""
    return TITLES.get(detector) or clean(detector.replace("_", " "), NAME_LIMIT)


def title(detector: str, names: Sequence[str], episode: str = "") -> str:
    """`FRONT ALTAIR: sudden stop`; without a ship `Trouble with a feed`, or what its episode is about."""
    if detector == "feed" and episode.startswith("clock"):
        return CLOCK
    said = detector_words(detector)
    return f"{names[0]}: {said}" if names else said[:1].upper() + said[1:]


def number(count: int) -> str:
    """Small numbers in words, others in figures."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def hour(time_s: float) -> str:
    """The time of day, UTC: `06:00`."""
    minute = int(time_s // 60) % 1440
    return f"{minute // 60:02d}:{minute % 60:02d}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """`A`, `A and B`, `A, B and C`, `A, B, C and 4 more`."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
