"""The bundled story as something to share."""

from __future__ import annotations

import pytest

from tankerwatch.config import load
from tankerwatch.detect import catalog
from tankerwatch.pipeline import Result, River, result_of
from tankerwatch.scenes.scene import Scene
from tankerwatch.share.tracks import Tracks


@pytest.fixture(scope="session")
def demo() -> Result:
    """The bundled scene of 13 June 2019, with the tracks of its ships."""
    noted = Tracks()
    river = River(load(None, catalog.detectors()))
    river.on_frame = noted.take
    for batch in Scene.load().batches(batch_s=3600.0):
        river.take(batch)
    river.finish()
    return result_of(river, noted)
