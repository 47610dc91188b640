"""Closing: a craft, by AIS or radar, is on a course to a guarded ship.

What it does      Looks at every pair of a guarded ship (by default every tanker) and another craft. Raised when the craft makes at least
                  `speed_kn`, closes by `closing_kn`, would pass within `cpa_nm`, and would be there within `lead_s`, all for `hold_s`.
                  Amended to danger when she is alongside (`alongside_nm`). Ends when she has drawn away for `clear_s`.
Why it matters    Fast craft that come up to a tanker are the beginning of most attacks; from two miles there are three minutes.
When it is wrong  Pilot, tug, crew and patrol boats on their way to her: those that say so by AIS are left out; those without AIS look
                  alike. A moored ship is not judged: harbour traffic passes her all day. It tells who comes, never how to get there.
Sources           UKMTO weekly reports: craft first seen at 2 nm, making about 24 kn; no official radius was found.
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
    raised,
    ship_finding,
    ships_of,
    slot_of,
    spells,
)

SETTINGS: Final = {
    "speed_kn": Setting(15, "kn", "the craft makes at least this", 5, 60, "reported approaches 20 to 45 kn"),
    "closing_kn": Setting(8, "kn", "the distance shrinks at least this fast", 1, 60),
    "cpa_nm": Setting(0.5, "nm", "she would pass within this", 0.1, 3),
    "lead_s": Setting(600, "s", "and be there within this", 60, 1800),
    "hold_s": Setting(60, "s", "all of it for this long", 0, 600, "a craft that turns crosses the bearing for some seconds"),
    "length_m": Setting(60, "m", "longer craft are ships that meet: a matter of collision", 10, 400),
    "fast_kn": Setting(25, "kn", "from this speed on it is danger, below caution", 10, 80),
    "alongside_nm": Setting(0.3, "nm", "nearer than this she is alongside", 0.05, 1),
    "clear_s": Setting(600, "s", "over when she has drawn away for this long", 60, 3600),
}
MOORED: Final = 5
EXPECTED: Final = (5, 8, 11, 12, 13, 14)  # kinds: service (pilot, tug), authority, and those that are no craft


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge every pair at a look. Key: guarded ship, craft; level 1 raised, 2 alongside; value is the nearest distance so far."""
    picture, pairs, now_s = view.picture, view.pairs, view.now_s
    if not len(pairs) and not len(memory):
        return Findings.empty(), memory
    # Each pair both ways round, since either may be the guarded one.
    ship = np.concatenate([pairs.slot, pairs.other]).astype(np.int64)
    craft = np.concatenate([pairs.other, pairs.slot]).astype(np.int64)
    both = np.concatenate([np.arange(len(pairs)), np.arange(len(pairs))])
    near = picture.guarded[ship] & ~picture.guarded[craft] & (picture.nav_status[ship] != MOORED)
    ship, craft, both = ship[near], craft[near], both[near]
    distance, closing, cpa, tcpa = (getattr(pairs, c)[both] for c in ("distance_nm", "closing_kn", "cpa_nm", "tcpa_s"))
    keys = key_of(picture.mmsi[ship], picture.mmsi[craft])
    comes = (
        ~among(picture.kind[craft], EXPECTED)
        & ~among(picture.msg_type[craft], (9, 27))
        & (picture.length_m[craft] < settings["length_m"])
        & (picture.sog_kn[craft] >= settings["speed_kn"])
        & (closing >= settings["closing_kn"])
        & (cpa <= settings["cpa_nm"])
        & (tcpa >= 0)
        & (tcpa <= settings["lead_s"])
    )
    alongside = raised(memory, keys) & (distance <= 4 * settings["alongside_nm"])
    which = np.flatnonzero(comes | alongside)
    spelled = spells(memory, keys[which], now_s, hold_s=settings["hold_s"], clear_s=settings["clear_s"])
    kept = spelled.memory
    found = []

    def say(verb: str, slots: list[int], since_s: float, severity: str, score: float, words: str) -> None:
        found.append(ship_finding(view, "closing", verb, slots, since_s=since_s, severity=severity, score=score, reason=words))

    for pair, row, due in zip(which, spelled.at, spelled.due, strict=True):
        slots = [int(ship[pair]), int(craft[pair])]
        apart, speed = float(distance[pair]), float(picture.sog_kn[craft[pair]])
        since_s = float(kept.since_s[row])
        if due:
            kept.level[row] = 1
            minutes = max(1, round(float(tcpa[pair]) / 60))
            words = f"{{1}} closes on {{0}} at {speed:.0f} kn: {apart:.1f} nm off, there in about {minutes} min if both hold their courses."
            say("raise", slots, since_s, "danger" if speed >= settings["fast_kn"] else "caution", 0.7, words)
        elif kept.level[row] == 1 and apart <= settings["alongside_nm"]:
            kept.level[row] = 2
            say("amend", slots, since_s, "danger", 0.9, f"{{1}} is alongside {{0}}: {apart * 1852:.0f} m off.")
        kept.value[row] = np.fmin(kept.value[row], apart)
    ended = zip(*ships_of(spelled.ended.key), spelled.ended.since_s, spelled.ended.value, strict=True)
    for guarded, other, since_s, nearest in ended:
        slots = [slot_of(picture, guarded), slot_of(picture, other)]
        say("end", slots, float(since_s), "notice", 0.5, f"{{1}} no longer closes on {{0}}; nearest seen {nearest:.1f} nm.")
    return Findings.concat(found), kept


DETECTOR: Final = Detector(id="closing", words="craft closing", reads=("look",), settings=SETTINGS, memory=Spells, step=step, key="pair")
