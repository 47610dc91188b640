"""What people type in: what is kept, and what is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Decision
from tankerwatch.ingest.report import DECISION_KINDS, decision, moment, report

NOW = 1_560_393_600.0
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_full_report() -> None:
    made = report(
        {
            "time_s": "2019-06-13T02:12:00Z",
            "kind": "distress",
            "words": "  Explosion on the starboard side,\n crew to the boats  ",
            "ship": "538006800",
            "lat_deg": 25.43,
            "lon_deg": "57.37",
            "verified": True,
            "source": "VHF 16",
        },
        NOW,
    )
    assert (made.kind, made.time_s, made.subject) == ("report", NOW, "")
    assert made.content == {
        "kind": "distress",
        "words": "Explosion on the starboard side, crew to the boats",
        "ship": 538006800,
        "lat_deg": 25.43,
        "lon_deg": 57.37,
        "verified": True,
        "source": "VHF 16",
        "time_s": NOW - 28 * 60,
    }


def test_the_least_report() -> None:
    made = report({"words": "smoke"}, NOW)
    expected = {
        "kind": "report",
        "words": "smoke",
        "ship": None,
        "lat_deg": None,
        "lon_deg": None,
        "verified": False,
        "source": "",
        "time_s": NOW,
    }
    assert made.content == expected


def test_the_same_content_at_the_same_time_has_the_same_id() -> None:
    assert report({"words": "smoke"}, NOW).id == report({"words": " smoke"}, NOW).id
    assert len({report({"words": "smoke"}, NOW).id, report({"words": "fire"}, NOW).id, report({"words": "smoke"}, NOW + 1).id}) == 3


def test_what_cannot_be_seen_is_left_out() -> None:
    made = report({"words": "a\0b\u202ec\u200bd\x1b[31m\ud800e\ttab\r\nline \u2028x"}, NOW)
    assert made.content["words"] == "abcd[31me tab line x"
    assert report({"words": "<script>alert(1)</script> æøå 海"}, NOW).content["words"] == "<script>alert(1)</script> æøå 海"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"words": ""},
        {"words": " \n\0"},
        {"words": "x" * 2001},
        {"words": 5},
        {"words": "x", "kind": "gossip"},
        {"words": "x", "kind": ["note"]},
        {"words": "x", "lat_deg": 1},
        {"words": "x", "lon_deg": 1},
        {"words": "x", "lat_deg": 90.1, "lon_deg": 0},
        {"words": "x", "lat_deg": 0, "lon_deg": -180.1},
        {"words": "x", "lat_deg": math.nan, "lon_deg": 0},
        {"words": "x", "lat_deg": True, "lon_deg": 0},
        {"words": "x", "lat_deg": "north", "lon_deg": 0},
        {"words": "x", "ship": -1},
        {"words": "x", "ship": 0},
        {"words": "x", "ship": 2**32},
        {"words": "x", "ship": 1.5},
        {"words": "x", "ship": True},
        {"words": "x", "ship": "FRONT"},
        {"words": "x", "verified": "yes"},
        {"words": "x", "verified": 1},
        {"words": "x", "time_s": "yesterday"},
        {"words": "x", "time_s": NOW + 7200},
        {"words": "x", "time_s": 5},
        {"words": "x", "time_s": math.inf},
        {"words": "x", "time_s": [NOW]},
        {"words": "x", "source": "s" * 101},
        {"words": "x", "source": {}},
        {"words": "x", "colour": "red"},
        [],
        "words",
        None,
    ],
)
def test_what_is_refused_says_where_and_what_helps(content: Any) -> None:
    with pytest.raises(InputFault) as fault:
        report(content, NOW)
    assert fault.value.help
    assert fault.value.where.startswith("report")
    assert "\n" not in str(fault.value)


def sound(made: Decision) -> None:
    assert json.loads(json.dumps(made.content, allow_nan=False)) == made.content
    made.id.encode("ascii")
    assert made.time_s == NOW


@given(
    st.dictionaries(st.sampled_from(["time_s", "kind", "words", "ship", "lat_deg", "lon_deg", "verified", "source", "x"]), anything)
    | anything
)
def test_whatever_is_typed_is_kept_soundly_or_refused(content: Any) -> None:
    try:
        sound(report(content, NOW))
    except InputFault as fault:
        assert fault.help


@given(st.sampled_from([*DECISION_KINDS, "delete"]), st.text(max_size=30) | st.just("538006800"), anything)
def test_whatever_is_decided_is_kept_soundly_or_refused(kind: str, subject: str, content: Any) -> None:
    try:
        made = decision(kind, subject, content, NOW)
    except InputFault as fault:
        assert fault.help
        return
    sound(made)
    assert made.kind == kind


def test_decisions() -> None:
    assert decision("acknowledge", "alert-1", None, NOW).content == {"words": ""}
    assert decision("confirm", "alert-1", {"words": "seen"}, NOW).content == {"words": "seen"}
    assert decision("guard", "538006800", {"guard": False}, NOW).content == {"words": "", "guard": False}
    assert decision("dismiss", "alert-1", {"words": "tugs"}, NOW).subject == "alert-1"
    for kind, subject, content in (
        ("dismiss", "alert-1", {}),
        ("guard", "FRONT", {"guard": True}),
        ("guard", "538006800", {"guard": "yes"}),
        ("acknowledge", "", {}),
        ("acknowledge", "x" * 201, {}),
        ("delete", "alert-1", {}),
        ("acknowledge", "alert-1", "words"),
    ):
        with pytest.raises(InputFault):
            decision(kind, subject, content, NOW)  # type: ignore[arg-type]  # foreign values


def test_what_a_decision_carries() -> None:
    assert decision("assign", "a", {"to": " BEN ", "by": "ANNA", "x": 1}, NOW).content == {"words": "", "to": "BEN", "by": "ANNA"}
    assert decision("snooze", "a", {"minutes": 30}, NOW).content == {"words": "", "minutes": 30.0}
    here = {"lat_deg": 25.0, "lon_deg": 57.0, "radius_nm": 5}
    left = decision("exclude", "closing", {"ships": [538006800, 538006801], "here": here, "words": "a tug", "alert": "a"}, NOW).content
    assert left == {"words": "a tug", "ships": [538006800, 538006801], "here": {**here, "radius_nm": 5.0}, "alert": "a"}
    for kind, content in (
        *((kind, {"words": " "}) for kind in ("close", "note", "dismiss")),
        *(("snooze", {"minutes": minutes}) for minutes in (None, -1, 1441, math.nan, True, "soon")),
        *(("exclude", {"words": "w", "ships": ships}) for ships in (None, [], [1, 2, 3], [1, 1], ["x"], [4_100_000_000], "1")),
        *(("exclude", {"words": "w", "ships": [1], "here": place}) for place in (5, {}, {**here, "radius_nm": 0}, {**here, "lat_deg": 91})),
        ("exclude", {"ships": [1]}),
        ("note", {"words": "w", "by": "x" * 61}),
    ):
        with pytest.raises(InputFault):
            decision(kind, "a", content, NOW)


def test_moments_are_utc() -> None:
    assert moment("2019-06-13T02:40:00Z") == moment("2019-06-13 02:40") == moment("2019-06-13T04:40:00+02:00") == NOW


def test_a_guard_has_a_ring_and_an_end():
    made = decision("guard", "538006800", {"guard": True, "ring_nm": 3, "until_s": NOW + 3600, "words": "asked", "by": "ANNA"}, NOW)
    assert made.content == {"words": "asked", "by": "ANNA", "guard": True, "ring_nm": 3.0, "until_s": NOW + 3600}
    assert decision("guard", "538006800", {"guard": None}, NOW).content == {"words": "", "guard": None}
    for wrong in (
        {"ring_nm": 0},
        {"ring_nm": 12.5},
        {"ring_nm": "wide"},
        {"ring_nm": True},
        {"guard": False, "ring_nm": 3},
        {"until_s": NOW},
        {"until_s": NOW + 32 * 86_400},
        {"until_s": float("nan")},
        {"guard": None, "until_s": NOW + 60},
    ):
        with pytest.raises(InputFault, match=r"will not do|a ring goes with a guard|has no end"):
            decision("guard", "538006800", {"guard": True, **wrong}, NOW)
