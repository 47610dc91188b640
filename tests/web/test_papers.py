"""What the desk puts on paper, over HTTP: each page under its own policy, notes as decisions, and what is refused."""

from __future__ import annotations

import pytest

from tankerwatch.core.errors import InputFault


@pytest.fixture
def client(client, harbour):
    harbour.store["incidents"]["i1"] = {"id": "i1", "title": "T", "notes": []}
    return client


def test_an_incident_and_its_papers(client):
    assert client.get("/api/incidents/i1").json()["incident"]["id"] == "i1"
    page = client.get("/api/incidents/i1/report.html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == "default-src 'none'; style-src 'sha256-x'; frame-ancestors 'none'", (
        "stricter than the desk's"
    )
    assert (page.headers["x-content-type-options"], page.headers["cache-control"]) == ("nosniff", "no-store")
    assert "content-disposition" not in page.headers and "<script>" not in page.text
    kept = client.get("/api/incidents/i1/report.html?save=1").headers["content-disposition"]
    assert kept == 'attachment; filename="tankerwatch-i1.html"'
    chart = client.get("/api/incidents/i1/chart.svg?palette=night")
    assert (chart.headers["content-type"], chart.text) == ("image/svg+xml", "<svg class='chart night'/>")
    assert client.get("/api/incidents/i1/timeline.svg").text == "<svg class='timeline day'/>"
    assert client.get("/api/incidents/i1/chart.svg?palette=pink").status_code == 422
    assert client.get("/api/incidents/i1/warning").json() == {"named": False, "text": "W"}
    assert client.get("/api/incidents/i1/warning?named=1").json()["named"] is True
    assert client.get("/api/incidents/i1/warning?named=yes").status_code == 422


@pytest.mark.parametrize("paper", ["", "/report.html", "/chart.svg", "/timeline.svg", "/warning"])
@pytest.mark.parametrize("name", ["none", "..%2f..%2fetc", "%00", "i1%0d%0aX: 1", "<script>"])
def test_no_such_incident(client, paper, name):
    answer = client.get(f"/api/incidents/{name}{paper}")
    assert answer.status_code == 404 and answer.json()["error"]


def test_a_note_is_a_decision(client, harbour):
    answer = client.post("/api/incidents/i1/note", json={"words": "the agent called", "by": "ANNA", "state": "closed"})
    assert (answer.status_code, answer.json()["id"]) == (200, "i1")
    assert harbour.decided == [("note", "i1", {"words": "the agent called", "by": "ANNA"})]
    assert client.post("/api/incidents/none/note", json={"words": "w"}).status_code == 404
    assert client.get("/api/incidents/i1/note").status_code == 405
    assert client.post("/api/incidents/i1/note", json={"words": "w"}, headers={"Origin": "http://evil.example"}).status_code == 403
    harbour.fault = InputFault("there are no words", help="say in a sentence what is known")
    assert client.post("/api/incidents/i1/note", json={"words": ""}).json()["error"] == "there are no words"
    assert len(harbour.decided) == 1


def test_the_hand_over(client):
    assert client.get("/api/handover").json() == {"since_s": None}
    assert client.get("/api/handover?since_s=1560394800.5").json() == {"since_s": 1560394800.5}
    assert client.get("/api/handover.html?save=1").headers["content-disposition"].endswith('"tankerwatch-handover.html"')
    for wrong in ("nan", "inf", "yesterday", ""):
        for path in ("/api/handover", "/api/handover.html"):
            assert client.get(f"{path}?since_s={wrong}").status_code == 422
