"""Hulls, the water between them, and the domain around a ship."""

import numpy as np
import pytest

from tankerwatch.core import mmsi
from tankerwatch.core.hulls import Hulls, apart_m, corners_m, domain_m, domain_share, gap_m, hulls_of
from tankerwatch.core.tables import Picture


def hull(bow=100.0, stern=100.0, port=15.0, starboard=15.0, points=0.0, n=1):
    return Hulls(*(np.full(n, float(v)) for v in (bow, stern, port, starboard, points)), np.ones(n, np.bool_))


def picture(n=1, **columns):
    blank = Picture.blank(n)
    return blank.replace(**{name: np.full(n, value, getattr(blank, name).dtype) for name, value in columns.items()})


def placed(one, east, north):
    return corners_m(one, np.array([float(east)]), np.array([float(north)]))


def test_corners_of_a_ship_that_points_east():
    corners = placed(hull(bow=200, stern=50, port=10, starboard=30, points=90), 1000, 500)
    np.testing.assert_allclose(corners[0], [[1200, 510], [1200, 470], [950, 470], [950, 510]], atol=1e-9)


@pytest.mark.parametrize(
    ("east", "north", "points", "gap"),
    [
        (50, 0, 0, 20),  # side by side
        (0, 260, 0, 60),  # bow to stern
        (0, 200, 90, 85),  # across her bow
        (0, 100, 90, 0),  # over her
        (0, 0, 45, 0),  # each over the other, no corner within
        (33, 204, 0, 5),  # corner to corner: 3 and 4
        (0, 1000, 180, 800),
    ],
)
def test_water_between_two_hulls(east, north, points, gap):
    one, other = placed(hull(), 0, 0), placed(hull(points=points), east, north)
    assert gap_m(one, other)[0] == pytest.approx(gap, abs=1e-6)
    assert gap_m(other, one)[0] == pytest.approx(gap, abs=1e-6)


def test_water_is_what_many_points_of_the_sides_say():
    dice = np.random.default_rng(5)
    n = 300
    one, other = (Hulls(*(dice.uniform(5, 150, n) for _ in range(4)), dice.uniform(0, 360, n), np.ones(n, np.bool_)) for _ in range(2))
    a, b = corners_m(one, np.zeros(n), np.zeros(n)), corners_m(other, dice.uniform(-350, 350, n), dice.uniform(-350, 350, n))
    share = np.linspace(0, 1, 200)[:, None, None, None]
    sides = [(hull + share * (np.roll(hull, -1, axis=1) - hull)).swapaxes(0, 1).reshape(n, -1, 2) for hull in (a, b)]
    rough = np.array([np.hypot(*np.moveaxis(x[:, None] - y[None], -1, 0)).min() for x, y in zip(*sides, strict=True)])
    found = gap_m(a, b)
    apart = found > 0
    assert apart.sum() > 100 and (~apart).sum() > 20
    assert (np.abs(found - rough)[apart] < 2.5).all()


def test_dimensions_that_are_sent_are_used():
    ship = picture(length_m=250, beam_m=40, to_bow_m=200, to_stern_m=50, to_port_m=10, to_starboard_m=30, heading_deg=350, kind=mmsi.TANKER)
    got = hulls_of(ship, np.array([0]))
    assert [getattr(got, name)[0] for name in Hulls.__slots__] == [200, 50, 10, 30, 350, True]


def test_without_a_reference_point_the_antenna_is_in_the_middle():
    ship = picture(length_m=200, beam_m=30, to_stern_m=200, to_starboard_m=30)
    got = hulls_of(ship, np.array([0]))
    assert (got.to_bow_m[0], got.to_stern_m[0], got.to_port_m[0], got.to_starboard_m[0]) == (100, 100, 15, 15)


@pytest.mark.parametrize(
    ("columns", "length"),
    [
        ({"kind": mmsi.TANKER}, 180),
        ({"kind": mmsi.UNKNOWN, "msg_type": 1}, 90),
        ({"kind": mmsi.UNKNOWN, "msg_type": 18}, 13),
        ({"length_m": 1022}, 90),
    ],
)
def test_dimensions_that_are_not_sent_or_cannot_be_are_the_usual_ones(columns, length):
    got = hulls_of(picture(**columns), np.array([0]))
    assert got.length_m[0] == length and not got.told[0]


def test_a_ship_without_heading_points_where_she_goes_if_she_goes():
    assert hulls_of(picture(sog_kn=8, cog_deg=77), np.array([0])).points_deg[0] == 77
    assert np.isnan(hulls_of(picture(sog_kn=0.4, cog_deg=77), np.array([0])).points_deg[0])


def test_apart_over_the_line_of_180_degrees():
    east, north = apart_m(60.0, 179.999, 60.0, -179.999)
    assert east == pytest.approx(0.002 * 60 * 1852 / 2, rel=1e-3) and north == 0


def test_domain_is_wider_ahead_and_to_starboard_and_grows_with_speed():
    ahead, astern, starboard, port = domain_m(150.0, 15.0)
    assert ahead > starboard > port and ahead > astern
    assert domain_m(150.0, 20.0)[0] > ahead > domain_m(100.0, 15.0)[0]
    assert domain_share(np.zeros(1), np.array([ahead]), 0.0, 150.0, 15.0)[0] == pytest.approx(1)
    assert domain_share(np.zeros(1), np.array([-port / 2]), 90.0 + 180.0 + 90.0 + 90.0, 150.0, 15.0)[0] == pytest.approx(
        0.5 * port / starboard, rel=1e-6
    )
