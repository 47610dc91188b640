"""How the desk is, for Prometheus: `GET /metrics` in its text format."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.incidents import OPEN, RANK
from tankerwatch.core.ports import Desk
from tankerwatch.web.asking import ask
from tankerwatch.web.live import Hub

KIND: Final = "text/plain; version=0.0.4; charset=utf-8"
STATM: Final = Path("/proc/self/statm")

Sample = tuple[Mapping[str, str], float | None]


class Text:
    """Metrics in the text format: names say units, and what is not known is left out rather than told as 0."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, name: str, kind: str, words: str, samples: Iterable[Sample]) -> None:
        """One metric: gauge or counter, with its samples, each with its labels."""
        known = [(labels, value) for labels, value in samples if value is not None and math.isfinite(value)]
        if not known:
            return
        self.lines += [f"# HELP tankerwatch_{name} {words}", f"# TYPE tankerwatch_{name} {kind}"]
        for labels, value in known:
            told = ",".join(f'{label}="{_escaped(words)}"' for label, words in labels.items())
            self.lines.append(f"tankerwatch_{name}{{{told}}} {value:.16g}" if told else f"tankerwatch_{name} {value:.16g}")

    def one(self, name: str, kind: str, words: str, value: float | None) -> None:
        """A metric of one sample without labels."""
        self.add(name, kind, words, [({}, value)])


def _escaped(words: str) -> str:
    """A label's words, which may be any; half a character, as of a file's name in another alphabet, is none."""
    words = words.encode("utf-8", "replace").decode()
    return words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def metrics(health: dict[str, Any], alerts: Iterable[dict[str, Any]], *, pages: int, listeners: int) -> str:
    """The whole text, from what `GET /api/health` and `GET /api/alerts` tell."""
    text, counters, journal = Text(), health["counters"], health["journal"]
    text.add("info", "gauge", "Version and mode.", [({"version": health["version"], "mode": health["mode"]}, 1)])
    text.one("lag_seconds", "gauge", "How far the stream's clock is behind the desk's.", health["lag_s"])
    text.one("ships", "gauge", "Ships that are known.", health["ships"])
    for name in ("lines", "sentences", "messages"):
        text.one(f"{name}_total", "counter", f"{name.capitalize()} taken in since the start.", counters[name])
    rejected = [({"reason": reason}, number) for reason, number in sorted(counters["rejected"].items())]
    text.add("rejected_total", "counter", "Lines and messages that were refused, by reason.", rejected)
    feeds = [({"feed": feed["name"], "number": str(feed["feed"])}, feed) for feed in health["feeds"]]
    text.add("feed_live", "gauge", "1 while a feed delivers ships.", [(label, float(feed["state"] == "live")) for label, feed in feeds])
    for name, kind, words, field in (
        ("feed_last_seconds", "gauge", "When a feed was last heard, seconds since 1970.", "last_s"),
        ("feed_messages_per_second", "gauge", "Messages a second of a feed.", "messages_per_s"),
        ("feed_lines_total", "counter", "Lines of a feed.", "lines"),
        ("feed_rejected_total", "counter", "Lines of a feed that were refused.", "rejected"),
        ("feed_stations", "gauge", "Stations heard on a feed.", "stations"),
        ("feed_ships", "gauge", "Ships heard on a feed.", "ships"),
    ):
        text.add(name, kind, words, [(label, feed[field]) for label, feed in feeds])
    text.one("journal_ok", "gauge", "1 while what comes in can be written.", float(journal["state"] != "failed"))
    text.one("journal_records", "gauge", "Records in the journal.", journal["records"])
    text.one("journal_durable_records", "gauge", "Records that are on disk on as many copies as are wanted.", journal["durable"])
    text.one("journal_bytes", "gauge", "What the journal takes on disk.", journal["bytes"])
    copies = [({"copy": copy["name"]}, copy) for copy in journal["copies"]]
    text.add("journal_copy_ok", "gauge", "1 while a copy keeps up.", [(label, float(copy["state"] == "ok")) for label, copy in copies])
    behind = [(label, copy["behind"]) for label, copy in copies]
    text.add("journal_copy_behind_records", "gauge", "Records that a copy lacks.", behind)
    open_ = Counter(alert["severity"] for alert in alerts if alert["state"] == OPEN)
    text.add("alerts_open", "gauge", "Open alerts.", [({"severity": severity}, open_[severity]) for severity in RANK])
    text.add("clients", "gauge", "Who listens.", [({"kind": "page"}, pages), ({"kind": "events"}, listeners)])
    text.one("process_resident_memory_bytes", "gauge", "Memory of the desk.", _resident_bytes())
    text.one("process_cpu_seconds_total", "counter", "CPU time of the desk.", time.process_time())
    return "\n".join(text.lines) + "\n"


def _resident_bytes() -> float | None:
    try:
        return float(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):  # no Linux: not known, so not told
        return None


class Metrics:
    """`GET /metrics`."""

    def __init__(self, desk: Desk, hub: Hub) -> None:
        self.desk, self.hub = desk, hub

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/metrics", self.metrics)]

    async def metrics(self, request: Request) -> Response:
        """How the desk is."""
        health, alerts = await ask(self.desk.health), await ask(self.desk.alerts, 0)
        text = metrics(health, alerts, pages=len(self.hub.slots), listeners=len(self.hub.listeners))
        return Response(text, headers={"Content-Type": KIND, "Cache-Control": "no-store"})
