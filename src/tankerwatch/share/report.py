"""An analysis as one HTML page that opens offline, prints, and asks no one for anything: chart, time line, incidents, table, what was read.

Names and words from the air are hostile: all text is escaped, unprintable signs are replaced, and the page's own policy lets nothing run
but the one script whose hash it names. The page holds no time of its making, so the same analysis gives the same bytes.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

from tankerwatch.core.incidents import RANK, SEVERITIES, WITHDRAWN
from tankerwatch.share import chart
from tankerwatch.share.marks import SYMBOLS, Mark, moment, place, text
from tankerwatch.share.ships import Ship
from tankerwatch.share.timeline import time_line
from tankerwatch.share.tracks import Track

MOST_ALERTS: Final = 2000
"""More make a page that no browser likes: the worst are shown, and the page says so."""
MOST_EVIDENCE: Final = 12
MOST_INCIDENTS: Final = 200
CSS: Final = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
SCRIPT: Final = Path(__file__).with_name("report.js").read_text(encoding="utf-8")
READING: Final = (
    "Times are UTC. “Raised” is the moment of reception at which the evidence sufficed: what a desk would have seen, when. "
    "The last state of each alert is shown."
)
AID: Final = "An alert is an aid for a trained watch, not a fact. When life is at stake, call the rescue coordination centre."


class Analysis(Protocol):
    """What a page is made of: `pipeline.Result`."""

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """In the form of `analyse --alerts`, in order of `raised_s`."""

    @property
    def incidents(self) -> list[dict[str, Any]]:
        """In the form of `analyse --json`."""

    @property
    def counters(self) -> dict[str, Any]:
        """What was read, and what was rejected by reason."""

    @property
    def words(self) -> list[str]:
        """Remarks."""

    @property
    def ships(self) -> dict[int, Ship]:
        """The ships in alerts."""

    @property
    def tracks(self) -> dict[int, Track]:
        """Their tracks."""

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last time of the input."""


