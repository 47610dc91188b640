"""The user's own charts: PMTiles and MBTiles as tools make them, and files that are none, lie, are too large, or would do something."""

from __future__ import annotations

import gzip
import os
import sqlite3
import struct
import time

import httpx
import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from tankerwatch.web.chartfiles import Folder, Unusable, unpacked

PNG = b"\x89PNG\r\n\x1a\n" + b"a chart"
BOUNDS = {"min_lon_e7": int(56e7), "min_lat_e7": int(24e7), "max_lon_e7": int(58e7), "max_lat_e7": int(26e7)}


def pmtiles(path, tiles, kind=TileType.PNG, packed=Compression.NONE, told=None):
    with path.open("wb") as file:
        writer = Writer(file)
        for (zoom, x, y), data in sorted(tiles.items(), key=lambda item: zxy_to_tileid(*item[0])):
            writer.write_tile(zxy_to_tileid(zoom, x, y), data)
        header = {"tile_type": kind, "tile_compression": packed, "center_lon_e7": 0, "center_lat_e7": 0, "center_zoom": 0, **BOUNDS}
        writer.finalize(header, told or {})
    return path


def mbtiles(path, tiles, told=(), schema="CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"):
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE metadata (name text, value text)")
    base.execute(schema)
    base.executemany("INSERT INTO metadata VALUES (?, ?)", told)
    if schema.startswith("CREATE TABLE tiles"):
        rows = [(zoom, x, (1 << zoom) - 1 - y, data) for (zoom, x, y), data in tiles.items()]
        base.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    base.commit()
    base.close()
    return path


def test_both_kinds_are_told_and_shown(tmp_path, harbour, serve, dist):
    folder = tmp_path / "charts"
    folder.mkdir()
    vector = gzip.compress(b"tile")
    many = {(7, x, 50): PNG + bytes([x]) for x in range(128)}
    pmtiles(folder / "Coast, old (2).pmtiles", {(0, 0, 0): PNG, **many}, told={"name": "<b>Coast\n</b>", "attribution": "A. Surveyor" * 99})
    pmtiles(folder / "depths.pmtiles", {(1, 1, 0): vector}, TileType.MVT, Compression.GZIP)
    told = [("name", "Harbour"), ("format", "png"), ("bounds", "56.0,24.5,57.0,25.5")]
    mbtiles(folder / "harbour.mbtiles", {(3, 1, 2): PNG, (5, 1, 2): PNG}, told)
    (folder / "notes.txt").write_text("no chart")
    harbour.folder = str(folder)
    with httpx.Client(base_url=serve(dist).base, trust_env=False, timeout=60) as client:
        answer = client.get("/api/charts").json()
        assert answer["problems"] == []
        coast, depths, harbour_chart = answer["charts"]
        assert (coast["title"], len(coast["attribution"])) == ("<b>Coast </b>", 200)
        assert (coast["vector"], coast["max_zoom"], coast["bounds"]) == (False, 7, [56, 24, 58, 26])
        assert (depths["title"], depths["vector"]) == ("depths", True)
        assert (harbour_chart["title"], harbour_chart["min_zoom"], harbour_chart["max_zoom"]) == ("Harbour", 3, 5)
        tile = client.get("/charts/Coast, old (2).pmtiles/7/99/50")
        assert (tile.content, tile.headers["content-type"]) == (PNG + b"\x63", "image/png")
        assert client.get("/charts/Coast, old (2).pmtiles/7/99/50", headers={"If-None-Match": tile.headers["etag"]}).status_code == 304
        assert client.get("/charts/harbour.mbtiles/3/1/2").content == PNG
        assert client.get("/charts/depths.pmtiles/1/1/0").headers["content-encoding"] == "gzip"
        plain = client.get("/charts/depths.pmtiles/1/1/0", headers={"Accept-Encoding": "identity"})
        assert plain.content == b"tile" and "content-encoding" not in plain.headers
        for none in (
            "harbour.mbtiles/3/2/1",
            "harbour.mbtiles/99/0/0",
            f"harbour.mbtiles/{'9' * 99}/0/0",
            "harbour.mbtiles/a/0/0",
            "none/0/0/0",
        ):
            assert client.get(f"/charts/{none}").status_code == 204
        assert client.get("/charts/..%2f..%2fsecret.txt/0/0/0").status_code in (204, 404)
        assert client.get("/charts/notes.txt/0/0/0").status_code == 204


