"""The whole program on one page: what is received passes every stage once, in order, and alerts come out.

    lines ─decode→ reports ─ticks→ frames ─track→ legs, picture, pairs ─detect→ findings ─triage→ alerts, incidents

Replay is the same code as live: a desk, an analysis and a restart all call `River.take` with the same batches.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from tankerwatch.config import Config
from tankerwatch.config.keys import KINDS
from tankerwatch.core.context import Context
from tankerwatch.core.hour import Hour
from tankerwatch.core.incidents import ACCESS, Alert, Evidence, Exclusion, Guard, Helper, Incident, Report
from tankerwatch.core.ports import RecordedSource
from tankerwatch.core.schema import F64, U8, U32, Bool
from tankerwatch.core.tables import FEED_SHIFT, ROW_MASK, Batch, Findings, Heard, Legs, Lines, Marks, Pairs, Picture, View
from tankerwatch.core.zones import DrawnZone
from tankerwatch.decode import Decoder
from tankerwatch.detect import catalog
from tankerwatch.detect.areas import Areas
from tankerwatch.detect.kit import Detector, Settings
from tankerwatch.respond.ledger import Ledger
from tankerwatch.share.ships import Ship
from tankerwatch.share.tracks import Track, Tracks
from tankerwatch.store.ring import SentenceRing
from tankerwatch.track.context import Learner
from tankerwatch.track.feeds import delivered
from tankerwatch.track.fleet import Fleet
from tankerwatch.track.pairs import pairs_of
from tankerwatch.track.register import Identity
from tankerwatch.track.ticks import LOOK_S, Frame, Ticks
from tankerwatch.triage import render, words
from tankerwatch.triage.budget import Budget
from tankerwatch.triage.exclusions import Exclusions
from tankerwatch.triage.guards import Guards
from tankerwatch.triage.quiet import Quiet, in_port
from tankerwatch.triage.scope import Card, Gate, Scope
from tankerwatch.triage.triage import Triage

FAMILIES: Final = ("fixes", "statics", "bases", "texts", "calls", "others")
BATCH_S: Final = 600.0
"""Of the bundled scene this much is taken at once when nobody watches: large batches are cheaper, and what is found is the same."""
PLACED_ERROR_S: Final = 300.0
"""In a passage of 18 h with base stations heard now and then, placed times were minutes off (opencpn_guernsey, measured)."""
_NO_HOUR: Final = Hour()
ROWS_UNUSED: Final = ("no_time", "no_mmsi", "no_position", "not_a_ship", "bad_columns", "truncated_file")
CLASS_B: Final = (18, 19, 24)
LAND: Final = Path(__file__).with_name("web") / "dist" / "land.pmtiles"
STATION_TAG: Final = re.compile(rb"\\(?:[^\\*]*,)?s:([^,*\\]{1,40})")


@dataclass(slots=True)
class Changes:
    """What a call of `River.take` changed, each in its newest state."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    exclusions: dict[str, Exclusion] = field(default_factory=dict)
    zones: dict[str, DrawnZone] = field(default_factory=dict)
    guards: dict[int, Guard] = field(default_factory=dict)


@dataclass(slots=True)
class Watch:
    """A detector on duty, with what it remembers."""

    detector: Detector
    settings: Settings
    gate: Gate
    memory: Any


