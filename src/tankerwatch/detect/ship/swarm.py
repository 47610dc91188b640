"""Swarm: several craft make for one guarded ship at once.

What it does      Counts the craft that aim at a guarded ship, roughly, and would all be there within `window_s` of each other and `lead_s`
                  from now. Raised when there are `craft`: what is weak evidence of each is strong evidence of all, so it may come before
                  any of them is told as closing. Of those that come as one group, on one course, one must aim well; two alone must both
                  aim well and say nothing of themselves. Amended when there are more, and when the first is alongside (`alongside_nm`).
                  Ends when all have drawn away, or have not been seen for `clear_s`. One alert a ship; it names how many, from where,
                  and when the first would be there.
Why it matters    Attacks with many small craft leave the least time, and each of them alone looks like traffic.
When it is wrong  Boats that race or cruise together and pass close; boats without type that go out to fish past an anchored ship. Slow
                  boats, crew boats, pilots, tugs, escorts and all who say that they have business here are not counted. Of a casualty only
                  craft that say nothing of themselves are counted, for others come to help.
                  It tells who comes, never how to get there.
Sources           UKMTO weekly reports: twelve craft within 1.5 nm of one ship for an hour (30 June 2024), approaches at 20 to 45 kn.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.geo import turn_deg
from tankerwatch.detect.approach import TRADE, UNTOLD, VISITOR, Approaches, Near, at_berth, near, spoken_from
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, finding, key_of, ships_of, slot_of

SETTINGS: Final = {
    "craft": Setting(3, "-", "so many craft at once", 2, 12),
    "speed_kn": Setting(14, "kn", "each makes at least this", 5, 60, "reported approaches 20 to 45 kn"),
    "window_s": Setting(240, "s", "they would be there within this of each other", 30, 900),
    "lead_s": Setting(600, "s", "and the first within this from now", 60, 1800),
    "hold_s": Setting(40, "s", "each has aimed for this long", 0, 240),
    "alongside_nm": Setting(0.15, "nm", "nearer than this one is alongside", 0.05, 1),
    "clear_s": Setting(600, "s", "over when none has been seen for this long", 60, 3600),
}
COUNTED, ARRIVED = 1, 2
"""Levels: of a craft, that it is one of them; of a ship's own row (craft 0), raised, and that the first is alongside."""
GROUP_DEG: Final = 25.0
GONE_S: Final = 120.0
GONE_NM: Final = 1.0
MOST: Final = 12


def step(view: View, memory: Approaches, settings: Settings) -> tuple[Findings, Approaches]:
    """Judge every guarded ship with craft near her at a look."""
    seen = near(view, memory)
    if seen is None:
        return Findings.empty(), memory
    found: list[Findings] = []
    kept = seen.memory
    if len(seen.at):
        kept = _judge(view, seen, settings, found)
    kept = _end(view, kept, settings, found)
    return Findings.concat(found), kept


def _judge(view: View, seen: Near, settings: Settings, found: list[Findings]) -> Approaches:
    memory, picture = seen.memory, view.picture
    rows = seen.kept
    comes = seen.aims & (rows.aim_s >= settings["hold_s"]) & (rows.hits >= 2) & (seen.speed_kn >= settings["speed_kn"])
    comes &= (seen.sort < TRADE) & (seen.there_s <= settings["lead_s"] + settings["window_s"]) & (rows.farthest_nm >= 0.5)
    comes &= ~seen.casualty | (seen.sort == UNTOLD)
    member = comes | (rows.level > 0)
    if not member.any():
        return memory
    ships, count = np.unique(seen.ship[member], return_counts=True)
    fresh: list[Approaches] = []
    for ship in ships[count >= 2].tolist():
        own = key_of(picture.mmsi[ship], 0)
        at = int(memory.find(own[None])[0])
        of_her = np.flatnonzero((seen.ship == ship) & member)
        if at < 0:
            them = _together(seen, rows, of_her[comes[of_her]], settings)
            if not len(them) or at_berth(picture, ship, view.now_s):
                continue
            memory.level[seen.at[them]] = COUNTED
            since_s = float(memory.since_s[seen.at[them]].min())
            fresh.append(
                Approaches.blank(1).replace(
                    key=own[None], since_s=np.array([since_s]), seen_s=np.array([view.now_s]), level=np.array([COUNTED], np.uint8),
                    hits=np.array([len(them)], np.uint8),
                )
            )  # fmt: skip  # one a line would hide what belongs together
            _tell(view, seen, "raise", ship, them, since_s, found)
            continue
        memory.seen_s[at] = view.now_s
        new = of_her[comes[of_her] & (memory.level[seen.at[of_her]] == 0)]
        memory.level[seen.at[new]] = COUNTED
        them = of_her[memory.level[seen.at[of_her]] > 0]
        arrived = memory.level[at] < ARRIVED and bool((seen.distance_nm[them] <= settings["alongside_nm"]).any())
        if len(new) or arrived:
            memory.hits[at] = min(100, int(memory.hits[at]) + len(new))
            memory.level[at] = max(int(memory.level[at]), ARRIVED if arrived else COUNTED)
            _tell(view, seen, "amend", ship, them, float(memory.since_s[at]), found, arrived=arrived, count=int(memory.hits[at]))
    if fresh:
        memory = Approaches.concat([memory, *fresh])
        memory = memory.take(np.argsort(memory.key, kind="stable"))
    return memory


