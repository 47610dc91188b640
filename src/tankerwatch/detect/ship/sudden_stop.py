"""Sudden stop: a ship under way loses most of her own speed within minutes, where ships do not stop.

What it does      Compares a ship's speed with the median of her own last hour. Raised when she has fallen below `share` of it, made
                  nearly her usual speed at most `within_s` ago, stays below for `hold_s`, and no other ship lies at rest nearby (a port,
                  an anchorage, a casualty that she helps). Ends when she has made way again for `clear_s`; withdrawn when she anchors or
                  moors.
Why it matters    Engine lost, explosion, boarding: the ship herself shows it first, often ten minutes before she changes her status.
When it is wrong  Arrival at an anchorage or pilot station that nobody used in the last hour; a wait for orders. A ship that was heard for
                  fewer than `known_minutes` is not judged, nor are craft that stop at will (fishing, service, pleasure).
Sources           docs/scene-2019-06-13.md: a loaded tanker coasts for twenty minutes, so a fixed drop within ten misses her; below 45 %
                  of her own hour she is found in ten. DMA AisAbnormal: ships of 50 m and more, sustained for 60 s.
"""

from __future__ import annotations

from typing import Final

import numpy as np

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

SETTINGS: Final = {
    "share": Setting(0.45, "-", "speed below this share of her own last hour", 0.1, 0.8, "scene of 13 June 2019, measured"),
    "usual_kn": Setting(6.0, "kn", "a ship that usually makes less is not judged", 3, 15),
    "within_s": Setting(1200, "s", "she made nearly her usual speed at most this long ago", 120, 3600, "a loaded tanker coasts 20 min"),
    "rate_kn_min": Setting(0.6, "kn/min", "she has lost at least this much a minute since", 0.1, 10, "a planned slow-down takes longer"),
    "hold_s": Setting(60, "s", "she stays below for this long", 0, 900, "DMA AisAbnormal"),
    "known_minutes": Setting(15, "min", "minutes of the last hour in which she was heard", 5, 60),
    "length_m": Setting(50, "m", "shorter ships are not judged; those of unknown length are", 0, 300, "DMA AisAbnormal"),
    "rest_nm": Setting(2.0, "nm", "where another ship lies at rest within this, ships stop", 0, 10),
    "unknown_rest_nm": Setting(5.0, "nm", "the same for a ship that has not said what she is: she may be any boat near her port", 0, 20),
    "clear_s": Setting(900, "s", "over when she has made way again for this long", 60, 7200),
}
STOPS_AT_WILL: Final = (4, 5, 7, 8, 10, 11, 12, 13, 14)  # kinds: fishing, service, pleasure, authority, and those that are no ships


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge every ship at a look. `Spells.value` is her usual speed when she was judged first."""
    picture, now_s = view.picture, view.now_s
    if not len(memory) and not (picture.sog_kn < settings["share"] * picture.usual_sog_kn).any():
        return Findings.empty(), memory
    anchored = among(picture.nav_status, (1, 5))
    heard = now_s - picture.event_s < 300
    keys = key_of(picture.mmsi)
    was_raised = raised(memory, keys)
    usual = picture.usual_sog_kn.copy()
    usual[was_raised] = memory.value[memory.find(keys[was_raised])]
    judged = (
        ~among(picture.kind, STOPS_AT_WILL)
        & among(picture.msg_type, (1, 2, 3))
        & (picture.usual_sog_kn >= settings["usual_kn"])
        & (picture.usual_minutes >= settings["known_minutes"])
        & ((picture.length_m == 0) | (picture.length_m >= settings["length_m"]))
        & (now_s - picture.fast_s <= settings["within_s"])
        & (picture.usual_sog_kn - picture.sog_kn >= settings["rate_kn_min"] / 60 * (now_s - picture.fast_s))
        & heard
    )
    # Once raised, it goes on while she stays slow, although her usual speed sinks with the hour; silence does not end it.
    slow = (judged & (picture.sog_kn < settings["share"] * usual) | was_raised & ~(picture.sog_kn >= 0.6 * usual)) & ~anchored
    slots = np.flatnonzero(slow)
    spelled = spells(memory, keys[slots], now_s, hold_s=settings["hold_s"], clear_s=settings["clear_s"])
    kept = spelled.memory
    found = []

    def say(verb: str, slot: int, since_s: float, score: float, words: str) -> None:
        severity = "danger" if picture.guarded[slot] else "caution"
        shown = [int(picture.fast_row[slot])] if verb == "raise" else []
        found.append(
            ship_finding(view, "sudden_stop", verb, [slot], since_s=since_s, severity=severity, score=score, reason=words, evidence=shown)
        )

    for slot, row in zip(slots[spelled.due], spelled.at[spelled.due], strict=True):
        unknown = picture.kind[slot] == 0 and picture.length_m[slot] == 0 and not picture.guarded[slot]
        if others_stopped_within(picture, int(slot), settings["unknown_rest_nm" if unknown else "rest_nm"], now_s):
            continue
        sog, was = float(picture.sog_kn[slot]), float(usual[slot])
        kept.level[row], kept.value[row] = 1, was
        minutes = max(1, round((now_s - float(picture.fast_s[slot])) / 60))
        words = f"{{0}} has lost her speed: {was:.1f} to {sog:.1f} kn in {minutes} minutes, and no other ship lies at rest near her."
        say("raise", int(slot), float(kept.since_s[row]), min(0.95, 0.6 + 0.4 * (1 - sog / was)), words)
    for slot in np.flatnonzero(was_raised & anchored):
        row = kept.find(keys[slot : slot + 1])[0]
        if row >= 0 and kept.level[row] == 1:
            kept.level[row] = 2
            say("withdraw", int(slot), float(kept.since_s[row]), 0.1, "{0} has anchored or moored: she stopped by will.")
    ended = spelled.ended.take(spelled.ended.level == 1)
    for mmsi, since_s in zip(ships_of(ended.key)[0], ended.since_s, strict=True):
        slot = slot_of(picture, mmsi)
        say("end", slot, float(since_s), 0.5, f"{{0}} makes way again: {picture.sog_kn[slot]:.1f} kn.")
    return Findings.concat(found), kept


DETECTOR: Final = Detector(id="sudden_stop", words="sudden stop", reads=("look",), settings=SETTINGS, memory=Spells, step=step)
