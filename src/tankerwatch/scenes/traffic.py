"""The background: ships on lanes and at anchor, placed by chance so that none of them makes a danger of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tankerwatch.core.errors import TankerwatchFault
from tankerwatch.core.schema import F64
from tankerwatch.scenes.dice import Dice
from tankerwatch.scenes.motion import Track, legs
from tankerwatch.scenes.recipe import Recipe, Ship

UNDER_WAY, AT_ANCHOR = 0, 1
TRIES = 2000
STEP_S = 30.0


class _Sea:
    """Who is where, minute by minute, so that a newcomer can be turned away who would come too near."""

    def __init__(self, recipe: Recipe) -> None:
        clear = recipe.background["clear"]
        self._time_s = np.arange(recipe.start_s, recipe.end_s + STEP_S, STEP_S)
        self._each_other_nm = float(clear["each_other_nm"])
        self._lat: list[F64] = []
        self._lon: list[F64] = []
        self._limit_nm: list[float] = []
        for ship in recipe.ships:
            self._add(ship.track, clear["named_nm"])
        for craft in recipe.radar:
            self._add(craft.track, clear["radar_nm"])

    def _add(self, track: Track, limit_nm: float) -> None:
        lat_deg, lon_deg = track.position(self._time_s)
        seen = (self._time_s >= track.time_s[0]) & (self._time_s <= track.time_s[-1])
        self._lat.append(np.where(seen, lat_deg, np.nan))
        self._lon.append(np.where(seen, lon_deg, np.nan))
        self._limit_nm.append(limit_nm)

    def take(self, track: Track) -> bool:
        """Whether the track keeps clear of all; if so it is among them from now on."""
        lat_deg, lon_deg = track.position(self._time_s)
        north = (np.array(self._lat) - lat_deg) * 60.0
        east = (np.array(self._lon) - lon_deg) * (60.0 * np.cos(np.radians(lat_deg)))
        if bool((np.nanmin(np.hypot(north, east), axis=1) < np.array(self._limit_nm)).any()):
            return False
        self._add(track, self._each_other_nm)
        return True


def background(recipe: Recipe) -> list[Ship]:
    """The ships of the background, lanes first. Raises TankerwatchFault when there is no room for one."""
    sea, dice = _Sea(recipe), Dice(recipe.seed, "background")
    table = recipe.background
    made: list[Ship] = []
    for lane in table["lanes"]:
        for _ in range(lane["ships"]):
            made.append(_drawn(table, dice, len(made), _first(sea, _sailing(recipe, lane, dice), lane["name"]), anchored=False))
    for _ in range(table["anchorage"]["ships"]):
        made.append(_drawn(table, dice, len(made), _first(sea, _lying(recipe, dice), "anchorage"), anchored=True))
    return made


def _first(sea: _Sea, tracks: Iterator[Track], where: str) -> Track:
    for _, track in zip(range(TRIES), tracks, strict=False):
        if sea.take(track):
            return track
    raise TankerwatchFault(f"scene: no room for one more ship in {where}")


def _sailing(recipe: Recipe, lane: Mapping[str, Any], dice: Dice) -> Iterator[Track]:
    """Tracks along a lane: each its own speed, place at the beginning and distance from the lane's middle."""
    line = np.array(lane["line"], np.float64)
    while True:
        speed_kn = float(dice.even(1, *lane["speed_kn"])[0])
        begin_nm = float(dice.even(1, *lane["start_nm"])[0])
        lat_deg, lon_deg = _beside(line, float(dice.even(1, -lane["spread_nm"], lane["spread_nm"])[0]))
        along_nm = np.concatenate([[0.0], np.cumsum(legs(lat_deg, lon_deg)[0])])
        end_nm = begin_nm + speed_kn * (recipe.end_s - recipe.start_s) / 3600.0
        if end_nm > along_nm[-1]:
            raise TankerwatchFault(f"scene: lane {lane['name']} is too short for {end_nm:.0f} nm")
        stops = np.concatenate([[begin_nm], along_nm[(along_nm > begin_nm) & (along_nm < end_nm)], [end_nm]])
        time_s = recipe.start_s + (stops - begin_nm) / speed_kn * 3600.0
        yield Track(time_s, np.interp(stops, along_nm, lat_deg), np.interp(stops, along_nm, lon_deg), np.full(len(stops), UNDER_WAY))


def _beside(line: F64, to_right_nm: float) -> tuple[F64, F64]:
    """A line of (lat, lon) moved to its right by some miles."""
    lat_deg, lon_deg = line.T
    course = np.radians(legs(lat_deg, lon_deg)[1])
    before, after = np.concatenate([course[:1], course]), np.concatenate([course, course[-1:]])
    middle = np.arctan2(np.sin(before) + np.sin(after), np.cos(before) + np.cos(after)) + np.pi / 2
    out_nm = to_right_nm / np.cos((after - before) / 2)
    return lat_deg + out_nm * np.cos(middle) / 60.0, lon_deg + out_nm * np.sin(middle) / (60.0 * np.cos(np.radians(lat_deg)))


def _lying(recipe: Recipe, dice: Dice) -> Iterator[Track]:
    """Berths in the anchorage."""
    place = recipe.background["anchorage"]
    while True:
        lat_deg = float(dice.even(1, place["south_west"][0], place["north_east"][0])[0])
        lon_deg = float(dice.even(1, place["south_west"][1], place["north_east"][1])[0])
        yield Track(np.array([recipe.start_s, recipe.end_s]), np.full(2, lat_deg), np.full(2, lon_deg), np.full(2, AT_ANCHOR))


def _drawn(table: Mapping[str, Any], dice: Dice, index: int, track: Track, *, anchored: bool) -> Ship:
    """A ship for a track: kind and destination by chance, name in turn."""
    kind = table["kinds"][int(dice.even(1, 0, len(table["kinds"]))[0])]
    ship_type, bow, stern, port, starboard, draught_m = kind
    return Ship(
        id=f"background-{index + 1:02d}",
        name=table["names"][index],
        mmsi=table["mmsi_from"] + index,
        ship_type=ship_type,
        size_m=(bow, stern, port, starboard),
        draught_m=draught_m,
        certainty=table["certainty"],
        track=track,
        callsign=f"DEMO{index + 11}",
        destination=table["destinations"][int(dice.even(1, 0, len(table["destinations"]))[0])],
        anchored=anchored,
    )
