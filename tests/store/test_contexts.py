"""Contexts as files."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tankerwatch.cli import main
from tankerwatch.config import load
from tankerwatch.core.context import Cells, Context
from tankerwatch.core.errors import InputFault
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River
from tankerwatch.store.contexts import read_context, write_context
from tankerwatch.testing import DetectorScene


def some() -> Context:
    cells = Cells.blank(3).replace(cell=np.array([5, 9, 1 << 40], np.uint64), moving=np.array([1, 2, 3], np.uint32))
    return Context(cells.replace(sog_kn=np.array([1.5, np.nan, 3], np.float32), stays=np.array([0, 4, 0], np.uint32)))


def test_a_context_comes_back_as_it_was_written(tmp_path):
    write_context(tmp_path / "a.parquet", some())
    write_context(tmp_path / "b.parquet", read_context(tmp_path / "a.parquet"))
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    cells = read_context(tmp_path / "b.parquet").cells
    cells.check()
    assert cells.cell.tolist() == [5, 9, 1 << 40] and cells.stays.tolist() == [0, 4, 0] and np.isnan(cells.sog_kn[1])


def test_what_is_no_context_is_refused(tmp_path):
    path = tmp_path / "c.parquet"
    with pytest.raises(InputFault, match="cannot be read"):
        read_context(path)
    path.write_bytes(b"PAR1 no")
    with pytest.raises(InputFault, match="is no Parquet file"):
        read_context(path)
    pq.write_table(pa.table({"cell": [1]}), path)
    with pytest.raises(InputFault, match="is no context"):
        read_context(path)
    pq.write_table(pa.table({"cell": [1]}).replace_schema_metadata({"tankerwatch_context": "1"}), path)
    with pytest.raises(InputFault, match="has no column 'cell'"):
        read_context(path)
    cells = some().cells
    write_context(path, Context(cells.replace(cell=cells.cell[::-1].copy())))
    with pytest.raises(InputFault, match="order"):
        read_context(path)


def test_learnt_from_a_log_and_given_to_a_watch(tmp_path):
    log = tmp_path / "log.nmea"
    track = [[0, 24.0, 58.0], [60, 24.2, 58.0]]
    log.write_bytes(DetectorScene("s", "", {"ship": [{"mmsi": 311000001, "track": track}]}, ()).log())
    assert main(["learn", str(log), "-o", str(tmp_path / "once.parquet")]) == 0
    assert main(["learn", str(log), "--context", str(tmp_path / "once.parquet"), "-o", str(tmp_path / "twice.parquet")]) == 0
    once, twice = (read_context(tmp_path / f"{name}.parquet").cells.moving for name in ("once", "twice"))
    assert once.sum() > 50 and twice.sum() == 2 * once.sum()
    (tmp_path / "desk.toml").write_text('[context]\nfile = "once.parquet"\n', encoding="utf-8")
    river = River(load(tmp_path / "desk.toml", catalog.detectors()))
    assert river.learner.context.cells.moving.sum() == once.sum()
    (tmp_path / "desk.toml").write_text('[context]\nfile = "log.nmea"\n', encoding="utf-8")
    with pytest.raises(InputFault, match=r"context\.file"):
        load(tmp_path / "desk.toml", catalog.detectors())
