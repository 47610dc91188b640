"""All that the author of a detector needs.

A detector is one file in `detect/ship/`: its docstring says *What it does / Why it matters / When it is wrong / Sources*, its thresholds
are declared settings, and at its end stands

    DETECTOR = Detector(id="dark", words="gone dark", reads=("look",), settings=SETTINGS, memory=Spells, step=step)

`step(view, memory, settings) -> (findings, memory)` is a pure function: the same views in the same order give the same findings, and the
memory is a table, so that it can be saved and moved. `catalog.py` finds the file by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final

import numpy as np

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.schema import F32, F64, I64, NAN, U8, U64, Bool, Table, col, rows_in, table
from tankerwatch.core.tables import Findings, Picture, View

__all__ = [
    "Detector",
    "Findings",
    "Setting",
    "Settings",
    "Spells",
    "View",
    "among",
    "by_second",
    "finding",
    "key_of",
    "others_stopped_within",
    "raised",
    "ship_finding",
    "ships_of",
    "slot_of",
    "spells",
]

SECTIONS: Final = ("What it does", "Why it matters", "When it is wrong", "Sources")


@dataclass(frozen=True, slots=True)
class Setting:
    """A threshold: its value, unit, what it means, its bounds and where it comes from."""

    value: float
    unit: str
    meaning: str
    low: float
    high: float
    source: str = ""


Settings = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Detector:
    """What `catalog.py` finds. `reads`: any of look minute legs fixes statics texts calls bases decisions feeds; `step` is called when
    one is there. A look comes every ten seconds; `minute` is a look at a whole minute, for what is no matter of seconds.

    `words` is the danger as it is said in a title ("sudden stop"). `timeless` detectors also run on input without times.
    `key` says of whom findings speak (ship, pair or all) and `horizon_s` how long memory matters, so that work can be divided.
    """

    id: str
    words: str
    reads: tuple[str, ...]
    settings: Mapping[str, Setting]
    memory: type[Table]
    step: Callable[[View, Any, Settings], tuple[Findings, Any]]
    version: int = 1
    key: str = "ship"
    horizon_s: float = 7200.0
    timeless: bool = False
    document: str = ""
    absorbs: tuple[str, ...] = ()
    """findings of those detectors about ships of an open finding of this one are part of it"""


@table
class Spells(Table):
    """For how long something has been true of a ship or a pair: the memory of most detectors."""

    # fmt: off
    # a table: its columns are read downwards
    key:      Annotated[U64, col("-", "ship, or pair of ships (key_of)")]
    since_s:  Annotated[F64, col("s", "when it became true")]
    seen_s:   Annotated[F64, col("s", "when it was true last")]
    raised_s: Annotated[F64, col("s", "when it was raised", missing=NAN)]
    level:    Annotated[U8, col("-", "0 not raised, above: how far; the detector says what that means")]
    value:    Annotated[F32, col("-", "a number that the detector keeps with it", missing=NAN)]
    # fmt: on

    def find(self, keys: U64) -> I64:
        """(n,) the row of each key, -1 where there is none."""
        return rows_in(self.key, keys)


def key_of(ship: Any, other: Any = 0) -> U64:
    """One number for a ship, or for two of them in this order."""
    return np.asarray(np.asarray(ship, np.uint64) << np.uint64(32) | np.asarray(other, np.uint64))


def ships_of(keys: U64) -> tuple[list[int], list[int]]:
    """The first and the second number of each key."""
    return (keys >> np.uint64(32)).tolist(), (keys & np.uint64(0xFFFFFFFF)).tolist()


@dataclass(frozen=True, slots=True, eq=False)
class Spelled:
    """What `spells` says: the new memory; `at`, (n,) the row in it of each key given; `due`, (n,) bool, which have now lasted long
    enough for the first time; the spells above level 0 that ended.
    """

    memory: Spells
    at: I64
    due: Bool
    ended: Spells


def spells(memory: Spells, keys: U64, now_s: float, *, hold_s: float, clear_s: float) -> Spelled:
    """Note for which keys something is true now. A spell is due when it has lasted `hold_s`, ends when not true for `clear_s`."""
    if not len(keys) and not len(memory):
        return Spelled(memory, np.empty(0, np.int64), np.empty(0, np.bool_), memory)
    order = np.argsort(keys, kind="stable")
    keys_sorted = keys[order]
    at = memory.find(keys_sorted)
    seen = memory.seen_s.copy()
    seen[at[at >= 0]] = now_s
    fresh = Spells.blank(int((at < 0).sum())).replace(
        key=keys_sorted[at < 0], since_s=np.full((at < 0).sum(), now_s), seen_s=np.full((at < 0).sum(), now_s)
    )
    joined = Spells.concat([memory.replace(seen_s=seen), fresh])
    joined = joined.take(np.argsort(joined.key, kind="stable"))
    due = np.isnan(joined.raised_s) & (joined.seen_s == now_s) & (now_s - joined.since_s >= hold_s)
    over = now_s - joined.seen_s > clear_s
    after = joined.replace(raised_s=np.where(due, now_s, joined.raised_s))
    kept = after.take(~over)
    return Spelled(kept, kept.find(keys), np.isin(keys, after.key[due]), after.take(over & (after.level > 0)))


def finding(
    *,
    detector: str,
    episode: str,
    verb: str,
    time_s: float,
    start_s: float,
    severity: str,
    score: float,
    ships: Sequence[int],
    reason: str,
    lat_deg: float = NAN,
    lon_deg: float = NAN,
    evidence: Sequence[int] = (),
) -> Findings:
    """One finding as a table of one row. In `reason`, {0} stands for the first ship's name, {1} for the second's."""

    def one(value: Any) -> Any:
        held = np.empty(1, np.object_)
        held[0] = value
        return held

    return Findings(
        time_s=np.array([time_s], np.float64),
        start_s=np.array([start_s], np.float64),
        detector=one(detector),
        episode=one(episode),
        verb=one(verb),
        severity=one(severity),
        score=np.array([score], np.float32),
        ships=one(tuple(int(s) for s in ships)),
        lon_deg=np.array([lon_deg], np.float64),
        lat_deg=np.array([lat_deg], np.float64),
        reason=one(reason),
        evidence=one(tuple(int(e) for e in evidence)),
    )


def ship_finding(
    view: View,
    detector: str,
    verb: str,
    slots: Sequence[int],
    *,
    since_s: float,
    severity: str,
    score: float,
    reason: str,
    evidence: Sequence[int] = (),
) -> Findings:
    """A finding about one ship or several of the picture, the one in danger first: there it is; their newest sentences end the evidence.

    The episode is named after the ships and the second in which it began.
    """
    picture = view.picture
    ships = [int(picture.mmsi[slot]) for slot in slots]
    return finding(
        detector=detector,
        episode="-".join(str(part) for part in (*ships, int(since_s))),
        verb=verb,
        time_s=view.now_s,
        start_s=since_s,
        severity=severity,
        score=score,
        ships=ships,
        reason=reason,
        lat_deg=float(picture.lat_deg[slots[0]]),
        lon_deg=float(picture.lon_deg[slots[0]]),
        evidence=[*evidence, *(int(picture.source_row[slot]) for slot in slots if picture.source_row[slot])],
    )


@cache
def _members(values: tuple[int, ...]) -> Bool:
    table = np.zeros(256, np.bool_)
    table[list(values)] = True
    return table


def among(column: U8, values: tuple[int, ...]) -> Bool:
    """(n,) whether each value of a column of small numbers is one of `values`."""
    return np.asarray(_members(values)[column])


def by_second(times_s: F64) -> Iterator[tuple[float, I64]]:
    """The rows of each second of receive time, with the end of that second: findings about rows carry it, wherever frames are cut."""
    seconds = np.floor(times_s) + 1.0
    for second in np.unique(seconds).tolist():
        yield second, np.flatnonzero(seconds == second)


def slot_of(picture: Picture, mmsi: int) -> int:
    """The row of an identity that is known to be there."""
    return int(np.flatnonzero(picture.mmsi == mmsi)[0])


def raised(memory: Spells, keys: U64) -> Bool:
    """(n,) whether a spell of that key is there with a level above 0."""
    at = memory.find(keys)
    is_raised = at >= 0
    is_raised[is_raised] = memory.level[at[is_raised]] > 0
    return is_raised


def others_stopped_within(picture: Picture, slot: int, reach_nm: float, now_s: float) -> int:
    """How many other ships within `reach_nm` have long been at rest there: at anchor, moored, or without way for twenty minutes."""
    long_slow = (picture.usual_sog_kn < 1.0) | (now_s - picture.fast_s >= 1200)
    at_rest = (picture.sog_kn < 2.0) & (picture.usual_minutes >= 5) & long_slow | among(picture.nav_status, (1, 5)) & (picture.sog_kn < 1.0)
    at_rest &= now_s - picture.heard_s < 900
    at_rest &= np.abs(picture.lat_deg - picture.lat_deg[slot]) < reach_nm / 60
    at_rest[slot] = False
    rows = np.flatnonzero(at_rest)
    apart = distance_nm(picture.lat_deg[slot], picture.lon_deg[slot], picture.lat_deg[rows], picture.lon_deg[rows])
    return int((apart <= reach_nm).sum())
