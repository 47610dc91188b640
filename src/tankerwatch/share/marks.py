"""Alerts as signs in a picture: shape and colour by severity, a number to find the row by. And times and places in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from tankerwatch.core.geo import spoken
from tankerwatch.core.incidents import RANK, WITHDRAWN

SYMBOLS: Final = (
    '<svg class="unseen" aria-hidden="true" focusable="false"><defs>'
    '<symbol id="s-notice" viewBox="-12 -12 24 24"><path class="hollow" d="M0-9 9 0 0 9-9 0Z"/></symbol>'
    '<symbol id="s-caution" viewBox="-12 -12 24 24"><path d="M0-10 10 0 0 10-10 0Z"/></symbol>'
    '<symbol id="s-danger" viewBox="-12 -12 24 24"><path d="M0-10 11 9.5-11 9.5Z"/></symbol>'
    '<symbol id="s-distress" viewBox="-12 -12 24 24"><path class="hollow" d="M-11-11H11V11H-11Z"/><path d="M0-8.5 9 7.5-9 7.5Z"/></symbol>'
    "</defs></svg>"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """An alert as it is drawn: its number in the report, and what a person reads of it."""

    number: int
    alert: Mapping[str, Any]
    words: str

    @property
    def severity(self) -> str:
        """One of core's severities."""
        return str(self.alert["severity"])

    def svg(self, x: float, y: float, *, small: bool = False) -> str:
        """The symbol at a place, a link to the alert's row; it keeps its size when the chart is zoomed."""
        size = 18 if small else 26
        down = 3.4 if self.severity == "danger" else 1.6 if self.severity == "distress" else 0
        inner = f'<text class="in" y="{3.2 + down:g}">{self.number}</text>' if self.number < 100 and not small else ""
        withdrawn = " withdrawn" if self.alert["state"] == WITHDRAWN else ""
        label = text(self.words)
        return (
            f'<a href="#alert-{self.number}" class="mark {self.severity}{withdrawn}" data-n="{self.number}" aria-label="{label}"'
            f' transform="translate({x:.1f} {y:.1f})"><title>{label}</title><g class="fixed">'
            f'<use href="#s-{self.severity}" x="{-size / 2:g}" y="{-size / 2:g}" width="{size}" height="{size}"/>{inner}</g></a>'
        )


def weight(mark: Mark) -> tuple[bool, int, int]:
    """What is worst is drawn last, above the rest; the earlier above the later."""
    return mark.alert["state"] != WITHDRAWN, RANK[mark.severity], -mark.number


def short(text: str, most: int) -> str:
    """The text, cut where it is longer than `most` signs."""
    return text if len(text) <= most else text[: most - 1] + "…"


def moment(time_s: float | None) -> str:
    """`2019-06-13 02:50:10`, UTC; "" when not known or beyond the calendar."""
    if time_s is None or not math.isfinite(time_s) or not -62_135_596_800 <= time_s < 253_402_300_799:
        return ""
    return f"{datetime.fromtimestamp(math.floor(time_s), UTC):%Y-%m-%d %H:%M:%S}"


def place(lat_deg: float | None, lon_deg: float | None) -> str:
    """A place in the words of the sea; "" when there is none."""
    return "" if lat_deg is None or lon_deg is None else spoken(lat_deg, lon_deg)


def text(words: Any) -> str:
    """Words as HTML: what a browser could take for markup is escaped, what nobody sees is made visible."""
    return escape("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(words)))
