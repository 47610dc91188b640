"""The bundled story as something to share."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tankerwatch.config import load
from tankerwatch.detect import catalog
from tankerwatch.pipeline import Result, River, result_of
from tankerwatch.scenes.scene import Scene
from tankerwatch.share.tracks import Tracks


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Result:
    """The bundled scene of 13 June 2019, with the tracks of its ships; of several workers the first makes it for those that come later."""
    together = tmp_path_factory.getbasetemp().parent if worker_id != "master" else tmp_path_factory.getbasetemp()
    kept = together / "demo.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    noted = Tracks()
    river = River(load(None, catalog.detectors()))
    river.on_frame = noted.take
    for batch in Scene.load().batches(batch_s=3600.0):
        river.take(batch)
    river.finish()
    made = result_of(river, noted)
    partial: Path = together / f"demo-{worker_id}"
    partial.write_bytes(pickle.dumps(made))
    partial.rename(kept)
    return made
