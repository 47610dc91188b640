"""All that is known of one incident, in order of time, and as one HTML page that opens offline and prints.

What a ship has said is text and stays text; nobody's course enters, and who can help is told as the incident tells it (SAFETY.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.ports import Sheet
from tankerwatch.share import chart
from tankerwatch.share.marks import SYMBOLS, Mark, moment, place, text
from tankerwatch.share.paper import (
    CSS,
    chart_section,
    clock,
    count,
    document,
    hashed,
    helpers_table,
    icon,
    quiet,
    remarks,
    row,
    section,
    table,
)
from tankerwatch.share.report import SCRIPT, alert_line
from tankerwatch.share.ships import Ship, told
from tankerwatch.share.timeline import time_line
from tankerwatch.share.tracks import Track

Json = dict[str, Any]

STYLE: Final = Path(__file__).with_name("sheet.css").read_text(encoding="utf-8")
MOST_ALERTS: Final = 200
LEAST_HIGH: Final = 300
LEAST_WIDE: Final = 600
DIGEST_BYTES: Final = 32
UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"
VERBS: Final = {
    "raise": "raised",
    "amend": "more became known",
    "end": "ended",
    "withdraw": "withdrawn",
    "restore": "no longer left out",
    "acknowledge": "acknowledged",
    "confirm": "confirmed",
    "dismiss": "dismissed",
    "assign": "assigned",
    "snooze": "snoozed",
    "wake": "back from the snooze",
    "close": "closed",
    "over": "over",
    "reopen": "opened again",
    "exclude": "left out from now on",
    "include": "exclusion taken back",
}
ALONE: Final = ".chart,.times{{width:{wide}px;min-width:0;aspect-ratio:auto;max-height:none;cursor:auto;border:0;background:none}}"
HOW_TO_CHECK: Final = (
    "Hashes are BLAKE2b of 256 bits over the sentence as it is printed here, without a line end; "
    "<code>printf %s 'SENTENCE' | b2sum -l 256</code> gives them again. Records are those that <code>tankerwatch journal DIR</code> prints "
    "and that <code>tankerwatch verify DIR</code> holds against its seals."
)
PALETTES: Final = {
    "day": "color-scheme:light",
    "dusk": "color-scheme:dark;--line:#2a3843;--sea:#0d151d;--land:#1f2a32;--coast:#44555f;--grid:#1b2833;"
    "--text:#b9c6d0;--strong:#e6eef4;--quiet:#8fa1ae;"
    "--notice:#c7d3dc;--caution:#f2b134;--danger:#ff6a61;--distress:#ff6a61;--ink:#0d151d;--track:#7fa6bf;--halo:#0d151d",
    "night": "color-scheme:dark;--line:#231c17;--sea:#060607;--land:#12100d;--coast:#3a3027;--grid:#14110e;"
    "--text:#a0846a;--strong:#b99b7d;--quiet:#917963;"
    "--notice:#a0846a;--caution:#b98121;--danger:#e5534a;--distress:#e5534a;--ink:#060607;--track:#6f5f4e;--halo:#060607",
}
"""Of a picture by itself: what it changes of the style of day."""


def digest(sentence: str | None) -> str | None:
    """BLAKE2b of a sentence, in hex; None where it is not at hand as it was received."""
    if sentence is None or UNSEEN in sentence:
        return None
    return blake2b(sentence.encode(), digest_size=DIGEST_BYTES).hexdigest()


def course_of(alerts: Iterable[Json], reports: Iterable[Json], notes: Iterable[Json]) -> list[Json]:
    """What happened, was said and was done, in order of time: `time_s`, `what` (alert, report, note), `verb`, `words`, `by`, `of`."""
    made: list[Json] = []
    for alert in alerts:
        made += [{**step, "what": "alert", "of": alert["id"], "title": alert["title"]} for step in alert["history"]]
    for said in reports:
        made.append(
            {
                "time_s": said["time_s"],
                "what": "report",
                "verb": said["kind"],
                "words": said["words"],
                "by": said["source"] or None,
                "of": said["id"],
                "title": "verified" if said["verified"] else "not verified",
            }
        )
    made += [{**note, "what": "note", "of": None, "title": ""} for note in notes]
    return sorted(made, key=lambda step: (step["time_s"] is not None, step["time_s"] or 0.0))


def marks_of(alerts: Sequence[Json]) -> list[Mark]:
    """The alerts with their numbers in the order in which they were raised."""
    ordered = sorted(alerts, key=lambda alert: (alert["raised_s"] is None, alert["raised_s"] or 0.0, alert["id"]))
    return [Mark(number, alert, alert_line(alert)) for number, alert in enumerate(ordered[:MOST_ALERTS], 1)]


def picture(
    what: str, dossier: Json, ships: Mapping[int, Ship], tracks: Mapping[int, Track], land: Path | None, palette: str, wide: int
) -> Sheet:
    """The incident's chart, or its time line, as one SVG file in the colours of a palette; an empty one where there is nothing to draw.

    It is `wide` units wide (a time line 600 at least), so that its words are as large as those beside it where it is shown so wide.
    """
    marks = marks_of(dossier["alerts"])
    high = max(chart.HIGH * wide // chart.WIDE, LEAST_HIGH)
    if what == "chart":
        drawn = chart.chart(marks, ships, tracks, land, (wide, high))
    else:
        wide = max(wide, LEAST_WIDE)
        drawn = time_line(marks, [dossier["incident"]], _span(dossier["incident"], dossier["made_s"]), wide)
        high = int(drawn.partition(f'viewBox="0 0 {wide} ')[2].partition('"')[0] or high)
    drawn = drawn or f'<svg viewBox="0 0 {wide} {high}"></svg>'
    style = CSS.replace(":root", "svg").replace("@media (prefers-color-scheme: dark)", "@media not all")  # the page says which palette
    style += f"svg{{{PALETTES[palette]};font-family:B612,system-ui,'DejaVu Sans',sans-serif}}{ALONE.format(wide=wide)}"
    whole = drawn.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" ', 1)
    signs = SYMBOLS[SYMBOLS.index("<defs>") : SYMBOLS.index("</svg>")]
    at = whole.index(">") + 1
    return Sheet(f"{whole[:at]}<style>{style}</style>{signs}{whole[at:]}", f"default-src 'none'; style-src {hashed(style)}; sandbox")


def page(dossier: Json, ships: Mapping[int, Ship], tracks: Mapping[int, Track], *, land: Path | None) -> Sheet:
    """The page. `land` is the file of the map's tiles, None for an empty sea."""
    incident, marks = dossier["incident"], marks_of(dossier["alerts"])
    drawn = chart.chart(marks, ships, tracks, land)
    times = time_line(marks, [incident], _span(incident, dossier["made_s"]))
    seen = chart_section(drawn + (chart.whereabouts(marks, land) if drawn else ""), [m for m in marks if m.alert["lat_deg"] is None])
    helpers = helpers_table(incident["helpers"], f"As of {moment(dossier['made_s'])} UTC, nearest in time first; bearing from the casualty")
    if not helpers and incident["state"] != "open":
        helpers = quiet("Who can help is told only while an incident is open.")
    body = (
        _head(dossier),
        remarks(dossier["remarks"]),
        seen,
        section("help-head", "Who can help", helpers or quiet("No ship that could help is heard near by.")),
        section("ships-head", "Ships", _ships(dossier["ships"])),
        section("times-head", "Time line", f'<div class="sideways" tabindex="0">{times}</div>') if times else "",
        section("course-head", "What happened, was said and was done", _course(dossier["course"])),
        section("reports-head", "Reports typed in", _reports(dossier["reports"])),
        section("notes-head", "Notes of the watch", _notes(incident["notes"])),
        section("alerts-head", "Alerts and their evidence", "".join(map(_alert, marks)) or quiet("None is left.")),
        section("check-head", "How to check it", f"<p>{HOW_TO_CHECK}</p>"),
    )
    return document(f"Incident {incident['id']}: {incident['title']}", f"{''.join(body)}</main>", style=STYLE, script=SCRIPT)


