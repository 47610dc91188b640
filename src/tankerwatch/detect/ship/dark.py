"""Dark: a ship under way falls silent where she should be heard.

What it does      Judges class A ships under way that were heard in nearly every minute of the last hour (of class B those that are guarded
                  or long). Raised when one has been silent for `silent_s`, longer where she had gaps before or her reports had become
                  fewer, and nothing else explains it: the receiver is alive; others near did not fall silent with her; where she would
                  be now ships are heard around her, or were heard there and beyond, or farther out from the base station on bearings
                  either side of hers; ships do not use to fall silent there; and she did not go to rest near others at rest. Ends when
                  she is heard again; withdrawn when reports that come late show that she never was silent.
Why it matters    Ships that hide their doings switch off; so do ships that are taken, or hit.
When it is wrong  She left the range of the stations in a direction where others happen to be heard, passed behind land where nobody was
                  lost before, or her transponder failed. A ship at anchor or in port that switches off is not told, nor a small craft of
                  class B. A dead station is no dark ship.
Sources           Rules in use wait 6 to 12 h (Skylight, OFAC, Global Fishing Watch); Windward dismissed 323 of 352 gaps of tankers over 8
                  h. Nominal intervals: ITU-R M.1371-5 Annex 1 table 1.
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.geo import bearing_deg, distance_nm, moved
from tankerwatch.core.hour import H_LAT
from tankerwatch.core.schema import F64, I64, NAN, U8, U32, Bool, Table, col, table
from tankerwatch.core.tables import Picture
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, among, ship_finding

SETTINGS: Final = {
    "silent_s": Setting(360, "s", "silence before it is raised", 120, 86400, "others wait 6 to 12 h"),
    "class_b_s": Setting(1200, "s", "the same for class B, which sends seldom and is heard less far", 120, 86400),
    "missed_reports": Setting(12, "-", "and at least so many of her usual intervals", 3, 100),
    "gap_factor": Setting(3, "-", "and so many times her longest gap of the last hour more", 0, 10),
    "heard_share": Setting(0.9, "-", "share of the last hour's minutes in which she was heard", 0.5, 1),
    "known_minutes": Setting(20, "min", "minutes of that hour in which she was heard, at least", 5, 60),
    "way_kn": Setting(3, "kn", "under way: faster than this", 0.5, 10),
    "near_nm": Setting(6, "nm", "others heard within this of where she would be are around her", 1, 40),
    "neighbours": Setting(2, "-", "so many of them, on more than one side of her", 1, 10),
    "weak_s": Setting(540, "s", "silence before it is raised where only ships farther off show that she should be heard", 120, 86400),
    "weak_until_s": Setting(1200, "s", "and no longer than this", 120, 86400),
    "fresh_s": Setting(120, "s", "heard within this counts as still heard", 30, 600),
    "together_share": Setting(0.2, "-", "of the ships near, so many silent since the same minute: it is the station", 0.02, 0.9),
    "lost_chance": Setting(0.3, "-", "of ships that passed here, so many fell silent: an edge of the range", 0.05, 1),
    "place_share": Setting(0.8, "-", "where ships are heard in fewer of the minutes, silence is no wonder", 0.3, 1),
    "faded": Setting(
        0.6, "-", "with less than this share of her usual reports she was fading: waited for twice as long, with more others nearer", 0.1, 1
    ),
    "rest_nm": Setting(2.0, "nm", "others at rest within this of a slow or small ship: a port", 0, 10),
    "slow_kn": Setting(8.0, "kn", "slower than this she may be going to rest", 0, 15),
}

LATEST_S: Final = 2700.0
"""Whom nothing spoke against by then is not looked at any more."""
LOST_SHARE: Final = 1 / 3
"""Where so many of the ships near are missing, it is the place."""
OPEN_DEG: Final = 175.0
"""Ships are on all sides when no wider angle is open: then she is well within the waters in which they are heard."""
SIDE_DEG: Final = 25.0
"""Bearings from a station that far apart see much the same land."""
ALIGNED_DEG: Final = 5.0
WIDE_NM: Final = 25.0
FAR_NM: Final = 60.0
LOCAL_NM: Final = 15.0
PAUSE_S: Final = 90.0
MOST_AT_ONCE: Final = 50
"""So many silent ships are judged at one look, those first that fell silent last."""
MOST_KEPT: Final = 5000
WATCHED_S: Final = 7 * 86400.0
SMALL_KINDS: Final = (identities.FISHING, identities.SERVICE, identities.HIGH_SPEED, identities.PLEASURE, identities.AUTHORITY)
WAITING, RAISED, EXPLAINED = 0, 1, 2


@table
class Silence(Table):
    """Ships that are silent, base stations that are heard, and in one row the stream itself."""

    # fmt: off
    # a table: its columns are read downwards
    what:    Annotated[U8, col("-", "0 a silent ship, 1 a base station, 2 the stream")]
    mmsi:    Annotated[U32, col("-", "identity, 0 for the stream")]
    since_s: Annotated[F64, col("s", "silent since; of the stream: when its last pause ended", missing=NAN)]
    heard_s: Annotated[F64, col("s", "when she, or it, was heard last", missing=NAN)]
    lat_deg: Annotated[F64, col("deg", "where a base station stands", missing=NAN)]
    lon_deg: Annotated[F64, col("deg", "where a base station stands", missing=NAN)]
    state:   Annotated[U8, col("-", "of a ship: 0 undecided, 1 raised, 2 explained")]
    # fmt: on


SHIP, BASE, STREAM = range(3)


def _with_bases(memory: Silence, view: View) -> Silence:
    """Note where base stations are heard (type 4: they send by radio, so the receiver is alive)."""
    bases = view.heard.bases
    rows = np.flatnonzero((bases.msg_type == 4) & ~np.isnan(bases.lat_deg) & ~np.isnan(bases.time_s))
    if not len(rows):
        return memory
    mmsi, newest = np.unique(bases.mmsi[rows][::-1], return_index=True)
    at = rows[::-1][newest]
    fresh = Silence.blank(len(mmsi)).replace(
        what=np.full(len(mmsi), BASE, np.uint8),
        mmsi=mmsi,
        heard_s=bases.time_s[at],
        lat_deg=bases.lat_deg[at],
        lon_deg=bases.lon_deg[at],
    )
    kept = memory.take(~((memory.what == BASE) & np.isin(memory.mmsi, mmsi)))
    return Silence.concat([kept, fresh])


def _with_stream(memory: Silence, view: View) -> tuple[Silence, float]:
    """Note pauses of the whole stream, and of the desk: who was silent before one ended is not known to be silent by her own doing."""
    rows = np.flatnonzero(memory.what == STREAM)
    row = memory.take(rows) if len(rows) else Silence.blank(1).replace(what=np.array([STREAM], np.uint8))
    before, awake_s = float(row.heard_s[0]), float(row.since_s[0])
    if not len(view.picture) and not len(memory):
        return memory, NAN
    newest = max(float(np.fmax.reduce(view.picture.heard_s, initial=-np.inf)), float(np.fmax.reduce(memory.heard_s, initial=-np.inf)))
    if newest - before > PAUSE_S:
        awake_s = newest
    for decision in view.decisions:
        if decision.kind == "desk":
            awake_s = float(np.fmax(awake_s, decision.time_s))
    row = row.replace(heard_s=np.array([newest if np.isfinite(newest) else NAN]), since_s=np.array([awake_s]))
    return Silence.concat([memory.take(memory.what != STREAM), row]), awake_s


def _faded(view: View, settings: Settings) -> Bool:
    """(n,) whether each ship's reports had become fewer before the last: over some minutes, or over the last ten."""
    picture = view.picture
    usual, recent = _rates(view)
    nominal = np.where(
        among(picture.msg_type, (18, 19)), 2.0, np.where(picture.sog_kn > 23.0, 30.0, np.where(picture.sog_kn > 14.0, 10.0, 6.0))
    )
    due = np.fmin(usual, nominal)
    return np.asarray((recent < settings["faded"] * due) | (60.0 / picture.interval_s < settings["faded"] * due))


