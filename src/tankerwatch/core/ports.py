"""The seams: what the stages promise each other, so that `pipeline.py` alone knows who stands behind each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tankerwatch.core.tables import Batch


class RecordedSource(Protocol):
    """Something recorded, read from beginning to end in bounded memory and in order of receive time."""

    @property
    def name(self) -> str:
        """What people call it: its path, or the scene's name."""
        ...

    def batches(self) -> Iterator[Batch]:
        """What it holds; lines of one batch need not end on a tick."""
        ...


@dataclass(slots=True)
class FeedState:
    """What is known of one live feed, kept up by its source and by decode; read by everyone. Times are the desk's clock."""

    index: int
    name: str
    state: str = "connecting"
    """connecting · open · closed · ended · failed: the state of the transport"""
    words: str = ""
    since_s: float = 0.0
    last_s: float = float("nan")
    lines: int = 0
    bytes: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    """lines that never became lines, by reason: too_long, overflow"""
    connections: int = 0


class LiveSource(Protocol):
    """A feed that never ends by itself. Reconnects; never raises for what the other side does."""

    feed: FeedState

    async def run(self, receive: Callable[[bytes, float], None]) -> None:
        """Deliver received bytes with the desk's clock until cancelled. `receive` splits lines and is bounded."""
        ...


class Journal(Protocol):
    """The append-only truth. Records are numbered from 1, one a line or decision or clock tick that came in."""

    @property
    def durable(self) -> int:
        """The number up to which everything is on stable storage."""
        ...

    @property
    def records(self) -> int:
        """The number of the newest record appended."""
        ...

    @property
    def failure(self) -> str:
        """Why nothing more can be written, "" while all is well."""
        ...

    @property
    def damage(self) -> str:
        """What was taken away from what had been written, "" while all is there."""
        ...

    @property
    def size_bytes(self) -> int:
        """What it takes on disk."""
        ...

    def is_durable(self, number: int) -> bool:
        """Whether this very record is on stable storage: a later one may be, where the disk failed in between."""
        ...

    def copies(self) -> list[dict[str, Any]]:
        """How each of the other copies is: name, state, words, record, behind."""
        ...

    def append(self, batch: Batch) -> int:
        """Append what came in; the number of its last record. Not durable before `commit`."""
        ...

    def commit(self) -> int:
        """Make all appended records durable; the number of the last one."""
        ...

    def replay(self, after_frame: int = 0) -> Iterator[Batch]:
        """Everything durable from the beginning, or after a frame, as it was appended."""
        ...

    def close(self) -> None:
        """Commit and let go."""
        ...


