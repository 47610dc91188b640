"""What stations make of what is sent: loss that grows with range, copies, lateness, wrong clocks, outages, a restart that repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.schema import F64, I64
from tankerwatch.scenes.dice import Dice

NEAR: Final = 0.98
"""Share of messages that a station hears within seven tenths of its range."""
COPIES: Final = 20
NETWORK_S: Final = 8.0
"""A line comes to the desk at most this long after its stamp, so that order can be mended (15 s)."""


@dataclass(frozen=True, slots=True)
class Station:
    """A receiver. offset_s: by how much its clock is fast · utc_s: by how much more what its base station says of UTC is wrong ·
    dead: spans (s since 1970) in which it hears nothing · repeats: (when, how far back) of a restart that sends again what it had heard ·
    copies: how readily it hands on twice.
    """

    name: str
    mmsi: int
    lat_deg: float
    lon_deg: float
    range_nm: float = 45.0
    offset_s: float = 0.0
    dead: tuple[tuple[float, float], ...] = ()
    repeats: tuple[tuple[float, float], ...] = ()
    copies: float = 0.08
    utc_s: float = 0.0
    deaf: tuple[tuple[float, float], ...] = ()
    """sectors (from, to, degrees) in which land hides everything"""


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """(n,) receptions: which message, by which station, stamped when (its clock, whole s), come to the desk when."""

    which: I64
    station: I64
    stamp_s: I64
    arrived_s: F64


def receive(sent_s: F64, lat_deg: F64, lon_deg: F64, stations: list[tuple[int, Station]], dice: Dice) -> Received:
    """What the stations, (number, station) each, hand on of n messages sent at these times from these places."""
    found: list[tuple[I64, I64, F64, F64]] = []
    index = np.arange(len(sent_s))
    for number, station in stations:
        away = distance_nm(lat_deg, lon_deg, station.lat_deg, station.lon_deg)
        chance = NEAR * np.clip((1.1 - away / station.range_nm) / 0.4, 0.0, 1.0)
        heard = dice.even(len(sent_s)) < chance
        for begin_s, end_s in station.dead:
            heard &= (sent_s < begin_s) | (sent_s >= end_s)
        if station.deaf:
            bearing = np.degrees(np.arctan2((lon_deg - station.lon_deg) * np.cos(np.radians(station.lat_deg)), lat_deg - station.lat_deg))
            for low, high in station.deaf:
                heard &= (bearing - low) % 360 > (high - low) % 360
        which = index[heard]
        count = len(which)
        delay = 0.2 + 1.4 * dice.even(count) ** 2
        tail = dice.even(count)
        delay = np.where(tail < 0.015, np.minimum(-6.0 * np.log(np.maximum(tail / 0.015, 1e-9)), 60.0), delay)
        copies = np.minimum(1 + station.copies / np.maximum(dice.even(count), 1e-9), COPIES).astype(np.int64)
        again = np.repeat(np.arange(count), copies)
        extra = np.where(np.diff(again, prepend=-1) > 0, 0.0, dice.even(len(again), 0.0, 6.0))
        heard_s = sent_s[which[again]] + delay[again] + extra
        found.append((which[again], np.full(len(again), number), heard_s + station.offset_s, heard_s))
        for at_s, back_s in station.repeats:
            old = (heard_s >= at_s - back_s) & (heard_s < at_s)
            when = at_s + 5.0 + dice.even(int(old.sum()), 0.0, 25.0)
            found.append((which[again][old], np.full(int(old.sum()), number), when + station.offset_s, when))
    if not found:
        nothing = np.empty(0, np.int64)
        return Received(nothing, nothing, nothing, np.empty(0))
    which, station_number, stamp, heard_at = (np.concatenate(column) for column in zip(*found, strict=True))
    return Received(which, station_number, np.floor(stamp).astype(np.int64), heard_at + NETWORK_S * dice.even(len(which)) ** 3)