def _together(seen: Near, rows: Approaches, them: np.ndarray, settings: Settings) -> np.ndarray:
    """Those of them that come at one time, when that is evidence enough; else none."""
    them = them[np.argsort(seen.there_s[them], kind="stable")]
    there = seen.there_s[them]
    within = np.searchsorted(there, there + settings["window_s"], side="right") - np.arange(len(them))
    if not len(them):
        return them
    first = int(np.argmax(within))
    them = them[first : first + int(within[first])]
    if there[first] > settings["lead_s"]:
        return them[:0]
    well = seen.miss_nm[them] <= seen.reach_nm[them] + 0.02 * seen.distance_nm[them]
    untold = seen.sort[them] == UNTOLD
    course, bearing = seen.course_deg[them], seen.bearing_deg[them]
    fan = any(bool((turn_deg(side[:, None], side[None, :]) > GROUP_DEG).any()) for side in (course, bearing))
    if len(them) >= settings["craft"]:
        enough = fan or bool((well & untold & (rows.aim_s[them] >= 60)).any())
        enough &= bool(untold.sum() >= 2)  # pleasure boats alone are a race or a Sunday
    else:
        speed = seen.speed_kn[them]
        alike = len(them) >= 2 and float(np.ptp(speed)) <= 10.0 and float(np.ptp(seen.there_s[them])) <= settings["window_s"] / 2
        enough = alike and bool((well & untold).all()) and bool((rows.aim_s[them] >= 60).all()) and bool((speed >= 18).all())
    return them if enough else them[:0]


def _tell(
    view: View, seen: Near, verb: str, ship: int, them: np.ndarray, since_s: float, found: list[Findings], *, arrived: bool = False,
    count: int = 0,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    picture = view.picture
    count = max(count, len(them))
    them = them[np.argsort(seen.there_s[them], kind="stable")][:MOST]
    sides = list(dict.fromkeys(spoken_from(b) for b in np.sort(seen.bearing_deg[them])))
    origin = " and ".join(sides[:2]) if len(sides) <= 2 else "several sides"
    low, high = (round(float(f(seen.speed_kn[them]))) for f in (np.min, np.max))
    speed = f"{low} kn" if low == high else f"{low} to {high} kn"
    minutes = round(float(seen.there_s[them[0]]) / 60) if np.isfinite(seen.there_s[them[0]]) else 0
    when = "one of them is alongside" if arrived else f"the first would be there in about {max(minutes, 1)} min"
    if not arrived and float(seen.distance_nm[them].min()) <= 0.3:
        when = f"the nearest is {float(seen.distance_nm[them].min()) * 1852:.0f} m off"
    words = f"{count} craft make for {{0}} together from {origin} at {speed}: {when}."
    severity = "danger" if count >= 3 or arrived or high >= 25 else "caution"
    craft = [int(picture.mmsi[slot]) for slot in seen.craft[them]]
    found.append(
        finding(
            detector="swarm", episode=f"{int(picture.mmsi[ship])}-{int(since_s)}", verb=verb, time_s=view.now_s, start_s=since_s,
            severity=severity, score=min(0.95, 0.5 + 0.1 * count + 0.2 * arrived), ships=[int(picture.mmsi[ship]), *craft], reason=words,
            lat_deg=float(picture.lat_deg[ship]), lon_deg=float(picture.lon_deg[ship]),
            evidence=[int(picture.source_row[slot]) for slot in (ship, *seen.craft[them].tolist()) if picture.source_row[slot]],
        )
    )  # fmt: skip  # one a line would hide what belongs together


def _end(view: View, memory: Approaches, settings: Settings, found: list[Findings]) -> Approaches:
    """End what is over; the memory then."""
    picture = view.picture
    ship, craft = memory.key >> np.uint64(32), memory.key & np.uint64(0xFFFFFFFF)
    counted = (memory.level > 0) & (memory.level < VISITOR) & (craft > 0)
    own = np.flatnonzero((memory.level > 0) & (craft == 0))
    if not len(own):
        return memory
    away = (memory.away_s >= GONE_S) & (np.nan_to_num(np.hypot(memory.one_east_nm, memory.one_north_nm)) >= GONE_NM)
    gone = counted & (away | (view.now_s - memory.seen_s > settings["clear_s"]))
    keep = ~gone
    for row in own.tolist():
        if (counted & ~gone & (ship == ship[row])).any():
            continue
        slot = slot_of(picture, ships_of(memory.key[row : row + 1])[0][0])
        since_s, count = float(memory.since_s[row]), int(memory.hits[row])
        found.append(
            finding(
                detector="swarm", episode=f"{int(picture.mmsi[slot])}-{int(since_s)}", verb="end", time_s=view.now_s, start_s=since_s,
                severity="notice", score=0.5, ships=[int(picture.mmsi[slot])], reason=f"The {count} craft near {{0}} have gone.",
                lat_deg=float(picture.lat_deg[slot]), lon_deg=float(picture.lon_deg[slot]),
            )
        )  # fmt: skip  # one a line would hide what belongs together
        keep[row] = False
    return memory.take(keep)


DETECTOR: Final = Detector(
    id="swarm",
    words="craft closing together",
    reads=("look",),
    settings=SETTINGS,
    memory=Approaches,
    step=step,
    key="ship",
    absorbs=("closing",),
)
