"""Sudden stop: a ship under way loses her speed within minutes, where ships do not stop.

What it does      Compares a ship's speed with the even speed that she kept before. Raised at once when she loses `sharp_kn_min` or more
                  (no ship of some length brakes so by will) and her positions show it; raised as a coasting stop when she has fallen
                  from a steady passage below `share` of it and below `slow_kn` in one go, at `share_a_minute` or faster, and no other
                  ship lies at rest nearby. When she lost it evenly (`early`, `fast_a_minute`), as for a pilot or an anchorage, it waits
                  until she lies across her way below `steerage_kn`. Who comes to help another within `help_nm` is not raised. Ends when
                  she has made way again for `clear_s`; withdrawn when she anchors or moors, and when her positions show later that she
                  never stopped.
Why it matters    Engine lost, explosion, boarding: the ship herself shows it first, often ten minutes before she changes her status.
When it is wrong  An anchoring in haste where nobody lay in the last hour. A ship that slows for a pilot keeps steerage way and is not
                  raised; a coasting stop that takes longer than 25 minutes looks like a planned one, and is only found when she
                  drifts. Craft that stop at will (fishing, service, pleasure, fast craft) are
                  not judged, ferries only when they stop as none does, offshore and other ships only for an abrupt stop, and a ship
                  that has not said what she is only above the speed of fishing boats. Sparse reports do not show how a speed was lost.
Sources           docs/scene-2019-06-13.md: a loaded tanker coasts for twenty minutes. Recordings of tankers at Singapore: to anchor
                  they lose 0.6 to 1.5 kn/min, but after half an hour of changing speeds and courses. IMO MSC.137(76): a crash stop of a
                  large ship takes up to 15 lengths. DMA AisAbnormal: ships of 50 m and more.
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np

from tankerwatch.core.geo import bearing_deg, distance_nm, turn_deg
from tankerwatch.core.hour import H_SOG
from tankerwatch.core.schema import F32, F64, I64, NAN, U8, U32, Bool, Table, col, rows_in, table
from tankerwatch.detect.kit import (
    Detector,
    Findings,
    Setting,
    Settings,
    View,
    among,
    others_stopped_within,
    ship_finding,
)
from tankerwatch.detect.stopping import Fall, fall_of

SETTINGS: Final = {
    "share": Setting(0.45, "-", "speed below this share of her even speed", 0.1, 0.8, "scene of 13 June 2019, measured"),
    "slow_kn": Setting(4.9, "kn", "and below this: pilots board at 5 kn and more", 2, 10),
    "usual_kn": Setting(8.0, "kn", "a ship whose even speed is less is not judged", 3, 15, "under it ships manoeuvre"),
    "unknown_kn": Setting(11.0, "kn", "the same for a ship that has not said what she is", 3, 20, "fishing boats steam at 8 to 11 kn"),
    "share_a_minute": Setting(0.034, "1/min", "share of her speed that she loses a minute, at least", 0.01, 0.5, "to anchor takes 30 min"),
    "early": Setting(0.56, "-", "mean loss on the way down as a share of all; 0.5 when she loses speed evenly", 0, 1, "drag: 0.63 to 0.7"),
    "fast_a_minute": Setting(0.08, "1/min", "or she loses so much a minute", 0.01, 0.5, "13 knots in 12 minutes"),
    "even_a_minute": Setting(0.03, "1/min", "share that she who loses it evenly loses a minute", 0.01, 0.5, "as drifting"),
    "steerage_kn": Setting(3.0, "kn", "slower she does not answer her helm", 1, 6),
    "across_min": Setting(4, "min", "so long she moves across her heading", 2, 30),
    "sharp_kn_min": Setting(1.8, "kn/min", "an abrupt stop: loses so much a minute; a short or unknown ship half as much again", 1, 20),
    "ferry_kn_min": Setting(10.0, "kn/min", "the same for ferries and fast craft, which brake well", 2, 40),
    "hold_s": Setting(30, "s", "a coasting ship stays below for this long", 0, 900, "DMA AisAbnormal: 60"),
    "steady": Setting(0.8, "-", "share of the half hour before at that speed, before a coasting stop", 0, 1, "tankers at Singapore"),
    "turned_deg": Setting(60, "deg", "who turns more while she still makes half her speed manoeuvres", 20, 180),
    "length_m": Setting(50, "m", "shorter ships are not judged; those of unknown length are", 0, 300, "DMA AisAbnormal"),
    "long_m": Setting(100, "m", "ships of this length cannot stop abruptly by will", 50, 300, "IMO MSC.137(76)"),
    "rest_nm": Setting(2.0, "nm", "where another ship lies at rest within this, ships stop", 0, 10),
    "unknown_rest_nm": Setting(5.0, "nm", "the same for a ship that has not said what she is: she may be any boat near her port", 0, 20),
    "help_nm": Setting(3.0, "nm", "she comes to help another who lost her way, or is not under command, within this", 0, 10),
    "clear_s": Setting(900, "s", "over when she has made way again for this long", 60, 7200),
}
STOPS_AT_WILL: Final = (4, 5, 6, 7, 8, 10, 11, 12, 13, 14)  # kinds: fishing, service, fast craft, pleasure, authority, and no ships
FERRY: Final = 3
NOT_UNDER_COMMAND: Final = 2
IN_NEED: Final = (2, 6, 14)  # not under command, aground, a beacon of distress
HELP_LATER_S: Final = 300.0
"""Who stops at the same time as another was hit as well."""
OTHER: Final = 9
FASTEST_UNKNOWN_KN: Final = 24.0  # above, it is a fast craft
LOOKED_S: Final = 240.0  # after this a candidate is judged once a minute
FORGOTTEN_S: Final = 86400.0
WATCHED, RAISED, DONE = 0, 1, 2


@table
class Stops(Table):
    """Ships that have lost speed, in order of `mmsi`."""

    # fmt: off
    # a table: its columns are read downwards
    mmsi:     Annotated[U32, col("-", "identity")]
    since_s:  Annotated[F64, col("s", "when her speed was first found low; of one raised, when it began to fall")]
    seen_s:   Annotated[F64, col("s", "when it was low last")]
    low_s:    Annotated[F64, col("s", "since when she has been slow enough for a coasting stop", missing=NAN)]
    raised_s: Annotated[F64, col("s", "when it was raised", missing=NAN)]
    level:    Annotated[U8, col("-", "0 watched, 1 raised, 2 raised and withdrawn")]
    was_kn:   Annotated[F32, col("kn", "her even speed before", missing=NAN)]
    event_s:  Annotated[F64, col("s", "when she was where", missing=NAN)]
    lat_deg:  Annotated[F64, col("deg", "latitude where her speed was first found low, then where it was raised", missing=NAN)]
    lon_deg:  Annotated[F64, col("deg", "longitude there", missing=NAN)]
    fixes:    Annotated[U32, col("-", "her trusted fixes when her speed was first found low")]
    # fmt: on

    def rows_of(self, mmsi: U32) -> I64:
        """(n,) the row of each ship, -1 where there is none."""
        return rows_in(self.mmsi, mmsi)


def _low(view: View, settings: Settings) -> Bool:
    """(ships,) who of those that are judged makes much less speed than before."""
    picture = view.picture
    with np.errstate(invalid="ignore"):
        fell = (picture.sog_kn < 0.55 * picture.usual_sog_kn) & (picture.usual_sog_kn >= 0.8 * settings["usual_kn"])
        braked = (picture.gain_kn_min < -settings["sharp_kn_min"] / 2) & (picture.sog_kn < 0.55 * picture.best_sog_kn)
    low = (fell | braked) & among(picture.msg_type, (1, 2, 3)) & ~among(picture.kind, STOPS_AT_WILL) & ~among(picture.nav_status, (1, 5))
    low &= (picture.length_m == 0) | (picture.length_m >= settings["length_m"])
    low &= view.now_s - picture.event_s < 180
    rows = np.flatnonzero(low)
    if len(rows):  # who has been slow for the last half hour lost no speed now
        fastest = np.max([np.nan_to_num(view.hour.value(rows, back, view.now_s, H_SOG)) for back in range(1, 31)], axis=0)
        low[rows] = fastest >= settings["usual_kn"]
    return low


def _helps(view: View, slot: int, fall: Fall, kept: Stops, settings: Settings) -> bool:
    """Whether she came to a ship that had lost her way, or said that she was not under command, before her own speed fell."""
    picture, before_s = view.picture, fall.began_s - HELP_LATER_S
    fell = kept.mmsi[(kept.level == RAISED) & (kept.since_s <= before_s)]
    in_need = among(picture.nav_status, IN_NEED) & (picture.status_s <= before_s) | np.isin(picture.mmsi, fell)
    in_need &= ~(picture.sog_kn > settings["slow_kn"]) & (np.abs(picture.lat_deg - picture.lat_deg[slot]) <= settings["help_nm"] / 60)
    in_need[slot] = False
    rows = np.flatnonzero(in_need)
    lat, lon = picture.lat_deg[slot], picture.lon_deg[slot]
    apart = distance_nm(lat, lon, picture.lat_deg[rows], picture.lon_deg[rows])
    to_her = turn_deg(bearing_deg(lat, lon, picture.lat_deg[rows], picture.lon_deg[rows]), fall.course_deg)
    return bool(((apart <= settings["help_nm"]) & ((apart <= 1.0) | ~(to_her > 60))).any())


def _adrift(view: View, slot: int, fall: Fall, settings: Settings) -> bool:
    """Whether a ship that lost her speed evenly lies now across her way, or says that she is not under command."""
    if not (fall.slow_rate >= settings["even_a_minute"] and view.picture.sog_kn[slot] <= settings["steerage_kn"]):
        return False
    if view.picture.nav_status[slot] == NOT_UNDER_COMMAND:
        return True
    last = view.hour.track(slot, view.now_s, 60 * (settings["across_min"] + 2))
    with np.errstate(invalid="ignore"):
        moves = (last.sog_kn >= 0.5) & (last.sog_kn <= settings["steerage_kn"] + 0.5)
        off = turn_deg(last.cog_deg.astype(np.float64), last.heading_deg.astype(np.float64))
        across = moves & (off > 45) & (off < 165)  # who anchors falls astern
    return bool(across.sum() >= settings["across_min"])


def _verdict(view: View, slot: int, fall: Fall, stop: Stops, row: int, settings: Settings) -> str:
    """`abrupt`, `coasting`, or "" as long as she is neither."""
    picture, now_s = view.picture, view.now_s
    sog, made, length = float(picture.sog_kn[slot]), float(picture.made_kn[slot]), int(picture.length_m[slot])
    unknown = picture.kind[slot] == 0 and length == 0 and not picture.guarded[slot]
    ferry = picture.kind[slot] == FERRY
    if sog >= settings["share"] * fall.was_kn or now_s - fall.began_s > 2700 or ((ferry or unknown) and fall.stopped):
        return ""
    if ferry and (length < settings["long_m"] or sog >= 3.0):
        return ""
    if unknown and not settings["unknown_kn"] <= fall.was_kn <= FASTEST_UNKNOWN_KN:
        return ""
    sharp = settings["ferry_kn_min"] if ferry else settings["sharp_kn_min"] * (1 if length >= settings["long_m"] else 1.5)
    lost = (0.95 * fall.was_kn - sog) / max((now_s - fall.began_s) / 60, 0.5)
    run_nm = float(distance_nm(stop.lat_deg[row], stop.lon_deg[row], picture.lat_deg[slot], picture.lon_deg[slot]))
    passed_h = (float(picture.event_s[slot]) - float(stop.event_s[row])) / 3600
    if run_nm > 0.4 * fall.was_kn * passed_h + 0.015:
        return ""  # she goes on: the speed that she sends is wrong
    since = int(picture.fixes[slot]) - int(stop.fixes[row])
    shown = passed_h > 0 and ((since >= 2 and made < 0.75 * fall.was_kn) or (since == 1 and made < 0.55 * fall.was_kn))
    if lost >= sharp and shown and fall.steady >= 0.5:
        reach_nm = 0.0 if length >= settings["long_m"] and not ferry else settings["rest_nm"] / (1 if unknown or ferry else 4)
        return "" if reach_nm and others_stopped_within(picture, slot, reach_nm, now_s) else "abrupt"
    slow_for_long = now_s - float(stop.low_s[row]) >= settings["hold_s"]
    steady = (
        fall.steady >= settings["steady"] * (1 if fall.rate(sog, now_s) < 0.1 else 0.75)
        and fall.straight >= 0.8
        and fall.turned_deg <= settings["turned_deg"]
    )
    at_once = fall.early >= settings["early"] or fall.rate(sog, now_s) >= settings["fast_a_minute"]
    at_once |= fall.step_kn >= max(1.1 * settings["sharp_kn_min"], 0.15 * fall.was_kn)
    # She who loses it evenly may slow down for a pilot or an anchorage: wait until she is seen to lie without steerage.
    in_one_go = fall.rate(sog, now_s) >= settings["share_a_minute"] if at_once else _adrift(view, slot, fall, settings)
    in_one_go &= fall.heard >= (0.7 if unknown else 0.4)
    if ferry or picture.kind[slot] == OTHER or fall.paused or not (slow_for_long and steady and in_one_go and made < 0.7 * fall.was_kn):
        return ""
    if fall.was_kn < 0.8 * float(picture.usual_sog_kn[slot]) or fall.known < 8:
        return ""
    at_once = fall.early >= settings["early"] or fall.rate(sog, now_s) >= settings["fast_a_minute"]
    reach_nm = settings["unknown_rest_nm" if unknown else "rest_nm"]
    known_place = view.context.stays(picture.lat_deg[slot : slot + 1], picture.lon_deg[slot : slot + 1])[0] >= 2
    return "" if known_place or others_stopped_within(picture, slot, reach_nm, now_s) else "coasting"


def _kept(memory: Stops, view: View, low: Bool) -> Stops:
    """The memory with those that are low now seen, and new ones added."""
    picture, now_s = view.picture, view.now_s
    slots = np.flatnonzero(low)
    at = memory.rows_of(picture.mmsi[slots])
    seen = memory.seen_s.copy()
    seen[at[at >= 0]] = now_s
    new = slots[at < 0]
    fresh = Stops.blank(len(new)).replace(
        mmsi=picture.mmsi[new],
        since_s=np.full(len(new), now_s),
        seen_s=np.full(len(new), now_s),
        event_s=picture.event_s[new],
        lat_deg=picture.lat_deg[new],
        lon_deg=picture.lon_deg[new],
        fixes=picture.fixes[new],
    )
    joined = Stops.concat([memory.replace(seen_s=seen), fresh])
    return joined.take(np.argsort(joined.mmsi, kind="stable"))


def step(view: View, memory: Stops, settings: Settings) -> tuple[Findings, Stops]:
    """Judge every ship at a look."""
    picture, now_s = view.picture, view.now_s
    low = _low(view, settings)
    if not len(memory) and not low.any():
        return Findings.empty(), memory
    kept = _kept(memory, view, low)
    slots = np.flatnonzero(np.isin(picture.mmsi, kept.mmsi))
    rows = kept.rows_of(picture.mmsi[slots])
    over = np.zeros(len(kept), np.bool_)
    found = []

    def say(verb: str, slot: int, row: int, score: float, words: str, evidence: tuple[int, ...] = ()) -> None:
        severity, since_s = "danger" if picture.guarded[slot] else "caution", float(kept.since_s[row])
        found.append(
            ship_finding(
                view, "sudden_stop", verb, [slot], since_s=since_s, severity=severity, score=score, reason=words, evidence=evidence
            )
        )

    for slot, row in zip(slots.tolist(), rows.tolist(), strict=True):
        sog, anchored = float(picture.sog_kn[slot]), picture.nav_status[slot] in (1, 5)
        if kept.level[row] == WATCHED:
            over[row] = anchored or now_s - kept.seen_s[row] > 120
            is_slow = low[slot] and sog < settings["slow_kn"]
            kept.low_s[row] = np.fmin(kept.low_s[row], now_s) if is_slow else np.nan
            if (
                over[row]
                or not low[slot]
                or not picture.trusted[slot]
                or not (view.minute or min(now_s - kept.since_s[row], now_s - kept.low_s[row]) <= LOOKED_S)
            ):
                continue
            fall = fall_of(view.hour.track(slot, now_s), sog, now_s, settings["usual_kn"])
            verdict = _verdict(view, slot, fall, kept, row, settings) if fall else ""
            if fall is None or not verdict or _helps(view, slot, fall, kept, settings):
                continue
            kept.since_s[row], kept.raised_s[row], kept.level[row], kept.was_kn[row] = fall.began_s, now_s, RAISED, fall.was_kn
            kept.lat_deg[row], kept.lon_deg[row], kept.seen_s[row] = picture.lat_deg[slot], picture.lon_deg[slot], now_s
            minutes = max(1, round((now_s - fall.began_s) / 60))
            how = "has stopped abruptly" if verdict == "abrupt" else "has lost her speed"
            near = "as no ship does by will" if verdict == "abrupt" else "and no other ship lies at rest near her"
            words = f"{{0}} {how}: {fall.was_kn:.1f} to {sog:.1f} kn in {minutes} minute{'s' * (minutes > 1)}, {near}."
            say("raise", slot, row, min(0.95, 0.6 + 0.4 * (1 - sog / fall.was_kn)), words, (fall.row,))
            continue
        if not sog >= 0.6 * kept.was_kn[row]:
            kept.seen_s[row] = now_s  # once raised it goes on while she stays slow; silence does not end it
        forgotten = now_s - kept.raised_s[row] > FORGOTTEN_S
        over[row] = now_s - kept.seen_s[row] > settings["clear_s"] or forgotten
        if kept.level[row] == DONE:
            continue
        run_nm = float(distance_nm(kept.lat_deg[row], kept.lon_deg[row], picture.lat_deg[slot], picture.lon_deg[slot]))
        since_nm = 0.7 * float(kept.was_kn[row]) * (now_s - float(kept.raised_s[row])) / 3600
        if anchored:
            kept.level[row] = DONE
            say("withdraw", slot, row, 0.1, "{0} has anchored or moored: she stopped by will.")
        elif over[row] and run_nm > since_nm and not forgotten:
            say("withdraw", slot, row, 0.1, f"{{0}} has made {run_nm:.1f} NM since: she never stopped, the speed that she sent was wrong.")
        elif over[row]:
            said = "still lies there after a day" if forgotten else f"makes way again: {sog:.1f} kn"
            say("end", slot, row, 0.5, f"{{0}} {said}.")
    return Findings.concat(found), kept.take(~over)


DETECTOR: Final = Detector(id="sudden_stop", words="sudden stop", reads=("look",), settings=SETTINGS, memory=Stops, step=step)
