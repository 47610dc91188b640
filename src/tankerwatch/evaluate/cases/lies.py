"""What false positions look like: each makes of true reports those that a spoofed, jammed or copied receiver sends. Times since 1970."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tankerwatch.core.geo import moved
from tankerwatch.core.schema import F64, Bool
from tankerwatch.evaluate.reports import Reports
from tankerwatch.scenes.dice import Dice


def _put(made: Reports, which: Bool, lat_deg: F64, lon_deg: F64) -> Reports:
    return replace(made, lat_deg=np.where(which, lat_deg, made.lat_deg), lon_deg=np.where(which, lon_deg, made.lon_deg))


def jump(made: Reports, begin_s: float, end_s: float, bearing: float, nm: float) -> Reports:
    """All positions the same way off."""
    return _put(made, made.between(begin_s, end_s), *moved(made.lat_deg, made.lon_deg, bearing, nm))


def other_track(made: Reports, begin_s: float, end_s: float, bearing: float, nm: float, course: float, knots: float) -> Reports:
    """Another track, some miles off, with speed and course that fit it."""
    which = made.between(begin_s, end_s)
    if not which.any():
        return made
    first = int(np.argmax(which))
    lat, lon = moved(made.lat_deg[first], made.lon_deg[first], bearing, nm)
    lat, lon = moved(lat, lon, course, np.maximum(made.time_s - begin_s, 0.0) * knots / 3600)
    noise = (made.lat_deg - made.true_lat_deg, made.lon_deg - made.true_lon_deg)
    made = _put(made, which, lat + noise[0], lon + noise[1])
    return replace(
        made,
        sog_kn=np.where(which, knots, made.sog_kn),
        cog_deg=np.where(which, course % 360, made.cog_deg),
        heading_deg=np.where(which, course % 360, made.heading_deg),
    )


def circle(made: Reports, begin_s: float, end_s: float, bearing: float, nm: float, radius_nm: float, knots: float) -> Reports:
    """Round and round a point some miles off, at one speed, with a course that fits."""
    which = made.between(begin_s, end_s)
    if not which.any():
        return made
    first = int(np.argmax(which))
    middle = moved(made.lat_deg[first], made.lon_deg[first], bearing, nm)
    angle = np.degrees((made.time_s - begin_s) * knots / 3600 / radius_nm)
    lat, lon = moved(middle[0], middle[1], angle, radius_nm)
    noise = (made.lat_deg - made.true_lat_deg, made.lon_deg - made.true_lon_deg)
    made = _put(made, which, lat + noise[0], lon + noise[1])
    return replace(made, sog_kn=np.where(which, knots, made.sog_kn), cog_deg=np.where(which, (angle + 90.0) % 360.0, made.cog_deg))


def frozen(made: Reports, begin_s: float, end_s: float) -> Reports:
    """The last position again and again, while speed and course go on."""
    which = made.between(begin_s, end_s)
    before = np.flatnonzero(made.time_s < begin_s)
    if not which.any() or not len(before):
        return made
    lat, lon = (np.full(len(made), c[before[-1]]) for c in (made.lat_deg, made.lon_deg))
    return _put(made, which, lat, lon)


def walk_off(made: Reports, begin_s: float, end_s: float, bearing: float, knots: float, *, consistent: bool = False) -> Reports:
    """Positions that creep away at so many knots. consistent: speed and course are bent to fit them."""
    which = made.between(begin_s, end_s)
    off_nm = np.maximum(made.time_s - begin_s, 0.0) * knots / 3600
    made = _put(made, which, *moved(made.lat_deg, made.lon_deg, bearing, off_nm))
    if not consistent:
        return made
    course = np.radians(made.cog_deg)
    east = made.sog_kn * np.sin(course) + knots * np.sin(np.radians(bearing))
    north = made.sog_kn * np.cos(course) + knots * np.cos(np.radians(bearing))
    return replace(
        made,
        sog_kn=np.where(which, np.hypot(east, north), made.sog_kn),
        cog_deg=np.where(which, np.degrees(np.arctan2(east, north)) % 360, made.cog_deg),
    )


def scatter(made: Reports, begin_s: float, end_s: float, dice: Dice, nm: float) -> Reports:
    """Every fix somewhere else within so many miles."""
    which = made.between(begin_s, end_s)
    where = moved(made.lat_deg, made.lon_deg, dice.even(len(made), 0, 360), nm * np.sqrt(dice.even(len(made))))
    return _put(made, which, *where)


def lost_fix(made: Reports, begin_s: float, end_s: float, mode: int) -> Reports:
    """The receiver has no fix: it says so by the second (61 manual, 62 dead reckoning, 63 inoperative), and is no longer accurate."""
    which = made.between(begin_s, end_s)
    made = replace(made, second=np.where(which, mode, made.second), accurate=np.where(which, 0.0, made.accurate))
    return (
        made if mode != 63 else replace(made, lat_deg=np.where(which, np.nan, made.lat_deg), lon_deg=np.where(which, np.nan, made.lon_deg))
    )


def put_at(made: Reports, begin_s: float, end_s: float, lat_deg: float, lon_deg: float) -> Reports:
    """One and the same place for all: 0/0, 91/181, an airport."""
    where = (np.full(len(made), value) for value in (lat_deg, lon_deg))
    return _put(made, made.between(begin_s, end_s), *where)
