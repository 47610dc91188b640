"""The arguments of the commands by which the history of a watch is asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tankerwatch.cli import history as questions
from tankerwatch.cli.reporting import moment, place


def asking(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Any]) -> None:
    """Add them."""
    history = add(
        "history",
        questions.history,
        "bring the history of a watch up to date, or ask it where ships were",
        [
            "history tankerwatch-data",
            "history tankerwatch-data --ship 538001234 --tracks -o track.kml",
            "history tankerwatch-data --area 56.0,25.0,57.5,26.5 --from 2019-06-13T02:00Z --to 2019-06-13T04:00Z -o area.parquet",
            "history tankerwatch-data --near 25.43,57.37 --at 2019-06-13T02:50Z",
        ],
    )
    history.add_argument("data", type=Path, metavar="DIR", help="the --data of the watch; it may be running")
    history.add_argument("--build", action="store_true", help="bring it up to date before it is asked")
    history.add_argument("--rebuild", action="store_true", help="make anew all that the journal still holds")
    history.add_argument("--ship", metavar="SHIP", help="one ship: MMSI, IMO number, or whole name")
    history.add_argument(
        "--area", type=questions.box, metavar="W,S,E,N", help="who was in a box, in degrees (west: --area=-5,50,2,52); over 180°, W above E"
    )
    history.add_argument("--near", type=place, metavar="LAT,LON", help="the ships nearest to a place, at the time --at")
    history.add_argument("--at", type=moment, metavar="TIME", help="when, UTC, such as 2019-06-13T02:50Z")
    history.add_argument("--ships", type=questions.ships, default=10, metavar="N", help="how many of the nearest (10)")
    history.add_argument("--from", dest="begin", type=moment, metavar="TIME", help="received at this time or later")
    history.add_argument("--to", dest="end", type=moment, metavar="TIME", help="received at this time or before")
    history.add_argument("--tracks", action="store_true", help="lines instead of positions")
    history.add_argument("-o", "--out", type=Path, metavar="OUT", help="write to a .csv, .geojson, .kml or .parquet (GeoParquet) file")

    sql = add(
        "sql",
        questions.sql,
        "ask the history of a watch in SQL; it can only be read",
        [
            "sql tankerwatch-data 'SELECT count(*) FROM positions'",
            "sql tankerwatch-data 'SELECT mmsi, max(sog_kn) FROM positions GROUP BY mmsi ORDER BY 2 DESC LIMIT 10' --json",
        ],
    )
    sql.add_argument("data", type=Path, metavar="DIR", help="the --data of the watch")
    sql.add_argument("select", metavar="SELECT", help="one SELECT over positions, positions_by_time and statics")
    sql.add_argument("-o", "--out", type=Path, metavar="OUT", help="write to a .csv, .json (an object a line) or .parquet file")
    sql.add_argument("--timeout", type=questions.seconds, default=60.0, metavar="SECONDS", help="how long it may take (60)")
