"""What our pages for paper have in common: one file that opens offline, prints, and asks no one for anything, and the parts it is made of.

Names and words from the air are hostile: all text is escaped, unprintable signs are replaced, and the page's own policy lets nothing run
but the scripts whose hashes it names.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.incidents import SEVERITIES
from tankerwatch.core.ports import Sheet
from tankerwatch.share.marks import SYMBOLS, Mark, moment, text

CSS: Final = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
AID: Final = "An alert is an aid for a trained watch, not a fact. When life is at stake, call the rescue coordination centre."


def document(title: str, body: str, *, style: str = "", script: str = "") -> Sheet:
    """The whole page: `style` goes behind the style that all have; of scripts there is this one or none."""
    style = CSS + style
    running = hashed(script) if script else "'none'"
    policy = f"default-src 'none'; style-src {hashed(style)}; script-src {running}; base-uri 'none'; form-action 'none'"
    ending = f"<script>{script}</script>\n" if script else ""
    return Sheet(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n'
        f"{SYMBOLS}\n{body}\n<footer>{AID}</footer>\n{ending}</body>\n</html>\n",
        policy,
    )


def hashed(written: str) -> str:
    """A style or script as a policy names it."""
    return f"'sha256-{b64encode(sha256(written.encode()).digest()).decode()}'"


def icon(severity: str) -> str:
    """The sign of a severity, beside its word."""
    return (
        f'<svg class="icon {severity}" width="18" height="18" aria-hidden="true"><use href="#s-{severity}" width="18" height="18"/></svg>'
    )


def section(name: str, title: str, content: str, *, kind: str = "") -> str:
    """A part of the page with its heading; `name` is the heading's id."""
    return f'<section class="{kind}" aria-labelledby="{name}"><h2 id="{name}">{title}</h2>{content}</section>\n'


def remarks(words: Iterable[str]) -> str:
    """What to bear in mind while reading; "" when there is nothing."""
    items = "".join(f"<li>{text(said)}</li>" for said in words)
    return section("remarks-head", "To be borne in mind", f"<ul>{items}</ul>", kind="remarks") if items else ""


def count(number: int, what: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def clock(time_s: float | None) -> str:
    """The time of day before its date, as one element."""
    spoken = moment(time_s)
    return f'<time datetime="{spoken.replace(" ", "T")}Z"><b>{spoken[11:]}</b> <span>{spoken[:10]}</span></time>' if spoken else "not known"


def _decimal(value: float | None, digits: int, width: int = 0) -> str:
    return "" if value is None else f"{value:0{width}.{digits}f}"


def sideways(table: str, label: str) -> str:
    """A table that may be wider than a phone, with its name for those who listen."""
    return f'<div class="sideways" tabindex="0" role="group" aria-label="{label}">{table}</div>'


def row(*cells: str, kind: str = "") -> str:
    """A row of a table; the cells are HTML."""
    return f'<tr class="{kind}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def table(heads: Sequence[str], rows: Iterable[str], label: str, *, kind: str = "", none: str = "None.", caption: str = "") -> str:
    """A table with its heads; without rows, that there are none."""
    held = "".join(rows)
    if not held:
        return quiet(none)
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    over = f"<caption>{caption}</caption>" if caption else ""
    return sideways(f'<table class="plain {kind}">{over}<thead><tr>{head}</tr></thead><tbody>{held}</tbody></table>', label)


def quiet(words: str) -> str:
    """A remark in passing."""
    return f'<p class="quiet">{words}</p>'


def toned(words: str, alarming: bool) -> str:
    """Words that alarm, or do not."""
    return f'<span class="alarm">{words}</span>' if alarming else words


def severity_cell(severity: str) -> str:
    """Sign and word of a severity."""
    return f'<span class="severity {severity}">{icon(severity)} {severity}</span>'


def helpers_table(helpers: Sequence[Mapping[str, Any]], caption: str) -> str:
    """Who can help: distance, bearing and time; "" when there is nobody. No course and no place to meet (SAFETY.md)."""
    rows = "".join(
        f'<tr><th scope="row">{text(helper["name"])}</th><td>{_decimal(helper["distance_nm"], 1)} NM</td>'
        f"<td>{_decimal(helper['bearing_deg'], 0, 3)}°</td><td>{_hours(helper['hours'])}</td></tr>"
        for helper in helpers
    )
    held = (
        f'<table class="helpers"><caption>{caption}</caption>'
        '<thead><tr><th scope="col">ship</th><th scope="col">distance</th><th scope="col">bearing</th>'
        f'<th scope="col">time</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    return sideways(held, "Who could help") if rows else ""


def _hours(hours: float | None) -> str:
    """As the page of the desk says it."""
    if hours is None:
        return ""
    minutes = round(hours * 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def chart_section(picture: str, unplaced: Sequence[Mark]) -> str:
    """The chart with what its signs mean; how many alerts are not in it."""
    if not picture:
        return section("chart-head", "Chart", '<p class="quiet">No alert has a place.</p>', kind="chart-part")
    keys = "".join(f"<li>{icon(name)}{name}</li>" for name in reversed(SEVERITIES))
    sample = '<svg class="sample" width="30" height="14" aria-hidden="true"><path class="{}" d="M1 7H29"/></svg>'
    keys += f"<li>{sample.format('way')}track</li><li>{sample.format('way radar')}by radar</li><li>{sample.format('silent')}not heard</li>"
    cross = '<svg class="sample" width="14" height="14" aria-hidden="true"><path class="off" d="M3 3l8 8m0-8l-8 8"/></svg>'
    keys += f"<li>{cross}displaced fix</li>"
    missing = f"<p>{count(len(unplaced), 'alert')} without a place: in the table only.</p>" if unplaced else ""
    buttons = (
        '<div class="zoom" hidden><button type="button" data-zoom="in" aria-label="Zoom in">+</button>'
        '<button type="button" data-zoom="out" aria-label="Zoom out">−</button>'
        '<button type="button" data-zoom="all" aria-label="Whole chart">⤢</button></div>'
    )
    note = "Shore: Natural Earth, true to about a mile; not for navigation."
    return section(
        "chart-head", "Chart",
        f'<div class="frame">{picture}{buttons}</div><ul class="keys" aria-label="Signs">{keys}</ul><p class="quiet">{note}</p>{missing}',
        kind="chart-part",
    )  # fmt: skip  # one a line would hide what belongs together
