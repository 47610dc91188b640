"""Collision: two ships hold on to a pass that is too close, and neither does anything about it.

What it does      Foretells how near the hulls of two ships under way will come, from their dimensions, courses and steady turns; what is
                  too near depends on how they meet and how fast they are. Pairs for which that is foretold again and again make a ranked
                  list of risks. Raised, once a pair, when they have held on, the miss is below `close_nm` and their hulls could be in
                  touch within `lead_s`. Danger when hulls would come within `touch_nm`. Ends when they have passed, or one has altered.
Why it matters    A large ship needs some four minutes and half a mile to get out of the way; after that nobody can.
When it is wrong  Ships that agreed by radio to pass close. Ferries, yachts and fishing boats turn at the last moment: only a near contact
                  counts for them. Tugs, pilots, small craft among each other, and boats that run
                  up to a ship below 10 kn are left out; so are ships that meet slowly on
                  opposite courses and have turned within the last minutes, as in a channel: there they pass at a cable. A ship that
                  slows or turns at that moment is believed to act, even if it does not suffice; so is one that for minutes has lost
                  speed towards a ship at rest, and a yacht or fishing boat in a turn. A barge that runs up slowly to a ship at rest
                  twice her length is told late, for most mean to go alongside. A bend in a lane looks like a meeting.
Sources           COLREG rules 8, 13, 14 and 15; N. Wang, quaternion ship domain, J. Navigation 63 (2010); DMA AisAbnormal (who is left
                  out). A fixed alarm of 2 nm and 30 min fires 3 to 18 times per ship-hour.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.hour import H_COG, H_SOG, MINUTES
from tankerwatch.core.hulls import CLASS_B, LONGEST_M, Hulls, apart_m, domain_share, hulls_of
from tankerwatch.core.meeting import (
    CROSSING,
    HEAD_ON,
    KN_MS,
    OVERTAKING,
    STANDING,
    Meeting,
    Risks,
    antennas,
    curved,
    geometry,
    steadiness,
    straight,
    velocity,
)
from tankerwatch.core.schema import F64, I64, U64, Bool
from tankerwatch.core.tables import Picture
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, among, finding, key_of, ships_of, slot_of

# fmt: off
# a table: its columns are read downwards
SETTINGS: Final = {
    "close_nm": Setting(0.2, "nm", "hulls that pass nearer than this pass too close", 0.02, 1, "close quarters"),
    "agile_nm": Setting(0.06, "nm", "the same when one is a ferry, a yacht, a fishing boat or another boat", 0.01, 0.5),
    "touch_nm": Setting(0.05, "nm", "nearer than this it is danger, below caution", 0.01, 0.5, "half a cable, a ship's length"),
    "fast_kn": Setting(15, "kn", "ships on opposite or equal courses: at this mean speed all of `close_nm` is too close", 5, 40),
    "slow_kn": Setting(9, "kn", "at this mean speed only a near contact; in a channel they pass at a cable", 2, 20),
    "lead_s": Setting(275, "s", "raised when hulls could be in touch within this", 120, 900, "who acts, does so six minutes ahead"),
    "list_s": Setting(720, "s", "on the list when they could be within this", 240, 1200),
    "list_score": Setting(0.5, "-", "on the list from this score on", 0.1, 1),
    "held_min": Setting(3, "min", "both have held course and speed, or a steady turn, for this long", 1, 10),
    "held_slow_min": Setting(10, "min", "the same at the slow speed on opposite or equal courses: in a channel courses change", 1, 15),
    "steady_deg": Setting(9, "deg", "a course held changes by less than this", 2, 30),
    "under_way_kn": Setting(3, "kn", "slower ships do not meet, but lie still", 1, 8),
    "moving_kn": Setting(8, "kn", "who overtakes, or heads for one at rest, makes at least this", 3, 20, "slower ones do it on purpose"),
    "small_m": Setting(50, "m", "two shorter ones are left to themselves", 10, 150, "DMA AisAbnormal"),
    "clear_s": Setting(90, "s", "over when not foretold for this long", 20, 600),
}
# fmt: on
ACTS: Final = (identities.SERVICE, identities.AUTHORITY, 10, 11, 12, 13, 14)  # those who come close by trade, and those that are no ships
AGILE: Final = (identities.PASSENGER, identities.HIGH_SPEED, identities.PLEASURE, identities.FISHING)
LARGE: Final = (identities.TANKER, identities.CARGO, identities.OTHER)
CRAFT_M: Final = 40.0  # the largest crew boats have this length
HOST_KN: Final = 10.0  # whom a boat comes alongside makes less
CHASE_KN: Final = 15.0
BARGE_M: Final = 90.0  # and the largest that bring bunkers and stores to ships at anchor this: 70 m of them stop within 300 m
BARGE_S: Final = 120.0  # so they are told only so long before
FISHING: Final = 7  # navigational status
TURNING_DEG_MIN: Final = 1.5
SOON_S: Final = 180.0  # between whole minutes are judged those that meet within `lead_s` and this, if too close
FEW_LOOKS: Final = 6  # or new
NEAR_NM: Final = 3.5  # and is looked at each time within this
TURNING_NM: Final = 1.0  # a ship that turns may come so much nearer than her course tells
PAST: Final = 12  # minutes looked back
FRESH_S: Final = 150.0  # the newest fix is not older, of a ship under way
AT_REST_S: Final = 390.0  # at anchor she reports each three minutes
MEMORY_S: Final = 60.0  # what was foretold fades from the mean in about this time
LAST_S: Final = 250.0  # until then a fix that is overdue is waited for: it may tell of a turn
PAST_EACH_OTHER: Final = 3  # level of a pair whose alert has ended: they are not cried again
REARM_S: Final = 1800.0  # before this
AGILE_S: Final = 15.0  # ferries and yachts are given so much longer to act
MEETS: Final = {
    HEAD_ON: "{0} and {1} meet head-on at {2:.0f} and {3:.0f} kn",
    CROSSING: "{0} at {2:.0f} kn has {1} at {3:.0f} kn crossing from starboard",
    OVERTAKING: "{0} at {2:.0f} kn overtakes {1} at {3:.0f} kn",
    STANDING: "{0} at {2:.0f} kn heads for {1}, who lies still",
}


class Candidates:
    """Pairs that may be too close, as arrays (n,): the first and second ship, how they will pass."""

    def __init__(self, view: View, memory: Risks, settings: Settings) -> None:
        self.first, self.second = _wanted(view, memory, settings)
        if len(self.first):
            self._foretell(view, settings)

    def __len__(self) -> int:
        return len(self.first)

    def _keep(self, which: Bool) -> None:
        for name, values in vars(self).items():
            setattr(self, name, values[which])

    def _foretell(self, view: View, settings: Settings) -> None:
        picture = view.picture
        # Both ships of each pair go through at once, (2, n): for few pairs the number of calls is what costs.
        both = np.concatenate([self.first, self.second])
        sog, cog, lat, lon = (values.reshape(2, -1) for values in _course(picture, both, view.now_s))
        east, north = apart_m(lat[0], lon[0], lat[1], lon[1])
        v_east, v_north = velocity(sog, cog)
        miss, tcpa = antennas(east, north, (v_east[0], v_north[0]), (v_east[1], v_north[1]))
        turning = (np.abs(picture.turn_deg_min[both]) >= TURNING_DEG_MIN).reshape(2, -1).any(axis=0)
        near = (miss <= 1852.0 * 1.5 * settings["close_nm"] + LONGEST_M) & (tcpa > 0) & (tcpa <= settings["list_s"] + 120) | turning
        if not view.minute:  # what is far off is judged once a minute
            near &= (tcpa <= settings["lead_s"] + 120) | turning & (np.hypot(east, north) <= 1852.0 * NEAR_NM)
        if not near.all():
            self._keep(near)
            sog, cog, v_east, v_north = sog[:, near], cog[:, near], v_east[:, near], v_north[:, near]
            east, north, miss = east[near], north[near], miss[near]
        if not len(self):
            return
        both = np.concatenate([self.first, self.second])
        held, rate, off = (values.reshape(2, -1) for values in _steady(view, both, settings["steady_deg"]))
        rate[sog < settings["under_way_kn"]] = 0.0
        hulls = hulls_of(picture, both)
        near = (miss - hulls.length_m.reshape(2, -1).mean(axis=0) <= 1852.0 * 1.5 * settings["close_nm"]) | (rate != 0).any(axis=0)
        if not near.all():
            self._keep(near)
            hulls = _hulls(hulls, np.concatenate([near, near]))
            sog, cog, held, rate, off = (values[:, near] for values in (sog, cog, held, rate, off))
            v_east, v_north, east, north = v_east[:, near], v_north[:, near], east[near], north[near]
        n = len(self)
        if not n:
            return
        both, one, other = np.concatenate([self.first, self.second]), _hulls(hulls, slice(0, n)), _hulls(hulls, slice(n, 2 * n))
        meeting = straight(east, north, (v_east[0], v_north[0]), (v_east[1], v_north[1]), one, other, (cog[0], cog[1]))
        bends = np.flatnonzero((rate != 0).any(axis=0))
        if len(bends):
            parts = [tuple(values[:, bends]) for values in (sog, cog, rate)]
            ours, theirs = _hulls(one, bends), _hulls(other, bends)
            bent = curved(east[bends], north[bends], parts[0], parts[1], parts[2], ours, theirs, settings["list_s"])
            meeting = _with(meeting, bends, bent)
        self.distance_m = np.hypot(east, north)
        self.sog, self.other_sog, self.cog, self.other_cog = sog[0], sog[1], cog[0], cog[1]
        self.pass_m, self.gap_m, self.tcpa_s, self.contact_s = meeting.pass_m, meeting.gap_m, meeting.tcpa_s, meeting.contact_s
        self.how = geometry(cog[0], cog[1], sog[0], sog[1], still_kn=settings["under_way_kn"])
        self.held_min = np.where(sog < settings["under_way_kn"], PAST, held).min(axis=0)
        agile = among(picture.kind[both], AGILE) | (picture.nav_status[both] == FISHING) | hulls.told & (hulls.length_m < CRAFT_M)
        self.agile = agile[:n] | agile[n:]
        self.limit_m, self.needs_min = _limits(self, settings)
        sides = np.concatenate([meeting.east_m, -meeting.east_m]), np.concatenate([meeting.north_m, -meeting.north_m])
        self.share = domain_share(*sides, cog.ravel(), hulls.length_m, sog.ravel()).reshape(2, -1).min(axis=0)
        self.fresh = view.now_s - picture.event_s[both] <= np.fmax(1.2 * picture.interval_s[both] + 15.0, 45.0)
        self.fresh = self.fresh[:n] & self.fresh[n:]
        acts = _acts(picture, both, rate.ravel(), off.ravel(), sog.ravel(), settings)
        stands = self.how == STANDING
        acts |= np.tile(stands, 2) & _eases(view, both, sog.ravel(), np.tile(self.distance_m, 2))
        small = among(picture.kind[both], AGILE) & (hulls.length_m < settings["small_m"])
        acts |= small & (rate.ravel() != 0)  # she is steered by hand: nobody can tell where her turn will end
        self.acts = acts[:n] | acts[n:]
        self.late = stands & (np.fmin(one.length_m, other.length_m) < BARGE_M) & (np.fmax(sog[0], sog[1]) < HOST_KN)
        self.late &= np.where(sog[0] > sog[1], 2 * one.length_m <= other.length_m, 2 * other.length_m <= one.length_m)
        self._keep((self.gap_m <= 1.5 * self.limit_m) & (self.limit_m > 0) & (self.tcpa_s > 0) & (self.contact_s <= settings["list_s"]))


def _wanted(view: View, memory: Risks, settings: Settings) -> tuple[I64, I64]:
    """First and second ships of the pairs to judge now: at whole minutes all that may be too close, between them those that then were,
    and meet soon.
    """
    pairs, picture = view.pairs, view.picture
    soon = (memory.meet_s - view.now_s <= settings["lead_s"] + SOON_S) & ((memory.score > 0) | (memory.looks < FEW_LOOKS))
    if not len(pairs) or (not view.minute and not soon.any()):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # The speed sent may be in another unit: what is asked of `pairs` is wide, and judged again.
    tcpa, close_nm = pairs.tcpa_s, 0.2 + settings["close_nm"] * 1.5
    rows = np.flatnonzero((tcpa > 0) & (tcpa <= 2.2 * settings["list_s"]) & (pairs.cpa_nm <= close_nm + TURNING_NM))
    first, second = pairs.slot[rows].astype(np.int64), pairs.other[rows].astype(np.int64)
    if view.minute:
        turns = np.fmax(np.abs(picture.turn_deg_min[first]), np.abs(picture.turn_deg_min[second])) >= TURNING_DEG_MIN
        near = turns | (pairs.cpa_nm[rows] <= close_nm)
    else:
        at = memory.find(_keys(picture, first, second))
        near = (at >= 0) & soon[at]
    first, second = first[near], second[near]
    if not len(first):
        return first, second
    wanted = _may_meet(view, first, second, settings)
    return first[wanted], second[wanted]


def _may_meet(view: View, first: I64, second: I64, settings: Settings) -> Bool:
    """(n,) whether a pair is of ships that are to keep clear of each other, and heard well enough to judge it."""
    picture, n, both = view.picture, len(first), np.concatenate([first, second])
    kind, length, sog, sent = picture.kind[both], picture.length_m[both], picture.sog_kn[both], picture.msg_type[both]
    small = (length > 0) & (length < settings["small_m"]) | (length == 0) & (among(kind, AGILE) | among(sent, CLASS_B))
    large = among(kind, LARGE) & ((length == 0) | (length >= settings["small_m"]))
    still = sog < settings["under_way_kn"]
    sound = ~among(kind, ACTS) & picture.trusted[both] & (view.now_s - picture.event_s[both] <= np.where(still, AT_REST_S, FRESH_S))
    sound &= ~among(sent, (0, 9, 27)) & ~among(picture.nav_status[both], (5, 6))
    # Small craft that run up to a slow ship mean to go alongside: that is for `closing`.
    craft = (length > 0) & (length < CRAFT_M) & ~among(kind, AGILE) | (length == 0) & among(sent, CLASS_B)
    host = (length >= 2 * CRAFT_M) & (sog < HOST_KN)
    visit = craft[:n] & host[n:] & (sog[:n] > sog[n:]) | host[:n] & craft[n:] & (sog[n:] > sog[:n])
    # And so are fast ones that say nothing of themselves and come at a guarded ship: one danger is told once.
    guarded, untold = picture.guarded[both], craft & (kind == identities.UNKNOWN) & (sog >= CHASE_KN)
    visit |= guarded[:n] & untold[n:] | untold[:n] & guarded[n:]
    sound[:n] &= ~visit
    slow = still[:n] | still[n:]
    return np.asarray(sound[:n] & sound[n:] & ~(small[:n] & small[n:]) & (~slow | large[:n] & large[n:]))


def _course(picture: Picture, slots: I64, now_s: float) -> tuple[F64, F64, F64, F64]:
    """Speed, course and place now. The speed sent is believed unless her fixes make another: some tables hold it in another unit."""
    sog, cog = picture.sog_kn[slots].astype(np.float64), picture.cog_deg[slots].astype(np.float64)
    made, made_cog = picture.made_kn[slots].astype(np.float64), picture.made_deg[slots].astype(np.float64)
    other = (made >= 3.0) & (np.abs(made - sog) > np.maximum(2.0, 0.3 * made)) & (picture.fixes[slots] >= 5)
    sog, cog = np.where(other, made, sog), np.where(other | np.isnan(cog), made_cog, cog)
    run_m = sog * 1852.0 / 3600.0 * (now_s - picture.event_s[slots])
    lat = picture.lat_deg[slots] + run_m * np.cos(np.radians(cog)) / 111_120.0
    narrow = np.maximum(np.cos(np.radians(picture.lat_deg[slots])), 0.01)
    return sog, cog, lat, picture.lon_deg[slots] + run_m * np.sin(np.radians(cog)) / 111_120.0 / narrow


def _steady(view: View, slots: I64, steady_deg: float) -> tuple[F64, F64, F64]:
    """(n,) minutes for which they have gone on as they do, the rate of a steady turn in deg/min, degrees off the course of before."""
    picture, hour = view.picture, view.hour
    minute = int(view.now_s // 60) - np.arange(PAST + 1)[:, None]
    at = minute % MINUTES
    heard = hour.minutes[at, slots] == minute
    past = [np.where(heard, hour.values[at, slots, column], np.nan).astype(np.float64) for column in (H_COG, H_SOG)]
    now = [column[slots].astype(np.float64) for column in (picture.cog_deg, picture.sog_kn)]
    return steadiness(now[0], now[1], past[0], past[1], steady_deg)


def _hulls(hulls: Hulls, which: I64 | Bool | slice) -> Hulls:
    return Hulls(*(getattr(hulls, name)[which] for name in Hulls.__slots__))


def _with(meeting: Meeting, which: I64, other: Meeting) -> Meeting:
    changed: dict[str, Any] = {}
    for name in Meeting.__slots__:
        values = getattr(meeting, name).copy()
        values[which] = getattr(other, name)
        changed[name] = values
    return replace(meeting, **changed)


def _limits(pairs: Candidates, settings: Settings) -> tuple[F64, F64]:
    """(n,) which gap between hulls is too small, in metres, and how long they must have held on, in minutes."""
    close = np.where(pairs.agile, min(settings["agile_nm"], settings["close_nm"]), settings["close_nm"])
    parallel = among(pairs.how, (HEAD_ON, OVERTAKING))
    mean = (pairs.sog + pairs.other_sog) / 2
    speeds = [settings["slow_kn"], max(settings["fast_kn"], settings["slow_kn"] + 0.1)]
    share = np.interp(mean, speeds, [0.15, 1.0])
    held = np.interp(mean, speeds, [settings["held_slow_min"], settings["held_min"]])
    close = np.where(parallel, np.minimum(close, settings["close_nm"] * share), close)
    close = np.where(pairs.how == STANDING, 0.1 * settings["close_nm"], close)
    slow = among(pairs.how, (OVERTAKING, STANDING)) & (np.fmax(pairs.sog, pairs.other_sog) < settings["moving_kn"])
    close = np.where(slow, -1.0, close)
    return close * 1852.0, np.where(parallel, held, settings["held_min"])


def _acts(picture: Picture, slots: I64, rate: F64, off_deg: F64, sog: F64, settings: Settings) -> Bool:
    """(n,) whether a ship has begun to turn or to slow down: not the steady turn that is foretold."""
    known, gain = picture.turn_deg_min[slots], picture.gain_kn_min[slots]
    turn = np.where(np.isnan(known), 0.0, known) - rate
    turns = (np.abs(turn) >= 10.0) | (rate == 0) & (np.abs(turn) >= 4.0) & (np.abs(off_deg) >= 4.0) & (np.sign(off_deg) == np.sign(turn))
    return np.asarray((sog >= settings["under_way_kn"]) & (turns | (gain <= -np.maximum(0.8, 0.08 * sog))))


def _eases(view: View, slots: I64, sog: F64, distance_m: F64) -> Bool:
    """(n,) whether a ship loses speed for four minutes, and will have none before she is twice as far: she means to stop there."""
    two, four = (view.hour.value(slots, minutes, view.now_s, H_SOG).astype(np.float64) for minutes in (2, 4))
    loss_ms2 = (two - sog) * KN_MS / 120.0
    stops_m = (sog * KN_MS) ** 2 / (2 * np.maximum(loss_ms2, 1e-6))
    return np.asarray((two - sog >= 0.3) & (four - sog >= 0.8) & (stops_m <= 2.0 * distance_m))


def step(view: View, memory: Risks, settings: Settings) -> tuple[Findings, Risks]:
    """Judge the pairs at a look."""
    if not len(view.pairs) and not len(memory):
        return Findings.empty(), memory
    pairs = Candidates(view, memory, settings)
    if not len(pairs) and not len(memory):
        return Findings.empty(), memory
    keys = _keys(view.picture, pairs.first, pairs.second)
    risks = _remember(memory, pairs, keys, view.now_s, settings)
    return _say(view, risks, pairs, keys, settings)


def _keys(picture: Picture, first: Any, second: Any) -> U64:
    one, other = picture.mmsi[first], picture.mmsi[second]
    return key_of(np.minimum(one, other), np.maximum(one, other))


def _remember(memory: Risks, pairs: Candidates, keys: U64, now_s: float, settings: Settings) -> Risks:
    """What was foretold of each pair goes into the mean of what was foretold before."""
    if not len(keys):
        return memory.take(slice(None))
    fresh = np.flatnonzero(memory.find(keys) < 0)
    n = len(fresh)
    risks = memory
    if n:
        born = Risks.blank(n).replace(key=keys[fresh], since_s=np.full(n, now_s), seen_s=np.full(n, -np.inf))
        born.pass_m[:], born.meet_s[:] = pairs.pass_m[fresh], now_s + pairs.tcpa_s[fresh]
        risks = Risks.concat([memory, born])
    risks = risks.take(np.argsort(risks.key, kind="stable"))
    rows = risks.find(keys)
    weight = 1.0 - np.exp(-np.minimum(now_s - np.maximum(risks.seen_s[rows], risks.since_s[rows] - 10.0), 60.0) / MEMORY_S)
    pass_m = np.where(np.abs(pairs.pass_m) < 30.0, np.abs(pairs.pass_m) * np.sign(risks.pass_m[rows]), pairs.pass_m)
    off_m, off_s = np.abs(pass_m - risks.pass_m[rows]), np.abs(now_s + pairs.tcpa_s - risks.meet_s[rows])
    risks.spread_m[rows] += weight * (off_m - risks.spread_m[rows])
    risks.wander_s[rows] += weight * (off_s - risks.wander_s[rows])
    risks.pass_m[rows] += weight * (pass_m - risks.pass_m[rows])
    risks.meet_s[rows] += weight * (now_s + pairs.tcpa_s - risks.meet_s[rows])
    risks.seen_s[rows] = now_s
    risks.looks[rows] = np.minimum(risks.looks[rows], 249) + 1
    risks.gap_m[rows], risks.share[rows] = pairs.gap_m, pairs.share
    risks.nearest_m[rows] = np.fmin(risks.nearest_m[rows], pairs.distance_m)
    deep = np.clip(1.0 - pairs.gap_m / np.maximum(pairs.limit_m, 1.0), 0.0, 1.0)
    soon = np.clip((settings["list_s"] - pairs.contact_s) / (settings["list_s"] - 240.0), 0.0, 1.0)
    sure = np.clip(1.25 - risks.spread_m[rows] / (0.5 * pairs.limit_m + 60.0), 0.0, 1.0) * np.clip(
        1.25 - risks.wander_s[rows] / 60.0, 0.0, 1.0
    )
    sure *= np.clip(pairs.held_min / pairs.needs_min, 0.0, 1.0)
    risks.score[rows] = np.where(pairs.gap_m <= pairs.limit_m, sure * (0.3 + 0.3 * deep + 0.4 * soon), 0.0)
    return risks


def _say(view: View, risks: Risks, pairs: Candidates, keys: U64, settings: Settings) -> tuple[Findings, Risks]:
    """Put on the list, raise, amend and end."""
    now_s, found = view.now_s, []
    _watch_raised(view, risks)
    if len(keys):
        rows = risks.find(keys)
        listed = (risks.score[rows] >= settings["list_score"]) & (risks.looks[rows] >= 3) & ~pairs.acts
        risks.listed_s[rows] = np.where(listed & np.isnan(risks.listed_s[rows]), now_s, risks.listed_s[rows])
        opening = np.abs(pairs.pass_m) - np.abs(risks.pass_m[rows]) > 60.0
        worst = listed & (risks.level[rows] == 0) & (risks.looks[rows] >= 6) & ~opening & (pairs.held_min >= pairs.needs_min)
        lead_s = settings["lead_s"] - AGILE_S * pairs.agile + np.minimum(2 * risks.wander_s[rows], 40.0)
        lead_s = np.where(pairs.late, np.minimum(lead_s, BARGE_S), lead_s)
        worst &= (pairs.contact_s <= lead_s) & (pairs.contact_s > 20.0) & (pairs.fresh | (pairs.contact_s <= LAST_S))
        severe = pairs.gap_m <= settings["touch_nm"] * 1852.0
        worse = listed & (risks.level[rows] == 1) & severe
        for n in np.flatnonzero(worst | worse).tolist():
            row = int(rows[n])
            verb = "amend" if risks.level[row] else "raise"
            risks.level[row] = 2 if severe[n] else 1
            risks.raised_s[row] = now_s if verb == "raise" else risks.raised_s[row]
            found.append(_told(view, risks, row, verb, *_words(view.picture, pairs, n), severity="danger" if severe[n] else "caution"))
    unseen_s = now_s - risks.seen_s
    for row in np.flatnonzero((unseen_s > settings["clear_s"]) & among(risks.level, (1, 2))).tolist():
        slots = [slot_of(view.picture, ship[0]) for ship in ships_of(risks.key[row : row + 1])]
        nearest = f"They came no nearer than {risks.nearest_m[row] / 1852:.2f} NM."
        words = f"{{0}} and {{1}} are past each other or have altered. {nearest}"
        found.append(_told(view, risks, row, "end", slots, words, severity="notice"))
        risks.level[row] = PAST_EACH_OTHER
    return Findings.concat(found), risks.take(unseen_s <= np.where(risks.level == PAST_EACH_OTHER, REARM_S, settings["clear_s"]))


def _watch_raised(view: View, risks: Risks) -> None:
    """Keep the least distance of those that are alerts, wherever they go."""
    rows = np.flatnonzero(among(risks.level, (1, 2)))
    if not len(rows) or not len(view.pairs):
        return
    keys = _keys(view.picture, view.pairs.slot, view.pairs.other)
    for row in rows.tolist():
        for at in np.flatnonzero(keys == risks.key[row]).tolist():
            risks.nearest_m[row] = np.fmin(risks.nearest_m[row], view.pairs.distance_nm[at] * 1852.0)


def _told(view: View, risks: Risks, row: int, verb: str, slots: list[int], reason: str, *, severity: str) -> Findings:
    """A finding of a pair's one episode, whichever ship is named first."""
    picture = view.picture
    key, since_s = int(risks.key[row]), float(risks.since_s[row])
    return finding(
        detector="collision",
        episode=f"{key >> 32}-{key & 0xFFFFFFFF}-{int(since_s)}",
        verb=verb,
        time_s=view.now_s,
        start_s=since_s,
        severity=severity,
        score=float(risks.score[row]),
        ships=[int(picture.mmsi[slot]) for slot in slots],
        reason=reason,
        lat_deg=float(picture.lat_deg[slots[0]]),
        lon_deg=float(picture.lon_deg[slots[0]]),
        evidence=[int(picture.source_row[slot]) for slot in slots if picture.source_row[slot]],
    )