def _span(incident: Json, made_s: float | None) -> tuple[float, float]:
    first = incident["start_s"] if incident["start_s"] is not None else float("nan")
    last = incident["end_s"] if incident["end_s"] is not None else made_s
    return first, float("nan") if last is None else last


def _head(dossier: Json) -> str:
    incident, severity = dossier["incident"], dossier["incident"]["severity"]
    ended = moment(incident["end_s"])
    facts = (
        ("Began", f"{clock(incident['start_s'])} UTC"),
        ("Ended", f"{clock(incident['end_s'])} UTC" if ended else "goes on"),
        ("Position", place(incident["lat_deg"], incident["lon_deg"]) or "not known"),
        ("State", text(incident["state"])),
        ("Number", f"<code>{text(incident['id'])}</code>"),
        ("Written", f"{clock(dossier['made_s'])} UTC, {text(dossier['mode'])}, Tankerwatch {text(dossier['version'])}"),
    )
    told_facts = "".join(f"<div><dt>{heading}</dt><dd>{value}</dd></div>" for heading, value in facts)
    return (
        f'<header class="sheet-head {severity}"><h1>{icon(severity)}{text(incident["title"])} <span>incident · {severity}</span></h1>'
        f'<dl class="facts">{told_facts}</dl></header>\n<main>\n'
    )


