"""Learns what is usual where, from the picture at every whole minute."""

from __future__ import annotations

from tankerwatch.core.context import Context
from tankerwatch.core.tables import Picture


class Learner:
    """What was learnt so far: `context`, renewed by `learn`."""

    def __init__(self, context: Context | None = None) -> None:
        self.context = context or Context()

    def learn(self, picture: Picture, now_s: float) -> None:
        """Take in the picture of a whole minute."""
