"""What a person typed in becomes a report; one of a distress also becomes a finding, so that it raises an alert as a detector would."""

from __future__ import annotations

import math
from typing import Any

from tankerwatch.core.incidents import REPORT_KINDS, Report
from tankerwatch.core.tables import Decision
from tankerwatch.triage import words
from tankerwatch.triage.finding import Finding


def _number(value: Any, low: float, high: float) -> float | None:
    """A finite number within bounds, else None. JSON's true is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not low <= value <= high:
        return None
    return float(value)


def report(decision: Decision) -> Report:
    """The report in a decision of kind `report`; what is missing or unusable in it is None or empty."""
    content = decision.content
    lat_deg, lon_deg = _number(content.get("lat_deg"), -90, 90), _number(content.get("lon_deg"), -180, 180)
    placed = lat_deg is not None and lon_deg is not None
    ship = _number(content.get("ship"), 1, 2**32 - 1)
    happened_s = _number(content.get("time_s"), 0, 1e12)
    kind = content.get("kind")
    return Report(
        id=decision.id,
        time_s=decision.time_s if happened_s is None else happened_s,
        kind=kind if kind in REPORT_KINDS else "report",
        words=words.clean(str(content.get("words") or "")),
        ship=None if ship is None else int(ship),
        lat_deg=lat_deg if placed else None,
        lon_deg=lon_deg if placed else None,
        verified=content.get("verified") is True,
        source=words.clean(str(content.get("source") or ""), 80),
        entered_s=decision.time_s,
    )


def distress(made: Report, name: str = "") -> Finding:
    """What a reported distress of the ship called `name` says, in the form in which detectors speak. Unverified ones sound unverified."""
    told = made.words.replace("{", "(").replace("}", ")")
    if name and told.upper().startswith(f"{name.upper()}:"):
        told = told[len(name) + 1 :].lstrip()  # she is named before it anyway
    where = "" if made.ship is not None else " at a position"
    by = f" by {made.source}" if made.source else ""
    how = f"distress{where} reported{by}" if made.verified else f"distress{where} reported{by}, not verified"
    reason = f"{'{0}: ' if made.ship is not None else ''}{how}{': ' + told if told else ''}"
    return Finding(
        time_s=made.entered_s,
        start_s=min(made.time_s, made.entered_s),
        detector="distress",
        episode=f"report-{made.id}",
        verb="raise",
        severity="distress" if made.verified else "danger",
        score=1.0 if made.verified else 0.5,
        ships=() if made.ship is None else (made.ship,),
        lat_deg=made.lat_deg,
        lon_deg=made.lon_deg,
        reason=reason[:1].upper() + reason[1:],
        evidence=(),
    )
