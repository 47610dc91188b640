"""The fleet: every identity heard, with its beliefs, its static data and its habits.

An MMSI is a claim, not a ship. For each one a few beliefs are kept of where she is; each fix goes to the belief that could have sailed to
it and expected it best, and founds a new one where none could. So one bad fix moves no ship, and no fix is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.hour import HOUR_COLUMNS, MINUTES, Hour
from tankerwatch.core.kernels import beliefs as kernel
from tankerwatch.core.schema import F64, I64, U64, Bool
from tankerwatch.core.tables import Fixes, Heard, Legs, Picture, Statics
from tankerwatch.track.times import event_times


@dataclass(frozen=True, slots=True)
class Identity:
    """What a ship says of herself; empty or zero where she has not."""

    mmsi: int
    name: str = ""
    callsign: str = ""
    imo: int = 0
    ship_type: int = 0
    length_m: int = 0
    beam_m: int = 0
    draught_m: float = float("nan")
    destination: str = ""
    eta: str = ""
    static_s: float = float("nan")


MOST_SHIPS: Final = 300_000
"""More identities than all ships at sea: who sends more makes them up. Those beyond are counted, and take no memory."""
MOST_HEARINGS: Final = 1_000_000
NOBODY: Final = -1
HEARD_ROWS: Final = 1 << 18
"""Of so many newest fixes it is known which station heard them: three quarters of an hour of a national feed."""

Watchlist = Callable[[Identity, int], tuple[bool, bool]]
"""(identity, kind) → (guarded, of the own fleet)."""


def _nobody(identity: Identity, kind: int) -> tuple[bool, bool]:
    return kind == identities.TANKER, False


@dataclass(slots=True)
class Hearing:
    """How one station hears one ship."""

    last_s: float = float("nan")
    fixes: int = 0


@dataclass(slots=True)
class Fleet:
    """All ships heard so far. `advance` with what was heard, in order; then read `picture`."""

    watchlist: Watchlist = _nobody
    slots: dict[int, int] = field(default_factory=dict)
    identities: list[Identity] = field(default_factory=list)
    hearings: dict[tuple[int, int], Hearing] = field(default_factory=dict)
    stations: tuple[str, ...] = ()
    guarded_by_hand: dict[int, bool] = field(default_factory=dict)
    changed_names: set[int] = field(default_factory=set)
    refused: int = 0
    """reports of identities beyond `MOST_SHIPS`"""
    heard_rows: Any = field(default_factory=lambda: np.zeros(HEARD_ROWS, np.uint64))
    heard_by: Any = field(default_factory=lambda: np.zeros(HEARD_ROWS, np.uint16))
    heard_count: int = 0
    mmsi: Any = field(default_factory=lambda: np.zeros(0, np.uint32))
    kind: Any = field(default_factory=lambda: np.zeros(0, np.uint8))
    guarded: Any = field(default_factory=lambda: np.zeros(0, np.bool_))
    own_fleet: Any = field(default_factory=lambda: np.zeros(0, np.bool_))
    length_m: Any = field(default_factory=lambda: np.zeros(0, np.uint16))
    beam_m: Any = field(default_factory=lambda: np.zeros(0, np.uint16))
    hull_m: Any = field(default_factory=lambda: np.zeros((0, 4), np.uint16))
    """from the antenna to bow, stern, port and starboard side"""
    ships: Any = field(default_factory=lambda: np.zeros((0, kernel.SHIP_COLUMNS)))
    beliefs: Any = field(default_factory=lambda: np.zeros((0, kernel.BELIEFS, kernel.BELIEF_COLUMNS)))
    rows: Any = field(default_factory=lambda: np.zeros((0, kernel.BELIEFS), np.uint64))
    copies: Any = field(default_factory=lambda: np.zeros((0, kernel.COPIES), np.uint64))
    copy_s: Any = field(default_factory=lambda: np.zeros((0, kernel.COPIES)))
    minutes: Any = field(default_factory=lambda: np.zeros((0, MINUTES), np.int64))
    hour: Any = field(default_factory=lambda: np.zeros((0, MINUTES, HOUR_COLUMNS), np.float32))
    minute_rows: Any = field(default_factory=lambda: np.zeros((0, MINUTES), np.uint64))

    def __len__(self) -> int:
        """The number of identities."""
        return len(self.identities)

    def advance(self, heard: Heard) -> Legs:
        """Take in what was heard; one leg for each new fix with a position. Rows without a time are passed over."""
        self.stations = heard.stations or self.stations
        if len(heard.statics):
            self._take_statics(heard.statics)
        fixes = heard.fixes
        if len(fixes) and np.isnan(fixes.time_s).any():
            fixes = fixes.take(~np.isnan(fixes.time_s))
        return self._take_fixes(fixes) if len(fixes) else Legs.empty()

    def _slots_of(self, mmsi: Any) -> I64:
        unique, inverse = np.unique(mmsi, return_inverse=True)
        known = np.array([self._slot(int(m)) for m in unique], np.int64)
        return known[inverse]

    def _slot(self, mmsi: int) -> int:
        slot = self.slots.get(mmsi)
        if slot is not None:
            return slot
        if len(self.identities) >= MOST_SHIPS:
            return NOBODY
        slot = self.slots[mmsi] = len(self.identities)
        self.identities.append(Identity(mmsi))
        self.changed_names.add(slot)
        if slot >= len(self.ships):
            self._grow(max(64, 2 * len(self.ships)))
        self.mmsi[slot] = mmsi
        self.kind[slot] = identities.kinds_of(np.array([mmsi], np.uint32), np.zeros(1, np.uint8), np.ones(1, np.uint8))[0]
        self._judge(slot)
        return slot

    def _grow(self, rows: int) -> None:
        def longer(old: Any, fill: Any) -> Any:
            new = np.full((rows, *old.shape[1:]), fill, old.dtype)
            new[: len(old)] = old
            return new

        self.mmsi = longer(self.mmsi, 0)
        self.kind, self.guarded, self.own_fleet = longer(self.kind, 0), longer(self.guarded, False), longer(self.own_fleet, False)
        self.length_m, self.beam_m = longer(self.length_m, 0), longer(self.beam_m, 0)
        self.hull_m = longer(self.hull_m, 0)
        fresh = len(self.ships)
        self.ships, self.beliefs, self.rows = longer(self.ships, np.nan), longer(self.beliefs, 0.0), longer(self.rows, 0)
        self.ships[fresh:, [kernel.FIXES, kernel.DISPLACED]] = 0.0
        self.ships[fresh:, [kernel.STATUS, kernel.FROM_STATUS]] = 255.0
        self.ships[fresh:, [kernel.PRECISE_S, kernel.EVENT]] = -np.inf
        self.copies, self.copy_s = longer(self.copies, 0), longer(self.copy_s, -np.inf)
        self.minutes, self.hour = longer(self.minutes, -1), longer(self.hour, np.nan)
        self.minute_rows = longer(self.minute_rows, 0)

    def _judge(self, slot: int) -> None:
        identity = self.identities[slot]
        guarded, own = self.watchlist(identity, int(self.kind[slot]))
        self.guarded[slot] = self.guarded_by_hand.get(identity.mmsi, guarded)
        self.own_fleet[slot] = own

    def guard(self, mmsi: int, guarded: bool) -> None:
        """A person puts a ship on the guard list, or takes her off."""
        self.guarded_by_hand[mmsi] = guarded
        if mmsi in self.slots:
            self._judge(self.slots[mmsi])

    def _take_statics(self, statics: Statics) -> None:
        for i, slot in enumerate(self._slots_of(statics.mmsi)):
            if slot == NOBODY:
                self.refused += 1
                continue
            before = self.identities[slot]
            sent: dict[str, Any] = {"static_s": float(statics.time_s[i])}
            length = int(statics.to_bow_m[i]) + int(statics.to_stern_m[i])
            beam = int(statics.to_port_m[i]) + int(statics.to_starboard_m[i])
            # Not for a part that carries no such field, nor for "not available": what was known stays.
            candidates = {
                "name": str(statics.name[i]).strip(),
                "callsign": str(statics.callsign[i]).strip(),
                "imo": int(statics.imo[i]),
                "ship_type": int(statics.ship_type[i]),
                "length_m": length,
                "beam_m": beam,
                "destination": str(statics.destination[i]).strip(),
                "eta": str(statics.eta[i]),
            }
            sent |= {key: value for key, value in candidates.items() if value}
            if statics.draught_m[i] > 0:
                sent["draught_m"] = float(statics.draught_m[i])
            now = replace(before, **sent)
            self.identities[slot] = now
            if now.ship_type != before.ship_type or now.name != before.name or now.imo != before.imo:
                self.kind[slot] = identities.kinds_of(
                    np.array([now.mmsi], np.uint32), np.array([now.ship_type], np.uint8), statics.msg_type[i : i + 1]
                )[0]
                self.changed_names.add(int(slot))
                self._judge(int(slot))
            self.length_m[slot], self.beam_m[slot] = min(now.length_m, 65535), min(now.beam_m, 65535)
            if length or beam:
                self.hull_m[slot] = statics.to_bow_m[i], statics.to_stern_m[i], statics.to_port_m[i], statics.to_starboard_m[i]

    def _take_fixes(self, fixes: Fixes) -> Legs:
        slot = self._slots_of(fixes.mmsi)
        if (slot == NOBODY).any():
            self.refused += int((slot == NOBODY).sum())
            fixes, slot = fixes.take(slot != NOBODY), slot[slot != NOBODY]
        event_s = event_times(fixes.time_s, fixes.utc_second)
        rows = np.empty((len(fixes), kernel.IN_COLUMNS))
        given: list[Any] = [fixes.time_s, event_s, fixes.lat_deg, fixes.lon_deg, fixes.sog_kn, fixes.cog_deg]
        for column, values in enumerate([*given, fixes.heading_deg, fixes.nav_status, fixes.msg_type]):
            rows[:, column] = values
        out = np.empty((len(fixes), kernel.OUT_COLUMNS))
        kernel.advance(
            self.ships, self.beliefs, self.rows, self.copies, self.copy_s, self.minutes, self.hour, self.minute_rows,
            slot, rows, _keys(fixes), fixes.utc_second < 60, fixes.source_row, out,
        )  # fmt: skip
        self._take_hearings(slot, fixes)
        new = out[:, kernel.OUT_BELIEF] >= 0
        if not new.all():
            fixes, slot, event_s, out = fixes.take(new), slot[new], event_s[new], out[new]
        return Legs(
            received_s=fixes.time_s,
            event_s=event_s,
            mmsi=fixes.mmsi,
            slot=slot.astype(np.uint32),
            msg_type=fixes.msg_type,
            belief=out[:, kernel.OUT_BELIEF].astype(np.uint8),
            from_s=out[:, kernel.OUT_FROM_S],
            from_lon_deg=out[:, kernel.OUT_FROM_LON],
            from_lat_deg=out[:, kernel.OUT_FROM_LAT],
            lon_deg=fixes.lon_deg,
            lat_deg=fixes.lat_deg,
            sog_kn=fixes.sog_kn,
            cog_deg=fixes.cog_deg,
            heading_deg=fixes.heading_deg,
            nav_status=fixes.nav_status,
            from_status=out[:, kernel.OUT_FROM_STATUS].astype(np.uint8),
            status_s=out[:, kernel.OUT_STATUS_S],
            apart_nm=out[:, kernel.OUT_APART].astype(np.float32),
            in_belief=out[:, kernel.OUT_COUNT].astype(np.uint16),
            late=out[:, kernel.OUT_LATE] > 0,
            source_row=fixes.source_row,
        )

    def station_of(self, source_row: int) -> str:
        """Which station heard a recent fix, "" when that is not known any more."""
        at = np.flatnonzero(self.heard_rows == np.uint64(source_row))
        station = int(self.heard_by[at[-1]]) if len(at) else len(self.stations)
        return self.stations[station] if station < len(self.stations) else ""

    def _take_hearings(self, slot: I64, fixes: Fixes) -> None:
        ring = (self.heard_count + np.arange(len(fixes))) % HEARD_ROWS
        self.heard_rows[ring], self.heard_by[ring] = fixes.source_row, fixes.station
        self.heard_count += len(fixes)
        pairs, newest, count = np.unique((slot << 16 | fixes.station)[::-1], return_index=True, return_counts=True)
        for pair, at, n in zip(pairs.tolist(), newest.tolist(), count.tolist(), strict=True):
            hearing = self.hearings.get((pair >> 16, pair & 0xFFFF))
            if hearing is None:
                if len(self.hearings) >= MOST_HEARINGS:
                    continue
                hearing = self.hearings[pair >> 16, pair & 0xFFFF] = Hearing()
            hearing.last_s = float(fixes.time_s[len(fixes) - 1 - at])
            hearing.fixes += n

    def picture(self, now_s: float) -> Picture:
        """The newest trusted state of every ship; the row number is her slot."""
        n = len(self)
        ship, trusted = self.ships[:n], self.beliefs[:n, 0]
        known = trusted[:, kernel.COUNT] > 0
        habits = np.empty((n, 5))
        event = np.where(known, trusted[:, kernel.T], np.nan)
        kernel.habits(self.minutes[:n], self.hour[:n], event, np.ascontiguousarray(ship[:, kernel.FIRST]), habits)

        def of_belief(column: int) -> F64:
            return np.where(known, trusted[:, column], np.nan)

        return Picture(
            mmsi=self.mmsi[:n].copy(),
            kind=self.kind[:n].copy(),
            msg_type=np.nan_to_num(ship[:, kernel.MSG_TYPE], nan=0).astype(np.uint8),
            event_s=event,
            heard_s=ship[:, kernel.HEARD].copy(),
            first_s=ship[:, kernel.FIRST].copy(),
            lon_deg=of_belief(kernel.LON),
            lat_deg=of_belief(kernel.LAT),
            sog_kn=of_belief(kernel.SOG).astype(np.float32),
            cog_deg=of_belief(kernel.COG).astype(np.float32),
            heading_deg=ship[:, kernel.HEADING].astype(np.float32),
            nav_status=ship[:, kernel.STATUS].astype(np.uint8),
            status_s=ship[:, kernel.STATUS_S].copy(),
            length_m=self.length_m[:n].copy(),
            beam_m=self.beam_m[:n].copy(),
            to_bow_m=self.hull_m[:n, 0].copy(),
            to_stern_m=self.hull_m[:n, 1].copy(),
            to_port_m=self.hull_m[:n, 2].copy(),
            to_starboard_m=self.hull_m[:n, 3].copy(),
            made_kn=np.hypot(of_belief(kernel.EAST), of_belief(kernel.NORTH)).astype(np.float32),
            made_deg=(np.degrees(np.arctan2(of_belief(kernel.EAST), of_belief(kernel.NORTH))) % 360).astype(np.float32),
            turn_deg_min=ship[:, kernel.TURN].astype(np.float32),
            gain_kn_min=ship[:, kernel.GAIN].astype(np.float32),
            stay_s=ship[:, kernel.STAY_S].copy(),
            stay_lat_deg=ship[:, kernel.STAY_LAT].copy(),
            stay_lon_deg=ship[:, kernel.STAY_LON].copy(),
            fixes=ship[:, kernel.FIXES].astype(np.uint32),
            displaced=np.maximum(ship[:, kernel.DISPLACED], 0).astype(np.uint32),
            trusted=self._undisputed(now_s, n),
            usual_sog_kn=habits[:, 0].astype(np.float32),
            usual_minutes=np.nan_to_num(habits[:, 1]).astype(np.uint8),
            fast_s=habits[:, 4],
            fast_row=self.minute_rows[np.arange(n), np.nan_to_num(habits[:, 4] // 60).astype(np.int64) % MINUTES],
            best_sog_kn=ship[:, kernel.BEST].astype(np.float32),
            interval_s=ship[:, kernel.INTERVAL].astype(np.float32),
            missed_share=habits[:, 2].astype(np.float32),
            longest_gap_s=(habits[:, 3] * 60).astype(np.float32),
            guarded=self.guarded[:n].copy(),
            own_fleet=self.own_fleet[:n].copy(),
            source_row=self.rows[:n, 0].copy(),
        )

    def last_hour(self) -> Hour:
        """What is kept of each ship's last sixty minutes; the arrays are those of the fleet, to be read and not kept."""
        n = len(self)
        return Hour(self.minutes[:n], self.hour[:n], self.minute_rows[:n])

    def _undisputed(self, now_s: float, n: int) -> Bool:
        others = self.beliefs[:n, 1:]
        alive = (others[:, :, kernel.COUNT] >= kernel.WEAK_FIXES) & (now_s - others[:, :, kernel.T] <= kernel.LIFE_S)
        return np.asarray(~alive.any(axis=1))


def _keys(fixes: Fixes) -> U64:
    """A number that is equal for copies of one report: everything sent but the repeat indicator and the radio state."""
    key = np.round(np.nan_to_num(fixes.lon_deg, nan=181.0) * 600000).astype(np.int64).view(np.uint64)
    parts: tuple[Any, ...] = (
        np.round(np.nan_to_num(fixes.lat_deg, nan=91.0) * 600000).astype(np.int64).view(np.uint64),
        np.round(np.nan_to_num(fixes.sog_kn, nan=102.3) * 10).astype(np.uint64) << np.uint64(12)
        | np.round(np.nan_to_num(fixes.cog_deg, nan=360.0) * 10).astype(np.uint64),
        np.round(np.nan_to_num(fixes.heading_deg, nan=511.0)).astype(np.uint64) << np.uint64(24)
        | fixes.nav_status.astype(np.uint64) << np.uint64(16)
        | fixes.utc_second.astype(np.uint64) << np.uint64(8)
        | fixes.msg_type,
    )
    for part in parts:
        key = (key ^ part) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return np.asarray(key)
