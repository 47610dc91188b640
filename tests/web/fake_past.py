"""What the made-up desk says of its journal and, in a replay, of the period that it plays."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

from tankerwatch.desk.timeline import Timeline

SCENE = {
    "title": "Gulf of Oman, 13 June 2019",
    "words": "Two tankers were attacked within an hour, off Jask.",
    "center": [57.45, 25.45],
    "zoom": 9,
    "offers": [
        {
            "label": "Watch your own feed",
            "words": "Point it at a receiver or a log file.",
            "command": "tankerwatch watch tcp://192.168.1.20:5631 --data watch",
        },
        {
            "label": "Look at the alerts as data",
            "words": "The same scene, without a page.",
            "command": "tankerwatch demo --headless --json",
        },
    ],
}


def journal(desk) -> dict:
    made = {"durable": 48123, "records": 48123, "bytes": 9_812_345, "state": "ok", "words": "on disk and 2 copies"}
    if desk.mode == "replay":
        return {**made, "durable": 0, "records": 0, "bytes": 0, "state": "unwritten", "words": "a replay: nothing is written"}
    copies = [
        {"name": "/mnt/usb", "state": "ok", "words": "has everything", "record": 48123, "behind": 0},
        {"name": "https://harbour:8430", "state": desk.second_copy, "words": desk.copy_words, "record": 48100, "behind": 23},
    ]
    checkpoint = {"record": 48000, "made_s": datetime.now(UTC).timestamp() - 40, "words": "left the machine"}
    return {**made, "copies": copies, "checkpoint": checkpoint}


def played(desk) -> tuple[Timeline, list]:
    """The real desk's own rules, of the alerts that have been played and of one that lies ahead."""
    start_s, end_s = desk.hello()["start_s"], desk.hello()["end_s"]
    ahead = {"id": "a99", "raised_s": (start_s or 0) + 6 * 3600, "severity": "danger", "state": "open"}
    alerts = [SimpleNamespace(**{key: alert[key] for key in ahead}) for alert in (*desk.alerts.values(), ahead)]
    return Timeline(start_s, end_s, None), alerts


def timeline(desk, bins: int | None = None) -> dict | None:
    """What is known of the period, with half an hour in which nothing was received."""
    if desk.mode == "live":
        return None
    line, alerts = played(desk)
    start_s = desk.hello()["start_s"]
    return {**line.told(alerts, bins), "surveyed": True, "gaps": [[start_s + 4.5 * 3600, start_s + 5 * 3600]]}


def moment(desk, asked) -> dict | None:
    """The alert after a time, or before it."""
    line, alerts = played(desk)
    after = "after_s" in asked
    return line.near(alerts, float(asked["after_s" if after else "before_s"]), after=after)
