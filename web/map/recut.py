"""Turn Natural Earth's coast (npm `world-atlas`, public domain) into two GeoJSON line files that tippecanoe can tile.

world-atlas has its cuts at the antimeridian stitched together, so that a ring may jump from +180 to -180 degrees and
Antarctica is a ring around nothing. Tiled as it is, Eurasia tears. Here each ring is unrolled until it is continuous,
closed at the pole where it runs round it, cut at +-180 degrees, and giants are cut into cells: a tile then holds only
the land near it. Cells overlap slightly, or the canvas shows hair lines between them. The coast is a separate line
layer, since stroking the cut polygons would draw the cuts.

    python recut.py land-10m.json OUT_DIRECTORY
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from shapely.geometry import LineString, Polygon, box, mapping
from shapely.ops import unary_union
from shapely.validation import make_valid

CELL_DEG = 15
OVERLAP_DEG = 0.01
DECIMALS = 5

Ring = list[tuple[float, float]]


def decode_arcs(topology: dict) -> list[Ring]:
    """TopoJSON's arcs are differences of integers; give them back as degrees."""
    scale_x, scale_y = topology["transform"]["scale"]
    shift_x, shift_y = topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x += step_x
            y += step_y
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(points)
    return arcs


def join_ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    """A ring is a list of arcs, a negative number being an arc read backwards."""
    ring: Ring = []
    for number in numbers:
        points = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring.extend(points[1:] if ring else points)
    return ring


def unroll(ring: Ring) -> Ring:
    """Make longitudes continuous: where the ring leaves on one side of the world it goes on beyond 180 degrees."""
    turns = 0
    unrolled = [ring[0]]
    for (lon_before, _), (lon, lat) in pairwise(ring):
        if lon - lon_before > 180:
            turns -= 1
        elif lon - lon_before < -180:
            turns += 1
        unrolled.append((lon + 360 * turns, lat))
    return unrolled


def close_at_pole(ring: Ring) -> Ring:
    """Close a ring that runs once round the world (Antarctica) along the pole."""
    first_lon, last_lon = ring[0][0], ring[-1][0]
    if abs(last_lon - first_lon) < 180:
        return ring
    pole = -90.0 if ring[0][1] < 0 else 90.0
    return [*ring, (last_lon, pole), (first_lon, pole), ring[0]]


def polygons_of(shape) -> Iterator[Polygon]:
    if shape.geom_type == "Polygon":
        if not shape.is_empty:
            yield shape
    elif hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from polygons_of(part)


def lines_of(shape) -> Iterator[LineString]:
    if shape.geom_type == "LineString":
        if not shape.is_empty:
            yield shape
    elif hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from lines_of(part)


def moved(shape, turns: int):
    """Bring what lies beyond the antimeridian back to the world's own longitudes, rounded."""

    def shift(points):
        return [[round(x - 360 * turns, DECIMALS) + 0.0, round(y, DECIMALS) + 0.0] for x, y in points]

    geometry = mapping(shape)
    if geometry["type"] == "LineString":
        return {"type": "LineString", "coordinates": shift(geometry["coordinates"])}
    return {"type": "Polygon", "coordinates": [shift(ring) for ring in geometry["coordinates"]]}


def world_spans(shape) -> Iterator[tuple[int, float, float]]:
    """The worlds (0 is our own, 1 the one beyond +180 degrees) that an unrolled shape reaches into."""
    west, _, east, _ = shape.bounds
    for turns in (-1, 0, 1):
        low, high = -180.0 + 360 * turns, 180.0 + 360 * turns
        if east > low and west < high:
            yield turns, low, high


def cut_land(polygon: Polygon) -> Iterator[dict]:
    for turns, low, high in world_spans(polygon):
        west, south, east, north = polygon.bounds
        if east - west <= CELL_DEG and north - south <= CELL_DEG and west >= low and east <= high:
            yield moved(polygon, turns)
            continue
        for cell_west in range(int(low), int(high), CELL_DEG):
            if cell_west > east or cell_west + CELL_DEG < west:
                continue
            cell_east = min(cell_west + CELL_DEG + OVERLAP_DEG, high)
            for cell_south in range(-90, 90, CELL_DEG):
                if cell_south > north or cell_south + CELL_DEG < south:
                    continue
                cell = box(cell_west, cell_south, cell_east, cell_south + CELL_DEG + OVERLAP_DEG)
                for part in polygons_of(polygon.intersection(cell)):
                    yield moved(part, turns)


def cut_coast(ring: Ring) -> Iterator[dict]:
    line = LineString(ring)
    for turns, low, high in world_spans(line):
        west, _, east, _ = line.bounds
        if west >= low and east <= high:
            yield moved(line, turns)
            continue
        for part in lines_of(line.intersection(box(low, -90, high, 90))):
            yield moved(part, turns)


def recut(topology: dict) -> tuple[list[dict], list[dict]]:
    arcs = decode_arcs(topology)
    land: list[dict] = []
    coast: list[dict] = []
    shapes = topology["objects"]["land"]
    for shape in shapes.get("geometries", [shapes]):
        groups = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for group in groups:
            rings = [unroll(join_ring(arcs, numbers)) for numbers in group]
            for ring in rings:
                coast.extend(cut_coast(ring))
            outer, *holes = [close_at_pole(ring) for ring in rings]
            polygon = Polygon(outer, holes)
            if not polygon.is_valid:
                polygon = unary_union(list(polygons_of(make_valid(polygon))))
            for part in polygons_of(polygon):
                land.extend(cut_land(part))
    return land, coast


def write(path: Path, geometries: list[dict]) -> None:
    """One feature a line, sorted, so that the same input gives the same file."""
    lines = sorted(
        json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}, separators=(",", ":")) for geometry in geometries
    )
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    land, coast = recut(json.loads(source.read_text()))
    target.mkdir(parents=True, exist_ok=True)
    write(target / "land.geojsonl", land)
    write(target / "coast.geojsonl", coast)
    print(f"{len(land)} pieces of land, {len(coast)} lines of coast")


if __name__ == "__main__":
    main()
