"""Zone: a ship crosses the border of a zone, or does in it what is not wanted there.

What it does      Judges the zones of the configuration (`[zone.NAME]`) and those drawn on the map, and the ships that each is for. Raised
                  when a ship that was outside has been inside for `inside_s`, or one that was inside has been outside for as long; when
                  a ship inside has been faster or slower than allowed for `speed_s`; and when one of a forbidden kind has been inside for
                  `inside_s`. A border is crossed only `border_nm` beyond it. Entering, speed and kind end when she leaves or keeps to the
                  rule for `clear_s`; leaving ends when she is back, or after `left_s`. All end when the zone is removed.
Why it matters    Waters with rules of their own: high risk areas, separation schemes, anchorages, cables, closed areas, the own terminal.
When it is wrong  A zone drawn through a lane or an anchorage: ships pass its border all day. A ship first heard inside has not entered, nor
                  one that was inside when it was drawn. Positions that are not trusted are not judged.
Sources           GeoJSON: RFC 7946. Areas to be avoided and speed limits: IMO MSC.1/Circ.1060; the zones are those who watch draw.
"""

from __future__ import annotations

from typing import Annotated, Any, Final
from zlib import crc32

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.geo import moved
from tankerwatch.core.schema import F64, NAN, U8, U64, Table, col, table
from tankerwatch.core.tables import Picture
from tankerwatch.core.zones import Zone
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, among, finding, key_of

SETTINGS: Final = {
    "inside_s": Setting(30, "s", "so long on the other side of a border before it counts as crossed", 0, 3600),
    "speed_s": Setting(120, "s", "too fast or too slow for so long", 0, 3600),
    "clear_s": Setting(120, "s", "well again for so long before it is over", 0, 3600),
    "border_nm": Setting(0.02, "nm", "so far from the border a ship is on neither side", 0, 1, "GPS and antenna, 40 m"),
    "margin_kn": Setting(0.3, "kn", "a speed this much beyond the bound still keeps to it", 0, 5),
    "fresh_s": Setting(240, "s", "who was not heard for this long is not judged", 30, 3600, "ships at anchor send each 3 minutes"),
    "left_s": Setting(1800, "s", "that a ship has left is told for so long", 60, 86400),
}

ENTER, LEAVE, FAST, SLOW, KIND = range(5)
UNKNOWN, OUTSIDE, INSIDE = range(3)


@table
class Presence(Table):
    """Who is in or out of which zone, and what was raised of it; in order of `key`, then `rule`. Rule 5 holds the side itself."""

    # fmt: off
    # a table: its columns are read downwards
    key:      Annotated[U64, col("-", "ship and zone (key_of; the zone by a number made of its name)")]
    rule:     Annotated[U8, col("-", "0 enter, 1 leave, 2 too fast, 3 too slow, 4 forbidden kind, 5 the side she is on")]
    side:     Annotated[U8, col("-", "of rule 5: 1 outside, 2 inside")]
    since_s:  Annotated[F64, col("s", "since when it is true, or she is on the other side", missing=NAN)]
    seen_s:   Annotated[F64, col("s", "when it was true last, or she was heard last", missing=NAN)]
    raised_s: Annotated[F64, col("s", "when it was raised", missing=NAN)]
    # fmt: on


SIDE: Final = 5
FORGOTTEN_S: Final = 86_400.0


def _number(zone: Zone) -> int:
    return crc32((zone.key or zone.name).encode())


def _sides(zone: Zone, picture: Picture, slots: Any, border_nm: float) -> Any:
    """(n,) on which side of the border each ship is, UNKNOWN near to it."""
    lat, lon = picture.lat_deg[slots], picture.lon_deg[slots]
    inside = zone.inside(lat, lon)
    near = np.zeros(len(slots), np.bool_)
    if border_nm:
        for course in (0.0, 90.0, 180.0, 270.0):
            near |= zone.inside(*moved(lat, lon, course, border_nm)) != inside
    return np.where(near, UNKNOWN, np.where(inside, INSIDE, OUTSIDE)).astype(np.uint8)


