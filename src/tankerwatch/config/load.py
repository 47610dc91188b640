"""Reads and checks a configuration. A wrong key stops the program before it starts: a desk must not watch with half its settings."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tankerwatch.config.access import Access, access_of, listened
from tankerwatch.config.hook import Hook, hook_of
from tankerwatch.config.keeping import Keeping, keeping_of
from tankerwatch.config.keys import (
    CORNERS,
    KEYS,
    KINDS,
    NUMBER,
    ROUTINE,
    SECTIONS,
    SWITCH,
    TEXT,
    TEXTS,
    DeclaredDetector,
    Key,
    detector_keys,
)
from tankerwatch.config.ships import Chosen, ShipList, ship_of, ships_from
from tankerwatch.core.errors import ConfigFault, InputFault

if TYPE_CHECKING:
    from tankerwatch.core.context import Context
    from tankerwatch.core.zones import Zone

FILE_LIMIT_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Station:
    """Where a sensor stands."""

    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """How one detector runs: whether at all, with which thresholds, and of what it speaks.

    excepted, excepted_pairs, excepted_kinds (codes), excepted_areas (names of zones): what it leaves alone · only: whom it is limited to ·
    quiet_hours: spans of the UTC day, each from and to in minutes · budget_an_hour, budget_a_watch: None as for all.
    """

    enabled: bool
    excepted: ShipList
    settings: Mapping[str, float]
    excepted_pairs: tuple[tuple[ShipList, ShipList], ...] = ()
    excepted_kinds: frozenset[int] = frozenset()
    excepted_areas: tuple[str, ...] = ()
    only: Chosen = Chosen()
    quiet_hours: tuple[tuple[int, int], ...] = ()
    budget_an_hour: int | None = None
    budget_a_watch: int | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A checked configuration. `guard` and `fleet` are the lists joined; `remarks` tells entries of lists that name no ship.

    `allow_remote`: a source may listen where other machines reach it. `zone_ships`: the ships whom a zone's rules are for, by its name, as
    they were named. `quiet_in_port`: ids of detectors. `context`: what was learnt before. `keeping`: what becomes
    of the journal. `charts`: a folder. `access`: who reaches the page.
    """

    listen: str
    sources: tuple[str, ...]
    guard_kinds: tuple[str, ...]
    guard: ShipList
    fleet: ShipList
    stations: Mapping[str, Station]
    detectors: Mapping[str, DetectorConfig]
    remarks: tuple[str, ...] = ()
    allow_remote: bool = False
    context: Context | None = None
    zones: tuple[Zone, ...] = ()
    zone_ships: Mapping[str, ShipList] = field(default_factory=dict)
    alerts_an_hour: int = 6
    alerts_a_watch: int = 24
    watch_s: float = 14_400.0
    quiet_in_port: tuple[str, ...] = ROUTINE
    keeping: Keeping = Keeping()
    small_craft_days: float = 30.0
    webhook: Hook | None = None
    charts: str = ""
    access: Access = Access()


def load(path: Path | None, detectors: Iterable[DeclaredDetector]) -> Config:
    """The configuration of a file, or the defaults for None.

    Raises ConfigFault for the first thing that is wrong, and says how many more there are.
    """
    config, faults = check(path, detectors)
    if faults:
        first = faults[0]
        more = f" (and {len(faults) - 1} more: tankerwatch config check {path})" if len(faults) > 1 else ""
        raise ConfigFault(first.what, where=first.where, help=first.help + more)
    return config


def check(path: Path | None, detectors: Iterable[DeclaredDetector]) -> tuple[Config, list[ConfigFault]]:
    """The configuration of a file with every fault in it; where there is one, its key has its default."""
    reader = _Reader(path)
    try:
        tree = {} if path is None else _tree(path)
    except ConfigFault as fault:
        reader.faults.append(fault)
        tree = {}
    return reader.config(tree, tuple(detectors)), reader.faults


def _tree(path: Path) -> dict[str, Any]:
    """The file as TOML."""
    try:
        with path.open("rb") as file:
            held = file.read(FILE_LIMIT_BYTES + 1)
        if len(held) > FILE_LIMIT_BYTES:
            raise ConfigFault("is larger than 1 MiB", where=str(path), help="a configuration is a small TOML file: tankerwatch config show")
        return tomllib.loads(held.decode("utf-8-sig"))
    except OSError as fault:
        raise ConfigFault(f"cannot be read ({fault.strerror})", where=str(path), help="give the path of a TOML file") from None
    except UnicodeDecodeError as fault:
        raise ConfigFault(f"is not UTF-8 at byte {fault.start}", where=str(path), help="save it as UTF-8 text") from None
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise ConfigFault(f"is not TOML: {fault}", where=str(path), help="tankerwatch config show prints one that is") from None


