"""The fleet: every identity heard, with its beliefs, its static data and its habits.

An MMSI is a claim, not a ship. For each one a few beliefs are kept of where she is; each fix goes to the belief that could have sailed to
it and expected it best, and founds a new one where none could. So one bad fix moves no ship, and no fix is thrown away.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core.hour import HOUR_COLUMNS, MINUTES, Hour
from tankerwatch.core.kernels import arrivals, habits
from tankerwatch.core.kernels import beliefs as kernel
from tankerwatch.core.kernels import picture as looking
from tankerwatch.core.kernels.copies import COPIES, HEARERS, WHO
from tankerwatch.core.schema import I64, U16, U32, U64
from tankerwatch.core.tables import Fixes, Heard, Legs, Picture
from tankerwatch.track.hearings import Hearing, RecentStations
from tankerwatch.track.register import NOBODY, Newcomers, Register, Watchlist, only_tankers
from tankerwatch.track.times import Clocks

PLACE_BITS: Final = 18
"""Of so many fixes, and so many seconds, one number holds the second, the ship and the place of each; a frame hardly ever has more."""


class Fleet:
    """All ships heard so far. `advance` with what was heard, in order; then read `picture`."""

    def __init__(self, watchlist: Watchlist = only_tankers, newcomers: Newcomers | None = None) -> None:
        self.register = Register(watchlist, newcomers)
        self.recent = RecentStations()
        self.stations: tuple[str, ...] = ()
        self.ships: Any = np.zeros((0, kernel.SHIP_COLUMNS))
        self.beliefs: Any = np.zeros((0, kernel.BELIEFS, kernel.BELIEF_COLUMNS))
        self.rows: Any = np.zeros((0, kernel.BELIEFS), np.uint64)
        self.copies: Any = np.zeros((0, COPIES + 1), np.uint64)
        self.copy_s: Any = np.zeros((0, COPIES))
        self.copy_by: Any = np.zeros((0, COPIES), np.uint16)
        self.hearers: Any = np.zeros((0, HEARERS, 3))
        self.clocks = Clocks()
        self.minutes: Any = np.zeros((MINUTES, 0), np.int64)
        self.hour: Any = np.zeros((MINUTES, 0, HOUR_COLUMNS), np.float32)
        self.minute_rows: Any = np.zeros((MINUTES, 0), np.uint64)
        self.habits: Any = np.zeros((0, habits.HABIT_COLUMNS))

    def __len__(self) -> int:
        """The number of identities."""
        return len(self.register)

    def advance(self, heard: Heard) -> Legs:
        """Take in what was heard; one leg for each new fix with a position. Rows without a time are passed over."""
        self.stations = heard.stations or self.stations
        if len(heard.statics):
            self.register.take(heard.statics)
            self._make_room()
        fixes = heard.fixes
        if len(fixes) and np.isnan(fixes.time_s).any():
            fixes = fixes.take(~np.isnan(fixes.time_s))
        return self._take_fixes(*_in_order(fixes)) if len(fixes) else Legs.empty()

    def _make_room(self) -> None:
        fresh, rows = len(self.ships), len(self.register.mmsi)
        if fresh >= rows:
            return

        def longer(old: Any, fill: Any) -> Any:
            new = np.full((rows, *old.shape[1:]), fill, old.dtype)
            new[: len(old)] = old
            return new

        self.ships, self.beliefs, self.rows = longer(self.ships, np.nan), longer(self.beliefs, 0.0), longer(self.rows, 0)
        self.ships[fresh:, [kernel.FIXES, kernel.DISPLACED, kernel.ASTRAY, kernel.BEHIND, kernel.FROZEN_NM, kernel.OTHERS]] = 0.0
        self.ships[fresh:, [kernel.STATUS, kernel.FROM_STATUS]] = 255.0
        self.ships[fresh:, [kernel.PRECISE_S, kernel.EVENT]] = -np.inf
        self.copies, self.copy_s, self.copy_by = longer(self.copies, 0), longer(self.copy_s, -np.inf), longer(self.copy_by, 0)
        self.hearers = longer(self.hearers, 0.0)
        self.hearers[fresh:, :, WHO] = -1.0
        self.habits = longer(self.habits, np.nan)
        # Of minutes in which nobody was heard, no memory is touched.
        used = np.flatnonzero((self.minutes >= 0).any(axis=1))
        minutes = np.full((MINUTES, rows), -1, np.int64)
        hour, minute_rows = np.zeros((MINUTES, rows, HOUR_COLUMNS), np.float32), np.zeros((MINUTES, rows), np.uint64)
        minutes[:, :fresh] = self.minutes
        for at in used.tolist():
            hour[at, :fresh], minute_rows[at, :fresh] = self.hour[at], self.minute_rows[at]
        self.minutes, self.hour, self.minute_rows = minutes, hour, minute_rows

    def _take_fixes(self, fixes: Fixes, keys: U64) -> Legs:
        slot = self.register.slots(fixes.mmsi)
        self._make_room()
        if (slot == NOBODY).any():
            self.register.refused += int((slot == NOBODY).sum())
            fixes, keys, slot = fixes.take(slot != NOBODY), keys[slot != NOBODY], slot[slot != NOBODY]
        received_s, event_s = self.clocks.place(fixes.time_s, fixes.utc_second, fixes.station)
        out = np.empty((kernel.OUT_COLUMNS, len(fixes)))
        kernel.advance(
            self.ships, self.beliefs, self.rows, self.copies, self.copy_s, self.copy_by, self.minutes, self.hour, self.minute_rows,
            self.hearers, self.clocks.state,
            slot, received_s, event_s, fixes.lat_deg, fixes.lon_deg, fixes.sog_kn, fixes.cog_deg, fixes.heading_deg, fixes.nav_status,
            fixes.msg_type, fixes.utc_second, fixes.accurate, fixes.station, keys, fixes.source_row, out,
        )  # fmt: skip  # one a line would hide what belongs together
        self.recent.take(fixes.station, fixes.source_row)
        new = out[kernel.OUT_BELIEF] >= 0
        if not new.all():
            fixes, slot, received_s, event_s, out = fixes.take(new), slot[new], received_s[new], event_s[new], out[:, new]
        return Legs(
            received_s=received_s,
            event_s=event_s,
            mmsi=fixes.mmsi,
            slot=slot.astype(np.uint32),
            msg_type=fixes.msg_type,
            belief=out[kernel.OUT_BELIEF].astype(np.uint8),
            from_s=out[kernel.OUT_FROM_S],
            from_lon_deg=out[kernel.OUT_FROM_LON],
            from_lat_deg=out[kernel.OUT_FROM_LAT],
            lon_deg=fixes.lon_deg,
            lat_deg=fixes.lat_deg,
            sog_kn=fixes.sog_kn,
            cog_deg=fixes.cog_deg,
            heading_deg=fixes.heading_deg,
            nav_status=fixes.nav_status,
            from_status=out[kernel.OUT_FROM_STATUS].astype(np.uint8),
            status_s=out[kernel.OUT_STATUS_S],
            apart_nm=out[kernel.OUT_APART].astype(np.float32),
            in_belief=out[kernel.OUT_COUNT].astype(np.uint16),
            late=out[kernel.OUT_LATE] > 0,
            in_trusted=out[kernel.OUT_TRUSTED].astype(np.uint16),
            born_s=out[kernel.OUT_BORN_S],
            ahead=out[kernel.OUT_AHEAD] > 0,
            source_row=fixes.source_row,
        )

    def station_of(self, source_row: int) -> str:
        """Which station heard a recent fix, "" when that is not known any more."""
        station = self.recent.of(source_row)
        return self.stations[station] if 0 <= station < len(self.stations) else ""

    def hearings(self, slot: int) -> dict[int, Hearing]:
        """How each station hears a ship, by its number: the eight stations that heard her last."""
        held = self.hearers[slot]
        return {int(who): Hearing(float(last_s), int(fixes)) for who, last_s, fixes in held[held[:, WHO] >= 0]}

    def picture(self, now_s: float) -> Picture:
        """The newest trusted state of every ship; the row number is her slot."""
        n = len(self)
        doubles, singles, counts, small, rows = looking.columns(n)
        made = np.empty((2, n))
        looking.look(
            now_s, self.ships, self.beliefs, self.rows, self.minutes, self.hour, self.minute_rows, self.habits,
            doubles, singles, counts, small, rows, made,
        )  # fmt: skip  # one a line would hide what belongs together
        said = self.register
        columns: dict[str, Any] = {}
        for names, values in (
            (looking.DOUBLES, doubles), (looking.SINGLES, singles), (looking.COUNTS, counts), (looking.BYTES, small), (looking.ROWS, rows),
        ):  # fmt: skip  # one a line would hide what belongs together
            columns.update(zip(names, values, strict=True))
        columns["trusted"] = columns["trusted"].view(np.bool_)
        columns["astray"] = columns["astray"].astype(np.uint16)
        return Picture(
            **columns,
            mmsi=said.mmsi[:n].copy(),
            kind=said.kind[:n].copy(),
            length_m=said.length_m[:n].copy(),
            beam_m=said.beam_m[:n].copy(),
            to_bow_m=said.hull_m[:n, 0].copy(),
            to_stern_m=said.hull_m[:n, 1].copy(),
            to_port_m=said.hull_m[:n, 2].copy(),
            to_starboard_m=said.hull_m[:n, 3].copy(),
            made_kn=np.hypot(made[0], made[1]).astype(np.float32),
            made_deg=(np.degrees(np.arctan2(made[0], made[1])) % 360).astype(np.float32),
            guarded=said.guarded[:n].copy(),
            own_fleet=said.own_fleet[:n].copy(),
            ring_nm=said.ring_nm(n),
        )

    def last_hour(self) -> Hour:
        """What is kept of each ship's last sixty minutes; the arrays are those of the fleet, to be read and not kept."""
        n = len(self)
        return Hour(self.minutes[:, :n], self.hour[:, :n], self.minute_rows[:, :n])


