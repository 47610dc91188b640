"""Zones, coverage, hulls and what is told of the map each second, over the made-up desk."""

from __future__ import annotations

import json

import pytest

PATIENCE_S = 60
ZONE = {"name": "BOX", "corners": [[24.0, 58.0], [24.0, 58.2], [24.2, 58.2]]}


def test_zones_are_decided_and_answered(client, harbour):
    harbour.store["zones"]["d1"] = {"id": "d1", "name": "BOX"}
    assert client.get("/api/zones").json() == {"zones": [{"id": "d1", "name": "BOX"}], "quiet_rules": [], "held_back": {}}
    made = client.post("/api/zones", json={**ZONE, "by": "ANNA", "undo": True})
    assert (made.status_code, made.json()["id"]) == (201, "d1")
    assert client.post("/api/zones/d1", json=ZONE).json()["id"] == "d1"
    assert client.post("/api/zones/d1/remove", json={"by": "BEN", "name": "X"}).status_code == 200
    assert client.post("/api/zones/d1/undo", json={}).status_code == 200
    assert harbour.decided == [
        ("zone", "", {**ZONE, "by": "ANNA"}),
        ("zone", "d1", ZONE),
        ("unzone", "d1", {"by": "BEN"}),
        ("zone", "d1", {"undo": True}),
    ]
    harbour.fault = KeyError("none")
    for path in ("/api/zones/none", "/api/zones/none/remove", "/api/zones/none/undo"):
        assert client.post(path, json=ZONE).status_code == 404


@pytest.mark.parametrize("path", ["/api/coverage", "/api/outlines"])
def test_a_box_is_asked_for(client, harbour, path):
    assert client.get(path, params={"south": 25, "west": 179, "north": 26, "east": 181}).status_code == 200
    assert client.get(path, params={"south": -85, "west": -500, "north": 85, "east": 500}).status_code == 200
    assert harbour.boxes == [(25, 179, 26, 181), (-85, -500, 85, -140)]
    for wrong in ({}, {"south": "nan"}, {"south": 26}, {"north": 91}, {"east": 56}, {"west": "1e999"}, {"west": "x" * 9999}):
        answer = client.get(path, params={"south": 25, "west": 56, "north": 26, "east": 57, **wrong} if wrong else {})
        assert answer.status_code == 422 and answer.json()["help"], wrong


def test_the_map_is_told_when_something_is_new(running, harbour):
    told = []

    def until(page, want):
        while not want(told[-1] if told else {}):
            message = page.recv(timeout=PATIENCE_S)
            if isinstance(message, str):
                told.append(json.loads(message))

    with running.page() as page:
        until(page, lambda message: message.get("type") == "health")
        until(page, lambda message: message.get("lag_s", 1) is None)
        assert "chart" not in {message["type"] for message in told}, "there is nothing to tell"
        harbour.told = {**harbour.told, "jammed": [{"ships": 3}]}
        until(page, lambda message: message["type"] == "chart")
        assert told[-1]["jammed"] == [{"ships": 3}]
        harbour.store["zones"]["d1"] = {"id": "d1"}
        running.hub.publish("zones", [{"id": "d1"}])
        until(page, lambda message: message["type"] == "zones" and not message["all"])
        assert sum(message["type"] == "chart" for message in told) == 1
    with running.page() as page:
        told.clear()
        until(page, lambda message: message.get("type") == "chart")
        assert next(message for message in told if message["type"] == "zones")["zones"] == [{"id": "d1"}]
