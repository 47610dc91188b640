"""Ring: another craft enters the ring that a person at the desk drew round a ship.

What it does      Looks at every ship that is guarded with a ring. Raised when another ship, boat or radar target has been nearer to her
                  than the ring for `inside_s`; one that was so already when the ring was drawn, only when it has gone and comes again.
                  Ends when it has been more than `border_nm` beyond the ring for `clear_s`, was not heard for `silent_s`, or when the
                  ring is over.
Why it matters    A ship that was threatened, that drifts or that takes on a boarding party wants to know of everybody who comes near,
                  whatever the craft's aim and kind.
When it is wrong  Traffic: in a lane every passer enters a wide ring; a tug or a pilot that was sent for is told as well. A radar target
                  beside a ship that sends AIS is taken for her echo, so a boat without AIS that first shows there is not told.
                  It tells who is near, never how to get there.
Sources           The ring is what a person drew; BMP Maritime Security (2025): report suspicious approaches early.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.geo import distance_nm, moved
from tankerwatch.core.schema import F64, I64, NAN, Bool
from tankerwatch.core.tables import Picture
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, Spells, View, key_of, ship_finding, ships_of

SETTINGS: Final = {
    "inside_s": Setting(20, "s", "nearer than the ring for so long", 0, 600, "one false fix does not last it"),
    "border_nm": Setting(0.1, "nm", "so far beyond the ring a craft is still held for inside, once it was", 0, 2),
    "clear_s": Setting(120, "s", "farther off than that for so long before it is over", 0, 3600),
    "silent_s": Setting(900, "s", "not heard for so long before it is over", 60, 7200),
    "fresh_s": Setting(400, "s", "who was not heard for this long is not judged", 30, 3600, "ships at anchor send each 3 minutes"),
}

INSIDE, RAISED, LET_BE, DRAWN = range(4)
"""What a row of the memory is: inside, not raised yet · raised · inside when the ring was drawn · the ring itself (the craft is 0)."""
ECHO_NM: Final = 0.15


def step(view: View, memory: Spells, settings: Settings) -> tuple[Findings, Spells]:
    """Judge every ring at a look."""
    picture = view.picture
    rings = np.flatnonzero(picture.ring_nm > 0)
    if not len(rings) and not len(memory):
        return Findings.empty(), memory
    columns = (memory.since_s, memory.seen_s, memory.raised_s, memory.level, memory.value)
    rows = dict(zip(zip(*ships_of(memory.key), strict=True), map(list, zip(*(c.tolist() for c in columns), strict=True)), strict=True))
    found: list[Findings] = []
    lat, lon, heard = _now(view, settings)
    for slot in rings[np.argsort(picture.mmsi[rings])].tolist():
        if heard[slot]:
            _judge(view, slot, rows, settings, found, lat, lon, heard)
    drawn = set(picture.mmsi[rings].tolist())
    for ship, craft in [key for key in rows if key[0] not in drawn]:
        row = rows.pop((ship, craft))
        if row[3] == RAISED:
            _say(view, found, "end", ship, craft, row[0], "The ring round {0} is over.")
    return Findings.concat(found), _memory(rows)


def _now(view: View, settings: Settings) -> tuple[F64, F64, Any]:
    """(n,) where everybody is now, going on as before; and who is heard and trusted."""
    picture = view.picture
    age_s = view.now_s - picture.event_s
    heard = (age_s <= settings["fresh_s"]) & picture.trusted & (picture.kind <= identities.RADAR)
    run_nm = np.where(heard & ~np.isnan(picture.cog_deg), np.nan_to_num(picture.sog_kn) * np.maximum(age_s, 0.0) / 3600.0, 0.0)
    lat, lon = moved(picture.lat_deg, picture.lon_deg, np.nan_to_num(picture.cog_deg), run_nm)
    return lat, lon, heard & ~np.isnan(lat + lon)


def _near(picture: Picture, slot: int, reach_nm: float, lat: F64, lon: F64, heard: Any) -> tuple[I64, F64, Bool]:
    """The craft within a distance of a ship, how far off each is, and which are echoes of others or of herself."""
    some = np.flatnonzero(heard & (np.abs(lat - lat[slot]) <= (reach_nm + 0.1) / 60.0))
    apart = distance_nm(lat[slot], lon[slot], lat[some], lon[some])
    some, apart = some[apart <= reach_nm], apart[apart <= reach_nm]
    radar = picture.kind[some] == identities.RADAR
    sends, echoes = some[~radar], some[radar]
    double = (distance_nm(lat[echoes][:, None], lon[echoes][:, None], lat[sends][None, :], lon[sends][None, :]) <= ECHO_NM).any(axis=1)
    others = some != slot
    return some[others], apart[others], np.isin(some, echoes[double])[others]


def _judge(
    view: View, slot: int, rows: dict[tuple[int, int], list[Any]], settings: Settings, found: list[Findings], lat: F64, lon: F64, heard: Any
) -> None:  # fmt: skip  # one a line would hide what belongs together
    picture, now_s = view.picture, view.now_s
    ship, ring_nm = int(picture.mmsi[slot]), float(picture.ring_nm[slot])
    known = rows.get((ship, 0))
    fresh = known is None or known[4] < ring_nm
    rows[ship, 0] = [now_s, now_s, NAN, DRAWN, ring_nm]
    near = _near(picture, slot, ring_nm + settings["border_nm"], lat, lon, heard)
    for craft, apart_nm, echo in zip(*(column.tolist() for column in near), strict=True):
        key = ship, int(picture.mmsi[craft])
        row = rows.get(key)
        if row is None:
            if apart_nm > ring_nm or (echo and not fresh):
                continue
            row = rows[key] = [now_s, now_s, NAN, LET_BE if fresh else INSIDE, apart_nm]
        row[1] = now_s
        if row[3] == INSIDE and now_s - row[0] >= settings["inside_s"]:
            row[2], row[3] = now_s, RAISED
            sog = float(picture.sog_kn[craft])
            speed = f", making {sog:.0f} kn" if sog >= 0.5 else ", without way" if sog == sog else ""
            words = f"{{1}} is inside the ring of {ring_nm:g} NM round {{0}}: {apart_nm:.1f} NM off{speed}."
            _say(view, found, "raise", *key, row[0], words)
    there = set(picture.mmsi[heard].tolist())
    for key in [key for key, row in rows.items() if key[0] == ship and row[3] != DRAWN and row[1] != now_s]:
        row = rows[key]
        gone = key[1] in there
        if now_s - row[1] < settings["clear_s" if gone else "silent_s"]:
            continue
        del rows[key]
        if row[3] == RAISED:
            words = "{1} has left the ring round {0}." if gone else f"{{1}} has not been heard for {settings['silent_s'] / 60:.0f} min."
            _say(view, found, "end", *key, row[0], words)


def _say(view: View, found: list[Findings], verb: str, ship: int, craft: int, since_s: float, words: str) -> None:
    slots = [int(np.flatnonzero(view.picture.mmsi == np.uint32(each))[0]) for each in (ship, craft)]
    severity = "caution" if verb == "raise" else "notice"
    found.append(ship_finding(view, "ring", verb, slots, since_s=since_s, severity=severity, score=0.9, reason=words))


def _memory(rows: dict[tuple[int, int], list[Any]]) -> Spells:
    held = sorted(rows.items())
    return Spells(
        key=key_of(np.array([ship for (ship, _), _ in held], np.uint64), np.array([craft for (_, craft), _ in held], np.uint64)),
        since_s=np.array([row[0] for _, row in held], np.float64),
        seen_s=np.array([row[1] for _, row in held], np.float64),
        raised_s=np.array([row[2] for _, row in held], np.float64),
        level=np.array([row[3] for _, row in held], np.uint8),
        value=np.array([row[4] for _, row in held], np.float32),
    )


DETECTOR: Final = Detector(id="ring", words="craft in her ring", reads=("look",), settings=SETTINGS, memory=Spells, step=step, key="pair")