def _ships(ships: Sequence[Json]) -> str:
    heads = ("Ship", "Kind", "Flag", "MMSI", "IMO", "Call sign", "Size", "Last position", "Heard, UTC")
    rows = [
        row(
            f"<b>{text(ship['name'])}</b>",
            *(text(ship[name] or "") for name in ("kind", "flag", "mmsi", "imo", "callsign")),
            _size(ship),
            place(ship["lat_deg"], ship["lon_deg"]),
            clock(ship["heard_s"]),
        )
        for ship in ships
    ]
    return table(heads, rows, "Ships", kind="ships")


def _size(ship: Json) -> str:
    return f"{ship['length_m']} × {ship['beam_m'] or '?'} m" if ship["length_m"] else ""


def _course(course: Sequence[Json]) -> str:
    rows = [row(clock(step["time_s"]), text(_what(step)), text(_by(step)), text(step["words"]), kind=step["what"]) for step in course]
    return table(("Time, UTC", "What", "Who", "Words"), rows, "Course of events", kind="course")


def _what(step: Json) -> str:
    if step["what"] == "report":
        return f"{step['verb']} reported, {step['title']}"
    return "note" if step["what"] == "note" or step["verb"] == "note" else f"{step['title']}: {VERBS.get(step['verb'], step['verb'])}"


def _by(step: Json) -> str:
    return step["by"] or ("the rule" if step["what"] == "alert" else "the desk")


def _reports(reports: Sequence[Json]) -> str:
    rows = "".join(
        f"<li><p><b>{clock(said['time_s'])} UTC · {text(said['kind'])}</b> · {'verified' if said['verified'] else 'not verified'}"
        f"{' · ' + text(said['source']) if said['source'] else ''} · {place(said['lat_deg'], said['lon_deg']) or 'no place'}</p>"
        f"<p>{text(said['words'])}</p></li>"
        for said in reports
    )
    return f'<ul class="said">{rows}</ul>' if rows else quiet("None.")


def _notes(notes: Sequence[Json]) -> str:
    rows = "".join(
        f"<li><p><b>{clock(note['time_s'])} UTC</b> · {text(note['by'] or 'desk')}</p><p>{text(note['words'])}</p></li>" for note in notes
    )
    return f'<ul class="said">{rows}</ul>' if rows else quiet("None.")


def _alert(mark: Mark) -> str:
    alert, severity, rule = mark.alert, mark.severity, mark.alert["rule"]
    confirmed = "confirmed" if alert["confirmed"] else "not confirmed by anyone"
    score = "" if alert["score"] is None else f", confidence {alert['score']:.2f}"
    settings = ", ".join(
        f"{text(name)} {text(f'{value:g}' if isinstance(value, float) else value)}" for name, value in rule.get("settings", {}).items()
    )
    about = (
        f"{severity}, {text(alert['state'])}, {confirmed}{score}; raised {clock(alert['raised_s'])} UTC",
        place(alert["lat_deg"], alert["lon_deg"]),
        f"<code>{text(alert['id'])}</code>",
    )
    said = f"Rule {text(alert['detector'])}, version {text(rule.get('version', 'not known'))}{': ' if settings else ''}{settings}"
    heads = ("Record", "Line", "Feed", "Station", "Received, UTC", "Sentence, and its hash")
    evidence = table(
        heads,
        map(_piece, alert["evidence"]),
        f"Evidence of alert {mark.number}",
        kind="evidence",
        none="No line is at hand.",
        caption=f"{count(len(alert['evidence']), 'line')} received",
    )
    return (
        f'<article id="alert-{mark.number}" tabindex="-1" class="alert {severity}">'
        f"<h3>{icon(severity)}{mark.number}. {text(alert['title'])}</h3><p>{text(alert['reason'])}</p>"
        f"{quiet('; '.join(part for part in about if part))}"
        f"{quiet(said)}"
        f"{evidence}</article>"
    )


def _piece(piece: Json) -> str:
    sentence = f"<code>{text(piece['sentence'])}</code>" if piece["sentence"] else "decoded input: no sentence was kept"
    own = f'<code class="hash">{piece["blake2b"]}</code>' if piece["blake2b"] else ""
    return row(
        "not known" if piece["record"] is None else f"{piece['record']:,}",
        f"{piece['source_row']:,}",
        text(piece["feed"] or ""),
        text(piece["station"] or ""),
        clock(piece["time_s"]),
        sentence + own,
    )


def ship_json(ship: Ship, name: str, at: tuple[float | None, float | None, float | None]) -> Json:
    """A ship of an incident: what she has said of herself, and when (s since 1970), at which latitude and longitude she was last heard."""
    facts = told(ship)
    known = {key: facts.get(key) for key in ("mmsi", "imo", "callsign", "kind", "length_m", "beam_m")}
    heard_s, lat_deg, lon_deg = at
    return {"id": ship.mmsi, "name": name, "flag": ship.flag[1], **known, "lat_deg": lat_deg, "lon_deg": lon_deg, "heard_s": heard_s}
