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
from tankerwatch.core.kernels import arrivals
from tankerwatch.core.kernels import beliefs as kernel
from tankerwatch.core.schema import F64, I64, Bool
from tankerwatch.core.tables import Fixes, Heard, Legs, Picture, Statics
from tankerwatch.track.times import Clocks


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
    stations: tuple[str, ...] = ()
    guarded_by_hand: dict[int, bool] = field(default_factory=dict)
    changed_names: set[int] = field(default_factory=set)
    refused: int = 0
    """reports of identities beyond `MOST_SHIPS`"""
    heard_rows: Any = field(default_factory=lambda: np.zeros(HEARD_ROWS, np.uint64))
    heard_by: Any = field(default_factory=lambda: np.zeros(HEARD_ROWS, np.uint16))
    heard_count: int = 0
    clocks: Clocks = field(default_factory=Clocks)
    hashed: Any = field(default_factory=lambda: np.zeros(256, np.uint32))
    hashed_slots: Any = field(default_factory=lambda: np.full(256, NOBODY, np.int64))
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
    copy_by: Any = field(default_factory=lambda: np.zeros((0, kernel.COPIES), np.uint16))
    hearers: Any = field(default_factory=lambda: np.zeros((0, kernel.HEARERS, 3)))
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

    @property
    def hearings(self) -> dict[tuple[int, int], Hearing]:
        """How each station hears each ship, by (slot, station): of each ship the eight stations that heard her last."""
        held = self.hearers[: len(self)]
        slots, at = np.nonzero(held[:, :, kernel.WHO] >= 0)
        return {
            (slot, int(who)): Hearing(last_s, int(fixes))
            for slot, (who, last_s, fixes) in zip(slots.tolist(), held[slots, at].tolist(), strict=True)
        }

    def _slots_of(self, mmsi: Any) -> I64:
        """(n,) the slot of each identity; those new to the fleet get one, in order."""
        n = len(mmsi)
        if 2 * (len(self) + n) > len(self.hashed):
            self._hash(4 * (len(self) + n))
        out, new = np.empty(n, np.int64), np.empty(n, np.uint32)
        fresh = arrivals.find(self.hashed, self.hashed_slots, mmsi, len(self), MOST_SHIPS, out, new)
        if fresh:
            self._welcome(new[:fresh])
        return out

    def _hash(self, least: int) -> None:
        size = 1 << max(8, int(least - 1).bit_length())
        known = self.mmsi[: len(self)].copy()
        self.hashed, self.hashed_slots = np.zeros(size, np.uint32), np.full(size, NOBODY, np.int64)
        arrivals.find(self.hashed, self.hashed_slots, known, 0, len(known), np.empty(len(known), np.int64), np.empty_like(known))

    def _welcome(self, new: Any) -> None:
        """Ships heard for the first time."""
        first = len(self)
        last = first + len(new)
        if last > len(self.ships):
            self._grow(max(64, 2 * len(self.ships), last))
        numbers = new.tolist()
        self.slots.update(zip(numbers, range(first, last), strict=True))
        self.identities += [Identity(mmsi) for mmsi in numbers]
        self.changed_names.update(range(first, last))
        self.mmsi[first:last] = new
        self.kind[first:last] = identities.kinds_of(new, np.zeros(len(new), np.uint8), np.ones(len(new), np.uint8))
        for slot in range(first, last):
            self._judge(slot)

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
        self.ships[fresh:, [kernel.FIXES, kernel.DISPLACED, kernel.ASTRAY, kernel.BEHIND, kernel.FROZEN_NM, kernel.NEXT_COPY]] = 0.0
        self.ships[fresh:, [kernel.STATUS, kernel.FROM_STATUS]] = 255.0
        self.ships[fresh:, [kernel.PRECISE_S, kernel.EVENT]] = -np.inf
        self.copies, self.copy_s, self.copy_by = longer(self.copies, 0), longer(self.copy_s, -np.inf), longer(self.copy_by, 0)
        self.hearers = longer(self.hearers, 0.0)
        self.hearers[fresh:, :, kernel.WHO] = -1.0
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
        received_s, event_s = self.clocks.place(fixes.time_s, fixes.utc_second, fixes.station)
        keys, out = np.empty(len(fixes), np.uint64), np.empty((len(fixes), kernel.OUT_COLUMNS))
        arrivals.keys(
            fixes.lon_deg, fixes.lat_deg, fixes.sog_kn, fixes.cog_deg, fixes.heading_deg, fixes.nav_status, fixes.utc_second, fixes.msg_type,
            keys,
        )  # fmt: skip
        kernel.advance(
            self.ships, self.beliefs, self.rows, self.copies, self.copy_s, self.copy_by, self.minutes, self.hour, self.minute_rows,
            self.hearers, self.clocks.state,
            slot, received_s, event_s, fixes.lat_deg, fixes.lon_deg, fixes.sog_kn, fixes.cog_deg, fixes.heading_deg, fixes.nav_status,
            fixes.msg_type, fixes.utc_second, fixes.accurate, fixes.station, keys, fixes.source_row, out,
        )  # fmt: skip
        self._note_stations(fixes)
        new = out[:, kernel.OUT_BELIEF] >= 0
        if not new.all():
            fixes, slot, received_s, event_s, out = fixes.take(new), slot[new], received_s[new], event_s[new], out[new]
        return Legs(
            received_s=received_s,
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
            in_trusted=out[:, kernel.OUT_TRUSTED].astype(np.uint16),
            born_s=out[:, kernel.OUT_BORN_S],
            ahead=out[:, kernel.OUT_AHEAD] > 0,
            source_row=fixes.source_row,
        )

    def station_of(self, source_row: int) -> str:
        """Which station heard a recent fix, "" when that is not known any more."""
        at = np.flatnonzero(self.heard_rows == np.uint64(source_row))
        station = int(self.heard_by[at[-1]]) if len(at) else len(self.stations)
        return self.stations[station] if station < len(self.stations) else ""

    def _note_stations(self, fixes: Fixes) -> None:
        """Which station heard each of the newest fixes, in a ring."""
        kept = min(len(fixes), HEARD_ROWS)
        begin = (self.heard_count + len(fixes) - kept) % HEARD_ROWS
        self.heard_count += len(fixes)
        rows, by = fixes.source_row[-kept:], fixes.station[-kept:]
        whole = min(kept, HEARD_ROWS - begin)
        self.heard_rows[begin : begin + whole], self.heard_by[begin : begin + whole] = rows[:whole], by[:whole]
        self.heard_rows[: kept - whole], self.heard_by[: kept - whole] = rows[whole:], by[whole:]

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
            frozen_s=ship[:, kernel.FROZEN_S].copy(),
            frozen_nm=ship[:, kernel.FROZEN_NM].astype(np.float32),
            believed_s=ship[:, kernel.BELIEVED_S].copy(),
            astray=np.minimum(ship[:, kernel.ASTRAY], 65535).astype(np.uint16),
            astray_s=ship[:, kernel.ASTRAY_S].copy(),
            nowhere_s=ship[:, kernel.NOWHERE_S].copy(),
            estimated_s=ship[:, kernel.ESTIMATED_S].copy(),
            weak_s=ship[:, kernel.WEAK_S].copy(),
            guarded=self.guarded[:n].copy(),
            own_fleet=self.own_fleet[:n].copy(),
            source_row=self.rows[:n, 0].copy(),
        )

    def last_hour(self) -> Hour:
        """What is kept of each ship's last sixty minutes; the arrays are those of the fleet, to be read and not kept."""
        n = len(self)
        return Hour(self.minutes[:n], self.hour[:n], self.minute_rows[:n])

    def _undisputed(self, now_s: float, n: int) -> Bool:
        ship = self.ships[:n]
        strays = (ship[:, kernel.ASTRAY] >= 2) | (ship[:, kernel.FROZEN_NM] >= kernel.THAWED_NM)
        strays |= np.isfinite(ship[:, kernel.NOWHERE_S]) | np.isfinite(ship[:, kernel.ESTIMATED_S])
        others = self.beliefs[:n, 1:]
        alive = (others[:, :, kernel.COUNT] >= kernel.WEAK_FIXES) & (now_s - others[:, :, kernel.T] <= kernel.LIFE_S)
        return np.asarray(~(alive.any(axis=1) | strays))
