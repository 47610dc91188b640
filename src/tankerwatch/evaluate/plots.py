"""Plots as SVG, written by hand: bars and spans on one axis, ours beside the naive rule's, readable in black and white."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 860
LEFT: Final = 190
RIGHT: Final = 90
ROW: Final = 34
TOP: Final = 64
OURS, NAIVE, GRID, INK = "#1f6f8b", "#d9a441", "#d5d8dc", "#222"


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, weight: str = "normal") -> str:
    how = f'text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{INK}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {how}>{escape(words)}</text>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.8):.1f}" height="{height}" fill="{colour}"/>'


def _page(title: str, parts: Sequence[str], rows: int, ticks: Sequence[tuple[float, str]], legend: Sequence[tuple[str, str]]) -> str:
    """The frame: title, grid with its numbers, legend; `ticks` are (x, words)."""
    height = TOP + rows * ROW + 40
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(16, 26, title, size=16, weight="bold"),
    ]
    x = float(LEFT)
    for colour, words in legend:
        made += [_box(x, 38, 12, 12, colour), _text(x + 18, 49, words, size=12)]
        x += 40 + 7 * len(words)
    for at, words in ticks:
        made.append(f'<line x1="{at:.1f}" y1="{TOP - 6}" x2="{at:.1f}" y2="{height - 30}" stroke="{GRID}"/>')
        made.append(_text(at, height - 12, words, anchor="middle", size=12))
    return "\n".join([*made, *parts, "</svg>", ""])


def _linear(high: float) -> Callable[[float], float]:
    return lambda value: LEFT + (WIDTH - LEFT - RIGHT) * min(value, high) / high


def _logarithmic(low: float, high: float) -> Callable[[float], float]:
    whole = math.log10(high / low)
    return lambda value: LEFT + (WIDTH - LEFT - RIGHT) * min(max(math.log10(max(value, low) / low) / whole, 0.0), 1.0)


def shares(title: str, rows: Sequence[tuple[str, float | None, float | None]]) -> str:
    """Shares from 0 to 1: (name, ours, the naive rule's); None where there is none."""
    at = _linear(1.0)
    parts = []
    for index, (name, ours, naive) in enumerate(rows):
        y = TOP + index * ROW
        parts.append(_text(LEFT - 10, y + 18, name, anchor="end"))
        for offset, value, colour in ((3, ours, OURS), (15, naive, NAIVE)):
            if value is None:
                parts.append(_text(LEFT + 4, y + offset + 9, "none", size=10))
            else:
                parts += [
                    _box(LEFT, y + offset, at(value) - LEFT, 10, colour),
                    _text(at(value) + 5, y + offset + 9, f"{value:.2f}", size=10),
                ]
    ticks = [(at(value), f"{value:.2f}") for value in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return _page(title, parts, len(rows), ticks, ((OURS, "Tankerwatch"), (NAIVE, "naive rule")))


def spans(title: str, rows: Sequence[tuple[str, float, float, float]]) -> str:
    """Delays on a logarithmic axis: (name, median, 95th percentile, deadline), all in s."""
    at = _logarithmic(1.0, 10_800.0)
    parts = []
    for index, (name, middle, high, due) in enumerate(rows):
        y = TOP + index * ROW
        parts += [
            _text(LEFT - 10, y + 18, name, anchor="end"),
            _box(at(middle), y + 10, at(high) - at(middle), 6, OURS),
            f'<circle cx="{at(middle):.1f}" cy="{y + 13}" r="6" fill="{OURS}"/>',
            f'<line x1="{at(due):.1f}" y1="{y + 2}" x2="{at(due):.1f}" y2="{y + 24}" stroke="{NAIVE}" stroke-width="3"/>',
            _text(WIDTH - 6, y + 18, f"{middle:.0f} / {high:.0f} s", anchor="end", size=11),
        ]
    ticks = [(at(v), words) for v, words in ((1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (10_800, "3 h"))]
    return _page(title, parts, len(rows), ticks, ((OURS, "median, to the 95th percentile"), (NAIVE, "deadline (median)")))


def rates(title: str, rows: Sequence[tuple[str, float, float, float | None]]) -> str:
    """False alarms per 1000 ship-days on a logarithmic axis: (name, ours, upper bound of ours, the naive rule's)."""
    at = _logarithmic(0.3, 100_000.0)
    parts = []
    for index, (name, ours, bound, naive) in enumerate(rows):
        y = TOP + index * ROW
        parts += [
            _text(LEFT - 10, y + 18, name, anchor="end"),
            _box(LEFT, y + 3, at(ours) - LEFT, 10, OURS),
            f'<line x1="{at(ours):.1f}" y1="{y + 8}" x2="{at(bound):.1f}" y2="{y + 8}" stroke="{INK}"/>',
            f'<line x1="{at(bound):.1f}" y1="{y + 4}" x2="{at(bound):.1f}" y2="{y + 12}" stroke="{INK}"/>',
            _text(at(bound) + 5, y + 12, f"{ours:.1f}", size=10),
        ]
        if naive is not None:
            parts += [_box(LEFT, y + 15, at(naive) - LEFT, 10, NAIVE), _text(at(naive) + 5, y + 24, f"{naive:,.0f}", size=10)]
    ticks = [(at(value), f"{value:,.0f}") for value in (1, 10, 100, 1000, 10_000, 100_000)]
    return _page(title, parts, len(rows), ticks, ((OURS, "Tankerwatch, with 95 % bound"), (NAIVE, "naive rule")))