BLOCK_S: Final = 600
"""How long a block of the past is; each begins at a multiple of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Where ships were in a part of a replay that is over, by time: columns of (n,) each, and when it begins."""

    from_s: int
    ship: Any
    time_s: Any
    lat_deg: Any
    lon_deg: Any
    sog_kn: Any
    cog_deg: Any
    displaced: Any


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page in one file that opens offline, and the Content-Security-Policy that lets its own style and script be and nothing else."""

    html: str
    policy: str


@dataclass(frozen=True, slots=True)
class Papers:
    """What the desk puts on paper; thread-safe as all of `Desk`."""

    incident: Callable[[str], dict[str, Any] | None]
    """all that is known of an incident"""
    incident_sheet: Callable[[str], Sheet | None]
    incident_picture: Callable[[str, str, str, int], Sheet | None]
    """(id, chart or timeline, palette: day, dusk or night, how many pixels wide) → SVG"""
    warning: Callable[[str, bool], dict[str, Any] | None]
    """(id, whether ships are named) → the draft of a warning to other ships; nothing is sent"""
    handover: Callable[[float | None], dict[str, Any]]
    """what the next watch must know, and what changed since a time; None: since eight hours ago"""
    handover_sheet: Callable[[float | None], Sheet]


OVER_TOLD: Final = 500
"""So many of each kind that are over are told unless more are asked for."""

Before = tuple[float, str]
"""When something was over, and its id: what was over before it is asked for. Of the same time the ids after it are older."""


class Listing(Protocol):
    """How a desk is asked for all of a kind."""

    def __call__(self, most_over: int = OVER_TOLD, before: Before | None = None, ship: int | None = None) -> list[dict[str, Any]]:
        """All that stand, or belong to an open incident, and the newest that are over; with `before` only of these, from there on back.

        ship: only those about her.
        """
        ...


class PastBeside(Protocol):
    """Pages of the past beside a live desk, each of a process of its own that is asked over a Unix socket."""

    async def begin(self, from_s: float) -> str:
        """Begin one at a time: its key, once it can be asked. Raises InputFault."""
        ...

    def socket(self, key: str) -> str | None:
        """Where it listens; None when it is over."""
        ...

    def looking(self, key: str) -> AbstractContextManager[None]:
        """As long as a page looks at it."""
        ...

    async def close(self) -> None:
        """End them all."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What the web stage may call: the pipeline gives it these; each callable is thread-safe and returns JSON-able values."""

    health: Callable[[], dict[str, Any]]
    alerts: Listing
    alert: Callable[[str], dict[str, Any] | None]
    incidents: Listing
    reports: Listing
    """what people typed in: over, as it were, when it was entered"""
    exclusions: Listing
    """those that were taken back too"""
    zones: Listing
    """those of the configuration and those drawn, also what was removed"""
    one: Callable[[str, str], dict[str, Any] | None]
    """(incidents, reports, exclusions, guards or zones; id) → one of these, however long it is over"""
    chart: Callable[[], dict[str, Any]]
    """what the map shows beside ships, new each second"""
    coverage: Callable[[tuple[float, float, float, float]], dict[str, Any]]
    """how well ships are heard in a box: south, west, north, east"""
    outlines: Callable[[tuple[float, float, float, float]], list[list[Any]]]
    """the hulls in a box"""
    charts: Callable[[], str]
    """the folder of the user's own charts, "" for none"""
    guards: Listing
    """the newest word on each ship, those that are over too"""
    ship: Callable[[int], dict[str, Any] | None]
    page: Callable[[int], dict[str, Any] | None]
    """all that the page of one ship shows beside what `ship` and `track` tell"""
    said_before: Callable[[int], dict[str, Any] | None]
    """what the history knows of who she has said she is, read from files: slow; raises InputFault where it cannot be read"""
    track: Callable[[int], dict[str, Any] | None]
    track_file: Callable[[int, str, float], bytes | None]
    """(ship, `.csv`, `.geojson` or `.kml`, hours back) → a file of where she was; raises InputFault for more than is given out at once"""
    search: Callable[[str], list[dict[str, Any]]]
    hello: Callable[[], dict[str, Any]]
    decide: Callable[[str, str, dict[str, Any]], Any]
    """(kind, subject, content) → awaitable of the id, done once the decision is durable and applied"""
    replay: Callable[[dict[str, Any]], bool]
    """what the page asks of a replay; False when there is none"""
    timeline: Callable[[int | None], dict[str, Any] | None]
    """(in how many bins the alerts are counted, None to list them) → the period of a replay with its gaps and the alerts known so far; None
    when there is none
    """
    replayed: Callable[[], str | None]
    """what is replayed, as the addresses of its blocks name it; None where there is no replay"""
    papers: Papers
    snapshot: Callable[[], Any]
    """the Picture now (a `tables.Picture`), the names by slot and the clock: `PictureNow`"""
    moment: Callable[[float, bool], dict[str, Any] | None] = lambda time_s, after: None
    """(a time of a replay, whether after it or before it) → the next alert that is known of; None where there is none"""
    block: Callable[[int], Block | None] = lambda from_s: None
    """a part of a replay that is over, by the time at which it begins; None where there is none, or it may still change"""
    quiet_rules: Callable[[], list[dict[str, str]]] = list
    """the rules that a drawn zone may keep quiet: `rule` and `words`"""
    held_back: Callable[[], dict[str, int]] = dict
    """by the id of each quiet zone how many alerts it holds back now"""
    past: PastBeside | None = None
    """the past beside a live desk; None for one that shows another time itself, or has no journal"""
    read_zones: Callable[[dict[str, Any]], dict[str, Any]] = lambda tree: {"zones": [], "left_out": 0, "remarks": []}
    """what zones a GeoJSON file holds; nothing is kept. Raises InputFault for what is none"""


@dataclass(frozen=True, slots=True, eq=False)
class PictureNow:
    """The newest picture for the page: columns by slot as in docs/reference/wire.md, kept by the pipeline, read by the web stage.

    `version` grows with each change; `flags` is the wire's flag byte. Arrays are never written after they are handed out.
    """

    epoch: int
    version: int
    clock_s: float
    lon_deg: Any
    lat_deg: Any
    heard_s: Any
    cog_deg: Any
    sog_kn: Any
    heading_deg: Any
    length_m: Any
    kind: Any
    flags: Any
    names: list[tuple[int, str, int, str]]
    """by slot: id, name, MMSI (0 for radar), flag code"""
    gone: Any
    """(n,) bool: no longer shown"""
