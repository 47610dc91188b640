"""The words that flow between the stages, as tables.

    ingest ─Lines→ decode ─Heard(Fixes, Statics, Bases, Texts, Calls, Others)→ track ─View(Legs, Picture, Pairs)→ detect ─Findings→ triage

Numbers are in the units of their names. Radar targets are ships without a name: their fixes have `msg_type` 0 and an `mmsi` above
4,000,000,000 (`mmsi.radar_id`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np

from tankerwatch.core.context import Context
from tankerwatch.core.hour import Hour
from tankerwatch.core.schema import (
    F32,
    F64,
    I8,
    I64,
    NAN,
    U8,
    U16,
    U32,
    U64,
    Bool,
    Object,
    Table,
    col,
    table,
)
from tankerwatch.core.zones import Zone

# Quality bits of a decoded row (`quality`).
BAD_LENGTH = 1 << 0  # more or fewer bits than the standard gives this type
RESERVED_VALUE = 1 << 1  # a field holds a value that the standard reserves
LATE_FRAGMENT = 1 << 2  # its sentences did not come in order
REPEATED = 1 << 3  # the repeat indicator is above zero
OUT_OF_RANGE = 1 << 4  # a position or a speed that cannot be
NO_CHECKSUM = 1 << 5  # the sentence carried none
OWN_SHIP = 1 << 6  # VDO: sent by the station itself
MMSI_ODD = 1 << 7  # not a nine-digit identity of the standard

FEED_SHIFT = 48
"""A `source_row` holds the feed in its upper 16 bits and the line number, from 1, in the lower 48."""
ROW_MASK = (1 << FEED_SHIFT) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Received lines: one buffer and where each line lies in it. Line ends are not part of a line.

    buffer: (bytes,) u8, padded with at least 128 zero bytes after the last line · start, end: (n,) offsets · time_s: (n,) receive time,
    NaN when none is known · source_row: (n,) feed and line number (`FEED_SHIFT`).
    """

    buffer: U8
    start: I64
    end: I64
    time_s: F64
    source_row: U64

    PAD = 128

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.start)

    def line(self, i: int) -> bytes:
        """The bytes of one line."""
        return self.buffer[self.start[i] : self.end[i]].tobytes()

    @classmethod
    def empty(cls) -> Lines:
        """No lines."""
        return cls.of([], [], [])

    @classmethod
    def of(cls, lines: list[bytes], time_s: list[float], source_row: list[int]) -> Lines:
        """Lines from single byte strings; slow, for small batches and tests."""
        lengths = np.array([len(line) for line in lines], np.int64)
        end = np.cumsum(lengths + 1) - 1 if len(lines) else np.empty(0, np.int64)
        buffer = np.frombuffer(b"\n".join(lines) + b"\n" + bytes(cls.PAD), np.uint8)
        return cls(buffer, end - lengths, end, np.array(time_s, np.float64), np.array(source_row, np.uint64))

    @classmethod
    def concat(cls, parts: list[Lines]) -> Lines:
        """All lines of several, in order."""
        if len(parts) == 1:
            return parts[0]
        shift = np.cumsum([0, *(len(p.buffer) for p in parts)])
        return cls(
            np.concatenate([p.buffer for p in parts] or [np.zeros(cls.PAD, np.uint8)]),
            np.concatenate([p.start + by for p, by in zip(parts, shift[:-1], strict=True)] or [np.empty(0, np.int64)]),
            np.concatenate([p.end + by for p, by in zip(parts, shift[:-1], strict=True)] or [np.empty(0, np.int64)]),
            np.concatenate([p.time_s for p in parts] or [np.empty(0, np.float64)]),
            np.concatenate([p.source_row for p in parts] or [np.empty(0, np.uint64)]),
        )

    def take(self, which: Any) -> Lines:
        """Some of the lines, over the same buffer."""
        return Lines(self.buffer, self.start[which], self.end[which], self.time_s[which], self.source_row[which])


