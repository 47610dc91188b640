"""What the desk puts on paper: an incident with all that is known of it, the hand-over of a watch, the draft of a warning."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

import numpy as np

from tankerwatch.core.incidents import Alert, Evidence, Incident
from tankerwatch.core.ports import Desk, Papers, Sheet
from tankerwatch.core.tables import FEED_SHIFT
from tankerwatch.desk import handing_over
from tankerwatch.desk.trails import Trails
from tankerwatch.pipeline import LAND, River, ship_of
from tankerwatch.share import dossier, handover, warning
from tankerwatch.share.ships import Ship
from tankerwatch.share.tracks import Track
from tankerwatch.store.places import records_of
from tankerwatch.triage import render

Json = dict[str, Any]

BEFORE_S: Final = 2 * 3600.0
AFTER_S: Final = 3600.0
"""How much of a ship's way before and after an incident is drawn."""
SHORTEST_NAME: Final = 4
"""A shorter one is too often a word like any other."""
POSSIBLE: Final = "What an alert says is possible until a person has confirmed it; reports are as people typed them in."
MODES: Final = {
    "replay": "Made from a replay, as known then.",
    "reconstruction": "RECONSTRUCTION from public reports, with simulated fill-in: not recorded AIS.",
}


class Watching(Protocol):
    """What is read of a desk."""

    lock: Lock
    river: River
    trails: Trails
    version: str
    directory: Path | None

    @property
    def desk(self) -> Desk:
        """What the web stage may call."""


def papers_of(desk: Watching, mode: str) -> Papers:
    """What of a desk the web stage may ask for on paper; mode: live, replay or reconstruction."""
    office = Office(desk, mode)
    return Papers(
        incident=office.incident,
        incident_sheet=office.incident_sheet,
        incident_picture=office.incident_picture,
        warning=office.warning,
        handover=office.handover,
        handover_sheet=lambda since_s: handover.page(office.handover(since_s)),
    )


