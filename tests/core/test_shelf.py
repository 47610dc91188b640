"""Memory is used again when nobody holds it, and never before."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tankerwatch.core.shelf import Shelf

HOLDERS = {
    "itself": lambda array: array,
    "a view": lambda array: array[3:5],
    "a view of a view": lambda array: array[:8].reshape(2, 4)[1],
    "another type": lambda array: array.view(np.uint32),
    "a memoryview": memoryview,
    "an Arrow buffer": pa.py_buffer,
    "an Arrow buffer of a view": lambda array: pa.py_buffer(array[2:4]),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_somebody_holds_is_given_to_nobody_else(holder):
    shelf = Shelf()
    first = shelf.take("a", 16, np.float64)
    address = first.ctypes.data
    held = HOLDERS[holder](first)
    del first
    others = [shelf.take("a", 16, np.float64) for _ in range(2 * Shelf.MOST)]
    assert address not in {other.ctypes.data for other in others}
    assert len({other.ctypes.data for other in others}) == len(others)
    del held, others
    assert address in {array.ctypes.data for array in [shelf.take("a", 16, np.float64) for _ in range(Shelf.MOST)]}


def test_memory_is_used_again_and_a_longer_one_takes_the_place_of_a_short_one():
    shelf = Shelf()
    address = shelf.take("a", 1000, np.int64).ctypes.data
    assert shelf.take("a", 900, np.int64).ctypes.data == address
    assert len(shelf.take("a", 5000, np.int64)) >= 5000
