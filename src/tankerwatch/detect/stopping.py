"""How a ship lost her way: what `sudden_stop`, `drifting` and `grounding` ask of her last hour.

A planned slow-down goes by steps, or takes half an hour; a ship without engine, or on the ground, falls from her even speed at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tankerwatch.core.geo import distance_nm, turn_deg
from tankerwatch.core.hour import Track
from tankerwatch.core.schema import F64

EVEN_MINUTES: Final = 7
"""So many minutes in which she was heard, at one speed, are an even speed."""
EVEN_SPAN_S: Final = 900.0
BEFORE_S: Final = 1800.0
SLACK_KN: Final = 0.4
SINKING_KN: Final = 0.25
SLOW: Final = 0.4
"""The shape of a fall is that of its way down to this share of her even speed: below, all ships lose the rest slowly."""


@dataclass(frozen=True, slots=True)
class Fall:
    """The fall from the latest even speed: `began_s` is the minute that last saw it, `known` the minutes heard in the half hour before.

    `steady` and `straight` are the shares of those at that speed and on that course (1 where courses are not known), `turned_deg` how
    far she turned while she still made half of it, `heard` the share of the minutes since in which she was heard, `stopped` whether she
    had stood still before in the hour, `paused` whether she kept a lower speed for a while on the way down: a planned slow-down.
    `early` is how much she had lost in the mean of her way down, as a share of all that she lost on it: 0.5 when she loses it evenly, as
    by an order to the engine after another; 0.6 to 0.7 when water alone slows her (by the square of her speed). `step_kn` is the most
    that she lost from one minute to the next, `slow_rate` the share that she lost a minute until she had 0.4 of it left (NaN: not yet).
    """

    was_kn: float
    began_s: float
    course_deg: float
    known: int
    steady: float
    straight: float
    turned_deg: float
    heard: float
    stopped: bool
    paused: bool
    early: float
    step_kn: float
    slow_rate: float
    row: int

    def rate(self, sog_kn: float, now_s: float) -> float:
        """The share of her speed that she lost a minute since it fell below 95 % of it."""
        return (0.95 - sog_kn / self.was_kn) / max((now_s - self.began_s) / 60.0, 0.5)


def _mean_course(cog: F64) -> float:
    known = np.radians(cog[~np.isnan(cog)])
    return float(np.degrees(np.arctan2(np.sin(known).sum(), np.cos(known).sum())) % 360.0) if len(known) else float("nan")


def _early(time_s: F64, sog_kn: F64, slow_kn: float) -> float:
    """The mean loss as a share of the whole, of a parabola through these speeds, (n,), until the first below `slow_kn`; NaN: too few."""
    below = np.flatnonzero(sog_kn < slow_kn)
    end = int(below[0]) if len(below) else len(sog_kn) - 1
    time_s, sog_kn = time_s[1 : end + 1], sog_kn[1 : end + 1]  # the first was still at the even speed
    if len(sog_kn) < 4 or not time_s[-1] > time_s[0]:
        return float("nan")
    middle, half = (time_s[-1] + time_s[0]) / 2, (time_s[-1] - time_s[0]) / 2
    bend, slope, _ = np.polyfit((time_s - middle) / half, sog_kn, 2)
    return float(0.5 + bend / 3 / -slope) if slope < 0 else float("nan")


def fall_of(track: Track, sog_kn: float, now_s: float, least_kn: float) -> Fall | None:
    """The fall from her latest even speed of at least `least_kn` to `sog_kn` now; None when there was none such."""
    kept = ~np.isnan(track.sog_kn)
    if kept.sum() < EVEN_MINUTES or sog_kn != sog_kn:
        return None
    minute, sog, cog = track.minute_s[kept], track.sog_kn[kept].astype(np.float64), track.cog_deg[kept].astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(sog, EVEN_MINUTES)
    middle = np.median(windows, axis=1)
    alike = windows.max(axis=1) - windows.min(axis=1) <= 0.05 * middle + SLACK_KN
    sinking = windows[:, :2].mean(axis=1) - windows[:, -2:].mean(axis=1)
    alike &= sinking <= 0.02 * middle + SINKING_KN
    alike &= minute[EVEN_MINUTES - 1 :] - minute[: len(windows)] <= EVEN_SPAN_S
    even = alike & (middle >= max(least_kn, 1.6 * sog_kn))
    if not even.any():
        return None
    first = int(np.flatnonzero(even)[-1])
    was_kn = float(middle[first])
    last = int(np.flatnonzero(sog >= 0.95 * was_kn)[-1])
    began_s = float(minute[last])
    before = np.flatnonzero((minute <= began_s) & (minute > began_s - BEFORE_S))
    course = _mean_course(cog[first : first + EVEN_MINUTES])
    off = turn_deg(cog[before], course)
    known_course = ~np.isnan(off)
    after = np.flatnonzero((minute > began_s) & (sog >= max(0.5 * was_kn, 4.0)))
    turned = turn_deg(cog[after], course)
    turned = turned[~np.isnan(turned)]
    early = _early(np.append(minute[last:], now_s), np.append(sog[last:], sog_kn), SLOW * was_kn)
    below = last + np.flatnonzero(sog[last:] < SLOW * was_kn)
    slow_rate = float((0.95 - sog[below[0]] / was_kn) / max((minute[below[0]] - began_s) / 60.0, 0.5)) if len(below) else float("nan")
    steps = (sog[last:-1] - sog[last + 1 :])[np.diff(minute[last:]) <= 60.0]
    return Fall(
        was_kn=was_kn,
        began_s=began_s,
        course_deg=course,
        known=len(before),
        steady=float((np.abs(sog[before] - was_kn) <= 0.12 * was_kn + SLACK_KN).mean()),
        straight=float((off[known_course] <= 30.0).mean()) if known_course.any() else 1.0,
        turned_deg=float(turned.max()) if len(turned) else 0.0,
        heard=float((minute > began_s).sum() / max((now_s // 60.0 * 60.0 - began_s) / 60.0, 1.0)),
        paused=bool((alike[last + 1 :] & (middle[last + 1 :] >= max(0.28 * was_kn, 3.8))).any()),
        stopped=bool((sog[:last] < 2.0).any()),
        early=early,
        step_kn=float(steps.max()) if len(steps) else 0.0,
        slow_rate=slow_rate,
        row=int(track.source_row[kept][last]),
    )


def spread_m(lat_deg: F64, lon_deg: F64) -> F64:
    """(n,) distance in m of each place from the median of all."""
    lat, lon = float(np.median(lat_deg)), float(lon_deg[0])
    lon += float(np.median((lon_deg - lon + 540.0) % 360.0 - 180.0))
    return np.asarray(distance_nm(lat, lon, lat_deg, lon_deg) * 1852.0)
