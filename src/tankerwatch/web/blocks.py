"""Ten minutes of a replay that are over, for a browser to keep: `GET /api/blocks/{from}`.

An address that names what is replayed always has the same answer, so it is never asked for twice.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.ports import BLOCK_S, Block, Desk
from tankerwatch.web.asking import Refused, ask
from tankerwatch.web.frames import HEADER, NO_U16, VERSION, scaled
from tankerwatch.web.periods import not_replayed

BLOCK: Final = 5
UNTRUSTED: Final = 8
FOR_EVER: Final = "private, max-age=31536000, immutable"


def packed(block: Block) -> bytes:
    """A block as one frame: the columns ship, time_s, lon, lat, cog, sog and flags."""
    header = HEADER.pack(b"TWF1", BLOCK, VERSION, 0, 0, 0, len(block.ship), 0, float(block.from_s))
    columns = (
        np.asarray(block.ship, "<u4"),
        scaled(np.floor(block.time_s), 1, 0, 2**32 - 1, 0, "<u4"),
        scaled(block.lon_deg, 1e7, -1.8e9, 1.8e9, 2**31 - 1, "<i4"),
        scaled(block.lat_deg, 1e7, -0.9e9, 0.9e9, 2**31 - 1, "<i4"),
        scaled(block.cog_deg, 10, 0, 3600, NO_U16, "<u2"),
        scaled(block.sog_kn, 10, 0, NO_U16 - 1, NO_U16, "<u2"),
        np.where(block.displaced, UNTRUSTED, 0).astype("u1"),
    )
    return header + b"".join(column.tobytes() for column in columns)


class Blocks:
    """The call."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/blocks/{from}", self.block)]

    async def block(self, request: Request) -> Response:
        """One block, for ever the same where `of` says of what."""
        text = request.path_params["from"]
        if not (text.isascii() and text.isdigit() and len(text) <= 11 and int(text) % BLOCK_S == 0):
            raise Refused(404, "there is no such block", f"a block begins at a time that {BLOCK_S} divides, in seconds since 1970")
        replayed = self.desk.replayed()
        if replayed is None:
            raise not_replayed()
        found = await ask(self.desk.block, int(text))
        if found is None:
            raise Refused(404, "this block is not there", "it is not over yet, was not played, or is more than six hours back")
        content = await ask(packed, found)
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": FOR_EVER if request.query_params.get("of") == replayed else "no-cache"}
        if tag in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "")[:1000].split(",")]:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/octet-stream", headers=headers)
