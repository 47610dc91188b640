"""Clone: two ships use one identity at the same time.

What it does      `track` gives each fix to the belief that could have sailed to it. Raised when two tracks under one number are both alive:
                  `fixes` that fit each other, at least `apart_nm` from where she is expected, while three and more came from where she is.
                  Ends when only one was heard for `clear_s`, or for 150 of her usual intervals where she is seldom heard.
Why it matters    A ship that hides behind the name of another, or a number typed in wrong: neither track may be taken for the ship.
When it is wrong  A spoofed receiver that jumps to and fro looks the same. Numbers left in by installers, and radar targets, are left out.
Sources           Global Fishing Watch tells shared identities by segments that overlap; the rules of beliefs are in `track`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.detect.doubts import CLONE, Answer, candidates, judge
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, Spells, View, finding

SETTINGS: Final = {
    "fixes": Setting(4, "-", "consecutive fixes of the other track that fit each other", 2, 20, "as false_position"),
    "apart_nm": Setting(1.0, "nm", "they lie this far from where she is expected", 0.5, 50, "as false_position"),
    "time_error_s": Setting(30, "s", "where times may be wrong by more than this (logs without times), positions are not judged", 0, 3600),
    "clear_s": Setting(900, "s", "over when only one track was heard for this long", 60, 7200, "life of a displaced belief"),
}


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge the new legs."""
    if view.time_error_s > settings["time_error_s"]:
        return Findings.empty(), memory
    rows = candidates(view.legs, settings["fixes"], settings["apart_nm"])
    if not len(rows) and not (view.look and len(memory)):
        return Findings.empty(), memory
    found = []
    answers: list[Answer] = []
    memory = judge(view, memory, rows, settings["clear_s"], answers)
    for said in answers:
        if said.answer != CLONE:
            continue
        raised, leg = said.leg is not None, said.leg or 0
        words = (
            f"Two ships use the number of {{0}} at once, {said.apart_nm:.0f} NM apart: neither position may be taken for hers."
            if raised
            else "Only one ship is heard under the number of {0} now."
        )
        found.append(
            finding(
                detector="clone",
                episode=f"{said.mmsi}-{int(said.since_s)}",
                verb="raise" if raised else "end",
                time_s=said.time_s,
                start_s=said.since_s,
                severity="caution" if raised else "notice",
                score=0.85 if raised else 0.5,
                ships=(said.mmsi,),
                lat_deg=float(view.legs.lat_deg[leg]) if raised else np.nan,
                lon_deg=float(view.legs.lon_deg[leg]) if raised else np.nan,
                reason=words,
                evidence=(int(view.legs.source_row[leg]),) if raised else (),
            )
        )
    return Findings.concat(found), memory


DETECTOR: Final = Detector(id="clone", words="identity used twice", reads=("legs", "look"), settings=SETTINGS, memory=Spells, step=step)
