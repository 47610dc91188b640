"""A scene as it is written down: reads the TOML and holds it to its rules, above all that every way-point says how certain it is."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from tankerwatch.core.errors import InputFault, TankerwatchFault
from tankerwatch.scenes.motion import Track

CERTAINTIES = frozenset("RDS")


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where and when. Certainty of the time and of the position: R reported, D derived, S simulated."""

    time_s: float
    lat_deg: float
    lon_deg: float
    status: int
    time_certainty: str
    position_certainty: str
    note: str


@dataclass(frozen=True, slots=True)
class Ship:
    """A ship that sends AIS: named in the reports or of the background. `size_m` is bow, stern, port, starboard."""

    id: str
    name: str
    mmsi: int
    ship_type: int
    size_m: tuple[int, int, int, int]
    draught_m: float
    certainty: str
    track: Track
    imo: int = 0
    callsign: str = ""
    destination: str = ""
    waypoints: tuple[Waypoint, ...] = ()
    anchored: bool = False

    def shifted(self, shift_s: float) -> Ship:
        """The same ship at another time."""
        return replace(self, track=self.track.shifted(shift_s), waypoints=_shifted(self.waypoints, shift_s))


@dataclass(frozen=True, slots=True)
class RadarCraft:
    """A craft without AIS, seen by radar from its first to its last way-point; `name` is sent with the target."""

    id: str
    number: int
    name: str
    label: str
    certainty: str
    track: Track
    waypoints: tuple[Waypoint, ...]

    def shifted(self, shift_s: float) -> RadarCraft:
        """The same craft at another time."""
        return replace(self, track=self.track.shifted(shift_s), waypoints=_shifted(self.waypoints, shift_s))


@dataclass(frozen=True, slots=True)
class Told:
    """A report that the watch types in. `ship` is a ship's id, `source` who says it, `cited` where that was found."""

    time_s: float
    kind: str
    ship: str
    words: str
    verified: bool
    certainty: str
    source: str
    cited: str