class Office:
    """Reads the desk's river under its lock, and the journal without."""

    def __init__(self, desk: Watching, mode: str) -> None:
        self.desk, self.mode = desk, mode

    def incident(self, name: str) -> Json | None:
        """All that is known of an incident, with the journal's records of its evidence; None where there is no such incident."""
        found = self._read(name)
        return None if found is None else self._with_records(found[0])

    def incident_sheet(self, name: str) -> Sheet | None:
        """The same as a page."""
        found = self._read(name)
        if found is None:
            return None
        told, ships, tracks = found
        return dossier.page(self._with_records(told), ships, tracks, land=LAND)

    def incident_picture(self, name: str, what: str, palette: str, wide: int) -> Sheet | None:
        """Its chart alone, or its time line."""
        found = self._read(name)
        return None if found is None else dossier.picture(what, *found, LAND, palette, wide)

    def warning(self, name: str, named: bool) -> Json | None:
        """The draft of a warning about it."""
        found = self._read(name)
        return None if found is None else warning.warning(found[0], self._number(found[0]["incident"]), named=named)

    def handover(self, since_s: float | None) -> Json:
        """What the next watch must know."""
        desk = self.desk
        health, held = desk.desk.health(), desk.desk.held_back()
        with desk.lock:
            return handing_over.told(desk.river, health, held, since_s)

    def _read(self, name: str) -> tuple[Json, dict[int, Ship], dict[int, Track]] | None:
        desk = self.desk
        with desk.lock:
            river = desk.river
            incident = river.triage.incidents.get(name)
            if incident is None:
                return None
            alerts = [river.triage.alerts[alert] for alert in incident.alerts[: dossier.MOST_ALERTS]]
            reports = [render.report_json(river.triage.reports[report]) for report in incident.reports]
            concerned = list(dict.fromkeys((*incident.ships, *(ship for alert in alerts for ship in alert.ships))))
            ships = {ship: ship_of(river, ship) for ship in concerned}
            told: Json = {
                "incident": render.incident_json(incident, river.name_of),
                "alerts": [_alert(river, alert) for alert in alerts],
                "reports": reports,
                "ships": [dossier.ship_json(ships[ship], _name(river, ship), _at(river, ship)) for ship in concerned],
                "mentioned": _mentioned(river, reports, ships),
                "made_s": render.number(river.clock_s, 3),
                "mode": self.mode,
                "version": desk.version,
                "remarks": [POSSIBLE, *([MODES[self.mode]] if self.mode in MODES else [])],
            }
            told["course"] = dossier.course_of(told["alerts"], reports, told["incident"]["notes"])
            return told, ships, self._tracks(incident, concerned)

    def _tracks(self, incident: Incident, ships: Iterable[int]) -> dict[int, Track]:
        """Where they were before, meanwhile and a little after, as far as the desk still knows it."""
        river, made = self.desk.river, {}
        first_s = -math.inf if incident.start_s is None else incident.start_s - BEFORE_S
        last_s = math.inf if incident.end_s is None else incident.end_s + AFTER_S
        for ship in ships:
            slot = river.fleet.register.slot(ship)
            if slot is None:
                continue
            columns = self.desk.trails.track(slot, river.clock_s)
            time_s, lat_deg, lon_deg = (np.array(columns[name], np.float64) for name in ("time_s", "lat_deg", "lon_deg"))
            kept = (time_s >= first_s) & (time_s <= last_s) & np.isfinite(lat_deg)
            displaced = np.array(columns["displaced"], np.bool_)[kept]
            made[ship] = Track(time_s[kept], lat_deg[kept].astype(np.float32), lon_deg[kept].astype(np.float32), displaced)
        return made

    def _with_records(self, told: Json) -> Json:
        """Tell which record of the journal each piece of evidence is, where it is found there."""
        pieces = [piece for alert in told["alerts"] for piece in alert["evidence"]]
        lines = {(piece["time_s"], piece["row"]) for piece in pieces if piece["time_s"] is not None and piece["row"] is not None}
        found = records_of(self.desk.directory, lines) if self.desk.directory is not None and lines else {}
        for piece in pieces:
            piece["record"] = found.get(piece.pop("row"))
        return told

    def _number(self, incident: Json) -> str:
        """The incident's number among those of its year at this desk: `003/2019`."""
        if incident["start_s"] is None:
            return "001"
        year = datetime.fromtimestamp(incident["start_s"], UTC).year
        with self.desk.lock:
            known = [(render.number(other.start_s, 3), other.id) for other in self.desk.river.triage.incidents.values()]
        begun = [(start_s, name) for start_s, name in known if start_s is not None]
        earlier = [start_s for start_s, name in begun if (start_s, name) < (incident["start_s"], incident["id"])]
        return f"{1 + sum(datetime.fromtimestamp(start_s, UTC).year == year for start_s in earlier):03d}/{year}"


def _alert(river: River, alert: Alert) -> Json:
    told = render.alert_json(alert, river.name_of)
    for piece, held in zip(told["evidence"], alert.evidence, strict=True):
        piece |= {"blake2b": dossier.digest(held.sentence), "record": None, "row": _row(river, held)}
    return told


def _row(river: River, piece: Evidence) -> int | None:
    """The source row by which a line stands in the journal."""
    named = [feed for feed, name in enumerate(river.feed_names) if name == piece.feed]
    return named[0] << FEED_SHIFT | piece.source_row if len(named) == 1 else None


def _mentioned(river: River, reports: Iterable[Json], known: Container[int]) -> list[str]:
    """The names of other ships that are heard and stand in what people typed in."""
    said = " ".join(report["words"] for report in reports).casefold()
    if not said:
        return []
    others = (ship for ship in river.fleet.register.identities if len(ship.name) >= SHORTEST_NAME and ship.mmsi not in known)
    return sorted({_name(river, ship.mmsi) for ship in others if ship.name.casefold() in said})


def _name(river: River, ship: int) -> str:
    return render.names_json((ship,), river.name_of)[str(ship)]


def _at(river: River, ship: int) -> tuple[float | None, float | None, float | None]:
    """When and where she was last heard, of her trusted positions."""
    slot = river.fleet.register.slot(ship)
    if slot is None or slot >= len(river.picture):
        return None, None, None
    picture = river.picture
    return (
        render.number(float(picture.heard_s[slot]), 3),
        render.number(float(picture.lat_deg[slot]), 6),
        render.number(float(picture.lon_deg[slot]), 6),
    )
