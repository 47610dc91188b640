"""Jamming: many ships of an area lose their satellite positions, or report false ones, at once.

What it does      A ship is hit when her fixes stray (two and more in a row that she cannot have sailed to), stand still under way, when her
                  receiver, sound before, sends no position, or one that is only estimated (UTC second 61 to 63) and no longer accurate.
                  Raised when `ships` of them are hit within `within_min` minutes and `reach_nm` of one, and so many are less likely than
                  one in ten thousand by what happens around there otherwise. Amended as more are hit; ends when no ship has shown a sign
                  for `clear_s`. The ships' positions are marked as not to be trusted; nobody is moved.
Why it matters    All ships there steer by positions that may be false, and what this desk shows of them may be wrong by miles.
When it is wrong  Sets of one owner that fail alike at one time of day; a network that damages messages in a way that keeps their
                  checksums. Old reports that a station sends again, and stations with a wrong clock, make no sign.
Sources           Joint evidence of several ships cut false alarms by 98.6 % over 966 million messages (arXiv 2603.11055); SeaSpoofFinder
                  (2026) does the same in two stages.
"""

from __future__ import annotations

import math
from typing import Annotated, Final

import numpy as np

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.mmsi import are_standard
from tankerwatch.core.schema import F64, NAN, U32, Bool, Table, col, table
from tankerwatch.core.tables import Picture
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, among, finding

SETTINGS: Final = {
    "ships": Setting(3, "-", "so many ships hit", 3, 50, "two may be chance"),
    "within_min": Setting(10, "-", "within so many minutes", 1, 60, "a jammer is switched on, and ships sail into its reach"),
    "reach_nm": Setting(
        20, "nm", "within so far of one of them", 2, 100, "a jammer of some watts reaches to the horizon of a ship's antenna"
    ),
    "rate": Setting(0.005, "-", "signs of each ship in an hour where nothing else is known", 0.0001, 1, "14 corrupt fixes in ten days"),
    "time_error_s": Setting(30, "s", "where times may be wrong by more than this (logs without times), positions are not judged", 0, 3600),
    "clear_s": Setting(900, "s", "over when no ship showed a sign for this long", 60, 7200),
}
KEPT_S: Final = 7200.0
CHANCE: Final = 1e-4
SHOWN_S: Final = 120.0
"""A sign is still there when it was seen this short a time ago."""


@table
class Hits(Table):
    """A row per ship that showed a sign in the last two hours, in order of identity; those of an area carry its number."""

    # fmt: off
    # a table: its columns are read downwards
    mmsi:    Annotated[U32, col("-", "identity")]
    hit_s:   Annotated[F64, col("s", "when the sign began")]
    seen_s:  Annotated[F64, col("s", "when it was there last")]
    lat_deg: Annotated[F64, col("deg", "latitude of her last trusted fix", missing=NAN)]
    lon_deg: Annotated[F64, col("deg", "longitude", missing=NAN)]
    area_s:  Annotated[F64, col("s", "when the area that she is part of was found", missing=NAN)]
    told:    Annotated[U32, col("-", "ships of that area when it was told last", missing=0)]
    # fmt: on


def step(view: View, memory: Hits, settings: Settings) -> tuple[Findings, Hits]:
    """Judge the picture at a look."""
    if view.time_error_s > settings["time_error_s"]:
        return Findings.empty(), memory
    slots, since_s = _signs(view.picture, view.now_s)
    if not len(slots) and not len(memory):
        return Findings.empty(), memory
    memory = _noted(view, memory, slots, since_s)
    found: list[Findings] = []
    for area_s in np.unique(memory.area_s[~np.isnan(memory.area_s)]).tolist():
        memory = _follow(view, memory, area_s, settings, found)
    memory = _new_area(view, memory, settings, found)
    kept = (view.now_s - memory.seen_s <= KEPT_S) | ~np.isnan(memory.area_s)
    return Findings.concat(found), memory if kept.all() else memory.take(kept)


