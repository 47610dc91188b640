"""Identity: a ship under way becomes somebody else, sends a false IMO number, or shares hers with another.

What it does      Compares what each class A ship says of herself with what she said before. Raised when, at sea, an identity known for
                  `known_s` gives way to another that is sent `reports` times over `settle_s` while the old one does not come back: another
                  valid IMO number, another name together with another call sign, or a hull longer or shorter by `hull_m`. Raised once when
                  a ship of `large_m` or more sends a seven-digit IMO number whose check digit is wrong, and when two ships apart, or one
                  after the other, send the same valid IMO number. It ends after `told_s`: from then on that is who she is.
Why it matters    Ships under sanctions sail under made-up numbers and under the names of others, and change them on the way.
When it is wrong  A crew that corrects what a yard typed in, all at once and at sea; a ship sold and renamed under way. Small corrections, a
                  name cut short, changes in port, and what two senders of one number say in turn are not told; nor is the draught.
Sources           IMO number and its check digit: IMO A.1117(30). Fields of message 5: ITU-R M.1371-5 Annex 8 table 49.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Annotated, Any, Final
from zlib import crc32

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.schema import F64, I64, NAN, U8, U16, U32, U64, Bool, Object, Table, col, table
from tankerwatch.core.tables import BAD_LENGTH, RESERVED_VALUE, Picture, Statics
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, among, finding

SETTINGS: Final = {
    "known_s": Setting(1800, "s", "who she was must have been known for so long", 60, 86400),
    "reports": Setting(3, "-", "so many reports of who she says she is now", 1, 20, "class A sends one each 6 minutes"),
    "settle_s": Setting(480, "s", "over at least so long", 0, 86400),
    "apart_s": Setting(60, "s", "reports closer than this count once: other stations' copies", 1, 360),
    "hull_m": Setting(40, "m", "a hull that grows or shrinks by so much is another hull", 10, 300),
    "large_m": Setting(100, "m", "ships of this length have an IMO number that someone checked", 0, 400),
    "like": Setting(0.6, "-", "names at least so much alike are one name, misspelt", 0, 1),
    "way_kn": Setting(1.0, "kn", "at sea: faster than this", 0, 10),
    "told_s": Setting(7200, "s", "it is told for so long", 600, 604800),
}

MOST: Final = 300_000
CHANGED, BAD_IMO, SHARED_IMO = 1, 2, 4
HEARD_S: Final = 900.0


@table
class Persons(Table):
    """Who each ship says that she is, in order of `mmsi`, and who she has begun to say that she is."""

    # fmt: off
    # a table: its columns are read downwards
    mmsi:       Annotated[U32, col("-", "identity")]
    print:      Annotated[U64, col("-", "a number made of all that follows")]
    name:       Annotated[Object, col("-", "name", missing="")]
    callsign:   Annotated[Object, col("-", "call sign", missing="")]
    imo:        Annotated[U32, col("-", "IMO number", missing=0)]
    length_m:   Annotated[U16, col("m", "length", missing=0)]
    first_s:    Annotated[F64, col("s", "when she said so first", missing=NAN)]
    last_s:     Annotated[F64, col("s", "and when last", missing=NAN)]
    reports:    Annotated[U32, col("-", "how often")]
    new_print:  Annotated[U64, col("-", "of what she says since then, 0 for nothing")]
    new_s:      Annotated[F64, col("s", "when she began to say it", missing=NAN)]
    new_last_s: Annotated[F64, col("s", "and said it last", missing=NAN)]
    news:       Annotated[U16, col("-", "how often")]
    flips:      Annotated[U16, col("-", "how often she went back to what she had said before: two senders")]
    raised:     Annotated[U8, col("-", "what is raised: 1 changed, 2 check digit, 4 shared number")]
    told:       Annotated[U8, col("-", "what has been raised ever")]
    raised_s:   Annotated[F64, col("s", "when it was raised last", missing=NAN)]
    # fmt: on


def is_imo(number: int) -> bool:
    """Whether a number is an IMO number: seven digits, the last of them the check digit."""
    digits = [int(digit) for digit in str(number)]
    return len(digits) == 7 and sum(d * (7 - at) for at, d in enumerate(digits[:6])) % 10 == digits[6]


def _prints(statics: Statics, rows: I64) -> U64:
    """(n,) a number for each of these rows: the same where name, call sign, IMO number and size are the same."""
    texts = [
        crc32(f"{name.strip()}|{sign.strip()}".encode())
        for name, sign in zip(statics.name[rows].tolist(), statics.callsign[rows].tolist(), strict=True)
    ]
    made = np.array(texts, np.uint64) << np.uint64(32) | statics.imo[rows].astype(np.uint64)
    for column in (statics.to_bow_m, statics.to_stern_m, statics.to_port_m, statics.to_starboard_m):
        made = (made ^ column[rows].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        made ^= made >> np.uint64(29)
    return np.asarray(made | np.uint64(1))


def step(view: View, memory: Persons, settings: Settings) -> tuple[Findings, Persons]:
    """Compare statics with those before; end at a whole minute what was told for long enough."""
    found: list[Findings] = []
    statics = view.heard.statics
    rows = np.flatnonzero((statics.msg_type == 5) & ((statics.quality & (BAD_LENGTH | RESERVED_VALUE)) == 0) & ~np.isnan(statics.time_s))
    if len(rows):
        rows = rows[identities.classes_of(statics.mmsi[rows]) == identities.SHIP]
        rows = rows[identities.are_standard(statics.mmsi[rows])]
    if len(rows):
        memory, changed = _compare(statics, rows, memory, settings)
        if len(changed):
            memory = memory.replace(**{c.name: getattr(memory, c.name).copy() for c in memory.columns()})
            prints = _prints(statics, changed)
            first = _first_heard(statics, changed, memory, settings)
            _all_become(memory, statics, changed[first], prints[first])
            for row, print_ in zip(changed[~first].tolist(), prints[~first].tolist(), strict=True):
                found += _take(view, statics, row, print_, memory, settings)
    if view.minute and (memory.raised > 0).any():
        over = np.flatnonzero((memory.raised > 0) & (view.now_s - memory.raised_s >= settings["told_s"]))
        if len(over):
            raised = memory.raised.copy()
            for at in over.tolist():
                for what in (CHANGED, BAD_IMO, SHARED_IMO):
                    if raised[at] & what:
                        found.append(_say("end", memory, at, what, view.now_s, "notice", "{0} goes on under this identity.", view.picture))
            raised[over] = 0
            memory = memory.replace(raised=raised)
    return Findings.concat(found), memory


def _compare(statics: Statics, rows: I64, memory: Persons, settings: Settings) -> tuple[Persons, I64]:
    """Count what is as before; the rows of ships of whom something is not, in order. New ships get a row in memory."""
    mmsi = statics.mmsi[rows]
    prints = _prints(statics, rows)
    unique, first = np.unique(mmsi, return_index=True)
    at = np.searchsorted(memory.mmsi, unique)
    there = at < len(memory)
    there[there] = memory.mmsi[at[there]] == unique[there]
    if not there.all():
        new = rows[first[~there]]
        fresh = Persons.blank(len(new)).replace(mmsi=statics.mmsi[new])
        if len(memory) + len(fresh) > MOST:
            memory = memory.take(np.sort(np.lexsort((memory.mmsi, -memory.last_s))[: max(MOST * 9 // 10 - len(fresh), 0)]))
        memory = Persons.concat([memory, fresh])
        memory = memory.take(np.argsort(memory.mmsi, kind="stable"))
    at = np.searchsorted(memory.mmsi, mmsi)
    plain = (memory.print[at] == prints) & (memory.news[at] == 0)
    # Of a ship that says two things at once, every row is taken in order.
    plain &= ~np.isin(mmsi, mmsi[~plain])
    # What needs a closer look at the third report does so in order, too.
    plain &= memory.reports[at] != np.uint32(settings["reports"]) - np.uint32(1)
    same, index = np.unique(at[plain], return_index=True)
    times = statics.time_s[rows[plain][index]]
    counted = times - memory.last_s[same] >= settings["apart_s"]
    last_s, reports = memory.last_s.copy(), memory.reports.copy()
    last_s[same[counted]] = times[counted]
    reports[same[counted]] += np.uint32(1)
    return memory.replace(last_s=last_s, reports=reports), rows[~plain]


def _first_heard(statics: Statics, rows: I64, memory: Persons, settings: Settings) -> Bool:
    """(n,) which rows are all that a ship has ever said: they can be taken at once, for they say nothing of others yet."""
    _, which, count = np.unique(statics.mmsi[rows], return_inverse=True, return_counts=True)
    alone = (count == 1)[which] & (memory.reports[np.searchsorted(memory.mmsi, statics.mmsi[rows])] == 0)
    return alone if settings["reports"] > 1 else np.zeros(len(rows), np.bool_)


def _all_become(memory: Persons, statics: Statics, rows: I64, prints: U64) -> None:
    """From now on those are who they are: `_become` of many."""
    at = np.searchsorted(memory.mmsi, statics.mmsi[rows])
    memory.print[at], memory.imo[at] = prints, statics.imo[rows]
    for kept, said in ((memory.name, statics.name[rows]), (memory.callsign, statics.callsign[rows])):
        kept[at] = [str(text).strip() for text in said.tolist()]
    memory.length_m[at] = np.minimum(statics.to_bow_m[rows].astype(np.int64) + statics.to_stern_m[rows], 65535)
    memory.first_s[at] = memory.last_s[at] = statics.time_s[rows]
    memory.reports[at], memory.news[at] = 1, 0


def _take(view: View, statics: Statics, row: int, print_: int, memory: Persons, settings: Settings) -> list[Findings]:
    """One report of a ship that says something new, or that is to be looked at; the memory is changed in place."""
    at = int(np.searchsorted(memory.mmsi, statics.mmsi[row]))
    time_s = float(statics.time_s[row])
    if memory.reports[at] == 0:
        _become(memory, at, statics, row, print_, time_s, time_s, 1)
        return []
    if memory.print[at] == print_:
        if memory.news[at]:
            memory.news[at] = 0
            memory.flips[at] = min(int(memory.flips[at]) + 1, 60000)
        if not time_s - memory.last_s[at] >= settings["apart_s"]:
            return []
        memory.last_s[at] = time_s
        memory.reports[at] += 1
        return _confirmed(view, memory, at, time_s, statics, row, settings) if memory.reports[at] == settings["reports"] else []
    if memory.news[at] == 0 or memory.new_print[at] != print_:
        memory.new_print[at], memory.new_s[at], memory.new_last_s[at], memory.news[at] = print_, time_s, time_s, 1
        return []
    if not time_s - memory.new_last_s[at] >= settings["apart_s"]:
        return []
    memory.new_last_s[at] = time_s
    memory.news[at] = min(int(memory.news[at]) + 1, 60000)
    if memory.news[at] < settings["reports"] or time_s - memory.new_s[at] < settings["settle_s"]:
        return []
    before, since_s = memory.take(np.array([at])), float(memory.new_s[at])
    known = before.reports[0] >= 2 and since_s - before.first_s[0] >= settings["known_s"] - 600 and memory.flips[at] == 0
    _become(memory, at, statics, row, print_, since_s, time_s, int(memory.news[at]))
    found = []
    if known and _at_sea(view.before, int(memory.mmsi[at]), since_s, settings) and not memory.raised[at] & CHANGED:
        severity, words = _difference(before, memory, at, settings)
        if words:
            found.append(_raise(view, memory, at, CHANGED, time_s, since_s, severity, words, statics, row))
    return [*found, *_confirmed(view, memory, at, time_s, statics, row, settings)]


def _become(memory: Persons, at: int, statics: Statics, row: int, print_: int, first_s: float, last_s: float, reports: int) -> None:
    """From now on that is who she is."""
    memory.print[at], memory.imo[at] = print_, statics.imo[row]
    memory.name[at], memory.callsign[at] = str(statics.name[row]).strip(), str(statics.callsign[row]).strip()
    memory.length_m[at] = min(int(statics.to_bow_m[row]) + int(statics.to_stern_m[row]), 65535)
    memory.first_s[at], memory.last_s[at], memory.reports[at], memory.news[at] = first_s, last_s, reports, 0


def _alike(a: str, b: str, least: float) -> bool:
    """Whether two texts are one, misspelt, cut short, or not there."""
    a, b = a.replace(" ", "").replace(".", ""), b.replace(" ", "").replace(".", "")
    return not a or not b or a.startswith(b) or b.startswith(a) or SequenceMatcher(None, a, b, autojunk=False).ratio() >= least


def _difference(before: Persons, memory: Persons, at: int, settings: Settings) -> tuple[str, str]:
    """How grave it is, and what to say; ("", "") where it is a correction."""
    was, now = int(before.imo[0]), int(memory.imo[at])
    name = not _alike(before.name[0], memory.name[at], settings["like"])
    sign = "" != before.callsign[0] != memory.callsign[at] != ""
    lengths = int(before.length_m[0]), int(memory.length_m[at])
    said = []
    if was != now and is_imo(was) and is_imo(now):
        said.append(f"IMO {now} instead of IMO {was}")
    if name and (sign or said):
        said.insert(0, f"the name {memory.name[at]} instead of {before.name[0]}")
    if min(lengths) > 0 and abs(lengths[0] - lengths[1]) >= settings["hull_m"]:
        said.append(f"a length of {lengths[1]} m instead of {lengths[0]} m")
    if not said:
        return "", ""
    words = f"{{0}} now sends {' and '.join(said)}, and changed it at sea."
    return "notice" if len(said) == 1 and said[0].startswith("a length") else "caution", words.replace("{0}", "\0").replace(
        "{", "("
    ).replace("}", ")").replace("\0", "{0}")


def _slot(picture: Picture, mmsi: int) -> int | None:
    where = np.flatnonzero(picture.mmsi == np.uint32(mmsi))
    return int(where[0]) if len(where) else None


def _at_sea(picture: Picture, mmsi: int, since_s: float, settings: Settings) -> bool:
    """Whether she has been under way all the time since, as far as it is known."""
    slot = _slot(picture, mmsi)
    if slot is None or since_s - picture.first_s[slot] < settings["known_s"]:
        return False
    moored = bool(among(picture.nav_status[slot : slot + 1], (1, 5))[0])
    return not moored and picture.sog_kn[slot] >= settings["way_kn"] and not picture.stay_s[slot] <= since_s - 600


def _confirmed(view: View, memory: Persons, at: int, time_s: float, statics: Statics, row: int, settings: Settings) -> list[Findings]:
    """What is wrong with an identity in itself, once it is sent for the third time."""
    found = []
    imo, length = int(memory.imo[at]), int(memory.length_m[at])
    if length >= settings["large_m"] and 1_000_000 <= imo <= 9_999_999 and not is_imo(imo) and not memory.told[at] & BAD_IMO:
        words = f"{{0}}, {length} m long, sends IMO {imo}, which is no IMO number: its check digit is wrong."
        found.append(_raise(view, memory, at, BAD_IMO, time_s, float(memory.first_s[at]), "notice", words, statics, row))
    if is_imo(imo) and not memory.told[at] & SHARED_IMO:
        for other in np.flatnonzero((memory.imo == np.uint32(imo)) & (memory.reports >= settings["reports"])).tolist():
            if other == at or memory.flips[other] or memory.flips[at] or memory.told[other] & SHARED_IMO:
                continue
            words = _shared(view.before, int(memory.mmsi[at]), int(memory.mmsi[other]), imo, time_s)
            if words:
                memory.told[other] |= SHARED_IMO
                ships = (int(memory.mmsi[at]), int(memory.mmsi[other]))
                found.append(_raise(view, memory, at, SHARED_IMO, time_s, time_s, "caution", words, statics, row, ships))
                break
    return found


def _shared(picture: Picture, mmsi: int, other: int, imo: int, time_s: float) -> str:
    """What to say when two numbers send one IMO number: two ships apart, or one that took another number."""
    a, b = _slot(picture, mmsi), _slot(picture, other)
    if a is None or b is None:
        return ""
    apart = float(distance_nm(picture.lat_deg[a], picture.lon_deg[a], picture.lat_deg[b], picture.lon_deg[b]))
    if time_s - picture.heard_s[a] < HEARD_S and time_s - picture.heard_s[b] < HEARD_S:
        return f"{{0}} and {{1}}, {apart:.0f} NM apart, both send IMO {imo}." if apart > 1.0 else ""
    gone_s = picture.first_s[a] - picture.heard_s[b]
    if 0 < gone_s < 86_400 and apart <= 1.0 + 20.0 * (time_s - picture.heard_s[b]) / 3600:
        return f"{{0}} sends IMO {imo}, as {{1}} did until {gone_s / 60:.0f} minutes before {{0}} appeared: one ship under another number."
    return ""


def _raise(
    view: View,
    memory: Persons,
    at: int,
    what: int,
    time_s: float,
    since_s: float,
    severity: str,
    words: str,
    statics: Statics,
    row: int,
    ships: tuple[int, ...] = (),
) -> Findings:
    memory.raised[at] |= what
    memory.told[at] |= what
    memory.raised_s[at] = np.floor(time_s) + 1.0
    return _say(
        "raise", memory, at, what, np.floor(time_s) + 1.0, severity, words, view.before, since_s, ships, (int(statics.source_row[row]),)
    )


def _say(
    verb: str,
    memory: Persons,
    at: int,
    what: int,
    time_s: float,
    severity: str,
    words: str,
    picture: Picture,
    since_s: float | None = None,
    ships: tuple[int, ...] = (),
    evidence: tuple[int, ...] = (),
) -> Findings:
    mmsi = int(memory.mmsi[at])
    slot = _slot(picture, mmsi)
    place: dict[str, Any] = {}
    if slot is not None:
        place = {"lat_deg": float(picture.lat_deg[slot]), "lon_deg": float(picture.lon_deg[slot])}
    label = {CHANGED: "changed", BAD_IMO: "imo", SHARED_IMO: "shared"}[what]
    return finding(
        detector="identity",
        episode=f"{mmsi}-{label}-{int(memory.raised_s[at])}",
        verb=verb,
        time_s=time_s,
        start_s=time_s if since_s is None else since_s,
        severity=severity,
        score=0.8,
        ships=ships or (mmsi,),
        reason=words,
        evidence=evidence,
        **place,
    )


DETECTOR: Final = Detector(
    id="identity", words="identity in doubt", reads=("statics", "minute"), settings=SETTINGS, memory=Persons, step=step, horizon_s=86_400.0
)