@table
class Fixes(Table):
    """One row per position report (types 1 2 3 9 18 19 27, and radar as type 0), in order of receipt."""

    # fmt: off
    # a table: its columns are read downwards
    time_s:      Annotated[F64, col("s", "when received, since 1970-01-01 UTC", missing=NAN)]
    mmsi:        Annotated[U32, col("-", "identity of the sender")]
    msg_type:    Annotated[U8, col("-", "message type; 0 is a radar target")]
    lon_deg:     Annotated[F64, col("deg", "longitude, east positive", missing=NAN, wire="1/600000 deg, type 27 1/600; 181 missing")]
    lat_deg:     Annotated[F64, col("deg", "latitude, north positive", missing=NAN, wire="1/600000 deg, type 27 1/600; 91 missing")]
    sog_kn:      Annotated[F32, col("kn", "speed over ground", missing=NAN, wire="0.1 kn, types 9 27 1 kn")]
    cog_deg:     Annotated[F32, col("deg", "course over ground", missing=NAN, wire="0.1 deg, 3600 missing; type 27 1 deg, 511 missing")]
    heading_deg: Annotated[F32, col("deg", "true heading", missing=NAN, wire="1 deg, 511 missing")]
    turn_raw:    Annotated[I8, col("-", "rate of turn as sent: 4.733 sqrt(deg/min), its sign kept", missing=-128)]
    nav_status:  Annotated[U8, col("-", "navigational status 0 to 15; 255 for types that carry none", missing=255)]
    utc_second:  Annotated[U8, col("-", "UTC second of the fix; 61 to 63 say how the position is kept", missing=60)]
    accurate:    Annotated[Bool, col("-", "position accuracy better than 10 m")]
    raim:        Annotated[Bool, col("-", "receiver autonomous integrity monitoring in use")]
    repeat:      Annotated[U8, col("-", "repeat indicator")]
    channel:     Annotated[U8, col("-", "radio channel as the letter's code, 65 A, 66 B", missing=0)]
    station:     Annotated[U16, col("-", "who received it: index into Heard.stations")]
    source_row:  Annotated[U64, col("-", "feed and line number of the (first) sentence")]
    quality:     Annotated[U16, col("-", "quality bits, see tables.py")]
    # fmt: on


@table
class Statics(Table):
    """One row per static report (types 5, 19, 24A, 24B). Text as sent, up to the first `@`, no trailing blanks; empty is missing."""

    # fmt: off
    # a table: its columns are read downwards
    time_s:           Annotated[F64, col("s", "when received", missing=NAN)]
    mmsi:             Annotated[U32, col("-", "identity of the sender")]
    msg_type:         Annotated[U8, col("-", "message type")]
    part:             Annotated[Object, col("-", "A or B for type 24", missing="")]
    imo:              Annotated[U32, col("-", "IMO number as sent", missing=0)]
    callsign:         Annotated[Object, col("-", "call sign", missing="")]
    name:             Annotated[Object, col("-", "name", missing="")]
    ship_type:        Annotated[U8, col("-", "type of ship and cargo as sent", missing=0)]
    to_bow_m:         Annotated[U16, col("m", "antenna to bow", missing=0)]
    to_stern_m:       Annotated[U16, col("m", "antenna to stern", missing=0)]
    to_port_m:        Annotated[U16, col("m", "antenna to port side", missing=0)]
    to_starboard_m:   Annotated[U16, col("m", "antenna to starboard side", missing=0)]
    draught_m:        Annotated[F32, col("m", "draught", missing=NAN)]
    destination:      Annotated[Object, col("-", "destination", missing="")]
    eta:              Annotated[Object, col("-", "estimated time of arrival MM-DD HH:MM, as sent", missing="")]
    mothership_mmsi:  Annotated[U32, col("-", "mothership of an auxiliary craft (98MIDXXXX)", missing=0)]
    source_row:       Annotated[U64, col("-", "feed and line number of the (first) sentence")]
    quality:          Annotated[U16, col("-", "quality bits")]
    # fmt: on


