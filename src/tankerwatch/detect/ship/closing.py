"""Closing: a craft, by AIS or radar, makes for a guarded ship.

What it does      Follows every craft below 60 m near a guarded ship (by default every tanker, moored ones left out). Raised when it keeps
                  its aim at her, through her manoeuvres and its own: it would pass within `miss_nm` of her length, is there within `lead_s`
                  and has aimed for `hold_s`; from `urgent_s` or `urgent_nm` on, `urgent_hold_s` is enough. A craft that says nothing of
                  itself needs `speed_kn`, or `slow_kn` when it turned to her; a pleasure or fishing boat `boat_kn` and a better aim, and
                  one that trades, or went alongside ships before, `trade_kn`. A craft without a name that came up to go along with her
                  for `beside_s` is told as a notice. Amended when it is near, and alongside (`alongside_nm`). Ends when it has drawn
                  away, or has not been seen for `clear_s`. Withdrawn when it says later that it is a pilot, a tug, an authority, a ship.
Why it matters    Fast craft that come up to a tanker are the beginning of most attacks; from two miles there are three minutes.
When it is wrong  A pilot's boat or launch that sends no type, the first time it comes. Who sends a false type as a pilot, tug or authority
                  is believed. When she is a casualty, only craft that say nothing of themselves are judged, for others come to help.
                  It tells who comes, never how to get there.
Sources           UKMTO weekly reports: craft first seen at 2 nm, making about 24 kn; no official radius was found. M.1371-5, ship types.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.detect.approach import (
    EXPECTED,
    FISHING,
    PLEASURE,
    UNTOLD,
    VISITOR,
    Approaches,
    Near,
    at_berth,
    came_round,
    near,
    picked,
    sorts,
)
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, ship_finding, ships_of, slot_of

SETTINGS: Final = {
    "speed_kn": Setting(12, "kn", "a craft that says nothing of itself makes at least this", 5, 60, "reported approaches 20 to 45 kn"),
    "slow_kn": Setting(8, "kn", "or this, when it turned to her or got under way to her", 5, 60, "dhows make 8 to 15 kn"),
    "boat_kn": Setting(18, "kn", "a pleasure or fishing boat makes at least this", 5, 60, "trawlers steam at 8 to 12 kn"),
    "trade_kn": Setting(32, "kn", "a crew boat, small ferry or known visitor makes at least this", 10, 80, "crew boats make 18 to 30 kn"),
    "miss_nm": Setting(0.01, "nm", "it would pass within this of her length, or of 0.09 nm", 0, 1),
    "lead_s": Setting(360, "s", "it would be there within this", 60, 1800),
    "hold_s": Setting(100, "s", "it has aimed for this long", 0, 240, "a craft that turns crosses the bearing for some seconds"),
    "urgent_s": Setting(235, "s", "it would be there so soon that there is no time to wait", 30, 900),
    "urgent_nm": Setting(1.25, "nm", "or is as near as this", 0.2, 5),
    "urgent_hold_s": Setting(30, "s", "then it has aimed for this long", 0, 600),
    "beside_s": Setting(180, "s", "it has gone along with her for this long, within 1.2 nm", 60, 3600),
    "fast_kn": Setting(25, "kn", "from this speed on it is danger, below caution", 10, 80),
    "alongside_nm": Setting(0.15, "nm", "nearer than this it is alongside", 0.05, 1),
    "clear_s": Setting(600, "s", "over when it has not been seen for this long", 60, 3600),
}
RAISED, NEARBY, ALONGSIDE = 1, 2, 3
NEAR_NM: Final = 0.5
GONE_S: Final = 120.0
GONE_NM: Final = 1.0
# By what a craft gives itself out for: how many times longer it must have aimed, and what of the room at a distance it is given.
PATIENCE: Final = np.array([1.0, 2.0, 3.0, 3.0, 3.0, 1.0])
ROOM: Final = np.array([0.015, 0.01, 0.0, 0.0, 0.0, 0.0])
CROWD: Final = 4
BOATS_NM: Final = 0.8
FAST_NM: Final = 0.06


def step(view: View, memory: Approaches, settings: Settings) -> tuple[Findings, Approaches]:
    """Judge every craft near a guarded ship at a look. Levels: RAISED, NEARBY (told as danger), ALONGSIDE."""
    seen = near(view, memory)
    if seen is None:
        return Findings.empty(), memory
    found: list[Findings] = []
    if len(seen.at):
        _raise(view, seen, settings, found)
        _amend(view, seen, settings, found)
    kept = _end(view, seen.memory, settings, found)
    return Findings.concat(found), kept


def due(view: View, seen: Near, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """(n,) which craft make for her, and which of them are so slow that they must have come round to her."""
    kept = seen.kept
    urgent = (seen.there_s <= settings["urgent_s"]) | (seen.distance_nm <= settings["urgent_nm"])
    hold = np.where(urgent, settings["urgent_hold_s"], settings["hold_s"]) * PATIENCE[seen.sort]
    hold = np.where(urgent & (seen.there_s > settings["urgent_s"]), 2 * hold, hold)
    hold = np.where(seen.there_s < 150, hold * np.maximum(seen.there_s, 50) / 150, hold)
    interval = np.nan_to_num(view.picture.interval_s[seen.craft], nan=30.0)
    fixes = np.where(urgent & (interval > 10), 2, 3)
    # Who says nothing of itself, is fast and has held on for long needs not aim at the hull itself: it turns in at the last.
    wide = urgent & (seen.sort == UNTOLD) & (seen.speed_kn >= settings["fast_kn"]) & (kept.aim_s >= settings["hold_s"])
    # Far off, only those are told already that are fast and aim well.
    better = np.where(urgent, 1.0, 0.5) * (seen.reach_nm + ROOM[seen.sort] * seen.distance_nm)
    better = better + np.where(wide, FAST_NM, 0.0)
    aims = seen.aims & (seen.miss_nm <= np.where(seen.sort >= PLEASURE, -2 * settings["miss_nm"], settings["miss_nm"]) + better)
    aims &= (kept.aim_s >= hold) & (kept.hits >= fixes) & (kept.level == 0) & (kept.farthest_nm >= 0.5)
    aims &= urgent | ((seen.there_s <= settings["lead_s"]) & (seen.speed_kn >= 20) & (seen.sort == UNTOLD))
    aims &= (seen.sort != FISHING) | (seen.distance_nm <= BOATS_NM)
    aims &= (seen.sort != PLEASURE) | (_boats(seen) < CROWD)
    aims &= ~seen.casualty | (seen.sort == UNTOLD)
    least = np.array([settings["speed_kn"], 1.4 * settings["speed_kn"], *[settings["boat_kn"]] * 2, settings["trade_kn"], np.inf])
    slow = (seen.sort == UNTOLD) & (seen.speed_kn < settings["speed_kn"]) & (seen.speed_kn >= settings["slow_kn"])
    slow &= (kept.aim_s >= 90) & (seen.miss_nm <= seen.reach_nm)
    return aims & ((seen.speed_kn >= least[seen.sort]) | slow), slow


def _boats(seen: Near) -> np.ndarray:
    """(n,) how many pleasure boats are out around each one's ship: in a crowd of them one that comes near means nothing."""
    there = (seen.sort == PLEASURE) & (seen.distance_nm <= 4.0)
    return np.asarray((there[None, :] & (seen.ship[:, None] == seen.ship[None, :])).sum(axis=1))


