"""The rules of `core/kernels/beliefs.py` once more, slowly and in plain words, for the tests to compare with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

NAN = float("nan")
COPIES = 8
"""Reports of a ship that a copy is looked for among."""


@dataclass(frozen=True)
class Fix:
    received_s: float
    event_s: float
    lat: float
    lon: float
    sog: float = NAN
    cog: float = NAN
    status: int = 255
    kind: int = 1
    key: int = 0
    second: int = 60
    row: int = 0
    accurate: bool = False

    @property
    def has_place(self) -> bool:
        return not (math.isnan(self.lat) or math.isnan(self.lon))


@dataclass(frozen=True)
class Belief:
    time_s: float
    lat: float
    lon: float
    sog: float = NAN
    cog: float = NAN
    fixes: int = 0
    east_kn: float = 0.0
    north_kn: float = 0.0
    born_s: float = 0.0
    row: int = 0
    born_fixes: int = 0


@dataclass(frozen=True)
class Leg:
    """What is said of one fix; `belief` is None when it was a copy, had no place, or was too coarse to count."""

    belief: int | None
    late: bool = False
    apart_nm: float = NAN
    came_from: tuple[float, float, float] | None = None
    in_belief: int = 0
    in_trusted: int = 0
    born_s: float = NAN
    ahead: bool = False


def apart_nm(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Flat up to 30 nm, with the width of a degree where the fix (b) is; else on the sphere."""
    wide = (lon_b - lon_a + 540) % 360 - 180
    flat = math.hypot(lat_b - lat_a, wide * max(math.cos(math.radians(lat_b)), 0.01)) * 60.040466
    if flat <= 30:
        return flat
    a = math.sin(math.radians(lat_b - lat_a) / 2) ** 2
    b = math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * 3440.065 * math.asin(math.sqrt(min(max(a + b, 0.0), 1.0)))


def velocity(belief: Belief) -> tuple[float, float]:
    """East and north, kn: as sent or from two fixes; 0 where neither is known."""
    if math.isnan(belief.sog) or math.isnan(belief.cog):
        return 0.0, 0.0
    course = math.radians(belief.cog)
    return belief.sog * math.sin(course), belief.sog * math.cos(course)


def from_to(belief: Belief, fix: Fix) -> tuple[float, float]:
    """East and north, nm."""
    narrow = max(math.cos(math.radians(fix.lat)), 0.01)
    return ((fix.lon - belief.lon + 540) % 360 - 180) * 60 * narrow, (fix.lat - belief.lat) * 60