def _in_order(fixes: Fixes) -> tuple[Fixes, U64]:
    """Fixes of one receive time in the order of what they say: in a log by whole seconds, how they lie in the file is chance.

    With the key of each (`arrivals.keys`), which is equal for copies of one report.
    """
    keys = np.empty(len(fixes), np.uint64)
    arrivals.keys(
        fixes.lon_deg, fixes.lat_deg, fixes.sog_kn, fixes.cog_deg, fixes.heading_deg, fixes.nav_status, fixes.utc_second, fixes.msg_type,
        keys,
    )  # fmt: skip  # one a line would hide what belongs together
    ties = fixes.time_s[1:] == fixes.time_s[:-1]
    if not ties.any():
        return fixes, keys
    order = _sorted(np.concatenate([[0], np.cumsum(~ties)]), fixes.mmsi, keys, fixes.station)
    return fixes.take(order), keys[order]


def _sorted(time: I64, mmsi: U32, keys: U64, station: U16) -> I64:
    """(n,) the order by these, the first first; time: (n,) 0 for the first and never falling."""
    n = len(time)
    if n > 1 << PLACE_BITS or int(time[-1]) >= 1 << 64 - 32 - PLACE_BITS:
        return np.lexsort((station, keys, mmsi, time))
    # Numbers that tell where they stood are sorted many times faster than rows are put in order.
    told = np.sort((time.astype(np.uint64) << np.uint64(32) | mmsi) << np.uint64(PLACE_BITS) | np.arange(n, dtype=np.uint64))
    order = (told & np.uint64((1 << PLACE_BITS) - 1)).astype(np.int64)
    ship = told >> np.uint64(PLACE_BITS)
    same = ship[1:] == ship[:-1]
    if same.any():
        again = np.zeros(n, np.bool_)
        again[1:] |= same
        again[:-1] |= same
        rows = np.flatnonzero(again)
        its = order[rows]
        order[rows] = its[np.lexsort((station[its], keys[its], ship[rows]))]
    return order