def test_nothing_outside_the_folder_and_what_changes_there(tmp_path):
    folder = tmp_path / "charts"
    folder.mkdir()
    outside = mbtiles(tmp_path / "outside.mbtiles", {(0, 0, 0): PNG})
    (folder / "link.mbtiles").symlink_to(outside)
    (folder / "folder.pmtiles").mkdir()
    os.mkfifo(folder / "pipe.pmtiles")
    charts = Folder(folder)
    assert {each["name"]: each["words"] for each in charts.charts()["problems"]} == dict.fromkeys(
        ("folder.pmtiles", "link.mbtiles", "pipe.pmtiles"), "is no file of this folder"
    )
    assert charts.tile("link.mbtiles", 0, 0, 0) is None and charts.tile("../outside.mbtiles", 0, 0, 0) is None
    chart = pmtiles(folder / "new.pmtiles", {(0, 0, 0): PNG})
    assert [each["name"] for each in charts.charts()["charts"]] == ["new.pmtiles"]
    assert charts.tile("new.pmtiles", 0, 0, 0) == (PNG, "image/png", False)
    chart.write_bytes(chart.read_bytes()[:130])  # it shrinks while it is open: no tile, and no crash
    charts.tile.cache_clear()
    assert charts.tile("new.pmtiles", 0, 0, 0) is None
    chart.unlink()
    assert charts.charts()["charts"] == [] and charts.tile("new.pmtiles", 0, 0, 0) is None
    assert Folder(tmp_path / "none").charts()["problems"]


def broken(path, **changes):
    """A PMTiles file with other numbers in its header: offsets of fields of 8 bytes, or single bytes."""
    data = bytearray(pmtiles(path, {(0, 0, 0): PNG}).read_bytes())
    places = {"root_offset": 8, "root_length": 16, "metadata_length": 32, "tile_offset": 56}
    for name, value in changes.items():
        if name in places:
            struct.pack_into("<Q", data, places[name], value)
        else:
            data[{"internal": 97, "compression": 98, "kind": 99}[name]] = value
    path.write_bytes(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"root_offset": 2**63}, {"root_length": 2**40}, {"root_offset": 10**6}, {"root_length": 3}, {"tile_offset": 2**63 + 5},
        {"internal": 4}, {"compression": 3}, {"kind": 0}, {"kind": 6}, {"kind": 99}, {"metadata_length": 2**50},
    ],
    ids=str,
)  # fmt: skip  # one a line would hide what belongs together
def test_a_header_that_lies(tmp_path, changes):
    broken(tmp_path / "a.pmtiles", **changes)
    charts = Folder(tmp_path)
    told = charts.charts()
    assert len(told["charts"]) + len(told["problems"]) == 1
    assert charts.tile("a.pmtiles", 0, 0, 0) is None or "metadata_length" in changes


def test_a_directory_that_never_ends_and_a_bomb(tmp_path):
    """A number of a million bytes, and a kilobyte that unpacks to a gigabyte, are left at once."""
    path = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): PNG})
    for packed in (gzip.compress(b"\xff" * 900_000), gzip.compress(bytes(1 << 25)), gzip.compress(b"\xff\xff\xff\x7f" + bytes(99))):
        data = bytearray(path.read_bytes()[:127])
        struct.pack_into("<QQ", data, 8, 127, len(packed))
        struct.pack_into("<QQ", data, 24, 0, 0)
        path.write_bytes(bytes(data) + packed)
        charts = Folder(tmp_path)
        charts.charts()
        begin_s = time.monotonic()
        assert charts.tile("a.pmtiles", 0, 0, 0) is None
        assert time.monotonic() - begin_s < 2
    with pytest.raises(Unusable):
        unpacked(gzip.compress(bytes(101)), 100)
    with pytest.raises(Unusable):
        unpacked(gzip.compress(b"x" * 50)[:-9], 100)
    pmtiles(path, {(0, 0, 0): gzip.compress(bytes(1 << 24))}, TileType.MVT, Compression.GZIP)
    charts = Folder(tmp_path)
    assert charts.charts()["charts"] and charts.tile("a.pmtiles", 0, 0, 0) is None


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"<!doctype html><script>", b"", b"\x89PNX", b"RIFF1234WAVE"])
def test_only_images_go_out_as_images(tmp_path, data):
    mbtiles(tmp_path / "a.mbtiles", {(0, 0, 0): data}, [("format", "png")])
    charts = Folder(tmp_path)
    assert charts.charts()["charts"] and charts.tile("a.mbtiles", 0, 0, 0) is None


