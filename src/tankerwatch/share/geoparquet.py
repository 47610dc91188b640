"""Alerts as GeoParquet 1.1, which QGIS, GDAL, DuckDB and GeoPandas open: a point each, null for an alert without a place.

Source: the GeoParquet specification 1.1.0 (OGC). Without `crs` in its metadata a column is in OGC:CRS84, which is what positions are:
WGS 84, longitude before latitude.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

GEOMETRY: Final = "geometry"
_POINT: Final = struct.Struct("<BIdd")
_MOMENT: Final = pa.timestamp("ms", tz="UTC")
_TIMES: Final = ("raised_s", "start_s", "end_s", "updated_s", "acknowledged_s")
_EVIDENCE: Final = pa.list_(
    pa.struct(
        [("source_row", pa.int64()), ("feed", pa.string()), ("station", pa.string()), ("time_s", pa.float64()), ("sentence", pa.string())]
    )
)
_HISTORY: Final = pa.list_(pa.struct([("time_s", pa.float64()), ("verb", pa.string()), ("words", pa.string()), ("by", pa.string())]))
SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "detector", "severity", "state")),
        ("ships", pa.list_(pa.int64())),
        ("names", pa.list_(pa.string())),
        *((name, pa.float64()) for name in _TIMES),
        *((f"{name.removesuffix('_s')}_at", _MOMENT) for name in _TIMES[:3]),
        *((name, pa.float64()) for name in ("lat_deg", "lon_deg", "score")),
        *((name, pa.string()) for name in ("title", "reason", "incident")),
        ("confirmed", pa.bool_()),
        ("assigned", pa.string()),
        ("snoozed_until_s", pa.float64()),
        ("closed_by_desk", pa.bool_()),
        ("history", _HISTORY),
        ("rule", pa.string()),
        ("evidence", _EVIDENCE),
        (GEOMETRY, pa.binary()),
    ]
)
"""The keys of an alert as `analyse --alerts` writes them; `*_at` say times once more as moments, `rule` is JSON, names go with ships."""


def point(lon_deg: float, lat_deg: float) -> bytes:
    """A place as well-known binary: little-endian, type 1 (point), longitude, latitude."""
    return _POINT.pack(1, 1, lon_deg, lat_deg)


def table(alerts: Sequence[Mapping[str, Any]]) -> Any:
    """A pyarrow Table of alerts in the form of `analyse --alerts`, a row each in their order, with the `geo` metadata."""
    rows = [_row(alert) for alert in alerts]
    places = [(row["lon_deg"], row["lat_deg"]) for row in rows if row[GEOMETRY] is not None]
    return pa.Table.from_pylist(rows, schema=SCHEMA.with_metadata({b"geo": json.dumps(metadata(places)).encode()}))


def metadata(places: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """The value of the file's key `geo`; places are longitude and latitude in degrees."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if places:
        lons, lats = zip(*places, strict=True)
        column["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def write(alerts: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write the alerts as one file."""
    import pyarrow.parquet as pq  # takes long to import, and few ask for it

    pq.write_table(table(alerts), path, compression="zstd")


def _row(alert: Mapping[str, Any]) -> dict[str, Any]:
    lat_deg, lon_deg = alert["lat_deg"], alert["lon_deg"]
    return {
        **alert,
        "names": [alert["names"].get(str(ship)) for ship in alert["ships"]],
        "rule": json.dumps(alert["rule"], ensure_ascii=False, sort_keys=True),
        **{f"{name.removesuffix('_s')}_at": None if alert[name] is None else round(alert[name] * 1000) for name in _TIMES[:3]},
        GEOMETRY: None if lat_deg is None or lon_deg is None else point(lon_deg, lat_deg),
    }
