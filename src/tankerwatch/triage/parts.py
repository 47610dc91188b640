"""Episodes that are part of a greater one: each craft of a swarm closes on the same ship, each ship in a jammed area is falsely placed.

Such an episode gets no alert of its own while the greater one stands; one that came before it ends, and says of what it is a part.
"""

from __future__ import annotations

from collections.abc import Mapping

from tankerwatch.core.incidents import OPEN, Alert
from tankerwatch.triage.book import Book
from tankerwatch.triage.finding import Finding


class Parts:
    """Which episodes belong to which alert. absorbs: detector → the detectors whose findings about its ships are part of its own."""

    def __init__(self, book: Book, absorbs: Mapping[str, tuple[str, ...]]) -> None:
        self._book = book
        self._absorbs = {detector: frozenset(others) for detector, others in absorbs.items() if others}
        self._absorbed = frozenset(other for others in self._absorbs.values() for other in others)
        self._whole: dict[str, str] = {}

    def whole(self, finding: Finding) -> Alert | None:
        """The open alert of which a new episode is part, None when it stands alone."""
        if finding.detector not in self._absorbed or not finding.ships:
            return None
        for alert in map(self._book.alerts.__getitem__, self._book.open):
            if finding.detector in self._absorbs.get(alert.detector, ()) and finding.ships[0] in alert.ships:
                self._whole[finding.key] = alert.id
                return alert
        return None

    def knows(self, key: str) -> bool:
        """Whether an episode is part of another that still stands; forgets it when that is over."""
        name = self._whole.get(key)
        if name is not None and self._book.alerts[name].state != OPEN:
            del self._whole[key]
            return False
        return name is not None

    def take_in(self, alert: Alert, alert_of: Mapping[str, str]) -> list[Alert]:
        """The open alerts that are part of this one now that it stands, or has grown. alert_of: alert by key of its episode."""
        others = self._absorbs.get(alert.detector)
        if not others or alert.state != OPEN:
            return []
        parts = {
            other.id: other
            for other in map(self._book.alerts.__getitem__, self._book.open)
            if other.detector in others and other.ships and other.ships[0] in alert.ships
        }
        if parts:
            self._whole |= {key: alert.id for key, name in alert_of.items() if name in parts}
        return list(parts.values())
