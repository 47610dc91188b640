"""Who can help: the ships that reach a casualty soonest, each at the best speed that she herself was seen to keep.

The rule of SAFETY: only for a casualty of an open incident, and only time, distance and bearing. Never a course or a meeting point,
and never with a craft that closed on someone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.geo import bearing_deg, distance_nm
from tankerwatch.core.incidents import Helper
from tankerwatch.core.schema import I64, Bool
from tankerwatch.core.tables import Picture
from tankerwatch.triage import words

WITHIN_NM: Final = 60.0
WITHIN_H: Final = 6.0
MOST: Final = 8
HEARD_S: Final = 1800.0
"""A ship not heard for half an hour is not known to be where the picture has her."""

NO_SHIP: Final = (identities.RADAR, identities.BASE, identities.AID, identities.AIRCRAFT, identities.BEACON)
CANNOT: Final = (2, 6, 14)
"""Navigational status of a ship that cannot go: not under command, aground, distress beacon."""


def able(picture: Picture, now_s: float, without: set[int]) -> Bool:
    """(ships,) which ships could be asked at all: real, heard, trusted, of a known speed and not themselves in trouble."""
    speed_kn = best_kn(picture)
    mmsi = picture.mmsi
    fit = (mmsi < identities.RADAR_FROM) & ~np.isin(picture.kind, NO_SHIP) & ~np.isin(picture.nav_status, CANNOT)
    fit &= picture.trusted & (picture.event_s >= now_s - HEARD_S) & np.isfinite(picture.lat_deg) & np.isfinite(picture.lon_deg)
    fit &= speed_kn > 0.0
    if without:
        fit &= ~np.isin(mmsi, np.fromiter(without, np.int64))
    return np.asarray(fit, np.bool_)


def best_kn(picture: Picture) -> np.typing.NDArray[np.float64]:
    """(ships,) the best speed seen of each, at least her present one; NaN when neither is known."""
    return np.fmax(picture.best_sog_kn, picture.sog_kn).astype(np.float64)


def helpers(
    picture: Picture, lat_deg: float, lon_deg: float, now_s: float, *, without: set[int], names: Callable[[int], str]
) -> tuple[Helper, ...]:
    """The ships within 60 nm that can be at the place within 6 h, at most 8, the soonest first.

    picture: the ships now · lat_deg, lon_deg: the casualty · without: identities that are not asked. Rounded as people read them, so that
    a list that says the same is the same.
    """
    fit: I64 = np.flatnonzero(able(picture, now_s, without) & (np.abs(picture.lat_deg - lat_deg) <= WITHIN_NM / 59.0))
    distance = distance_nm(lat_deg, lon_deg, picture.lat_deg[fit], picture.lon_deg[fit])
    hours = distance / best_kn(picture)[fit]
    in_reach = (distance <= WITHIN_NM) & (hours <= WITHIN_H)
    fit, distance, hours = fit[in_reach], distance[in_reach], hours[in_reach]
    soonest = np.lexsort((picture.mmsi[fit], hours))[:MOST]
    bearing = bearing_deg(lat_deg, lon_deg, picture.lat_deg[fit], picture.lon_deg[fit])
    speed_kn = best_kn(picture)[fit]
    return tuple(
        Helper(
            mmsi=int(picture.mmsi[fit[i]]),
            name=words.ship_name(int(picture.mmsi[fit[i]]), names(int(picture.mmsi[fit[i]]))),
            kind=int(picture.kind[fit[i]]),
            distance_nm=round(float(distance[i]), 1),
            bearing_deg=round(float(bearing[i])) % 360.0,
            hours=round(float(hours[i]), 2),
            speed_kn=round(float(speed_kn[i]), 1),
        )
        for i in soonest
    )


def position(picture: Picture, ship: int) -> tuple[float, float] | None:
    """Where a ship is now: latitude and longitude of her trusted state, None when there is none."""
    row = np.flatnonzero(picture.mmsi == ship)
    if not len(row) or not picture.trusted[row[0]]:
        return None
    lat_deg, lon_deg = float(picture.lat_deg[row[0]]), float(picture.lon_deg[row[0]])
    return (lat_deg, lon_deg) if np.isfinite(lat_deg) and np.isfinite(lon_deg) else None
