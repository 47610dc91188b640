"""Digital selective calls."""

from __future__ import annotations

import math

import pytest

from tankerwatch.core.ais import framing
from tankerwatch.decode.distress import REMEMBERED

SHIP, COAST = 566123000, 2190001


def rows(said):
    columns = said.calls.columns()
    return [{c.name: getattr(said.calls, c.name)[i] for c in columns} for i in range(len(said.calls))]


def test_a_distress_alert(listen, wrap):
    (call,) = rows(listen([wrap("CDDSC,12,3380400790,12,06,00,1423108312,2019,,,S,E", "$")]))
    assert (call["mmsi"], call["caller"], call["category"], call["kind"]) == (338040079, 338040079, "distress", "call")
    assert call["nature"] == "disabled and adrift"
    assert (call["lat_deg"], call["lon_deg"]) == (pytest.approx(42 + 31 / 60), pytest.approx(-(83 + 12 / 60)))


def test_its_expansion_gives_it_again_with_the_finer_position(listen, wrap):
    said = listen([framing.dsc(SHIP, lat_deg=-25.43215, lon_deg=57.37654, expanded=True), framing.dse(SHIP, -25.43215, 57.37654)])
    coarse, fine = rows(said)
    assert coarse["lat_deg"] != fine["lat_deg"] and coarse["kind"] == fine["kind"] == "call"
    assert (fine["lat_deg"], fine["lon_deg"]) == (pytest.approx(-25.43215, abs=2e-6), pytest.approx(57.37654, abs=2e-6))
    assert fine["source_row"] == 2 and said.decoder.counters.used == 2


def test_an_expansion_of_nothing_or_too_late_says_nothing(listen):
    dse = framing.dse(SHIP, 25.4, 57.3)
    dsc = framing.dsc(SHIP, lat_deg=25.4, lon_deg=57.3)
    assert rows(listen([dse])) == []
    assert len(listen([dsc, dse], times=[0.0, 61.0]).calls) == 1
    assert len(listen([dsc, dse], rows=[1, (1 << 48) + 1]).calls) == 1  # of another feed


@pytest.mark.parametrize(
    ("how", "kind", "mmsi"),
    [
        ({"form": "all ships", "first": "12", "about_mmsi": SHIP, "nature": "fire"}, "relay", SHIP),
        ({"form": "all ships", "first": "10", "about_mmsi": SHIP, "nature": "fire"}, "acknowledgement", SHIP),
        ({"form": "individual", "category": "safety", "first": "18"}, "test", COAST),
        ({"form": "individual", "category": "urgency", "first": "09"}, "call", COAST),
    ],
)
def test_kinds(listen, how, kind, mmsi):
    if how.get("nature"):
        how = {**how, "nature": next(name for name in framing.NATURES if "fire" in name)}
    formats = {
        "all ships": next(n for n, s in framing.FORMATS.items() if s == "16"),
        "individual": next(n for n, s in framing.FORMATS.items() if s == "20"),
    }
    (call,) = rows(listen([framing.dsc(COAST, **{**how, "form": formats[how["form"]]}, lat_deg=25.5, lon_deg=57.25)]))
    assert (call["kind"], call["mmsi"], call["caller"]) == (kind, mmsi, COAST)
    if "about_mmsi" in how:
        assert call["nature"] == "fire or explosion" and call["lat_deg"] == 25.5
    else:
        assert math.isnan(call["lat_deg"])  # there stands a channel, not a position


def test_a_ship_takes_her_own_alert_back(listen, wrap):
    (call,) = rows(listen([wrap(f"CDDSC,16,{SHIP}0,12,10,00,0253005715,0226,{SHIP}0,05,S,", "$")]))
    assert (call["kind"], call["nature"], call["mmsi"]) == ("cancel", "sinking", SHIP)


def test_a_position_that_is_not_known(listen):
    (call,) = rows(listen([framing.dsc(SHIP)]))
    assert math.isnan(call["lat_deg"]) and call["nature"] == "undesignated distress"


@pytest.mark.parametrize(
    "body",
    ["CDDSC", "CDDSC,12", "CDDSC,99,3380400790,12,06,00,1423108312,2019,,,S,E", "CDDSC,12,,12,06,00,1423108312,2019,,,S,E",
     "CDDSC,12,3380400790,12,06,00,1426108312,2019,,,S,E", "CDDSC,12,3380400790,12,06,00,9423108312,2019,,,S,E",
     "CDDSC,12,3380400790,12,06,00,142310831,2019,,,S,E", "CDDSC,16,3380400790,77,06,00,1423108312,2019,,,S,E", "CDDSE",
     "CDDSE,1,1,X,3380400790,00,45894494"],
)  # fmt: skip  # one a line would hide what belongs together
def test_a_call_that_cannot_be_read(listen, wrap, body):
    assert listen([wrap(body, "$")]).rejected == {"bad_call": 1}


def test_what_waits_for_an_expansion_is_bounded(listen):
    said = listen([framing.dsc(SHIP + i, lat_deg=25.5, lon_deg=57.25) for i in range(3 * REMEMBERED)])
    assert len(said.calls) == 3 * REMEMBERED and len(said.decoder._calls._waiting) == REMEMBERED