class _Zone:
    """One zone at one look: what is remembered of the ships that matter now, and what is said."""

    def __init__(self, view: View, zone: Zone, memory: Presence, settings: Settings) -> None:
        self.view, self.zone, self.settings = view, zone, settings
        self.name = zone.name.replace("{", "(").replace("}", ")")
        columns = (memory.key, memory.rule, memory.side, memory.since_s, memory.seen_s, memory.raised_s)
        self.rows = {
            (key, rule): [side, since_s, seen_s, raised_s]
            for key, rule, side, since_s, seen_s, raised_s in zip(*(column.tolist() for column in columns), strict=True)
        }
        self.found: list[Findings] = []

    def say(self, verb: str, slot: int, rule: int, since_s: float, words: str) -> None:
        """One finding about one ship."""
        picture = self.view.picture
        mmsi = int(picture.mmsi[slot])
        self.found.append(
            finding(
                detector="zone",
                episode=f"{mmsi}-{self.zone.key or self.zone.name}-{rule}-{int(since_s)}",
                verb=verb,
                time_s=self.view.now_s,
                start_s=since_s,
                severity=self.zone.severity if verb == "raise" else "notice",
                score=0.9,
                ships=(mmsi,),
                reason=words,
                lat_deg=float(picture.lat_deg[slot]),
                lon_deg=float(picture.lon_deg[slot]),
                evidence=[int(picture.source_row[slot])] if picture.source_row[slot] else [],
            )
        )

    def raise_now(self, key: int, slot: int, rule: int, since_s: float, words: str) -> None:
        """Raise, and remember it."""
        self.rows[key, rule] = [0, since_s, self.view.now_s, self.view.now_s]
        self.say("raise", slot, rule, since_s, words)

    def over(self, key: int, slot: int, rule: int, words: str) -> None:
        """End what was raised of a rule, if anything."""
        row = self.rows.pop((key, rule), None)
        if row is not None and row[3] == row[3]:
            self.say("end", slot, rule, row[1], words)

    def hold(self, key: int, slot: int, rule: int, true: bool, hold_s: float, words: str, ended: str) -> None:
        """A condition: raised when true for `hold_s`, over when not for `clear_s`."""
        now_s = self.view.now_s
        row = self.rows.get((key, rule))
        if true:
            if row is None:
                row = self.rows[key, rule] = [0, now_s, now_s, NAN]
            row[2] = now_s
            if row[3] != row[3] and now_s - row[1] >= hold_s:
                row[3] = now_s
                self.say("raise", slot, rule, row[1], words)
        elif row is not None and (row[3] != row[3] or now_s - row[2] >= self.settings["clear_s"]):
            self.over(key, slot, rule, ended)

    def came_from_outside(self, slot: int) -> bool:
        """Whether she was heard outside within the last hour: who is first heard inside has not entered."""
        track = self.view.hour.track(slot, self.view.now_s)
        outside = ~self.zone.inside(track.lat_deg, track.lon_deg)
        outside &= ~(track.minute_s < self.zone.since_s)  # who was inside when it was drawn has not entered either
        return bool(outside.any())

    def crossed(self, key: int, slot: int, side: int) -> None:
        """Keep the side she is on; a crossing is told where the zone asks for it."""
        now_s = self.view.now_s
        row = self.rows.get((key, SIDE))
        if row is None:
            if side != INSIDE:
                return
            row = self.rows[key, SIDE] = [OUTSIDE if self.came_from_outside(slot) else INSIDE, NAN, now_s, NAN]
        if row[2] < self.zone.since_s and side != UNKNOWN:
            row[0], row[1] = side, NAN  # it was drawn anew around her: she has crossed nothing
            for rule in (ENTER, FAST, SLOW, KIND) if side == OUTSIDE else (LEAVE,):
                self.over(key, slot, rule, f"{self.name} was drawn anew.")
        row[2] = now_s
        if side in (UNKNOWN, row[0]):
            row[1] = row[1] if side == UNKNOWN else NAN
            return
        if row[1] != row[1]:
            row[1] = now_s
        if now_s - row[1] < self.settings["inside_s"]:
            return
        row[0], since_s, row[1] = side, row[1], NAN
        sog = float(self.view.picture.sog_kn[slot])
        speed = f" at {sog:.0f} kn" if sog == sog else ""
        if side == INSIDE:
            self.over(key, slot, LEAVE, f"{{0}} is back in {self.name}.")
            if self.zone.enter:
                self.raise_now(key, slot, ENTER, since_s, f"{{0}} has entered {self.name}{speed}.")
        else:
            for rule in (ENTER, FAST, SLOW, KIND):
                self.over(key, slot, rule, f"{{0}} has left {self.name}.")
            if self.zone.leave:
                self.raise_now(key, slot, LEAVE, since_s, f"{{0}} has left {self.name}{speed}.")

    def judge(self, slot: int, side: int, wrong: tuple[bool, bool, bool]) -> None:
        """All rules of the zone about one ship that is heard; wrong: whether she is too fast, too slow, of a forbidden kind."""
        picture, zone, settings = self.view.picture, self.zone, self.settings
        key = int(key_of(picture.mmsi[slot], _number(zone)))
        self.crossed(key, slot, side)
        left = self.rows.get((key, LEAVE))
        if left is not None and self.view.now_s - left[3] >= settings["left_s"]:
            self.over(key, slot, LEAVE, f"{{0}} left {self.name} some time ago.")
        row = self.rows.get((key, SIDE))
        inside = row is not None and row[0] == INSIDE
        sog = float(picture.sog_kn[slot])
        again = f"{{0}} keeps to the speed of {self.name} again."
        fast = f"{{0}} makes {sog:.1f} kn in {self.name}, where {zone.max_kn:g} are allowed."
        slow = f"{{0}} makes only {sog:.1f} kn in {self.name}, where {zone.min_kn:g} are the least."
        kind = f"{{0}} is in {self.name}, where none of her kind may be ({identities.KIND_WORDS[int(picture.kind[slot])]})."
        self.hold(key, slot, FAST, inside and wrong[0], settings["speed_s"], fast, again)
        self.hold(key, slot, SLOW, inside and wrong[1], settings["speed_s"], slow, again)
        self.hold(key, slot, KIND, inside and wrong[2], settings["inside_s"], kind, "{0} is not of that kind, as she says now.")

    def memory(self) -> Presence:
        """What to remember of these ships: nothing of one that is outside and of whom nothing is open."""
        open_keys = {key for (key, rule), row in self.rows.items() if rule != SIDE}
        kept = [
            (where, row)
            for where, row in self.rows.items()
            if where[1] != SIDE or row[0] == INSIDE or row[1] == row[1] or where[0] in open_keys
        ]
        return Presence(
            key=np.array([where[0] for where, _ in kept], np.uint64),
            rule=np.array([where[1] for where, _ in kept], np.uint8),
            side=np.array([row[0] for _, row in kept], np.uint8),
            since_s=np.array([row[1] for _, row in kept], np.float64),
            seen_s=np.array([row[2] for _, row in kept], np.float64),
            raised_s=np.array([row[3] for _, row in kept], np.float64),
        )


