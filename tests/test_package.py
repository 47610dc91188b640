"""The package as Python sees it."""

from __future__ import annotations

import gzip
import importlib
import io

import tankerwatch as tw


def test_importing_the_stage_decode_leaves_the_function_in_its_place():
    stage = importlib.import_module("tankerwatch.decode")
    assert stage.Decoder
    assert tw.decode.__module__ == "tankerwatch"


def test_a_path_bytes_and_an_open_file_are_decoded_alike_and_again(tmp_path):
    log = b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23\n" * 3
    path = tmp_path / "a.nmea.gz"
    path.write_bytes(gzip.compress(log))
    for source in (path, str(path), log, gzip.compress(log), io.BytesIO(log), io.BytesIO(gzip.compress(log))):
        parts = list(tw.decode(source))
        assert [row for part in parts for row in part.positions.source_row.tolist()] == [1, 2, 3]
        assert parts[-1].counters["lines"] == 3
