"""From sentences to messages, for all that the quick way has left. Joins the sentences of long messages and gives each message its station.

A message of several sentences is kept open under (feed, talker, VDM or VDO, channel, sequence number, count, group, station) until
all have come, in any order. A message that is complete stays known for a while: so a second copy of one of its sentences is no new
message, and a message that was joined with a wrong late part is given again, rightly, when the right part comes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels.compiling import inlined, kernel, part
from tankerwatch.core.kernels.vectors import marked
from tankerwatch.core.kernels.words import bits48, first_bytes, i64, lowest, put_word, view_of, word

SLOTS = 256
"""Messages open at once."""
PARTS = 9
TIMEOUT_S = 30.0
TIMEOUT_SENTENCES = 1000
LATE_S = 5.0
LATE_SENTENCES = 50
"""An earlier part that comes after a later one is looked for no further than this, unless a group number joins them. Sentences that
overtake each other are close together; what is farther apart is what two broken messages have left, and sequence numbers come again."""
LONGEST = PARTS * ix.FRAGMENT_LONGEST
"""Characters of the longest joined message."""

# Columns of an open message.
_STATE, _FEED, _SENDER, _CHANNEL, _SEQUENCE, _TOTAL, _GROUP, _STATION, _RANK, _HAVE, _LATE, _QUALITY, _COUNT, _AGE = range(14)
_OLDER, _NEWER = 14, 15
"""The slots stand in a ring in order of use, free ones first; row SLOTS is its beginning and end."""
_SLOT_WIDTH = 16
_FREE, _PENDING, _DONE = range(3)
_A_POSITION = np.isin(np.arange(64), list(layouts.POSITIONS))
"""(64,) by message type."""
# Columns of one part of an open message.
_SIZE, _FILL, _SERIAL, _PART_ENTRY = range(4)

# Columns of a feed's state.
SENTENCES, PGHP_STATION, PGHP_STATE, TAG_STATION, TAG_RANK, TAG_STATE, PENDING = range(7)
FEED_WIDTH = 7
"""PENDING: a line may have told the station of the next sentence; used within `sweep`."""
_NONE, _NEXT, _GROUPED = range(3)

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_LATE_FRAGMENT = 1 << 2
_OWN_SHIP = 1 << 6


def open_messages() -> tuple[Any, Any, Any, Any, Any, Any]:
    """What is kept of open messages: slots, parts, times, source rows, bytes, marks by which slots are found; empty."""
    slots = np.zeros((SLOTS + 1, _SLOT_WIDTH), np.int64)
    slots[:, _OLDER] = np.roll(np.arange(SLOTS + 1), 1)
    slots[:, _NEWER] = np.roll(np.arange(SLOTS + 1), -1)
    return (
        slots,
        np.full((SLOTS, PARTS, 4), -1, np.int64),
        np.full(SLOTS, np.nan),
        np.zeros(SLOTS, np.uint64),
        np.zeros((SLOTS, PARTS, ix.FRAGMENT_LONGEST), np.uint8),
        np.zeros(SLOTS, np.uint8),
    )


@part
def _six(c: Any) -> int:
    v = int(c) - 48
    return v - 8 if v > 40 else v


@part
def _station(entries: Any, e: int, feeds: Any, feed: int) -> None:
    """Give an entry the best that is known of its station: its own word, else that of a line before it that was meant for it."""
    single = entries[e, ix.TOTAL] == 1
    first = entries[e, ix.NUMBER] == 1
    last = entries[e, ix.NUMBER] == entries[e, ix.TOTAL]
    for which in range(2):
        place, state = (PGHP_STATION, PGHP_STATE) if which == 0 else (TAG_STATION, TAG_STATE)
        rank = ix.RANK_PGHP if which == 0 else feeds[feed, TAG_RANK]
        if feeds[feed, state] == _NONE:
            continue
        if feeds[feed, state] == _GROUPED and first:
            feeds[feed, state] = _NONE  # that was for a message before
            continue
        if feeds[feed, place] >= 0 and rank > entries[e, ix.RANK]:
            entries[e, ix.STATION] = feeds[feed, place]
            entries[e, ix.RANK] = rank
        feeds[feed, state] = _NONE if single or last else _GROUPED


@part
def _move(slots: Any, i: int, newest: bool) -> None:
    """Move slot `i` to the new end of the ring, or to the old one, where it is taken next."""
    slots[slots[i, _OLDER], _NEWER] = slots[i, _NEWER]
    slots[slots[i, _NEWER], _OLDER] = slots[i, _OLDER]
    older = slots[SLOTS, _OLDER] if newest else SLOTS
    newer = slots[older, _NEWER]
    slots[i, _OLDER] = older
    slots[i, _NEWER] = newer
    slots[older, _NEWER] = i
    slots[newer, _OLDER] = i


@part
def _free(slots: Any, parts: Any, i: int) -> None:
    """Give slot `i` up; its lines stay what they were counted as."""
    slots[i, _STATE] = _FREE
    for j in range(parts.shape[1]):
        parts[i, j, _SERIAL] = -1
        parts[i, j, _PART_ENTRY] = -1
    _move(slots, i, False)


@inlined
def _mark(feed: int, sender: int, sequence: int, channel: int, total: int) -> int:
    """A byte that is the same for all sentences of a message, and mostly another for those of others."""
    mixed = ((feed * 31 + sender) * 31 + sequence + 1) * 31 + channel + total * 7
    return (mixed ^ (mixed >> 8) ^ (mixed >> 16)) & 255


@part
def _find(
    feed: int,
    sender: int,
    sequence: int,
    channel: int,
    total: int,
    number: int,
    group: int,
    station: int,
    rank: int,
    slots: Any,
    marks: Any,
) -> int:
    """The open message that a sentence belongs to, or -1. One of the same station goes before one that tells its station in another way
    (often only the first sentence, or only the last, names it).
    """
    best = -1
    best_age = i64(-1)
    view, mark = view_of(marks), _mark(feed, sender, sequence, channel, total)
    for block in range(0, SLOTS, 64):
        alike = marked(view, block, mark)
        while alike != 0:
            i = block + lowest(alike)
            alike &= alike - np.uint64(1)
            if (
                slots[i, _STATE] == _FREE
                or slots[i, _FEED] != feed
                or slots[i, _SENDER] != sender
                or slots[i, _SEQUENCE] != sequence
                or slots[i, _CHANNEL] != channel
                or slots[i, _TOTAL] != total
            ):
                continue
            if slots[i, _GROUP] != group and slots[i, _GROUP] != 0 and group != 0:
                continue
            same = slots[i, _STATION] == station
            if not same and (slots[i, _RANK] == rank or (slots[i, _HAVE] >> (number - 1)) & 1 == 1):
                continue
            age = slots[i, _AGE] + (i64(1) << 60 if same else 0)
            if age > best_age:
                best = i
                best_age = age
    return best


@inlined
def _same_bytes(one: Any, at: int, other: Any, there: int, size: int) -> bool:
    """Whether two stretches hold the same. Eight bytes are read at a time, those behind the end are not compared."""
    for done in range(0, size, 8):
        differ = word(one, at + done) ^ word(other, there + done)
        if differ & first_bytes(min(size - done, 8)) != 0:
            return False
    return True


@inlined
def _copy(one: Any, at: int, other: Any, there: int, size: int) -> None:
    """Copy `size` bytes, and what follows them up to a multiple of eight."""
    for done in range(0, size, 8):
        put_word(other, there + done, word(one, at + done))


@part
def _join_bits(slot: int, total: int, parts: Any, kept: Any, tail: Any, at: int) -> tuple[int, int]:
    """Write the payload of a complete message to tail[at:], without the fill bits inside it; its characters and its bits."""
    size = 0
    bits = 0
    value = 0
    for k in range(total):
        for b in range(6 * parts[slot, k, _SIZE] - parts[slot, k, _FILL]):
            value = value * 2 + ((_six(kept[slot, k, b // 6]) >> (5 - b % 6)) & 1)
            bits += 1
            if bits % 6 == 0:
                tail[at + size] = value + (48 if value < 40 else 56)
                size += 1
                value = 0
    if bits % 6 > 0:
        value <<= 6 - bits % 6
        tail[at + size] = value + (48 if value < 40 else 56)
        size += 1
    return size, bits


@part
def assemble(
    buffer: Any,
    entries: Any,
    first: int,
    count: int,
    time_s: Any,
    source_row: Any,
    outcomes: Any,
    feeds: Any,
    feed_station: Any,
    slots: Any,
    parts: Any,
    times: Any,
    rows: Any,
    kept: Any,
    marks: Any,
    serial: int,
    messages: Any,
    message_times: Any,
    message_rows: Any,
    tail: Any,
    made: Any,
    settled: Any,
) -> int:
    """Make messages of entries[first:count]. Returns the entry to go on with: below `count` when the tail or `settled` has no room left.

    time_s, source_row: by line · outcomes: (capacity,) u8 out, what became of each entry · feeds: (feeds, FEED_WIDTH) i64 kept between
    calls · feed_station: (feeds,) i64, the station that stands for a feed · slots, parts, times, rows, kept, marks: `open_messages` ·
    serial: the number of the batch's first line among all lines ever · messages,
    message_times, message_rows: out, the rows that `sweep` has kept · made: (3,) i64, bytes of the tail so far, the age clock, and not 0
    when a message is of the own ship · settled: (capacity, 3) i64 out: [0, 0] holds how many rows follow, each a line's serial number,
    its feed and what became of it: lines of earlier batches that were counted as incomplete and are not.
    """
    view, kept_view, tail_view = view_of(buffer), view_of(kept), view_of(tail)
    age = made[1]
    resume = count
    for e in range(first, count):
        kind = entries[e, ix.KIND]
        line = entries[e, ix.LINE]
        feed = i64(source_row[line] >> np.uint64(48))
        if kind != ix.AIS:
            if kind == ix.TAGS:
                outcomes[e] = ix.USED
                if entries[e, ix.RANK] > 0:
                    feeds[feed, TAG_STATION] = entries[e, ix.STATION]
                    feeds[feed, TAG_RANK] = entries[e, ix.RANK]
                    feeds[feed, TAG_STATE] = _NEXT
            elif kind == ix.PGHP:
                outcomes[e] = ix.USED
                feeds[feed, PGHP_STATION] = entries[e, ix.STATION]
                feeds[feed, PGHP_STATE] = _NEXT if entries[e, ix.RANK] > 0 else _NONE
            else:
                outcomes[e] = ix.OPEN  # radar, own position, calls: decided by who reads them
            continue
        total = entries[e, ix.TOTAL]
        if total > 1 and (made[0] + LONGEST + 64 > len(tail) or settled[0, 0] + PARTS + 1 >= len(settled)):
            resume = e
            break
        age += 1
        m = entries[e, ix.ROW]
        if feeds[feed, PGHP_STATE] != _NONE or feeds[feed, TAG_STATE] != _NONE:
            _station(entries, e, feeds, feed)
        if entries[e, ix.RANK] == 0:
            entries[e, ix.STATION] = feed_station[feed]
        now = time_s[line]
        at, size, fill = entries[e, ix.AT], entries[e, ix.LENGTH], entries[e, ix.FILL]
        if total == 1:
            messages[m, ms.FROM] = at
            made[2] |= entries[e, ix.QUALITY] & _OWN_SHIP
            head = i64(bits48(view, at))
            outcome, quality = ms.judged(head, 6 * size - fill, entries[e, ix.QUALITY])
            messages[m, ms.SPAN] = ms.span(6 * size - fill, size)
            messages[m, ms.WHAT] = ms.what(head, entries[e, ix.CHANNEL], 0) if outcome == ix.USED else ms.NOTHING
            messages[m, ms.MMSI] = ms.mmsi_of(head)
            messages[m, ms.HEARD] = ms.heard(entries[e, ix.STATION], quality)
            outcomes[e] = outcome
            message_times[m] = now
            message_rows[m] = source_row[line]
            continue

        sender = entries[e, ix.TALKER] * 2 + (1 if entries[e, ix.QUALITY] & _OWN_SHIP else 0)
        sequence, channel, group = entries[e, ix.SEQUENCE], entries[e, ix.CHANNEL], entries[e, ix.GROUP]
        station, rank, number = entries[e, ix.STATION], entries[e, ix.RANK], entries[e, ix.NUMBER]
        behind_now = entries[e, ix.COUNT]
        k = number - 1
        i = _find(feed, sender, sequence, channel, total, number, group, station, rank, slots, marks)
        if i >= 0:
            have = slots[i, _HAVE]
            behind = behind_now - slots[i, _COUNT]
            timed = times[i] == times[i] and now == now
            old = abs(now - times[i]) > TIMEOUT_S if timed else behind > TIMEOUT_SENTENCES
            pending = slots[i, _STATE] == _PENDING
            if pending and have >> k > 1 and (slots[i, _GROUP] == 0 or slots[i, _GROUP] != group):
                old = old or behind > LATE_SENTENCES or (timed and abs(now - times[i]) > LATE_S)
            again = (
                parts[i, k, _SIZE] == size
                and parts[i, k, _FILL] == fill
                and _same_bytes(view, at, kept_view, (i * PARTS + k) * ix.FRAGMENT_LONGEST, size)
            )
            if old:
                _free(slots, parts, i)
                i = -1
            elif pending:
                if (have >> k) & 1 == 1:
                    if again:
                        outcomes[e] = ix.DUPLICATE_FRAGMENT
                        continue
                    _free(slots, parts, i)  # another message under the same number: the one before stays incomplete
                    i = -1
            elif k > 0 and again:
                outcomes[e] = ix.DUPLICATE_FRAGMENT
                continue
            elif k == 0 or slots[i, _LATE] == 0:
                _free(slots, parts, i)
                i = -1
            # else: complete, with a late part that was perhaps another message's: this one replaces it, in order
        if i < 0:
            i = slots[SLOTS, _NEWER]  # a free one, or the one not used for longest
            marks[i] = _mark(feed, sender, sequence, channel, total)
            slots[i, _STATE] = _PENDING
            slots[i, _FEED] = feed
            slots[i, _SENDER] = sender
            slots[i, _CHANNEL] = channel
            slots[i, _SEQUENCE] = sequence
            slots[i, _TOTAL] = total
            slots[i, _GROUP] = group
            slots[i, _STATION] = station
            slots[i, _RANK] = rank
            slots[i, _HAVE] = 0
            slots[i, _LATE] = 0
            slots[i, _QUALITY] = 0
            times[i] = np.nan
        again = slots[i, _STATE] == _DONE
        if slots[i, _HAVE] >> k != 0 and not again:
            slots[i, _LATE] = 1
        if again:
            slots[i, _LATE] = 0
        slots[i, _HAVE] |= 1 << k
        slots[i, _AGE] = age
        _move(slots, i, True)
        slots[i, _COUNT] = behind_now
        slots[i, _QUALITY] |= entries[e, ix.QUALITY]
        if rank > slots[i, _RANK]:
            slots[i, _STATION] = station
            slots[i, _RANK] = rank
        if group != 0:
            slots[i, _GROUP] = group
        if not times[i] >= now and now == now:
            times[i] = now
        if k == 0:
            rows[i] = source_row[line]
        parts[i, k, _SIZE] = size
        parts[i, k, _FILL] = fill
        parts[i, k, _SERIAL] = serial + line
        parts[i, k, _PART_ENTRY] = e
        _copy(view, at, kept_view, (i * PARTS + k) * ix.FRAGMENT_LONGEST, size)
        outcomes[e] = ix.INCOMPLETE
        if slots[i, _HAVE] != (1 << total) - 1:
            continue

        begin = made[0]
        size = 0
        filled = 0
        for j in range(total):
            if j < total - 1:
                filled += parts[i, j, _FILL]
            _copy(kept_view, (i * PARTS + j) * ix.FRAGMENT_LONGEST, tail_view, begin + size, parts[i, j, _SIZE])
            size += parts[i, j, _SIZE]
        bits = 6 * size - parts[i, total - 1, _FILL]
        if filled > 0:
            size, bits = _join_bits(i, total, parts, kept, tail, begin)
        messages[m, ms.FROM] = begin
        made[2] |= slots[i, _QUALITY] & _OWN_SHIP
        head = i64(bits48(tail_view, begin))
        outcome, quality = ms.judged(head, bits, slots[i, _QUALITY] | (_LATE_FRAGMENT if slots[i, _LATE] else 0))
        if outcome == ix.USED:
            messages[m, ms.SPAN] = ms.span(bits, size)
            messages[m, ms.WHAT] = ms.what(head, slots[i, _CHANNEL], 1)
            messages[m, ms.MMSI] = ms.mmsi_of(head)
            messages[m, ms.HEARD] = ms.heard(slots[i, _STATION], quality)
            message_times[m] = times[i]
            message_rows[m] = rows[i]
            made[0] += size
        for j in range(total):
            if outcome != ix.USED:
                # a line that waits may still be used for another of its sentences, and no more: what it counts as must not depend on cuts
                if parts[i, j, _PART_ENTRY] == e:
                    outcomes[e] = outcome
            elif parts[i, j, _PART_ENTRY] >= 0:
                outcomes[parts[i, j, _PART_ENTRY]] = outcome
            elif parts[i, j, _SERIAL] >= 0:
                settled[0, 0] += 1
                settled[settled[0, 0], 0] = parts[i, j, _SERIAL]
                settled[settled[0, 0], 1] = feed
                settled[settled[0, 0], 2] = outcome
                _settle(parts[i, j, _SERIAL], slots, parts)
            parts[i, j, _PART_ENTRY] = -1  # decided: should the message be given again, that changes nothing for this line
            parts[i, j, _SERIAL] = -1
        slots[i, _STATE] = _DONE
    made[1] = age
    return int(resume)


@part
def _settle(serial: int, slots: Any, parts: Any) -> None:
    """A line of an earlier batch is no longer incomplete: forget that it was, wherever else a sentence of it is kept."""
    for i in range(len(parts)):
        for j in range(parts.shape[1]):
            if parts[i, j, _SERIAL] == serial and parts[i, j, _PART_ENTRY] < 0:
                parts[i, j, _SERIAL] = -1


@kernel
def settle_lines(entries: Any, count: int, outcomes: Any, reasons: Any, slots: Any, parts: Any, serial: int, age: int) -> None:
    """Decide what became of each line: used when one of its entries was, else incomplete when one may still be, else the first reason.

    Then let go of the batch: open parts remember a line's serial number only where the line counts as incomplete. age: the age clock
    before the batch, so that only the slots used since are looked at.
    """
    for e in range(count):
        line = entries[e, ix.LINE]
        old = reasons[line]
        new = outcomes[e]
        if old == ix.OPEN or new == ix.USED or (new == ix.INCOMPLETE and old != ix.USED):
            reasons[line] = new
    i = slots[SLOTS, _OLDER]
    while i != SLOTS and slots[i, _AGE] > age:
        for j in range(parts.shape[1]):
            part = parts[i, j]
            if part[_PART_ENTRY] >= 0:
                if slots[i, _STATE] != _PENDING or reasons[part[_SERIAL] - serial] != ix.INCOMPLETE:
                    part[_SERIAL] = -1
                part[_PART_ENTRY] = -1
        i = slots[i, _OLDER]


@kernel
def tally(
    reasons: Any, source_row: Any, messages: Any, message_rows: Any, fix_rows: Any, count: int, rejection: Any, by_reason: Any, by_feed: Any
) -> int:
    """Count lines and messages. fix_rows: source rows of the positions · count: messages in all · rejection: (256,) 1 for the reasons that
    are one · by_reason: (256,) i64, added to · by_feed: (feeds, 3) i64, added to: lines, messages and rejected lines. Returns how many
    lines were used.
    """
    used = 0
    if len(by_feed) == 1:
        for i in range(len(reasons)):
            if reasons[i] == ix.USED:
                used += 1
            else:
                by_reason[reasons[i]] += 1
                by_feed[0, 2] += rejection[reasons[i]]
        by_feed[0, 0] += len(reasons)
    else:
        for i in range(len(reasons)):
            feed = i64(source_row[i] >> np.uint64(48))
            by_feed[feed, 0] += 1
            if reasons[i] == ix.USED:
                used += 1
            else:
                by_reason[reasons[i]] += 1
                by_feed[feed, 2] += rejection[reasons[i]]
    by_reason[ix.USED] += used
    if len(by_feed) == 1:
        by_feed[0, 1] += count
    else:
        for i in range(len(fix_rows)):
            by_feed[i64(fix_rows[i] >> np.uint64(48)), 1] += 1
        for m in range(len(message_rows)):
            if messages[m, ms.WHAT] != ms.NOTHING and not _A_POSITION[ms.type_of(messages[m, ms.WHAT])]:
                by_feed[i64(message_rows[m] >> np.uint64(48)), 1] += 1
    return used
