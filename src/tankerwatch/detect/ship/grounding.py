"""Grounding: a ship under way stops within minutes and then lies fixed, where no ship lies.

What it does      Raised when a ship fell from an even speed of `way_kn` or more to nothing within `stop_minutes` and has since lain for
                  `fixed_minutes` within `fixed_m`, her heading within `swing_deg`, without saying that she is anchored or moored and
                  with nobody at rest near her; and when she changes her status to 6, aground, and lies still. Ends when she has
                  made way again for `clear_s`; withdrawn when she anchors or moors.
Why it matters    Hull, cargo and channel are in danger, and the next tide decides.
When it is wrong  A ship that stops short and is held by her engine or by tugs in calm water. In sparse reports the shape of the stop
                  is not seen; a ship that runs softly onto mud takes longer. Ferries stop as abruptly at every berth: they are raised
                  only by their status, and so are ships that sent neither status nor what they are.
Sources           ITU-R M.1371-5 navigational status 6; recording of the Suez Canal of March 2021 (tracks, reports ten minutes apart):
                  after the stop her positions stay within 6 m for hours.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.geo import turn_deg
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
from tankerwatch.detect.stopping import fall_of, spread_m

SETTINGS: Final = {
    "way_kn": Setting(5.0, "kn", "her even speed before", 3, 15, "into locks and berths ships go slower"),
    "unknown_kn": Setting(11.0, "kn", "the same for a ship that has not said what she is", 3, 20),
    "stop_minutes": Setting(4, "min", "she was stopped within this", 1, 15, "by its minutes: one more than it took"),
    "fixed_minutes": Setting(5, "min", "she has lain fixed for this long", 2, 60),
    "fixed_m": Setting(30, "m", "fixed: her positions lie this close together", 5, 100, "noise of satellite positions"),
    "swing_deg": Setting(6, "deg", "and her heading, where known, within this", 1, 30),
    "still_kn": Setting(0.6, "kn", "slower than this", 0.1, 2),
    "rest_nm": Setting(0.4, "nm", "others at rest within this: a port or an anchorage", 0, 10),
    "unknown_rest_nm": Setting(5.0, "nm", "the same for a ship that has not said what she is", 0, 20),
    "length_m": Setting(50, "m", "shorter ships are not judged; those of unknown length are", 0, 300, "DMA AisAbnormal"),
    "clear_s": Setting(900, "s", "over when she has made way again for this long", 60, 7200),
}
STOPS_AT_WILL: Final = (3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14)  # ferries and fast craft, fishing, service, pleasure, authority, no ships
NO_SHIPS: Final = (10, 11, 12, 13, 14)
AGROUND: Final = 6


def _candidates(view: View, memory: Spells, settings: Settings) -> I64:
    picture = view.picture
    still = (picture.sog_kn < settings["still_kn"]) & (view.now_s - picture.event_s < 400) & picture.trusted
    still &= among(picture.msg_type, (1, 2, 3)) & ~among(picture.nav_status, (1, 5, AGROUND)) & ~among(picture.kind, STOPS_AT_WILL)
    still &= (picture.best_sog_kn >= settings["way_kn"]) & ((picture.length_m == 0) | (picture.length_m >= settings["length_m"]))
    slots = np.flatnonzero(still)
    slots = slots[~raised(memory, key_of(picture.mmsi[slots]))]
    if not len(slots):
        return slots
    fastest = np.max([np.nan_to_num(view.hour.value(slots, back, view.now_s, H_SOG)) for back in range(3, 30)], axis=0)
    return np.asarray(slots[fastest >= settings["way_kn"]])


def _grounded(view: View, slot: int, settings: Settings) -> tuple[float, float, int] | None:
    """Since when, her speed before and the evidence, when this ship stopped at once and lies fixed."""
    picture, now_s = view.picture, view.now_s
    track = view.hour.track(slot, now_s)
    fall = fall_of(track, float(picture.sog_kn[slot]), now_s, settings["way_kn"])
    if fall is None or fall.paused or fall.steady < 0.3:
        return None
    fixed = np.flatnonzero((track.minute_s > fall.began_s) & (track.sog_kn < settings["still_kn"] + 0.2))
    span_s = 60 * (settings["fixed_minutes"] - 1)
    if len(fixed) < 0.6 * settings["fixed_minutes"] or track.minute_s[fixed[-1]] - track.minute_s[fixed[0]] < span_s:
        return None
    if track.minute_s[fixed[0]] - fall.began_s > 60 * settings["stop_minutes"] or len(track) - fixed[0] > len(fixed) + 1:
        return None
    lat, lon = track.lat_deg[fixed].astype(np.float64), track.lon_deg[fixed].astype(np.float64)
    lain = slice(1, None) if len(fixed) > 3 else slice(None)  # in the first of these minutes she may still have moved
    if (spread_m(lat[lain], lon[lain]) > settings["fixed_m"]).mean() > 0.1:
        return None
    lat, lon, half = lat[lain], lon[lain], len(lat[lain]) // 2
    if spread_m(np.array([lat[:half].mean(), lat[half:].mean()]), np.array([lon[:half].mean(), lon[half:].mean()])).max() > 8.0:
        return None  # she creeps on: carried, not held
    heading = track.heading_deg[fixed][lain].astype(np.float64)
    heading = heading[~np.isnan(heading)]
    if len(heading) and turn_deg(heading, np.median(heading)).max() > settings["swing_deg"]:
        return None
    unknown = picture.kind[slot] == 0 and picture.length_m[slot] == 0 and not picture.guarded[slot]
    if unknown and (fall.stopped or fall.was_kn < settings["unknown_kn"] or picture.nav_status[slot] >= 15):
        return None
    reach_nm = settings["unknown_rest_nm" if unknown else "rest_nm"]
    known_place = view.context.stays(picture.lat_deg[slot : slot + 1], picture.lon_deg[slot : slot + 1])[0] >= 3
    if known_place or others_stopped_within(picture, slot, reach_nm, now_s):
        return None
    return fall.began_s, fall.was_kn, fall.row


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge every ship at a whole minute."""
    picture, now_s = view.picture, view.now_s
    candidates = _candidates(view, memory, settings)
    says = (picture.nav_status == AGROUND) & (picture.status_s > picture.first_s) & (now_s - picture.status_s >= 60)
    says &= among(picture.msg_type, (1, 2, 3)) & ~among(picture.kind, NO_SHIPS) & (picture.sog_kn < 1.0) & picture.trusted
    if not len(memory) and not len(candidates) and not says.any():
        return Findings.empty(), memory
    found = []

    def say(verb: str, slot: int, since_s: float, score: float, words: str, evidence: tuple[int, ...] = ()) -> None:
        found.append(
            ship_finding(view, "grounding", verb, [slot], since_s=since_s, severity="danger", score=score, reason=words, evidence=evidence)
        )

    held = {slot: seen for slot in candidates.tolist() if (seen := _grounded(view, slot, settings)) is not None}
    known = np.flatnonzero(np.isin(picture.mmsi, np.array(ships_of(memory.key)[0], np.uint32)))
    still = known[~(picture.sog_kn[known] >= 2.0) & ~among(picture.nav_status[known], (1, 5))]
    slots = np.union1d(np.union1d(still, np.flatnonzero(says)), np.array(list(held), np.int64))
    spelled = spells(memory, key_of(picture.mmsi[slots]), now_s, hold_s=0, clear_s=settings["clear_s"])
    kept = spelled.memory
    for slot, row in zip(slots.tolist(), spelled.at.tolist(), strict=True):
        if kept.level[row]:
            continue
        if slot in held:
            since_s, was_kn, source_row = held[slot]
            minutes = max(1, round((now_s - since_s) / 60))
            words = f"{{0}} came to a stop from {was_kn:.1f} kn and has lain fixed since, {minutes} minutes, where no other ship lies."
            kept.level[row], kept.since_s[row] = 1, since_s
            say("raise", slot, since_s, 0.75, words, (source_row,))
        elif says[slot] and spelled.memory.raised_s[row] == now_s:
            if others_stopped_within(picture, slot, settings["rest_nm"], now_s) and not picture.usual_sog_kn[slot] >= 3.0:
                continue  # a slip in port
            kept.level[row], kept.since_s[row] = 1, picture.status_s[slot]
            say("raise", slot, float(picture.status_s[slot]), 0.85, "{0} says that she is aground.")
    for slot, row in zip(known.tolist(), kept.find(key_of(picture.mmsi[known])).tolist(), strict=True):
        if row >= 0 and kept.level[row] == 1 and picture.nav_status[slot] in (1, 5):
            kept.level[row] = 2
            say("withdraw", slot, float(kept.since_s[row]), 0.1, "{0} has anchored or moored: she stopped by will.")
    ended = spelled.ended.take(spelled.ended.level == 1)
    for mmsi, since_s in zip(ships_of(ended.key)[0], ended.since_s.tolist(), strict=True):
        slot = slot_of(picture, mmsi)
        say("end", slot, since_s, 0.7, f"{{0}} moves again: {picture.sog_kn[slot]:.1f} kn.")
    return Findings.concat(found), kept


DETECTOR: Final = Detector(id="grounding", words="possible grounding", reads=("minute",), settings=SETTINGS, memory=Spells, step=step)
