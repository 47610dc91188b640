"""Places lie in zones as on the globe: with holes, over the antimeridian, in one of many polygons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core import zones
from tankerwatch.core.zones import Zone


def ring(*corners):
    return np.array(corners, np.float64)


def box(south, west, north, east):
    return ring((south, west), (south, east), (north, east), (north, west))


def test_holes_are_outside():
    zone = Zone("a", (box(0, 0, 10, 10), box(4, 4, 6, 6)))
    assert zone.inside([1, 5, 11, np.nan, 5], [1, 5, 5, 5, np.nan]).tolist() == [True, False, False, False, False]


def test_polygons_that_overlap_are_one_area():
    rings = (box(0, 0, 10, 10), box(5, 5, 15, 15))
    assert Zone("a", rings, (0, 1)).inside(7, 7).tolist() == [True]
    assert Zone("a", rings).inside(7, 7).tolist() == [False], "as rings of one polygon the second is a hole"


@pytest.mark.parametrize(
    "zone",
    [
        Zone("crossing", (ring((-1, 179), (-1, -179), (1, -179), (1, 179)),)),
        Zone("beyond 180", (box(-1, 179, 1, 181),)),
        Zone("beyond -180", (box(-1, -181, 1, -179),)),
        Zone("cut", (box(-1, 179, 1, 180), box(-1, -180, 1, -179)), (0, 1)),
    ],
    ids=lambda zone: zone.name,
)
def test_across_the_antimeridian(zone):
    lon = np.array([179.5, -179.5, 180.5, 178.5, -178.5, 0.0])
    assert zone.inside(np.zeros(6), lon).tolist() == [True, True, True, False, False, False]


def test_a_hole_lies_beside_its_ring_across_the_antimeridian():
    zone = Zone("a", (box(-5, 175, 5, 185), box(-1, -179, 1, -177)))
    assert zone.inside([0, 0], [-178, 179]).tolist() == [False, True]


def test_the_whole_world_is_a_zone():
    zone = Zone("a", (box(-60, -180, 60, 180),))
    assert zone.inside([0, 0, 70], [-179.9, 179.9, 0]).tolist() == [True, True, False]


def test_a_place_on_a_common_edge_lies_in_one_of_two():
    west, east = Zone("w", (box(0, 0, 1, 1),)), Zone("e", (box(0, 1, 1, 2),))
    assert int(west.inside(0.5, 1.0)[0]) + int(east.inside(0.5, 1.0)[0]) == 1


@given(st.integers(3, 40), st.integers(0, 2**32 - 1), st.floats(-180, 180))
def test_as_one_edge_at_a_time(corners, seed, lon_deg):
    """Against the plain algorithm, anywhere on earth, and the same when all is moved round the globe."""
    dice = np.random.default_rng(seed)
    turn = np.sort(dice.uniform(0, 2 * np.pi, corners))
    reach = dice.uniform(0.2, 2.0, corners)
    shape = np.column_stack([reach * np.sin(turn), reach * np.cos(turn)])
    lat, lon = dice.uniform(-2.5, 2.5, 50), dice.uniform(-2.5, 2.5, 50)
    wanted = []
    for y, x in zip(lat, lon, strict=True):
        odd = False
        for (y0, x0), (y1, x1) in zip(shape, np.roll(shape, -1, axis=0), strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                odd = not odd
        wanted.append(odd)
    moved = shape + np.array([0.0, lon_deg])
    moved[:, 1] = (moved[:, 1] + 180) % 360 - 180
    found = Zone("a", (moved,)).inside(lat, (lon + lon_deg + 180) % 360 - 180)
    # Rounding may move a place that lies within 1e-9 deg of an edge; none of these does.
    assert found.tolist() == wanted


def test_whom_it_concerns():
    zone = Zone("a", (box(0, 0, 1, 1),), kinds=(4,), ships=frozenset({538001234}), for_all=False)
    assert zone.concerns([538001234, 1, 2], [1, 4, 1]).tolist() == [True, True, False]
    assert Zone("a", (box(0, 0, 1, 1),)).concerns([1], [0]).tolist() == [True]


@pytest.mark.parametrize("bad", [ring((0, 0), (1, 1)), ring((0, 0), (1, 1), (0, 0)), ring((80, 0), (80, 120), (80, -120))])
def test_what_is_no_area_is_refused(bad):
    with pytest.raises(ValueError):
        Zone("a", (bad,))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_in_pieces_as_at_once(monkeypatch, size):
    dice = np.random.default_rng(3)
    turn = np.sort(dice.uniform(0, 2 * np.pi, 60))
    reach = dice.uniform(0.5, 2.0, 60)
    zone = Zone("a", (np.column_stack([reach * np.sin(turn), reach * np.cos(turn)]), box(-0.2, -0.2, 0.2, 0.2)))
    lat, lon = dice.uniform(-2, 2, 400), dice.uniform(-2, 2, 400)
    whole = zone.inside(lat, lon)
    assert 0 < whole.sum() < 400
    monkeypatch.setattr(zones, "PIECE", size)
    assert (zone.inside(lat, lon) == whole).all()
