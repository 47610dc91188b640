"""The time line of a report as SVG: incidents as bars, below them each ship's alerts in time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tankerwatch.share.marks import Mark, moment, short, text

WIDE: Final = 1000
_TIME_STEPS_S: Final = (
    60,
    300,
    600,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
    86400,
    172800,
    604800,
    2592000,
    *(31536000 * years for years in (1, 10, 100, 1000)),
)
_LEFT: Final = 190
_ROW: Final = 30
MOST_ROWS: Final = 14
_SUB_ROW: Final = 26
_CLOSE: Final = 24
"""Symbols nearer than this stand below each other."""


def time_line(marks: Sequence[Mark], incidents: Sequence[Mapping[str, Any]], span_s: tuple[float, float], wide: int = WIDE) -> str:
    """Incidents as bars, below them each ship's alerts in time (the detectors', where there are too many ships); "" without times.

    It is `wide` units wide, 600 at least, and as high as it must be.
    """
    timed = [mark for mark in marks if moment(mark.alert["raised_s"])]
    if not timed:
        return ""
    times = [mark.alert[key] for mark in timed for key in ("start_s", "raised_s", "end_s")]
    times += [incident[key] for incident in incidents for key in ("start_s", "end_s")]
    known_s = [float(t) for t in (*times, *span_s) if moment(t)]
    first, last = min(known_s), max(known_s)
    spare = max((last - first) * 0.02, 30.0)
    first, last = first - spare, last + spare

    def x(time_s: float) -> float:
        return _LEFT + (time_s - first) / (last - first) * (wide - _LEFT - 12)

    made = []
    y = 34
    room = (wide - _LEFT) // 12
    for incident in incidents[:MOST_ROWS]:
        begin = incident["start_s"] if incident["start_s"] is not None else first
        end = incident["end_s"] if incident["end_s"] is not None else last
        made.append(
            f'<text class="lane" x="8" y="{y + 19}">Incident</text><rect class="incident {text(incident["severity"])}" x="{x(begin):.1f}"'
            f' y="{y + 4}" width="{max(x(end) - x(begin), 3):.1f}" height="{_ROW - 8}" rx="3"/>'
            f'<text class="what" x="{min(x(begin) + 8, wide - 400):.1f}" y="{y + 19}">{text(short(incident["title"], room))}</text>'
        )
        y += _ROW
    for name, held in _lanes(timed):
        rows = _below(held, x)
        made.append(f'<path class="line" d="M0 {y}H{wide}"/><text class="lane" x="8" y="{y + 19}">{text(short(name, 24))}</text>')
        for mark in held:
            middle = y + 15 + rows[mark.number] * _SUB_ROW
            begin = mark.alert["start_s"] if mark.alert["start_s"] is not None else mark.alert["raised_s"]
            open_to = last if mark.alert["state"] == "open" else mark.alert["raised_s"]
            end = mark.alert["end_s"] if mark.alert["end_s"] is not None else open_to
            made.append(
                f'<rect class="bar {mark.severity}" data-n="{mark.number}" x="{x(begin):.1f}" y="{middle - 3}"'
                f' width="{max(x(end) - x(begin), 1):.1f}" height="6" rx="3"/>'
            )
            made.append(mark.svg(x(mark.alert["raised_s"]), middle))
        y += _ROW + max(rows.values()) * _SUB_ROW
    high = y + 6
    made.insert(0, _ticks(first, last, high, x, wide // 110))
    return (
        f'<svg id="times" class="times" viewBox="0 0 {wide} {high}" role="group" aria-label="Time line of the alerts">{"".join(made)}</svg>'
    )


def _lanes(marks: Sequence[Mark]) -> list[tuple[str, list[Mark]]]:
    """Alerts by the ship in danger in order of her first; by detector where that would be too many lanes."""
    by_ship: dict[str, list[Mark]] = {}
    by_detector: dict[str, list[Mark]] = {}
    for mark in marks:
        ships = mark.alert["ships"]
        name = mark.alert["names"].get(str(ships[0]), str(ships[0])) if ships else "no ship"
        by_ship.setdefault(name, []).append(mark)
        by_detector.setdefault(mark.alert["detector"].replace("_", " "), []).append(mark)
    return list((by_ship if len(by_ship) <= MOST_ROWS else by_detector).items())


def _below(marks: Sequence[Mark], x: Callable[[float], float]) -> dict[int, int]:
    """By number: how many rows down an alert stands so that no symbol covers another; four rows at most."""
    ends: list[float] = []
    rows: dict[int, int] = {}
    for mark in marks:
        at = x(mark.alert["raised_s"])
        row = next((row for row, end in enumerate(ends) if at - end >= _CLOSE), len(ends))
        row = min(row, 3)
        ends[row : row + 1] = [at]
        rows[mark.number] = row
    return rows


def _ticks(first_s: float, last_s: float, high: float, x: Callable[[float], float], most: int) -> str:
    step = next((step for step in _TIME_STEPS_S if (last_s - first_s) / step <= most), _TIME_STEPS_S[-1])
    made, day = [], ""
    for n in range(math.ceil(first_s / step), math.floor(last_s / step) + 1):
        spoken_s = moment(n * step)
        date, clock = spoken_s[:10], spoken_s[11:16]
        label = clock if date == day and step < 86400 else f"{date} {clock}" if step < 86400 else date
        day = date
        made.append(f'<path class="tick" d="M{x(n * step):.1f} 24V{high}"/><text class="time" x="{x(n * step):.1f}" y="17">{label}</text>')
    return "".join(made)
