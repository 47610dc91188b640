"""What a ship in an alert has said of herself, and which of them are people rather than ships (SAFETY.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tankerwatch.core.mmsi import FISHING, KIND_WORDS, PLEASURE, UNKNOWN, flag_of, is_radar

PLEASURE_M: Final = 45
FISHING_M: Final = 15
"""Below these lengths a ship's track is personal data in European law; one that tells no length counts as short."""


@dataclass(frozen=True, slots=True)
class Ship:
    """Facts as sent; empty or zero where she has told none. No draught and no cargo: they say what she is worth, not how she is."""

    mmsi: int
    name: str = ""
    callsign: str = ""
    imo: int = 0
    kind: int = UNKNOWN
    length_m: int = 0
    beam_m: int = 0
    class_b: bool = False

    @property
    def flag(self) -> tuple[str, str]:
        """Two-letter code and name of the country in her MMSI; ("", "") when there is none."""
        return flag_of(self.mmsi)

    @property
    def kind_words(self) -> str:
        """What she is, in words; "" when not known."""
        return KIND_WORDS[self.kind] if self.kind != UNKNOWN else ""

    @property
    def radar(self) -> bool:
        """Whether she is seen by radar only: her number is of the desk's own making."""
        return is_radar(self.mmsi)

    @property
    def personal(self) -> bool:
        """Whether she is a private or small craft."""
        small = {PLEASURE: PLEASURE_M, FISHING: FISHING_M}.get(self.kind, 0)
        return self.class_b or self.length_m < small


def known(ships: Mapping[int, Ship], mmsi: int) -> Ship:
    """The ship, or one of which only the number is known."""
    return ships.get(mmsi) or Ship(mmsi)


def told(ship: Ship) -> dict[str, Any]:
    """Her facts by name, without those that are not known. Radar targets have no MMSI."""
    facts: dict[str, Any] = {
        "mmsi": "" if ship.radar else f"{ship.mmsi:09d}",
        "imo": str(ship.imo) if ship.imo else "",
        "callsign": ship.callsign,
        "ship_name": ship.name,
        "flag": ship.flag[0],
        "kind": ship.kind_words,
        "length_m": ship.length_m,
        "beam_m": ship.beam_m,
    }
    return {name: value for name, value in facts.items() if value}
