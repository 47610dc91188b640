"""The land of the map: vector tiles from one file, `land.pmtiles`, as they lie there (compressed)."""

from __future__ import annotations

import gzip
import hashlib
import mmap
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pmtiles.reader import Reader
from pmtiles.tile import Compression
from starlette.requests import Request
from starlette.responses import Response

DEEPEST: Final = 8
KEPT: Final = 2048
UNCHANGING: Final = "public, max-age=86400, immutable"


class Tiles:
    """Serves the tiles of a file; a missing or unreadable file is an empty sea."""

    def __init__(self, path: Path) -> None:
        self._reader: Any = None
        self._compressed = False
        try:
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            make: Any = Reader  # the package has no types
            reader = make(lambda offset, length: mapped[offset : offset + length])
            self._compressed = reader.header()["tile_compression"] == Compression.GZIP
            self._reader = reader
        except Exception:
            # The package raises whatever a broken file makes it trip over; a map without land still shows ships.
            self._reader = None
        self.tile = lru_cache(KEPT)(self._tile)

    def _tile(self, zoom: int, x: int, y: int) -> tuple[bytes, str] | None:
        """A tile and its ETag; None where there is none."""
        if self._reader is None or not (0 <= zoom <= DEEPEST and 0 <= x < 2**zoom and 0 <= y < 2**zoom):
            return None
        data = self._reader.get(zoom, x, y)
        return (data, f'"{hashlib.blake2b(data, digest_size=8).hexdigest()}"') if data else None

    async def answer(self, request: Request) -> Response:
        """`GET /tiles/{z}/{x}/{y}.mvt`."""
        given = [request.path_params[name] for name in ("z", "x", "y")]
        if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in given):
            return Response(status_code=204)
        zoom, x, y = (int(text) for text in given)
        found = self.tile(zoom, x, y)
        if found is None:
            return Response(status_code=204, headers={"Cache-Control": UNCHANGING})
        data, tag = found
        headers = {"Cache-Control": UNCHANGING, "ETag": tag, "Vary": "Accept-Encoding"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if self._compressed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        elif self._compressed:
            data = gzip.decompress(data)
        return Response(data, media_type="application/vnd.mapbox-vector-tile", headers=headers)