def _signs(picture: Picture, now_s: float) -> tuple[np.ndarray, F64]:
    """Which ships show a sign now, and since when."""
    lasted = picture.event_s - picture.frozen_s
    stands = (
        (picture.frozen_nm >= 0.06) & (lasted >= 40) & (picture.frozen_s - picture.stay_s <= 600) & (picture.stay_s > picture.first_s + 30)
    )
    strays = (picture.astray >= 2) & (now_s - picture.astray_s >= 5)
    nowhere = np.isfinite(picture.nowhere_s) & (now_s - picture.nowhere_s >= 15)
    weak = np.isfinite(picture.estimated_s) & np.isfinite(picture.inaccurate_s)
    shown = (stands | strays | nowhere | weak) & (now_s - picture.heard_s <= SHOWN_S)
    slots = np.flatnonzero(shown)
    if not len(slots):
        return slots, np.empty(0)
    right = ~among(picture.msg_type[slots], (0, 9, 27)) & are_standard(picture.mmsi[slots]) & (picture.fixes[slots] >= 10)
    slots = slots[right]
    since_s = np.full(len(slots), np.inf)
    for which, when in ((stands, picture.frozen_s), (strays, picture.astray_s), (nowhere, picture.nowhere_s), (weak, picture.inaccurate_s)):
        since_s = np.where(which[slots], np.minimum(since_s, when[slots]), since_s)
    return slots, since_s


def _noted(view: View, memory: Hits, slots: np.ndarray, since_s: F64) -> Hits:
    if not len(slots):
        return memory
    order = np.argsort(view.picture.mmsi[slots], kind="stable")
    slots, since_s = slots[order], since_s[order]
    mmsi = view.picture.mmsi[slots]
    at = np.searchsorted(memory.mmsi, mmsi)
    known = at < len(memory)
    known[known] = memory.mmsi[at[known]] == mmsi[known]
    seen, hit = memory.seen_s.copy(), memory.hit_s.copy()
    # A sign that comes again after a while is a new one.
    again = np.zeros(len(slots), np.bool_)
    again[known] = (view.now_s - seen[at[known]] > 600) & np.isnan(memory.area_s[at[known]])
    hit[at[again]] = since_s[again]
    seen[at[known]] = view.now_s
    fresh = ~known
    new = Hits.blank(int(fresh.sum())).replace(
        mmsi=mmsi[fresh],
        hit_s=since_s[fresh],
        seen_s=np.full(int(fresh.sum()), view.now_s),
        lat_deg=view.picture.lat_deg[slots[fresh]],
        lon_deg=view.picture.lon_deg[slots[fresh]],
    )
    joined = Hits.concat([memory.replace(seen_s=seen, hit_s=hit), new])
    return joined.take(np.argsort(joined.mmsi, kind="stable"))


def _near(memory: Hits, lat: float, lon: float, reach_nm: float) -> Bool:
    return np.asarray(distance_nm(lat, lon, memory.lat_deg, memory.lon_deg) <= reach_nm)


def _new_area(view: View, memory: Hits, settings: Settings, found: list[Findings]) -> Hits:
    now_s, reach = view.now_s, settings["reach_nm"]
    window_s = settings["within_min"] * 60
    free = np.isnan(memory.area_s) & (memory.seen_s >= now_s - SHOWN_S) & (memory.hit_s >= now_s - window_s)
    rows = np.flatnonzero(free)
    if len(rows) < settings["ships"]:
        return memory
    best: np.ndarray = np.empty(0, np.int64)
    for row in rows.tolist():
        together = np.flatnonzero(free & _near(memory, memory.lat_deg[row], memory.lon_deg[row], reach))
        best = together if len(together) > len(best) else best
    if len(best) < settings["ships"]:
        return memory
    lat, lon = _middle(memory, best)
    picture = view.picture
    around = (np.abs(picture.lat_deg - lat) < reach / 60) & (now_s - picture.heard_s < 900)
    near = np.flatnonzero(around)
    ships = int((distance_nm(lat, lon, picture.lat_deg[near], picture.lon_deg[near]) <= reach).sum())
    others = int((np.isnan(memory.area_s) & ~free & _near(memory, lat, lon, reach)).sum())
    expected = ships * settings["rate"] * window_s / 3600 + others * window_s / KEPT_S
    if _chance(len(best), expected) > CHANCE:
        return memory
    area, told = memory.area_s.copy(), memory.told.copy()
    area[best], told[best] = now_s, len(best)
    memory = memory.replace(area_s=area, told=told)
    found.append(_said(view, memory, best, "raise"))
    return memory


