"""The hand-over sheet of a watch: what stands open and who has it, what is silenced and until when, how the desk is, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tankerwatch.core.incidents import OPEN, RANK
from tankerwatch.core.ports import Sheet
from tankerwatch.share.dossier import STYLE, VERBS
from tankerwatch.share.marks import moment, place, text
from tankerwatch.share.paper import clock, count, document, quiet, row, section, severity_cell, table, toned

Json = dict[str, Any]

USUAL_S: Final = 8 * 3600.0
"""A watch, where nobody says how long it was."""
MOST_CHANGES: Final = 500
QUIET_VERBS: Final = frozenset({"amend", "wake"})
"""Steps of an alert that change nothing for the next watch."""


def handover(
    alerts: Sequence[Json],
    incidents: Sequence[Json],
    reports: Sequence[Json],
    exclusions: Sequence[Json],
    guards: Sequence[Json],
    health: Json,
    *,
    zones: Sequence[Json] = (),
    since_s: float | None = None,
    known: int | None = None,
) -> Json:
    """What the next watch must know, from the desk's own answers (docs/reference/wire.md); times of the stream.

    `open`, worst first; `snoozed` of these; `incidents` that are open; `exclusions`, `quiet_zones` and `guards` in force; `feeds` with
    `feeds_down`; `clock_check`; `journal`; `webhook`; `kept_quiet`; and of all since `since_s`, oldest first, `changes`: `time_s`, `what`,
    `verb`, `words`, `by`, `title`, `severity` (or null), `of`. The newest 500 of them; `changes_left_out` counts the others.

    known: how many changes there are, where what is given holds only the newest of them.
    """
    now_s, since_s = health["clock_s"], begin_s(health, since_s)
    standing = sorted((a for a in alerts if a["state"] == OPEN), key=lambda a: (-RANK[a["severity"]], a["raised_s"] or 0.0, a["id"]))
    changes = sorted(
        (
            change
            for change in (
                *_of_alerts(alerts),
                *_of_incidents(incidents),
                *_of_reports(reports),
                *_of_exclusions(exclusions),
                *_of_guards(guards),
                *_of_zones(zones),
            )
            if since_s is None or (change["time_s"] is not None and change["time_s"] >= since_s)
        ),
        key=lambda change: change["time_s"] or 0.0,
    )
    kept = changes[-MOST_CHANGES:]
    feeds = health["feeds"]
    return {
        "made_s": now_s,
        "since_s": since_s,
        "mode": health["mode"],
        "version": health["version"],
        "ships": health["ships"],
        "watching": health["watching"],
        "open": standing,
        "snoozed": [alert["id"] for alert in standing if alert["snoozed_until_s"] is not None],
        "incidents": [incident for incident in incidents if incident["state"] == OPEN],
        "exclusions": [exclusion for exclusion in exclusions if exclusion["undone_s"] is None],
        "quiet_zones": [zone for zone in zones if zone["drawn"] and is_quiet(zone, now_s)],
        "guards": [guard for guard in guards if guard["over_s"] is None and guard["guard"] is not None],
        "feeds": feeds,
        "feeds_down": [feed["feed"] for feed in feeds if feed["state"] in ("silent", "dead")],
        "clock_check": health["clock_check"],
        "journal": health["journal"],
        "webhook": health["webhook"],
        "kept_quiet": health["kept_quiet"],
        "changes": kept,
        "changes_left_out": (len(changes) if known is None else known) - len(kept),
    }


def begin_s(health: Json, since_s: float | None) -> float | None:
    """Since when changes are told: as asked for, else of a watch; None for all, where no time is known yet."""
    now_s = health["clock_s"]
    return now_s - USUAL_S if since_s is None and now_s is not None else since_s


def _change(time_s: float | None, what: str, verb: str, words: str, by: str | None, title: str, of: Json) -> Json:
    severity = of.get("severity")
    return {"time_s": time_s, "what": what, "verb": verb, "words": words, "by": by, "title": title, "severity": severity, "of": of["id"]}


def _of_alerts(alerts: Iterable[Json]) -> list[Json]:
    return [
        _change(step["time_s"], "alert", step["verb"], step["words"], step["by"], alert["title"], alert)
        for alert in alerts
        for step in alert["history"]
        if step["verb"] not in QUIET_VERBS
    ]


def _of_incidents(incidents: Iterable[Json]) -> list[Json]:
    made = []
    for incident in incidents:
        made.append(_change(incident["start_s"], "incident", "began", "", None, incident["title"], incident))
        if incident["end_s"] is not None:
            made.append(_change(incident["end_s"], "incident", incident["state"], "", None, incident["title"], incident))
        made += [_change(n["time_s"], "incident", "note", n["words"], n["by"], incident["title"], incident) for n in incident["notes"]]
    return made


def _of_reports(reports: Iterable[Json]) -> list[Json]:
    made = []
    for said in reports:
        sure = "verified" if said["verified"] else "not verified"
        made.append(_change(said["entered_s"], "report", said["kind"], said["words"], said["source"] or None, sure, said))
    return made


def _of_exclusions(exclusions: Iterable[Json]) -> list[Json]:
    made = []
    for each in exclusions:
        title = f"{each['rule']}: {' and '.join(each['names'].values())}"
        made.append(_change(each["made_s"], "exclusion", "made", each["words"], each["by"], title, each))
        if each["undone_s"] is not None:
            made.append(_change(each["undone_s"], "exclusion", "taken back", each["undone_words"], each["undone_by"], title, each))
    return made


def _of_guards(guards: Iterable[Json]) -> list[Json]:
    made = []
    for guard in guards:
        made.append(
            _change(
                guard["made_s"], "guard", "guarded" if guard["guard"] else "not guarded", guard["words"], guard["by"], guard["name"], guard
            )
        )
        if guard["over_s"] is not None:
            made.append(_change(guard["over_s"], "guard", "over", "", None, guard["name"], guard))
    return made


def _of_zones(zones: Iterable[Json]) -> list[Json]:
    """What was done last with each drawn zone."""
    made = []
    for zone in zones:
        if zone["drawn"]:
            verb = "removed" if zone["removed_s"] is not None else "drawn" if zone["changed_s"] == zone["made_s"] else "changed"
            quiet = f"quiet for {_rules(zone)}" if zone["quiet"] and verb != "removed" else ""
            made.append(_change(zone["changed_s"], "zone", verb, quiet, zone["by"], zone["name"], {"id": zone["id"]}))
    return made


def is_quiet(zone: Json, now_s: float | None) -> bool:
    """Whether rules are quiet in a zone now."""
    until_s = zone["quiet_until_s"]
    return bool(zone["quiet"]) and zone["removed_s"] is None and (until_s is None or now_s is None or until_s > now_s)


def _rules(zone: Json) -> str:
    return ", ".join(rule.replace("_", " ") for rule in zone["quiet"])


def page(told: Json) -> Sheet:
    """The sheet as a page."""
    by_id = {alert["id"]: alert for alert in told["open"]}
    snoozed = [by_id[name] for name in told["snoozed"]]
    since, until = moment(told["since_s"]) or "the beginning", moment(told["made_s"]) or "no time yet"
    down = told["feeds_down"]
    tiles = (
        count(len(told["open"]), "open alert"),
        f"{sum(not alert['assigned'] for alert in told['open'])} assigned to nobody",
        count(len(told["incidents"]), "open incident"),
        f"{len(snoozed)} snoozed",
        toned(f"{count(len(down), 'feed')} down", bool(down)),
    )
    body = (
        f'<header class="sheet-head"><h1>Tankerwatch <span>hand-over of the watch</span></h1><p class="period">{since} to {until} UTC · '
        f"{text(told['mode'])} · version {text(told['version'])} · watching {text(told['watching'])}</p>"
        f'<ul class="tiles" aria-label="At a glance">{"".join(f"<li>{words}</li>" for words in tiles)}</ul>'
        "</header>\n<main>\n",
        section("open-head", "Open alerts", _open(told["open"])),
        section("incidents-head", "Open incidents", _incidents(told["incidents"])),
        section("mutes-head", "Silenced: what comes back, and when", _silenced(snoozed, told)),
        section("guards-head", "Guarded at the desk", _guards(told["guards"])),
        section("desk-head", "Feeds, clock, journal, webhook", _desk(told)),
        section("changes-head", f"What changed since {since} UTC", _changes(told)),
        '<section class="sign"><p>Handed over by ______________________ at ____________ UTC</p>'
        "<p>Taken over by ______________________ at ____________ UTC</p></section>",
    )
    return document(f"Hand-over of the watch, {until} UTC", f"{''.join(body)}</main>", style=STYLE)


def _open(alerts: Sequence[Json]) -> str:
    rows = [
        row(
            severity_cell(alert["severity"]),
            f"<b>{text(alert['title'])}</b><br>{text(alert['reason'])}",
            clock(alert["raised_s"]),
            text(alert["assigned"] or "nobody"),
            _answered(alert),
            place(alert["lat_deg"], alert["lon_deg"]),
        )
        for alert in alerts
    ]
    heads = ("Severity", "What", "Raised, UTC", "Assigned to", "Answered", "Where")
    return table(heads, rows, "Open alerts", none="None: nothing stands open.")


def _answered(alert: Json) -> str:
    said = [f"acknowledged {moment(alert['acknowledged_s'])[11:]}"] if alert["acknowledged_s"] is not None else ["not acknowledged"]
    said += ["confirmed"] if alert["confirmed"] else []
    said += [f"snoozed until {moment(alert['snoozed_until_s'])[11:]}"] if alert["snoozed_until_s"] is not None else []
    notes = [step for step in alert["history"] if step["verb"] == "note"]
    newest = f"<br>{text(notes[-1]['words'])} ({text(notes[-1]['by'] or 'desk')})" if notes else ""
    return "; ".join(said) + newest


def _incidents(incidents: Sequence[Json]) -> str:
    rows = [
        row(
            severity_cell(incident["severity"]),
            f"<b>{text(incident['title'])}</b>",
            clock(incident["start_s"]),
            text(", ".join(incident["names"].values())),
            text(incident["notes"][-1]["words"]) if incident["notes"] else "",
        )
        for incident in incidents
    ]
    return table(("Severity", "What", "Began, UTC", "Ships", "Newest note"), rows, "Open incidents")


def _silenced(snoozed: Sequence[Json], told: Json) -> str:
    rows = [
        row("snoozed", text(alert["title"]), f"comes back {clock(alert['snoozed_until_s'])} UTC", text(_by_whom(alert)))
        for alert in snoozed
    ]
    rows += [
        row(
            "left out",
            f"{text(each['rule'])}: {text(' and '.join(each['names'].values()))}{_here(each)}",
            "until someone takes it back",
            f"{text(each['words'])} ({text(each['by'])}, {clock(each['made_s'])} UTC)",
        )
        for each in told["exclusions"]
    ]
    rows += [
        row(
            "quiet zone",
            f"{text(zone['name'])}: nothing new of {text(_rules(zone))}",
            "until someone changes it" if zone["quiet_until_s"] is None else f"{clock(zone['quiet_until_s'])} UTC",
            f"{text(zone['by'])}, {clock(zone['changed_s'])} UTC; {count(zone['held_back'], 'alert')} held back now",
        )
        for zone in told["quiet_zones"]
    ]
    rows += [
        row("quiet in port", text(rule), "while they lie there", f"{count(number, 'episode')} only counted")
        for rule, number in told["kept_quiet"].items()
    ]
    listed = table(("How", "What", "Until", "Why, and who"), rows, "Silenced", none="Nothing is silenced.")
    return listed + quiet("Whether a browser’s own sound is off is known to that browser only: look at its bell.")


def _by_whom(alert: Json) -> str:
    step = next((step for step in reversed(alert["history"]) if step["verb"] == "snooze"), None)
    return "" if step is None else f"{step['words']} ({step['by'] or 'desk'})".strip()


def _here(exclusion: Json) -> str:
    here = exclusion["here"]
    return "" if here is None else f", within {here['radius_nm']:g} NM of {place(here['lat_deg'], here['lon_deg'])}"


def _guards(guards: Sequence[Json]) -> str:
    rows = [
        row(
            f"<b>{text(guard['name'])}</b> ({text(guard['ship'])})",
            "guarded" if guard["guard"] else "not guarded, whatever the configuration says",
            "" if guard["ring_nm"] is None else f"ring of {guard['ring_nm']:g} NM",
            "until someone ends it" if guard["until_s"] is None else f"{clock(guard['until_s'])} UTC",
            f"{text(guard['words'])} ({text(guard['by'] or 'desk')})",
        )
        for guard in guards
    ]
    return table(("Ship", "How", "Ring", "Until", "Why, and who"), rows, "Guarded at the desk")


def _desk(told: Json) -> str:
    journal, check = told["journal"], told["clock_check"]
    feeds = [
        row(
            text(feed["name"] or feed["feed"]),
            toned(text(feed["state"].replace("_", " ")), feed["feed"] in told["feeds_down"]),
            text(feed["words"]),
            clock(feed["last_s"]),
        )
        for feed in told["feeds"]
    ]
    safe = f"{text(journal['words'])}; {journal['durable']:,} of {journal['records']:,} records safe"
    rows = [
        row("clock", toned(text(check["state"]), check["state"] == "wrong"), text(check["words"])),
        row("journal", toned(text(journal["state"]), journal["state"] == "failed"), safe),
    ]
    rows += [
        row(
            f"copy {text(copy['name'])}",
            toned(text(copy["state"]), copy["state"] in ("failing", "forked")),
            f"{text(copy['words'])}; {count(copy['behind'], 'record')} behind",
        )
        for copy in journal["copies"]
    ]
    if (checkpoint := journal["checkpoint"]) is not None:
        made = f"record {checkpoint['record']:,}, {moment(checkpoint['made_s']) or 'at no known time'} UTC"
        rows.append(row("checkpoint", "", f"{made}; {text(checkpoint['words'])}"))
    if (webhook := told["webhook"]) is not None:
        who = f"webhook to {text(webhook['to'])}, from {text(webhook['least'])} on"
        rows.append(
            row(
                who, toned(text(webhook["state"]), webhook["state"] == "failing"), f"{text(webhook['words'])}; {webhook['unsent']:,} unsent"
            )
        )
    told_feeds = table(("Feed", "State", "Words", "Last line, UTC"), feeds, "Feeds", none="No feed.")
    return told_feeds + table(("Part", "State", "Words"), rows, "Clock, journal, copies, webhook")


def _changes(told: Json) -> str:
    rows = [
        row(clock(change["time_s"]), text(_what(change)), text(change["by"] or "the desk"), text(change["words"]), kind=change["what"])
        for change in told["changes"]
    ]
    left = told["changes_left_out"]
    more = quiet(f"The newest {len(told['changes'])} are shown; {left} before them are not.") if left else ""
    return table(("Time, UTC", "What", "Who", "Words"), rows, "What changed", kind="course", none="Nothing.") + more


def _what(change: Json) -> str:
    if change["what"] == "report":
        return f"{change['verb']} reported, {change['title']}"
    if change["what"] == "alert":
        return f"{change['severity']} · {change['title']}: {VERBS.get(change['verb'], change['verb'])}"
    return f"{change['what']} · {change['title']}: {change['verb']}"