def _judge(view: View, zone: Zone, memory: Presence, settings: Settings) -> tuple[list[Findings], Presence]:
    """One zone; memory: its rows only."""
    picture, now_s = view.picture, view.now_s
    heard = (now_s - picture.heard_s <= settings["fresh_s"]) & (picture.kind < 10) & picture.trusted
    ships = (memory.key >> np.uint64(32)).astype(np.uint32)
    known = np.isin(picture.mmsi, ships)
    slots = np.flatnonzero(heard & (known | zone.inside(picture.lat_deg, picture.lon_deg)))
    slots = slots[zone.concerns(picture.mmsi[slots], picture.kind[slots]) | known[slots]]
    slots = slots[np.argsort(picture.mmsi[slots], kind="stable")]
    sides = _sides(zone, picture, slots, settings["border_nm"])
    sog, kind = picture.sog_kn[slots], picture.kind[slots]
    fast = sog > zone.max_kn + settings["margin_kn"]
    slow = (sog < zone.min_kn - settings["margin_kn"]) & ~among(picture.nav_status[slots], (1, 5))
    forbidden = np.isin(kind, list(zone.forbidden))
    # Nothing happens to most of those inside: they were inside before, nothing is wrong and nothing is open.
    quiet = memory.take((memory.rule == SIDE) & (memory.side == INSIDE) & np.isnan(memory.since_s))
    busy = np.unique(ships[(memory.rule != SIDE)])
    calm = np.isin(picture.mmsi[slots], (quiet.key >> np.uint64(32)).astype(np.uint32)) & (sides == INSIDE)
    calm &= ~(fast | slow | forbidden) & ~np.isin(picture.mmsi[slots], busy)
    resting = np.isin(ships, picture.mmsi[slots[calm]])
    rested = memory.take(resting)
    rested = rested.replace(seen_s=np.full(len(rested), now_s))
    rules = _Zone(view, zone, memory.take(~resting), settings)
    for at in np.flatnonzero(~calm).tolist():
        rules.judge(int(slots[at]), int(sides[at]), (bool(fast[at]), bool(slow[at]), bool(forbidden[at])))
    for key, rule in [where for where, row in rules.rows.items() if now_s - row[2] > FORGOTTEN_S]:
        mmsi = key >> 32
        slot = np.flatnonzero(picture.mmsi == np.uint32(mmsi))
        if rule != SIDE and len(slot):
            rules.over(key, int(slot[0]), rule, "{0} has not been heard for a day.")
        rules.rows.pop((key, rule), None)
    return rules.found, Presence.concat([rules.memory(), rested])


