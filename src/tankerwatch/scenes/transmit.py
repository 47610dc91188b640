"""Motion to messages, and messages to what each receiving station handed on: noise, loss, duplicates and delay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tankerwatch.core.ais.encoder import BASE_STATION, POSITION_A, Payload, payloads, static_voyage
from tankerwatch.core.ais.framing import sentences, tll
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.schema import F64, I64
from tankerwatch.scenes.dice import Dice
from tankerwatch.scenes.motion import METRES_A_DEGREE
from tankerwatch.scenes.recipe import RadarCraft, Recipe, Ship, Station

LAST_S = 4.0
"""Nothing is sent in the last seconds of the window, so that all is received within it."""
ADRIFT_KN = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """n messages: when sent, from where, and what: an AIS payload, or a whole sentence from a radar (then `radar`)."""

    sent_s: F64
    lat_deg: F64
    lon_deg: F64
    content: Sequence[Payload | bytes]
    radar: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """(n,) lines in order of receipt, before they are written out: whole milliseconds, message, part of it, station and its sequence."""

    time_ms: I64
    message: I64
    part: I64
    station: I64
    sequence: I64


def of_ship(ship: Ship, recipe: Recipe) -> list[Messages]:
    """Position reports (type 1) and static data (type 5) of a ship."""
    how, dice = recipe.receiving, Dice(recipe.seed, ship.id)
    every_s = how["anchored_s"] if ship.anchored else how["underway_s"]
    # Whole seconds: a report says the second of its fix, and the fix is made on it.
    time_s = np.floor(_instants(recipe, dice, every_s))
    count = len(time_s)
    lat_deg, lon_deg = ship.track.position(time_s)
    speed_kn, course_deg, heading_deg, status = ship.track.state(time_s)
    if ship.anchored:
        lat_deg, lon_deg, speed_kn, course_deg, heading_deg = _swinging(recipe, dice, time_s, lat_deg, lon_deg)
    else:
        speed_kn = np.maximum(speed_kn + dice.bell(count, 0.08), 0.0)
        course_deg = course_deg + dice.bell(count) * np.where(speed_kn < ADRIFT_KN, 8.0, 0.5)
        heading_deg = heading_deg + dice.slow(count, 1.0, 4)
    north_m, east_m = (dice.bell(count, how["gps_noise_m"]) for _ in range(2))
    heard_lat_deg, heard_lon_deg = _noisy(lat_deg, lon_deg, north_m, east_m)
    reports = payloads(
        POSITION_A,
        msg_type=1,
        repeat=0,
        mmsi=ship.mmsi,
        nav_status=status,
        turn_raw=0,
        sog_kn=speed_kn,
        accurate=0,
        lon_deg=heard_lon_deg,
        lat_deg=heard_lat_deg,
        cog_deg=course_deg % 360.0,
        heading_deg=heading_deg % 360.0,
        utc_second=time_s % 60,
        manoeuvre=0,
        raim=0,
        comm_state=0,
    )
    said_s = np.floor(_instants(recipe, dice, how["static_s"]))
    bow, stern, port, starboard = ship.size_m
    said = static_voyage(
        ship.mmsi,
        imo=ship.imo,
        callsign=ship.callsign,
        name=ship.name,
        ship_type=ship.ship_type,
        to_bow_m=bow,
        to_stern_m=stern,
        to_port_m=port,
        to_starboard_m=starboard,
        draught_m=ship.draught_m,
        destination=ship.destination,
    )
    return [Messages(time_s, lat_deg, lon_deg, reports), Messages(said_s, *ship.track.position(said_s), [said] * len(said_s))]


def of_station(station: Station, recipe: Recipe) -> Messages:
    """Base station reports (type 4): its own UTC and position."""
    dice = Dice(recipe.seed, station.name)
    time_s = np.floor(_instants(recipe, dice, recipe.receiving["base_s"]))
    content = payloads(
        BASE_STATION,
        msg_type=4,
        repeat=0,
        mmsi=station.mmsi,
        **calendar(time_s),
        accurate=1,
        lon_deg=station.lon_deg,
        lat_deg=station.lat_deg,
        epfd=7,
        long_range=0,
        raim=0,
        comm_state=0,
    )
    return Messages(time_s, np.full(len(time_s), station.lat_deg), np.full(len(time_s), station.lon_deg), content)


def of_radar(craft: RadarCraft, recipe: Recipe) -> Messages:
    """TLL of a radar target at every turn of the aerial; the last one says that the target is lost."""
    how, dice = recipe.receiving, Dice(recipe.seed, craft.id)
    first_s, last_s = craft.track.time_s[0], min(craft.track.time_s[-1], recipe.end_s - LAST_S)
    time_s = np.arange(first_s, last_s, how["radar_s"]) + float(dice.even(1, 0.0, 1.0)[0])
    lat_deg, lon_deg = craft.track.position(time_s)
    # A tracking radar smooths: its errors wander over several turns.
    north_m, east_m = (dice.slow(len(time_s), how["radar_noise_m"], 10) for _ in range(2))
    heard_lat_deg, heard_lon_deg = _noisy(lat_deg, lon_deg, north_m, east_m)
    final = len(time_s) - 1
    content = [
        tll(craft.number, lat, lon, craft.name, now_s, "L" if index == final and last_s == craft.track.time_s[-1] else "T")
        for index, (lat, lon, now_s) in enumerate(zip(heard_lat_deg.tolist(), heard_lon_deg.tolist(), time_s.tolist(), strict=True))
    ]
    return Messages(time_s, lat_deg, lon_deg, content, radar=True)


def receive(recipe: Recipe, parts: Sequence[Messages]) -> Received:
    """What the stations handed on, in order of receipt. The radar's own station has the number after the last."""
    how, dice, stations = recipe.receiving, Dice(recipe.seed, "receiving"), recipe.stations
    rows: list[tuple[I64, I64, I64, I64]] = []
    offset = 0
    for messages in parts:
        count = len(messages.sent_s)
        index = np.arange(offset, offset + count)
        offset += count
        if messages.radar:
            rows.append((_milliseconds(messages.sent_s + 0.2), index, np.zeros(count, np.int64), np.full(count, len(stations))))
            continue
        away_nm = np.array([distance_nm(messages.lat_deg, messages.lon_deg, s.lat_deg, s.lon_deg) for s in stations])
        order = np.argsort(away_nm, axis=0, kind="stable")
        low_s, high_s = how["delay_s"]
        for rank, chance in ((0, 1.0 - how["loss"]), (1, how["also"])):
            delay_s = low_s + (high_s - low_s) * dice.even(count) ** 3
            heard = dice.even(count) < chance
            received_ms = _milliseconds(messages.sent_s + delay_s)
            which, by = index[heard], order[rank][heard]
            rows.extend((received_ms[heard] + 12 * n, which, np.full(len(which), n), by) for n in range(_sentence_count(messages)))
    time_ms, message, part_number, station = (np.concatenate(column) for column in zip(*rows, strict=True))
    line_order = np.lexsort((part_number, station, message, time_ms))
    time_ms, message, part_number, station = (c[line_order] for c in (time_ms, message, part_number, station))
    return Received(time_ms, message, part_number, station, _sequences(message, part_number, station))


