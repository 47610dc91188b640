"""A world: places far apart, each a piece of sea with its own stations, ships and one thing that happens; all of it in one stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from tankerwatch.core.ais.encoder import safety_text
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.schema import F64
from tankerwatch.core.tables import Decision
from tankerwatch.evaluate.encode import Encoder, base_columns
from tankerwatch.evaluate.motion import NM, Motion, Plane, sailed, wander
from tankerwatch.evaluate.reception import Station
from tankerwatch.evaluate.reports import Reports, beacon_reports, corrupted, reports
from tankerwatch.evaluate.ships import BEACON, Ship, Yard
from tankerwatch.evaluate.truth import Danger, Decoy, Scene
from tankerwatch.evaluate.wire import heard, log, loose
from tankerwatch.scenes.dice import Dice

FIRST_S: Final = 1_750_000_200
A_DAY: Final = 1.4
"""Corrupt fixes a ship-day, as measured on recordings of tankers."""
SAMPLE_S: Final = 10
TRIES: Final = 25
CLEAR_NM: Final = 0.5
"""How far passing ships keep from all others at a place, where there is room."""
Lie = Callable[[Reports], Reports]


def sampled(motion: Motion) -> tuple[F64, F64]:
    """Where she is every `SAMPLE_S` seconds, metres east and north; NaN while she is not there."""
    there = motion.present[::SAMPLE_S] > 0
    return np.where(there, motion.east_m[::SAMPLE_S], np.nan), np.where(there, motion.north_m[::SAMPLE_S], np.nan)


@dataclass(slots=True)
class Sent:
    """A ship with what she sends."""

    ship: Ship
    made: Reports
    statics: bool = True
    weight: float = 1.0


@dataclass(slots=True, eq=False)
class Place:
    """A piece of sea. Seconds count from the beginning of the scene; metres from the place's middle."""

    name: str
    plane: Plane
    start_s: float
    seconds: int
    dice: Dice
    yard: Yard
    stations: list[Station]
    sent: list[Sent] = field(default_factory=list)
    lines: list[tuple[float, bytes]] = field(default_factory=list)
    dangers: list[Danger] = field(default_factory=list)
    decoys: list[Decoy] = field(default_factory=list)
    ship_s: float = 0.0
    tanker_s: float = 0.0
    a_day: float = A_DAY
    settings: str = ""
    """what the desk's configuration says of this place (TOML)"""
    decisions: list[Decision] = field(default_factory=list)
    """what people at the desk decide"""
    mute: tuple[tuple[float, float], ...] = ()
    """seconds in which nothing at all comes to the desk, from any place"""
    counted_nm: float = 1e9
    """how far from the middle sailing counts as exposure"""
    tracks: list[tuple[F64, F64]] = field(default_factory=list)
    """where each ship is, metres east and north, every `SAMPLE_S` seconds; NaN while she is not there"""

    def ship(self, kind: str, *, length_m: float | None = None) -> Ship:
        """A new ship of a kind."""
        return self.yard.ship(kind, length_m=length_m)

    def one(self, low: float, high: float) -> float:
        """A number by chance."""
        return float(self.dice.even(1, low, high)[0])

    def whole(self, low: int, high: int) -> int:
        """A whole number by chance, both ends among them."""
        return min(high, low + int(self.one(0.0, 1.0) * (high - low + 1)))

    def pick(self, *choices: Any) -> Any:
        """One of them by chance."""
        return choices[min(len(choices) - 1, int(self.one(0.0, 1.0) * len(choices)))]

    def add(
        self,
        ship: Ship,
        motion: Motion,
        *,
        lie: Lie | None = None,
        silent: tuple[tuple[float, float], ...] = (),
        statics: bool = True,
        clean: bool = False,
        every_s: F64 | None = None,
    ) -> Reports:
        """She sails; what she sends. lie: changes it · silent: seconds in which her transponder is off · clean: no corrupt fixes."""
        for begin_s, end_s in silent:
            present = motion.present.copy()
            present[int(begin_s) : int(end_s)] = 0
            motion = replace(motion, present=present)
        if ship.transponder == BEACON:
            made = beacon_reports(ship, motion, self.plane, self.start_s, self.dice)
        else:
            made = reports(ship, motion, self.plane, self.start_s, self.dice, every_s=every_s)
        made = lie(made) if lie else made
        made = made if clean else corrupted(made, self.dice, a_day=self.a_day)
        self.sent.append(Sent(ship, made, statics))
        self.tracks.append(sampled(motion))
        present_s = float(motion.present[np.hypot(motion.east_m, motion.north_m) < self.counted_nm * NM].sum())
        self.ship_s += present_s
        self.tanker_s += present_s if ship.kind == "tanker" else 0.0
        return made

    def text(self, second: float, mmsi: int, words: str) -> None:
        """A safety-related text (14)."""
        self.line(second, *sentences(safety_text(mmsi, words), sequence=3))

    def line(self, second: float, *parts: bytes, station: int = 0) -> None:
        """Sentences as they are, received by one of the stations."""
        at_s = self.start_s + second
        name = self.stations[station].name
        self.lines += [(at_s + 0.3, tag(part, time_s=float(int(at_s)), station=name)) for part in parts]

    def guard(self, second: float, ship: Ship, ring_nm: float, until: float | None = None) -> None:
        """A watchkeeper guards her with a ring, for good or until a second."""
        content = {"guard": True, "ring_nm": round(ring_nm, 2), "until_s": None if until is None else self.start_s + until, "words": ""}
        self.decisions.append(Decision(self.start_s + second, "guard", f"{self.name}-{ship.mmsi}", str(ship.mmsi), content))

    def danger(
        self,
        detector: str,
        kind: str,
        level: str,
        ships: tuple[Ship, ...],
        start: float,
        end: float,
        *,
        oracle: float,
        due: float,
        at_m: tuple[float, float] = (0.0, 0.0),
        also: tuple[str, ...] = (),
        named: tuple[str, ...] = (),
        gap: bool = False,
    ) -> None:
        """What is true here; seconds from the beginning. oracle NaN: it can be known when she is first received after `start`, and `due`
        counts from then.
        """
        lat, lon = (float(v) for v in self.plane.globe(*at_m))
        s = self.start_s
        mmsis = tuple(ship.mmsi for ship in ships)
        due_s = due if oracle != oracle else s + due
        made = Danger(
            f"{self.name}-{kind}", detector, kind, level, mmsis, s + start, s + end, s + oracle, due_s, lat, lon, also, named, gap
        )
        self.dangers.append(made)

    def decoy(self, kind: str, forbidden: tuple[str, ...], ships: tuple[Ship, ...], start: float = 1800.0, end: float = 1e9) -> None:
        """What must not alarm; no ships named: nobody may."""
        s = self.start_s
        mmsis = tuple(ship.mmsi for ship in ships)
        self.decoys.append(Decoy(f"{self.name}-{kind}", kind, forbidden, mmsis, s + start, s + min(end, float(self.seconds))))

    def _clear(self, motion: Motion, keep_nm: float) -> bool:
        """Whether a motion stays so far from all who are there."""
        if not self.tracks:
            return True
        east, north = sampled(motion)
        with np.errstate(invalid="ignore"):
            return not any(bool((np.hypot(e - east, n - north) < keep_nm * NM).any()) for e, n in self.tracks)

    def traffic(self, count: int, *, first_nm: float = 3.2, lane_nm: float = 1.3, tankers: bool = True) -> list[Ship]:
        """Ships that pass on lanes of their own, to the north and the south, when nobody crosses there: so nobody meets anybody."""
        made = []
        for index in range(count):
            ship = self.ship(self.pick("cargo", "cargo", "tanker" if tankers else "cargo", "cargo", "ferry"))
            way = 90.0 if index % 2 else 270.0
            north = (first_nm + lane_nm * (index // 2)) * NM * (1 if index % 2 else -1)
            for _ in range(TRIES):
                speed = self.one(9.0, 16.0)
                length_m = speed * 1852 / 3600 * self.seconds
                east = -length_m * self.one(0.35, 0.65) * (1 if index % 2 else -1)
                course = way + wander(self.dice, self.seconds, 0.4, 600)
                motion = sailed((east, north), wander(self.dice, self.seconds, 0.1, 300) + speed, course)
                if self._clear(motion, CLEAR_NM):
                    break
            self.add(ship, motion)
            made.append(ship)
        return made


class World:
    """Places by number, all beginning at one time; the same seed gives the same bytes."""

    def __init__(self, seed: int, name: str, seconds: int, *, copies: float = 0.08) -> None:
        self.seed, self.name, self.seconds = seed, name, seconds
        self.start_s = float(FIRST_S + seed % 1000 * 86_400)
        self.places: list[Place] = []
        self._copies = copies

    def place(self, *, stations: int = 4, range_nm: float = 45.0, counted_nm: float = 1e9) -> Place:
        """A new place, more than a hundred miles from the others; its last station is weak and may have a wrong clock."""
        number = len(self.places)
        dice = Dice(self.seed, f"{self.name}-{number}")
        lat, lon, odd, by = dice.even(4).tolist()
        plane = Plane(-35.0 + 90.0 * lat, -176.0 + (number * 3.1 + lon) % 350.0)
        made = []
        for index in range(stations):
            away, way = dice.even(2).tolist()
            east, north = (4 + 10 * away) * NM * np.sin(6.283 * way), (4 + 10 * away) * NM * np.cos(6.283 * way)
            at_lat, at_lon = (float(v) for v in plane.globe(east, north))
            weak = index == stations - 1 and stations > 1
            offset = (5 + 10 * by) * (1 if odd < 0.25 else -1) if weak and odd < 0.5 else float(dice.bell(1, 0.3)[0])
            name = f"P{number:03d}-{index:02d}"
            made.append(
                Station(
                    name, 2_110_000 + number * 10 + index, at_lat, at_lon, range_nm * (0.5 if weak else 1.0), offset, copies=self._copies
                )
            )
        yard = Yard(dice, 1000 + number * 1000 + self.seed % 97 * 7)
        self.places.append(Place(f"{self.name}-{number:02d}", plane, self.start_s, self.seconds, dice, yard, made, counted_nm=counted_nm))
        return self.places[-1]

    def scene(self) -> Scene:
        """Everything sent, received and written as a log, with its truth."""
        numbered = [(place, station) for place in self.places for station in place.stations]
        encoder = Encoder([station.name for _, station in numbered])
        end_s = self.start_s + self.seconds
        first = 0
        dangers: list[Danger] = []
        for place in self.places:
            stations = list(enumerate(place.stations, first))
            first += len(stations)
            dice = Dice(self.seed, f"{place.name}-air")
            stamps: dict[int, F64] = {}
            for sent in place.sent:
                stamps[sent.ship.mmsi] = encoder.positions(sent.ship, sent.made, stations, dice).stamp_s.astype(np.float64)
                if sent.statics:
                    encoder.statics(sent.ship, sent.made, stations, dice)
            dangers += [_known(danger, stamps) for danger in place.dangers]
            for number, station in stations:
                columns = base_columns(station, self.start_s, end_s, number % 10)
                sent_s = np.float64(self.start_s) + number % 10 + 10.0 * np.arange(len(columns["mmsi"]))
                encoder.bases(columns, sent_s, number, station, dice)
        blocks = [*encoder.blocks(), *loose([line for place in self.places for line in place.lines])]
        for begin, end in (span for place in self.places for span in place.mute):
            blocks = [heard(block, self.start_s + begin, self.start_s + end) for block in blocks]
        return Scene(
            self.name,
            log(blocks),
            self.start_s,
            end_s,
            tuple(dangers),
            tuple(decoy for place in self.places for decoy in place.decoys),
            sum(place.ship_s for place in self.places) / 86_400,
            sum(place.tanker_s for place in self.places) / 86_400,
            frozenset(sent.ship.mmsi for place in self.places for sent in place.sent if sent.ship.kind == "tanker"),
            "".join(place.settings for place in self.places),
            tuple(sorted((each for place in self.places for each in place.decisions), key=lambda each: each.time_s)),
        )


def _known(danger: Danger, stamps: dict[int, F64]) -> Danger:
    """A danger whose oracle is the first reception, with its times."""
    if danger.oracle_s == danger.oracle_s:
        return danger
    heard = np.concatenate([stamps.get(mmsi, np.empty(0)) for mmsi in danger.ships])
    heard = heard[heard >= danger.start_s - 30]
    first = float(heard.min()) if len(heard) else danger.end_s
    return replace(danger, oracle_s=first, due_s=first + danger.due_s)