def _patience(view: View, faded: Bool, settings: Settings) -> F64:
    """(n,) how long each ship may be silent before it is a wonder, by what her last hour was like."""
    picture = view.picture
    wait = np.where(among(picture.msg_type, (18, 19)), settings["class_b_s"], settings["silent_s"])
    wait = np.fmax(wait, settings["missed_reports"] * picture.interval_s) + settings["gap_factor"] * picture.longest_gap_s
    return np.asarray(np.where(faded, 2.0 * wait, wait))


def _rates(view: View) -> tuple[F64, F64]:
    """(n,) fixes a minute, usual and just before she fell silent; NaN where not learnt."""
    n = len(view.picture)
    reception = view.context.reception
    made = []
    for column in (reception.usual_rate, reception.recent_rate):
        rate = np.full(n, NAN)
        rate[: min(n, len(column))] = column[:n]
        made.append(rate)
    return made[0], made[1]


def _candidates(view: View, awake_s: float, settings: Settings) -> tuple[I64, Bool, Bool]:
    """Slots of ships silent beyond their patience now; of all ships, whether each could be judged at all, and whether she had faded."""
    picture, now_s = view.picture, view.now_s
    silent_s = now_s - picture.heard_s
    long = (silent_s >= settings["silent_s"]) & (silent_s <= LATEST_S)
    if not long.any():
        return np.empty(0, np.int64), long, long
    class_a = among(picture.msg_type, (1, 2, 3))
    class_b = among(picture.msg_type, (18, 19)) & (picture.guarded | picture.own_fleet | (picture.length_m >= 50))
    known = (picture.usual_minutes >= settings["known_minutes"]) & (picture.missed_share <= 1 - settings["heard_share"])
    under_way = (picture.sog_kn >= settings["way_kn"]) & ~among(picture.nav_status, (1, 5, 6))
    quiet = long & (class_a | class_b) & (picture.kind < 10) & known & under_way & picture.trusted
    if awake_s == awake_s:
        quiet &= picture.heard_s > awake_s
    slots = np.flatnonzero(quiet)
    if not len(slots):
        return slots, quiet, long
    faded = _faded(view, settings)
    slots = slots[silent_s[slots] >= _patience(view, faded, settings)[slots]]
    return slots[np.lexsort((picture.mmsi[slots], silent_s[slots]))][:MOST_AT_ONCE], quiet, faded