def _sequences(message: I64, part: I64, station: I64) -> I64:
    """0 to 9 in turn for each message of several parts at a station; its parts share it. 0 for all others."""
    made = np.zeros(len(message), np.int64)
    for one in np.unique(station[part > 0]):
        here = np.flatnonzero(station == one)
        several = here[np.isin(message[here], message[here][part[here] > 0])]
        turn = {number: index % 10 for index, number in enumerate(dict.fromkeys(message[several].tolist()))}
        made[several] = [turn[number] for number in message[several].tolist()]
    return made


def framed(payload: Payload, message: int, sequence: int) -> list[bytes]:
    """The sentences of a message, channels in turn."""
    return sentences(payload, channel="AB"[message % 2], sequence=sequence)


def _sentence_count(messages: Messages) -> int:
    first = messages.content[0] if messages.content else b""
    return len(framed(first, 0, 0)) if isinstance(first, Payload) else 1


def calendar(time_s: F64) -> dict[str, I64]:
    """Year, month, day, hour, minute and second of whole seconds since 1970."""
    second = time_s.astype(np.int64)
    day = second.astype("datetime64[s]").astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    return {
        "year": day.astype("datetime64[Y]").astype(np.int64) + 1970,
        "month": month.astype(np.int64) % 12 + 1,
        "day": (day - month).astype(np.int64) + 1,
        "hour": second // 3600 % 24,
        "minute": second // 60 % 60,
        "second": second % 60,
    }


def _instants(recipe: Recipe, dice: Dice, every_s: float) -> F64:
    """Times of sending: about every so many seconds, from a phase of its own, each a little early or late."""
    phase_s = float(dice.even(1, 0.0, every_s)[0])
    count = int((recipe.end_s - recipe.start_s - phase_s) // every_s) + 1
    time_s = recipe.start_s + phase_s + every_s * np.arange(count) + dice.even(count, -0.1, 0.1) * every_s
    return np.asarray(time_s[(time_s >= recipe.start_s) & (time_s < recipe.end_s - LAST_S)])


def _swinging(recipe: Recipe, dice: Dice, time_s: F64, lat_deg: F64, lon_deg: F64) -> tuple[F64, F64, F64, F64, F64]:
    """A ship round her anchor: she turns slowly with wind and tide, bow to the anchor."""
    count = len(time_s)
    swing_m, period_s = recipe.background["anchorage"]["swing_m"], 6.2 * 3600.0
    middle_deg, wide_deg, phase = (float(dice.even(1, *span)[0]) for span in ((0.0, 360.0), (20.0, 50.0), (0.0, 6.283)))
    heading_deg = middle_deg + wide_deg * np.sin(phase + 2 * np.pi * time_s / period_s) + dice.bell(count, 0.5)
    astern = np.radians(heading_deg + 180.0)
    lat_deg, lon_deg = _noisy(lat_deg, lon_deg, swing_m * np.cos(astern), swing_m * np.sin(astern))
    return lat_deg, lon_deg, dice.even(count, 0.0, 0.2), dice.even(count, 0.0, 359.9), heading_deg


def _noisy(lat_deg: F64, lon_deg: F64, north_m: F64, east_m: F64) -> tuple[F64, F64]:
    """Positions displaced by some metres."""
    return lat_deg + north_m / METRES_A_DEGREE, lon_deg + east_m / (METRES_A_DEGREE * np.cos(np.radians(lat_deg)))


def _milliseconds(time_s: F64) -> I64:
    return np.rint(time_s * 1000.0).astype(np.int64)
