"""One row of Findings as an object with nothing missing that may not be: the door between the tables and the plain objects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tankerwatch.core.incidents import RANK
from tankerwatch.core.tables import VERBS, Findings


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector said. Times, position are None when not known; `ships` has the one in danger first."""

    time_s: float | None
    start_s: float | None
    detector: str
    episode: str
    verb: str
    severity: str
    score: float
    ships: tuple[int, ...]
    lat_deg: float | None
    lon_deg: float | None
    reason: str
    evidence: tuple[int, ...]

    @property
    def key(self) -> str:
        """The episode's name among all detectors."""
        return f"{self.detector}\n{self.episode}"


def known(value: float) -> float | None:
    """The number, None for NaN and the infinities."""
    value = float(value)
    return value if math.isfinite(value) else None


def rows(findings: Findings) -> Iterator[Finding]:
    """The rows as objects.

    Raises ValueError when a detector used a verb or a severity that does not exist: that is our fault, not the data's.
    """
    for i in range(len(findings)):
        verb, severity = str(findings.verb[i]), str(findings.severity[i])
        if verb not in VERBS or severity not in RANK:
            raise ValueError(f"{findings.detector[i]} said {verb!r} with severity {severity!r}, which do not exist")
        lat_deg, lon_deg = known(findings.lat_deg[i]), known(findings.lon_deg[i])
        placed = lat_deg is not None and lon_deg is not None
        yield Finding(
            time_s=known(findings.time_s[i]),
            start_s=known(findings.start_s[i]),
            detector=str(findings.detector[i]),
            episode=str(findings.episode[i]),
            verb=verb,
            severity=severity,
            score=min(1.0, max(0.0, known(findings.score[i]) or 0.0)),
            ships=tuple(dict.fromkeys(int(ship) for ship in findings.ships[i])),
            lat_deg=lat_deg if placed else None,
            lon_deg=lon_deg if placed else None,
            reason=str(findings.reason[i]),
            evidence=tuple(int(row) for row in findings.evidence[i]),
        )