class _Place:
    """Where a silent ship would be now, and what is heard around there."""

    def __init__(self, view: View, slot: int, by_latitude: I64, settings: Settings) -> None:
        picture, now_s = view.picture, view.now_s
        self.view, self.slot, self.settings = view, slot, settings
        self.course = float(np.nan_to_num(picture.cog_deg[slot]))
        self.silent_s = now_s - float(picture.heard_s[slot])
        run_nm = float(picture.sog_kn[slot]) * min(now_s - float(picture.event_s[slot]), LATEST_S) / 3600
        self.lat, self.lon = (float(v) for v in moved(picture.lat_deg[slot], picture.lon_deg[slot], self.course, run_nm))
        band = np.searchsorted(picture.lat_deg, (self.lat - FAR_NM / 60, self.lat + FAR_NM / 60), sorter=by_latitude)
        rows = np.sort(by_latitude[band[0] : band[1]])
        rows = rows[(rows != slot) & (picture.kind[rows] < 10)]
        apart = distance_nm(self.lat, self.lon, picture.lat_deg[rows], picture.lon_deg[rows])
        self.rows, self.apart = rows[apart <= FAR_NM], apart[apart <= FAR_NM]
        silent_s = now_s - picture.heard_s[self.rows]
        self.fresh = silent_s <= np.fmax(settings["fresh_s"], 4 * np.nan_to_num(picture.interval_s[self.rows]))
        gone = ~self.fresh & (picture.usual_minutes[self.rows] >= 10) & (silent_s < 7200)
        # Who sends each three minutes may have been heard up to so long before the station died.
        slack_s = 60 + 2 * np.nan_to_num(picture.interval_s[self.rows])
        self.together = gone & (np.abs(picture.heard_s[self.rows] - picture.heard_s[slot]) <= slack_s)

    def along(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """How far ahead of her, and to the side of her course, places are, in nm."""
        apart = distance_nm(self.lat, self.lon, lat, lon)
        angle = np.radians(bearing_deg(self.lat, self.lon, lat, lon) - self.course)
        return apart * np.cos(angle), apart * np.sin(angle)

    def station_died(self) -> bool:
        """Whether others near fell silent in the same minute."""
        for reach, least in ((LOCAL_NM, 1), (FAR_NM, 3)):
            near = self.apart <= reach
            together, heard = int((self.together & near).sum()), int((self.fresh & near).sum())
            if together >= least and together >= self.settings["together_share"] * (together + heard):
                return True
        return False

    def at_rest_near(self) -> bool:
        """Whether she may have gone to rest: slow or small, and others rest near where she was or would be; or close to where many do."""
        picture, slot = self.view.picture, self.slot
        small = bool(among(picture.kind[slot : slot + 1], SMALL_KINDS)[0]) or 0 < picture.length_m[slot] < 35
        slow = picture.sog_kn[slot] < max(self.settings["slow_kn"], 0.6 * float(np.nan_to_num(picture.usual_sog_kn[slot])))
        if not (small or slow):
            return False
        at_rest = (picture.usual_sog_kn[self.rows] < 1.0) | among(picture.nav_status[self.rows], (1, 5))
        rows = self.rows[at_rest & (self.view.now_s - picture.heard_s[self.rows] < 3600)]
        lats, lons = np.array([self.lat, picture.lat_deg[slot]]), np.array([self.lon, picture.lon_deg[slot]])
        apart = distance_nm(lats[:, None], lons[:, None], picture.lat_deg[rows], picture.lon_deg[rows])
        return bool((apart < self.settings["rest_nm"]).any() or (self.view.context.stays(lats, lons) > 0).any())

    def edge(self) -> bool:
        """Whether silence is no wonder here: ships use to fall silent where she did, or are heard but now and then where she would be."""
        picture, slot = self.view.picture, self.slot
        lats, lons = np.array([self.lat, picture.lat_deg[slot]]), np.array([self.lon, picture.lon_deg[slot]])
        context = self.view.context
        own = 1.0 if self.silent_s >= 900 else 0.0  # by then she herself is counted as lost
        lost_an_hour = np.nan_to_num(context.lost_share(lats, lons))
        minutes = np.nan_to_num(context.moving_minutes(lats, lons))
        with np.errstate(divide="ignore", invalid="ignore"):
            lost_an_hour = np.where(minutes > 0, np.maximum(lost_an_hour - own * 60.0 / minutes, 0.0), 0.0)
        chance = lost_an_hour * 3.6 / max(float(picture.sog_kn[slot]), 3.0)
        thin = context.heard_share(lats, lons) < self.settings["place_share"]
        return bool((chance > self.settings["lost_chance"]).any() or thin.any())

    def lost_near(self) -> int:
        """How many others fell silent near here, whenever, and are not heard yet: a hole that nobody knew, or the edge."""
        picture = self.view.picture
        silent_s = self.view.now_s - picture.heard_s[self.rows]
        gone = ~self.fresh & (silent_s < 7200) & (picture.sog_kn[self.rows] >= self.settings["way_kn"])
        from_her = distance_nm(
            picture.lat_deg[self.slot], picture.lon_deg[self.slot], picture.lat_deg[self.rows], picture.lon_deg[self.rows]
        )
        return int((gone & (np.minimum(from_her, self.apart) <= self.settings["near_nm"])).sum())

    def heard_there(self, memory: Silence, faded: bool) -> str:
        """Why she should be heard where she would be now, in words; "" where nothing says so. What is weak counts only for a while, and
        after some more waiting.
        """
        picture, settings = self.view.picture, self.settings
        fresh = self.rows[self.fresh]
        apart = self.apart[self.fresh]
        ahead, beside = self.along(picture.lat_deg[fresh], picture.lon_deg[fresh])
        many = settings["neighbours"] * (2 if faded else 1)
        near = apart <= settings["near_nm"] * (0.5 if faded else 1.0)
        lost = self.lost_near()
        if lost >= LOST_SHARE * (lost + near.sum()) > 0:
            return ""
        if near.sum() >= many and (ahead[near] > 0).any() and (ahead[near] <= 0).any():
            return f"{near.sum():.0f} ships around are still heard"
        lat, lon = self.view.context.heard_places(self.lat, self.lon, WIDE_NM)
        along, aside = self.along(lat, lon)
        beyond = (along >= 1.0) & (along <= 5.0) & (np.abs(aside) <= 3.0)
        bases = memory.take((memory.what == BASE) & (self.view.now_s - memory.heard_s <= 2 * settings["fresh_s"]))
        from_base = distance_nm(self.lat, self.lon, bases.lat_deg, bases.lon_deg)
        alive = len(fresh) or (from_base <= FAR_NM).any()
        weak_past = not settings["weak_s"] <= self.silent_s <= settings["weak_until_s"]
        if faded or not alive or (weak_past and not beyond.any()) or lost:
            return ""
        if beyond.any():
            return "ships have been heard there and beyond"
        wide = apart <= WIDE_NM
        angles = np.sort(np.degrees(np.arctan2(beside[wide], ahead[wide])) % 360.0)
        if len(angles) >= 3 and np.diff(angles, append=angles[0] + 360.0).max() < OPEN_DEG:
            return "ships on all sides of her are still heard"
        for at in np.flatnonzero(from_base <= FAR_NM)[np.argsort(from_base[from_base <= FAR_NM], kind="stable")][:3].tolist():
            if self._within(float(bases.lat_deg[at]), float(bases.lon_deg[at]), float(from_base[at])):
                return "the base station hears ships farther out"
        return ""

    def _within(self, lat: float, lon: float, apart_nm: float) -> bool:
        """Whether a station there hears, or has heard, ships farther out on bearings close to hers, on either side: on one side alone
        she may have gone into the shadow of land, whose edge is where others are heard.
        """
        lats, lons = self.view.context.heard_places(lat, lon, FAR_NM)
        farther = distance_nm(lat, lon, lats, lons) >= apart_nm + 2.0
        off = bearing_deg(lat, lon, lats[farther], lons[farther]) - float(bearing_deg(lat, lon, self.lat, self.lon))
        off = (off + 540.0) % 360.0 - 180.0
        return bool(((off >= -ALIGNED_DEG) & (off <= SIDE_DEG)).any() and ((off <= ALIGNED_DEG) & (off >= -SIDE_DEG)).any())


def _sent_meanwhile(view: View, slot: int, since_s: float) -> bool:
    """Whether reports of the time in which she was thought silent have come after all."""
    first, last = int(since_s // 60) + 2, int((view.now_s - 180.0) // 60)
    back = [int(view.now_s // 60) - minute for minute in range(first, last + 1)]
    slots = np.array([slot], np.int64)
    return any(not np.isnan(view.hour.value(slots, minutes, view.now_s, H_LAT)[0]) for minutes in back if 0 <= minutes < 60)


def step(view: View, memory: Silence, settings: Settings) -> tuple[Findings, Silence]:
    """Note base stations and pauses as they come; judge silent ships at a look."""
    memory = _with_bases(memory, view)
    if not view.look:
        if any(decision.kind == "desk" for decision in view.decisions):
            memory, _ = _with_stream(memory, view)
        return Findings.empty(), memory
    picture, now_s = view.picture, view.now_s
    memory, awake_s = _with_stream(memory, view)
    memory = memory.take((memory.what != BASE) | (now_s - memory.heard_s < 3600))
    slots, quiet, faded = _candidates(view, awake_s, settings)
    ships = memory.take(memory.what == SHIP)
    others = memory.take(memory.what != SHIP)
    if not len(slots) and not len(ships):
        return Findings.empty(), memory
    found: list[Findings] = []
    at = {int(mmsi): row for row, mmsi in enumerate(ships.mmsi.tolist())}
    where = _slots_of(picture, ships.mmsi)
    since_s, heard_s, state = ships.since_s.copy(), ships.heard_s.copy(), ships.state.copy()
    keep = np.ones(len(ships), np.bool_)
    for row, mmsi in enumerate(ships.mmsi.tolist()):
        slot = where[mmsi]
        newest = float(picture.heard_s[slot])
        if newest == heard_s[row]:
            if state[row] != RAISED:
                keep[row] = bool(quiet[slot])
            elif now_s - newest > WATCHED_S:
                found.append(_said(view, "end", slot, float(since_s[row]), "notice", 0.5, "{0} has not been heard for a week."))
                keep[row] = False
        elif newest - heard_s[row] <= 60 and now_s - newest >= settings["silent_s"] / 2:
            heard_s[row] = newest  # a copy that came late, of the report that was her last
        else:
            keep[row] = False
            if state[row] == RAISED:
                found.append(_heard_again(view, slot, float(since_s[row]), settings))
    fresh = []
    seen_rows = [at.get(mmsi) for mmsi in picture.mmsi[slots].tolist()]
    # Once decided, a silence is not judged again; else at every whole minute.
    due = [seen is None or not keep[seen] or (state[seen] == WAITING and view.minute) for seen in seen_rows]
    by_latitude = np.argsort(picture.lat_deg, kind="stable") if any(due) else slots
    for slot, seen, is_due in zip(slots.tolist(), seen_rows, due, strict=True):
        if not is_due:
            continue
        mmsi = int(picture.mmsi[slot])
        words, decided = _judged(view, slot, by_latitude, others, bool(faded[slot]), settings)
        now_state = RAISED if words else EXPLAINED if decided else WAITING
        if words:
            severity = "danger" if picture.guarded[slot] else "caution"
            found.append(_said(view, "raise", slot, float(picture.heard_s[slot]), severity, 0.7, words))
        if seen is not None and keep[seen]:
            state[seen] = now_state
            since_s[seen] = picture.heard_s[slot]
        else:
            fresh.append((mmsi, float(picture.heard_s[slot]), now_state))
    ships = ships.replace(since_s=since_s, heard_s=heard_s, state=state).take(keep)
    new = Silence.blank(len(fresh)).replace(
        mmsi=np.array([mmsi for mmsi, _, _ in fresh], np.uint32),
        since_s=np.array([heard for _, heard, _ in fresh], np.float64),
        heard_s=np.array([heard for _, heard, _ in fresh], np.float64),
        state=np.array([state for _, _, state in fresh], np.uint8),
    )
    ships = Silence.concat([ships, new])
    if len(ships) > MOST_KEPT:
        ships = ships.take(np.sort(np.lexsort((ships.mmsi, -ships.since_s))[:MOST_KEPT]))
    return Findings.concat(found), Silence.concat([others, ships])


def _slots_of(picture: Picture, mmsi: U32) -> dict[int, int]:
    if not len(mmsi):
        return {}
    slots = np.flatnonzero(np.isin(picture.mmsi, mmsi))
    return dict(zip(picture.mmsi[slots].tolist(), slots.tolist(), strict=True))


def _judged(view: View, slot: int, by_latitude: I64, others: Silence, faded: bool, settings: Settings) -> tuple[str, bool]:
    """What to say of a silent ship, "" when nothing; and whether that is decided for the whole of this silence."""
    place = _Place(view, slot, by_latitude, settings)
    if place.station_died():
        return "", True
    if place.at_rest_near() or place.edge():
        return "", False
    why = place.heard_there(others, faded)
    if not why:
        return "", False
    share = 100 * (1 - float(view.picture.missed_share[slot]))
    words = (
        f"{{0}} has been silent for {place.silent_s / 60:.0f} minutes; before, she was heard in {share:.0f} % of the minutes, and {why}."
    )
    return words, True


def _said(view: View, verb: str, slot: int, since_s: float, severity: str, score: float, words: str) -> Findings:
    return ship_finding(view, "dark", verb, [slot], since_s=since_s, severity=severity, score=score, reason=words)


def _heard_again(view: View, slot: int, since_s: float, settings: Settings) -> Findings:
    newest = float(view.picture.heard_s[slot])
    if view.now_s - newest >= settings["silent_s"] / 2 or _sent_meanwhile(view, slot, since_s):
        return _said(view, "withdraw", slot, since_s, "notice", 0.1, "Reports that came late show that {0} was transmitting all the time.")
    return _said(view, "end", slot, since_s, "notice", 0.7, f"{{0}} is heard again after {(newest - since_s) / 60:.0f} minutes.")


DETECTOR: Final = Detector(
    id="dark",
    words="gone dark",
    reads=("look", "bases", "decisions"),
    settings=SETTINGS,
    memory=Silence,
    step=step,
)
