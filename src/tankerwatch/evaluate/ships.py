"""Ships with identities that hold together: a number, a name, an IMO number with its check digit, dimensions of their kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tankerwatch.scenes.dice import Dice

CLASS_A, CLASS_B, CLASS_B_SO, AIRCRAFT, BEACON, RADAR = "A", "B", "B SO", "aircraft", "beacon", "radar"

FLAGS: Final = (209, 211, 215, 219, 229, 232, 235, 241, 248, 249, 256, 257, 311, 319, 352, 371, 431, 477, 538, 563, 564, 565, 636)
WORDS: Final = ("AMBER", "BOREAL", "CEDAR", "DELTA", "EAGER", "FALCON", "GRAND", "HARBOUR", "IVORY", "JADE", "KEEN", "LUNAR", "MARINE")
THINGS: Final = ("SPIRIT", "STAR", "WAVE", "TRADER", "PEARL", "BREEZE", "HORIZON", "LADY", "PRIDE", "CREST", "VOYAGER", "DAWN", "QUEEN")


@dataclass(frozen=True, slots=True)
class Kind:
    """What ships of a kind have in common: ship type (M.1371-5 table 53), length and beam from least to most, transponder."""

    ship_type: int
    length_m: tuple[float, float]
    beam_share: float
    transponder: str = CLASS_A


KINDS: Final[dict[str, Kind]] = {
    "tanker": Kind(80, (140, 333), 0.165),
    "cargo": Kind(70, (90, 300), 0.155),
    "ferry": Kind(60, (60, 180), 0.16),
    "high_speed": Kind(40, (30, 90), 0.2),
    "fishing": Kind(30, (14, 40), 0.26),
    "fishing_b": Kind(30, (10, 16), 0.3, CLASS_B),
    "pilot": Kind(50, (12, 22), 0.28),
    "rescue": Kind(51, (14, 30), 0.28),
    "tug": Kind(52, (22, 38), 0.32),
    "crew": Kind(90, (18, 38), 0.22),
    "supply": Kind(90, (60, 95), 0.22),
    "navy": Kind(35, (80, 150), 0.12),
    "patrol": Kind(55, (18, 40), 0.2),
    "dredger": Kind(33, (60, 120), 0.18),
    "leisure": Kind(37, (8, 18), 0.3, CLASS_B),
    "sailing": Kind(36, (8, 18), 0.3, CLASS_B),
    "craft": Kind(0, (6, 12), 0.3, CLASS_B),
    "craft_so": Kind(0, (6, 12), 0.3, CLASS_B_SO),
    "helicopter": Kind(0, (15, 20), 0.2, AIRCRAFT),
}


@dataclass(frozen=True, slots=True)
class Ship:
    """Who she is, and who she says she is."""

    mmsi: int
    kind: str
    name: str
    ship_type: int
    length_m: int
    beam_m: int
    transponder: str = CLASS_A
    imo: int = 0
    callsign: str = ""
    draught_m: float = 0.0
    destination: str = ""


def imo_number(serial: int) -> int:
    """A number of seven digits whose last is the check digit: the sum of the first six, weighted 7 to 2, modulo ten."""
    digits = f"{serial % 1_000_000:06d}"
    return int(digits) * 10 + sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=True)) % 10


class Yard:
    """Builds ships; no two have one number."""

    def __init__(self, dice: Dice, first: int) -> None:
        self._dice = dice
        self._serial = first

    def ship(self, kind: str, *, length_m: float | None = None) -> Ship:
        """A ship of a kind of `KINDS`."""
        self._serial += 1
        serial, like = self._serial, KINDS[kind]
        length, flag, word, thing = self._dice.even(4).tolist()
        metres = round(like.length_m[0] + (like.length_m[1] - like.length_m[0]) * length) if length_m is None else round(length_m)
        mid = 111_000 + FLAGS[int(flag * len(FLAGS))] if like.transponder == AIRCRAFT else FLAGS[int(flag * len(FLAGS))]
        large = like.transponder == CLASS_A and metres > 60
        return Ship(
            mmsi=mid * 1000 + serial % 1000 if like.transponder == AIRCRAFT else mid * 1_000_000 + serial % 1_000_000,
            kind=kind,
            name=f"{WORDS[int(word * len(WORDS))]} {THINGS[int(thing * len(THINGS))]} {serial % 1000}"[:20],
            ship_type=like.ship_type,
            length_m=metres,
            beam_m=max(2, min(62, round(metres * like.beam_share))),
            transponder=like.transponder,
            imo=imo_number(900_000 + serial) if large else 0,
            callsign=f"T{serial % 1_000_000:06d}"[:7],
            draught_m=round(min(20.0, metres / 18), 1) if large else 0.0,
            destination="FOR ORDERS" if large else "",
        )
