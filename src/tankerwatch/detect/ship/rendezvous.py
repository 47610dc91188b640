"""Rendezvous: two ships come together at sea and lie hull to hull.

What it does      From the dimensions, headings and places of two ships, foretells nothing but measures the water between their hulls.
                  Raised when it has been below `touch_m` for `hold_s` while both go slower than `speed_kn`, on parallel keels and with no
                  speed against each other, after they were seen `apart_nm` apart (or one of them appeared beside the other). Amended when
                  one of them falls silent alongside; ends when they part; withdrawn when one says that she is a tug or the like. Raised as
                  a notice when a ship falls silent for `dark_s` on her way to another, within `waits_nm`, who waits and is heard as before.
Why it matters    Oil, crews and cargo change ships at sea where nobody looks: a sanctioned cargo changes its name there. It is also how a
                  ship is boarded, or how she is helped.
When it is wrong  A ship that takes bunkers or stores outside ports. Where `others` ships lie at rest within `place_nm`, or `stays` have
                  come to rest before, it is a port or an anchorage and nothing is raised; nor of tugs, pilots, passenger ships, craft
                  below `least_m`, boats that stay for less than `boat_hold_s`, two fishing vessels, or who helps a ship not under command
                  or aground. Without dimensions the ships must lie closer. When one of them is dark all the time, only
                  the other is seen: a matter of loitering. Whether one who fell silent came alongside nobody sees.
Sources           Global Fishing Watch encounters (500 m, 2 h); Starboard (below 50 m for 10 min); OCIMF ship-to-ship guide: fenders of 2
                  to 4 m between the hulls, speed 5 to 6 kn when they come together.
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.hulls import CLASS_B, Hulls, apart_m, corners_m, gap_m, hulls_of
from tankerwatch.core.schema import F32, F64, I64, NAN, U8, U64, Bool, Table, col, table
from tankerwatch.core.tables import Picture
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, among, key_of, others_stopped_within, ship_finding

# fmt: off
# a table: its columns are read downwards
SETTINGS: Final = {
    "touch_m": Setting(60, "m", "water between the hulls below this: they lie together", 10, 300, "fenders, and the errors of positions"),
    "unknown_m": Setting(150, "m", "between the antennas, when dimensions are not known", 20, 400),
    "hold_s": Setting(600, "s", "for this long", 120, 7200, "a pilot needs less"),
    "boat_hold_s": Setting(2700, "s", "when one is a boat: for this long", 600, 14400, "a crew, stores or a surveyor need less"),
    "boat_m": Setting(40, "m", "a boat is shorter, her host twice as long, and she says so or came up faster than `boat_kn`", 0, 100),
    "boat_kn": Setting(14, "kn", "no small tanker or coaster makes this", 6, 40, "crew boats make 18 to 30 kn"),
    "speed_kn": Setting(6, "kn", "both go slower than this", 1, 12, "OCIMF: ships come together at 5 to 6 kn"),
    "apart_nm": Setting(0.25, "nm", "they were this far apart within the last hour", 0.1, 5),
    "least_m": Setting(30, "m", "shorter ships are not judged; those of unknown length are", 0, 100),
    "wander_m": Setting(20, "m", "the distance of their antennas varies by less than this", 5, 100, "anchored neighbours swing by more"),
    "place_nm": Setting(2, "nm", "a port or an anchorage is where other ships lie at rest within this", 0, 10),
    "others": Setting(2, "-", "so many of them", 1, 20),
    "stays": Setting(6, "-", "or so many ships have come to rest here before", 1, 100),
    "waits_nm": Setting(3, "nm", "one fell silent within this of another that waits below `speed_kn`", 0, 10),
    "came_nm": Setting(0.7, "nm", "after she had come so much nearer in twenty minutes", 0.2, 5),
    "miss_nm": Setting(0.5, "nm", "and would have passed her within this", 0.1, 3),
    "dark_s": Setting(1200, "s", "not heard for this long: one of them is dark", 600, 7200),
    "clear_s": Setting(300, "s", "over when they have been seen apart for this long", 60, 3600),
}
# fmt: on
LEFT_OUT: Final = (
    3,
    5,
    6,
    7,
    8,
    10,
    11,
    12,
    13,
    14,
)  # kinds: passenger, service, high-speed, pleasure, authority, and those that are no ships
TOWING: Final = (11, 12)  # navigational status
CASUALTY: Final = (2, 6, 14)  # not under command, aground, a beacon of distress
MOORED: Final = 5
HEARD_S: Final = 400.0  # at anchor ships report each three minutes
FORGOTTEN_S: Final = 3600.0
ALONGSIDE, DARK, BOUND = 1, 2, 3


@table
class Together(Table):
    """Two ships that lie together, or did a moment ago, in order of `key`."""

    # fmt: off
    # a table: its columns are read downwards
    key:        Annotated[U64, col("-", "both identities, the smaller one first")]
    since_s:    Annotated[F64, col("s", "when they came together")]
    seen_s:     Annotated[F64, col("s", "when they were seen together last")]
    raised_s:   Annotated[F64, col("s", "when it was judged", missing=NAN)]
    level:      Annotated[U8, col("-", "0 not raised, 1 raised, 2 one fell silent, 3 one fell silent on her way to the other")]
    looks:      Annotated[U8, col("-", "how often they were seen together, at most 250")]
    distance_m: Annotated[F32, col("m", "mean distance of the antennas", missing=NAN)]
    wander_m:   Annotated[F32, col("m", "mean distance from that mean", missing=NAN)]
    gap_m:      Annotated[F32, col("m", "mean water between the hulls", missing=NAN)]
    # fmt: on


def step(view: View, memory: Together, settings: Settings) -> tuple[Findings, Together]:
    """Judge at each whole minute the pairs near each other, and those remembered."""
    pairs, found = view.pairs, list[Findings]()
    near = pairs.distance_nm <= 0.3
    memory = _fallen_silent(view, memory, settings, found)
    if not len(memory) and not near.any():
        return Findings.empty(), memory
    keys, first, second = _pairs(view, near, memory, settings)
    if not len(keys):
        return Findings.empty(), memory
    picture, now_s = view.picture, view.now_s
    together, apart, gap, distance = _measure(picture, first, second, now_s, settings)
    at = np.searchsorted(memory.key, keys)
    known = np.zeros(len(keys), np.bool_)
    known[at < len(memory)] = memory.key[at[at < len(memory)]] == keys[at < len(memory)]
    kept = together | known
    rows = Together.blank(len(keys)).replace(key=keys, since_s=np.full(len(keys), now_s), seen_s=np.full(len(keys), now_s))
    for column in Together.columns():
        getattr(rows, column.name)[known] = getattr(memory, column.name)[at[known]]
    _average(rows, together, gap, distance, now_s)
    for n in np.flatnonzero(kept).tolist():
        slots = [int(first[n]), int(second[n])]
        found += _judge(view, rows, n, slots, bool(together[n]), bool(apart[n]), settings)
        kept[n] = not _over(rows, n, bool(apart[n]), now_s, settings)
    return Findings.concat(found), rows.take(kept)


def _fallen_silent(view: View, memory: Together, settings: Settings, found: list[Findings]) -> Together:
    """Raise for ships that fell silent on their way to another that waits, where that one is heard all the time; the memory then."""
    picture, now_s = view.picture, view.now_s
    silent_s = now_s - picture.heard_s
    gone = (silent_s >= settings["dark_s"]) & (silent_s < settings["dark_s"] + 60.0) & among(picture.msg_type, (1, 2, 3))
    gone &= (picture.best_sog_kn >= settings["speed_kn"]) & ~among(picture.nav_status, (1, MOORED, *CASUALTY))
    for slot in np.flatnonzero(gone).tolist():
        reach = np.abs(picture.lat_deg - picture.lat_deg[slot]) <= settings["waits_nm"] / 60
        reach &= (picture.sog_kn <= settings["speed_kn"]) & (now_s - picture.heard_s <= HEARD_S) & (picture.kind != identities.FISHING)
        both = np.append(np.flatnonzero(reach), slot)
        fits = _may_be(picture, both, settings)
        if not fits[-1] or among(picture.kind[both[-1:]], (identities.FISHING,))[0]:
            continue
        for host in both[:-1][fits[:-1]].tolist():
            since_s = float(picture.heard_s[slot])
            if not _was_bound_for(view, slot, host, since_s, settings) or _is_place(view, [host, slot], since_s, settings):
                continue
            key = key_of(*sorted((int(picture.mmsi[slot]), int(picture.mmsi[host]))))
            if (memory.key == key).any():
                continue
            row = Together.blank(1).replace(
                key=key.reshape(1), since_s=np.array([since_s]), seen_s=np.array([now_s]), raised_s=np.array([now_s]),
                level=np.array([BOUND], np.uint8),
            )  # fmt: skip  # one a line would hide what belongs together
            memory = Together.concat([memory, row])
            memory = memory.take(np.argsort(memory.key, kind="stable"))
            apart = distance_nm(picture.lat_deg[slot], picture.lon_deg[slot], picture.lat_deg[host], picture.lon_deg[host])
            words = (
                f"{{0}} fell silent {float(apart):.1f} NM from {{1}}, whom she was coming up to and who waits at "
                f"{picture.sog_kn[host]:.1f} kn and is heard as before: they may be meeting."
            )
            slots = [slot, host]
            if picture.mmsi[slot] > picture.mmsi[host]:
                slots, words = slots[::-1], words.replace("{0}", "{2}").replace("{1}", "{0}").replace("{2}", "{1}")
            found.append(ship_finding(view, "rendezvous", "raise", slots, since_s=since_s, severity="notice", score=0.5, reason=words))
            break
    return memory


def _was_bound_for(view: View, slot: int, host: int, since_s: float, settings: Settings) -> bool:
    """Whether a ship had come nearer to one that waits, and was as near as `waits_nm`; and both were heard well, the other to this day."""
    now_s, half_s = view.now_s, 1200.0
    hers, its = view.hour.track(slot, now_s), view.hour.track(host, now_s)
    before = (hers.minute_s > since_s - half_s) & (hers.minute_s <= since_s)
    alone, waits = its.minute_s > since_s, (its.minute_s > since_s - half_s) & (its.minute_s <= since_s)
    well = before.sum() >= 0.9 * half_s / 60 and waits.sum() >= 0.4 * half_s / 60  # who lies still reports each three minutes
    well = well and alone.sum() >= (0.9 if waits.sum() >= 0.9 * half_s / 60 else 0.28) * (now_s - since_s) / 60
    if not well or not (its.sog_kn[its.minute_s > since_s + 300.0] <= settings["speed_kn"]).all():
        return False
    at = np.flatnonzero(waits)[np.clip(np.searchsorted(its.minute_s[waits], hers.minute_s[before]), 0, int(waits.sum()) - 1)]
    east, north = apart_m(its.lat_deg[at], its.lon_deg[at], hers.lat_deg[before], hers.lon_deg[before])
    apart = np.hypot(east, north) / 1852.0
    # Where she would have come nearest, as she moved against the other in the last ten minutes.
    then = -min(10, len(apart))
    by_east, by_north = east[-1] - east[then], north[-1] - north[then]
    miss_nm = abs(east[-1] * by_north - north[-1] * by_east) / max(float(np.hypot(by_east, by_north)), 1.0) / 1852.0
    came = apart[0] - apart[-1] >= settings["came_nm"] and apart[-1] < apart[then] - 0.1
    return bool(came and apart[-1] <= settings["waits_nm"] and miss_nm <= settings["miss_nm"])


def _pairs(view: View, near: Bool, memory: Together, settings: Settings) -> tuple[U64, I64, I64]:
    """(n,) keys in order, and the slots of both: what is near now and may be a rendezvous, and what is remembered."""
    picture, pairs = view.picture, view.pairs
    first, second = pairs.slot[near].astype(np.int64), pairs.other[near].astype(np.int64)
    fits = ~(among(picture.kind[first], (identities.FISHING,)) & among(picture.kind[second], (identities.FISHING,)))
    for slots in (first, second):
        fits &= _may_be(picture, slots, settings)
    fits &= (picture.sog_kn[first] <= settings["speed_kn"]) & (picture.sog_kn[second] <= settings["speed_kn"])
    first, second = first[fits], second[fits]
    if len(memory):
        order = np.argsort(picture.mmsi, kind="stable")
        for_row = [order[np.searchsorted(picture.mmsi[order], part)] for part in _halves(memory.key)]
        first, second = np.concatenate([first, for_row[0]]), np.concatenate([second, for_row[1]])
    swap = picture.mmsi[first] > picture.mmsi[second]
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    keys, rows = np.unique(key_of(picture.mmsi[first], picture.mmsi[second]), return_index=True)
    return keys, first[rows], second[rows]


def _halves(keys: U64) -> tuple[U64, U64]:
    return (keys >> np.uint64(32)).astype(np.uint32), (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def _may_be(picture: Picture, slots: I64, settings: Settings) -> Bool:
    """(n,) whether she is a ship that could take part: of unknown kind or one that carries cargo or fish, not small, not towing."""
    length, kind = picture.length_m[slots], picture.kind[slots]
    small = (length > 0) & (length < settings["least_m"]) | (length == 0) & among(picture.msg_type[slots], CLASS_B)
    fits = ~among(kind, LEFT_OUT) & ~small & ~among(picture.nav_status[slots], TOWING) & ~among(picture.msg_type[slots], (0, 9, 27))
    return np.asarray(fits)


def _measure(picture: Picture, first: I64, second: I64, now_s: float, settings: Settings) -> tuple[Bool, Bool, F64, F64]:
    """(n,) whether they lie together, whether they are seen apart, metres between hulls, and between antennas."""
    lat, lon, sog, cog = [], [], [], []
    for slots in (first, second):
        speed, course = picture.sog_kn[slots].astype(np.float64), np.radians(np.nan_to_num(picture.cog_deg[slots].astype(np.float64)))
        run_m = np.where(speed >= 0.7, speed, 0.0) * 1852 / 3600 * np.minimum(now_s - picture.event_s[slots], HEARD_S)
        run_m = np.where(np.isnan(picture.cog_deg[slots]), 0.0, run_m)
        lat.append(picture.lat_deg[slots] + run_m * np.cos(course) / 111_120.0)
        narrow = np.maximum(np.cos(np.radians(picture.lat_deg[slots])), 0.01)
        lon.append(picture.lon_deg[slots] + run_m * np.sin(course) / 111_120.0 / narrow)
        sog.append(np.nan_to_num(speed))
        cog.append(course)
    east, north = apart_m(lat[0], lon[0], lat[1], lon[1])
    distance = np.hypot(east, north)
    hulls = [hulls_of(picture, slots) for slots in (first, second)]
    gap = _gap(hulls[0], hulls[1], east, north)
    near = np.where(distance <= settings["unknown_m"], np.minimum(gap, settings["touch_m"]), np.maximum(gap, distance))
    gap = np.where(hulls[0].told & hulls[1].told, gap, near)
    against = np.hypot(sog[0] * np.sin(cog[0]) - sog[1] * np.sin(cog[1]), sog[0] * np.cos(cog[0]) - sog[1] * np.cos(cog[1]))
    askew = np.abs((hulls[0].points_deg - hulls[1].points_deg + 90.0) % 180.0 - 90.0) > 25.0  # NaN: not known to be
    heard = np.ones(len(first), np.bool_)
    for slots in (first, second):
        heard &= (now_s - picture.event_s[slots] <= HEARD_S) & picture.trusted[slots]
    slow = (sog[0] <= settings["speed_kn"]) & (sog[1] <= settings["speed_kn"])
    together = heard & slow & ~askew & (against <= 1.0) & (gap <= settings["touch_m"])
    return together, heard & (gap > 2.5 * settings["touch_m"]), gap, distance


def _gap(one: Hulls, other: Hulls, east_m: F64, north_m: F64) -> F64:
    """(n,) metres between hulls. When it is not known how they point they are taken to lie side by side, as far along as antennas allow."""
    zero = np.zeros(len(east_m))
    points = [np.where(np.isnan(a.points_deg), b.points_deg, a.points_deg) for a, b in ((one, other), (other, one))]
    measured = gap_m(corners_m(one, zero, zero, points[0]), corners_m(other, east_m, north_m, points[1]))
    shorter = np.minimum(one.length_m, other.length_m)
    along = (np.abs(one.to_bow_m - one.to_stern_m) + np.abs(other.to_bow_m - other.to_stern_m)) / 2 + 0.3 * shorter
    across = np.sqrt(np.maximum(east_m**2 + north_m**2 - along**2, 0.0)) - (one.beam_m + other.beam_m) / 2
    return np.where(np.isnan(points[0]), np.maximum(across, 0.0), measured)


def _average(rows: Together, together: Bool, gap: F64, distance: F64, now_s: float) -> None:
    """What was measured goes into the means of the pairs that lie together."""
    rows.seen_s[together] = now_s
    rows.looks[together] = np.minimum(rows.looks[together], 249) + 1
    weight = np.maximum(1.0 / np.maximum(rows.looks[together], 1), 0.15)
    for column, values in ((rows.distance_m, distance), (rows.gap_m, gap)):
        mean = np.where(np.isnan(column[together]), values[together], column[together])
        if column is rows.distance_m:
            off = np.abs(values[together] - mean)
            rows.wander_m[together] = np.nan_to_num(rows.wander_m[together]) * (1 - weight) + weight * off
        column[together] = mean + weight * (values[together] - mean)


def _over(rows: Together, n: int, apart: bool, now_s: float, settings: Settings) -> bool:
    unseen_s = now_s - float(rows.seen_s[n])
    if rows.level[n]:
        return (apart and unseen_s >= settings["clear_s"]) or unseen_s >= FORGOTTEN_S
    return apart or unseen_s > 900.0


def _judge(view: View, rows: Together, n: int, slots: list[int], together: bool, apart: bool, settings: Settings) -> list[Findings]:
    """What is to be said of one pair now."""
    picture, now_s = view.picture, view.now_s
    since_s = float(rows.since_s[n])
    minutes = max(1, round((float(rows.seen_s[n]) - since_s) / 60))

    def say(verb: str, severity: str, score: float, reason: str) -> list[Findings]:
        return [ship_finding(view, "rendezvous", verb, slots, since_s=since_s, severity=severity, score=score, reason=reason)]

    if rows.level[n]:
        if not all(_may_be(picture, np.array([slot]), settings)[0] for slot in slots):
            which = next(at for at, slot in enumerate(slots) if not _may_be(picture, np.array([slot]), settings)[0])
            kind = identities.KIND_WORDS[min(int(picture.kind[slots[which]]), len(identities.KIND_WORDS) - 1)]
            rows.level[n], rows.seen_s[n] = 0, -np.inf
            return say("withdraw", "notice", 0.5, f"{{{which}}} says what she is ({kind}): she may come alongside.")
        if _over(rows, n, apart, now_s, settings):
            if rows.level[n] == BOUND:
                met = "are heard again, apart" if apart else "were not heard together within an hour"
                return say("end", "notice", 0.5, f"{{0}} and {{1}} {met}.")
            parted = "parted" if apart else "have not been heard together for an hour"
            return say("end", "notice", 0.9, f"{{0}} and {{1}} {parted}; they lay together for {minutes} min.")
        silent = [now_s - float(picture.heard_s[slot]) >= settings["dark_s"] for slot in slots]
        if rows.level[n] == BOUND and together:
            rows.level[n] = ALONGSIDE
            return say(
                "amend", "caution", 0.8, f"{{0}} and {{1}} lie together, {rows.gap_m[n]:.0f} m between the hulls: one was silent before."
            )
        if rows.level[n] == ALONGSIDE and any(silent) and not all(silent):
            rows.level[n] = DARK
            gone = silent.index(True)
            words = f"{{{gone}}} has not been heard since she lay alongside {{{1 - gone}}}, who is still there."
            return say("amend", "caution", 0.8, words)
        return []
    unknown = not (picture.length_m[slots] > 0).all()
    held_s = settings["boat_hold_s" if _is_boat(view, slots, settings) else "hold_s"] * (1.25 if unknown else 1.0)
    if not together or not np.isnan(rows.raised_s[n]) or now_s - since_s < held_s or rows.wander_m[n] > settings["wander_m"]:
        return []
    rows.raised_s[n] = now_s
    came, dark = _came_together(view, slots, since_s, settings)
    if not came or among(picture.nav_status[slots], CASUALTY).any() or _is_place(view, slots, since_s, settings):
        return []  # who comes alongside a casualty helps
    rows.level[n] = ALONGSIDE
    speed = float(np.nanmax(picture.sog_kn[slots]))
    how = f"at {speed:.1f} kn" if speed >= 0.7 else "without way"
    near = f"about {rows.distance_m[n]:.0f} m apart, their size not known" if unknown else f"{rows.gap_m[n]:.0f} m between the hulls"
    words = f"{{0}} and {{1}} came together and have lain alongside each other for {minutes} min {how}, {near}, away from any port."
    if dark >= 0:
        words = f"{words[:-1]}; {{{dark}}} was not heard before."
    tankers = (picture.kind[slots] == identities.TANKER).all()
    score = 0.6 + 0.2 * (not unknown) + 0.1 * bool(tankers)
    return say("raise", "caution" if dark >= 0 or picture.guarded[slots].any() else "notice", score, words)


def _is_boat(view: View, slots: list[int], settings: Settings) -> bool:
    """Whether one of the two is a boat that runs between ships and the shore: people and stores change ships, no cargo."""
    picture = view.picture
    length, kind = picture.length_m[slots], picture.kind[slots]
    small = int(np.argmin(np.where(length > 0, length, np.inf)))
    if not 0 < length[small] < settings["boat_m"] or length[1 - small] < 2 * settings["boat_m"]:
        return False
    return bool(kind[small] == identities.OTHER or (view.hour.track(slots[small], view.now_s).sog_kn > settings["boat_kn"]).any())


def _came_together(view: View, slots: list[int], since_s: float, settings: Settings) -> tuple[bool, int]:
    """Whether they were apart before, and which of the two was silent then (-1: neither)."""
    picture, now_s = view.picture, view.now_s
    dark = -1
    tracks = [view.hour.track(slot, now_s) for slot in slots]
    for at, slot in enumerate(slots):
        before = (tracks[at].minute_s > since_s - settings["dark_s"]) & (tracks[at].minute_s < since_s - 60)
        if not before.any() and picture.stay_s[slot] >= since_s - 600 and since_s - float(np.nanmin(picture.first_s)) > 1800:
            dark = at  # she was not there, and is first heard of alongside
    if dark >= 0:
        return True, dark
    one, other = tracks
    minutes, ours, theirs = np.intersect1d(one.minute_s, other.minute_s, return_indices=True)
    apart = distance_nm(one.lat_deg[ours], one.lon_deg[ours], other.lat_deg[theirs], other.lon_deg[theirs])
    if bool((apart[minutes < since_s] >= settings["apart_nm"]).any()):
        return True, -1
    # At anchor they may never report in the same minute: what lies near in time will do.
    for track, against in ((one, other), (other, one)):
        for minute_s, lat, lon in zip(track.minute_s, track.lat_deg, track.lon_deg, strict=True):
            near = np.abs(against.minute_s - minute_s) <= 240
            if minute_s < since_s and near.any() and distance_nm(lat, lon, against.lat_deg[near], against.lon_deg[near]).min() >= 0.4:
                return True, -1
    return False, -1


def _is_place(view: View, slots: list[int], since_s: float, settings: Settings) -> bool:
    """Whether this is a port or an anchorage: others lie at rest here, or came to rest before, or one of the two has long been moored."""
    picture, now_s = view.picture, view.now_s
    for slot in slots:
        long_there = picture.stay_s[slot] < since_s - 1200 and picture.status_s[slot] < since_s - 600
        if picture.nav_status[slot] == MOORED and long_there:
            return True
    sog, status = picture.sog_kn.copy(), picture.nav_status.copy()
    sog[slots], status[slots] = np.nan, 255
    without = picture.replace(sog_kn=sog, nav_status=status)
    if others_stopped_within(without, slots[0], settings["place_nm"], now_s) >= settings["others"]:
        return True
    lat, lon = picture.lat_deg[slots[:1]], picture.lon_deg[slots[:1]]
    return bool(view.context.stays(lat, lon)[0] - len(slots) >= settings["stays"])


DETECTOR: Final = Detector(
    id="rendezvous",
    words="possible rendezvous",
    reads=("minute",),
    settings=SETTINGS,
    memory=Together,
    step=step,
    key="pair",
    horizon_s=7200,
)
