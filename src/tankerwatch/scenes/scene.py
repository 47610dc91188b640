"""A scene, ready to run: its sentences as a feed would bring them, and the reports that the watch types in.

    scene = Scene.load("gulf_of_oman_2019_06_13")
    for batch in scene.batches(): ...        # a RecordedSource
    scene.write_log(path)                     # the same sentences as a log

The sentences are written out as they are asked for; what is drawn by chance is drawn once, when the first is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from tankerwatch.core.ais.encoder import Payload
from tankerwatch.core.ais.framing import tag
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.scenes import recipe as recipes
from tankerwatch.scenes.recipe import Recipe, Ship
from tankerwatch.scenes.traffic import background
from tankerwatch.scenes.transmit import Received, framed, of_radar, of_ship, of_station, receive

GULF_OF_OMAN = "gulf_of_oman_2019_06_13"


class Renamed(NamedTuple):
    """Another identity for a ship of the scene."""

    name: str
    mmsi: int


@dataclass(frozen=True, eq=False)
class Scene:
    """A bundled scene. `ships` are those of the reports, then the background; the same scene always gives the same bytes."""

    recipe: Recipe
    ships: tuple[Ship, ...]

    @classmethod
    def load(cls, name: str = GULF_OF_OMAN, *, renamed: Mapping[str, tuple[str, int]] | None = None, shift_s: int = 0) -> Self:
        """Read a bundled scene.

        renamed: ship's id → name and MMSI (`Renamed`); nothing else about her changes · shift_s: whole seconds by which all is moved
        in time. Raises InputFault for a scene that there is not, ValueError for a ship that is not in it.
        """
        recipe = recipes.load(name)
        ships, told = [*recipe.ships, *background(recipe)], recipe.told
        identities = {key: Renamed(*value) for key, value in (renamed or {}).items()}
        if unknown := set(identities) - {ship.id for ship in ships}:
            raise ValueError(f"the scene has no ships {sorted(unknown)}")
        for at, ship in enumerate(ships):
            if new := identities.get(ship.id):
                ships[at] = replace(ship, name=new.name, mmsi=new.mmsi)
                told = tuple(replace(t, words=t.words.replace(ship.name, new.name)) for t in told)
        return cls(replace(recipe, told=told).shifted(shift_s), tuple(ship.shifted(shift_s) for ship in ships))

    @property
    def name(self) -> str:
        """The scene's name, as a source."""
        return f"scene:{self.recipe.name}"

    def page(self) -> dict[str, Any]:
        """What the page shows with the scene: `scene` of the wire's hello, see docs/reference/wire.md."""
        page = self.recipe.page
        offers = [{"label": offer.label, "words": offer.words, "command": offer.command} for offer in page.offers]
        return {"title": self.recipe.title, "words": page.words, "center": list(page.center), "zoom": page.zoom, "offers": offers}

    def reports(self) -> list[Decision]:
        """What the watch typed in, in order of time. Where a ship is meant, the position is hers in the reconstruction."""
        ships = {ship.id: ship for ship in self.ships}
        made = []
        for index, told in enumerate(self.recipe.told):
            ship = ships[told.ship]
            lat_deg, lon_deg = (round(float(value[0]), 4) for value in ship.track.position(np.array([told.time_s])))
            content = {
                "kind": told.kind,
                "words": told.words,
                "ship": ship.mmsi,
                "lat_deg": lat_deg,
                "lon_deg": lon_deg,
                "verified": told.verified,
                "source": told.source,
                "certainty": told.certainty,
                "time_s": told.time_s,
            }
            name = f"report-{datetime.fromtimestamp(told.time_s, UTC):%Y%m%dT%H%M}-{index + 1}"
            made.append(Decision(told.time_s, "report", name, "", content))
        return made

    def lines(self) -> Iterator[tuple[float, bytes]]:
        """Every sentence with its tag block, in order of receipt, with the time of receipt that its tag says."""
        yield from self._lines(0, len(self._received.time_ms))

    def batches(self, from_s: float | None = None, to_s: float | None = None, *, batch_s: float = 10.0) -> Iterator[Batch]:
        """The scene, or what of it is received from `from_s` on and before `to_s`, in batches of `batch_s`.

        A report comes at its own time: it closes a batch, after all that was received before it. `source_row` is the line number in the
        scene's log, from 1.
        """
        received_s = self._received.time_ms / 1000.0
        begin = self.recipe.start_s if from_s is None else from_s
        end = self.recipe.end_s if to_s is None else to_s
        reports = [report for report in self.reports() if begin <= report.time_s < end]
        cuts = np.union1d(np.append(np.arange(begin + batch_s, end, batch_s), end), [report.time_s for report in reports])
        at = int(np.searchsorted(received_s, begin))
        for cut in cuts.tolist():
            until = int(np.searchsorted(received_s, cut))
            rows = list(self._lines(at, until))
            lines = Lines.of([line for _, line in rows], [time_s for time_s, _ in rows], list(range(at + 1, until + 1)))
            yield Batch(lines=lines, decisions=tuple(report for report in reports if report.time_s == cut), clock_s=cut)
            at = until

    def write_log(self, path: Path) -> int:
        """Write the sentences as a log, one a line; the number of lines. The reports that people typed in are not in it."""
        with path.open("wb") as log:
            count = 0
            for _, line in self.lines():
                log.write(line + b"\n")
                count += 1
        return count

    @cached_property
    def _messages(self) -> tuple[list[Payload | bytes], Received]:
        recipe = self.recipe
        parts = [messages for ship in self.ships for messages in of_ship(ship, recipe)]
        parts += [of_station(station, recipe) for station in recipe.stations]
        parts += [of_radar(craft, recipe) for craft in recipe.radar]
        return [content for messages in parts for content in messages.content], receive(recipe, parts)

    @property
    def _received(self) -> Received:
        return self._messages[1]

    def _lines(self, begin: int, end: int) -> Iterator[tuple[float, bytes]]:
        """Lines begin to end of the log, written out as they are asked for."""
        content, received = self._messages
        stations = [*(station.name for station in self.recipe.stations), self.recipe.receiving["radar_station"]]
        columns = (received.time_ms, received.message, received.part, received.station, received.sequence)
        for time_ms, message, part, station, sequence in zip(*(column[begin:end].tolist() for column in columns), strict=True):
            time_s, said = time_ms / 1000.0, content[message]
            group = None
            if isinstance(said, Payload):
                made = framed(said, message, sequence)
                if len(made) > 1:
                    group = (part + 1, len(made), (message * len(stations) + station) % 10_000)
                said = made[part]
            yield time_s, tag(said, time_s=time_s, station=stations[station], group=group)