@dataclass(slots=True)
class _Reader:
    """Walks the tree of a file and gathers what is wrong with it."""

    path: Path | None
    faults: list[ConfigFault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def fault(self, where: str, what: str, help: str) -> None:
        file = f"{self.path}: " if self.path is not None else ""
        self.faults.append(ConfigFault(what, where=file + where, help=help))

    def config(self, tree: dict[str, Any], detectors: Sequence[DeclaredDetector]) -> Config:
        for name in tree:
            if name not in SECTIONS:
                self.fault(name, "there is no such section", _nearest(name, SECTIONS))
        desk, oidc, public = (self.section(tree, name, [key for key in KEYS if key.section == name]) for name in ("desk", "oidc", "public"))
        sources, guard, fleet, budget, quiet, context, journal, history, webhook = (
            self.section(tree, name, [key for key in KEYS if key.section == name])
            for name in ("sources", "guard", "fleet", "budget", "quiet", "context", "journal", "history", "webhook")
        )
        self.address("desk.listen", desk["listen"])
        self.feeds(sources["list"], allow_remote=sources["allow_remote"])
        zones, zone_ships = self.zones(tree)
        rules = {*ROUTINE, *(detector.id for detector in detectors)}
        for rule in quiet["in_port"]:
            if rule == "distress" or rule not in rules:
                what = "a distress is never kept quiet" if rule == "distress" else f"there is no detector {rule!r}"
                self.fault("quiet.in_port", what, _nearest(rule, rules - {"distress"}))
        return Config(
            listen=desk["listen"],
            sources=sources["list"],
            guard_kinds=guard["kinds"],
            guard=self.ships("guard", guard),
            fleet=self.ships("fleet", fleet),
            stations=self.stations(tree),
            detectors=self.detectors(tree, detectors, [zone.name for zone in zones]),
            remarks=tuple(self.remarks),
            allow_remote=sources["allow_remote"],
            context=self.context(context["file"]),
            zones=zones,
            zone_ships=zone_ships,
            alerts_an_hour=int(budget["alerts_an_hour"]),
            alerts_a_watch=int(budget["alerts_a_watch"]),
            watch_s=budget["watch_hours"] * 3600,
            quiet_in_port=quiet["in_port"],
            keeping=keeping_of(journal, self.path.parent if self.path is not None else Path(), self.fault),
            small_craft_days=history["small_craft_days"],
            webhook=hook_of(webhook, self.path.parent if self.path is not None else Path(), self.fault),
            charts=self.charts(desk["charts"]),
            access=access_of(desk, oidc, public, self.path.parent if self.path is not None else Path(), self.fault),
        )

    def context(self, name: str) -> Context | None:
        if not name:
            return None
        from tankerwatch.store.contexts import read_context  # heavy, and only here

        try:
            return read_context((self.path.parent if self.path is not None else Path()) / name)
        except InputFault as fault:
            self.fault("context.file", f"{fault.where} {fault.what}", fault.help)
            return None

    def charts(self, name: str) -> str:
        """The folder of charts, "" for none."""
        folder = (self.path.parent if self.path is not None else Path()) / name
        if name and not folder.is_dir():
            self.fault("desk.charts", f"{name!r} is no folder", "make it, and lay *.pmtiles and *.mbtiles files in it")
        return str(folder) if name else ""

    def address(self, where: str, text: str) -> None:
        if listened(text) is None:
            self.fault(where, f"{text!r} is no address", "HOST:PORT, such as 127.0.0.1:8420; 0.0.0.0 for all of this machine")

    def feeds(self, sources: Sequence[str], *, allow_remote: bool) -> None:
        if not sources:
            return
        from tankerwatch.ingest.recorded import recorded
        from tankerwatch.ingest.sources import is_replay, parse_replay, parse_source  # heavy, and only here

        if len({is_replay(source) for source in sources}) > 1:
            self.fault("sources.list", "files and live feeds cannot be watched together", "replay the files alone")
        for number, source in enumerate(sources):
            try:
                if is_replay(source):
                    recorded([parse_replay(source)[0]])
                else:
                    parse_source(source, number, allow_remote=allow_remote)
            except InputFault as fault:
                self.fault("sources.list", f"{source!r} {fault.what}" if source not in fault.what else fault.what, fault.help)

    def section(self, tree: Mapping[str, Any], name: str, keys: Sequence[Key]) -> dict[str, Any]:
        """The values of a section by name, each of its declared type and within its bounds."""
        given = tree.get(name.rpartition(".")[2], {})
        if not isinstance(given, dict):
            self.fault(name, f"is {_called(given)}, not a section", f"write [{name}] on a line of its own")
            given = {}
        known = {key.name: key for key in keys}
        for other in given:
            if other not in known:
                self.fault(f"{name}.{other}", "there is no such key", _nearest(other, known))
        return {key.name: self.value(key, f"{name}.{key.name}", given.get(key.name)) for key in keys}

    def value(self, key: Key, where: str, given: Any) -> Any:
        if given is None:
            if key.default is None and not key.optional:
                self.fault(where, "is missing", f"{key.name} = {key.example}")
                return 0.0
            return key.default
        wanted = f"{key.name} = {key.example or example_of(key)}"
        right = {
            TEXT: isinstance(given, str),
            SWITCH: isinstance(given, bool),
            NUMBER: isinstance(given, int | float) and not isinstance(given, bool),
            TEXTS: isinstance(given, list) and all(isinstance(part, str) for part in given),
            CORNERS: isinstance(given, list),
        }
        fallback = key.default if key.default is not None or key.optional else 0.0
        if not right[key.kind]:
            self.fault(where, f"is {_called(given)}, not {key.kind}", wanted)
            return fallback
        if key.low is not None and key.high is not None and not key.low <= given <= key.high:
            unit = "" if key.unit == "-" else f" {key.unit}"
            self.fault(where, f"{given} is out of range", f"{key.low:g} to {key.high:g}{unit}: {key.meaning}")
            return fallback
        if key.choices:
            for part in [given] if key.kind == TEXT else given:
                if part not in key.choices:
                    what = "kind" if key.choices == KINDS else key.name
                    self.fault(where, f"there is no {what} {part!r}", _nearest(part, key.choices))
                    return fallback
        return tuple(given) if key.kind in (TEXTS, CORNERS) else float(given) if key.kind == NUMBER else given

    def ships(self, section: str, given: Mapping[str, Any]) -> ShipList:
        """The ships named in a section and those of its files."""
        found = self.named(f"{section}.ships", given["ships"])
        for file in given["lists"]:
            try:
                ships, remarks = ships_from((self.path.parent if self.path is not None else Path()) / file)
            except ConfigFault as fault:
                self.fault(f"{section}.lists: {fault.where}", fault.what, fault.help)
                continue
            found |= ships
            self.remarks += remarks
        return found

    def named(self, where: str, entries: Iterable[str]) -> ShipList:
        found = ShipList()
        for entry in entries:
            ship = ship_of(entry)
            if isinstance(ship, str):
                self.fault(where, f"{entry!r} {ship}", 'such as "538001234", "IMO 9000003" or "FRONT ALTAIR"')
            else:
                found |= ship
        return found

    def stations(self, tree: Mapping[str, Any]) -> dict[str, Station]:
        keys = [key for key in KEYS if key.section == "station.NAME"]
        places = self.group(tree, "station")
        return {name: Station(**self.section(places, f"station.{name}", keys)) for name in places}

    def zones(self, tree: Mapping[str, Any]) -> tuple[tuple[Zone, ...], dict[str, ShipList]]:
        """The zones in order, and the ships named for each whose rules are not for all."""
        keys = [key for key in KEYS if key.section == "zone.NAME"]
        places = self.group(tree, "zone")
        zones, named = [], {}
        if places:
            from tankerwatch.config.zones import rings_from, rings_of_polygon  # heavy, and only here
            from tankerwatch.core.zones import Zone
        for name in places:
            where = f"zone.{name}"
            before = len(self.faults)
            values = self.section(places, where, keys)
            if not values["file"] and not values["polygon"] and len(self.faults) == before:
                self.fault(where, "has neither file nor polygon", 'file = "zones.geojson"')
            if values["file"] and values["polygon"]:
                self.fault(where, "has both file and polygon", "leave one of them out")
            low, high = values["min_kn"], values["max_kn"]
            if low is not None and high is not None and low > high:
                self.fault(f"{where}.min_kn", f"{low:g} is above max_kn, {high:g}", "leave one of them out, or exchange them")
            ships = self.named(f"{where}.for_ships", values["for_ships"])
            try:
                if values["file"]:
                    rings = rings_from((self.path.parent if self.path is not None else Path()) / values["file"], values["feature"])
                else:
                    rings = rings_of_polygon(values["polygon"])
            except ConfigFault as fault:
                self.fault(f"{where}.file: {fault.where}", fault.what, fault.help)
            except ValueError as fault:
                if values["polygon"]:
                    self.fault(f"{where}.polygon", str(fault), "polygon = [[25.1, 56.3], [25.3, 56.3], [25.3, 56.6]]")
            else:
                zones.append(
                    Zone(
                        name,
                        *rings,
                        enter="enter" in values["rule"],
                        leave="leave" in values["rule"],
                        min_kn=math.nan if low is None else low,
                        max_kn=math.nan if high is None else high,
                        forbidden=_codes(values["forbidden"]),
                        severity=values["severity"],
                        kinds=_codes(values["for_kinds"]),
                        ships=ships.mmsis,
                        for_all=not (values["for_kinds"] or values["for_ships"]),
                        port=values["port"],
                    )
                )
                if ships:
                    named[name] = ships
        return tuple(zones), named

    def detectors(self, tree: Mapping[str, Any], declared: Sequence[DeclaredDetector], zones: Sequence[str]) -> dict[str, DetectorConfig]:
        groups = self.group(tree, "detect")
        known = [detector.id for detector in declared]
        for name in groups:
            if name not in known:
                self.fault(f"detect.{name}", "there is no such detector", _nearest(name, known))
        made = {}
        for detector in declared:
            values = self.section(groups, f"detect.{detector.id}", detector_keys(detector))
            where = f"detect.{detector.id}"
            for area in values["except_areas"]:
                if area not in zones:
                    self.fault(f"{where}.except_areas", f"there is no zone {area!r}", f"{_nearest(area, zones)}: [zone.{area}]")
            singles = [entry for entry in values["except"] if " + " not in entry]
            pairs = [entry.split(" + ", 1) for entry in values["except"] if " + " in entry]
            made[detector.id] = DetectorConfig(
                enabled=values["enabled"],
                excepted=self.named(f"{where}.except", singles),
                settings={name: values[name] for name in detector.settings},
                excepted_pairs=tuple((self.named(f"{where}.except", [a]), self.named(f"{where}.except", [b])) for a, b in pairs),
                excepted_kinds=frozenset(_codes(values["except_kinds"])),
                excepted_areas=values["except_areas"],
                only=self.chosen(f"{where}.only", values["only"]),
                quiet_hours=self.hours(f"{where}.quiet_hours", values["quiet_hours"], detector.id),
                budget_an_hour=_whole(values["budget_an_hour"]),
                budget_a_watch=_whole(values["budget_a_watch"]),
            )
        return made

    def chosen(self, where: str, entries: Sequence[str]) -> Chosen:
        groups = ("guarded", "fleet", *KINDS)
        ships = self.named(where, [entry for entry in entries if entry not in groups])
        return Chosen(ships, frozenset(_codes(entry for entry in entries if entry in KINDS)), "guarded" in entries, "fleet" in entries)

    def hours(self, where: str, entries: Sequence[str], detector: str) -> tuple[tuple[int, int], ...]:
        """Spans of the day in minutes; one that goes over midnight ends before it begins."""
        made = []
        if entries and detector == "distress":
            self.fault(where, "a distress is never kept quiet", "leave it out")
        for entry in entries:
            span = re.fullmatch(r"\s*([01]?\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)\s*", entry)
            begin, end = (int(span[1]) * 60 + int(span[2]), int(span[3]) * 60 + int(span[4])) if span else (0, 0)
            if begin == end or max(begin, end) > 1440:
                self.fault(where, f"{entry!r} is no span of hours", 'such as "22:00-06:00", in UTC')
            else:
                made.append((begin, end))
        return tuple(made)

    def group(self, tree: Mapping[str, Any], name: str) -> dict[str, Any]:
        """The sections below a section."""
        given = tree.get(name, {})
        if isinstance(given, dict):
            return given
        self.fault(name, f"is {_called(given)}, not sections", f"write [{name}.NAME] on a line of its own")
        return {}


def _codes(kinds: Iterable[str]) -> tuple[int, ...]:
    """The codes of kinds that there are."""
    return tuple(KINDS.index(kind) + 1 for kind in kinds)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def example_of(key: Key) -> str:
    """The default of a key as TOML."""
    if key.kind in (TEXTS, CORNERS):
        return "[" + ", ".join(quoted(part) for part in key.default) + "]"
    if key.kind == SWITCH:
        return "true" if key.default else "false"
    return quoted(key.default) if key.kind == TEXT else repr(float(key.default))


def quoted(text: str) -> str:
    """A text as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if letter.isprintable() else f"\\U{ord(letter):08X}" for letter in escaped) + '"'


def _called(value: Any) -> str:
    """What a value of TOML is called."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, int | float):
        return f"the number {value}" if not isinstance(value, int) or value.bit_length() < 64 else "a huge number"
    if isinstance(value, dict | list):
        return "a section" if isinstance(value, dict) else "a list"
    return "a date or time"


def _nearest(name: str, known: Iterable[str]) -> str:
    """What may have been meant."""
    names = sorted(known)
    near = get_close_matches(name, names, 1, 0.6)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}" if names else "there are none"