@dataclass
class Ship:
    beliefs: list[Belief | None] = field(default_factory=lambda: [None, None, None])
    first_s: float = NAN
    heard_s: float = NAN
    status: int = 255
    status_s: float = NAN
    trusted_fixes: int = 0
    displaced: int = 0
    precise_s: float = -math.inf
    copies: list[tuple[int, float]] = field(default_factory=list)
    minutes: dict[int, float] = field(default_factory=dict)
    best_kn: float = NAN
    track: dict[int, tuple[float, float, float]] = field(default_factory=dict)
    astray: int = 0
    astray_s: float = NAN
    nowhere_s: float = NAN
    estimated_s: float = NAN
    inaccurate_s: float = NAN
    sound_s: float = NAN
    frozen_s: float = NAN
    frozen_at: tuple[float, float] = (NAN, NAN)
    frozen_nm: float = 0.0
    behind: int = 0
    believed_s: float = NAN

    def take(self, fix: Fix) -> Leg:
        if math.isnan(self.first_s):
            self.first_s = fix.received_s
        self.heard_s = fix.received_s if math.isnan(self.heard_s) else max(self.heard_s, fix.received_s)
        if self._is_copy(fix):
            return Leg(None)
        if fix.status not in (255, self.status):
            self.status, self.status_s = fix.status, fix.received_s
        if fix.kind not in (0, 27):
            self._sense(fix)
        if not fix.has_place:
            return Leg(None)
        if fix.kind == 27 and fix.event_s - self.precise_s < 600:
            return Leg(None)
        for b in (1, 2):
            old = self.beliefs[b]
            if old is not None and fix.event_s - old.time_s > 900:
                self.beliefs[b] = None
        trusted = self.beliefs[0]
        apart = NAN if trusted is None else self._from_expected(trusted, fix)
        able = [b for b, belief in enumerate(self.beliefs) if belief is not None and self._could_sail(belief, fix)]
        if able:
            b = min(able, key=lambda b: self._from_expected(self.beliefs[b], fix))
            late = fix.event_s < self.beliefs[b].time_s
            strange = b != 0
            if trusted is not None and not strange:
                step = apart_nm(trusted.lat, trusted.lon, fix.lat, fix.lon)
                strange = step > 0.1 and apart > 0.1 and fix.event_s - trusted.time_s < 900
            if strange and not late and trusted is not None and self._was_there(fix):
                return self._old(fix, apart)
        elif fix.kind == 0:
            b = 0
            self.beliefs[0] = None
        elif trusted is not None and self._was_there(fix):
            return self._old(fix, apart)
        elif None in self.beliefs:
            b = self.beliefs.index(None)
        else:
            b = min((1, 2), key=lambda b: self.beliefs[b].time_s)
            self.beliefs[b] = None
        belief = self.beliefs[b]
        came_from = None if belief is None else (belief.time_s, belief.lat, belief.lon)
        if belief is not None and fix.event_s < belief.time_s:
            if b == 0 and belief.time_s - fix.event_s > 20 and fix.sog >= 1:
                east, north = from_to(belief, fix)
                v_east, v_north = velocity(belief)
                self.behind = self.behind + 1 if east * v_east + north * v_north > 0 else 0
            if b != 0 or self.behind < 3 or belief.time_s - fix.event_s <= 20 or not fix.sog >= 1:
                return Leg(b, True, apart, came_from, belief.fixes)
            belief = replace(belief, time_s=fix.event_s)
            came_from = (belief.time_s, belief.lat, belief.lon)
        moved = self.beliefs[b] = self._moved(belief, fix)
        if b == 0:
            self._trusted_moved(fix, moved, NAN if belief is None else belief.time_s)
            return Leg(b, False, apart, came_from, moved.fixes, 0, moved.born_s)
        ahead = apart <= 30 and self._is_ahead(trusted, fix)
        leg = Leg(b, False, apart, came_from, moved.fixes, self.trusted_fixes - moved.born_fixes, moved.born_s, ahead)
        self._displaced_moved(b, fix, moved, ahead)
        return leg

    def _old(self, fix: Fix, apart: float) -> Leg:
        trusted = self.beliefs[0]
        return Leg(0, True, apart, (trusted.time_s, trusted.lat, trusted.lon), trusted.fixes)

    @staticmethod
    def _is_ahead(belief: Belief, fix: Fix) -> bool:
        (east, north), (v_east, v_north) = from_to(belief, fix), velocity(belief)
        if v_east == v_north == 0:
            v_east, v_north = belief.east_kn, belief.north_kn
        speed = math.hypot(v_east, v_north)
        if speed < 1:
            return False
        along, aside = (east * v_east + north * v_north) / speed, abs(east * v_north - north * v_east) / speed
        speed = belief.sog if belief.sog > speed else speed
        since_s = min(max(fix.event_s - belief.time_s, 0), 3600)
        return 0 < along <= speed * (600 + since_s) / 3600 and aside <= 0.1 + 0.1 * along

    def _was_there(self, fix: Fix) -> bool:
        newest = int(fix.event_s // 60)
        kept = [self.track[m] for m in range(newest - 59, newest + 1) if m in self.track]
        narrow = max(math.cos(math.radians(fix.lat)), 0.01)
        for (lat_a, lon_a, a_s), (lat_b, lon_b, b_s) in pairwise(kept):
            if b_s - a_s > 900:
                continue
            east, north = ((lon_b - lon_a + 540) % 360 - 180) * 60 * narrow, (lat_b - lat_a) * 60
            to_east, to_north = ((fix.lon - lon_a + 540) % 360 - 180) * 60 * narrow, (fix.lat - lat_a) * 60
            long = east * east + north * north
            share = min(max((east * to_east + north * to_north) / long, 0.0), 1.0) if long else 0.0
            aside = math.hypot(to_east - share * east, to_north - share * north)
            when_s = a_s + share * (b_s - a_s)
            off = (when_s - fix.second + 30) % 60 - 30
            if aside <= 0.1 and fix.event_s - when_s >= 24 and (fix.second >= 60 or abs(off) <= 12):
                return True
        return False

    def _sense(self, fix: Fix) -> None:
        estimated = 60 < fix.second < 64
        was_sound = not math.isnan(self.sound_s) and fix.received_s - self.sound_s >= 300
        since_s = fix.received_s if was_sound else -math.inf
        if fix.has_place:
            self.nowhere_s = NAN
        elif math.isnan(self.nowhere_s):
            self.nowhere_s = since_s
        if not estimated:
            self.estimated_s = NAN
        elif math.isnan(self.estimated_s):
            self.estimated_s = since_s
        if fix.accurate:
            self.inaccurate_s = math.inf
        elif self.inaccurate_s == math.inf:
            self.inaccurate_s = fix.received_s
        if not fix.has_place or estimated:
            self.sound_s = NAN
        elif math.isnan(self.sound_s):
            self.sound_s = fix.received_s

    def _is_copy(self, fix: Fix) -> bool:
        window_s = 50 if fix.second < 60 else 2
        moves = fix.second < 60 and 1 <= fix.sog < 102 and fix.cog < 360 and fix.has_place and self.frozen_nm == 0
        if any(key == fix.key and (moves or abs(fix.received_s - seen_s) <= window_s) for key, seen_s in self.copies):
            return True
        if len(self.copies) == COPIES:
            self.copies.pop(0)
        self.copies.append((fix.key, fix.received_s))
        return False

    @staticmethod
    def _could_sail(belief: Belief, fix: Fix) -> bool:
        step_nm = apart_nm(belief.lat, belief.lon, fix.lat, fix.lon)
        if fix.kind == 9:
            fastest_kn = 300.0
        else:
            said = max(0.0 if math.isnan(speed) else speed for speed in (fix.sog, belief.sog))
            fastest_kn = min(max(1.3 * said + 8, 20.0), 60.0)
        return step_nm <= 0.5 or step_nm <= fastest_kn * abs(fix.event_s - belief.time_s) / 3600

    @staticmethod
    def _from_expected(belief: Belief, fix: Fix) -> float:
        lat, lon = belief.lat, belief.lon
        if not (math.isnan(belief.sog) or math.isnan(belief.cog)):
            run_nm = belief.sog * min(max(fix.event_s - belief.time_s, 0.0), 3600.0) / 3600
            course = math.radians(belief.cog)
            lat += run_nm * math.cos(course) / 60
            lon += run_nm * math.sin(course) / 60 / max(math.cos(math.radians(fix.lat)), 0.01)
        return apart_nm(lat, lon, fix.lat, fix.lon)

    def _moved(self, belief: Belief | None, fix: Fix) -> Belief:
        if belief is None:
            belief = Belief(fix.event_s, fix.lat, fix.lon, born_s=fix.event_s, born_fixes=self.trusted_fixes)
        dt = fix.event_s - belief.time_s
        east, north = belief.east_kn, belief.north_kn
        if dt > 0 and belief.fixes > 0:
            d_lon = (fix.lon - belief.lon + 540) % 360 - 180
            gain = 1.0 if belief.fixes == 1 else min(max(dt / 60, 0.15), 0.8)
            east += gain * (d_lon * 60 * math.cos(math.radians(fix.lat)) / dt * 3600 - east)
            north += gain * ((fix.lat - belief.lat) * 60 / dt * 3600 - north)
        sog, cog = belief.sog, belief.cog
        if not math.isnan(fix.sog):
            sog, cog = fix.sog, fix.cog
        elif belief.fixes >= 2:
            sog, cog = math.hypot(east, north), math.degrees(math.atan2(east, north)) % 360
        return Belief(fix.event_s, fix.lat, fix.lon, sog, cog, belief.fixes + 1, east, north, belief.born_s, fix.row, belief.born_fixes)

    def _trusted_moved(self, fix: Fix, moved: Belief, before_s: float) -> None:
        self.trusted_fixes += 1
        self.astray = self.behind = 0
        stands = not math.isnan(self.frozen_at[0]) and apart_nm(*self.frozen_at, fix.lat, fix.lon) <= 0.006
        if fix.sog >= 3 and stands:
            self.frozen_nm += min(fix.sog, 4.0) * min(max(fix.event_s - before_s, 0), 20) / 3600
        else:
            self.frozen_s, self.frozen_at, self.frozen_nm = fix.event_s, (fix.lat, fix.lon), 0.0
        if fix.kind != 27:
            self.precise_s = fix.event_s
        minute = int(fix.event_s // 60)
        if minute in self.minutes:
            return
        self.minutes = {m: speed for m, speed in self.minutes.items() if m % 60 != minute % 60} | {minute: moved.sog}
        at = (float(np.float32(fix.lat)), float(np.float32(fix.lon)), minute * 60 + fix.event_s % 60)
        self.track = {m: place for m, place in self.track.items() if m % 60 != minute % 60} | {minute: at}
        last_five = [self.minutes.get(minute - back, NAN) for back in range(5)]
        if not any(math.isnan(speed) for speed in last_five[1:]):
            slowest = last_five[0]
            for speed in last_five[1:]:
                slowest = min(slowest, speed)
            if not self.best_kn >= slowest:
                self.best_kn = slowest

    def _displaced_moved(self, b: int, fix: Fix, moved: Belief, ahead: bool) -> None:
        if abs(fix.lat) > 0.001 or abs(fix.lon) > 0.001:
            self.astray_s = self.astray_s if self.astray else fix.received_s
            self.astray += 1
        self.displaced += 1
        trusted = self.beliefs[0]
        assert trusted is not None
        weak = trusted.fixes < 3 <= moved.fixes
        alone = moved.fixes > 3 and fix.event_s - max(trusted.time_s, moved.born_s) > 1800
        forgotten = moved.fixes > 3 and moved.born_s - trusted.time_s > 3600
        thawed = moved.fixes > 3 and self.frozen_nm >= 0.05
        if weak or alone or forgotten or thawed or (ahead and moved.fixes > 3):
            self.astray, self.frozen_nm = 0, 0.0
            if alone or thawed:
                self.believed_s = fix.received_s
            self.beliefs[0], self.beliefs[b] = moved, None if weak else trusted
            if weak:
                self.displaced -= moved.fixes


def rename(fix: Fix, **changed: object) -> Fix:
    return replace(fix, **changed)
