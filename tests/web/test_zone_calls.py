"""`/api/zones.geojson`: the drawn zones as a file, and what a file holds, within bounds; over the made-up desk."""

from __future__ import annotations

import json

from tankerwatch.web.zonefiles import FILE_BYTES

ZONE = {
    "id": "z1",
    "name": "BERING <b>",
    "rings": [[[60.0, 179.0], [62.0, 179.0], [62.0, -179.0]]],
    "drawn": True,
    "removed_s": None,
    "changed_s": 5.0,
    "by": "ANNA",
    "rule": ["enter"],
    "quiet": ["loitering"],
    "quiet_until_s": None,
}


def test_drawn_zones_are_a_file(client, harbour):
    harbour.store["zones"] |= {"z1": ZONE, "z2": {**ZONE, "id": "z2", "removed_s": 9.0}, "c": {**ZONE, "id": "c", "drawn": False}}
    answer = client.get("/api/zones.geojson")
    assert answer.headers["content-type"] == "application/geo+json" and "content-disposition" not in answer.headers
    (told,) = answer.json()["features"]
    assert told["geometry"] == {"type": "Polygon", "coordinates": [[[179.0, 60.0], [181.0, 62.0], [179.0, 62.0], [179.0, 60.0]]]}
    assert told["properties"] == {
        "name": "BERING <b>",
        "by": "ANNA",
        "changed_s": 5.0,
        "tankerwatch": {"rule": ["enter"], "quiet": ["loitering"], "quiet_until_s": None},
    }
    saved = client.get("/api/zones.geojson?save=1")
    assert saved.headers["content-disposition"] == 'attachment; filename="tankerwatch-zones.geojson"'


def test_what_a_file_holds_is_answered_and_hostile_ones_are_refused_in_a_line(client, harbour):
    def post(content, kind="application/json"):
        return client.post("/api/zones.geojson", content=content, headers={"Content-Type": kind})

    large = json.dumps({"type": "FeatureCollection", "features": ["x" * 1000] * 1500})
    assert 65_536 < len(large) < FILE_BYTES and post(large).json()["left_out"] == 1500
    for content, status in (
        ("{", 400),
        ("[]", 400),
        ("[" * 100_000, 400),
        ('{"type": NaN}', 400),
        ("\ud800".encode("utf-8", "surrogatepass"), 400),
        ("{}", 422),
        (" " * (FILE_BYTES + 1), 413),
    ):
        answer = post(content)
        assert answer.status_code == status and answer.json()["help"] and "\n" not in answer.json()["error"], content[:20]
    assert post("{}", "text/plain").status_code == 415
    assert harbour.decided == [], "nothing is kept"
