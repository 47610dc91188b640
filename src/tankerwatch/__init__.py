"""Tankerwatch: watches ships by AIS and radar, warns of danger, and keeps what it has seen.

From Python:

    import tankerwatch as tw
    for part in tw.decode("feed.nmea.gz"):        # a path, bytes, or a binary file; bounded memory
        part.positions.to_arrow()                 # also .statics .texts .others .bases .calls
        part.application(0)                       # a row of .others: tw.AreaNotice, tw.MetHydro, tw.InlandStatic, tw.Application or None
    result = tw.analyse("feed.nmea.gz")           # result.alerts, result.incidents, result.to_geojson()
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING

from tankerwatch.core.applications import Application, AreaNotice, InlandStatic, MetHydro

if TYPE_CHECKING:
    from tankerwatch.export import Part
    from tankerwatch.pipeline import Result

__all__ = ["Application", "AreaNotice", "InlandStatic", "MetHydro", "__version__", "analyse", "decode"]

try:
    __version__ = version("tankerwatch")
except PackageNotFoundError:  # run from its source, not installed
    __version__ = "0+source"


class _Package(ModuleType):
    """Keeps `decode` the function: importing the stage of that name would put the stage in its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "decode" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def decode(source: str | Path | bytes | IO[bytes], *, tables: Collection[str] | None = None) -> Iterator[Part]:
    """Decoded messages of a recording, part by part, in bounded memory. Raises InputFault when it cannot be read.

    tables: those that are wanted, such as ("positions", "statics"), which takes less time; the others may stay empty.
    """
    from tankerwatch.export import parts, parts_of

    return parts([source], tables=tables) if isinstance(source, str | Path) else parts_of(source, tables)


def analyse(*sources: str | Path, config: str | Path | None = None, columns: dict[str, str] | None = None) -> Result:
    """What a desk would have found in recordings. `config` is a TOML file; `columns` names those of a foreign table.

    Raises InputFault when something cannot be read.
    """
    from tankerwatch.config import load
    from tankerwatch.detect import catalog
    from tankerwatch.pipeline import analyse as analyse_recordings

    return analyse_recordings(sources, config=load(Path(config) if config else None, catalog.detectors()), columns=columns)