def page(result: Analysis, *, land: Path | None, about: Mapping[str, str]) -> str:
    """The page. `land` is the file of the map's tiles, None for an empty sea; `about` more facts to tell, by their heading."""
    numbered = [Mark(number, alert, _told(alert)) for number, alert in enumerate(result.alerts, 1)]
    marks = sorted(sorted(numbered, key=_worst)[:MOST_ALERTS], key=lambda mark: mark.number)
    incidents = result.incidents[:MOST_INCIDENTS]
    picture = chart.chart(marks, result.ships, result.tracks, land)
    times = time_line(marks, incidents, result.span_s)
    seen = _chart(picture + (chart.whereabouts(marks, land) if picture else ""), [mark for mark in marks if mark.alert["lat_deg"] is None])
    body = (
        _head(result),
        _remarks([*result.words, *_cut(result, marks, incidents)]),
        f'<div class="pair">{seen}{_incidents(incidents, {mark.alert["id"]: mark for mark in marks})}</div>' if incidents else seen,
        _section("times-head", "Time line", f'<div class="sideways" tabindex="0">{times}</div>') if times else "",
        _alerts(marks),
        _input(result, about),
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>Tankerwatch analysis</title>\n<style>{CSS}</style>\n</head>\n<body>\n'
        f"{SYMBOLS}\n{''.join(body)}\n<footer>{AID}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _policy() -> str:
    def hashed(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    return f"default-src 'none'; style-src {hashed(CSS)}; script-src {hashed(SCRIPT)}; base-uri 'none'; form-action 'none'"


def _told(alert: Mapping[str, Any]) -> str:
    return f"{alert['severity']}: {alert['title']}, {moment(alert['raised_s']) or 'at no known time'}"


def _worst(mark: Mark) -> tuple[bool, int, int]:
    return mark.alert["state"] == WITHDRAWN, -RANK[mark.severity], mark.number


def _icon(severity: str) -> str:
    return (
        f'<svg class="icon {severity}" width="18" height="18" aria-hidden="true"><use href="#s-{severity}" width="18" height="18"/></svg>'
    )


def _section(name: str, title: str, content: str, *, kind: str = "") -> str:
    return f'<section class="{kind}" aria-labelledby="{name}"><h2 id="{name}">{title}</h2>{content}</section>\n'


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _clock(time_s: float | None) -> str:
    """The time of day before its date, as one element."""
    spoken = moment(time_s)
    return f'<time datetime="{spoken.replace(" ", "T")}Z"><b>{spoken[11:]}</b> <span>{spoken[:10]}</span></time>' if spoken else "not known"


def _head(result: Analysis) -> str:
    first, last = (moment(t) for t in result.span_s)
    period = (
        f"{first} to {last if first[:10] != last[:10] else last[11:]} UTC" if first and last else f"to {last} UTC" if last else "no times"
    )
    by_severity = {name: [a for a in result.alerts if a["severity"] == name] for name in reversed(SEVERITIES)}
    tiles = "".join(
        f'<li class="{name if held else "none"}">{_icon(name)}<b>{len(held)}</b> {name}</li>' for name, held in by_severity.items()
    )
    ships = result.counters.get("ships")
    tiles += f"<li><b>{len(result.incidents)}</b> incident{'' if len(result.incidents) == 1 else 's'}</li>"
    tiles += f"<li><b>{ships:,}</b> ships heard</li>" if isinstance(ships, int) else ""
    return (
        f'<header><div><h1>Tankerwatch <span>analysis</span></h1><p class="period">{period}</p></div>'
        f'<ul class="tiles" aria-label="What was found">{tiles}</ul></header>\n<main>\n'
    )


def _cut(result: Analysis, marks: Sequence[Mark], incidents: Sequence[Any]) -> list[str]:
    said = []
    if len(marks) < len(result.alerts):
        said.append(f"The {len(marks):,} worst of {len(result.alerts):,} alerts are shown here; analyse --alerts writes all.")
    if len(incidents) < len(result.incidents):
        said.append(f"The first {len(incidents):,} of {len(result.incidents):,} incidents are shown here.")
    return said


def _remarks(words: Iterable[str]) -> str:
    items = "".join(f"<li>{text(said)}</li>" for said in words)
    return _section("remarks-head", "To be borne in mind", f"<ul>{items}</ul>", kind="remarks") if items else ""


def _chart(picture: str, unplaced: Sequence[Mark]) -> str:
    if not picture:
        return _section("chart-head", "Chart", '<p class="quiet">No alert has a place.</p>', kind="chart-part")
    keys = "".join(f"<li>{_icon(name)}{name}</li>" for name in reversed(SEVERITIES))
    sample = '<svg class="sample" width="30" height="14" aria-hidden="true"><path class="{}" d="M1 7H29"/></svg>'
    keys += f"<li>{sample.format('way')}track</li><li>{sample.format('way radar')}by radar</li><li>{sample.format('silent')}not heard</li>"
    cross = '<svg class="sample" width="14" height="14" aria-hidden="true"><path class="off" d="M3 3l8 8m0-8l-8 8"/></svg>'
    keys += f"<li>{cross}displaced fix</li>"
    missing = f"<p>{_count(len(unplaced), 'alert')} without a place: in the table only.</p>" if unplaced else ""
    buttons = (
        '<div class="zoom" hidden><button type="button" data-zoom="in" aria-label="Zoom in">+</button>'
        '<button type="button" data-zoom="out" aria-label="Zoom out">−</button>'
        '<button type="button" data-zoom="all" aria-label="Whole chart">⤢</button></div>'
    )
    note = "Shore: Natural Earth, true to about a mile; not for navigation."
    return _section(
        "chart-head", "Chart",
        f'<div class="frame">{picture}{buttons}</div><ul class="keys" aria-label="Signs">{keys}</ul><p class="quiet">{note}</p>{missing}',
        kind="chart-part",
    )  # fmt: skip


def _incidents(incidents: Sequence[Mapping[str, Any]], marks: Mapping[str, Mark]) -> str:
    return _section("incidents-head", "Incidents", "".join(_incident(of, marks) for of in incidents), kind="incidents")


def _incident(incident: Mapping[str, Any], marks: Mapping[str, Mark]) -> str:
    severity = incident["severity"]
    begin, end = moment(incident["start_s"]), moment(incident["end_s"])
    when = f"{begin or 'at no known time'} UTC to {end + ' UTC' if end else 'the end of the input'}"
    ships = ", ".join(text(name) for name in incident["names"].values())
    links = " ".join(
        f'<a href="#alert-{mark.number}" class="{mark.severity}">{_icon(mark.severity)}{mark.number}</a>'
        for mark in sorted((marks[name] for name in incident["alerts"] if name in marks), key=lambda mark: mark.number)
    )
    rows = "".join(
        f'<tr><th scope="row">{text(helper["name"])}</th><td>{_number(helper["distance_nm"], 1)} nm</td>'
        f"<td>{_number(helper['bearing_deg'], 0, 3)}°</td><td>{_hours(helper['hours'])}</td></tr>"
        for helper in incident["helpers"]
    )
    helpers = (
        '<div class="sideways" tabindex="0" role="group" aria-label="Who could help"><table class="helpers">'
        "<caption>Who could help when it began</caption>"
        '<thead><tr><th scope="col">ship</th><th scope="col">distance</th><th scope="col">bearing</th>'
        f'<th scope="col">time</th></tr></thead><tbody>{rows}</tbody></table></div>'
        if rows
        else ""
    )
    return (
        f'<article class="incident {severity}"><h3>{_icon(severity)}{text(incident["title"])}</h3>'
        f"<p>{severity}, {text(incident['state'])}; {when}. {place(incident['lat_deg'], incident['lon_deg'])}</p>"
        f'<p class="quiet">{ships}</p><p class="links">Alerts {links}</p>{helpers}</article>'
    )


def _number(value: float | None, digits: int, width: int = 0) -> str:
    return "" if value is None else f"{value:0{width}.{digits}f}"


def _hours(hours: float | None) -> str:
    return "" if hours is None else f"{math.floor(hours)} h {round(hours % 1 * 60 - 0.5):02d} min"


def _alerts(marks: Sequence[Mark]) -> str:
    if not marks:
        return _section("alerts-head", "Alerts", '<p class="none-found">Nothing was found that asks for a person’s eye.</p>')
    detectors = sorted({mark.alert["detector"] for mark in marks})
    options = "".join(f'<option value="{text(name)}">{text(name.replace("_", " "))}</option>' for name in detectors)
    levels = "".join(f'<option value="{RANK[name]}">{name}{" and worse" if RANK[name] < 3 else ""}</option>' for name in SEVERITIES[1:])
    form = (
        '<div class="filters" hidden><label>Severity <select id="severity"><option value="0">all</option>' + levels + "</select></label>"
        f'<label>Detector <select id="detector"><option value="">all</option>{options}</select></label>'
        '<label>Ship or words <input id="find" type="search" autocomplete="off"></label><p id="shown" role="status"></p></div>'
    )
    heads = "".join(
        f'<th scope="col" role="columnheader" data-key="{key}">{name}</th>'
        for key, name in (
            ("n", "No."),
            ("severity", "Severity"),
            ("raised", "Raised, UTC"),
            ("what", "What"),
            ("where", "Where"),
            ("state", "State"),
        )
    )
    rows = "".join(map(_row, marks))
    return _section(
        "alerts-head",
        "Alerts",
        f'{form}<table id="alerts" role="table"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>',
    )


def _row(mark: Mark) -> str:
    alert = mark.alert
    raised = alert["raised_s"]
    ended = moment(alert["end_s"])
    state = f"closed <span>{ended[11:]}</span>" if alert["state"] == "closed" and ended else text(alert["state"])
    confirmed = "confirmed" if alert["confirmed"] else ""
    where = place(alert["lat_deg"], alert["lon_deg"])
    words = f"{alert['title']} {alert['reason']} {' '.join(str(ship) for ship in alert['ships'])}".casefold()
    return (
        f'<tr role="row" id="alert-{mark.number}" tabindex="-1" class="{mark.severity} {text(alert["state"])}"'
        f' data-n="{mark.number}" data-rank="{RANK[mark.severity]}" data-detector="{text(alert["detector"])}" data-words="{text(words)}">'
        f'<td role="cell" data-v="{mark.number}">{mark.number}</td>'
        f'<td role="cell" data-v="{-RANK[mark.severity]}"><span class="severity">{_icon(mark.severity)}{mark.severity}</span></td>'
        f'<td role="cell" data-v="{"" if raised is None else raised}">{_clock(raised)}</td>'
        f'<td role="cell" data-v="{text(alert["title"])}"><b class="title">{text(alert["title"])}</b>'
        f"<p>{text(alert['reason'])}</p>{_more(alert)}</td>"
        f'<td role="cell" data-v="{"" if alert["lat_deg"] is None else -alert["lat_deg"]}">{where.replace(" ", " <br>") or "no place"}</td>'
        f'<td role="cell" data-v="{text(alert["state"])}">{state} <span>{confirmed}</span></td></tr>'
    )


def _more(alert: Mapping[str, Any]) -> str:
    """Evidence, the steps of its life and the rule, folded away."""
    rule = alert["rule"]
    steps = "".join(
        f"<li>{moment(step['time_s'])} {text(step['verb'])}: {text(step['words'])}</li>"
        for step in alert["history"]
        if len(alert["history"]) > 1
    )
    pieces = alert["evidence"][:MOST_EVIDENCE]
    lines = "".join(
        f"<li>line {piece['source_row']:,}{' by ' + text(piece['station']) if piece['station'] else ''}"
        f"{': <code>' + text(piece['sentence']) + '</code>' if piece['sentence'] else ''}</li>"
        for piece in pieces
    )
    rest = len(alert["evidence"]) - len(pieces)
    lines += f"<li>and {_count(rest, 'more line')}</li>" if rest else ""
    ships = ", ".join(f"{text(name)} ({text(ship)})" for ship, name in alert["names"].items())
    score = "" if alert["score"] is None else f"Confidence {alert['score']:.2f}. "
    facts = f"<p>{score}{ships}</p>" if score or ships else ""
    settings = ", ".join(
        f"{text(name)} {text(f'{value:g}' if isinstance(value, float) else value)}" for name, value in rule.get("settings", {}).items()
    )
    told = "".join(
        f"<dt>{heading}</dt><dd>{text(rule[key])}</dd>"
        for key, heading in (("what", "Rule"), ("why", "Why it matters"), ("wrong", "When it is wrong"))
        if rule.get(key)
    )
    told += f"<dt>Settings</dt><dd>{settings}</dd>" if settings else ""
    return (
        f"<details><summary>Evidence and rule</summary>{facts}{f'<h3>Steps</h3><ul>{steps}</ul>' if steps else ''}"
        f"{f'<h3>Evidence</h3><ul>{lines}</ul>' if lines else ''}{f'<dl>{told}</dl>' if told else ''}</details>"
    )


def _input(result: Analysis, about: Mapping[str, str]) -> str:
    counters = result.counters
    rejected = {**(counters.get("rejected") or {}), **(counters.get("rows_unused") or {})}
    read = "".join(
        f'<tr><th scope="row">{text(name.replace("_", " "))}</th><td>{value:,}</td></tr>'
        for name, value in counters.items()
        if value and isinstance(value, int) and not isinstance(value, bool)
    )
    refused = "".join(
        f'<tr><th scope="row">{text(reason.replace("_", " "))}</th><td>{lines:,}</td></tr>'
        for reason, lines in sorted(rejected.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    facts = "".join(f"<dt>{text(name)}</dt><dd><code>{text(value)}</code></dd>" for name, value in about.items())
    none = '<p class="quiet">Nothing was rejected.</p>'
    refused_table = f'<table class="counts"><caption>Not used, by reason</caption><tbody>{refused}</tbody></table>' if refused else none
    content = (
        f'<div class="columns"><table class="counts"><caption>Read</caption><tbody>{read}</tbody></table><div>{refused_table}</div>'
        f'<dl class="about">{facts}<dt>How to read it</dt><dd>{READING}</dd></dl></div>'
    )
    return _section("input-head", "What was read", content, kind="input") + "</main>"