@table
class Bases(Table):
    """One row per report of a base station (4) or of a ship's UTC (11), and per aid to navigation (21)."""

    # fmt: off
    # a table: its columns are read downwards
    time_s:     Annotated[F64, col("s", "when received", missing=NAN)]
    mmsi:       Annotated[U32, col("-", "identity of the sender")]
    msg_type:   Annotated[U8, col("-", "message type")]
    utc_s:      Annotated[F64, col("s", "the UTC that the station sent, since 1970-01-01", missing=NAN)]
    lon_deg:    Annotated[F64, col("deg", "longitude", missing=NAN)]
    lat_deg:    Annotated[F64, col("deg", "latitude", missing=NAN)]
    aid_type:   Annotated[U8, col("-", "type of aid to navigation (21)", missing=0)]
    name:       Annotated[Object, col("-", "name of the aid with its extension (21)", missing="")]
    virtual:    Annotated[Bool, col("-", "a virtual aid (21)")]
    off_position: Annotated[Bool, col("-", "the aid says that it is off its position (21)")]
    station:    Annotated[U16, col("-", "who received it: index into Heard.stations")]
    source_row: Annotated[U64, col("-", "feed and line number of the (first) sentence")]
    quality:    Annotated[U16, col("-", "quality bits")]
    # fmt: on


@table
class Texts(Table):
    """One row per safety-related text (12 addressed, 14 broadcast)."""

    # fmt: off
    # a table: its columns are read downwards
    time_s:     Annotated[F64, col("s", "when received", missing=NAN)]
    mmsi:       Annotated[U32, col("-", "identity of the sender")]
    msg_type:   Annotated[U8, col("-", "message type")]
    to_mmsi:    Annotated[U32, col("-", "addressee (12)", missing=0)]
    text:       Annotated[Object, col("-", "the words, up to the first @")]
    source_row: Annotated[U64, col("-", "feed and line number of the (first) sentence")]
    quality:    Annotated[U16, col("-", "quality bits")]
    # fmt: on


@table
class Calls(Table):
    """One row per digital selective call (DSC, with its expansion DSE) that concerns safety (ITU-R M.493, IEC 61162-1)."""

    # fmt: off
    # a table: its columns are read downwards
    time_s:     Annotated[F64, col("s", "when received", missing=NAN)]
    mmsi:       Annotated[U32, col("-", "the ship in distress where known, else the caller")]
    caller:     Annotated[U32, col("-", "who sent the call")]
    category:   Annotated[Object, col("-", "distress, urgency, safety or routine")]
    kind:       Annotated[Object, col("-", "call, relay, acknowledgement, cancel or test")]
    nature:     Annotated[Object, col("-", "nature of distress in words", missing="")]
    lon_deg:    Annotated[F64, col("deg", "longitude", missing=NAN)]
    lat_deg:    Annotated[F64, col("deg", "latitude", missing=NAN)]
    source_row: Annotated[U64, col("-", "feed and line number")]
    quality:    Annotated[U16, col("-", "quality bits")]
    # fmt: on


