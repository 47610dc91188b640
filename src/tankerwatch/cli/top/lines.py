"""What a desk told, as rows and sentences for a terminal. Signs and words say what colour would: there may be none."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any, Final

from tankerwatch.cli.output import count, plain, spoken_time
from tankerwatch.cli.top.desk import Seen
from tankerwatch.core.geo import spoken
from tankerwatch.core.incidents import RANK, SEVERITIES

SIGNS: Final = dict(zip(SEVERITIES, ("◇", "◆", "▲", "■"), strict=True))
ALERT_COLUMNS: Final = ("", "severity", "age", "state", "what")
SHIP_COLUMNS: Final = ("ship", "", "speed", "course", "position", "heard")
FEED_COLUMNS: Final = ("feed", "state", "msg/s", "ships", "")
UNNAMED: Final = "no name sent"
LONGEST_NAME: Final = 26


def age(time_s: float | None, now_s: float | None) -> str:
    """`12 s`, `3 min`, `2 h`, `5 d`; blank when not known."""
    if time_s is None or now_s is None:
        return ""
    past_s = max(now_s - time_s, 0.0)
    for unit, size_s, until_s in (("s", 1, 90), ("min", 60, 5400), ("h", 3600, 172_800), ("d", 86_400, math.inf)):
        if past_s < until_s:
            return f"{past_s / size_s:.0f} {unit}"
    return ""


def place(lat_deg: float | None, lon_deg: float | None) -> str:
    """As mariners say it; blank when not known."""
    return "" if lat_deg is None or lon_deg is None else spoken(lat_deg, lon_deg)


def weight(alert: dict[str, Any]) -> tuple[Any, ...]:
    """Worst first: what is open, how severe, not acknowledged, how sure (in tenths), how fresh."""
    return (
        alert["state"] != "open",
        -RANK.get(alert["severity"], 0),
        alert["acknowledged_s"] is not None,
        -round((alert["score"] or 0.0) * 10),
        -(alert["raised_s"] or 0.0),
        alert["id"],
    )


def chosen(alerts: Iterable[dict[str, Any]], *, least: str = "notice", words: str = "", over: bool = False) -> list[dict[str, Any]]:
    """The alerts to be shown, in order. A distress that nobody has acknowledged is shown whatever was chosen."""

    def wanted(alert: dict[str, Any]) -> bool:
        if alert["state"] == "open" and alert["severity"] == "distress" and alert["acknowledged_s"] is None:
            return True
        said = f"{alert['title']} {alert['detector']} {alert['reason']} {alert['assigned'] or ''}".casefold()
        return (over or alert["state"] == "open") and RANK.get(alert["severity"], 0) >= RANK[least] and words.casefold() in said

    return sorted(filter(wanted, alerts), key=weight)


def alert_row(alert: dict[str, Any], now_s: float | None) -> tuple[str, ...]:
    """One alert."""
    severity = plain(alert["severity"])
    return SIGNS.get(severity, "?"), severity, age(alert["raised_s"], now_s), state_of(alert), plain(alert["title"])


def state_of(alert: dict[str, Any]) -> str:
    """In a few words what has become of it."""
    if alert["state"] != "open":
        return plain(alert["state"])
    words = ["acknowledged" if alert["acknowledged_s"] is not None else "NEW"]
    words += ["confirmed"] if alert["confirmed"] else []
    words += [f"→ {plain(alert['assigned'])}"] if alert["assigned"] else []
    words += [f"snoozed until {spoken_time(alert['snoozed_until_s'])[11:]}"] if alert["snoozed_until_s"] is not None else []
    return ", ".join(words)


def ship_row(ship: dict[str, Any], now_s: float | None) -> tuple[str, ...]:
    """One ship."""
    marks = [word for word, on in (("danger", ship["danger"]), ("alert", ship["alert"] and not ship["danger"])) if on]
    marks += [words for name, words in (("own_fleet", "own"), ("guarded", "guarded"), ("lost", "LOST")) if ship[name] for words in [words]]
    marks += ["position not trusted"] if ship["untrusted"] else []
    return (
        _short(plain(ship["name"])) or f"{ship['mmsi'] or ship['id']} ({UNNAMED})",
        ", ".join(marks),
        "" if ship["sog_kn"] is None else f"{ship['sog_kn']:.1f} kn",
        "" if ship["cog_deg"] is None else f"{round(ship['cog_deg']) % 360:03}°",
        place(ship["lat_deg"], ship["lon_deg"]),
        age(ship["heard_s"], now_s),
    )


def feed_row(feed: dict[str, Any]) -> tuple[str, ...]:
    """One feed."""
    name = plain(feed["name"]) or f"feed {feed['feed']}"
    rate = f"{feed['messages_per_s'] or 0.0:.1f}"
    return _short(name), plain(feed["state"]).replace("_", " "), rate, str(feed["ships"]), plain(feed["words"])


def head(seen: Seen) -> str:
    """How the desk is, in one line."""
    health = seen.health
    if not health:
        return "waiting for the desk"
    feeds = health["feeds"]
    well = sum(feed["state"] in ("live", "no_ships", "ended") for feed in feeds)
    words = [health["mode"].upper(), spoken_time(health["clock_s"]), f"feeds {well}/{len(feeds)}", f"{health['messages_per_s']:.1f} msg/s"]
    words += [f"lag {health['lag_s']:.1f} s"] if health["mode"] == "live" and health["lag_s"] is not None else []
    words += [count(health["ships"], "ship"), f"v{health['version']}"]
    return plain(" · ".join(words))


def troubles(seen: Seen) -> list[str]:
    """What a watch must know before it trusts the rest."""
    health, found = seen.health, []
    if not seen.connected:
        since = "" if seen.lost_s is None else f" for {time.monotonic() - seen.lost_s:.0f} s"
        old = "What you see is old. " if health else ""
        found.append(f"NO DESK{since}: {seen.problem}. {old}Trying again…")
    if not health:
        return found
    found += [f"feed {plain(feed['name'])}: {plain(feed['words'])}" for feed in health["feeds"] if feed["state"] in ("dead", "silent")]
    journal, check, hook = health["journal"], health.get("clock_check"), health.get("webhook")
    if journal["state"] == "failed":
        found.append(f"JOURNAL FAILED: {journal['words']}")
    found += [
        f"copy {copy['name']} {copy['state']}: {copy['words']}" for copy in journal["copies"] if copy["state"] in ("failing", "forked")
    ]
    if check and check["state"] == "wrong":
        found.append(f"CLOCK WRONG: {check['words']}")
    if hook and hook["state"] == "failing":
        found.append(f"{count(hook['unsent'], 'alert')} did not reach the webhook {hook['to']}: {hook['words']}")
    return [plain(words) for words in found]


def counts(seen: Seen) -> str:
    """How many alerts there are."""
    still = [alert for alert in seen.alerts.values() if alert["state"] == "open"]
    fresh = sum(alert["acknowledged_s"] is None and alert["snoozed_until_s"] is None for alert in still)
    return f"{len(still)} open, {fresh} new" if still else "none open"


def details(alert: dict[str, Any], now_s: float | None) -> list[str]:
    """All that is to be read of one alert."""
    lines = [f"{SIGNS.get(alert['severity'], '?')} {alert['severity']} · {state_of(alert)}", alert["title"], "", alert["reason"], ""]
    lines += [f"Raised {spoken_time(alert['raised_s'])}, {age(alert['raised_s'], now_s)} ago"]
    lines += [f"Ended {spoken_time(alert['end_s'])}"] if alert["end_s"] is not None else []
    lines += [f"Where {where}" for where in [place(alert["lat_deg"], alert["lon_deg"])] if where]
    lines += [f"Ship {name} ({ship})" for ship, name in alert["names"].items()]
    lines += [f"Part of incident {alert['incident']}"] if alert["incident"] else []
    lines += ["", "History"]
    for step in alert["history"]:
        by = f" by {step['by']}" if step["by"] else ""
        lines.append(f"{spoken_time(step['time_s'])[11:]} {step['verb']}{by}{': ' if step['words'] else ''}{step['words']}")
    rule = alert.get("rule") or {}
    lines += ["", "When this is wrong", rule["wrong"]] if rule.get("wrong") else []
    return [plain(line) for line in lines]


def printed(seen: Seen, *, least: str = "notice") -> list[str]:
    """All of it, for a terminal that is no more than paper."""
    now_s = seen.health["clock_s"]
    lines = [head(seen), *(f"! {words}" for words in troubles(seen)), f"journal: {plain(seen.health['journal']['words'])}", "", "FEEDS"]
    lines += _aligned([feed_row(feed) for feed in seen.health["feeds"]])
    shown = chosen(seen.alerts.values(), least=least)
    lines += ["", f"ALERTS: {counts(seen)}"]
    for alert in shown:
        sign, severity, old, state, title = alert_row(alert, now_s)
        lines += [f"  {sign} {severity:8} {old:>6}  {title}  [{state}]", f"      {plain(alert['reason'])}"]
    lines += ["", f"SHIPS in alerts, of the own fleet, guarded: {len(seen.ships)} of {seen.ships_in_all}"]
    lines += _aligned([ship_row(ship, now_s) for ship in seen.ships])
    return lines


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
