"""The chart of a report, as SVG that is a picture by itself: alerts in shape, colour and number, tracks, land, and where in the world."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tankerwatch.share import coast
from tankerwatch.share.marks import Mark, moment, text, weight
from tankerwatch.share.ships import Ship, known
from tankerwatch.share.tracks import Track

WIDE: Final = 1000
HIGH: Final = 620
MOST_TRACKS: Final = 60
MOST_DISPLACED: Final = 200
LEAST_NM: Final = 8.0
ROOM: Final = 0.65
"""What the alerts take of the chart; round them names have room, and where ships came from is seen."""
INSET: Final = 156
NAME_PX: Final = 9.6
"""A letter of a name in bold capitals, in the widest of the fonts that may stand in for the page's own."""
REGION_DEG: Final = 14.0
GAP_S: Final = 1800.0
"""A track that is silent for longer is drawn as a dotted line: nobody knows where she was."""
_STEPS_DEG: Final = (45, 30, 15, 10, 5, 2, 1, 0.5, 1 / 6, 1 / 12, 1 / 30, 1 / 60)
_DOT_STEPS_S: Final = (600, 1800, 3600, 7200, 21600, 43200, 86400)


def chart(
    marks: Sequence[Mark], ships: Mapping[int, Ship], tracks: Mapping[int, Track], land: Path | None, size: tuple[int, int] = (WIDE, HIGH)
) -> str:
    """The chart of all alerts that have a place, so many units wide and high; "" when none has."""
    placed = [mark for mark in marks if mark.alert["lat_deg"] is not None]
    if not placed:
        return ""
    east_of = _seam([mark.alert["lon_deg"] for mark in placed])
    where = {mark.number: (_x(mark.alert["lon_deg"], east_of), coast.mercator(mark.alert["lat_deg"])) for mark in placed}
    wide, high = size
    frame = _frame(list(where.values()), wide, high)
    box = (*_world(frame, -wide / 2, -high / 2), *_world(frame, wide * 1.5, high * 1.5))
    ground, shore = coast.paths(land, box, frame) if land is not None else ("", "")
    spots = {number: frame.place(*place) for number, place in where.items()}
    lines, ends = _tracks(_drawn(placed), ships, tracks, frame, east_of)
    symbols = [mark.svg(*spots[mark.number]) for mark in sorted(placed, key=weight)]
    labels = _labels(placed, ships, spots, ends, frame)
    parts = (
        f'<rect class="sea" x="{-wide}" y="{-high}" width="{3 * wide}" height="{3 * high}"/>',
        f'<g transform="scale({1 / coast.FINE:g})"><path class="land" d="{ground}"/><path class="coast" d="{shore}"/></g>',
        f'<g class="grid">{_grid(frame)}</g>',
        f'<g class="tracks">{"".join(lines)}</g><g class="labels">{"".join(labels)}</g><g class="marks">{"".join(symbols)}</g>',
        f'<g class="scale">{_scale_bar(frame)}</g>',
    )
    return (
        f'<svg id="chart" class="chart" viewBox="0 0 {wide} {high}" role="group" aria-label="Chart of the alerts" tabindex="0"'
        f' data-left="{frame.left!r}" data-top="{frame.top!r}" data-scale="{frame.scale!r}">{"".join(parts)}</svg>'
    )


def whereabouts(marks: Sequence[Mark], land: Path | None) -> str:
    """A small chart of the region with the chart's own frame in it; "" where the chart itself shows enough of the world."""
    placed = [mark for mark in marks if mark.alert["lat_deg"] is not None]
    if not placed or land is None:
        return ""
    east_of = _seam([mark.alert["lon_deg"] for mark in placed])
    inner = _frame([(_x(mark.alert["lon_deg"], east_of), coast.mercator(mark.alert["lat_deg"])) for mark in placed], WIDE, HIGH)
    across = WIDE / inner.scale
    region = max(across * 8, REGION_DEG / 360)
    if region > 0.5:
        return ""
    x, y = _world(inner, WIDE / 2, HIGH / 2)
    outer = coast.Frame(x - region / 2, y - region / 3, INSET / region, INSET, INSET * 2 / 3)
    ground, _ = coast.paths(land, (outer.left, outer.top, x + region / 2, y + region / 3), outer)
    wide, high = across * outer.scale, HIGH / inner.scale * outer.scale
    left, top = INSET / 2 - wide / 2, INSET / 3 - high / 2
    return (
        f'<svg class="inset" viewBox="0 0 {INSET} {INSET * 2 // 3}" role="img" aria-label="Where the chart lies in its region">'
        f'<rect class="sea" width="{INSET}" height="{INSET * 2 // 3}"/>'
        f'<g transform="scale({1 / coast.FINE:g})"><path class="land" d="{ground}"/></g>'
        f'<rect class="here" x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}"/></svg>'
    )


