"""False position: a ship's reports place her where she cannot be.

What it does      Five signs, one alert an episode. *Another place*: `track` gives each fix to the belief that could have sailed to it;
                  `fixes` that fit each other and lie at least `apart_nm` from where she is expected, while nothing comes from there any
                  more (if something does, it is a clone). *Astray*: at least `astray_fixes` in a row that fit neither her nor each other.
                  *Frozen*: the position stands still for `frozen_s` while she says that she makes 3 kn and more. *Circling*: her course
                  goes round `turns` times while her heading does not follow, or tighter or faster than a ship of her size turns.
                  *Walking off*: over `walk_min` minutes her fixes run away from the speed and course that she sends, one way, by
                  `walk_kn` more than in the time before. Ends when none of it was so for `clear_s`.
Why it matters    Spoofed or jammed satellite navigation: a position that must not be trusted, and a ship that may not know it herself.
When it is wrong  Old reports sent again and stations with a wrong clock are known by her own track and by copies, unless she is heard by
                  one such station alone. A receiver that returns after minutes without a position. One bad fix, or a few that do not fit
                  each other, are counted and marked, and raise nothing. Known gap: a walk-off that bends speed and course to fit, less
                  than `apart_nm` a step, looks like a ship that sails; so does one straight ahead within ten minutes of her way.
                  Where she is seldom heard (satellites, thinned archives), feeds whose clocks differ by minutes may be mixed: there a place
                  that she could have sailed to meanwhile is believed, and what jumps about is not judged.
Sources           Global Fishing Watch's segmenter and readsb keep several hypotheses an identity; circles as at Point Reyes and Shanghai
                  (SkyTruth 2019). How fast fixes of ships at full rate run away from what they send over 16 min, 99th percentile of
                  windows: 0.13 kn Hakefjord, 0.29 Solent, 0.31 to 0.54 tankers off Singapore, 0.38 a ship that gains and loses
                  speed. That alone does not tell: minutes of turning and of gaining speed are left out, long turns, and what a
                  ship did before; and it must be steady and well above her own noise.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.hour import H_COVERED_S, H_EAST_M, H_NORTH_M, MINUTES, Track
from tankerwatch.core.schema import I64, Bool
from tankerwatch.detect.doubts import FALSE_POSITION, SPARSE_S, TRACK, Answer, candidates, judge
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, Spells, View, among, finding, key_of, spells

SETTINGS: Final = {
    "fixes": Setting(
        4, "-", "consecutive displaced fixes that fit each other", 2, 20, "three consistent ones found 99 % of injected tracks"
    ),
    "apart_nm": Setting(1.0, "nm", "they lie this far from where she is expected", 0.5, 50),
    "astray_fixes": Setting(10, "-", "fixes in a row that fit neither her nor each other", 4, 100, "corrupt fixes come one in thousands"),
    "frozen_s": Setting(60, "s", "for how long the position stands still under way", 20, 3600, "a fix comes every ten seconds"),
    "turns": Setting(1.5, "-", "how often her course goes round", 1, 10, "a ship that swings does not go round in one minute"),
    "walk_kn": Setting(0.35, "kn", "fixes run away from speed and course this fast", 0.2, 5, "99 % of windows below 0.13 to 0.54 kn"),
    "walk_min": Setting(14, "-", "over so many minutes", 8, 25, "what is left of 20 min when some are turns"),
    "time_error_s": Setting(30, "s", "where times may be wrong by more than this (logs without times), positions are not judged", 0, 3600),
    "clear_s": Setting(900, "s", "over when none came for this long", 60, 7200, "life of a displaced belief"),
}
ASTRAY, FROZEN, CIRCLE, WALK, SWING = range(1, 6)  # SWING: how far her heading came meanwhile, no sign of its own
ASTRAY_S: Final = 60.0
ROUNDING_S: Final = 60.0
NIMBLE: Final = (identities.HIGH_SPEED, identities.SERVICE, identities.AUTHORITY, identities.PLEASURE, identities.FISHING)


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge the new legs, and at a look all ships under way. The key of a spell is the ship and the sign; the level 1 when it was told."""
    if view.time_error_s > settings["time_error_s"]:
        return Findings.empty(), memory
    rows = candidates(view.legs, settings["fixes"], settings["apart_nm"])
    if not len(rows) and not view.look:
        return Findings.empty(), memory
    of_track = (memory.key & np.uint64(0xFFFFFFFF)) == TRACK
    tracks, signs = memory.take(of_track), memory.take(~of_track)
    found: list[Findings] = []
    answers: list[Answer] = []
    tracks = judge(view, tracks, rows, settings["clear_s"], answers)
    for said in answers:
        if said.answer != FALSE_POSITION:
            continue
        if said.leg is None:
            found.append(_ended(said.mmsi, said.since_s, said.time_s))
        elif not _told(signs, said.mmsi):
            words = f"{{0}} reports positions {said.apart_nm:.1f} NM from where she can be: hers is not to be trusted."
            lat, lon = float(view.legs.lat_deg[said.leg]), float(view.legs.lon_deg[said.leg])
            row = int(view.legs.source_row[said.leg])
            found.append(_raised(said.mmsi, said.since_s, said.time_s, 0.85, words, lat, lon, row))
    if view.look:
        signs = _look(view, tracks, signs, settings, found)
    both = Spells.concat([tracks, signs])
    return Findings.concat(found), both.take(np.argsort(both.key, kind="stable"))