def _ruled(zone: Zone) -> bool:
    return bool(zone.enter or zone.leave or zone.forbidden or zone.max_kn == zone.max_kn or zone.min_kn == zone.min_kn)


def _let_go(view: View, zone: Zone, memory: Presence, settings: Settings) -> list[Findings]:
    """A zone was removed, or its rules were: what was raised of it ends."""
    rules = _Zone(view, zone, memory, settings)
    for key, rule in list(rules.rows):
        slot = np.flatnonzero(view.picture.mmsi == np.uint32(key >> 32))
        if len(slot):
            rules.over(key, int(slot[0]), rule, f"{rules.name} is no longer watched.")
    return rules.found


def step(view: View, memory: Presence, settings: Settings) -> tuple[Findings, Presence]:
    """Judge every zone's ships at a look. A ship outside, of whom nothing is open, takes no memory."""
    ruled = [zone for zone in view.zones if _ruled(zone)]
    found: list[Findings] = []
    kept: list[Presence] = []
    of_zone = memory.key & np.uint64(0xFFFFFFFF)
    for zone in ruled:
        said, held = _judge(view, zone, memory.take(of_zone == np.uint64(_number(zone))), settings)
        found += said
        kept.append(held)
    for zone in view.zones if len(memory) else ():
        if not _ruled(zone) and zone.key:
            found += _let_go(view, zone, memory.take(of_zone == np.uint64(_number(zone))), settings)
    made = Presence.concat(kept)
    return Findings.concat(found), made.take(np.lexsort((made.rule, made.key)))


DETECTOR: Final = Detector(id="zone", words="in a watched zone", reads=("look",), settings=SETTINGS, memory=Presence, step=step)
