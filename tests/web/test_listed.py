"""Alerts of a desk that runs for months: what is open is told in whole, what is over in pieces, and none is lost."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tankerwatch.core.incidents import Alert
from tankerwatch.core.ports import OVER_TOLD
from tankerwatch.desk.listing import listed, numbers

OVER = 5000


def made(name, state, over_s=None):
    return Alert(name, "dark", "caution", state, (311000001,), 100.0, 100.0, over_s, None, None, 0.5, "r", "t", over_s or 100.0)


@pytest.fixture(scope="module")
def months():
    """A desk's river with thousands of alerts that are over, three of each second, some open, and one of an open incident."""
    known = [made(f"a{n:04}", "withdrawn" if n % 9 == 0 else "closed", 1000.0 + n // 3) for n in range(OVER)]
    known += [made(f"open{n}", "open") for n in range(3)]
    incidents = [SimpleNamespace(state="open", alerts=("a0000", "open1")), SimpleNamespace(state="closed", alerts=("a0001",))]
    alerts = {alert.id: alert for alert in known}
    open_ones = {alert.id: None for alert in known if alert.state == "open"}
    triage = SimpleNamespace(alerts=alerts, open=open_ones, incidents=dict(enumerate(incidents)))
    return SimpleNamespace(triage=triage, name_of=lambda ship: "X")


def test_all_that_are_open_and_the_newest_that_are_over(months, harbour, serve, dist):
    whole = harbour.desk()
    harbour.desk = lambda: replace(
        whole,
        alerts=lambda *asked: listed(months, "alerts", *asked),
        alert=lambda name: {"id": name} if name in months.triage.alerts else None,
    )
    running = serve(dist)
    import httpx

    with httpx.Client(base_url=running.base, trust_env=False) as client:

        def told(query="", status=200):
            answer = client.get(f"/api/alerts{query}")
            assert answer.status_code == status, answer.text
            return answer.json() if status == 200 else None, len(answer.content)

        usual, length = told()
        names = [alert["id"] for alert in usual["alerts"]]
        assert names[:3] == ["open0", "open1", "open2"] and len(names) == 3 + OVER_TOLD + 1
        assert {f"a{n:04}" for n in range(OVER - OVER_TOLD, OVER)} | {"a0000"} == set(names[3:]), "the newest, and that of an open incident"
        assert length < 1 << 19
        assert [alert["id"] for alert in told("?over=0")[0]["alerts"]] == ["open0", "open1", "open2", "a0000"]
        # Piece by piece all others come, each once, although three were over in the same second.
        oldest = min((alert for alert in usual["alerts"] if alert["state"] != "open" and alert["id"] != "a0000"), key=place)
        got = []
        while piece := told(f"?before_s={oldest['end_s']}&before={oldest['id']}&over=1000")[0]["alerts"]:
            assert piece == sorted(piece, key=place, reverse=True) and len(piece) <= 1000
            got += [alert["id"] for alert in piece]
            oldest = piece[-1]
        assert sorted(got) == [f"a{n:04}" for n in range(OVER - OVER_TOLD)]
        assert [alert["id"] for alert in told("?before_s=1001")[0]["alerts"]] == ["a0000", "a0001", "a0002"], "by time alone"
        assert client.get("/api/alerts/a0001").json() == {"id": "a0001"}, "any is found"
        for wrong in ("over=5001", "over=-1", "over=x", "before=a0001", "before_s=nan", "before_s=", f"before_s=1&before={'x' * 201}"):
            told(f"?{wrong}", 422)
    assert numbers(months) == {"open": 3, "over": OVER}


def place(alert):
    return alert["end_s"], [-ord(letter) for letter in alert["id"]]
