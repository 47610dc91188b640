"""Zones as files: what a desk writes it reads back as the same zones, other people's are taken, and whatever cannot be says why."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch
from tankerwatch.desk import deciding, listing
from tankerwatch.detect import catalog
from tankerwatch.ingest import report, zonefile
from tankerwatch.pipeline import River
from tankerwatch.testing import START_S
from tankerwatch.web.zonefiles import feature

SQUARE = [[56.0, 25.0], [57.0, 25.0], [57.0, 26.0], [56.0, 26.0], [56.0, 25.0]]
FAR = [[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 50.0]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def named(name, geometry, **more):
    return {"type": "Feature", "properties": {"name": name, **more}, "geometry": geometry}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def read(tree):
    return zonefile.read(tree, START_S)


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        (polygon(SQUARE), ["zone 1 of the file"]),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [FAR]]}, ["zone 1 of the file 1", "zone 1 of the file 2"]),
        (named("ROADS", polygon(SQUARE)), ["ROADS"]),
        ({"type": "Feature", "properties": None, "id": 7, "geometry": polygon(SQUARE)}, ["7"]),
        (collection(named("  a\u202e\n b ", polygon(SQUARE)), named("x" * 99, polygon(FAR))), ["a b", "x" * 60]),
        (collection(named("BUOY", {"type": "Point", "coordinates": [0, 0]}), named("B", polygon(FAR))), ["B"]),
        ({"type": "GeometryCollection", "geometries": [polygon(SQUARE), {"type": "Point", "coordinates": [0, 0]}]}, ["zone 1 of the file"]),
    ],
)
def test_other_peoples_files(tree, names):
    told = read(tree)
    assert [each["name"] for each in told["zones"]] == names and not any(each["problem"] for each in told["zones"])
    for each in told["zones"]:
        made = report.decision("zone", "", each["zone"], START_S)
        assert (made.content["name"], made.content["rule"], made.content["quiet"]) == (each["name"], [], [])
    assert told["zones"][0]["zone"]["corners"] in ([[lat, lon] for lon, lat in SQUARE[:-1]], [[lat, lon] for lon, lat in FAR[:-1]])
    assert (told["remarks"] == ["1 × Point passed over: it has no inside"]) == ("Point" in json.dumps(tree))


@pytest.mark.parametrize(
    ("rings", "words"),
    [
        ([[[56 + n / 1000, 25 + n * n / 1e6] for n in range(600)]], "599 corners are too many, at most 500"),
        ([[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]], "its border crosses itself, after corners 1 and 3"),
        ([[[0, 0], [2, 91], [2, 0]]], "corner 2 is outside the world: longitude 2, latitude 91"),
        ([[[170, 0], [-170, 0], [-170, 5], [170, 5]]], "it lies over the antimeridian: corners 1 and 2 are 340° apart"),
        ([[[-100, 80], [10, 80], [120, 80]]], "it lies over the antimeridian: corners 3 and 1 are 220° apart"),
        ([SQUARE, [[56.4, 25.4], [56.6, 25.4], [56.5, 25.6]]], "it has a hole"),
        ([[[0, 0], [1, 1], [2, 2]]], "it has no inside"),
        ([[[0, 0], [1, 1], [0, 0]]], "fewer than three corners"),
        ([[[0, 0], ["1", 1], [2, 0]]], "corner 2 is no pair of numbers"),
        ([[[0, 0], [1e999, 1], [2, 0]]], "corner 2 is no pair of numbers"),
        ([], "it has no border"),
        (None, "it has no border"),
        ([5], "it has no border"),
        ([[]], "it has no border"),
    ],
)
def test_what_cannot_be_taken_says_why_in_a_line(rings, words):
    (told,) = read({"type": "Polygon", "coordinates": rings})["zones"]
    assert words in told["problem"] and "\n" not in told["problem"] and told["zone"] is None


@pytest.mark.parametrize(
    "tree",
    [
        [],
        {},
        {"type": 5},
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": 1},
        {"type": "MultiPolygon", "coordinates": []},
    ],
)
def test_what_is_no_geojson(tree):
    with pytest.raises(InputFault) as fault:
        read(tree)
    assert "\n" not in fault.value.what and fault.value.help


def test_of_many_the_first_are_shown():
    told = read(collection(*(named(f"Z {n}", polygon(SQUARE)) for n in range(230))))
    assert (len(told["zones"]), told["left_out"]) == (200, 30)


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


def decided(river, content, name="", kind="zone"):
    made = report.decision(kind, *deciding.completed(river, kind, name, content), START_S)
    river.take(Batch(decisions=(made,)))
    return made.id


DRAWN = [
    {"name": "ROADS", "corners": [[25.1234567, 56.0], [25.0, 57.0], [26.0, 57.0]], "rule": ["enter", "leave"], "max_kn": 12.5},
    {
        "name": "BERING",
        "corners": [[60.0, 178.0], [60.0, -178.8765433], [64.0, -179.0], [64.0, 178.0]],
        "port": True,
        "for_ships": [311000001],
    },
    {
        "name": "PILOTS",
        "corners": [[1, 104], [1.2, 104], [1.2, 104.2]],
        "quiet": ["loitering", "rendezvous"],
        "quiet_until_s": START_S + 9e4,
    },
]


def ring_of(corners):
    """The same for the same border, wherever it begins and whichever way it goes; 180° west is 180° east."""
    places = [(lat, 180.0 if lon == -180 else lon) for lat, lon in corners]
    places = [place for at, place in enumerate(places) if place != places[at - 1]] or places[:1]
    ways = [places, places[::-1]]
    return min(way[at:] + way[:at] for way in ways for at in range(len(way)))


def written(river):
    return {
        "type": "FeatureCollection",
        "features": [feature(z) for z in listing.listed(river, "zones") if z["drawn"] and z["removed_s"] is None],
    }


def test_what_a_desk_writes_another_reads_back_as_the_same_zones(config):
    here, there = River(config, ("feed",)), River(config, ("feed",))
    for content in DRAWN:
        decided(here, content)
    decided(here, {}, decided(here, {**DRAWN[0], "name": "GONE"}), "unzone")
    file = json.loads(json.dumps(written(here)))
    assert [ring[0][0] == ring[0][-1] for ring in (each["geometry"]["coordinates"] for each in file["features"])] == [True] * 3
    found = deciding.keepable(there, read(file)["zones"])
    assert [each["problem"] for each in found] == [None] * 3
    for each in found:
        decided(there, {**each["zone"], "by": "BEN"})
    for one, other in zip(here.areas.drawn.watched, there.areas.drawn.watched, strict=True):
        assert {**one.content, "corners": ring_of(one.content["corners"])} == {
            **other.content,
            "corners": ring_of(other.content["corners"]),
        }
    assert json.dumps([f["geometry"] for f in written(there)["features"]]) == json.dumps([f["geometry"] for f in file["features"]])
    again = deciding.keepable(there, read(file)["zones"])
    assert [each["problem"] for each in again] == ["there is a zone of this name"] * 3
    late = zonefile.read(file, START_S + 1e5)["zones"][2]
    assert (late["zone"]["quiet"], late["zone"]["quiet_until_s"]) == ([], None), "that quiet is over"


def test_no_more_are_offered_than_there_is_room_for(config, monkeypatch):
    monkeypatch.setattr(deciding, "MOST_DRAWN", 2)
    river = River(config, ("feed",))
    decided(river, DRAWN[0])
    found = deciding.keepable(river, read(collection(*(named(name, polygon(SQUARE)) for name in ("A", "a ", "B"))))["zones"])
    assert [each["problem"] for each in found] == [
        None, "there is a zone of this name", "2 zones are drawn: remove one that is not needed"
    ]  # fmt: skip  # one row a zone would say no more


@pytest.mark.parametrize(
    "ours", [5, {"severity": "distress"}, {"quiet": ["distress"]}, {"max_kn": "fast"}, {"rule": [[]]}, {"name": "", "corners": 1, "x": 1}]
)
def test_forged_rules_are_told_or_passed_over(ours):
    (told,) = read(named("A", polygon(SQUARE), tankerwatch=ours))["zones"]
    if told["problem"] is None:
        assert told["zone"]["rule"] == ([] if ours == 5 else told["zone"]["rule"]) and told["zone"]["name"] == "A"
    else:
        assert "\n" not in told["problem"] and told["zone"] is None


numbers = st.one_of(st.integers(-400, 400), st.floats(), st.none(), st.booleans(), st.text(max_size=3), st.just(10**400))
corner = st.lists(st.one_of(st.floats(-200, 200), numbers), max_size=4)
trees = st.recursive(
    st.one_of(numbers, st.lists(corner, max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(
            st.sampled_from(("type", "coordinates", "geometry", "geometries", "features", "properties", "name", "tankerwatch", "quiet")),
            inner,
            max_size=4,
        ),
        st.builds(
            lambda kind, parts, ours: {
                **dict.fromkeys(("coordinates", "geometries", "features", "geometry"), parts),
                "type": kind,
                "properties": {"name": ours, "tankerwatch": ours},
            },
            st.sampled_from(("Polygon", "MultiPolygon", "Feature", "FeatureCollection", "GeometryCollection", "Point")),
            inner,
            inner,
        ),
    ),
    max_leaves=30,
)


@settings(max_examples=150)
@given(trees)
def test_no_file_breaks_the_reader(tree):
    """Whatever JSON holds: one fault, or a list of which each is a zone that can be decided, or says in a line why not."""
    try:
        told = read(tree)
    except InputFault as fault:
        assert "\n" not in str(fault)
        return
    assert len(told["zones"]) <= 200 and all(len(line) < 200 for line in told["remarks"])
    for each in told["zones"]:
        assert (each["zone"] is None) == (each["problem"] is not None) and 0 < len(each["name"]) <= 60
        if each["zone"] is not None:
            assert report.decision("zone", "", each["zone"], START_S).content == {"words": "", **each["zone"]}


places = st.tuples(st.floats(-85, 85), st.floats(-180, 180))


@settings(max_examples=80)
@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(-50, 50)), min_size=3, max_size=9), places, st.booleans())
def test_a_zone_comes_back_as_it_was(steps, place, closed):
    """Whatever a desk takes as a zone, also one that crosses itself or the antimeridian."""
    corners = [[place[0] + lat, (place[1] + lon + 180) % 360 - 180] for lat, lon in steps]
    try:
        made = report.decision("zone", "", {"name": "ANY", "corners": corners + corners[: int(closed)], "rule": ["enter"]}, START_S)
    except InputFault:
        return
    zone = {**made.content, "id": "z", "rings": [made.content["corners"]], "by": "desk", "changed_s": 1.0}
    (told,) = read(json.loads(json.dumps(feature(zone))))["zones"]
    if told["problem"] is not None:
        assert "fewer than three" in told["problem"] and len(ring_of(made.content["corners"])) < 3
        return
    assert ring_of(told["zone"]["corners"]) == ring_of(made.content["corners"])
    assert {**told["zone"], "corners": 0, "words": ""} == {**made.content, "corners": 0}