def _told(memory: Spells, mmsi: int) -> bool:
    return bool(((memory.key >> np.uint64(32)) == mmsi)[memory.level > 0].any())


def _look(view: View, tracks: Spells, signs: Spells, settings: Settings, found: list[Findings]) -> Spells:
    """The signs that show in the picture."""
    rounding = _fresh(view, _rounding(view))
    signs = _swung(view, signs, rounding)
    parts = [
        _spell(view, tracks, signs, ASTRAY, _astray(view, settings), 0.0, settings, found),
        _spell(view, tracks, signs, FROZEN, _frozen(view, settings), 0.0, settings, found),
        _spell(view, tracks, signs, CIRCLE, rounding, ROUNDING_S, settings, found),
        signs.take((signs.key & np.uint64(0xFFFFFFFF)) == SWING),
    ]
    if view.minute and view.now_s % 120 == 0:
        parts.append(_spell(view, tracks, signs, WALK, _walking(view, settings), 0.0, settings, found))
    else:
        parts.append(signs.take((signs.key & np.uint64(0xFFFFFFFF)) == WALK))
    return Spells.concat(parts)


def _spell(
    view: View, tracks: Spells, signs: Spells, sign: int, slots: I64, clear_s: float, settings: Settings, found: list[Findings]
) -> Spells:
    """Note for which ships a sign is there; tell it once, unless another sign of the same ship has been told."""
    mine = signs.take((signs.key & np.uint64(0xFFFFFFFF)) == sign)
    if not len(slots) and not len(mine):
        return mine
    picture, now_s = view.picture, view.now_s
    memory = spells(mine, key_of(picture.mmsi[slots], sign), now_s, hold_s=0, clear_s=clear_s or settings["clear_s"])
    kept = memory.memory
    for slot, at in zip(slots.tolist(), memory.at.tolist(), strict=True):
        mmsi = int(picture.mmsi[slot])
        if sign == CIRCLE and kept.level[at] == 0:
            kept.value[at] = (0.0 if kept.value[at] != kept.value[at] else kept.value[at]) + picture.turn_deg_min[slot] / 6
        swung = signs.value[signs.find(key_of(picture.mmsi[slot : slot + 1], SWING))[0]] if sign == CIRCLE else 0.0
        if kept.level[at] or (said := _words(view, sign, slot, float(kept.value[at]), float(swung), settings)) is None:
            continue
        told = _told(tracks, mmsi) or _told(signs, mmsi)
        kept.level[at] = 2 if told else 1
        if not told:
            since_s, score, words = said
            kept.since_s[at] = since_s
            place = float(picture.lat_deg[slot]), float(picture.lon_deg[slot])
            found.append(_raised(mmsi, since_s, now_s, score, words, *place, int(picture.source_row[slot])))
    for key, since_s, level in zip(memory.ended.key.tolist(), memory.ended.since_s.tolist(), memory.ended.level.tolist(), strict=True):
        if level == 1:
            found.append(_ended(key >> 32, since_s, now_s))
    return kept


def _words(view: View, sign: int, slot: int, value: float, swung_deg: float, settings: Settings) -> tuple[float, float, str] | None:
    """Since when, the confidence and the reason, where a sign suffices."""
    picture = view.picture
    if sign == ASTRAY:
        count, since_s = int(picture.astray[slot]), float(picture.astray_s[slot])
        return since_s, 0.7, f"{{0}} reports positions that jump about, {count} in a row where she cannot be: not to be trusted."
    if sign == FROZEN:
        since_s = float(picture.frozen_s[slot])
        minutes = (view.now_s - since_s) / 60
        return (
            since_s,
            0.85,
            f"{{0}} says {picture.sog_kn[slot]:.0f} kn but her position has stood still for {minutes:.0f} min: it is frozen.",
        )
    if sign == CIRCLE:
        return _circling(view, slot, value, swung_deg, settings)
    since_s = view.now_s - 60 * settings["walk_min"]
    speed = _walk(view.hour.track(slot, view.now_s), view.now_s, settings)
    words = f"The positions of {{0}} walk away from the speed and course she sends at {speed:.1f} kn: her satellite position is false."
    return since_s, 0.7, words


