"""Zones of the configuration: GeoJSON as tools write it, and every way in which a file is none is said with its place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tankerwatch.config import load
from tankerwatch.config.zones import rings_from
from tankerwatch.core.errors import ConfigFault
from tankerwatch.core.zones import Zone
from tankerwatch.detect import catalog

SQUARE = [[[56.0, 25.0], [57.0, 25.0], [57.0, 26.0], [56.0, 26.0], [56.0, 25.0]]]
FAR = [[[10.0, 50.0], [11.0, 50.0], [11.0, 51.0], [10.0, 50.0]]]


@pytest.fixture
def drawn(tmp_path: Path):
    """Writes a GeoJSON file and gives its path."""

    def write(content: object) -> Path:
        path = tmp_path / "zones.geojson"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def collection(*features):
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"name": name}, "geometry": geometry} for name, geometry in features],
    }


@pytest.mark.parametrize(
    "content",
    [
        {"type": "Polygon", "coordinates": SQUARE},
        {"type": "MultiPolygon", "coordinates": [SQUARE, FAR]},
        {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": SQUARE}},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [0, 0]}, {"type": "Polygon", "coordinates": SQUARE}],
        },
        collection(
            ("buoy", {"type": "Point", "coordinates": [0, 0]}), ("roads", {"type": "Polygon", "coordinates": SQUARE}), ("none", None)
        ),
    ],
    ids=["polygon", "many", "feature", "collection of geometries", "collection"],
)
def test_every_form_of_geojson_is_read(drawn, content):
    zone = Zone("a", *rings_from(drawn(content)))
    assert zone.inside([25.5, 56.5], [56.5, 25.5]).tolist() == [True, False], "GeoJSON has the longitude first"


def test_one_feature_of_many(drawn):
    path = drawn(collection(("roads", {"type": "Polygon", "coordinates": SQUARE}), ("far", {"type": "Polygon", "coordinates": FAR})))
    assert Zone("a", *rings_from(path)).inside([25.5, 50.2], [56.5, 10.8]).tolist() == [True, True]
    assert Zone("a", *rings_from(path, "far")).inside([25.5, 50.2], [56.5, 10.8]).tolist() == [False, True]
    with pytest.raises(ConfigFault, match=r"no feature 'near'.*there are far, roads"):
        rings_from(path, "near")


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        ("{", "", "is not JSON"),
        ("[" * 100_000, "", "is not JSON"),
        ("[1]", "", "no GeoJSON"),
        ({"type": "FeatureCollection"}, "", "holds no polygon"),
        ({"type": "Point", "coordinates": [1, 2]}, "", "holds no polygon"),
        ({"type": "Circle"}, "geometry", "has the type 'Circle'"),
        ({"type": "Polygon"}, "geometry", "has no coordinates"),
        ({"type": "Polygon", "coordinates": []}, "", "holds no polygon"),
        ({"type": "Polygon", "coordinates": [5]}, "geometry", "is no list of corners"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, None], [5, 6]]]}, "geometry", "corner 1 is no pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 1e999], [5, 6]]]}, "geometry", "corner 1 is no pair of numbers"),
        (collection(("a", {"type": "Polygon", "coordinates": [[[25, 91], [26, 91], [26, 92]]]})), "features[0]", "no place on earth"),
        (collection(("a", None), ("b", {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]})), "features[1]", "fewer than three corners"),
    ],
)
def test_bad_geojson_is_said_in_one_line(drawn, content, where, what):
    path = drawn(content)
    if what == "holds no polygon" and isinstance(content, dict) and content.get("coordinates") == []:
        what = "no rings"
    with pytest.raises(ConfigFault) as raised:
        rings_from(path)
    said = str(raised.value)
    assert str(path) in said and where in said and what in said and "help:" in said and "\n" not in said


def test_a_zone_with_all_its_rules(tmp_path, drawn):
    drawn({"type": "Polygon", "coordinates": SQUARE})
    path = tmp_path / "desk.toml"
    path.write_text(
        """
        [zone.roads]
        file = "zones.geojson"
        rule = ["enter", "leave"]
        max_kn = 8
        forbidden = ["fishing", "pleasure"]
        for_kinds = ["tanker"]
        for_ships = ["538001234", "FRONT ALTAIR"]
        severity = "danger"
        port = true
        [zone.lane]
        polygon = [[25.0, 56.0], [25.0, 57.0], [26.0, 57.0]]
        [detect.closing]
        except_areas = ["lane"]
        """,
        encoding="utf-8",
    )
    config = load(path, catalog.detectors())
    roads, lane = config.zones
    assert (roads.name, roads.enter, roads.leave, roads.max_kn, roads.forbidden) == ("roads", True, True, 8.0, (4, 7))
    assert np.isnan(roads.min_kn) and not roads.for_all and roads.kinds == (1,) and roads.ships == {538001234} and roads.port
    assert roads.severity == "danger" and config.zone_ships["roads"].holds(name="Front Altair")
    assert lane.for_all and not (lane.enter or lane.leave or lane.port) and lane.inside(25.2, 56.9).tolist() == [True]
    assert config.detectors["closing"].excepted_areas == ("lane",)


def test_a_feature_that_is_not_there_is_a_fault_of_its_zone(tmp_path, drawn):
    drawn({"type": "Polygon", "coordinates": SQUARE})
    path = tmp_path / "desk.toml"
    path.write_text('[zone.a]\nfile = "zones.geojson"\nfeature = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigFault, match=r"zone\.a\.file: .*zones\.geojson.*no feature 'x'.*no feature has a name"):
        load(path, catalog.detectors())


numbers = st.one_of(st.integers(-400, 400), st.floats(), st.none(), st.booleans(), st.text(max_size=3), st.just(10**400))
trees = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(
            st.sampled_from(("type", "coordinates", "geometry", "geometries", "features", "properties", "name")), inner, max_size=4
        ),
        st.builds(
            lambda kind, parts: {"type": kind, "coordinates": parts, "geometries": parts, "features": parts, "geometry": parts},
            st.sampled_from(("Polygon", "MultiPolygon", "Feature", "FeatureCollection", "GeometryCollection", "Point")),
            inner,
        ),
    ),
    max_leaves=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees)
def test_no_file_breaks_the_reader(drawn, tree):
    """Whatever JSON holds, it is zones or one fault."""
    try:
        Zone("a", *rings_from(drawn(tree))).inside(0.0, 0.0)
    except ConfigFault as fault:
        assert "\n" not in str(fault)