class River:
    """The stages in order, with all that they remember. `take` what comes in, then read `triage`, `picture` and `fleet`."""

    def __init__(
        self,
        config: Config,
        feed_names: Sequence[str] = ("",),
        *,
        place_times: bool = False,
        frame_s: int = LOOK_S,
        context: Context | None = None,
    ) -> None:
        self.config = config
        self.feed_names = tuple(feed_names)
        self._of_guarded_kind = np.zeros(256, np.bool_)
        self._of_guarded_kind[[KINDS.index(kind) + 1 for kind in config.guard_kinds]] = True
        stations = {name: (station.lat_deg, station.lon_deg) for name, station in config.stations.items()}
        self.decoder = Decoder(feed_names=self.feed_names, place_times=place_times, sensor_positions=stations)
        self.fleet = Fleet(self._watchlist, self._newcomers)
        self.ticks = Ticks(frame_s)
        self.ring = SentenceRing()
        self.watches = [
            Watch(d, config.detectors[d.id].settings, self.gate(d), d.memory.empty())
            for d in catalog.detectors()
            if config.detectors[d.id].enabled
        ]
        self.triage = self.triage_of(self.watches)
        self.learner = Learner(context or config.context)
        self.areas = Areas(config.zones, config.zone_ships)
        self.picture = self.before = Picture.empty()
        self.pairs = Pairs.empty()
        self.exclusions, self.guards = Exclusions(), Guards()
        self.ledger = Ledger()
        """what was sent of which alert"""
        self.changed: dict[int, Card] = {}
        """what was known at the look before of the ships of which more became known since"""
        self._cards: dict[int, Card] = {}
        self._scoped = any(self.gate(detector).scope for detector in catalog.detectors())
        self._now_s = math.nan
        self.clock_s = math.nan
        self.time_error_s = 0.0
        self.timeless_rows = 0
        self.timed_rows = 0
        self.on_frame: Callable[[View], None] | None = None

    def take(self, batch: Batch) -> Changes:
        """Pass a batch through all stages; what changed of alerts, incidents and reports."""
        changes = Changes()
        if len(batch.lines):
            self.ring.add(batch.lines)
        for lines, late in _runs(batch.lines, self.clock_s):
            heard = self.decoder.decode(lines)
            self._flow(heard, lines, late, changes)
        if batch.heard is not None:
            self._flow(batch.heard, None, False, changes)
        if batch.decisions:
            for decision in batch.decisions:
                if decision.kind == ACCESS:
                    continue
                if decision.kind == "desk":
                    self._frames(self.ticks.flush(), changes)
                    self.ticks.leap(math.floor(decision.time_s))
                self.clock_s = float(np.fmax(self.clock_s, decision.time_s))
                self._frames(self.ticks.reach(math.floor(self.clock_s)), changes)
                self._frames(self.ticks.flush(), changes)
                self._frame(Frame(self.clock_s, False, {"decisions": (decision,)}), changes)
        if batch.clock_s == batch.clock_s:
            self.clock_s = float(np.fmax(self.clock_s, batch.clock_s))
            self._frames(self.ticks.reach(math.floor(self.clock_s)), changes)
        return changes

    def hasten(self, changes: Changes) -> None:
        """Judge what was heard in this second already: live, a cry for help does not wait for the second's end."""
        self._frames(self.ticks.flush(), changes)

    def finish(self) -> Changes:
        """The stream is over."""
        changes = Changes()
        self._frames(self.ticks.finish(), changes)
        return changes

    def _flow(self, heard: Heard, lines: Lines | None, late: bool, changes: Changes) -> None:
        rows: dict[str, tuple[F64, Any]] = {}
        timeless: dict[str, Any] = {"stations": heard.stations}
        newest = self.clock_s
        for name in FAMILIES:
            table = getattr(heard, name)
            if not len(table):
                continue
            unknown = np.isnan(table.time_s)
            if unknown.any():
                timeless[name] = table.take(unknown)
                self.timeless_rows += int(unknown.sum())
                table = table.take(~unknown)
            self.timed_rows += len(table)
            if len(table):
                times = self._arrival(table.time_s, late)
                newest = float(np.fmax(newest, times[-1]))
                rows[name] = (times, table)
        if len(timeless) > 1:
            self._frame(Frame(math.nan, False, timeless), changes)
        if lines is not None and len(lines):
            unstamped, time_s, source_row = np.isnan(lines.time_s), lines.time_s, lines.source_row
            if unstamped.any():
                time_s, source_row = time_s[~unstamped], source_row[~unstamped]
            if rows and not len(time_s):
                self.time_error_s = PLACED_ERROR_S
            if len(time_s):
                times = self._arrival(time_s, late)
                rows["lines"] = (times, Marks(np.floor(times), (source_row >> np.uint64(FEED_SHIFT)).astype(np.uint16)))
                newest = float(np.fmax(newest, times[-1]))
        if rows:
            rows["stations"] = (np.array([min(times[0] for times, _ in rows.values())]), (heard.stations,))
            self._frames(self.ticks.add(rows), changes)
        self.clock_s = newest

    def _arrival(self, times: F64, late: bool) -> F64:
        """Where rows stand in the stream: at their own time, but never before what came earlier."""
        return np.full(len(times), self.clock_s) if late else np.maximum.accumulate(np.fmax(times, self.clock_s))

    def _frames(self, frames: Iterator[Frame], changes: Changes) -> None:
        for frame in frames:
            self._frame(frame, changes)

    def _frame(self, frame: Frame, changes: Changes) -> None:
        rows = frame.rows
        decisions = rows.get("decisions", ())
        for guard in (*self.guards.take(decisions), *(self.guards.due(frame.now_s) if frame.look else ())):
            self.fleet.register.guard(guard.ship, guard.guarded if guard.over_s is None else None, guard.ring_nm)
            changes.guards[guard.ship] = guard
        for decision in decisions:
            if (zone := self.areas.take(decision, frame.now_s)) is not None:
                changes.zones[zone.id] = zone
            self.ledger.take(decision)
        timed = frame.now_s == frame.now_s
        stations = rows.get("stations", ()) if timed else ()
        families = {name: rows[name] for name in FAMILIES if name in rows}
        heard = Heard(**families, stations=stations[-1] if stations else ())
        legs = self.fleet.advance(heard) if timed else Legs.empty()
        self.before, self._now_s = self.picture, frame.now_s
        minute = frame.look and frame.now_s % 60 == 0
        if frame.look:
            self.picture = self.fleet.picture(frame.now_s)
            self.pairs = pairs_of(self.picture, frame.now_s, at_rest=minute)
            self.areas.place()
            self._cards |= {mmsi: self._card(mmsi) for mmsi in self.changed}
            if minute:
                self.learner.learn(self.picture, frame.now_s)
        feeds = delivered(rows.get("lines"), [getattr(heard, name) for name in FAMILIES], frame.now_s)
        view = View(
            now_s=frame.now_s,
            look=frame.look,
            legs=legs,
            picture=self.picture,
            pairs=self.pairs,
            heard=heard,
            feeds=feeds,
            feed_names=self.feed_names,
            decisions=decisions,
            before=self.before,
            time_error_s=self.time_error_s,
            zones=self.areas.zones,
            minute=minute,
            hour=self.fleet.last_hour() if frame.look else _NO_HOUR,
            context=self.learner.context,
        )
        findings = self.ask(self.watches, view)
        for decision in decisions:
            if (told := self.exclusions.take(decision, {watch.detector.id: watch.gate for watch in self.watches})) is not None:
                changes.exclusions[told[0].id] = told[0]
                findings = Findings.concat([findings, told[1]])
        if (decisions or frame.look) and self.areas.drawn.turned(frame.now_s):
            findings = Findings.concat([findings, *(watch.gate.free(frame.now_s) for watch in self.watches)])
        if len(findings) or decisions or frame.look:
            alerts, incidents, reports = self.triage.take(findings, decisions, self.picture if frame.look else None, frame.now_s)
            self.ledger.note(alerts)
            changes.alerts |= {alert.id: alert for alert in alerts}
            changes.incidents |= {incident.id: incident for incident in incidents}
            changes.reports |= {report.id: report for report in reports}
        if self.on_frame is not None:
            self.on_frame(view)
        if frame.look:
            self.changed.clear()

    def ask(self, watches: Iterable[Watch], view: View) -> Findings:
        """What detectors say of a view, but for what the configuration leaves out."""
        present = _present(view)
        return Findings.concat([found for watch in watches for found in self._ask(watch, view, present)])

    def _ask(self, watch: Watch, view: View, present: set[str]) -> Iterator[Findings]:
        if not present.isdisjoint(watch.detector.reads) and (view.now_s == view.now_s or watch.detector.timeless):
            findings, watch.memory = watch.detector.step(view, watch.memory, watch.settings)
            if len(findings):
                yield watch.gate.take(findings, view.now_s)
        if view.look and self.changed:
            yield watch.gate.again(self.changed, view.now_s)

    def gate(self, detector: Detector) -> Gate:
        """What lets through that of which a detector may speak."""
        rule = self.config.detectors[detector.id]
        return Gate(
            Scope(
                detector.id,
                rule.excepted,
                pairs=rule.excepted_pairs,
                kinds=rule.excepted_kinds,
                areas=tuple(zone for zone in self.config.zones if zone.name in rule.excepted_areas),
                limited=bool(rule.only),
                only=rule.only.ships,
                only_kinds=rule.only.kinds,
                only_guarded=rule.only.guarded,
                only_fleet=rule.only.fleet,
                whole=detector.key not in ("ship", "pair"),
            ),
            self._known,
            lambda *asked: self.areas.quiet(*asked),
        )

    def triage_of(self, watches: Iterable[Watch], *, singly: bool = False) -> Triage:
        """A desk's judgement of what these say, with the budget and the quiet of the configuration; `singly`: each episode by itself."""
        hours = {} if singly else {name: rule.quiet_hours for name, rule in self.config.detectors.items()}
        return Triage(
            rules={watch.detector.id: catalog.told(watch.detector, watch.settings) for watch in watches},
            names=self.name_of,
            evidence=self.evidence,
            budget=Budget(sys.maxsize, sys.maxsize) if singly else budget_of(self.config),
            absorbs={watch.detector.id: watch.detector.absorbs for watch in watches},
            quiet=Quiet(frozenset(self.config.quiet_in_port), self._in_port, hours),
        )

    def _known(self, mmsi: int, fresh: bool) -> Card:
        """What was known of a ship at the newest look, or at the one before: the same in short frames and in long ones."""
        card = self._cards.get(mmsi) if fresh or mmsi not in self.changed else self.changed[mmsi]
        return card or Card(mmsi)

    def _card(self, mmsi: int) -> Card:
        register = self.fleet.register
        slot = register.slot(mmsi)
        if slot is None:
            return Card(mmsi)
        identity, guarded, own = register.identities[slot], bool(register.guarded[slot]), bool(register.own_fleet[slot])
        return Card(mmsi, identity.imo, identity.name, int(register.kind[slot]), guarded, own)

    def _in_port(self, mmsi: int, time_s: float) -> bool:
        """Whether a ship lay in port when something was found: what is found in rows asks the look before."""
        picture = self.picture if time_s >= self._now_s else self.before
        return in_port(picture, mmsi, self.areas.zones, time_s)

    def _identity(self, mmsi: int) -> Identity:
        slot = self.fleet.register.slot(mmsi)
        return Identity(mmsi) if slot is None else self.fleet.register.identities[slot]

    def name_of(self, mmsi: int) -> str:
        """The name that a ship sends, "" when not known."""
        return self._identity(mmsi).name

    def _watchlist(self, identity: Identity, kind: int) -> tuple[bool, bool]:
        mmsi, config = identity.mmsi, self.config
        guarded = self._of_guarded_kind[kind] or config.guard.holds(mmsi=mmsi, imo=identity.imo, name=identity.name)
        own = config.fleet.holds(mmsi=mmsi, imo=identity.imo, name=identity.name)
        if self._scoped:
            self._note((mmsi,))
        self.areas.know(config.zone_ships, mmsi, identity.imo, identity.name)
        return bool(guarded or own), own

    def _newcomers(self, mmsi: U32, kind: U8) -> tuple[Bool, Bool]:
        self._note(mmsi.tolist())
        own = np.isin(mmsi, list(self.config.fleet.mmsis))
        return self._of_guarded_kind[kind] | np.isin(mmsi, list(self.config.guard.mmsis)) | own, own

    def _note(self, ships: Iterable[int]) -> None:
        """More became known of these: exceptions are judged anew at the next look."""
        if self._scoped:
            for mmsi in ships:
                self.changed.setdefault(mmsi, self._cards.get(mmsi, Card(mmsi)))

    def evidence(self, source_rows: Sequence[int]) -> tuple[Evidence, ...]:
        """What was received in these rows; without its sentence where that is no longer kept."""
        found = []
        for row, line in zip(source_rows, self.ring.find(source_rows), strict=True):
            feed = row >> FEED_SHIFT
            name = self.feed_names[feed] if feed < len(self.feed_names) else str(feed)
            if line is None:
                found.append(Evidence(row & ROW_MASK, name))
                continue
            _, time_s, sentence = line
            tag = STATION_TAG.search(sentence)
            station = tag[1].decode("ascii", "replace") if tag else self.fleet.station_of(row) or name
            text = "".join(c if c.isprintable() else "\ufffd" for c in sentence.decode("ascii", "replace"))
            found.append(Evidence(row & ROW_MASK, name, station, None if math.isnan(time_s) else time_s, text))
        return tuple(found)


