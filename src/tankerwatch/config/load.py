"""Reads and checks a configuration. A wrong key stops the program before it starts: a desk must not watch with half its settings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from tankerwatch.config.keys import KEYS, NUMBER, SECTIONS, SWITCH, TEXT, TEXTS, DeclaredDetector, Key, detector_keys, loopback
from tankerwatch.config.ships import ShipList, ship_of, ships_from
from tankerwatch.core.errors import ConfigFault, InputFault

FILE_LIMIT_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Station:
    """Where a sensor stands."""

    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """How one detector runs: whether at all, on which ships not, with which thresholds."""

    enabled: bool
    excepted: ShipList
    settings: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Config:
    """A checked configuration. `guard` and `fleet` are the lists joined; `remarks` tells entries of lists that name no ship.

    `allow_remote`: a source may listen where other machines reach it.
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
        desk, sources, guard, fleet = (
            self.section(tree, name, [key for key in KEYS if key.section == name]) for name in ("desk", "sources", "guard", "fleet")
        )
        self.address("desk.listen", desk["listen"])
        self.feeds(sources["list"], allow_remote=sources["allow_remote"])
        return Config(
            listen=desk["listen"],
            sources=sources["list"],
            guard_kinds=guard["kinds"],
            guard=self.ships("guard", guard),
            fleet=self.ships("fleet", fleet),
            stations=self.stations(tree),
            detectors=self.detectors(tree, detectors),
            remarks=tuple(self.remarks),
            allow_remote=sources["allow_remote"],
        )

    def address(self, where: str, text: str) -> None:
        if loopback(text) is None:
            self.fault(where, f"{text!r} is no address of this machine alone", "HOST:PORT, such as 127.0.0.1:8420; there is no log-in yet")

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
            if key.default is None:
                self.fault(where, "is missing", f"{key.name} = {key.example}")
                return 0.0
            return key.default
        wanted = f"{key.name} = {key.example or example_of(key)}"
        right = {
            TEXT: isinstance(given, str),
            SWITCH: isinstance(given, bool),
            NUMBER: isinstance(given, int | float) and not isinstance(given, bool),
            TEXTS: isinstance(given, list) and all(isinstance(part, str) for part in given),
        }
        fallback = key.default if key.default is not None else 0.0
        if not right[key.kind]:
            self.fault(where, f"is {_called(given)}, not {key.kind}", wanted)
            return fallback
        if key.low is not None and key.high is not None and not key.low <= given <= key.high:
            unit = "" if key.unit == "-" else f" {key.unit}"
            self.fault(where, f"{given} is out of range", f"{key.low:g} to {key.high:g}{unit}: {key.meaning}")
            return fallback
        if key.choices:
            for part in given:
                if part not in key.choices:
                    self.fault(where, f"there is no kind {part!r}", _nearest(part, key.choices))
                    return fallback
        return tuple(given) if key.kind == TEXTS else float(given) if key.kind == NUMBER else given

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

    def detectors(self, tree: Mapping[str, Any], declared: Sequence[DeclaredDetector]) -> dict[str, DetectorConfig]:
        groups = self.group(tree, "detect")
        known = [detector.id for detector in declared]
        for name in groups:
            if name not in known:
                self.fault(f"detect.{name}", "there is no such detector", _nearest(name, known))
        made = {}
        for detector in declared:
            values = self.section(groups, f"detect.{detector.id}", detector_keys(detector))
            made[detector.id] = DetectorConfig(
                enabled=values["enabled"],
                excepted=self.named(f"detect.{detector.id}.except", values["except"]),
                settings={name: values[name] for name in detector.settings},
            )
        return made

    def group(self, tree: Mapping[str, Any], name: str) -> dict[str, Any]:
        """The sections below a section."""
        given = tree.get(name, {})
        if isinstance(given, dict):
            return given
        self.fault(name, f"is {_called(given)}, not sections", f"write [{name}.NAME] on a line of its own")
        return {}


def example_of(key: Key) -> str:
    """The default of a key as TOML."""
    if key.kind == TEXTS:
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