def _seam(lons_deg: Iterable[float]) -> float:
    """The longitude west of which nothing lies: the eastern edge of the widest empty stretch round the world."""
    ordered = sorted(set(lons_deg))
    gaps = [((b - a) % 360 or 360, b) for a, b in zip([ordered[-1], *ordered[:-1]], ordered, strict=True)]
    return max(gaps)[1]


def _x(lon_deg: float, east_of: float) -> float:
    """On the world, unrolled eastward from the seam; a little west of it stays west."""
    return (east_of + (lon_deg - east_of + 90) % 360 - 90 + 180) / 360


def _frame(places: Sequence[tuple[float, float]], wide: float, high: float) -> coast.Frame:
    """A frame in which all places lie, with room round them."""
    xs, ys = zip(*places, strict=True)
    middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    least = LEAST_NM / 60 / 360 / math.cos(math.radians(_lat(middle_y)))
    scale = min(wide * ROOM / max(max(xs) - min(xs), least), high * ROOM / max(max(ys) - min(ys), least), wide / least)
    return coast.Frame(middle_x - wide / 2 / scale, middle_y - high / 2 / scale, scale, wide, high)


def _world(frame: coast.Frame, x: float, y: float) -> tuple[float, float]:
    return frame.left + x / frame.scale, frame.top + y / frame.scale


