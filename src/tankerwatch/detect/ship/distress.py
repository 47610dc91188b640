"""Distress: a beacon is active, or a ship calls for help.

What it does      Raised at once by a distress beacon (AIS-SART 970, MOB 972, EPIRB-AIS 974) that sends status 14 or the word ACTIVE, by a ship
                  that keeps sending status 14, by a DSC distress call or its relay, and by safety text that says so. Tests (status 15, TEST,
                  EXERCISE, DSC test) raise nothing. Ends when the beacon was not heard for `silent_s`, or when the call is cancelled.
Why it matters    It always must be seen. Beacons are heard for minutes, over a few miles, once.
When it is wrong  Beacons set off by accident; a ship with status 14 set by mistake; words of distress about another ship.
Sources           ITU-R M.1371-5 Annex 9 (AIS-SART) and table 46; IMO SN.1/Circ.322 (display of AIS-SART, MOB and EPIRB-AIS); ITU-R M.493 (DSC).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, Spells, View, finding, key_of, ships_of, spells

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


def _cries(view: View) -> Iterator[tuple[int, str, str, float, float, int]]:
    """What cries for help in this view: (identity, severity, words, lat, lon, source row), in order of the tables."""
    fixes = view.heard.fixes
    for i in np.flatnonzero(fixes.nav_status == ACTIVE).tolist():
        mmsi = int(fixes.mmsi[i])
        beacon = BEACONS.get(mmsi // 1_000_000)
        if beacon:
            yield (
                mmsi,
                "distress",
                f"{beacon} is active ({{0}}).",
                float(fixes.lat_deg[i]),
                float(fixes.lon_deg[i]),
                int(fixes.source_row[i]),
            )
        else:
            words = "{0} sends the status of an active distress beacon: a call for help, or set by mistake."
            yield mmsi, "danger", words, float(fixes.lat_deg[i]), float(fixes.lon_deg[i]), int(fixes.source_row[i])
    texts = view.heard.texts
    for i in range(len(texts)):
        text = " ".join(str(texts.text[i]).split())
        cry = CRY.search(text)
        if cry and not TEST.search(text):
            mmsi = int(texts.mmsi[i])
            severity = "distress" if mmsi // 1_000_000 in BEACONS else "danger"
            quoted = text.replace("{", "(").replace("}", ")")
            yield mmsi, severity, f"{{0}} sends the safety text “{quoted}”.", np.nan, np.nan, int(texts.source_row[i])
    calls = view.heard.calls
    for i in range(len(calls)):
        if calls.category[i] == "distress" and calls.kind[i] in ("call", "relay"):
            nature = f": {calls.nature[i]}" if calls.nature[i] else ""
            words = (
                f"{{0}} has sent a DSC distress call{nature}."
                if calls.kind[i] == "call"
                else f"A DSC distress call of {{0}} is relayed{nature}."
            )
            yield int(calls.mmsi[i]), "distress", words, float(calls.lat_deg[i]), float(calls.lon_deg[i]), int(calls.source_row[i])


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge what was heard. Level 1 raised; `Spells.value` counts the reports of a ship that is not yet believed."""
    now_s = 0.0 if np.isnan(view.now_s) else view.now_s
    cries: dict[int, list[tuple[str, str, float, float, int]]] = {}
    for cry in _cries(view):
        cries.setdefault(cry[0], []).append(cry[1:])
    keys = key_of(np.array(sorted(cries), np.uint64))
    spelled = spells(memory, keys, now_s, hold_s=0, clear_s=settings["silent_s"])
    kept = spelled.memory
    found = []

    def say(verb: str, mmsi: int, since_s: float, severity: str, words: str, lat: float, lon: float, rows: list[int]) -> None:
        found.append(
            finding(
                detector="distress",
                episode=f"{mmsi}-{int(since_s)}",
                verb=verb,
                time_s=float(view.now_s),
                start_s=since_s if view.now_s == view.now_s else float("nan"),
                severity=severity,
                score=0.95 if severity == "distress" else 0.7,
                ships=(mmsi,),
                lat_deg=lat,
                lon_deg=lon,
                reason=words,
                evidence=rows,
            )
        )

    for mmsi, row in zip(sorted(cries), spelled.at, strict=True):
        heard = cries[mmsi]
        severity, words, lat, lon, _ = max(heard, key=lambda c: (c[0] == "distress", c[0] == "danger"))
        if np.isnan(lat):
            lat, lon = _last_known(view, mmsi)
        rows = [c[4] for c in heard]
        doubted = all("set by mistake" in c[1] for c in heard)
        kept.value[row] = np.nan_to_num(kept.value[row]) + len(heard)
        if kept.level[row] == 0 and (not doubted or kept.value[row] >= settings["ship_fixes"]):
            kept.level[row] = 2 if severity == "distress" else 1
            say("raise", mmsi, float(kept.since_s[row]), severity, words, lat, lon, rows)
        elif kept.level[row] == 1 and severity == "distress":
            kept.level[row] = 2
            say("amend", mmsi, float(kept.since_s[row]), severity, words, lat, lon, rows)
    for mmsi, words in _cancelled(view):
        at = kept.find(key_of(np.array([mmsi], np.uint64)))[0]
        if at >= 0 and kept.level[at] > 0:
            say("end", mmsi, float(kept.since_s[at]), "notice", words, np.nan, np.nan, [])
            kept.level[at] = 0
    for mmsi, since_s in zip(ships_of(spelled.ended.key)[0], spelled.ended.since_s, strict=True):
        minutes = settings["silent_s"] / 60
        say("end", mmsi, float(since_s), "notice", f"{{0}} was not heard to call for help for {minutes:.0f} minutes.", np.nan, np.nan, [])
    return Findings.concat(found), kept


def _last_known(view: View, mmsi: int) -> tuple[float, float]:
    at = np.flatnonzero(view.picture.mmsi == mmsi)
    return (float(view.picture.lat_deg[at[0]]), float(view.picture.lon_deg[at[0]])) if len(at) else (np.nan, np.nan)


def _cancelled(view: View) -> Iterator[tuple[int, str]]:
    calls = view.heard.calls
    for i in range(len(calls)):
        if calls.category[i] == "distress" and calls.kind[i] == "cancel":
            yield int(calls.mmsi[i]), "{0} has cancelled her distress call."


DETECTOR: Final = Detector(
    id="distress",
    words="distress",
    reads=("look", "fixes", "texts", "calls"),
    settings=SETTINGS,
    memory=Spells,
    step=step,
    timeless=True,
)
