"""Quick remainders are the same to the last bit as those of Python."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.kernels import modulo

MINUTE_EDGES = st.integers(-10, 60_000_000).map(lambda minute: minute * 60.0)
NUMBERS = st.floats(allow_subnormal=True) | st.floats(-1080, 1080) | st.floats(1.0e9, 2.5e9) | MINUTE_EDGES
NUMBERS |= MINUTE_EDGES.map(lambda s: math.nextafter(s, math.inf)) | MINUTE_EDGES.map(lambda s: math.nextafter(s, -math.inf))


@given(NUMBERS, st.sampled_from((60.0, 360.0)))
def test_what_is_left(value, whole):
    if math.isinf(value):
        return
    left = value % whole
    assert repr(float(modulo.left_of.py_func(value, whole))) in (repr(left), "nan" if math.isnan(left) else repr(left))


@given(NUMBERS)
def test_minutes(seconds):
    if not abs(seconds) < 9e18:
        return
    assert modulo.minute_of.py_func(seconds) == int(seconds // 60.0)


@pytest.mark.parametrize("value", [0.0, -0.0, 540.0, 719.9999999999999, 360.0, -180.0, -540.0])
def test_edges_of_a_turn(value):
    assert modulo.left_of.py_func(value + 540.0, 360.0) - 180.0 == (value + 540.0) % 360.0 - 180.0
