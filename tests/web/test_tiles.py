"""The land of the map."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_without_land_the_map_is_sea(client):
    for path in ("/tiles/0/0/0.mvt", "/tiles/99/0/0.mvt", "/tiles/0/5/0.mvt", "/tiles/a/0/0.mvt", f"/tiles/{'9' * 5000}/0/0.mvt"):
        assert client.get(path).status_code == 204


def test_a_broken_land_file_is_sea(serve, dist):
    (dist / "land.pmtiles").write_bytes(b"PMTiles" + bytes(50))
    made = serve(dist)
    assert httpx.get(f"{made.base}/tiles/0/0/0.mvt", trust_env=False).status_code == 204


def test_tiles_of_the_bundled_land(serve):
    land = ROOT / "src" / "tankerwatch" / "web" / "dist"
    if not (land / "land.pmtiles").is_file():
        pytest.skip("the bundled land is not built")
    made = serve(land)
    with httpx.Client(base_url=made.base, trust_env=False, timeout=60) as client:
        answer = client.get("/tiles/0/0/0.mvt")
        assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
        assert b"coast" in answer.content
        assert "immutable" in answer.headers["cache-control"]
        tag = answer.headers["etag"]
        assert client.get("/tiles/0/0/0.mvt", headers={"If-None-Match": tag}).status_code == 304
        plain = client.get("/tiles/0/0/0.mvt", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content
        assert client.get("/tiles/8/166/109.mvt").status_code == 200, "the Strait of Hormuz"
        assert client.get("/tiles/9/0/0.mvt").status_code == 204