@dataclass(frozen=True, slots=True)
class Station:
    """A receiving station."""

    name: str
    mmsi: int
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page offers at the end."""

    label: str
    words: str
    command: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows with the scene. `center` is longitude, latitude."""

    words: str
    show_from_s: float
    show_to_s: float
    speed: float
    center: tuple[float, float]
    zoom: float
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole scene as written down; `receiving` and `background` are the tables of the file."""

    name: str
    title: str
    seed: int
    start_s: float
    end_s: float
    page: Page
    ships: tuple[Ship, ...]
    radar: tuple[RadarCraft, ...]
    told: tuple[Told, ...]
    stations: tuple[Station, ...]
    receiving: Mapping[str, Any] = field(repr=False)
    background: Mapping[str, Any] = field(repr=False)

    def shifted(self, shift_s: float) -> Recipe:
        """The same scene at another time."""
        page = replace(self.page, show_from_s=self.page.show_from_s + shift_s, show_to_s=self.page.show_to_s + shift_s)
        return replace(
            self,
            start_s=self.start_s + shift_s,
            end_s=self.end_s + shift_s,
            page=page,
            ships=tuple(ship.shifted(shift_s) for ship in self.ships),
            radar=tuple(craft.shifted(shift_s) for craft in self.radar),
            told=tuple(replace(told, time_s=told.time_s + shift_s) for told in self.told),
        )


def names() -> list[str]:
    """The bundled scenes."""
    return sorted(entry.name.removesuffix(".toml") for entry in files(__package__).iterdir() if entry.name.endswith(".toml"))


def load(name: str) -> Recipe:
    """Read a bundled scene. Raises InputFault for a name that there is not, TankerwatchFault for a scene that breaks the rules."""
    if name not in names():
        raise InputFault(f"there is no scene {name!r}", help=f"the scenes are {', '.join(names())}")
    return parse(name, files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def parse(name: str, written: str) -> Recipe:
    """A scene from its TOML. Raises TankerwatchFault where something is missing or impossible, naming it."""
    try:
        return _recipe(name, tomllib.loads(written))
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise TankerwatchFault(f"scene {name}: {type(fault).__name__}: {fault}") from fault


def _recipe(name: str, t: Mapping[str, Any]) -> Recipe:
    midnight_s = datetime.combine(t["date"], time(), UTC).timestamp()

    def at(clock: str) -> float:
        return midnight_s + (datetime.fromisoformat(f"1970-01-01T{clock}+00:00")).timestamp()

    start_s, end_s = at(t["window"][0]), at(t["window"][1])
    page, ships = t["page"], tuple(_ship(at, entry) for entry in t["ships"])
    ids = {ship.id for ship in ships}
    told = tuple(_told(at, entry) for entry in t["reports"])
    for report in told:
        if report.ship not in ids or report.certainty not in CERTAINTIES or not start_s <= report.time_s <= end_s:
            raise ValueError(f"report {report.words!r}: unknown ship, without certainty, or outside the window")
    return Recipe(
        name=name,
        title=t["title"],
        seed=t["seed"],
        start_s=start_s,
        end_s=end_s,
        page=Page(
            words=page["words"],
            show_from_s=at(page["show_from"]),
            show_to_s=at(page["show_to"]),
            speed=page["speed"],
            center=(page["center"][0], page["center"][1]),
            zoom=page["zoom"],
            offers=tuple(Offer(**offer) for offer in page["offers"]),
        ),
        ships=ships,
        radar=tuple(_craft(at, entry) for entry in t["radar"]),
        told=tuple(sorted(told, key=lambda report: report.time_s)),
        stations=tuple(Station(s["name"], s["mmsi"], *s["position"]) for s in t["stations"]),
        receiving=t["receiving"],
        background=t["background"],
    )


def _ship(at: Callable[[str], float], entry: Mapping[str, Any]) -> Ship:
    waypoints = _waypoints(at, entry)
    bow, stern, port, starboard = entry["size_m"]
    return Ship(
        id=entry["id"],
        name=entry["name"],
        mmsi=entry["mmsi"],
        ship_type=entry["ship_type"],
        size_m=(bow, stern, port, starboard),
        draught_m=entry["draught_m"],
        certainty=entry["certainty"],
        track=_track(waypoints),
        imo=entry.get("imo", 0),
        callsign=entry["callsign"],
        destination=entry.get("destination", ""),
        waypoints=waypoints,
    )


def _craft(at: Callable[[str], float], entry: Mapping[str, Any]) -> RadarCraft:
    waypoints = _waypoints(at, entry)
    return RadarCraft(entry["id"], entry["number"], entry["name"], entry["label"], entry["certainty"], _track(waypoints), waypoints)


def _told(at: Callable[[str], float], entry: Mapping[str, Any]) -> Told:
    return Told(at(entry["time"]), **{key: entry[key] for key in ("kind", "ship", "words", "verified", "certainty", "source", "cited")})


def _waypoints(at: Callable[[str], float], entry: Mapping[str, Any]) -> tuple[Waypoint, ...]:
    made = []
    for clock, lat_deg, lon_deg, status, certainty, note in entry["waypoints"]:
        if len(certainty) != 2 or not set(certainty) <= CERTAINTIES or not note:
            raise ValueError(f"{entry['id']} {clock}: every way-point says how certain its time and position are, and why")
        made.append(Waypoint(at(clock), lat_deg, lon_deg, status, certainty[0], certainty[1], note))
    if len(made) < 2 or any(after.time_s <= before.time_s for before, after in pairwise(made)):
        raise ValueError(f"{entry['id']}: at least two way-points, in order of time")
    return tuple(made)


def _shifted(waypoints: tuple[Waypoint, ...], shift_s: float) -> tuple[Waypoint, ...]:
    return tuple(replace(waypoint, time_s=waypoint.time_s + shift_s) for waypoint in waypoints)


def _track(waypoints: tuple[Waypoint, ...]) -> Track:
    return Track(
        np.array([w.time_s for w in waypoints], np.float64),
        np.array([w.lat_deg for w in waypoints], np.float64),
        np.array([w.lon_deg for w in waypoints], np.float64),
        np.array([w.status for w in waypoints], np.int64),
    )
