"""A small world that all tests of the room share: decoded once."""

from __future__ import annotations

import pytest

from tankerwatch.evaluate.motion import sailed
from tankerwatch.evaluate.world import World
from tankerwatch.export import parts_of


def small(seed: int = 7):
    """Two ships and a leisure boat for forty minutes; the world and what each sends."""
    import numpy as np

    world = World(seed, "small", 2400)
    place = world.place()
    flat = np.zeros(2400)
    tanker, boat, fast = place.ship("tanker"), place.ship("leisure"), place.ship("high_speed")
    place.add(tanker, sailed((0.0, 0.0), 12.0 + flat, 80.0 + flat), clean=True)
    place.add(boat, sailed((3000.0, 3000.0), 6.0 + flat, 200.0 + flat), clean=True)
    place.add(fast, sailed((-3000.0, 5000.0), 30.0 + flat, 10.0 + flat), clean=True)
    return world, place, (tanker, boat, fast)


@pytest.fixture(scope="session")
def make_small():
    """The function that makes the small world."""
    return small


@pytest.fixture(scope="session")
def decoded():
    """The world, its place and ships, and every table of its log."""
    world, place, ships = small()
    scene = world.scene()
    return world, place, ships, scene, list(parts_of(scene.log))