def _lat(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def _drawn(marks: Sequence[Mark]) -> list[int]:
    """The ships whose tracks are drawn: those of the worst alerts first."""
    ordered = sorted(marks, key=weight, reverse=True)
    return list(dict.fromkeys(ship for mark in ordered for ship in mark.alert["ships"]))[:MOST_TRACKS]


def _tracks(
    drawn: Sequence[int], ships: Mapping[int, Ship], tracks: Mapping[int, Track], frame: coast.Frame, east_of: float
) -> tuple[list[str], dict[int, tuple[float, float]]]:
    """Each ship's way as SVG, and where she was last."""
    made, ends = [], {}
    for mmsi in drawn:
        track = tracks.get(mmsi)
        if track is None or not len(track.time_s):
            continue
        points = [
            frame.place(_x(lon, east_of), coast.mercator(lat))
            for lat, lon in zip(track.lat_deg.tolist(), track.lon_deg.tolist(), strict=True)
        ]
        own = [
            (time_s, *point) for time_s, point, off in zip(track.time_s.tolist(), points, track.displaced.tolist(), strict=True) if not off
        ]
        off = [point for point, displaced in zip(points, track.displaced.tolist(), strict=True) if displaced]
        off = off[:: max(1, -(-len(off) // MOST_DISPLACED))]
        kind = " radar" if known(ships, mmsi).radar else ""
        if own:
            sailed, silent = _ways(own)
            made.append(f'<path class="way{kind}" d="{sailed}"/>' + (f'<path class="silent" d="{silent}"/>' if silent else ""))
            made += _hours(own)
            made.append(_bow(own))
            ends[mmsi] = own[-1][1:]
        made += [f'<path class="off" d="M{x - 3:.1f} {y - 3:.1f}l6 6m0-6l-6 6"/>' for x, y in off]
    return made, ends


def _ways(points: Sequence[tuple[float, float, float]]) -> tuple[str, str]:
    """Where she was heard, and the straight lines over her silences."""
    sailed, silent = [], []
    before: tuple[float, float, float] | None = None
    for time_s, x, y in points:
        if before is None or time_s - before[0] > GAP_S:
            sailed.append(f"M{x:.1f} {y:.1f}")
            if before is not None:
                silent.append(f"M{before[1]:.1f} {before[2]:.1f}L{x:.1f} {y:.1f}")
            before = (time_s, x, y)
        elif abs(x - before[1]) + abs(y - before[2]) >= 0.15:
            sailed.append(f"L{x:.1f} {y:.1f}")
            before = (time_s, x, y)
        else:
            before = (time_s, before[1], before[2])
    return "".join(sailed), "".join(silent)


def _hours(points: Sequence[tuple[float, float, float]]) -> list[str]:
    """Dots at full hours (or what is left of them on a long way), each with its time."""
    spent = points[-1][0] - points[0][0]
    step = next((step for step in _DOT_STEPS_S if spent / step <= 24), _DOT_STEPS_S[-1])
    made, last = [], math.floor(points[0][0] / step)
    for time_s, x, y in points:
        if math.floor(time_s / step) > last:
            last = math.floor(time_s / step)
            made.append(
                f'<g class="dot" transform="translate({x:.1f} {y:.1f})"><circle class="fixed" r="2"/><title>{moment(time_s)}</title></g>'
            )
    return made


def _bow(points: Sequence[tuple[float, float, float]]) -> str:
    """Where she was last, as a ship's shape that points the way she went."""
    _, x, y = points[-1]
    back = next(((a, b) for _, a, b in reversed(points) if math.hypot(a - x, b - y) > 1.0), None)
    turn = 0.0 if back is None else math.degrees(math.atan2(x - back[0], back[1] - y))
    return f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f})"><path class="bow fixed" d="M0-9 4-2V7H-4V-2Z"/></g>'


def _labels(
    marks: Sequence[Mark],
    ships: Mapping[int, Ship],
    spots: Mapping[int, tuple[float, float]],
    ends: Mapping[int, tuple[float, float]],
    frame: coast.Frame,
) -> list[str]:
    """The name of each ship once, where none lies over another or over a symbol; those without room are hidden until there is."""
    taken = [(x - 14, y - 14, x + 14, y + 14) for x, y in spots.values()]
    made = []
    named: dict[int, tuple[str, tuple[float, float]]] = {}
    for mark in sorted(marks, key=weight, reverse=True):
        for mmsi in mark.alert["ships"]:
            name = mark.alert["names"].get(str(mmsi)) or known(ships, mmsi).name
            named.setdefault(mmsi, (name or f"MMSI {mmsi:09d}", ends.get(mmsi, spots[mark.number])))
    for name, (x, y) in named.values():
        if not (-frame.wide / 2 < x < frame.wide * 1.5 and -frame.high / 2 < y < frame.high * 1.5):
            continue
        wide = NAME_PX * len(name)
        sides = ((16, 4, "start", 0), (-16, 4, "end", -wide), (0, -18, "middle", -wide / 2), (0, 26, "middle", -wide / 2))
        free = None
        for right, down, anchor, left in sides:
            spot = (x + right + left, y + down - 12, x + right + left + wide, y + down + 4)
            inside = (spot[0] > 0 and spot[2] < frame.wide and spot[1] > 0) or not (0 < x < frame.wide and 0 < y < frame.high)
            if inside and not any(spot[0] < b[2] and spot[2] > b[0] and spot[1] < b[3] and spot[3] > b[1] for b in taken):
                free = (right, down, anchor)
                taken.append(spot)
                break
        right, down, anchor = free or sides[0][:3]
        hidden = "" if free else " crowded"
        made.append(
            f'<g transform="translate({x:.1f} {y:.1f})"><text class="name fixed{hidden}" x="{right}" y="{down}" text-anchor="{anchor}">'
            f"{text(name)}</text></g>"
        )
    return made


def _grid(frame: coast.Frame) -> str:
    """Meridians and parallels of the view as it is printed; a script draws them anew when it is zoomed."""
    west, north = _world(frame, 0, 0)
    east, south = _world(frame, frame.wide, frame.high)
    step = next((step for step in reversed(_STEPS_DEG) if step / 360 * frame.scale >= 110), _STEPS_DEG[0])
    made = []
    for n in range(math.ceil((west * 360 - 180) / step), math.floor((east * 360 - 180) / step) + 1):
        x, _ = frame.place((n * step + 180) / 360, 0)
        lon = (n * step + 180) % 360 - 180
        made.append(f'<path d="M{x:.1f} 0V{frame.high:g}"/><text x="{x + 4:.1f}" y="14">{_angle(lon, step, "EW")}</text>')
    for n in range(math.ceil(_lat(south) / step), math.floor(_lat(north) / step) + 1):
        _, y = frame.place(0, coast.mercator(n * step))
        made.append(
            f'<path d="M0 {y:.1f}H{frame.wide:g}"/>'
            + (f'<text x="6" y="{y - 4:.1f}">{_angle(n * step, step, "NS")}</text>' if 34 < y < frame.high - 130 else "")
        )
    return "".join(made)


def _angle(value_deg: float, step_deg: float, sides: str) -> str:
    tenths = round(abs(value_deg) * 600)
    side = "" if tenths == 0 else sides[value_deg < 0]
    return f"{tenths // 600}°{side}" if step_deg >= 1 else f"{tenths // 600}°{tenths % 600 / 10:02.0f}′{side}"


def _scale_bar(frame: coast.Frame) -> str:
    """A bar of a round number of miles at the middle of the chart."""
    _, middle = _world(frame, 0, frame.high / 2)
    unit_nm = 21600 * math.cos(math.radians(_lat(middle))) / frame.scale
    miles = next((n for n in (2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5) if n / unit_nm <= 0.18 * frame.wide), 0.2)
    right, y = frame.wide - 16, frame.high - 14
    left = right - miles / unit_nm
    bar = f'<path d="M{left:.1f} {y - 6:g}V{y:g}H{right:g}V{y - 6:g}"/>'
    return f'{bar}<text x="{(left + right) / 2:.1f}" y="{y - 5:g}" text-anchor="middle">{miles:g} NM</text>'
