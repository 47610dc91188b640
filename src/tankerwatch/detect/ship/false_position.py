"""False position: a ship's reports place her where she cannot have sailed.

What it does      `track` gives each fix to the belief that could have sailed to it. Raised when `fixes` consecutive ones, which fit each
                  other, make a track at least `apart_nm` from where the trusted belief expects her. Ends when no such fix came for
                  `clear_s`.
Why it matters    Spoofed or jammed satellite navigation, or two ships under one identity: a position that must not be trusted, and a ship
                  that may not know it herself.
When it is wrong  Identities that several ships share by neglect; a station with a wrong clock that repeats old reports. One bad fix, or
                  bad fixes that do not fit each other, are counted and marked, and raise nothing.
Sources           Global Fishing Watch's segmenter and readsb keep several hypotheses an identity; measured on clean recordings of 196
                  ship-days.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.mmsi import are_standard
from tankerwatch.core.schema import I64
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, Spells, View, among, by_second, finding, key_of, ships_of, spells

SETTINGS: Final = {
    "fixes": Setting(
        4, "-", "consecutive displaced fixes that fit each other", 2, 20, "three consistent ones found 99 % of injected tracks"
    ),
    "apart_nm": Setting(1.0, "nm", "they lie this far from where she is expected", 0.5, 50),
    "time_error_s": Setting(30, "s", "where times may be wrong by more than this (logs without times), positions are not judged", 0, 3600),
    "clear_s": Setting(900, "s", "over when none came for this long", 60, 7200, "life of a displaced belief"),
}


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge the new legs; radar targets and coarse reports (27) are left out. `Spells.value` is the greatest distance seen, nm."""
    legs = view.legs
    if view.time_error_s > settings["time_error_s"] or not (len(memory) or (legs.belief > 0).any()):
        return Findings.empty(), memory
    displaced = (
        (legs.belief > 0)
        & (legs.in_belief >= settings["fixes"])
        & (legs.apart_nm >= settings["apart_nm"])
        & ~among(legs.msg_type, (0, 27))
        & ~legs.late
        & are_standard(legs.mmsi)
    )
    rows = np.flatnonzero(displaced)
    found = []

    def say(verb: str, mmsi: int, time_s: float, since_s: float, severity: str, score: float, reason: str, leg: int | None = None) -> None:
        found.append(
            finding(
                detector="false_position",
                episode=f"{mmsi}-{int(since_s)}",
                verb=verb,
                time_s=time_s,
                start_s=since_s,
                severity=severity,
                score=score,
                ships=(mmsi,),
                lat_deg=float("nan") if leg is None else float(legs.lat_deg[leg]),
                lon_deg=float("nan") if leg is None else float(legs.lon_deg[leg]),
                reason=reason,
                evidence=() if leg is None else (int(legs.source_row[leg]),),
            )
        )

    def judge(time_s: float, its: I64) -> None:
        nonlocal memory
        spelled = spells(memory, key_of(legs.mmsi[its]), time_s, hold_s=0, clear_s=settings["clear_s"])
        memory = spelled.memory
        for leg, row, due in zip(its.tolist(), spelled.at.tolist(), spelled.due.tolist(), strict=True):
            if due and memory.level[row] == 0:
                memory.level[row] = 1
                apart = float(legs.apart_nm[leg])
                words = (
                    f"{{0}} reports positions {apart:.1f} nm from where she can be: not to be trusted, or another ship uses her identity."
                )
                say("raise", int(legs.mmsi[leg]), time_s, float(memory.since_s[row]), "caution", 0.8, words, leg)
        for mmsi, since_s in zip(ships_of(spelled.ended.key)[0], spelled.ended.since_s.tolist(), strict=True):
            say("end", mmsi, time_s, since_s, "notice", 0.5, "{0} no longer reports positions that cannot be.")

    for second, its in by_second(legs.received_s[rows]):
        _, first = np.unique(legs.mmsi[rows[its]], return_index=True)
        judge(second, rows[its][first])
    if view.look:
        judge(view.now_s, np.empty(0, np.int64))
    return Findings.concat(found), memory


DETECTOR: Final = Detector(id="false_position", words="false position", reads=("legs", "look"), settings=SETTINGS, memory=Spells, step=step)
