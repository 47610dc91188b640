"""Builders for the tests of triage: findings, pictures and decisions with few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tankerwatch.core.tables import Decision, Findings, Picture
from tankerwatch.triage.triage import Triage

NAN = float("nan")
START_S = 1_560_390_000.0
NAMES = {200000001: "FRONT ALTAIR", 200000002: "KOKUKA COURAGEOUS", 200000003: "HYUNDAI DUBAI", 200000004: "COASTAL ACE"}


def make_findings(*rows: dict[str, Any]) -> Findings:
    """Findings from rows; `at` is minutes after START_S, the rest has harmless values."""
    table = Findings.blank(len(rows))
    for i, row in enumerate(rows):
        at_s = START_S + 60 * row.get("at", 0)
        table.time_s[i] = row.get("time_s", at_s)
        table.start_s[i] = row.get("start_s", at_s)
        table.detector[i] = row.get("detector", "sudden_stop")
        table.ships[i] = tuple(row.get("ships", (200000001,)))
        table.episode[i] = row.get("episode", str(table.ships[i][:1]))
        table.verb[i] = row.get("verb", "raise")
        table.severity[i] = row.get("severity", "danger")
        table.score[i] = row.get("score", 0.9)
        table.lat_deg[i] = row.get("lat", 25.4333)
        table.lon_deg[i] = row.get("lon", 57.3733)
        table.reason[i] = row.get("reason", "{0} has lost her speed.")
        table.evidence[i] = tuple(row.get("evidence", (i + 1,)))
    table.check()
    return table


def make_picture(at: float, *ships: dict[str, Any]) -> Picture:
    """A picture `at` minutes after START_S; each ship needs mmsi, lat, lon."""
    blank = Picture.blank(len(ships))
    columns = {name: getattr(blank, name).copy() for name in Picture.__dataclass_fields__}
    for i, ship in enumerate(ships):
        given = {"kind": 2, "event_s": START_S + 60 * at - 5, "trusted": True, "nav_status": 0, "sog_kn": 12.0, "best_sog_kn": 14.0}
        given |= {"lat_deg": ship["lat"], "lon_deg": ship["lon"], **{k: v for k, v in ship.items() if k not in ("lat", "lon")}}
        for name, value in given.items():
            columns[name][i] = value
    picture = Picture(**columns)
    picture.check()
    return picture


@pytest.fixture(scope="session")
def findings() -> Callable[..., Findings]:
    return make_findings


@pytest.fixture(scope="session")
def picture() -> Callable[..., Picture]:
    return make_picture


@pytest.fixture(scope="session")
def decision() -> Callable[..., Decision]:
    def make(said: str, subject: str = "", /, at: float = 0, id: str = "d1", **content: Any) -> Decision:
        return Decision(START_S + 60 * at, said, id, subject, content)

    return make


@pytest.fixture(scope="session")
def triage() -> Callable[..., Triage]:
    def make(**settings: Any) -> Triage:
        settings.setdefault("rules", {"sudden_stop": {"id": "sudden_stop", "version": 1, "settings": {"lost_share": np.float32(0.5)}}})
        settings.setdefault("names", lambda ship: NAMES.get(ship, ""))
        return Triage(**settings)

    return make


@pytest.fixture(scope="session")
def at() -> Callable[[float], float]:
    return lambda minutes: START_S + 60 * minutes
