"""The rule that anyone would write first, for each danger, over the decoded reports: what ours is measured against.

Each takes a ship's reports in order of time and says when, in s, it would have alarmed; the source of its threshold stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

import numpy as np

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.schema import F64
from tankerwatch.evaluate.rows import Rows
from tankerwatch.evaluate.score import Alarm

REARM_S: Final = 600.0
"""The same ship, or pair, is not alarmed again within this."""
Rule = Callable[[Rows], F64]


def _when(rows: Rows, which: F64 | np.ndarray) -> F64:
    return np.asarray(rows.time_s[np.asarray(which, np.bool_)])


def _steps(rows: Rows) -> tuple[F64, F64]:
    """Seconds and miles from the report before; NaN for the first."""
    seconds = np.diff(rows.time_s, prepend=np.nan)
    lat, lon = rows.lat_deg, rows.lon_deg
    miles = np.concatenate([[np.nan], distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])])
    return seconds, miles


def gap(rows: Rows) -> F64:
    """Silent for ten minutes (OpenCPN takes a target off its list after that)."""
    seconds, _ = _steps(rows)
    return rows.time_s[seconds > 600] - seconds[seconds > 600] + 600


def jump(rows: Rows) -> F64:
    """More than 50 kn and half a mile from the report before (AISdb's and others' limit)."""
    seconds, miles = _steps(rows)
    return _when(rows, (miles > 0.5) & (miles / np.maximum(seconds, 1) * 3600 > 50))


def stop(rows: Rows) -> F64:
    """Five knots and half of her speed lost in two minutes."""
    past = np.interp(rows.time_s - 120, rows.time_s, np.nan_to_num(rows.sog_kn)) if len(rows) else rows.sog_kn
    return _when(rows, (past - rows.sog_kn > 5) & (rows.sog_kn < past / 2))


def drift(rows: Rows) -> F64:
    """One to five knots with course and heading more than 45° apart (DMA AisAbnormal)."""
    across = np.abs((rows.cog_deg - rows.heading_deg + 180) % 360 - 180) > 45
    return _held(rows, across & (rows.sog_kn > 1) & (rows.sog_kn < 5), 600)


def grounded(rows: Rows) -> F64:
    """Below half a knot after she made five within the last ten minutes, or status 6."""
    past = np.interp(rows.time_s - 600, rows.time_s, np.nan_to_num(rows.sog_kn)) if len(rows) else rows.sog_kn
    return _when(rows, ((past > 5) & (rows.sog_kn < 0.5)) | (rows.nav_status == 6))


def status_two(rows: Rows) -> F64:
    """Status 2, whatever else."""
    return _when(rows, rows.nav_status == 2)


def status_fourteen(rows: Rows) -> F64:
    """Status 14, whatever else."""
    return _when(rows, rows.nav_status == 14)


def feed_silent(rows: Rows) -> list[float]:
    """Nothing from anyone for two minutes."""
    times = np.sort(rows.time_s)
    return [float(at) + 120 for at in times[:-1][np.diff(times) > 120]]


def loiter(rows: Rows) -> F64:
    """Below two knots for four hours (Global Fishing Watch)."""
    return _held(rows, rows.sog_kn < 2, 4 * 3600)


def _held(rows: Rows, which: np.ndarray, hold_s: float) -> F64:
    """When something had been true of every report for so long."""
    if not len(rows):
        return rows.time_s
    broken = np.where(which, -np.inf, rows.time_s)
    since = np.maximum.accumulate(np.where(which, -np.inf, broken))
    since = np.where(np.isinf(since), rows.time_s[0], since)
    return _when(rows, which & (rows.time_s - since >= hold_s))


ALONE: Final[dict[str, Rule]] = {
    "dark": gap,
    "false_position": jump,
    "clone": jump,
    "sudden_stop": stop,
    "drifting": drift,
    "grounding": grounded,
    "not_under_command": status_two,
    "distress": status_fourteen,
    "loitering": loiter,
}


def alarms(rows: Rows, tankers: Collection[int]) -> list[Alarm]:
    """What the naive rules say of a stream of reports."""
    made: list[Alarm] = []
    for mmsi, its in rows.ships():
        if 200_000_000 <= mmsi <= 999_999_999:
            for danger, rule in ALONE.items():
                made += [Alarm(danger, (mmsi,), at) for at in _spaced(rule(its))]
    made += _pairs(rows, tankers)
    made += [Alarm("feed", (), at) for at in feed_silent(rows)]
    return made


def _spaced(times: F64) -> Iterator[float]:
    """Those that come after a pause."""
    last = -np.inf
    for at in np.sort(times).tolist():
        if at - last > REARM_S:
            yield at
        last = at


def _pairs(rows: Rows, tankers: Collection[int]) -> list[Alarm]:
    """At every minute: closest approach below two miles within half an hour (OpenCPN); within 500 m below two knots for two hours
    (Global Fishing Watch); and anything faster than 15 kn within a mile of a tanker.
    """
    made: list[Alarm] = []
    ships = [(mmsi, its) for mmsi, its in rows.ships() if len(its) > 1 and mmsi >= 200_000_000]
    if len(ships) < 2:
        return made
    known = np.array([mmsi for mmsi, _ in ships])
    is_tanker = np.isin(known, list(tankers))
    times = np.arange(np.ceil(rows.time_s.min() / 60) * 60, rows.time_s.max(), 60.0)
    hits: dict[tuple[str, int, int], list[float]] = {}
    together: dict[tuple[int, int], int] = {}
    at = [np.searchsorted(its.time_s, times, side="right") - 1 for _, its in ships]
    for step, now_s in enumerate(times.tolist()):
        here = [n for n, (_, its) in enumerate(ships) if at[n][step] >= 0 and now_s - its.time_s[at[n][step]] < 360]
        if len(here) < 2:
            continue
        lat, lon, sog, cog = (
            np.array([getattr(ships[n][1], name)[at[n][step]] for n in here]) for name in ("lat_deg", "lon_deg", "sog_kn", "cog_deg")
        )
        cell = np.lexsort((lon, np.floor(lat * 4)))
        for first in range(len(cell)):
            for second in range(first + 1, len(cell)):
                a, b = cell[first], cell[second]
                if np.floor(lat[a] * 4) != np.floor(lat[b] * 4) or lon[b] - lon[a] > 0.4:
                    break
                _judge(
                    hits, together, (here[a], here[b]), now_s, (lat[a], lon[a], sog[a], cog[a]), (lat[b], lon[b], sog[b], cog[b]), is_tanker
                )
    for (danger, a, b), when in hits.items():
        made += [Alarm(danger, (int(known[a]), int(known[b])), t) for t in _spaced(np.array(when))]
    return made


def _judge(
    hits: dict[tuple[str, int, int], list[float]],
    together: dict[tuple[int, int], int],
    pair: tuple[int, int],
    now_s: float,
    one: tuple[float, float, float, float],
    other: tuple[float, float, float, float],
    is_tanker: np.ndarray,
) -> None:
    scale = float(np.cos(np.radians(one[0])))
    east, north = (other[1] - one[1]) * 60 * scale, (other[0] - one[0]) * 60
    away = float(np.hypot(east, north))
    if away > 10:
        return
    speeds = [(v[2] * np.sin(np.radians(v[3])), v[2] * np.cos(np.radians(v[3]))) for v in (one, other)]
    d_east, d_north = speeds[1][0] - speeds[0][0], speeds[1][1] - speeds[0][1]
    relative = d_east**2 + d_north**2
    hours = -(east * d_east + north * d_north) / relative if relative > 0.01 else -1.0
    cpa = float(np.hypot(east + d_east * hours, north + d_north * hours))
    if 0 <= hours <= 0.5 and cpa < 2 and max(one[2], other[2]) > 0.2:
        hits.setdefault(("collision", *pair), []).append(now_s)
    if away * 1852 < 500 and max(one[2], other[2]) < 2:
        together[pair] = together.get(pair, 0) + 1
        if together[pair] >= 120:
            hits.setdefault(("rendezvous", *pair), []).append(now_s)
    else:
        together.pop(pair, None)
    for guarded, craft, speed in ((pair[0], pair[1], other[2]), (pair[1], pair[0], one[2])):
        if is_tanker[guarded] and not is_tanker[craft] and speed > 15 and away < 1:
            hits.setdefault(("closing", guarded, craft), []).append(now_s)
