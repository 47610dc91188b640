"""Who came and went is in the journal of the desk, and a desk that begins again on it goes as if it were not."""

from __future__ import annotations

import asyncio
import json

from tankerwatch.config import load
from tankerwatch.desk.live import LiveDesk
from tankerwatch.detect import catalog
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.records import read_records
from tankerwatch.web.access.roles import Role
from tankerwatch.web.access.sessions import Sessions, current
from tankerwatch.web.app import signed
from tankerwatch.web.live import Hub


def test_who_came_and_who_decided_is_kept(tmp_path):
    config = load(None, catalog.detectors())
    _, session = Sessions(60.0, 600.0, lambda: 0.0).begin("ANNA", Role.WATCHKEEPER)

    async def run(journal):
        desk = LiveDesk(config, journal, FeedRegister(tmp_path), Hub())
        pump = asyncio.create_task(desk.pump())
        try:
            await desk.desk.decide("access", "ANNA", {"verb": "log_in", "role": "watchkeeper", "address": "192.0.2.9"})
            current.set(session)
            made = await signed(desk.desk).decide("report", "", {"words": "Smoke", "by": "BEN"})
            assert made in [report["id"] for report in desk.desk.reports()]
            await signed(desk.desk).decide("guard", "538000001", {"guard": True})
        finally:
            pump.cancel()

    with FileJournal(tmp_path) as journal:
        asyncio.run(run(journal))
    kept = [json.loads(record.data) for record in read_records(tmp_path) if record.what == "decision"]
    told = {row["kind"]: row["content"] for row in kept}
    assert told["access"] == {"verb": "log_in", "role": "watchkeeper", "address": "192.0.2.9"}
    assert told["report"]["by"] == told["guard"]["by"] == "ANNA"
    with FileJournal(tmp_path) as journal:
        again = LiveDesk(config, journal, FeedRegister(tmp_path), Hub())
        again.rebuild()
        assert [report["words"] for report in again.desk.reports()] == ["Smoke"]
        assert again.desk.alerts() == []
