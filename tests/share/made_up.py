"""Made-up alerts of every kind, and strategies for any."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from tankerwatch.core.incidents import SEVERITIES
from tankerwatch.core.mmsi import radar_id
from tankerwatch.pipeline import Result
from tankerwatch.share.ships import Ship

HOSTILE = "</script><script>window.hacked=1</script>"
WHEN_S = 1_560_393_600.0


def alert(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An alert in the form of `analyse --alerts`."""
    made = {
        "id": f"sudden_stop-219000001-{number:06x}",
        "detector": "sudden_stop",
        "severity": "danger",
        "state": "open",
        "ships": [219000001],
        "names": {"219000001": "FRIG"},
        "raised_s": WHEN_S + number,
        "start_s": WHEN_S,
        "end_s": None,
        "updated_s": WHEN_S + number,
        "lat_deg": 57.25,
        "lon_deg": 10.5,
        "score": 0.9,
        "title": "FRIG: sudden stop",
        "reason": "FRIG has lost her speed.",
        "incident": None,
        "acknowledged_s": None,
        "confirmed": False,
        "history": [{"time_s": WHEN_S + number, "verb": "raise", "words": "FRIG has lost her speed.", "by": None}],
        "rule": {
            "id": "sudden_stop",
            "words": "sudden stop",
            "version": 1,
            "what": "W",
            "why": "Y",
            "wrong": "N",
            "settings": {"a_s": 1.5},
        },
        "evidence": [
            {"source_row": 7, "feed": "", "station": "r1", "time_s": WHEN_S, "sentence": "!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24"}
        ],
    }
    return made | changes


def incident(*alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An incident of some alerts, in the form of `analyse --json`."""
    made = {
        "id": "incident-1",
        "severity": "danger",
        "state": "open",
        "title": "FRIG: casualty",
        "start_s": WHEN_S,
        "end_s": None,
        "alerts": [held["id"] for held in alerts],
        "ships": [219000001],
        "names": {"219000001": "FRIG"},
        "reports": [],
        "lat_deg": 57.25,
        "lon_deg": 10.5,
        "helpers": [{"mmsi": 219000002, "name": "H", "kind": 2, "distance_nm": 9.8, "bearing_deg": 81.0, "hours": 0.54, "speed_kn": 18.2}],
    }
    return made | changes


def result(alerts: list[dict[str, Any]], incidents: list[dict[str, Any]] | None = None, **more: Any) -> Result:
    """An analysis of these."""
    counters = {"lines": 5, "used": 3, "rejected": {"bad_checksum": 2}, "ships": 2}
    return Result(alerts, incidents or [], counters, more.pop("words", []), **more)


texts = st.text(max_size=30) | st.sampled_from([HOSTILE, "", "\u202egnp.exe", "A & B <i>", "\x00\x1b[31m", "MÆRSK 'X' \"Y\""])
moments = st.none() | st.floats(0, 4e9) | st.sampled_from([0.0, 1.0, -5.0, 1e15, 253402300799.5])
numbers = st.integers(1, 999_999_999) | st.builds(radar_id, st.just("r"), st.integers(0, 999))


@st.composite
def alerts(draw: Any) -> dict[str, Any]:
    """Any alert that the types allow, and more: times out of order or out of the calendar, names that are markup."""
    ships = draw(st.lists(numbers, max_size=3, unique=True))
    place = draw(st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
    return alert(
        draw(st.integers(0, 999)),
        severity=draw(st.sampled_from(SEVERITIES)),
        detector=draw(st.sampled_from(["distress", "false_position", "feed"])),
        state=draw(st.sampled_from(["open", "closed", "withdrawn"])),
        ships=ships,
        names={str(ship): draw(texts) for ship in ships},
        raised_s=draw(moments), start_s=draw(moments), end_s=draw(moments), updated_s=draw(moments),
        lat_deg=place and place[0], lon_deg=place and place[1],
        score=draw(st.none() | st.floats(0, 1)),
        title=draw(texts.filter(bool)), reason=draw(texts),
        incident=draw(st.none() | st.just("incident-1")),
        confirmed=draw(st.booleans()),
        evidence=draw(st.lists(st.builds(
            lambda row, time_s, sentence: {"source_row": row, "feed": "", "station": "", "time_s": time_s, "sentence": sentence},
            st.integers(1, 9), moments, st.none() | texts), max_size=3)),
    )  # fmt: skip  # one a line would hide what belongs together


@st.composite
def facts(draw: Any, mmsi: int) -> Ship:
    """What some ship may have said of herself."""
    kind, length = draw(st.integers(0, 14)), draw(st.integers(0, 500))
    return Ship(
        mmsi, draw(texts), draw(texts), draw(st.integers(0, 9_999_999)), kind, length, draw(st.integers(0, 90)), draw(st.booleans())
    )


@st.composite
def analyses(draw: Any) -> Result:
    """Alerts with different ids, an incident of some, facts of some ships."""
    made = draw(st.lists(alerts(), max_size=5, unique_by=lambda held: held["id"]))
    ships = {mmsi: draw(facts(mmsi)) for held in made for mmsi in held["ships"] if draw(st.booleans())}
    joined = [incident(*(held for held in made if held["incident"]), title=draw(texts))] if draw(st.booleans()) else []
    return result(made, joined, ships=ships, words=draw(st.lists(texts, max_size=2)), span_s=(math.nan, draw(st.floats(0, 4e9))))
