"""Two tracks under one identity: is her position false, or do two ships use her number? `false_position` and `clone` ask here, each with a
memory of its own, and come to the same answer; each speaks for its own.

The memory is `Spells`: key is the ship and the kind of doubt (`TRACK` here), level the answer, value the distance of the two tracks, nm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tankerwatch.core.hulls import apart_m
from tankerwatch.core.meeting import KN_MS
from tankerwatch.core.mmsi import are_standard
from tankerwatch.core.schema import F64, I64, NAN
from tankerwatch.core.tables import Legs, View
from tankerwatch.detect.kit import Spells, among, by_second, key_of, ships_of, slot_of

UNDECIDED, FALSE_POSITION, CLONE = range(3)
TRACK: Final = 0
TRUSTED_MOST: Final = 1
"""So many trusted fixes after the first displaced one may still be on their way: late copies, and stations that are slow."""
TRUSTED_ALIVE: Final = 3
"""So many tell that the trusted track goes on."""
INTERVALS: Final = 2.2
"""A ship of which nothing came for so many of her usual intervals is not heard where she was."""
LONGEST_S: Final = 400.0
GAP_S, AFTER_GAP = 300.0, 8
NOWHERE_DEG: Final = 0.001
"""0/0 is what sets send that have no position; a ship that is there for five minutes is shown as false all the same."""
NOWHERE_S: Final = 300.0
BELIEVED_S: Final = 7200.0
"""For so long after another track was believed instead, the return of the first is the same doubt."""

SPARSE_S: Final = 30.0
"""Her usual interval from which on she is heard by satellites, or kept in part: feeds whose clocks differ by minutes may be mixed."""
CLEAR_INTERVALS, LONGEST_CLEAR_S = 150.0, 86_400.0
CLOCK_S, FASTER = 150.0, 1.25


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out in a second: of which ship, since when, by which leg (None: the doubt has ended), and what is kept of it."""

    time_s: float
    mmsi: int
    answer: int
    since_s: float
    apart_nm: float
    leg: int | None


def candidates(legs: Legs, fixes: float, apart_nm: float) -> I64:
    """The legs of tracks that fit themselves and cannot be hers: so many fixes, so far from where she is expected."""
    if not (legs.belief > 0).any():
        return np.empty(0, np.int64)
    nowhere = (np.abs(legs.lat_deg) < NOWHERE_DEG) & (np.abs(legs.lon_deg) < NOWHERE_DEG)
    nowhere &= (legs.event_s - legs.born_s < NOWHERE_S) | (legs.in_trusted > 0)
    return np.flatnonzero(
        (legs.belief > 0)
        & (legs.in_belief >= fixes)
        & (legs.apart_nm >= apart_nm)
        & ~among(legs.msg_type, (0, 27))
        & ~(legs.late | legs.ahead | nowhere)
        & are_standard(legs.mmsi)
    )


def judge(view: View, memory: Spells, rows: I64, clear_s: float, answers: list[Answer]) -> Spells:
    """Take the candidates in order of receipt; at a look, doubts that have gone by end. What came out is added to `answers`."""
    legs = view.legs
    for second, its in by_second(legs.received_s[rows]):
        for leg in rows[its].tolist():
            mmsi = int(legs.mmsi[leg])
            key = key_of(mmsi, TRACK)
            at = int(np.searchsorted(memory.key, key))
            if at == len(memory) or memory.key[at] != key:
                fresh = Spells.blank(1).replace(key=np.array([key]), since_s=legs.born_s[leg : leg + 1], value=np.zeros(1, np.float32))
                memory = Spells.concat([memory.take(slice(0, at)), fresh, memory.take(slice(at, len(memory)))])
            else:
                memory = memory.take(slice(0, len(memory))).replace(
                    seen_s=memory.seen_s.copy(), level=memory.level.copy(), value=memory.value.copy(), raised_s=memory.raised_s.copy()
                )
            memory.seen_s[at] = second
            memory.value[at] = max(float(memory.value[at]), float(legs.apart_nm[leg]))
            if memory.level[at] == UNDECIDED:
                answer = _answer(view, leg)
                if answer != UNDECIDED:
                    memory.level[at], memory.raised_s[at] = answer, second
                    answers.append(Answer(second, mmsi, answer, float(memory.since_s[at]), float(legs.apart_nm[leg]), leg))
    if view.look and len(memory):
        over = view.now_s - memory.seen_s > clear_s
        over[over] = view.now_s - memory.seen_s[over] > _clear_s(view, memory.take(over), clear_s)
        over[over] = ~_believed_instead(view, memory.take(over))
        for mmsi, level, since_s in zip(memory.key[over] >> np.uint64(32), memory.level[over], memory.since_s[over], strict=True):
            answers.append(Answer(view.now_s, int(mmsi), int(level), float(since_s), NAN, None))
        memory = memory.take(~over)
    return memory


