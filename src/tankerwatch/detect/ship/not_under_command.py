"""Not under command: a ship changes her navigational status to 2.

What it does      Raised when a ship that has sent another status sends 2 for `hold_s`. Ends when she sends another status for `clear_s`.
Why it matters    The master says that the ship cannot manoeuvre. In an attack or a fire it is often the first word from the bridge.
When it is wrong  Status set by mistake. A ship already sending 2 when first heard is only marked, until she has sent another status
                  for `clear_s`: many forget it for months, and one broken report is no change. At rest among ships at rest it is no
                  danger and not raised; above `moving_kn` it is raised with less confidence; of an identity that two ships seem to
                  use it must stand for `disputed_s`.
Sources           COLREG rule 3(f); ITU-R M.1371-5 table 46, navigational status.
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
    ship_finding,
    ships_of,
    slot_of,
    spells,
)

NOT_UNDER_COMMAND: Final = 2
SETTINGS: Final = {
    "hold_s": Setting(30, "s", "the status stands for this long", 0, 600, "a slip of the finger is mended sooner"),
    "disputed_s": Setting(180, "s", "the same while her position is disputed: two ships may use her identity", 0, 3600),
    "clear_s": Setting(300, "s", "over when another status has stood for this long", 0, 3600),
    "moving_kn": Setting(5, "kn", "faster than this the status is doubted", 1, 20),
    "rest_nm": Setting(1.0, "nm", "other ships at rest within this: a port or an anchorage", 0, 10),
}


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge every ship at a look."""
    picture, now_s = view.picture, view.now_s
    if not len(memory) and not (picture.nav_status == NOT_UNDER_COMMAND).any():
        return Findings.empty(), memory
    changed = picture.status_s > picture.first_s
    # Of two ships under one identity it changes with each report.
    stands = now_s - picture.status_s >= np.where(picture.trusted, settings["hold_s"], settings["disputed_s"])
    slots = np.flatnonzero((picture.nav_status == NOT_UNDER_COMMAND) & stands & among(picture.msg_type, (1, 2, 3)))
    spelled = spells(memory, key_of(picture.mmsi[slots]), now_s, hold_s=0, clear_s=settings["clear_s"])
    kept = spelled.memory
    found = []

    for slot, row in zip(slots[spelled.due], spelled.at[spelled.due], strict=True):
        if not changed[slot]:
            continue  # marked: she sent it when she was first heard
        kept.since_s[row] = picture.status_s[slot]
        sog = float(picture.sog_kn[slot])
        if sog < 1.0 and others_stopped_within(picture, int(slot), settings["rest_nm"], now_s):
            continue
        kept.level[row] = 1
        if sog > settings["moving_kn"]:
            severity, score = "caution", 0.5
            words = f"{{0}} says that she is not under command, but makes {sog:.1f} kn: possibly set by mistake, or without steering."
        else:
            severity, score = "danger", 0.9
            words = "{0} is not under command; " + (f"she makes {sog:.1f} kn." if sog == sog else "her speed is not known.")
        since_s = float(kept.since_s[row])
        found.append(
            ship_finding(view, "not_under_command", "raise", [slot], since_s=since_s, severity=severity, score=score, reason=words)
        )
    for mmsi, since_s in zip(ships_of(spelled.ended.key)[0], spelled.ended.since_s, strict=True):
        words = "{0} no longer says that she is not under command."
        slot = slot_of(picture, mmsi)
        found.append(ship_finding(view, "not_under_command", "end", [slot], since_s=since_s, severity="notice", score=0.5, reason=words))
    return Findings.concat(found), kept


DETECTOR: Final = Detector(id="not_under_command", words="not under command", reads=("look",), settings=SETTINGS, memory=Spells, step=step)
