"""Loitering: a ship under way stays for hours in a small area where ships do not lie.

What it does      Raised when a tanker or another merchant ship has stayed for `hours` within `area_nm` of one place, or below `slow_kn`,
                  moving all the time and not at anchor, with no other ship at rest around and at no place where ships come to
                  rest. Ends when she has left.
Why it matters    Who waits off the usual places may wait for another ship, for night, or for someone's orders.
When it is wrong  Ships waiting for a berth or for weather off a port do the same. Ships that work in one place (fishing, tugs, pilots,
                  service, authorities, passenger ships on their rounds) are not judged, nor are those that have not said what they are.
Sources           Global Fishing Watch: an hourly mean below 2 kn for 4 h (pipe-loitering, carriers).
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.hour import H_LAT, H_LON
from tankerwatch.core.schema import F32, F64, I64, NAN, U8, U32, Table, col, rows_in, table
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, among, others_stopped_within, ship_finding

SETTINGS: Final = {
    "hours": Setting(4, "h", "for so long", 1, 72, "Global Fishing Watch"),
    "slow_kn": Setting(2.0, "kn", "slower than this she stays, wherever she is carried", 0.5, 5, "Global Fishing Watch"),
    "area_nm": Setting(3.0, "nm", "within this of one place she stays, at any speed", 0.5, 20),
    "wander_nm": Setting(0.4, "nm", "a ship that stays within this of one place lies at anchor", 0.1, 3),
    "rest_nm": Setting(5.0, "nm", "others at rest within this: ships wait here", 0, 20),
    "stays": Setting(2, "-", "so many ships have come to rest here: ships wait here", 1, 100),
    "clear_s": Setting(1800, "s", "over when she has been gone for this long", 60, 7200),
}
ROUND_MINUTES: Final = 55
JUDGED: Final = (1, 2, 9)  # tanker, cargo, other


@table
class Stayers(Table):
    """Ships that stay, in order of `mmsi`."""

    # fmt: off
    # a table: its columns are read downwards
    mmsi:     Annotated[U32, col("-", "identity")]
    since_s:  Annotated[F64, col("s", "since when she stays")]
    seen_s:   Annotated[F64, col("s", "when she was seen to stay last")]
    moving_s: Annotated[F64, col("s", "when she was last seen to move on from where she lay")]
    level:    Annotated[U8, col("-", "0 watched, 1 raised, 2 judged and found at a place where ships lie")]
    lat_deg:  Annotated[F64, col("deg", "latitude where she began", missing=NAN)]
    lon_deg:  Annotated[F64, col("deg", "longitude there", missing=NAN)]
    extent_nm: Annotated[F32, col("nm", "farthest that she was from there")]
    # fmt: on

    def rows_of(self, mmsi: U32) -> I64:
        """(n,) the row of each ship, -1 where there is none."""
        return rows_in(self.mmsi, mmsi)


def step(view: View, memory: Stayers, settings: Settings) -> tuple[Findings, Stayers]:
    """Judge every ship at a whole minute."""
    picture, now_s = view.picture, view.now_s
    judged = among(picture.kind, JUDGED) & among(picture.msg_type, (1, 2, 3)) & ~among(picture.nav_status, (1, 2, 5, 6))
    judged &= (now_s - picture.event_s < 600) & picture.trusted
    rows = memory.rows_of(picture.mmsi)
    held = rows >= 0
    from_nm = np.full(len(picture), np.nan)
    from_nm[held] = distance_nm(memory.lat_deg[rows[held]], memory.lon_deg[rows[held]], picture.lat_deg[held], picture.lon_deg[held])
    stays = judged & ((picture.sog_kn < settings["slow_kn"]) | (from_nm <= settings["area_nm"]))
    if not len(memory) and not judged.any():
        return Findings.empty(), memory
    going = np.flatnonzero(stays & held)
    at = rows[going]
    seen, moving, extent = memory.seen_s.copy(), memory.moving_s.copy(), memory.extent_nm.copy()
    seen[at] = now_s
    extent[at] = np.fmax(extent[at], from_nm[going])
    # Within a circle of 0.2 nm for half an hour she lies; a ship at anchor that forgot to say so never leaves her circle.
    moved = now_s - picture.stay_s[going] < 1800
    moving[at[moved]] = now_s
    # Who goes round and round is where she was nearly an hour ago.
    near = np.flatnonzero(judged & ~held & (picture.sog_kn >= settings["slow_kn"]))
    lat, lon = (view.hour.value(near, ROUND_MINUTES, now_s, column) for column in (H_LAT, H_LON))
    back = near[distance_nm(lat, lon, picture.lat_deg[near], picture.lon_deg[near]) <= settings["area_nm"]]
    new = np.union1d(np.flatnonzero(stays & ~held), back)
    fresh = Stayers.blank(len(new)).replace(
        mmsi=picture.mmsi[new],
        since_s=now_s - 60.0 * ROUND_MINUTES * np.isin(new, back),
        seen_s=np.full(len(new), now_s),
        moving_s=np.full(len(new), now_s),
        lat_deg=picture.lat_deg[new],
        lon_deg=picture.lon_deg[new],
    )
    joined = Stayers.concat([memory.replace(seen_s=seen, moving_s=moving, extent_nm=extent), fresh])
    joined = joined.take(np.argsort(joined.mmsi, kind="stable"))
    silent = now_s - joined.seen_s
    # A pause in which she was not heard ends nothing for an hour; a ship that lies still for long is watched anew.
    lies = (joined.level == 0) & (now_s - joined.moving_s > 5400)
    over = (silent > np.where(joined.level == 1, settings["clear_s"], 600.0)) | lies
    due = np.flatnonzero((joined.level == 0) & (silent == 0) & ~over & (now_s - joined.since_s >= 3600 * settings["hours"]))
    found = []

    def say(verb: str, slot: int, row: int, words: str) -> None:
        since_s = float(joined.since_s[row])
        found.append(ship_finding(view, "loitering", verb, [slot], since_s=since_s, severity="notice", score=0.6, reason=words))

    for row in due.tolist():
        slot = int(np.flatnonzero(picture.mmsi == joined.mmsi[row])[0])
        if joined.extent_nm[row] < settings["wander_nm"]:
            continue
        joined.level[row] = 2
        here = view.context.stays(picture.lat_deg[slot : slot + 1], picture.lon_deg[slot : slot + 1])[0]
        if here >= settings["stays"] or others_stopped_within(picture, slot, settings["rest_nm"], now_s):
            continue
        joined.level[row] = 1
        hours = (now_s - float(joined.since_s[row])) / 3600
        words = (
            f"{{0}} has stayed {hours:.0f} hours within {max(joined.extent_nm[row], 0.5):.1f} NM, not at anchor, where no other ship lies."
        )
        say("raise", slot, row, words)
    for row in np.flatnonzero(over & (joined.level == 1)).tolist():
        slot = int(np.flatnonzero(picture.mmsi == joined.mmsi[row])[0])
        say("end", slot, row, "{0} has moved on or anchored.")
    return Findings.concat(found), joined.take(~over)


DETECTOR: Final = Detector(
    id="loitering", words="loitering", reads=("minute",), settings=SETTINGS, memory=Stayers, step=step, horizon_s=21600
)