def _raise(view: View, seen: Near, settings: Settings, found: list[Findings]) -> None:
    memory, picture = seen.memory, view.picture
    makes, slow = due(view, seen, settings)
    kept = seen.kept
    level = kept.level
    beside = (kept.beside_s >= settings["beside_s"]) & (kept.farthest_nm >= 1.6) & (level == 0) & (seen.speed_kn >= 10) & ~seen.casualty
    beside &= ((seen.sort == UNTOLD) | (seen.sort == PLEASURE)) & (seen.distance_nm <= 1.2)
    # A craft makes for one ship: the one it is at first.
    taken = set(seen.craft[(level > 0) & seen.aims].tolist())
    for row in picked(seen, makes | beside):
        ship, craft = int(seen.ship[row]), int(seen.craft[row])
        if craft in taken or at_berth(picture, ship, view.now_s) or (slow[row] and not came_round(view, craft)):
            continue
        taken.add(craft)
        apart, speed = seen.distance_nm[row], seen.speed_kn[row]
        if not makes[row]:
            severity, score, memory.level[seen.at[row]] = "notice", 0.4, RAISED
            minutes = round(float(kept.beside_s[row]) / 60)
            words = f"{{1}} came up to {{0}} and has kept {apart:.1f} NM off at her speed for {minutes} min."
        else:
            danger = speed >= settings["fast_kn"] or seen.there_s[row] < 120
            severity = "danger" if danger else "notice" if slow[row] else "caution"
            score = 0.5 + 0.2 * (seen.sort[row] == UNTOLD) + 0.1 * danger + 0.1 * (kept.aim_s[row] >= 2 * settings["hold_s"])
            memory.level[seen.at[row]] = NEARBY if danger else RAISED
            minutes = max(1, round(float(seen.there_s[row]) / 60))
            words = f"{{1}} makes for {{0}} at {speed:.0f} kn: {apart:.1f} NM off, there in about {minutes} min."
        _say(view, found, "raise", [ship, craft], float(memory.since_s[seen.at[row]]), severity, score, words)