def _clear_s(view: View, doubts: Spells, clear_s: float) -> F64:
    """(n,) how long nothing may contradict: where she is seldom heard, as by satellites, so many of her usual intervals."""
    picture, slots = view.picture, [slot_of(view.picture, mmsi) for mmsi in ships_of(doubts.key)[0]]
    usual_s = np.nan_to_num(picture.interval_s[slots].astype(np.float64))
    return np.where(usual_s >= SPARSE_S, np.clip(CLEAR_INTERVALS * usual_s, clear_s, LONGEST_CLEAR_S), clear_s)


def _within_reach(view: View, slot: int, leg: int) -> bool:
    """Whether she could have sailed to a place from where she was last believed, if the clocks of two feeds differ by minutes."""
    picture, legs = view.before, view.legs
    east, north = apart_m(picture.lat_deg[slot], picture.lon_deg[slot], legs.lat_deg[leg], legs.lon_deg[leg])
    speed_kn = np.fmax(picture.sog_kn[slot], picture.usual_sog_kn[slot])
    passed_s = float(legs.event_s[leg] - picture.event_s[slot]) + CLOCK_S
    return bool(np.hypot(east, north) <= FASTER * speed_kn * KN_MS * passed_s)


def _believed_instead(view: View, doubts: Spells) -> np.ndarray:
    """(n,) bool: no more contradicted because the other track is the one that is believed now, so nothing is settled."""
    believed = np.zeros(len(doubts), np.bool_)
    for i, mmsi in enumerate((doubts.key >> np.uint64(32)).tolist()):
        when = view.picture.believed_s[view.picture.mmsi == mmsi]
        believed[i] = bool(len(when)) and bool(when[0] >= doubts.since_s[i]) and bool(view.now_s - when[0] < BELIEVED_S)
    return believed


def _answer(view: View, leg: int) -> int:
    """Which it is, once the trusted track has had time to go on or has gone on."""
    legs = view.legs
    trusted, displaced = int(legs.in_trusted[leg]), int(legs.in_belief[leg])
    slot = int(legs.slot[leg])
    usual_s = float(view.before.interval_s[slot]) if slot < len(view.before) else NAN
    if usual_s >= SPARSE_S and _within_reach(view, slot, leg):
        return UNDECIDED
    if trusted >= TRUSTED_ALIVE:
        return CLONE if 4 * trusted >= displaced else FALSE_POSITION
    waited = legs.event_s[leg] - legs.born_s[leg] >= min(INTERVALS * (usual_s if usual_s == usual_s else 10.0), LONGEST_S)
    # After a gap the last fix before it may have been a bad one: then more is asked for. One that is seldom heard is always after a gap.
    last_s = float(view.before.event_s[slot]) if slot < len(view.before) else NAN
    if (legs.born_s[leg] - last_s > GAP_S or usual_s > GAP_S) and displaced < AFTER_GAP:
        return UNDECIDED
    if (trusted <= TRUSTED_MOST and waited) or displaced >= 8 * (1 + trusted):
        return FALSE_POSITION
    return UNDECIDED