def budget_of(config: Config) -> Budget:
    """What a configuration lets each rule raise singly."""
    rules = {name: (rule.budget_an_hour, rule.budget_a_watch) for name, rule in config.detectors.items()}
    return Budget(config.alerts_an_hour, a_watch=config.alerts_a_watch, watch_s=config.watch_s, rules=rules)


def _present(view: View) -> set[str]:
    """What of all that a detector may read is there."""
    heard = view.heard
    tables = {
        "legs": view.legs,
        "fixes": heard.fixes,
        "texts": heard.texts,
        "calls": heard.calls,
        "bases": heard.bases,
        "feeds": view.feeds,
        "statics": heard.statics,
    }
    present = {name for name, table in tables.items() if len(table)}
    present |= {"look"} if view.look else set()
    present |= {"minute"} if view.minute else set()
    return present | {"decisions"} if view.decisions else present


def _runs(lines: Lines, clock_s: float) -> Iterator[tuple[Lines, bool]]:
    """Split where a line is of an earlier second than one before it: such late lines belong to the second in which they came."""
    if not len(lines):
        return
    times = np.where(np.isnan(lines.time_s), -np.inf, lines.time_s)
    reached = np.maximum.accumulate(np.fmax(times, clock_s))
    late = np.floor(times) < np.floor(reached)
    late &= np.isfinite(times)
    edges = np.flatnonzero(np.diff(late)) + 1
    for low, high in zip((0, *edges.tolist()), (*edges.tolist(), len(lines)), strict=True):
        yield lines.take(slice(low, high)), bool(late[low])


