"""Distress: a beacon is active, or a ship calls for help.

What it does      Raised at once by a distress beacon (AIS-SART 970, MOB 972, EPIRB-AIS 974) that sends status 14 or the word ACTIVE, by a
                  ship that keeps sending status 14, by a DSC distress call or its relay, and by safety text that says so. Tests (status
                  15, TEST, EXERCISE, DSC test) raise nothing. Ends when the beacon was not heard for `silent_s`, or when the call is
                  cancelled.
Why it matters    It always must be seen. Beacons are heard for minutes, over a few miles, once.
When it is wrong  Beacons set off by accident; a ship with status 14 set by mistake; words of distress about another ship.
Sources           ITU-R M.1371-5 Annex 9 (AIS-SART) and table 46; IMO SN.1/Circ.322 (display of AIS-SART, MOB and EPIRB-AIS); ITU-R M.493
                  (DSC).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from tankerwatch.core.incidents import RANK
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, Spells, View, by_second, finding, key_of, ships_of, spells

SETTINGS: Final = {
    "silent_s": Setting(1800, "s", "over when the beacon or the call was not heard for this long", 300, 86400),
    "ship_fixes": Setting(
        2, "-", "reports with status 14 before an ordinary ship is believed", 1, 20, "a slip of the finger is mended sooner"
    ),
}
ACTIVE: Final = 14
BEACONS: Final = {970: "An AIS-SART", 972: "A man-overboard beacon", 974: "An EPIRB"}
TEST: Final = re.compile(r"\b(TEST|TESTING|EXERCISE|DRILL)\b", re.IGNORECASE)
CRY: Final = re.compile(
    r"\b(MAYDAY|MAN OVERBOARD|(SART|MOB|EPIRB) ACTIVE|ABANDON(ING)? SHIP|UNDER ATTACK|PIRATE ATTACK|SINKING|ON FIRE|IN DISTRESS)\b",
    re.IGNORECASE,
)


class Cry(NamedTuple):
    """Something that cries for help, and the row that says so."""

    time_s: float
    mmsi: int
    severity: str
    words: str
    lat_deg: float = np.nan
    lon_deg: float = np.nan
    row: int = 0


def _cries(view: View) -> Iterator[Cry]:
    """What cries for help in this view, in order of the tables."""
    fixes = view.heard.fixes
    for i in np.flatnonzero(fixes.nav_status == ACTIVE).tolist():
        mmsi = int(fixes.mmsi[i])
        beacon = BEACONS.get(mmsi // 1_000_000)
        severity = "distress" if beacon else "caution"
        words = (
            f"{beacon} is active ({{0}})." if beacon else "{0} sends the status of a distress beacon: a call for help, or set by mistake."
        )
        yield Cry(float(fixes.time_s[i]), mmsi, severity, words, float(fixes.lat_deg[i]), float(fixes.lon_deg[i]), int(fixes.source_row[i]))
    texts = view.heard.texts
    for i in range(len(texts)):
        text = " ".join(str(texts.text[i]).split())
        if CRY.search(text) and not TEST.search(text):
            mmsi = int(texts.mmsi[i])
            quoted = text.replace("{", "(").replace("}", ")")
            severity = "distress" if mmsi // 1_000_000 in BEACONS else "danger"
            yield Cry(float(texts.time_s[i]), mmsi, severity, f"{{0}} sends the safety text “{quoted}”.", row=int(texts.source_row[i]))
    calls = view.heard.calls
    for i in range(len(calls)):
        if calls.category[i] == "distress" and calls.kind[i] in ("call", "relay"):
            nature = f": {calls.nature[i]}" if calls.nature[i] else ""
            words = (
                f"{{0}} has sent a DSC distress call{nature}."
                if calls.kind[i] == "call"
                else f"A DSC distress call of {{0}} is relayed{nature}."
            )
            where = float(calls.lat_deg[i]), float(calls.lon_deg[i])
            yield Cry(float(calls.time_s[i]), int(calls.mmsi[i]), "distress", words, *where, int(calls.source_row[i]))


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge what was heard. Level 1 raised, 2 as distress; `Spells.value` counts the reports of a ship that is not yet believed."""
    cries = list(_cries(view))
    if not cries and not len(memory):
        return Findings.empty(), memory
    found: list[Findings] = []

    def say(verb: str, time_s: float, cry: Cry, since_s: float, severity: str, rows: list[int]) -> None:
        lat, lon = (cry.lat_deg, cry.lon_deg) if cry.lat_deg == cry.lat_deg or verb == "end" else _last_known(view, cry.mmsi)
        found.append(
            finding(
                detector="distress",
                episode=f"{cry.mmsi}-{int(since_s)}",
                verb=verb,
                time_s=time_s,
                start_s=since_s if time_s == time_s else np.nan,
                severity=severity,
                score=0.95 if severity == "distress" else 0.7 if severity == "danger" else 0.4,
                ships=(cry.mmsi,),
                lat_deg=lat,
                lon_deg=lon,
                reason=cry.words,
                evidence=rows,
            )
        )

    def judge(time_s: float, heard: list[Cry]) -> None:
        nonlocal memory
        ships = sorted({cry.mmsi for cry in heard})
        now_s = 0.0 if np.isnan(time_s) else time_s
        spelled = spells(memory, key_of(np.array(ships, np.uint64)), now_s, hold_s=0, clear_s=settings["silent_s"])
        memory = spelled.memory
        for mmsi, row in zip(ships, spelled.at.tolist(), strict=True):
            of_her = [cry for cry in heard if cry.mmsi == mmsi]
            worst = max(of_her, key=lambda cry: RANK[cry.severity])
            memory.value[row] = np.nan_to_num(memory.value[row]) + len(of_her)
            believed = worst.severity != "caution" or memory.value[row] >= settings["ship_fixes"]
            level = 1 + RANK[worst.severity]
            if believed and memory.level[row] < level:
                verb = "amend" if memory.level[row] else "raise"
                memory.level[row] = level
                say(verb, time_s, worst, float(memory.since_s[row]), worst.severity, [cry.row for cry in of_her])
        for mmsi, since_s in zip(ships_of(spelled.ended.key)[0], spelled.ended.since_s.tolist(), strict=True):
            minutes = settings["silent_s"] / 60
            over = Cry(now_s, mmsi, "notice", f"{{0}} was not heard to call for help for {minutes:.0f} minutes.")
            say("end", time_s, over, since_s, "notice", [])

    times = np.array([cry.time_s for cry in cries], np.float64)
    if np.isnan(view.now_s):
        judge(view.now_s, cries)
        return Findings.concat(found), memory
    for second, rows in by_second(times):
        judge(second, [cries[row] for row in rows.tolist()])
    for cry in _cancelled(view):
        at = int(memory.find(key_of(np.array([cry.mmsi], np.uint64)))[0])
        if at >= 0 and memory.level[at] > 0:
            say("end", float(np.floor(cry.time_s) + 1), cry, float(memory.since_s[at]), "notice", [cry.row])
            memory = memory.take(np.arange(len(memory)) != at)
    if view.look:
        # What cried before the first known time is counted from it.
        memory = memory.replace(seen_s=np.where(memory.seen_s == 0, view.now_s, memory.seen_s))
        judge(view.now_s, [])
    return Findings.concat(found), memory


def _last_known(view: View, mmsi: int) -> tuple[float, float]:
    at = np.flatnonzero(view.before.mmsi == mmsi)
    return (float(view.before.lat_deg[at[0]]), float(view.before.lon_deg[at[0]])) if len(at) else (np.nan, np.nan)


def _cancelled(view: View) -> Iterator[Cry]:
    calls = view.heard.calls
    for i in range(len(calls)):
        if calls.category[i] == "distress" and calls.kind[i] == "cancel":
            words = "{0} has cancelled her distress call."
            yield Cry(float(calls.time_s[i]), int(calls.mmsi[i]), "notice", words, row=int(calls.source_row[i]))


DETECTOR: Final = Detector(
    id="distress",
    words="distress",
    reads=("look", "fixes", "texts", "calls"),
    settings=SETTINGS,
    memory=Spells,
    step=step,
    timeless=True,
)
