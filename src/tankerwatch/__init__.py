"""Tankerwatch: watches ships by AIS and radar, warns of danger, and keeps what it has seen.

From Python:

    import tankerwatch as tw
    for part in tw.decode("feed.nmea.gz"):        # a path, bytes, or a binary file; bounded memory
        part.positions.to_arrow()                 # also .statics .texts .others .bases .calls
        part.application(0)                       # a row of .others: tw.AreaNotice, tw.MetHydro, tw.InlandStatic, tw.Application or None
    tw.history("tankerwatch-data").ship(538001234) # also .area(…), .near(…): rows with to_arrow, to_pandas, to_polars
    result = tw.analyse("feed.nmea.gz")           # result.alerts, result.incidents, result.to_geojson(), to_stix(), to_arrow(), to_html()
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from tankerwatch.core.applications import Application, AreaNotice, InlandStatic, MetHydro
    from tankerwatch.export import Part
    from tankerwatch.pipeline import Result
    from tankerwatch.store.history.questions import History

__all__ = ["Application", "AreaNotice", "InlandStatic", "MetHydro", "__version__", "analyse", "decode", "history"]

__version__: str


def __getattr__(name: str) -> object:
    """The version and the records, when somebody asks for them: what is not imported costs no time."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("tankerwatch")
        except PackageNotFoundError:  # run from its source, not installed
            return "0+source"
    if name in __all__:
        from tankerwatch.core import applications

        return getattr(applications, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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


def analyse(*sources: str | Path, config: str | Path | None = None, columns: dict[str, str] | None = None, tracks: bool = False) -> Result:
    """What a desk would have found in recordings. `config` is a TOML file; `columns` names those of a foreign table.

    tracks: note where the ships in alerts have been, for `to_html`. Raises InputFault when something cannot be read.
    """
    from tankerwatch.config import load
    from tankerwatch.detect import catalog
    from tankerwatch.pipeline import analyse as analyse_recordings

    return analyse_recordings(sources, config=load(Path(config) if config else None, catalog.detectors()), columns=columns, tracks=tracks)


def history(directory: str | Path) -> History:
    """The history of a watch, by its data directory, as `tankerwatch history` made it. Raises InputFault when there is none yet."""
    from tankerwatch.store.history.questions import History

    return History(directory)
