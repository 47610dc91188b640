"""What really happens in a scene: dangers that must be named, decoys that must not alarm, and who sailed for how long."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from tankerwatch.core.tables import Decision

FAMILIES: Final[tuple[tuple[str, ...], ...]] = (
    ("false_position", "clone", "jamming"),
    ("sudden_stop", "drifting", "grounding", "not_under_command"),
    ("closing", "swarm"),
    ("dark",),
    ("distress",),
    ("rendezvous",),
    ("loitering",),
    ("zone",),
    ("ring",),
    ("collision",),
    ("identity",),
    ("feed",),
)
"""Dangers that are told apart by degree: where one of them is true, another of its family is no false alarm."""

FAMILY: Final = {danger: family for family in FAMILIES for danger in family}


@dataclass(frozen=True, slots=True)
class Danger:
    """Something that must be found. Times are receive times, s since 1970.

    oracle_s: the first instant at which one who knew the truth could know · due_s: raised later than this it comes too late ·
    ships: whom it concerns, one of them must be named · also: other detectors that are right to speak in its course ·
    named: detectors whose alert counts as finding it (none: `detector` alone) · gap: a known gap, reported apart and under no bar.
    """

    id: str
    detector: str
    kind: str
    level: str
    ships: tuple[int, ...]
    start_s: float
    end_s: float
    oracle_s: float
    due_s: float
    lat_deg: float
    lon_deg: float
    also: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Decoy:
    """Something that looks like a danger and is none: no detector in `forbidden` may name one of its ships (none named: any ship)."""

    id: str
    kind: str
    forbidden: tuple[str, ...]
    ships: tuple[int, ...]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A stream of sentences with its truth. `ship_days` and `tanker_days` say how much sailing it holds, `tankers` who is one,
    `settings` what the desk's configuration has to say (TOML), `decisions` what people at the desk decide, in order of time.
    """

    name: str
    log: bytes
    start_s: float
    end_s: float
    dangers: tuple[Danger, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    ship_days: float = 0.0
    tanker_days: float = 0.0
    tankers: frozenset[int] = frozenset()
    settings: str = ""
    decisions: tuple[Decision, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The truth, without the log."""
        return {
            "name": self.name,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "ship_days": self.ship_days,
            "tanker_days": self.tanker_days,
            "dangers": [asdict(danger) for danger in self.dangers],
            "decoys": [asdict(decoy) for decoy in self.decoys],
            "decisions": [asdict(decision) for decision in self.decisions],
        }