def _words(picture: Picture, pairs: Candidates, n: int) -> tuple[list[int], str]:
    """Who does what, how near they come and when. Of an overtaking the overtaker is named first, of a crossing who gives way."""
    how = int(pairs.how[n])
    slots = [int(pairs.first[n]), int(pairs.second[n])]
    speeds = [float(pairs.sog[n]), float(pairs.other_sog[n])]
    faster = how in (OVERTAKING, STANDING)
    swap = speeds[1] > speeds[0] if faster else how == CROSSING and not _starboard(picture, pairs, n)
    if swap:
        slots, speeds = slots[::-1], speeds[::-1]
    words = MEETS[how].format("{0}", "{1}", *speeds)
    gap = float(pairs.gap_m[n])
    near = "their hulls would touch" if gap < 1 else f"they pass {gap:.0f} m apart"
    apart = float(pairs.distance_m[n]) / 1852
    return slots, f"{words}, {apart:.1f} NM apart: in {max(float(pairs.tcpa_s[n]) / 60, 1):.0f} min {near} if both hold on."


def _starboard(picture: Picture, pairs: Candidates, n: int) -> bool:
    """Whether the first of a pair has the second on her starboard side."""
    a, b = pairs.first[n], pairs.second[n]
    east, north = apart_m(picture.lat_deg[a], picture.lon_deg[a], picture.lat_deg[b], picture.lon_deg[b])
    course = np.radians(pairs.cog[n])
    return bool(east * np.cos(course) - north * np.sin(course) > 0)


DETECTOR: Final = Detector(
    id="collision", words="possible collision", reads=("look",), settings=SETTINGS, memory=Risks, step=step, key="pair", horizon_s=3600
)
