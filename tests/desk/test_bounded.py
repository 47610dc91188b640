"""A desk that has run for long: what stands is told in whole, what is over in pieces, and none is lost; the hand-over is complete."""

from __future__ import annotations

import asyncio
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.requests import Request

from tankerwatch.config import load
from tankerwatch.core.incidents import Alert
from tankerwatch.core.ports import PictureNow
from tankerwatch.core.tables import Batch, Decision, Feeds, Heard, Legs, Pairs, Picture, View
from tankerwatch.desk import handing_over
from tankerwatch.desk.berths import FREE_AFTER, Berths
from tankerwatch.desk.listing import KINDS, listed, one
from tankerwatch.desk.timeline import Timeline
from tankerwatch.desk.trails import Trails
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River
from tankerwatch.share import handover
from tankerwatch.web import geojson

BEGIN_S = 1_560_000_000.0
SHIP = 311000001
EACH, TOLD = 110, 40
HEALTH = {"mode": "live", "version": "1", "ships": 1, "watching": "", "feeds": [], "clock_check": {}, "journal": {}, "webhook": None}
HEALTH |= {"kept_quiet": {}}
BOX = [[25.0, 57.0], [25.0, 58.0], [26.0, 58.0]]


@pytest.fixture(scope="module")
def river():
    """Incidents of a ship each, reports, exclusions, guards and zones, more than are told at once, and one of each that stands."""
    made, told = River(load(None, catalog.detectors())), {"number": 0, "s": BEGIN_S}

    def say(kind, subject, /, **content):
        told["number"] += 1
        told["s"] += 7
        name = f"{kind}{told['number']:05}"
        made.take(Batch(decisions=(Decision(told["s"], kind, name, subject, content),), clock_s=told["s"]))
        return name

    where = {"verified": True, "source": "VHF", "lon_deg": 57.0, "kind": "distress"}
    for at in range(EACH):
        say("desk", "", state="started")
        if at % 2 == 0:
            say("report", "", **{**where, "words": "Fire", "ship": SHIP + at, "lat_deg": -60 + at})
        say("report", "", **{**where, "kind": "sighting", "words": f"Boat {at}", "ship": SHIP + at % 5, "lat_deg": 10.0, "lon_deg": 10.0})
        out = say("exclude", "dark", ships=[SHIP + at % 5], here=None, words="in the yard", alert="")
        say("guard", str(SHIP + 1000 + at), guard=True, ring_nm=None, until_s=None, words="asked for")
        zone = say("zone", "", name=f"Zone {at}", corners=BOX, rule=["enter"], severity="caution")
        if at:
            say("include", out, words="sails")
            say("guard", str(SHIP + 1000 + at), guard=None, words="")
            say("unzone", zone)
        if at % 20 == 19:
            told["s"] += 100_000  # a day and more: what is open ends by itself
            made.take(Batch(clock_s=told["s"]))
    say("report", "", **{**where, "words": "Fire", "ship": SHIP, "lat_deg": 25.0})
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_in_whole_and_what_is_over_piece_by_piece(river, kind):
    how = KINDS[kind]
    known = list(how.known(river).values())
    over = sorted((thing for thing in known if how.over_s(thing) is not None), key=how.place)
    names = [how.shown(river, thing)["id"] for thing in over]
    assert len(names) > TOLD and len(set(names)) == len(names)
    standing = {how.shown(river, thing)["id"] for thing in known if how.over_s(thing) is None} | set(how.joined(river))
    assert standing
    usual = [each["id"] for each in listed(river, kind, TOLD)]
    assert set(usual) == standing | set(names[:TOLD]) and len(usual) == len(set(usual))
    assert {each["id"] for each in listed(river, kind, 0)} == standing
    assert {each["id"] for each in listed(river, kind, sys.maxsize)} == standing | set(names)
    got, last = [], over[9]
    while piece := listed(river, kind, 30, (-how.place(last)[0], how.place(last)[1])):
        got += [each["id"] for each in piece]
        last = how.known(river)[int(got[-1]) if kind == "guards" else got[-1]]
    assert got == names[10:]
    assert one(river, kind, names[-1])["id"] == names[-1] and one(river, kind, "nothing") is None
    hers = listed(river, kind, sys.maxsize, None, SHIP + 1)
    assert [each["id"] for each in hers] == [
        each["id"] for each in listed(river, kind, sys.maxsize) if SHIP + 1 in each.get("ships", [each.get("ship")])
    ]
    assert hers or kind in ("zones", "guards", "alerts", "incidents")


@pytest.mark.parametrize("most", [45, 10_000])
def test_all_alerts_for_another_map_are_asked_for_in_pieces(river, monkeypatch, most):
    monkeypatch.setattr(geojson, "PIECE", 30)
    monkeypatch.setattr(geojson, "MOST_FEATURES", most)
    asked = []

    def alerts(*of):
        asked.append(of)
        return listed(river, "alerts", *of)

    def told(query):
        calls = geojson.GeoJson(SimpleNamespace(alerts=alerts, snapshot=lambda: None))
        collection = json.loads(asyncio.run(calls.alerts(Request({"type": "http", "query_string": query}))).body)
        return [feature["id"] for feature in collection["features"]], collection["left_out"]

    how, known = KINDS["alerts"], river.triage.alerts
    standing = [alert.id for alert in sorted(known.values(), key=how.order) if how.over_s(alert) is None]
    names = standing + [alert.id for alert in sorted((a for a in known.values() if how.over_s(a) is not None), key=how.place)]
    assert standing and len(names) > 50
    assert told(b"") == (standing, 0) and asked == [(0,)]
    assert told(b"state=all") == (names[:most], len(names[most:]))
    assert max(of[0] for of in asked) == 30, "more at once, and the desk stands still for long"


