"""Drifting: a ship that made way lies without engine, carried by wind and current.

What it does      Raised when a ship that fell in one go from an even speed, or that says that she is not under command, moves at
                  `least_kn` to `most_kn` across her heading for `minutes`, steadily in one direction and past what a ship does at her
                  anchor. Where her heading is not known, her course must have left the one that she steered, or she fell by `broke`. Ends
                  when she has made way again for `clear_s`, or has anchored.
Why it matters    She cannot keep clear of others or of the shore, and time runs.
When it is wrong  A ship that stopped in haste and waits for orders without engine drifts by will; one that slowed over half an hour and
                  then drifts is not raised. Fishing, work boats, tugs, authorities and pleasure craft are raised only when they say
                  that they are not under command; dynamic positioning moves too little.
Sources           DMA AisAbnormal: 1 to 5 kn, course 45 degrees across the heading, 10 min and 500 m, ships of 50 m and more. Recorded
                  drifts (the same): 0.4 to 3 kn, 30 to 160 degrees across; status 2 is sent each three minutes. Their other recording is
                  of a ship that slows over 15 min and lies for orders: not raised.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.geo import bearing_deg, distance_nm, turn_deg
from tankerwatch.core.hour import H_SOG
from tankerwatch.core.schema import I64
from tankerwatch.detect.kit import (
    Detector,
    Findings,
    Setting,
    Settings,
    Spells,
    View,
    among,
    key_of,
    others_stopped_within,
    raised,
    ship_finding,
    ships_of,
    slot_of,
    spells,
)
from tankerwatch.detect.stopping import fall_of

SETTINGS: Final = {
    "least_kn": Setting(0.3, "kn", "slower she lies still", 0.1, 2),
    "most_kn": Setting(4.5, "kn", "faster no ship drifts", 1, 8, "DMA AisAbnormal: 5"),
    "way_kn": Setting(6.0, "kn", "her even speed before", 3, 15),
    "unknown_kn": Setting(11.0, "kn", "the same for a ship that has not said what she is", 3, 20, "fishing boats steam at 8 to 11 kn"),
    "steady": Setting(0.5, "-", "share of the half hour before at that speed", 0, 1),
    "turned_deg": Setting(60, "deg", "who turns more while she still makes half her speed manoeuvres", 20, 180),
    "share_a_minute": Setting(0.03, "1/min", "share of that speed that she lost a minute", 0.01, 0.5, "planned: half an hour and more"),
    "across_deg": Setting(45, "deg", "her course differs from her heading by more", 20, 80, "DMA AisAbnormal"),
    "astern_deg": Setting(165, "deg", "but by less: a ship that anchors falls astern", 120, 180),
    "minutes": Setting(6, "min", "for so long", 3, 60),
    "run_nm": Setting(0.06, "nm", "and so far, at least", 0.02, 2),
    "slow_run_nm": Setting(0.2, "nm", "so far when her way before was that of harbours", 0.02, 2, "tugs push a ship 200 m to her berth"),
    "sea_kn": Setting(8.0, "kn", "which is below this", 3, 15),
    "passage": Setting(0.7, "-", "or kept for less than this share of the half hour: a shift in port", 0, 1, "tankers at Singapore"),
    "port_run_nm": Setting(0.35, "nm", "so far where others lie at rest: she drifts through them", 0.1, 2),
    "rest_nm": Setting(1.0, "nm", "others at rest within this", 0, 10),
    "length_m": Setting(50, "m", "shorter ships are not judged; those of unknown length are", 0, 300, "DMA AisAbnormal"),
    "broke": Setting(0.25, "-", "without heading: she lost this share of her speed from one minute to the next", 0.1, 1, "an abrupt stop"),
    "clear_s": Setting(600, "s", "over when she has made way again for this long", 60, 7200),
}
AT_WILL: Final = (4, 5, 6, 7, 8, 9)  # fishing, service, fast craft, pleasure, authority, other (offshore)
NO_SHIPS: Final = (10, 11, 12, 13, 14)
NOT_UNDER_COMMAND: Final = 2


def _candidates(view: View, memory: Spells, settings: Settings) -> I64:
    picture = view.picture
    says = picture.nav_status == NOT_UNDER_COMMAND
    with np.errstate(invalid="ignore"):
        slow = (picture.sog_kn >= settings["least_kn"]) & (picture.sog_kn <= settings["most_kn"])
        slow &= (picture.best_sog_kn >= settings["way_kn"]) | says
        across = turn_deg(picture.cog_deg, picture.heading_deg)
        slow &= ~(across < settings["across_deg"]) & ~(across > settings["astern_deg"])  # NaN where it is not known
    slow &= ~among(picture.nav_status, (1, 5, 6, 7)) & among(picture.msg_type, (1, 2, 3)) & ~among(picture.kind, NO_SHIPS)
    slow &= (says | ~among(picture.kind, AT_WILL)) & (view.now_s - picture.event_s < 200) & picture.trusted
    slow &= (picture.length_m == 0) | (picture.length_m >= settings["length_m"])
    slots = np.flatnonzero(slow)
    slots = slots[~raised(memory, key_of(picture.mmsi[slots]))]
    if not len(slots):
        return slots
    fastest = np.max([np.nan_to_num(view.hour.value(slots, back, view.now_s, H_SOG)) for back in range(1, 60)], axis=0)
    return np.asarray(slots[says[slots] | (fastest >= settings["way_kn"])])


def _drift(view: View, slot: int, settings: Settings) -> tuple[float, float, float, float, float, int] | None:
    """Since when, run in nm, direction, speed, speed before (NaN unknown) and evidence, when this ship drifts now."""
    picture, now_s = view.picture, view.now_s
    track = view.hour.track(slot, now_s)
    says = picture.nav_status[slot] == NOT_UNDER_COMMAND
    fast = np.flatnonzero(~(track.sog_kn <= settings["most_kn"]))
    begin = int(fast[-1]) + 1 if len(fast) else 0
    # Not under command, class A reports as at anchor, each three minutes: so many reports, then, as there would have been minutes.
    between = float(np.clip(np.nan_to_num(picture.interval_s[slot], nan=60.0) / 60.0, 1.0, 4.0)) if says else 1.0
    count, minutes = settings["minutes"] / between, max(settings["minutes"], 4 * between)
    recent = track.minute_s >= now_s - 60 * (minutes + 2)
    slow = np.flatnonzero(recent)[np.flatnonzero(recent) >= begin]
    if len(slow) < max(0.6 * count, 3) or track.minute_s[slow[-1]] - track.minute_s[slow[0]] < 60 * (settings["minutes"] - 1):
        return None
    lat, lon = track.lat_deg[slow].astype(np.float64), track.lon_deg[slow].astype(np.float64)
    run_nm, way_nm = float(distance_nm(lat[0], lon[0], lat[-1], lon[-1])), float(distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
    hours = float(track.minute_s[slow[-1]] - track.minute_s[slow[0]]) / 3600
    sent_nm = float(np.nanmean(track.sog_kn[slow])) * hours
    if not (run_nm >= settings["run_nm"] and run_nm >= 0.5 * way_nm and run_nm >= 0.4 * sent_nm):
        return None
    direction = float(bearing_deg(lat[0], lon[0], lat[-1], lon[-1]))
    off = turn_deg(track.cog_deg[slow].astype(np.float64), track.heading_deg[slow].astype(np.float64))
    moving = (track.sog_kn[slow] >= settings["least_kn"]) & ~np.isnan(off)
    heading_known = moving.sum() >= 0.5 * len(slow)
    across = (off[moving] > settings["across_deg"]) & (off[moving] < settings["astern_deg"])
    if heading_known and (across.sum() < 0.5 * count or across[-int(settings["minutes"]) :].mean() < 0.55):
        return None
    fall = fall_of(track, float(np.min(track.sog_kn[slow])), now_s, settings["way_kn"])
    unknown = picture.kind[slot] == 0 and picture.length_m[slot] == 0 and not picture.guarded[slot]
    if (
        fall is None
        or fall.paused
        or fall.steady < settings["steady"]
        or fall.turned_deg > settings["turned_deg"]
        or (unknown and (fall.stopped or fall.was_kn < settings["unknown_kn"]))
    ):
        planned = True
    else:
        below = np.flatnonzero((track.minute_s > fall.began_s) & (track.sog_kn < max(0.4 * fall.was_kn, 3.0)))
        planned = not len(below) or fall.rate(float(track.sog_kn[below[0]]), float(track.minute_s[below[0]])) < settings["share_a_minute"]
    if not heading_known and not says:
        # Carried on along her old course, she only shows that she lost her way as nobody does by will.
        broke = fall is not None and fall.step_kn >= settings["broke"] * fall.was_kn and run_nm >= settings["slow_run_nm"]
        if fall is None or not (broke or turn_deg(direction, fall.course_deg) > settings["across_deg"]):
            return None
    if not says and (fall is None or planned):
        return None
    in_port = fall is not None and not says and (fall.was_kn < settings["sea_kn"] or fall.steady < settings["passage"])
    if in_port and run_nm < settings["slow_run_nm"]:
        return None
    reach_nm = settings["rest_nm"] * (3 if unknown and not says else 1)
    if run_nm < settings["port_run_nm"] and others_stopped_within(picture, slot, reach_nm, now_s):
        return None
    first = int(slow[0])
    was = fall.was_kn if fall is not None and not planned else float("nan")
    return float(track.minute_s[first]), run_nm, direction, run_nm / hours, was, int(track.source_row[first])


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge every ship at a whole minute. `Spells.value` is the speed of her drift when she was raised."""
    picture, now_s = view.picture, view.now_s
    candidates = _candidates(view, memory, settings)
    if not len(memory) and not len(candidates):
        return Findings.empty(), memory
    found = []

    def say(verb: str, slot: int, since_s: float, score: float, words: str, evidence: tuple[int, ...] = ()) -> None:
        severity = "danger" if picture.guarded[slot] or picture.nav_status[slot] == NOT_UNDER_COMMAND else "caution"
        found.append(
            ship_finding(view, "drifting", verb, [slot], since_s=since_s, severity=severity, score=score, reason=words, evidence=evidence)
        )

    drifts = {slot: drift for slot in candidates.tolist() if (drift := _drift(view, slot, settings)) is not None}
    known = np.flatnonzero(np.isin(picture.mmsi, np.array(ships_of(memory.key)[0], np.uint32)))
    anchored = among(picture.nav_status, (1, 5))
    going = known[~(picture.sog_kn[known] > settings["most_kn"] + 0.5) & ~anchored[known]]
    slots = np.union1d(going, np.array(list(drifts), np.int64))
    spelled = spells(memory, key_of(picture.mmsi[slots]), now_s, hold_s=0, clear_s=settings["clear_s"])
    kept = spelled.memory
    for slot, row in zip(slots.tolist(), spelled.at.tolist(), strict=True):
        if slot not in drifts or kept.level[row]:
            continue
        since_s, run_nm, direction, speed_kn, was_kn, source_row = drifts[slot]
        kept.level[row], kept.since_s[row], kept.value[row] = 1, since_s, speed_kn
        minutes = max(1, round((now_s - since_s) / 60))
        before = f"made {was_kn:.1f} kn before and" if was_kn == was_kn else "says that she is not under command and"
        words = (
            f"{{0}} {before} now drifts {direction:03.0f}° at {speed_kn:.1f} kn across her heading: {run_nm:.2f} NM in {minutes} minutes."
        )
        say("raise", slot, since_s, 0.9 if picture.nav_status[slot] == NOT_UNDER_COMMAND else 0.7, words, (source_row,))
    for mmsi, since_s in zip(ships_of(spelled.ended.key)[0], spelled.ended.since_s.tolist(), strict=True):
        slot = slot_of(picture, mmsi)
        said = "has anchored or moored" if anchored[slot] else f"makes way again: {picture.sog_kn[slot]:.1f} kn"
        say("end", slot, since_s, 0.7, f"{{0}} {said}.")
    return Findings.concat(found), kept


DETECTOR: Final = Detector(id="drifting", words="drifting", reads=("minute",), settings=SETTINGS, memory=Spells, step=step)