def _amend(view: View, seen: Near, settings: Settings, found: list[Findings]) -> None:
    memory = seen.memory
    level = memory.level[seen.at]
    alongside = (level > 0) & (level < ALONGSIDE) & (seen.distance_nm <= settings["alongside_nm"])
    closer = (level == RAISED) & (seen.distance_nm <= NEAR_NM) & seen.aims & (seen.speed_kn >= settings["slow_kn"])
    for row in np.flatnonzero(alongside | closer).tolist():
        at, apart = seen.at[row], seen.distance_nm[row]
        memory.level[at] = ALONGSIDE if alongside[row] else NEARBY
        words = f"{{1}} is alongside {{0}}: {apart * 1852:.0f} m off."
        if not alongside[row]:
            words = f"{{1}} still makes for {{0}} at {seen.speed_kn[row]:.0f} kn and is {apart:.1f} NM off."
        _say(view, found, "amend", [int(seen.ship[row]), int(seen.craft[row])], float(memory.since_s[at]), "danger", 0.9, words)


def _end(view: View, memory: Approaches, settings: Settings, found: list[Findings]) -> Approaches:
    """End what is over; the memory then."""
    picture, raised = view.picture, np.flatnonzero((memory.level > 0) & (memory.level < VISITOR))
    if not len(raised):
        return memory
    over = []
    for row, ship, craft in zip(raised.tolist(), *ships_of(memory.key[raised]), strict=True):
        slots = [slot_of(picture, ship), slot_of(picture, craft)]
        nearest, since_s = float(memory.nearest_nm[row]), float(memory.since_s[row])
        if memory.level[row] < ALONGSIDE and int(sorts(picture, np.array(slots[1:]), view.now_s)[0]) == EXPECTED:
            length = int(picture.length_m[slots[1]])
            words = f"{{1}} now says what it is: {f'a ship of {length} m' if length else 'one that has its business here'}."
            _say(view, found, "withdraw", slots, since_s, "notice", 0.2, words)
        elif view.now_s - memory.seen_s[row] > settings["clear_s"]:
            words = f"{{1}} has not been seen near {{0}} for {settings['clear_s'] / 60:.0f} min; nearest was {nearest:.1f} NM."
            _say(view, found, "end", slots, since_s, "notice", 0.5, words)
        elif memory.away_s[row] >= GONE_S and view.now_s == memory.seen_s[row] and _apart(memory, row) >= GONE_NM:
            _say(view, found, "end", slots, since_s, "notice", 0.5, f"{{1}} has drawn away from {{0}}; nearest was {nearest:.1f} NM.")
        else:
            continue
        over.append(row)
    if not over:
        return memory
    keep = np.ones(len(memory), np.bool_)
    keep[over] = False
    return memory.take(keep)


def _apart(memory: Approaches, row: int) -> float:
    """How far it was off at the last whole minute."""
    return float(np.nan_to_num(np.hypot(memory.one_east_nm[row], memory.one_north_nm[row])))


def _say(
    view: View, found: list[Findings], verb: str, slots: list[int], since_s: float, severity: str, score: float, words: str
) -> None:  # fmt: skip  # one a line would hide what belongs together
    found.append(ship_finding(view, "closing", verb, slots, since_s=since_s, severity=severity, score=float(score), reason=words))


DETECTOR: Final = Detector(
    id="closing", words="craft closing", reads=("look",), settings=SETTINGS, memory=Approaches, step=step, version=2, key="pair"
)