@dataclass(frozen=True, slots=True)
class Result:
    """What an analysis found: JSON-able alerts in order of `raised_s`, incidents, counters, and remarks for a person to read."""

    alerts: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    counters: dict[str, Any]
    words: list[str]
    ships: dict[int, Ship] = field(default_factory=dict)
    """what the ships in alerts and incidents have said of themselves, by MMSI"""
    tracks: dict[int, Track] = field(default_factory=dict)
    """where they have been, when it was asked for"""
    span_s: tuple[float, float] = (math.nan, math.nan)
    """the first and the last time of the input, NaN where it has none"""

    def to_stix(self, tlp: str = "amber") -> dict[str, Any]:
        """The alerts as a STIX 2.1 bundle; tlp: clear, green or amber. Private craft stay out unless they are part of an incident."""
        from tankerwatch.share.stix import bundle

        return bundle(self.alerts, self.incidents, self.ships, tlp=tlp, remarks=self.words)

    def to_arrow(self) -> Any:
        """The alerts as a pyarrow Table with the metadata of GeoParquet 1.1."""
        from tankerwatch.share.geoparquet import table

        return table(self.alerts)

    def to_html(self, about: Mapping[str, str] | None = None) -> str:
        """The whole analysis as one page that needs nothing else; `about` says what was called and of what it is made."""
        from tankerwatch.share.report import page

        return page(self, land=LAND, about=about or {})

    def to_geojson(self) -> dict[str, Any]:
        """The alerts that have a place, as a GeoJSON FeatureCollection."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [alert["lon_deg"], alert["lat_deg"]]},
                    "properties": {key: value for key, value in alert.items() if key not in ("lon_deg", "lat_deg")},
                }
                for alert in self.alerts
                if alert["lat_deg"] is not None
            ],
        }


def run(source: RecordedSource, config: Config, *, place_times: bool = False, on_frame: Callable[[View], None] | None = None) -> River:
    """Let everything that a recorded source holds flow through; the river at its end."""
    river = River(config, place_times=place_times)  # a recording's feed has no name: however it is packed, what is found is the same
    river.on_frame = on_frame
    for batch in source.batches():
        river.take(batch)
    river.finish()
    return river


def result_of(river: River, tracks: Tracks | None = None) -> Result:
    """The alerts and incidents of a river at its end, with the tracks of their ships where those were noted."""
    alerts = sorted(river.triage.alerts.values(), key=lambda a: (math.inf if a.raised_s is None else a.raised_s, a.id))
    incidents = sorted(river.triage.incidents.values(), key=lambda i: (math.inf if i.start_s is None else i.start_s, i.id))
    first = river.triage.first_helpers
    concerned = sorted({ship for held in (*(a.ships for a in alerts), *(i.ships for i in incidents)) for ship in held})
    slots = [slot for mmsi in concerned if (slot := river.fleet.register.slot(mmsi)) is not None]
    return Result(
        alerts=[render.alert_json(a, river.name_of) for a in alerts],
        incidents=[render.incident_json(replace(i, helpers=_helpers_at_first(i, first)), river.name_of) for i in incidents],
        counters={**river.decoder.counters.to_json(), "ships": len(river.fleet)},
        words=_remarks(river),
        ships={mmsi: ship_of(river, mmsi) for mmsi in concerned},
        tracks={int(river.fleet.register.mmsi[slot]): track for slot, track in (tracks.of(slots) if tracks else {}).items()},
        span_s=(tracks.first_s if tracks else math.nan, river.clock_s),
    )


def ship_of(river: River, mmsi: int) -> Ship:
    """What a ship has said of herself, cleaned as names are."""
    slot = river.fleet.register.slot(mmsi)
    if slot is None:
        return Ship(mmsi)
    identity, fleet = river.fleet.register.identities[slot], river.fleet
    seen = slot < len(river.picture)
    return Ship(
        mmsi,
        name=words.clean(identity.name, words.NAME_LIMIT),
        callsign=words.clean(identity.callsign, words.NAME_LIMIT),
        imo=identity.imo,
        kind=int(fleet.register.kind[slot]),
        length_m=identity.length_m,
        beam_m=identity.beam_m,
        class_b=seen and int(river.picture.msg_type[slot]) in CLASS_B,
    )


def _helpers_at_first(incident: Incident, first: Mapping[str, tuple[Helper, ...]]) -> tuple[Helper, ...]:
    """Who could help when it began, but for those who became casualties themselves."""
    return tuple(h for h in first.get(incident.id, incident.helpers) if h.mmsi not in incident.ships)


def _remarks(river: River) -> list[str]:
    said = list(river.config.remarks)
    counters = river.decoder.counters
    if counters.lines > counters.blank and not counters.sentences:
        return [*said, "Not one NMEA sentence was found: is this a log, or a table that should end in .csv or .parquet?"]
    if river.time_error_s:
        said.append("The input has no times; base stations placed it in time, to some minutes: false positions were not looked for.")
    if in_port := {rule: number for rule, number in sorted(river.triage.in_port.items()) if number}:
        counted = ", ".join(f"{rule} {number}" for rule, number in in_port.items())
        said.append(f"Kept quiet because their ships lay in port: {counted} ([quiet] in_port).")
    if river.timeless_rows and not river.timed_rows:
        said.append("The input has no times, and no base station tells them: only what needs no time was looked for (distress).")
    elif river.timeless_rows:
        said.append(f"{river.timeless_rows} reports came before the first known time: in them only what needs no time was looked for.")
    return said


def analyse(
    paths: Sequence[Path | str],
    *,
    config: Config,
    columns: dict[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    tracks: bool = False,
) -> Result:
    """Run decode, track, detect and triage over recorded input exactly as a desk would have.

    tracks: note where the ships have been, for a report. Raises InputFault when a path cannot be read.
    """
    from tankerwatch.ingest.recorded import recorded

    noted = Tracks() if tracks else None
    source = recorded(paths, columns=columns, progress=progress)
    result = result_of(run(source, config, place_times=True, on_frame=noted.take if noted else None), noted)
    return replace(result, counters={**result.counters, **_of_tables(source.counters)})


def _of_tables(counters: Mapping[str, int]) -> dict[str, Any]:
    """How many rows of tables were read, and by reason those that say nothing of a ship."""
    unused = {reason: counters[reason] for reason in ROWS_UNUSED if counters.get(reason)}
    return {"rows": counters["rows"], "rows_unused": unused} if counters.get("rows") else {}


def learn(
    paths: Sequence[Path | str],
    *,
    config: Config,
    columns: dict[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Context, dict[str, Any]]:
    """What is usual where, from recorded input, added to the configuration's context; and counters. Raises InputFault as `analyse` does."""
    from tankerwatch.ingest.recorded import recorded

    asleep = {name: replace(rule, enabled=False) for name, rule in config.detectors.items()}
    river = run(recorded(paths, columns=columns, progress=progress), replace(config, detectors=asleep), place_times=True)
    context = river.learner.context
    cells = context.cells
    told = {"ships": len(river.fleet), "cells": len(cells), "stays": int(cells.stays.sum()), "hours": int(cells.moving.sum()) // 60}
    return context, {**river.decoder.counters.to_json(), **told}


def demo_headless(*, config: Config) -> dict[str, Any]:
    """The bundled scene from beginning to end, as fast as it goes: `{"alerts": […], "incidents": […]}`."""
    from tankerwatch.scenes.scene import Scene

    scene = Scene.load()
    river = River(config)
    for batch in scene.batches(batch_s=BATCH_S):
        river.take(batch)
    river.finish()
    result = result_of(river)
    return {"alerts": result.alerts, "incidents": result.incidents}