def _fresh(view: View, which: Bool) -> I64:
    """The ships of a mask that were heard lately, and whose positions are judged."""
    picture, slots = view.picture, np.flatnonzero(which)
    fresh = (view.now_s - picture.event_s[slots] <= 90) & ~among(picture.msg_type[slots], (0, 9, 27))
    return slots[fresh & identities.are_standard(picture.mmsi[slots])]


def _astray(view: View, settings: Settings) -> I64:
    picture, now_s = view.picture, view.now_s
    slots = np.flatnonzero(picture.astray >= settings["astray_fixes"])
    lasting = (now_s - picture.astray_s[slots] >= ASTRAY_S) & (now_s - picture.heard_s[slots] <= 60)
    lasting &= ~(picture.interval_s[slots] >= SPARSE_S)
    return slots[lasting & identities.are_standard(picture.mmsi[slots])]


def _frozen(view: View, settings: Settings) -> I64:
    """Not a ship that has lain there: she came a cable's length and more within the ten minutes before."""
    picture = view.picture
    lasted = picture.event_s - picture.frozen_s
    return _fresh(
        view,
        (picture.frozen_nm >= 3.0 * settings["frozen_s"] / 3600)
        & (lasted >= settings["frozen_s"])
        & (lasted >= 3.5 * np.fmin(picture.interval_s, 30))
        & (picture.frozen_s - picture.stay_s <= 600)
        & (picture.stay_s > picture.first_s + 30),
    )


def _rounding(view: View) -> Bool:
    picture = view.picture
    return np.asarray((np.abs(picture.turn_deg_min) >= 15) & (picture.sog_kn >= 4) & (picture.interval_s <= 15))


def _swung(view: View, signs: Spells, slots: I64) -> Spells:
    """Add up how far the heading of each ship that goes round came from look to look; minutes are too far apart for a small circle."""
    is_swing = (signs.key & np.uint64(0xFFFFFFFF)) == SWING
    mine = signs.take(is_swing)
    if not len(slots) and not len(mine):
        return signs
    picture, before = view.picture, view.before
    swings = spells(mine, key_of(picture.mmsi[slots], SWING), view.now_s, hold_s=0, clear_s=ROUNDING_S)
    known = slots < len(before)
    came = np.zeros(len(slots))
    came[known] = (picture.heading_deg[slots[known]] - before.heading_deg[slots[known]] + 540) % 360 - 180
    swings.memory.value[swings.at] = np.nan_to_num(swings.memory.value[swings.at]) + np.nan_to_num(came)
    both = Spells.concat([signs.take(~is_swing), swings.memory])
    return both.take(np.argsort(both.key, kind="stable"))


def _circling(view: View, slot: int, turned_deg: float, swung_deg: float, settings: Settings) -> tuple[float, float, str] | None:
    picture = view.picture
    rounds = abs(turned_deg) / 360
    if rounds < settings["turns"]:
        return None
    speed, rate = float(picture.sog_kn[slot]), abs(float(picture.turn_deg_min[slot]))
    radius_m = speed * 1852 / (np.radians(rate) * 60)
    since_s = view.now_s - rounds * 360 / rate * 60
    track = view.hour.track(slot, view.now_s, max(view.now_s - since_s, 240.0))
    headed = track.heading_deg[~np.isnan(track.heading_deg)]
    nimble = bool(among(picture.kind[slot : slot + 1], NIMBLE)[0])
    words = f"{{0}} goes round in circles of {2 * radius_m:.0f} m at {speed:.0f} kn"
    stays = len(headed) >= 3 and np.abs((headed - headed[0] + 180) % 360 - 180).max() < 40 and abs(swung_deg) < 60
    if stays and rounds >= settings["turns"] * (2 if nimble else 1) and not _is_stuck(view, slot, since_s):
        return since_s, 0.9, f"{words} while her heading stays {headed[-1]:.0f} degrees: her position is false."
    length_m = int(picture.length_m[slot])
    if nimble:
        return None
    too_tight = length_m >= 60 and speed >= 6 and radius_m < length_m
    too_fast = speed >= 18 and (length_m >= 60 or (length_m == 0 and picture.msg_type[slot] <= 3)) and rounds >= settings["turns"] + 1
    return (since_s, 0.7, f"{words}, which a ship like her cannot: her position is false.") if too_tight or too_fast else None


