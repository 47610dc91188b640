"""What is usual where: reception, speeds, courses and stays, by cell of about a sea mile, as tables that `track/context.py` learns.

A stream begins with empty tables: what is not known yet is NaN, or no stay at all, and a detector then judges by the ships around.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import numpy as np

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.schema import F32, F64, I64, NAN, U32, U64, Table, col, rows_in, table

CELL_DEG: Final = 0.02
"""Height of a cell; its width is the nearest whole part of a circle of latitude that is as long."""
COURSES: Final = 8


@table
class Cells(Table):
    """One row per cell in which a ship was heard, in order of `cell`."""

    # fmt: off
    # a table: its columns are read downwards
    cell:    Annotated[U64, col("-", "number of the cell (cells_of)")]
    moving:  Annotated[U32, col("-", "ship-minutes under way")]
    resting: Annotated[U32, col("-", "ship-minutes at rest")]
    stays:   Annotated[U32, col("-", "ships that came to rest here, each stay counted once")]
    missed:  Annotated[U32, col("-", "ship-minutes in which a ship that was heard before and after was not heard")]
    lost:    Annotated[U32, col("-", "ships under way that fell silent here")]
    sog_kn:  Annotated[F32, col("kn", "mean speed under way", missing=NAN)]
    spread_kn: Annotated[F32, col("kn", "mean distance from that mean", missing=NAN)]
    north:      Annotated[U32, col("-", "ship-minutes under way towards north, within 22.5 degrees")]
    north_east: Annotated[U32, col("-", "towards north-east")]
    east:       Annotated[U32, col("-", "towards east")]
    south_east: Annotated[U32, col("-", "towards south-east")]
    south:      Annotated[U32, col("-", "towards south")]
    south_west: Annotated[U32, col("-", "towards south-west")]
    west:       Annotated[U32, col("-", "towards west")]
    north_west: Annotated[U32, col("-", "towards north-west")]
    # fmt: on


@table
class Reception(Table):
    """One row per ship of the picture, by slot: how many of her fixes arrive. It is learnt anew by every stream."""

    # fmt: off
    # a table: its columns are read downwards
    usual_rate:  Annotated[F32, col("-", "fixes a minute, mean over half an hour of minutes in which she was heard", missing=NAN)]
    recent_rate: Annotated[F32, col("-", "the same over four minutes, up to the last whole one before she fell silent", missing=NAN)]
    # fmt: on


def cells_of(lat_deg: Any, lon_deg: Any) -> U64:
    """(n,) number of the cell of each place; NaN places are in cell 0."""
    lat, lon = np.nan_to_num(np.asarray(lat_deg, np.float64)), np.nan_to_num(np.asarray(lon_deg, np.float64))
    row = np.floor((lat + 90.0) / CELL_DEG)
    across = np.maximum(np.round(360.0 / CELL_DEG * np.cos(np.radians((row + 0.5) * CELL_DEG - 90.0))), 1.0)
    column = np.floor(lon % 360.0 / 360.0 * across)
    return np.asarray(row.astype(np.uint64) << np.uint64(32) | column.astype(np.uint64))


def cells_around(lat_deg: Any, lon_deg: Any) -> U64:
    """(n, 9) the cell of each place and those around it; some of them may be one and the same."""
    lat, lon = np.asarray(lat_deg, np.float64), np.asarray(lon_deg, np.float64)
    step = CELL_DEG / np.maximum(np.cos(np.radians(lat)), 0.01)
    return np.stack([cells_of(np.clip(lat + a * CELL_DEG, -90, 90), lon + b * step) for a in (-1, 0, 1) for b in (-1, 0, 1)], axis=-1)


def centres_of(cells: U64) -> tuple[F64, F64]:
    """(n,) latitude and longitude (-180 to 180) of the middle of each cell."""
    lat = (np.asarray(cells >> np.uint64(32), np.float64) + 0.5) * CELL_DEG - 90.0
    across = np.maximum(np.round(360.0 / CELL_DEG * np.cos(np.radians(lat))), 1.0)
    lon = (np.asarray(cells & np.uint64(0xFFFFFFFF), np.float64) + 0.5) / across * 360.0
    return lat, (lon + 180.0) % 360.0 - 180.0


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What was learnt so far. All questions take (n,) places in degrees and answer (n,).

    To be read at a look and not kept: the tables go on with the stream.
    """

    cells: Cells = field(default_factory=Cells.empty)
    reception: Reception = field(default_factory=Reception.empty)

    def rows(self, cells: U64) -> I64:
        """The row of each cell, -1 where nothing was ever heard."""
        return rows_in(self.cells.cell, cells)

    def _total(self, column: Any, lat_deg: Any, lon_deg: Any) -> Any:
        """A column's sum over each place's cell and those around it."""
        rows = np.sort(self.rows(cells_around(lat_deg, lon_deg)), axis=-1)
        counted = (rows >= 0) & np.concatenate([np.ones((*rows.shape[:-1], 1), np.bool_), np.diff(rows, axis=-1) != 0], axis=-1)
        return np.where(counted, column[rows] if len(column) else 0, 0).sum(axis=-1)

    def stays(self, lat_deg: Any, lon_deg: Any) -> F32:
        """How many ships have come to rest here or next to here: an anchorage, a port, a pilot station."""
        return np.asarray(self._total(self.cells.stays, lat_deg, lon_deg), np.float32)

    def heard_places(self, lat_deg: float, lon_deg: float, reach_nm: float, least: int = 3) -> tuple[F64, F64]:
        """Latitudes and longitudes of the cells within `reach_nm` of a place in which ships were heard for `least` minutes."""
        band = (
            np.uint64(max(int((lat_deg + 90.0 - reach_nm / 60.0) / CELL_DEG), 0)),
            np.uint64(int((lat_deg + 90.0 + reach_nm / 60.0) / CELL_DEG) + 1),
        )
        low, high = np.searchsorted(self.cells.cell, [edge << np.uint64(32) for edge in band])
        often = self.cells.moving[low:high] + self.cells.resting[low:high] >= least
        lat, lon = centres_of(self.cells.cell[low:high][often])
        near = distance_nm(lat_deg, lon_deg, lat, lon) <= reach_nm
        return lat[near], lon[near]

    def moving_minutes(self, lat_deg: Any, lon_deg: Any) -> F32:
        """Ship-minutes under way that were heard here or next to here."""
        return np.asarray(self._total(self.cells.moving, lat_deg, lon_deg), np.float32)

    def heard_share(self, lat_deg: Any, lon_deg: Any) -> F32:
        """The share of minutes in which ships under way were heard around here; NaN below ten ship-minutes."""
        heard, missed = (self._total(column, lat_deg, lon_deg) for column in (self.cells.moving, self.cells.missed))
        with np.errstate(invalid="ignore"):
            share = heard / (heard + missed)
        return np.where(heard + missed >= 10, share, NAN).astype(np.float32)

    def lost_share(self, lat_deg: Any, lon_deg: Any) -> F32:
        """Of an hour under way around here, how many ships fell silent in it; NaN below ten ship-minutes."""
        moving, lost = (self._total(column, lat_deg, lon_deg) for column in (self.cells.moving, self.cells.lost))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(moving >= 10, lost * 60.0 / moving, NAN).astype(np.float32)

    def course_share(self, lat_deg: Any, lon_deg: Any, cog_deg: Any) -> F32:
        """The share of the traffic around here that goes the same way (the same eighth of the circle or next to it); NaN if unknown."""
        names = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
        totals = np.stack([self._total(getattr(self.cells, name), lat_deg, lon_deg) for name in names], axis=-1)
        eighth = np.nan_to_num(np.round(np.asarray(cog_deg, np.float64) / 45.0)).astype(np.int64) % COURSES
        same = sum(np.take_along_axis(totals, ((eighth + step) % COURSES)[..., None], axis=-1)[..., 0] for step in (-1, 0, 1))
        moving = totals.sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(moving >= 10, same / moving, NAN).astype(np.float32)
