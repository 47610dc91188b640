"""What came of a strike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Tell = Callable[[], None]
"""Called after each round."""


@dataclass(slots=True)
class Outcome:
    """A strike's rounds, added up. `struck` and `noticing` say in words what was done and when that counts as noticed."""

    strike: str
    struck: str
    noticing: str
    rounds: int = 0
    acknowledged: int = 0
    """records, of all rounds"""
    lost: int = 0
    """of them, how many could not be got back as they were"""
    missed: int = 0
    """rounds in which it was not noticed, or something else than what had happened was said"""
    recoveries_s: list[float] = field(default_factory=list)
    first_fault: str = ""
    """the first thing that was not as it must be"""
    bytes: int = 0
    """brought back from copies, where the strike measures that"""

    @property
    def passed(self) -> bool:
        """Whether nothing acknowledged was lost, and every round was noticed."""
        return not self.lost and not self.missed and self.rounds > 0

    def miss(self, why: str) -> None:
        """The round was not noticed, or not rightly."""
        self.missed += 1
        self.first_fault = self.first_fault or f"round {self.rounds}: {why}"

    def lose(self, acknowledged: int, good: int) -> None:
        """So much was acknowledged, and so much is there as it was."""
        self.acknowledged += acknowledged
        if good < acknowledged:
            self.lost += acknowledged - good
            self.first_fault = (
                self.first_fault or f"round {self.rounds}: record {good + 1} of {acknowledged} acknowledged ones is not there"
            )

    def to_json(self) -> dict[str, Any]:
        """As the command prints it; recovery_s: the longest."""
        made: dict[str, Any] = {
            "strike": self.strike,
            "rounds": self.rounds,
            "acknowledged": self.acknowledged,
            "acknowledged_lost": self.lost,
            "noticed": self.missed == 0 and self.rounds > 0,
            "unnoticed": self.missed,
            "recovery_s": round(max(self.recoveries_s), 4) if self.recoveries_s else None,
            "median_recovery_s": round(median(self.recoveries_s), 4) if self.recoveries_s else None,
            "struck": self.struck,
            "noticing": self.noticing,
        }
        if self.bytes:
            made["recovery_s_per_gb"] = round(sum(self.recoveries_s) / self.bytes * 1e9, 2)
        if self.first_fault:
            made["first_fault"] = self.first_fault
        return made
