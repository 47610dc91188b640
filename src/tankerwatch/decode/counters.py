"""What became of every line. Nothing is dropped without a reason, and the reasons add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tankerwatch.core.kernels import index as ix
from tankerwatch.core.schema import I64, U8

USED = ix.USED
BLANK = ix.BLANK
INCOMPLETE = ix.INCOMPLETE
RADAR_WITHOUT_POSITION, RADAR_LOST, BAD_RADAR, BAD_CALL = range(ix.TOO_SHORT + 1, ix.TOO_SHORT + 5)

REASONS: dict[int, str] = {
    ix.COMMENT: "comment",
    ix.NOT_NMEA: "not_nmea",
    ix.OTHER_SENTENCE: "other_sentence",
    ix.BAD_CHECKSUM: "bad_checksum",
    ix.BAD_TAG_BLOCK: "bad_tag_block",
    ix.MALFORMED: "malformed",
    ix.BAD_PAYLOAD: "bad_payload",
    ix.EMPTY_PAYLOAD: "empty_payload",
    ix.FRAGMENT_TOO_LONG: "fragment_too_long",
    ix.INCOMPLETE: "incomplete",
    ix.DUPLICATE_FRAGMENT: "duplicate_fragment",
    ix.TOO_SHORT: "too_short",
    RADAR_WITHOUT_POSITION: "radar_without_position",
    RADAR_LOST: "radar_lost",
    BAD_RADAR: "bad_radar",
    BAD_CALL: "bad_call",
}
"""Why nothing came of a line. `comment` and `other_sentence` are no faults; `incomplete`: the other sentences have not come (yet)."""

PASSED_OVER = frozenset({"comment", "other_sentence"})


@dataclass(slots=True)
class Counters:
    """Counts since the beginning. Always `lines == used + blank + sum(rejected.values())`."""

    lines: int = 0
    blank: int = 0
    used: int = 0
    """lines that became part of a message or said something about others (`$PGHP`, tags alone, own position)"""
    sentences: int = 0
    """whole VDM, VDO, radar, call and other sentences that were looked at; a line may hold several"""
    messages: int = 0
    positions: int = 0
    statics: int = 0
    bases: int = 0
    texts: int = 0
    calls: int = 0
    others: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """All counts, `rejected` in order of size."""
        counts: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "rejected"}
        counts["rejected"] = dict(sorted(self.rejected.items(), key=lambda item: (-item[1], item[0])))
        return counts

    def add(self, by_reason: I64) -> None:
        """Count what became of lines: (256,) how many by the number of kernels/index.py or of this file."""
        for reason in np.flatnonzero(by_reason).tolist():
            count = int(by_reason[reason])
            self.lines += count
            self._change(reason, count)

    def move(self, old: int, new: int) -> None:
        """A line that was counted as one thing turned out to be another."""
        self._change(old, -1)
        self._change(new, 1)

    def _change(self, reason: int, by: int) -> None:
        if reason == USED:
            self.used += by
        elif reason == BLANK:
            self.blank += by
        else:
            name = REASONS[reason]
            count = self.rejected.get(name, 0) + by
            if count:
                self.rejected[name] = count
            else:
                self.rejected.pop(name, None)


@dataclass(slots=True)
class FeedCounters:
    """Counts of one feed."""

    lines: int = 0
    messages: int = 0
    rejected: int = 0
    """lines that are damaged or could not be used; comments, blank lines and sentences of other kinds are not among them"""


def is_rejection(reason: int) -> bool:
    """Whether a line is damaged or unusable, rather than used, blank or passed over."""
    return reason not in (USED, BLANK, ix.COMMENT, ix.OTHER_SENTENCE)


REJECTION: U8 = np.array([is_rejection(reason) for reason in range(256)], np.uint8)
"""(256,) 1 where `is_rejection`."""
