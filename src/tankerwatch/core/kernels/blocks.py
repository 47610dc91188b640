"""From lines to columns, some lines at a time: so what one pass makes is near when the next one takes it.

Memory that has gone to the far cache costs more than all that is done with it. Only what Python makes tables of goes there, once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels import positions as ps
from tankerwatch.core.kernels import reports as rp
from tankerwatch.core.kernels import sweep as sw
from tankerwatch.core.kernels.compiling import kernel

LINES = 2048
"""Lines of a block."""

# How far it has come, behind what `sweep` counts.
LINE, ASSEMBLED, SORTED, PLACED, MARKED = range(sw.COUNTS, sw.COUNTS + 5)
PROGRESS = sw.COUNTS + 5
DONE, ROOM, TAIL = range(3)
"""What is wanted: nothing more; more room for entries or messages (`sweep.FULL` says which); a longer tail, or `settled` emptied."""


@kernel
def take(
    buffer: Any, start: Any, end: Any, time_s: Any, source_row: Any, serial: int, progress: Any, reasons: Any,
    entries: Any, outcomes: Any, messages: Any, message_times: Any, message_rows: Any, feeds: Any, feed_station: Any,
    names: Any, keys: Any, numbers: Any, known: Any, fresh: Any, words: Any, told: Any, told_s: Any, told_rows: Any,
    slots: Any, parts: Any, times: Any, rows: Any, kept: Any, marks: Any, tail: Any, made: Any, settled: Any,
    chosen: Any, sizes: Any, doubles: Any, singles: Any, bytes_: Any, shorts: Any, told_numbers: Any, source_rows: Any,
    there: Any, missing: Any,
) -> int:  # fmt: skip  # one a line would hide what belongs together
    """Read all lines and decode their positions; other messages are sorted. Returns what is wanted: if not DONE, call again with it.

    progress: (PROGRESS,) i64, zeros at first · the others: see `sweep.sweep`, `index_fragments.assemble`, `reports.families`,
    `positions.place` and `positions.mark`, which is left out where `there` has no room.
    """
    while True:
        progress[ASSEMBLED] = fr.assemble(
            buffer, entries, progress[ASSEMBLED], progress[sw.ENTRIES], time_s, source_row, outcomes, feeds, feed_station,
            slots, parts, times, rows, kept, marks, serial, messages, message_times, message_rows, tail, made, settled,
        )  # fmt: skip  # one a line would hide what belongs together
        if progress[ASSEMBLED] < progress[sw.ENTRIES]:
            return TAIL
        before = sizes[rp.POSITIONS]
        rp.families(buffer, tail, messages, progress[SORTED], progress[sw.ROWS], chosen, sizes)
        sizes[rp.FAMILIES] += progress[sw.REPORTS]
        progress[SORTED] = progress[sw.ROWS]
        progress[PLACED] = ps.place(
            buffer, tail, messages, message_times, message_rows, chosen[rp.POSITIONS], before, sizes[rp.POSITIONS],
            words, told, told_s, told_rows, progress[sw.REPORTS], progress[PLACED],
            doubles, singles, bytes_, shorts, told_numbers, source_rows,
        )  # fmt: skip  # one a line would hide what belongs together
        progress[sw.REPORTS] = 0
        done = progress[LINE] >= len(start)
        behind = progress[PLACED] if done else progress[PLACED] & ~63
        if there.shape[1] > 0 and behind > progress[MARKED]:
            ps.mark(progress[MARKED], behind, doubles, singles, bytes_, there, missing)
            progress[MARKED] = behind
        if done:
            return DONE
        line = sw.sweep(
            buffer, start, end, time_s, source_row, progress[LINE], min(progress[LINE] + LINES, len(start)), len(source_rows), reasons,
            entries, messages, message_times, message_rows, progress, feeds, feed_station, names, keys, numbers, known, fresh,
            words, told, told_s, told_rows,
        )  # fmt: skip  # one a line would hide what belongs together
        if line == progress[LINE]:
            return ROOM
        progress[LINE] = line


def reports() -> tuple[Any, Any, Any, Any]:
    """words, told, told_s, told_rows: room for the position reports of a block, which wait there for the others."""
    return np.empty((LINES, 4), np.int64), np.empty((ps.TOLD, LINES), np.int32), np.empty(LINES, np.float64), np.empty(LINES, np.uint64)


def warm() -> None:
    """Compile, with what comes after it and takes the same arrays."""
    raw = np.frombuffer(b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0*09" + bytes(sw.READ_BEYOND), np.uint8)
    lines = [ix.read_only(np.full(1, value, kind)) for value, kind in ((0, "i8"), (48, "i8"), (0, "f8"), (0, "u8"))]
    reasons, outcomes, progress = np.zeros(1, np.uint8), np.zeros(2, np.uint8), np.zeros(PROGRESS, np.int64)
    entries, messages = np.zeros((2, ix.ENTRY_WIDTH), np.int64), np.zeros((2, ms.MESSAGE_WIDTH), np.int32)
    times, rows, kept = np.zeros(2), np.zeros(2, np.uint64), fr.open_messages()
    take(
        raw, *lines, 0, progress, reasons, entries, outcomes, messages, times, rows,
        np.zeros((1, fr.FEED_WIDTH), np.int64), np.zeros(1, np.int64), sw.names_table(), *ix.stations_table(), *reports(), *kept,
        np.zeros(2 * fr.LONGEST, np.uint8), np.zeros(3, np.int64), np.zeros((64, 3), np.int64),
        np.zeros((rp.FAMILIES, 2), np.int64), np.zeros(rp.SIZES, np.int64),
        np.zeros((3, 2)), np.zeros((3, 2), np.float32), np.zeros((8, 2), np.uint8), np.zeros((2, 2), np.uint16), np.zeros((3, 2), np.int32),
        np.zeros(2, np.uint64), np.zeros((ps.MARKED, 1), np.uint64), np.zeros(ps.MARKED, np.int64),
    )  # fmt: skip  # one a line would hide what belongs together
    fr.settle_lines(entries, 0, outcomes, reasons, kept[0], kept[1], 0, 0)
    fr.tally(reasons, lines[3], messages, rows, rows, 0, np.zeros(256, np.uint8), np.zeros(256, np.int64), np.zeros((1, 3), np.int64))