def _is_stuck(view: View, slot: int, since_s: float) -> bool:
    """Whether her heading did not follow her course before she went round either: then it is the heading that is wrong."""
    track = view.hour.track(slot, since_s - 60.0)
    off = np.abs((track.heading_deg - track.cog_deg + 180) % 360 - 180)[track.sog_kn >= 4]
    off = off[~np.isnan(off)]
    return len(off) > 0 and bool(np.median(off) > 45)


def _walking(view: View, settings: Settings) -> I64:
    """First all ships by sums of the minutes, then the few one by one."""
    picture, hour = view.picture, view.hour
    slots = _fresh(view, (picture.usual_minutes >= 25) & (picture.sog_kn >= 2) & (picture.interval_s <= 25))
    if not len(slots):
        return np.empty(0, np.int64)
    newest = int(view.now_s // 60) - 1
    asked = np.arange(newest - int(settings["walk_min"]) + 1, newest + 1)
    at = asked % MINUTES
    there = hour.minutes[at, slots[:, None]] == asked
    east, north, covered = (
        np.where(there, hour.values[at, slots[:, None], c], 0.0).sum(axis=1) for c in (H_EAST_M, H_NORTH_M, H_COVERED_S)
    )
    far = (covered >= 360) & (np.hypot(east, north) * 3600 / 1852 >= settings["walk_kn"] * 0.8 * covered)
    few = slots[far]
    return np.asarray(few[np.array([_walk(hour.track(int(slot), view.now_s), view.now_s, settings) > 0 for slot in few], np.bool_)])


def _walk(track: Track, now_s: float, settings: Settings) -> float:
    """How fast her fixes run away, kn; 0 where they do not, or always did, or only while she turns or gains speed."""
    seconds = settings["walk_min"] * 60
    ends = np.append(track.minute_s[1:], np.inf)
    beside = np.append(np.abs((np.diff(track.cog_deg) + 180) % 360 - 180), 0.0)
    gained = np.append(np.abs(np.diff(track.sog_kn)), 0.0)
    straight = (track.covered_s >= 20) & (beside < 6) & (gained < 0.7) & (ends - track.minute_s < 90)
    straight[1:] &= (beside[:-1] < 6) & (gained[:-1] < 0.7)
    recent = straight & (track.minute_s >= now_s - 60 - seconds) & (track.minute_s < now_s - 60)
    before = straight & (track.minute_s < now_s - 60 - seconds - 120)
    if recent.sum() < 0.6 * settings["walk_min"] or before.sum() < 8:
        return 0.0
    # In a long turn the course that is sent lags, and her fixes run inward all the time.
    courses = track.cog_deg[(track.minute_s >= now_s - 60 - seconds) & ~np.isnan(track.cog_deg)]
    if np.ptp((courses - courses[0] + 180) % 360 - 180) > 25 or np.ptp(track.sog_kn[recent]) > 3:
        return 0.0
    to_kn = 3600 / 1852 / np.maximum(track.covered_s, 1)
    east, north = track.east_m * to_kn, track.north_m * to_kn
    usual_east, usual_north = float(np.median(east[before])), float(np.median(north[before]))
    east, north = east - usual_east, north - usual_north
    mean_east, mean_north = float(np.median(east[recent])), float(np.median(north[recent]))
    speed = float(np.hypot(mean_east, mean_north))
    if speed < settings["walk_kn"]:
        return 0.0
    along = (east * mean_east + north * mean_north) / speed
    steady = float((along[recent] > 0.3 * speed).mean()) >= 0.85
    noise = float(np.std(along[before])) / np.sqrt(recent.sum())
    return speed if steady and speed >= 4 * noise and float((along[before] > 0.5 * speed).mean()) < 0.15 else 0.0


def _raised(mmsi: int, since_s: float, time_s: float, score: float, words: str, lat: float, lon: float, row: int) -> Findings:
    evidence = (row,) if row else ()
    return finding(
        detector="false_position", episode=f"{mmsi}-{int(since_s)}", verb="raise", time_s=time_s, start_s=since_s, severity="caution",
        score=score, ships=(mmsi,), lat_deg=lat, lon_deg=lon, reason=words, evidence=evidence,
    )  # fmt: skip  # one a line would hide what belongs together


def _ended(mmsi: int, since_s: float, time_s: float) -> Findings:
    return finding(
        detector="false_position", episode=f"{mmsi}-{int(since_s)}", verb="end", time_s=time_s, start_s=since_s, severity="notice",
        score=0.5, ships=(mmsi,), reason="{0} no longer reports positions that cannot be.",
    )  # fmt: skip  # one a line would hide what belongs together


DETECTOR: Final = Detector(
    id="false_position", words="false position", reads=("legs", "look"), settings=SETTINGS, memory=Spells, step=step, version=2
)
