"""Single sentences with sound checksums, ours against pyais: who takes which message, its type, identity and position in raw integers."""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import numpy as np
from pyais import decode as peer_decode
from pyais.exceptions import AISBaseException
from pyais.messages import MAX_PAYLOAD_LEN

import checks
import hostile_lines
from lines_stage import failure_path, shown
from tankerwatch.core.ais import layouts
from tankerwatch.core.tables import Lines
from tankerwatch.decode import Decoder
from watched import BEAT, DONE, FAILED, keep, memory_mb, say

SENTENCE = re.compile(rb"!([A-Z0-9]{2})VD[MO],1,1,\d?,[^,*!$\\\x80-\xff]*,([0-W`-w]+),([0-5])\*([0-9A-Fa-f]{2})")
LEAST_BITS = layouts.length_limits()[:, 0]
MISSING = {"lon": 181, "lat": 91}

# Where the two may differ. Both are read as they are; whatever has none of these names is a fault of one of them.
TOO_SHORT = "we refuse a message that is too short for its position or its first field, pyais fills it up"
UNKNOWN_TYPE = "pyais refuses a type that the standard does not have, we keep its payload"
NO_PART = "pyais refuses type 24 with a part that is neither A nor B, we keep its payload"
TOO_LONG = f"pyais refuses a sentence of more than {MAX_PAYLOAD_LEN} characters"
NOT_A_PLACE = "pyais gives a position that cannot be, or the number for none, as a value"
CUT_OFF = "pyais gives no value for a position that the message cuts off"


def is_sound(line: bytes) -> bool:
    """Whether a line is one sentence whose checksum fits and that is a message by itself."""
    found = SENTENCE.fullmatch(line)
    return found is not None and reduce(xor, line[1:-3]) == int(found[4], 16)


def taken(lines: Lines) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[float, float]], Decoder]:
    """By line: type and identity of what we take, and the position where its type has one."""
    decoder = Decoder()
    heard = decoder.decode(lines)
    messages: dict[int, tuple[int, int]] = {}
    places: dict[int, tuple[float, float]] = {}
    for family in ("fixes", "statics", "bases", "texts", "others"):
        rows: Any = getattr(heard, family)
        for row, kind, mmsi in zip(rows.source_row.tolist(), rows.msg_type.tolist(), rows.mmsi.tolist(), strict=True):
            messages[row] = kind, mmsi
    for rows in (heard.fixes, heard.bases):
        for row, lon, lat in zip(rows.source_row.tolist(), rows.lon_deg.tolist(), rows.lat_deg.tolist(), strict=True):
            places[row] = lon, lat
    return messages, places, decoder


def difference(line: bytes, ours: tuple[int, int] | None, place: tuple[float, float] | None) -> tuple[str, str]:
    """How pyais and we differ on a line: a name from above, and in words what has no name. Two empty words when we agree."""
    found = SENTENCE.fullmatch(line)
    assert found is not None
    payload, fill = found[2], int(found[3])
    kind = payload[0] - 48 if payload[0] < 96 else payload[0] - 56
    try:
        message = peer_decode(line)
    except (AISBaseException, ValueError) as error:
        theirs, why = None, type(error).__name__
    else:
        theirs, why = (int(message.msg_type), -1 if message.mmsi is None else int(message.mmsi)), ""
    if ours is None:
        if theirs is None:
            return "", ""
        return (TOO_SHORT, "") if 6 * len(payload) - fill < LEAST_BITS[kind] else ("", f"we refuse what pyais takes as {theirs}")
    if theirs is None:
        if len(payload) > MAX_PAYLOAD_LEN:
            return TOO_LONG, ""
        if kind not in layouts.STANDARD_BITS:
            return UNKNOWN_TYPE, ""
        return (NO_PART, "") if kind == 24 and why == "UnknownPartNoException" else ("", f"pyais refuses {ours}: {why}")
    if ours != theirs:
        return "", f"we say {ours}, pyais {theirs}"
    unit = 600 if kind == 27 else 600_000
    for name, value in zip(("lon", "lat"), place or (), strict=False):
        told = getattr(message, name)
        if told is None:
            if not math.isnan(value):
                return "", f"{name} {value}, pyais none"
            return CUT_OFF, ""
        if math.isnan(value):
            if abs(told) <= MISSING[name] - 1:
                return "", f"{name} none, pyais {told}"
            return NOT_A_PLACE, ""
        if round(value * unit) != round(float(told) * unit):
            return "", f"{name} {value}, pyais {told}"
    return "", ""


def run(seed: int, wanted: int, folder: Path) -> bool:
    """Compare at least `wanted` sentences in this process; False when they differ in a way that has no name."""
    began = time.perf_counter()
    pool = hostile_lines.Pool(hostile_lines.recorded_lines()[0], seed)
    named: Counter[str] = Counter()
    compared = accepted = number = 0
    while compared < wanted:
        say(BEAT, batch=number, lines=compared, mb=round(memory_mb()))
        made = hostile_lines.batch(pool, seed, number, size=10_000)
        lines = made.take(np.array([i for i in range(len(made)) if is_sound(made.line(i))], np.int64))
        messages, places, decoder = taken(lines)
        for i, row in enumerate(lines.source_row.tolist()):
            line = lines.line(i)
            name, wrong = difference(line, messages.get(row), places.get(row))
            if wrong:
                path = failure_path(folder, "peer", seed, number)
                keep(path, lines.take(slice(i, i + 1)), stage="peer", seed=seed, batch=number, why=wrong)
                say(FAILED, why=f"{wrong}: {line!r}\n{shown(path)}")
                return False
            if name:
                named[name] += 1
        compared += len(lines)
        accepted += len(messages)
        try:
            checks.hold(decoder.counters.messages == len(messages), "messages counted and given", decoder.counters.messages, len(messages))
        except checks.Broken as error:
            say(FAILED, why=f"batch {number} of seed {seed}: {error}")
            return False
        number += 1
    say(DONE, compared=compared, accepted=accepted, named=dict(named.most_common()), took_s=round(time.perf_counter() - began, 1))
    return True
