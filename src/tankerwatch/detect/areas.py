"""The zones that are watched now: those of the configuration, with the ships named for each, and those that people draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from tankerwatch.core.drawn import DrawnZones
from tankerwatch.core.tables import Decision
from tankerwatch.core.zones import DrawnZone, Zone


class Named(Protocol):
    """Ships as a person names them: by MMSI, IMO number or name."""

    @property
    def mmsis(self) -> frozenset[int]:
        """Those named by MMSI."""
        ...

    def holds(self, *, mmsi: int, imo: int, name: str) -> bool:
        """Whether a ship is one of them."""
        ...


class Areas:
    """Takes what is decided and what ships say of themselves; `zones` are what detectors are shown from the next look on."""

    def __init__(self, configured: tuple[Zone, ...], named: Mapping[str, Named]) -> None:
        self.zones = configured
        self.drawn = DrawnZones()
        self._ships: dict[str, set[int]] = {name: set(ships.mmsis) for name, ships in named.items()}

    def take(self, decision: Decision, now_s: float) -> DrawnZone | None:
        """The zone that a decision makes, changes or removes; None when it does none of that."""
        zone = self.drawn.take(decision, now_s)
        if zone is not None:
            self.zones = (*(each for each in self.zones if not each.key), *self.drawn.zones())
        return zone

    def quiet(self, rule: str, lat_deg: float, lon_deg: float, time_s: float) -> bool:
        """Whether a person drew a zone here in which this rule raises nothing new at that time."""
        return any(
            rule in zone.quiet and not time_s >= zone.quiet_until_s and bool(zone.inside(lat_deg, lon_deg)[0]) for zone in self.zones
        )

    def know(self, named: Mapping[str, Named], mmsi: int, imo: int, name: str) -> None:
        """A ship has said who she is."""
        for zone, ships in named.items():
            held = self._ships[zone]
            (held.add if ships.holds(mmsi=mmsi, imo=imo, name=name) else held.discard)(mmsi)

    def place(self) -> None:
        """A ship that a zone names by IMO number or name is known to it from the look after she has sent it."""
        if any(zone.ships != self._ships.get(zone.key or zone.name, zone.ships) for zone in self.zones):
            named = {name: frozenset(ships) for name, ships in self._ships.items()}
            self.zones = tuple(replace(zone, ships=named.get(zone.key or zone.name, zone.ships)) for zone in self.zones)
