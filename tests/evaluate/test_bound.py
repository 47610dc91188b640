"""Bounds against values from tables."""

from __future__ import annotations

import math

import pytest

from tankerwatch.evaluate.bound import lower_share, upper_count, upper_rate, upper_share


@pytest.mark.parametrize(("seen", "bound"), [(0, 2.9957), (1, 4.7439), (2, 6.2958), (5, 10.5130), (10, 16.9622), (50, 63.2871)])
def test_poisson_bounds_of_the_tables(seen, bound):
    assert upper_count(seen) == pytest.approx(bound, abs=2e-4)


@pytest.mark.parametrize(
    ("seen", "of", "bound"), [(0, 10, 0.25887), (1, 10, 0.39416), (5, 10, 0.77756), (0, 100, 0.029513), (3, 50, 0.14784)]
)
def test_clopper_and_pearson(seen, of, bound):
    assert upper_share(seen, of) == pytest.approx(bound, abs=2e-5)


def test_both_sides_mirror_each_other():
    assert lower_share(10, 10) == pytest.approx(1 - 0.25887, abs=2e-5)
    assert lower_share(0, 10) == 0.0
    assert upper_share(10, 10) == 1.0


def test_a_rate_without_exposure_is_unbounded():
    assert upper_rate(0, 0.0) == math.inf
    assert upper_rate(0, 3000.0) == pytest.approx(2.9957 / 3000, rel=1e-4)