@table
class Others(Table):
    """One row per message of any other type: its payload is kept, and expanded on demand (`decode/expand.py`)."""

    # fmt: off
    # a table: its columns are read downwards
    time_s:     Annotated[F64, col("s", "when received", missing=NAN)]
    mmsi:       Annotated[U32, col("-", "identity of the sender")]
    msg_type:   Annotated[U8, col("-", "message type")]
    payload:    Annotated[Object, col("-", "armoured payload, sentences joined")]
    fill_bits:  Annotated[U8, col("-", "bits of the last character that do not count")]
    source_row: Annotated[U64, col("-", "feed and line number of the (first) sentence")]
    quality:    Annotated[U16, col("-", "quality bits")]
    # fmt: on


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What decode makes of a batch: a table for each family of reports, and the stations' names so far (`Fixes.station` is an index).

    fix_bits: by name of a column of the fixes, where it is known, what is there as bits, as Arrow has them, and how many are missing.
    """

    fixes: Fixes = field(default_factory=Fixes.empty)
    statics: Statics = field(default_factory=Statics.empty)
    bases: Bases = field(default_factory=Bases.empty)
    texts: Texts = field(default_factory=Texts.empty)
    calls: Calls = field(default_factory=Calls.empty)
    others: Others = field(default_factory=Others.empty)
    stations: tuple[str, ...] = ()
    fix_bits: dict[str, tuple[Any, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person did or said: an input like any line, journalled before it takes effect.

    kind: report · acknowledge · confirm · dismiss · assign · snooze · note · close · reopen · exclude · include · guard; and what the
    desk says of itself: feed (a transport's state) · desk (it was started again) · advice · webhook (from which severity on it tells) ·
    sending and sent (what it told of an alert). `subject` is the id of the alert (of note also an incident), the ship, of exclude the
    rule, of include the exclusion; "" for a report. `content` holds JSON values only (for a report: kind, words, ship, lat_deg, lon_deg,
    verified, source, time_s of what happened).
    """

    time_s: float
    kind: str
    id: str
    subject: str = ""
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a source delivers at once, in order of receipt: lines, then reports that came decoded, then decisions.

    `clock_s` says that everything received before that time has been delivered (the desk's clock, live); NaN when only the lines tell.
    """

    lines: Lines = field(default_factory=Lines.empty)
    heard: Heard | None = None
    decisions: tuple[Decision, ...] = ()
    clock_s: float = NAN


@table
class Legs(Table):
    """One row per new fix of a ship with the belief it belongs to: from that belief's fix before (`from_`) to this one."""

    # fmt: off
    # a table: its columns are read downwards
    received_s:   Annotated[F64, col("s", "when received")]
    event_s:      Annotated[F64, col("s", "when the fix happened")]
    mmsi:         Annotated[U32, col("-", "identity")]
    slot:         Annotated[U32, col("-", "row of the ship in Picture")]
    msg_type:     Annotated[U8, col("-", "message type; 0 is a radar target")]
    belief:       Annotated[U8, col("-", "which belief of this identity; 0 is the trusted one")]
    from_s:       Annotated[F64, col("s", "when the fix before happened", missing=NAN)]
    from_lon_deg: Annotated[F64, col("deg", "longitude of the fix before", missing=NAN)]
    from_lat_deg: Annotated[F64, col("deg", "latitude of the fix before", missing=NAN)]
    lon_deg:      Annotated[F64, col("deg", "longitude")]
    lat_deg:      Annotated[F64, col("deg", "latitude")]
    sog_kn:       Annotated[F32, col("kn", "speed over ground as sent", missing=NAN)]
    cog_deg:      Annotated[F32, col("deg", "course over ground as sent", missing=NAN)]
    heading_deg:  Annotated[F32, col("deg", "true heading", missing=NAN)]
    nav_status:   Annotated[U8, col("-", "navigational status", missing=255)]
    from_status:  Annotated[U8, col("-", "navigational status before", missing=255)]
    status_s:     Annotated[F64, col("s", "since when this status has been sent", missing=NAN)]
    apart_nm:     Annotated[F32, col("nm", "distance from where the trusted belief expected her", missing=NAN)]
    in_belief:    Annotated[U16, col("-", "consecutive fixes of this belief so far, this one counted")]
    late:         Annotated[Bool, col("-", "older than the ship's newest fix, or an old report that came again")]
    in_trusted:   Annotated[U16, col("-", "of a displaced one: fixes that the trusted belief has got since this belief began", missing=0)]
    born_s:       Annotated[F64, col("s", "when the first fix of this belief happened", missing=NAN)]
    ahead:        Annotated[Bool, col("-", "of a displaced one: it lies ahead on her own course, where she would be within ten minutes")]
    source_row:   Annotated[U64, col("-", "feed and line number")]
    # fmt: on


@table
class Picture(Table):
    """One row per ship, the newest trusted state; the row number is the ship's slot."""

    # fmt: off
    # a table: its columns are read downwards
    mmsi:         Annotated[U32, col("-", "identity")]
    kind:         Annotated[U8, col("-", "kind of ship, see mmsi.py")]
    msg_type:     Annotated[U8, col("-", "message type of the newest fix")]
    event_s:      Annotated[F64, col("s", "when the newest trusted fix happened", missing=NAN)]
    heard_s:      Annotated[F64, col("s", "when anything of her was received last", missing=NAN)]
    first_s:      Annotated[F64, col("s", "when she was heard first", missing=NAN)]
    lon_deg:      Annotated[F64, col("deg", "longitude", missing=NAN)]
    lat_deg:      Annotated[F64, col("deg", "latitude", missing=NAN)]
    sog_kn:       Annotated[F32, col("kn", "speed over ground, sent or else from her fixes", missing=NAN)]
    cog_deg:      Annotated[F32, col("deg", "course over ground, sent or else from her fixes", missing=NAN)]
    heading_deg:  Annotated[F32, col("deg", "true heading", missing=NAN)]
    nav_status:   Annotated[U8, col("-", "navigational status", missing=255)]
    status_s:     Annotated[F64, col("s", "since when this status has been sent", missing=NAN)]
    length_m:     Annotated[U16, col("m", "length from the static data", missing=0)]
    beam_m:       Annotated[U16, col("m", "beam from the static data", missing=0)]
    to_bow_m:     Annotated[U16, col("m", "from her antenna to the bow, from the static data", missing=0)]
    to_stern_m:   Annotated[U16, col("m", "from her antenna to the stern", missing=0)]
    to_port_m:    Annotated[U16, col("m", "from her antenna to the port side", missing=0)]
    to_starboard_m: Annotated[U16, col("m", "from her antenna to the starboard side", missing=0)]
    made_kn:      Annotated[F32, col("kn", "speed made good, smoothed from her fixes alone", missing=NAN)]
    made_deg:     Annotated[F32, col("deg", "course made good, smoothed from her fixes alone", missing=NAN)]
    turn_deg_min: Annotated[F32, col("-", "how fast her course turns, deg/min, to starboard positive, over 30 s", missing=NAN)]
    gain_kn_min:  Annotated[F32, col("-", "how fast she gains speed, kn/min, over 30 s", missing=NAN)]
    stay_s:       Annotated[F64, col("s", "since when she has stayed within 0.2 nm of the place where she was then", missing=NAN)]
    stay_lat_deg: Annotated[F64, col("deg", "latitude of that place", missing=NAN)]
    stay_lon_deg: Annotated[F64, col("deg", "longitude of that place", missing=NAN)]
    fixes:        Annotated[U32, col("-", "trusted fixes so far")]
    displaced:    Annotated[U32, col("-", "fixes so far that her trusted belief could not have sailed to")]
    trusted:      Annotated[Bool, col("-", "her position is trusted: nothing contradicts it, her fixes move, her receiver is sound")]
    usual_sog_kn: Annotated[F32, col("kn", "median of her own speed over the last hour", missing=NAN)]
    usual_minutes: Annotated[U8, col("-", "minutes of that hour in which she was heard")]
    fast_s:       Annotated[F64, col("s", "when she last made four fifths of that median", missing=NAN)]
    fast_row:     Annotated[U64, col("-", "feed and line number of the fix that showed it")]
    best_sog_kn:  Annotated[F32, col("kn", "greatest speed that she kept for five minutes", missing=NAN)]
    interval_s:   Annotated[F32, col("s", "usual time between her fixes as received here", missing=NAN)]
    missed_share: Annotated[F32, col("-", "share of the minutes of that hour in which she was not heard", missing=NAN)]
    longest_gap_s: Annotated[F32, col("s", "longest run of such minutes", missing=NAN)]
    frozen_s:     Annotated[F64, col("s", "since when her fixes stand still although she says that she makes way", missing=NAN)]
    frozen_nm:    Annotated[F32, col("nm", "how far she would have come since then", missing=NAN)]
    believed_s:   Annotated[F64, col("s", "when another track of hers was last believed instead of the one before", missing=NAN)]
    astray:       Annotated[U16, col("-", "newest fixes in a row that her trusted belief could not have sailed to", missing=0)]
    astray_s:     Annotated[F64, col("s", "when the first of the newest such row was received", missing=NAN)]
    nowhere_s:    Annotated[F64, col("s", "since when a sound receiver has sent no position; -inf: as it often does", missing=NAN)]
    estimated_s:  Annotated[F64, col("s", "since when it has sent UTC seconds of 61 to 63; -inf: as it often does", missing=NAN)]
    inaccurate_s:       Annotated[F64, col("s", "since when it has no longer been accurate; inf: it is", missing=NAN)]
    guarded:      Annotated[Bool, col("-", "on the guard list, or of a guarded kind")]
    own_fleet:    Annotated[Bool, col("-", "of the own fleet")]
    ring_nm:      Annotated[F32, col("nm", "no other craft is wanted nearer to her than this", missing=NAN)]
    source_row:   Annotated[U64, col("-", "feed and line number of the newest trusted fix")]
    # fmt: on


@table
class Pairs(Table):
    """One row per two ships near each other, `slot` below `other`, with the closest point of approach if both keep course and speed."""

    # fmt: off
    # a table: its columns are read downwards
    slot:        Annotated[U32, col("-", "first ship's row in Picture")]
    other:       Annotated[U32, col("-", "second ship's row in Picture")]
    distance_nm: Annotated[F32, col("nm", "distance now, both projected to the tick")]
    bearing_deg: Annotated[F32, col("deg", "bearing from the first to the second")]
    closing_kn:  Annotated[F32, col("kn", "speed at which the distance shrinks")]
    cpa_nm:      Annotated[F32, col("nm", "distance at the closest point of approach")]
    tcpa_s:      Annotated[F32, col("s", "time until then; negative when past")]
    # fmt: on


@table
class Marks(Table):
    """One row per line received: when and from where, for the health of the feeds."""

    # fmt: off
    # a table: its columns are read downwards
    second_s: Annotated[F64, col("s", "the second in which it was received")]
    feed:     Annotated[U16, col("-", "index of the feed")]
    # fmt: on


@table
class Feeds(Table):
    """One row per second and feed that delivered something, in order."""

    # fmt: off
    # a table: its columns are read downwards
    second_s: Annotated[F64, col("s", "the end of the second")]
    feed:     Annotated[U16, col("-", "index of the feed")]
    lines:    Annotated[U32, col("-", "lines received")]
    messages: Annotated[U32, col("-", "reports among them")]
    # fmt: on


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a detector is shown: all that came since the view before and, at every look, the picture of all ships.

    `now_s` is the end of the frame (live a second, recorded ten): what is found goes by the rows' own times, and by `now_s` at a look only;
    NaN when the input has no times. `picture` and `pairs` are those of the newest look; `look` says that they are new. What is found in
    rows asks `before`, the picture of the look before them: the same in short frames and in long ones.
    """

    now_s: float
    look: bool
    legs: Legs
    picture: Picture
    pairs: Pairs
    heard: Heard
    feeds: Feeds
    feed_names: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    time_error_s: float = 0.0
    """how wrong times may be: 0 where they were received, minutes where they had to be placed by base stations"""
    minute: bool = False
    """this look is at a whole minute: for what is no matter of seconds; `pairs` holds those that lie beside each other too"""
    hour: Hour = field(default_factory=Hour)
    """each ship's last hour, at a look"""
    context: Context = field(default_factory=Context)
    """what is usual here: learnt so far from the same stream, or before"""
    before: Picture = field(default_factory=Picture.empty)
    zones: tuple[Zone, ...] = ()


VERBS = ("raise", "amend", "end", "withdraw")


@table
class Findings(Table):
    """What detectors say: one row each time an episode is raised, amended, ended or withdrawn."""

    # fmt: off
    # a table: its columns are read downwards
    time_s:   Annotated[F64, col("s", "receive time at which the evidence sufficed")]
    start_s:  Annotated[F64, col("s", "when what was found began")]
    detector: Annotated[Object, col("-", "id of the detector")]
    episode:  Annotated[Object, col("-", "deterministic name of the episode")]
    verb:     Annotated[Object, col("-", "raise, amend, end or withdraw")]
    severity: Annotated[Object, col("-", "notice, caution, danger or distress")]
    score:    Annotated[F32, col("-", "confidence, 0 to 1")]
    ships:    Annotated[Object, col("-", "tuple of identities, the one in danger first")]
    lon_deg:  Annotated[F64, col("deg", "where", missing=NAN)]
    lat_deg:  Annotated[F64, col("deg", "where", missing=NAN)]
    reason:   Annotated[Object, col("-", "one sentence that a watchkeeper would say; {0} {1} stand for the ships' names")]
    evidence: Annotated[Object, col("-", "tuple of source_row of the sentences")]
    # fmt: on
