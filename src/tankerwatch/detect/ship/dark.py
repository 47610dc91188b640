"""Dark: a ship under way falls silent where she should be heard.

What it does      Judges class A ships under way that were heard in nearly every minute of the last hour. Raised when one has been silent
                  for `silent_s` (longer where she had gaps before) while ships around the place where she would be now are still heard,
                  and the others of her kind have not fallen silent with her. Ends when she is heard again; withdrawn when reports that
                  come late show that she never was silent.
Why it matters    Ships that hide their doings switch off; so do ships that are taken, or hit.
When it is wrong  She left the range of the stations in a direction where others happen to be heard, passed behind land, or her
                  transponder failed. Ships near others at rest are left out: in port they switch off. A dead station is no dark ship.
Sources           Rules in use wait 6 to 12 h (Skylight, OFAC, Global Fishing Watch); Windward dismissed 323 of 352 gaps of tankers over 8
                  h. Nominal intervals: ITU-R M.1371-5 Annex 1 table 1.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.geo import distance_nm, moved
from tankerwatch.core.tables import Picture
from tankerwatch.detect.kit import (
    Detector,
    Findings,
    Setting,
    Settings,
    Spells,
    View,
    among,
    key_of,
    ship_finding,
    ships_of,
    slot_of,
    spells,
)

SETTINGS: Final = {
    "silent_s": Setting(600, "s", "silence before it is raised", 120, 86400, "others wait 6 to 12 h"),
    "gap_factor": Setting(3, "-", "and this many times her longest gap of the last hour", 1, 10),
    "heard_share": Setting(0.9, "-", "share of the last hour's minutes in which she was heard", 0.5, 1),
    "known_minutes": Setting(20, "min", "minutes of that hour in which she was heard, at least", 5, 60),
    "way_kn": Setting(3, "kn", "under way: faster than this", 0.5, 10),
    "near_nm": Setting(6, "nm", "others must be heard within this of where she would be", 1, 40),
    "neighbours": Setting(2, "-", "so many of them, on more than one side of her", 1, 10),
    "fresh_s": Setting(120, "s", "heard within this counts as still heard", 30, 600),
    "lost_share": Setting(0.2, "-", "when more than this share of the well-heard ships is silent, it is the feed", 0.05, 0.9),
    "rest_nm": Setting(2.0, "nm", "others at rest within this: a port", 0, 10),
}


def _well_heard(picture: Picture, settings: Settings) -> np.ndarray:
    return np.asarray(
        among(picture.msg_type, (1, 2, 3))
        & (picture.kind < 10)
        & (picture.usual_minutes >= settings["known_minutes"])
        & (picture.missed_share <= 1 - settings["heard_share"])
    )


def _surrounded(picture: Picture, slot: int, now_s: float, settings: Settings) -> int:
    """How many ships are still heard around the place where she would be; 0 when all are on one side of it, as at the edge of the range."""
    run_nm = float(picture.sog_kn[slot]) * (now_s - float(picture.event_s[slot])) / 3600
    lat, lon = (float(v) for v in moved(picture.lat_deg[slot], picture.lon_deg[slot], picture.cog_deg[slot], run_nm))
    rows = np.flatnonzero((now_s - picture.heard_s <= settings["fresh_s"]) & (picture.kind < 10) & (np.abs(picture.lat_deg - lat) < 1))
    apart = distance_nm(lat, lon, picture.lat_deg[rows], picture.lon_deg[rows])
    rows = rows[apart <= settings["near_nm"]]
    east = (picture.lon_deg[rows] - lon) * np.cos(np.radians(lat))
    north = picture.lat_deg[rows] - lat
    course = np.radians(picture.cog_deg[slot])
    ahead = east * np.sin(course) + north * np.cos(course)
    return len(rows) if (ahead > 0).any() and (ahead <= 0).any() else 0


def _at_rest_near(picture: Picture, slot: int, now_s: float, settings: Settings) -> bool:
    at_rest = (picture.usual_sog_kn < 1.0) | among(picture.nav_status, (1, 5))
    rows = np.flatnonzero(at_rest & (now_s - picture.heard_s < 1800))
    return bool(
        (
            distance_nm(picture.lat_deg[slot], picture.lon_deg[slot], picture.lat_deg[rows], picture.lon_deg[rows]) < settings["rest_nm"]
        ).any()
    )


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge every ship at a look. `Spells.value` is the silence, in s, when she was judged."""
    picture, now_s = view.picture, view.now_s
    silent_s = now_s - picture.heard_s
    if not len(memory) and not (silent_s >= settings["silent_s"]).any():
        return Findings.empty(), memory
    well_heard = _well_heard(picture, settings)
    under_way = (picture.sog_kn >= settings["way_kn"]) & ~among(picture.nav_status, (1, 5, 6))
    patience = np.fmax(settings["silent_s"], settings["gap_factor"] * picture.longest_gap_s + settings["silent_s"] / 2)
    quiet = well_heard & under_way & (silent_s >= patience) & picture.trusted
    regular = well_heard & (silent_s < 7200)
    of_the_feed = regular.sum() >= 5 and (silent_s[regular] > settings["fresh_s"]).mean() > settings["lost_share"]
    slots = np.flatnonzero(quiet)
    spelled = spells(memory, key_of(picture.mmsi[slots]), now_s, hold_s=0, clear_s=0)
    kept = spelled.memory
    found = []

    def say(verb: str, slot: int, since_s: float, severity: str, score: float, words: str) -> None:
        found.append(ship_finding(view, "dark", verb, [slot], since_s=since_s, severity=severity, score=score, reason=words))

    for slot, row in zip(slots[spelled.due], spelled.at[spelled.due], strict=True):
        # Where silence is no wonder now, it is none later in the same spell either.
        kept.since_s[row] = picture.heard_s[slot]
        neighbours = _surrounded(picture, int(slot), now_s, settings)
        if of_the_feed or neighbours < settings["neighbours"] or _at_rest_near(picture, int(slot), now_s, settings):
            continue
        kept.level[row] = 1
        share = 100 * (1 - float(picture.missed_share[slot]))
        words = (
            f"{{0}} has been silent for {silent_s[slot] / 60:.0f} minutes; before, she was heard in {share:.0f} % of the minutes, "
            f"and {neighbours} ships around are still heard."
        )
        say("raise", int(slot), float(kept.since_s[row]), "danger" if picture.guarded[slot] else "caution", 0.7, words)
    for mmsi, since_s in zip(ships_of(spelled.ended.key)[0], spelled.ended.since_s, strict=True):
        slot = slot_of(picture, mmsi)
        inside = (view.legs.mmsi == mmsi) & (view.legs.event_s > since_s + 60) & (view.legs.event_s < now_s - settings["silent_s"] / 2)
        if inside.any():
            say("withdraw", slot, float(since_s), "notice", 0.1, "Reports that came late show that {0} was transmitting all the time.")
        else:
            away = (float(picture.heard_s[slot]) - float(since_s)) / 60
            say("end", slot, float(since_s), "notice", 0.7, f"{{0}} is heard again after {away:.0f} minutes.")
    return Findings.concat(found), kept


DETECTOR: Final = Detector(id="dark", words="gone dark", reads=("look",), settings=SETTINGS, memory=Spells, step=step)