def _follow(view: View, memory: Hits, area_s: float, settings: Settings, found: list[Findings]) -> Hits:
    """More ships are hit, or none any more."""
    rows = np.flatnonzero(memory.area_s == area_s)
    if view.now_s - memory.seen_s[rows].max() > settings["clear_s"]:
        found.append(_said(view, memory, rows, "end"))
        return memory.take(memory.area_s != area_s)
    lat, lon = _middle(memory, rows)
    radius = float(distance_nm(lat, lon, memory.lat_deg[rows], memory.lon_deg[rows]).max())
    new = np.isnan(memory.area_s) & (memory.seen_s == view.now_s) & _near(memory, lat, lon, max(settings["reach_nm"], 1.3 * radius))
    if new.any():
        area, told = memory.area_s.copy(), memory.told.copy()
        area[new], told[new] = area_s, memory.told[rows].max()
        memory = memory.replace(area_s=area, told=told)
        rows = np.flatnonzero(memory.area_s == area_s)
    before = int(memory.told[rows].max())
    if len(rows) >= max(before + 1, 1.3 * before):
        told = memory.told.copy()
        told[rows] = len(rows)
        memory = memory.replace(told=told)
        found.append(_said(view, memory, rows, "amend"))
    return memory


def _middle(memory: Hits, rows: np.ndarray) -> tuple[float, float]:
    """The middle of some ships; longitudes are taken from the first one, so that 180 is no edge."""
    first = float(memory.lon_deg[rows[0]])
    lon = first + float(np.mean((memory.lon_deg[rows] - first + 540) % 360 - 180))
    return float(np.mean(memory.lat_deg[rows])), (lon + 540) % 360 - 180


def _chance(count: int, expected: float) -> float:
    """How likely `count` and more are where `expected` are usual (Poisson)."""
    return 1.0 - sum(math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(count)) if expected > 0 else 0.0


def _said(view: View, memory: Hits, rows: np.ndarray, verb: str) -> Findings:
    lat, lon = _middle(memory, rows)
    radius = max(1.0, float(distance_nm(lat, lon, memory.lat_deg[rows], memory.lon_deg[rows]).max()))
    order = rows[np.lexsort((memory.mmsi[rows], memory.hit_s[rows]))]
    start_s = float(memory.hit_s[order[0]])
    minutes = max(1.0, (float(memory.hit_s[order].max()) - start_s) / 60)
    words = (
        "No ship there shows false or lost positions any more."
        if verb == "end"
        else f"{len(rows)} ships within {radius:.0f} NM lost their satellite positions or report false ones, all within {minutes:.0f} min, "
        "{0} first: no position there is to be trusted."
    )
    return finding(
        detector="jamming", episode=str(int(memory.area_s[order[0]])),
        verb=verb, time_s=view.now_s, start_s=start_s, severity="notice" if verb == "end" else "danger",
        score=0.9 if len(rows) > 4 else 0.8, ships=[int(m) for m in memory.mmsi[order]], lat_deg=lat, lon_deg=lon, reason=words,
        evidence=[int(row) for row in view.picture.source_row[np.isin(view.picture.mmsi, memory.mmsi[order[:5]])]],
    )  # fmt: skip  # one a line would hide what belongs together


DETECTOR: Final = Detector(
    id="jamming",
    words="satellite positions jammed",
    reads=("look",),
    settings=SETTINGS,
    memory=Hits,
    step=step,
    key="all",
    absorbs=("false_position", "clone"),
)
