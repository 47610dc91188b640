"""Take out of a PMTiles file what tippecanoe writes about the machine it ran on (its own path, its command line).

Only the metadata change; tiles and directories stay byte for byte, moved by the difference in length.

    python finish.py land.pmtiles
"""

from __future__ import annotations

import gzip
import json
import struct
import sys
from pathlib import Path

HEADER_BYTES = 127
OFFSETS = struct.Struct("<8Q")  # root, metadata, leaves, tiles: where and how long, each
KEPT = ("name", "description", "attribution", "type", "vector_layers")


def finish(data: bytes) -> bytes:
    if data[:8] != b"PMTiles\x03":
        raise SystemExit("not a PMTiles file of version 3")
    root, root_length, metadata, metadata_length, leaves, leaves_length, tiles, tiles_length = OFFSETS.unpack_from(data, 8)
    known = json.loads(gzip.decompress(data[metadata : metadata + metadata_length]))
    kept = json.dumps({key: known[key] for key in KEPT if key in known}, sort_keys=True, separators=(",", ":"))
    fresh = gzip.compress(kept.encode(), mtime=0)
    header = bytearray(data[:HEADER_BYTES])
    at = root + root_length
    OFFSETS.pack_into(
        header, 8, root, root_length, at, len(fresh), at + len(fresh), leaves_length, at + len(fresh) + leaves_length, tiles_length
    )
    unchanged = [data[start : start + length] for start, length in ((root, root_length), (leaves, leaves_length), (tiles, tiles_length))]
    return b"".join((bytes(header), unchanged[0], fresh, unchanged[1], unchanged[2]))


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_bytes(finish(path.read_bytes()))