@pytest.mark.parametrize(
    "view",
    [
        # Runs for ever; reads what is no tile; is longer than any tile; loads what it should not.
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i FROM n) SELECT i, 0, 0, x'89' FROM n",
        "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, load_extension('x') AS tile_data",
        "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, zeroblob(2000000000) AS tile_data",
        "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, readfile('/etc/passwd') AS tile_data",
        "SELECT a.value AS zoom_level, 0 AS tile_column, 0 AS tile_row, b.value AS tile_data "
        "FROM metadata a, metadata b, metadata c, metadata d, metadata e",
    ],
)
def test_a_base_that_would_do_something(tmp_path, view):
    mbtiles(tmp_path / "a.mbtiles", {}, [(f"n{n}", "x" * 50) for n in range(90)], f"CREATE VIEW tiles AS {view}")
    charts = Folder(tmp_path)
    begin_s = time.monotonic()
    assert charts.charts()["charts"] == []
    assert charts.tile("a.mbtiles", 0, 0, 0) is None
    assert time.monotonic() - begin_s < 5


def test_a_base_that_keeps_each_image_once(tmp_path):
    """Most tools write `tiles` as a view that joins two tables."""
    view = "CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, image AS tile_data FROM map JOIN images ON images.id = map.id"
    mbtiles(tmp_path / "a.mbtiles", {}, [("format", "png")], view)
    with sqlite3.connect(tmp_path / "a.mbtiles") as base:
        base.execute("CREATE TABLE map (zoom_level integer, tile_column integer, tile_row integer, id text)")
        base.execute("CREATE TABLE images (id text, image blob)")
        base.execute("INSERT INTO images VALUES ('sea', ?)", (PNG,))
        base.executemany("INSERT INTO map VALUES (6, ?, 20, 'sea')", [(n,) for n in range(64)])
    base.close()
    charts = Folder(tmp_path)
    assert charts.charts()["charts"][0]["min_zoom"] == 6
    assert charts.tile("a.mbtiles", 6, 40, 43) == (PNG, "image/png", False)


def test_what_is_no_base(tmp_path):
    (tmp_path / "a.mbtiles").write_bytes(b"SQLite format 3\x00" + bytes(5000))
    (tmp_path / "b.mbtiles").write_bytes(b"")
    (tmp_path / "c.pmtiles").write_bytes(b"PMTiles\x03")
    mbtiles(tmp_path / "d.mbtiles", {(0, 0, 0): PNG}, [("format", "exe")])
    mbtiles(tmp_path / "e.mbtiles", {})
    mbtiles(tmp_path / "f.mbtiles", {(0, 0, 0): PNG}, [("bounds", "1,nan,x,4"), ("name", None)])
    told = Folder(tmp_path).charts()
    assert [each["name"] for each in told["problems"]] == ["a.mbtiles", "b.mbtiles", "c.pmtiles", "d.mbtiles", "e.mbtiles"]
    assert all(each["words"] for each in told["problems"])
    assert told["charts"][0]["bounds"] == (-180.0, -85.0, 180.0, 85.0) and told["charts"][0]["title"] == "f"
    before = (tmp_path / "f.mbtiles").read_bytes()
    assert (tmp_path / "f.mbtiles").read_bytes() == before and len(list(tmp_path.iterdir())) == 6, "nothing is written beside a chart"
