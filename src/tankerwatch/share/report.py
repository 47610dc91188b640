"""An analysis as one HTML page that opens offline, prints, and asks no one for anything: chart, time line, incidents, table, what was read.

It is made of the parts of `paper.py`, where hostile words are made harmless. The page holds no time of its making, so the same analysis
gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from tankerwatch.core.incidents import RANK, SEVERITIES, WITHDRAWN
from tankerwatch.share import chart
from tankerwatch.share.marks import Mark, moment, place, text
from tankerwatch.share.paper import chart_section, clock, count, document, helpers_table, icon, remarks, section
from tankerwatch.share.ships import Ship
from tankerwatch.share.timeline import time_line
from tankerwatch.share.tracks import Track

MOST_ALERTS: Final = 2000
"""More make a page that no browser likes: the worst are shown, and the page says so."""
MOST_EVIDENCE: Final = 12
MOST_INCIDENTS: Final = 200
SCRIPT: Final = Path(__file__).with_name("report.js").read_text(encoding="utf-8")
READING: Final = (
    "Times are UTC. “Raised” is the moment of reception at which the evidence sufficed: what a desk would have seen, when. "
    "The last state of each alert is shown."
)


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
    numbered = [Mark(number, alert, alert_line(alert)) for number, alert in enumerate(result.alerts, 1)]
    marks = sorted(sorted(numbered, key=_worst)[:MOST_ALERTS], key=lambda mark: mark.number)
    incidents = result.incidents[:MOST_INCIDENTS]
    picture = chart.chart(marks, result.ships, result.tracks, land)
    times = time_line(marks, incidents, result.span_s)
    seen = chart_section(
        picture + (chart.whereabouts(marks, land) if picture else ""), [mark for mark in marks if mark.alert["lat_deg"] is None]
    )
    body = (
        _head(result),
        remarks([*result.words, *_cut(result, marks, incidents)]),
        f'<div class="pair">{seen}{_incidents(incidents, {mark.alert["id"]: mark for mark in marks})}</div>' if incidents else seen,
        section("times-head", "Time line", f'<div class="sideways" tabindex="0">{times}</div>') if times else "",
        _alerts(marks),
        _input(result, about),
    )
    return document("Tankerwatch analysis", "".join(body), script=SCRIPT).html


def alert_line(alert: Mapping[str, Any]) -> str:
    """An alert in one line, for its sign in a picture."""
    return f"{alert['severity']}: {alert['title']}, {moment(alert['raised_s']) or 'at no known time'}"


def _worst(mark: Mark) -> tuple[bool, int, int]:
    return mark.alert["state"] == WITHDRAWN, -RANK[mark.severity], mark.number


def _head(result: Analysis) -> str:
    first, last = (moment(t) for t in result.span_s)
    period = (
        f"{first} to {last if first[:10] != last[:10] else last[11:]} UTC" if first and last else f"to {last} UTC" if last else "no times"
    )
    by_severity = {name: [a for a in result.alerts if a["severity"] == name] for name in reversed(SEVERITIES)}
    tiles = "".join(
        f'<li class="{name if held else "none"}">{icon(name)}<b>{len(held)}</b> {name}</li>' for name, held in by_severity.items()
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


def _incidents(incidents: Sequence[Mapping[str, Any]], marks: Mapping[str, Mark]) -> str:
    return section("incidents-head", "Incidents", "".join(_incident(of, marks) for of in incidents), kind="incidents")


def _incident(incident: Mapping[str, Any], marks: Mapping[str, Mark]) -> str:
    severity = incident["severity"]
    begin, end = moment(incident["start_s"]), moment(incident["end_s"])
    when = f"{begin or 'at no known time'} UTC to {end + ' UTC' if end else 'the end of the input'}"
    ships = ", ".join(text(name) for name in incident["names"].values())
    links = " ".join(
        f'<a href="#alert-{mark.number}" class="{mark.severity}">{icon(mark.severity)}{mark.number}</a>'
        for mark in sorted((marks[name] for name in incident["alerts"] if name in marks), key=lambda mark: mark.number)
    )
    helpers = helpers_table(incident["helpers"], "Who could help when it began")
    return (
        f'<article class="incident {severity}"><h3>{icon(severity)}{text(incident["title"])}</h3>'
        f"<p>{severity}, {text(incident['state'])}; {when}. {place(incident['lat_deg'], incident['lon_deg'])}</p>"
        f'<p class="quiet">{ships}</p><p class="links">Alerts {links}</p>{helpers}</article>'
    )


def _alerts(marks: Sequence[Mark]) -> str:
    if not marks:
        return section("alerts-head", "Alerts", '<p class="none-found">Nothing was found that asks for a person’s eye.</p>')
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
    return section(
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
        f'<td role="cell" data-v="{-RANK[mark.severity]}"><span class="severity">{icon(mark.severity)}{mark.severity}</span></td>'
        f'<td role="cell" data-v="{"" if raised is None else raised}">{clock(raised)}</td>'
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
    lines += f"<li>and {count(rest, 'more line')}</li>" if rest else ""
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
    return section("input-head", "What was read", content, kind="input") + "</main>"
