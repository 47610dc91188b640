"""A journal for a replay: what people decide while they look at the past is of the moment, and is written nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tankerwatch.core.tables import Batch


class Unwritten:
    """A `ports.Journal` that only counts decisions."""

    failure = ""
    damage = ""
    size_bytes = 0

    def __init__(self) -> None:
        self.records = 0

    @property
    def durable(self) -> int:
        """All of nothing is safe."""
        return self.records

    def is_durable(self, number: int) -> bool:
        """Nobody waits for a disk."""
        return number <= self.records

    def copies(self) -> list[dict[str, Any]]:
        """There are none."""
        return []

    def append(self, batch: Batch) -> int:
        """Count what was decided."""
        self.records += len(batch.decisions)
        return self.records

    def commit(self) -> int:
        """Nothing is to be done."""
        return self.records

    def replay(self, after_frame: int = 0) -> Iterator[Batch]:
        """Nothing was kept."""
        return iter(())

    def close(self) -> None:
        """Nothing is held."""
