"""What the made-up desk says of its journal and, in a replay, of the period that it plays."""

from __future__ import annotations

from datetime import UTC, datetime

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


def timeline(desk) -> dict | None:
    """The alerts that have been played, one that lies ahead, and half an hour in which nothing was received."""
    start_s, end_s = desk.hello()["start_s"], desk.hello()["end_s"]
    if start_s is None:
        return None
    known = [{key: alert[key] for key in ("id", "raised_s", "severity")} for alert in desk.alerts.values() if alert["state"] != "withdrawn"]
    ahead = [{"id": "a99", "raised_s": start_s + 6 * 3600, "severity": "danger"}]
    gaps = [[start_s + 4.5 * 3600, start_s + 5 * 3600]]
    return {"start_s": start_s, "end_s": end_s, "surveyed": True, "gaps": gaps, "alerts": known + ahead}
