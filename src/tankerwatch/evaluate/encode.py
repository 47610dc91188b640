"""From reports and statics to received records: payloads of all ships at once, as the stations of each place heard them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from tankerwatch.core.ais.encoder import (
    BASE_STATION,
    POSITION_A,
    POSITION_B,
    POSITION_SAR,
    STATIC_A,
    STATIC_B,
    STATIC_VOYAGE,
)
from tankerwatch.core.ais.sixbit import Layout, pack
from tankerwatch.core.schema import F64
from tankerwatch.evaluate.reception import Received, Station, receive
from tankerwatch.evaluate.reports import Reports
from tankerwatch.evaluate.ships import AIRCRAFT, BEACON, CLASS_A, Ship
from tankerwatch.evaluate.wire import Block, block
from tankerwatch.scenes.dice import Dice
from tankerwatch.scenes.transmit import calendar

CHUNK: Final = 40_000
STATIC_S: Final = 360
BASE_S: Final = 10


def position_columns(ship: Ship, made: Reports) -> tuple[Layout, dict[str, Any]]:
    """The layout of her position reports and their columns, all (n,)."""
    count = len(made)
    common = {
        "mmsi": np.full(count, float(ship.mmsi)),
        "lat_deg": made.lat_deg,
        "lon_deg": made.lon_deg,
        "sog_kn": made.sog_kn,
        "cog_deg": made.cog_deg,
        "accurate": made.accurate,
    }
    if ship.transponder == AIRCRAFT:
        return POSITION_SAR, {**common, "utc_second": made.second, "altitude_m": np.full(count, 150.0)}
    common["heading_deg"] = made.heading_deg
    if ship.transponder in (CLASS_A, BEACON):
        turn = np.where(made.turn_raw == made.turn_raw, made.turn_raw, np.nan)
        return POSITION_A, {**common, "utc_second": made.second, "nav_status": made.status, "turn_raw": turn}
    return POSITION_B, {**common, "utc_second": np.minimum(made.second, 60)}


_REST: Final[dict[int, dict[str, Any]]] = {
    id(POSITION_A): {"msg_type": 1, "repeat": 0, "manoeuvre": 0, "raim": 0, "comm_state": 0},
    id(POSITION_SAR): {
        "msg_type": 9, "repeat": 0, "barometric": 0, "no_terminal": 1, "assigned": 0, "raim": 0, "comm_state": 0,
    },
    id(POSITION_B): {
        "msg_type": 18, "repeat": 0, "carrier_sense": 1, "display": 0, "dsc": 0, "whole_band": 1, "message_22": 0, "assigned": 0,
        "raim": 0, "comm_state": 393_222,
    },
}  # fmt: skip  # one a line would hide what belongs together


def packed(layout: Layout, columns: dict[str, Any]) -> tuple[Any, int]:
    """(n, characters) payload and fill bits of n messages, worked in pieces that stay in the cache."""
    columns = {**columns, **_REST.get(id(layout), {})}
    count = len(columns["mmsi"])
    parts = []
    fill = 0
    for low in range(0, count, CHUNK):
        some = {name: column if np.ndim(column) == 0 else column[low : low + CHUNK] for name, column in columns.items()}
        payload, fill = pack(layout, some)
        parts.append(payload)
    return np.concatenate(parts) if parts else np.empty((0, -(-layout.bits // 6)), np.uint8), fill


def static_payloads(ship: Ship) -> list[tuple[Any, int]]:
    """Her static messages: type 5 of class A; both parts of type 24 of class B; none of aircraft and beacons."""
    bow, stern = round(ship.length_m * 0.8), ship.length_m - round(ship.length_m * 0.8)
    size = {
        "to_bow_m": min(bow, 511),
        "to_stern_m": min(stern, 511),
        "to_port_m": min(ship.beam_m // 2, 63),
        "to_starboard_m": min(ship.beam_m - ship.beam_m // 2, 63),
    }
    if ship.transponder in (AIRCRAFT, BEACON):
        return []
    if ship.transponder == CLASS_A:
        voyage = {
            "msg_type": 5, "repeat": 0, "mmsi": ship.mmsi, "version": 2, "imo": ship.imo or None, "callsign": ship.callsign,
            "name": ship.name, "ship_type": ship.ship_type, **size, "epfd": 1, "month": None, "day": None, "hour": None, "minute": None,
            "draught_m": ship.draught_m or None, "destination": ship.destination, "no_terminal": 0,
        }  # fmt: skip  # one a line would hide what belongs together
        return [pack(STATIC_VOYAGE, voyage)]
    head = {"msg_type": 24, "repeat": 0, "mmsi": ship.mmsi}
    second = {"part": 1, "ship_type": ship.ship_type, "vendor": "", "model": 0, "serial": 0, "callsign": ship.callsign, "epfd": 1}
    return [pack(STATIC_A, {**head, "part": 0, "name": ship.name}), pack(STATIC_B, {**head, **second, **size})]


def base_columns(station: Station, start_s: float, end_s: float, phase_s: int) -> dict[str, Any]:
    """Base station reports (type 4) each ten seconds, in the station's own time."""
    time_s = np.arange(start_s + phase_s, end_s, BASE_S)
    said_s = np.floor(time_s + station.offset_s + station.utc_s)
    return {
        "mmsi": np.full(len(time_s), float(station.mmsi)), "msg_type": 4, "repeat": 0, **calendar(said_s),
        "accurate": 1, "lon_deg": station.lon_deg, "lat_deg": station.lat_deg, "epfd": 7, "long_range": 0, "raim": 0, "comm_state": 0,
    }  # fmt: skip  # one a line would hide what belongs together