@pytest.mark.parametrize("since_s", [None, 0.0, BEGIN_S + 500.0, BEGIN_S + 3e5])
@pytest.mark.parametrize("clock", [True, False])
def test_the_hand_over_is_the_same_as_of_all_that_is_known(river, since_s, clock, monkeypatch):
    monkeypatch.setattr(handover, "MOST_CHANGES", 100)
    health = {**HEALTH, "clock_s": river.clock_s if clock else None}
    parts = {kind: listed(river, kind, sys.maxsize) for kind in KINDS}
    order = {kind: list(how.known(river)) for kind, how in KINDS.items()}
    parts = {kind: sorted(things, key=lambda each, kind=kind: order[kind].index(_key(kind, each))) for kind, things in parts.items()}
    zones = [{**zone, "held_back": 0} for zone in parts.pop("zones")]
    whole = handover.handover(*parts.values(), health, zones=zones, since_s=since_s)
    told = handing_over.told(river, health, {}, since_s)
    assert told == whole
    many = since_s in (0.0, BEGIN_S + 500.0) or (since_s is None and not clock)
    assert (whole["changes_left_out"] > 400) == many and len(whole["changes"]) > 20


def _key(kind, each):
    return int(each["id"]) if kind == "guards" else each["id"]


def test_each_alert_of_a_year_has_its_place_on_the_slider():
    def made(number, raised_s, severity="caution", state="closed"):
        return Alert(f"a{number}", "dark", severity, state, (SHIP,), raised_s, None, None, None, None, 0.5, "", "", None)

    line = Timeline(1000.0, 2000.0, None)
    line.remember([made(0, 1010.0, state="withdrawn"), made(1, 1500.0, "danger"), made(2, 1990.0)])
    now = [made(n, 1000.0 + n / 8) for n in range(3, 8003)] + [made(1, 1500.0, "distress"), made(9000, 5000.0), made(9001, None)]
    whole, bins = line.told(now), line.told(now, 20)
    assert len(whole["alerts"]) == 5000 and whole["alerts_left_out"] == 3003 and whole["alerts"][-1]["id"] == "a9000"
    assert "alerts" not in bins and sum(many for _, many, _ in bins["bins"]) == 8000, "those beyond its end are on no slider"
    assert [at for at, _, _ in bins["bins"]] == list(range(20))
    assert bins["bins"][10] == [10, 401, 3], "the newest word on each, and the worst of them"
    assert line.near(now, 2000.3, after=True)["id"] == "a9000" and line.near(now, 1000.4, after=False)["id"] == "a3"
    assert line.near(now, 5000.0, after=True) is line.near(now, 1000.3, after=False) is None
    assert Timeline(None, None, None).told(now, 20)["bins"] == []


def test_a_place_in_the_table_is_anothers_only_after_she_is_gone_for_a_while():
    berths, gone = Berths(), np.ones(300, np.bool_)
    gone[[7, 250]] = False
    assert berths.take(gone) == [(0, 7), (1, 250)] and berths.take(gone) == []
    gone[7] = True
    for _ in range(FREE_AFTER):
        assert berths.take(gone) == [] and berths.place(7) == 0
    gone[7] = False  # heard again, she is where she was
    assert berths.take(gone) == []
    gone[7] = True
    for _ in range(FREE_AFTER + 1):
        assert berths.take(gone) == []
    assert berths.place(7) is berths.place(299) is None and berths.place(250) == 1
    gone = np.append(gone, [False, False])
    assert berths.take(gone) == [(0, 300), (2, 301)], "the free place first"
    assert berths.slots.tolist() == [300, 250, 301]
    berths.names[:] = [(n, "", n, "") for n in range(3)]
    lon_deg, blank = np.arange(302.0), np.zeros(302)
    columns = dict.fromkeys(("lat_deg", "heard_s", "cog_deg", "sog_kn", "heading_deg", "length_m", "kind", "flags"), blank)
    told = berths.picture(PictureNow(1, 1, 1.0, lon_deg=lon_deg, names=[], gone=gone, **columns))
    assert told.lon_deg.tolist() == [300.0, 250.0, 301.0] and not told.gone.any() and len(told.flags) == len(told.names) == 3


def test_of_a_ship_that_was_heard_once_nothing_stays_in_the_trails():
    trails, legs = Trails(), Legs.blank(2).replace(event_s=np.array([1000.0, 1000.0]), slot=np.array([3, 4], np.uint32))

    def seen(now_s, legs):
        trails.take(View(now_s, True, legs, Picture.empty(), Pairs.empty(), Heard(), Feeds.empty()))

    seen(1000.0, legs)
    seen(86_400.0, legs.take(slice(0, 1)).replace(event_s=np.array([86_400.0])))
    assert set(trails.points) == set(trails.rows) == {3, 4}
    seen(90_000.0, Legs.empty())
    assert set(trails.points) == set(trails.rows) == {3}