class Encoder:
    """Collects what is heard, by layout, and makes the records of it."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._columns: dict[int, tuple[Layout, list[dict[str, Any]], list[Received]]] = {}
        self._blocks: list[Block] = []
        self._messages = 0

    def positions(self, ship: Ship, made: Reports, stations: list[tuple[int, Station]], dice: Dice) -> Received:
        """Her position reports as the stations hear them."""
        layout, columns = position_columns(ship, made)
        sent_s = made.time_s + dice.even(len(made), 0.0, 0.9)
        received = receive(sent_s, made.true_lat_deg, made.true_lon_deg, stations, dice)
        self._add(layout, columns, received)
        return received

    def add(self, ship: Ship, made: Reports, received: Received) -> None:
        """Her position reports, received as told."""
        self._add(*position_columns(ship, made), received)

    def statics(self, ship: Ship, made: Reports, stations: list[tuple[int, Station]], dice: Dice) -> None:
        """Her static messages, each six minutes while she reports."""
        if not len(made):
            return
        phase = float(dice.even(1, 0.0, STATIC_S)[0])
        at = np.unique(np.searchsorted(made.time_s, np.arange(made.time_s[0] + phase, made.time_s[-1], STATIC_S)))
        at = at[at < len(made)]
        for payload, fill in static_payloads(ship):
            sent_s = made.time_s[at] + dice.even(len(at), 1.0, 4.0)
            received = receive(sent_s, made.true_lat_deg[at], made.true_lon_deg[at], stations, dice)
            self.same(payload, fill, received)

    def bases(self, columns: dict[str, Any], time_s: F64, number: int, station: Station, dice: Dice) -> None:
        """Reports of a base station, which hears itself."""
        place = np.full(len(time_s), station.lat_deg), np.full(len(time_s), station.lon_deg)
        self._add(BASE_STATION, columns, receive(time_s, *place, [(number, station)], dice))

    def same(self, payload: Any, fill: int, received: Received) -> None:
        """One message that is sent again and again."""
        count = len(received.which)
        number = received.which + self._messages
        self._messages += count + 1
        rows = np.broadcast_to(payload, (count, payload.shape[1]))
        self._blocks.append(block(rows, fill, self._names, received.station, received.stamp_s, received.arrived_s, number))

    def blocks(self) -> Iterator[Block]:
        """All records so far."""
        yield from self._blocks
        for layout, columns, received in self._columns.values():
            names = columns[0]
            joined = {name: np.concatenate([c[name] for c in columns]) if np.ndim(names[name]) else _alike(columns, name) for name in names}
            payload, fill = packed(layout, joined)
            shift = np.cumsum([0, *(len(c["mmsi"]) for c in columns)])[:-1]
            which = np.concatenate([one.which + by for one, by in zip(received, shift, strict=True)])
            rest = (np.concatenate([getattr(one, name) for one in received]) for name in ("station", "stamp_s", "arrived_s"))
            station, stamp_s, arrived_s = rest
            yield block(payload[which], fill, self._names, station, stamp_s, arrived_s, which)

    def _add(self, layout: Layout, columns: dict[str, Any], received: Received) -> None:
        _, its, heard = self._columns.setdefault(id(layout), (layout, [], []))
        its.append(columns)
        heard.append(received)


def _alike(columns: list[dict[str, Any]], name: str) -> Any:
    """A column that is one value in each part: that value, or an array where the parts differ."""
    if len({c[name] for c in columns}) == 1:
        return columns[0][name]
    return np.concatenate([np.full(len(c["mmsi"]), c[name]) for c in columns])
