"""For authors of detectors: small scenes as TOML, turned into real sentences, run through the whole river, and checked.

    words = "A loaded tanker loses her engine and coasts."

    [[ship]]
    mmsi = 311000001
    name = "EXAMPLE"
    type = 80
    length_m = 250
    every_s = 10
    track = [[0, 24.0, 58.0], [60, 24.2, 58.0], [70, 24.21, 58.0, 2]]  # minute, lat, lon, status, heading
    silent = [[30, 45]]                                                # minutes in which she is not heard
    false = [[30, 45, 0.1, -0.2]]      # her receiver lies from minute to minute: degrees north and east off
    frozen = [[30, 45]]                # her position stands still · walks: minutes, knots north and east
    circles = [[30, 45, 0.2, 14]]      # it goes round: radius in nm, knots · lost: minutes, UTC second 61 to 63
    again = [[38, 26, 37]]             # at minute 38 a station sends once more what she sent from 26 to 37
    said_kn = 3.4                      # the speed she sends whatever she makes · inaccurate: her receiver never was accurate

    [[craft]]            # a radar target without AIS: number, every_s, track
    [[line]]             # a sentence as it is: minute, text
    [[report]]           # typed in: minute, kind, words, ship
    [[guard]]            # a ship is guarded: minute, ship, ring_nm, until_minute

    [zone.NAME]          # polygon, and what may be given of a `core.zones.Zone`: enter, leave, max_kn, forbidden…

    [[expect]]           # an alert that must come; nothing else may come
    detector = "sudden_stop"
    ships = [311000001]
    after = 61           # raised between these minutes
    before = 72

Between way-points a ship moves in a straight line at even speed, which is what she sends; her heading is her course unless
given. A scene without `expect` must raise nothing.
"""

from __future__ import annotations

import tomllib
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from tankerwatch.config import Config, load
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag, tll
from tankerwatch.core.geo import bearing_deg, distance_nm
from tankerwatch.core.incidents import Alert
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.core.zones import Zone
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River
from tankerwatch.track.ticks import LOOK_S

START_S: Final = 1_700_000_000 // 600 * 600
STATION: Final = "r200000900"


@dataclass(frozen=True, slots=True)
class Expected:
    """An alert that a scene must raise."""

    detector: str
    ships: tuple[int, ...]
    after_s: float
    before_s: float
    severity: str | None
    state: str | None

    def fits(self, alert: Alert) -> bool:
        """Whether this is the alert."""
        return (
            alert.detector == self.detector
            and (not self.ships or alert.ships[: len(self.ships)] == self.ships)
            and alert.raised_s is not None
            and self.after_s <= alert.raised_s <= self.before_s
            and self.severity in (None, alert.severity)
            and self.state in (None, alert.state)
        )


@dataclass(frozen=True, slots=True)
class DetectorScene:
    """A scene of a few ships with what must be found in it."""

    name: str
    words: str
    content: dict[str, Any]
    expected: tuple[Expected, ...]

    @classmethod
    def read(cls, path: Path) -> DetectorScene:
        """Read a TOML file."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        expected = tuple(
            Expected(
                e["detector"],
                tuple(e.get("ships", ())),
                START_S + 60 * e.get("after", 0),
                START_S + 60 * e.get("before", 1e6),
                e.get("severity"),
                e.get("state"),
            )
            for e in content.get("expect", ())
        )
        return cls(path.stem, content["words"], content, expected)

    def received(self) -> list[tuple[float, bytes]]:
        """Every sentence with its receive time, in order."""
        made: list[tuple[float, bytes]] = []
        for number, ship in enumerate(self.content.get("ship", ())):
            made += _of_ship(ship, number)
        for number, craft in enumerate(self.content.get("craft", ())):
            made += _of_craft(craft, number)
        for line in self.content.get("line", ()):
            time_s = START_S + 60 * line["minute"]
            made.append((time_s, tag(line["text"].encode(), time_s=time_s, station=STATION)))
        for text in self.content.get("text", ()):
            time_s = START_S + 60 * text["minute"]
            for part in sentences(encoder.safety_text(text["mmsi"], text["words"]), sequence=7):
                made.append((time_s, tag(part, time_s=time_s, station=STATION)))
        return sorted(made, key=lambda pair: pair[0])

    def decisions(self) -> list[Decision]:
        """The reports typed in, and the ships guarded."""
        made = []
        for n, guard in enumerate(self.content.get("guard", ())):
            content = {"guard": True, "words": "", "ring_nm": guard["ring_nm"], "until_s": START_S + 60 * guard["until_minute"]}
            made.append(Decision(START_S + 60.0 * guard["minute"], "guard", f"guard-{n}", str(guard["ship"]), content))
        for n, report in enumerate(self.content.get("report", ())):
            time_s = float(START_S + 60 * report["minute"])
            content = {"verified": True, "source": "scene", "ship": None, "lat_deg": None, "lon_deg": None, "time_s": time_s}
            content |= {key: value for key, value in report.items() if key != "minute"}
            made.append(Decision(time_s, "report", f"report-{n}", "", content))
        return sorted(made, key=lambda decision: decision.time_s)

    def log(self) -> bytes:
        """The sentences as a log file."""
        return b"".join(line + b"\r\n" for _, line in self.received())

    def batches(self, cuts: int = 1) -> Iterator[Batch]:
        """The sentences in `cuts` batches of equal numbers of lines, each report and guard at its time."""
        received, waiting = self.received(), self.decisions()
        size = max(1, -(-len(received) // cuts))
        times = [time_s for time_s, _ in received]
        said = {bisect(times, decision.time_s) for decision in waiting}
        edges = sorted({*range(0, len(received), size), *said, len(received)} | {0})
        for begin, end in pairwise(edges):
            part = received[begin:end]
            lines = Lines.of([line for _, line in part], [t for t, _ in part], list(range(begin + 1, end + 1)))
            due = tuple(d for d in waiting if bisect(times, d.time_s) <= end)
            waiting = waiting[len(due) :]
            yield Batch(lines=lines, decisions=due)
        end_s = START_S + 60.0 * self.content.get("minutes", 0)
        yield Batch(decisions=tuple(waiting), clock_s=end_s if self.content.get("minutes") else float("nan"))

    def config(self) -> Config:
        """The configuration of a desk that has none of its own, with the scene's zones."""
        zones = (
            Zone(name, (np.array(zone["polygon"], np.float64),), **{key: value for key, value in zone.items() if key != "polygon"})
            for name, zone in self.content.get("zone", {}).items()
        )
        return replace(load(None, catalog.detectors()), zones=tuple(zones))

    def run(self, config: Config | None = None, cuts: int = 1, *, frame_s: int = LOOK_S) -> River:
        """Let the scene flow through the river."""
        river = River(config or self.config(), ("scene",), frame_s=frame_s)
        for batch in self.batches(cuts):
            river.take(batch)
        river.finish()
        return river

    def check(self, river: River | None = None) -> list[str]:
        """What is wrong (with a river it has flowed through): expected alerts that did not come, and those that came unasked."""
        alerts = list((river or self.run()).triage.alerts.values())
        wrong = []
        for expected in self.expected:
            fit = next((a for a in alerts if expected.fits(a)), None)
            if fit is None:
                wrong.append(f"{self.name}: no {expected.detector} of {expected.ships} came as expected")
            else:
                alerts.remove(fit)
        for a in alerts:
            minute = None if a.raised_s is None else round((a.raised_s - START_S) / 60, 1)
            wrong.append(f"{self.name}: {a.detector} {a.severity} {a.state} of {a.ships} at minute {minute}: {a.reason}")
        return wrong


def _motion(track: list[list[float]], times_s: Any) -> tuple[Any, Any, Any, Any, Any]:
    """Latitude, longitude, speed, course and status at times (n,) s after the start."""
    minute = np.array([p[0] for p in track]) * 60.0
    lat, lon = np.array([p[1] for p in track]), np.array([p[2] for p in track])
    leg = np.clip(np.searchsorted(minute, times_s, side="right") - 1, 0, max(len(track) - 2, 0))
    to = np.minimum(leg + 1, len(track) - 1)
    took = np.maximum(minute[to] - minute[leg], 1e-9)
    sog = np.where(to > leg, distance_nm(lat[leg], lon[leg], lat[to], lon[to]) / took * 3600, 0.0)
    status = np.array([int(p[3]) if len(p) > 3 else 0 for p in track])
    at = np.clip(np.searchsorted(minute, times_s, side="right") - 1, 0, len(track) - 1)
    return (
        np.interp(times_s, minute, lat),
        np.interp(times_s, minute, lon),
        sog,
        bearing_deg(lat[leg], lon[leg], lat[to], lon[to]),
        status[at],
    )


def _headings(track: list[list[float]], times_s: Any, cog: Any) -> Any:
    given = np.array([p[4] if len(p) > 4 else np.nan for p in track])
    at = np.clip(np.searchsorted([p[0] * 60.0 for p in track], times_s, side="right") - 1, 0, len(track) - 1)
    return np.where(np.isnan(given[at]), cog, given[at])


def _times(thing: dict[str, Any], number: int) -> Any:
    track = thing["track"]
    times = np.arange(track[0][0] * 60 + number % 7 + 0.3, track[-1][0] * 60, thing.get("every_s", 10))
    for low, high in thing.get("silent", ()):
        times = times[(times < low * 60) | (times >= high * 60)]
    return times


def _lied(ship: dict[str, Any], times: Any, lat: Any, lon: Any, cog: Any, second: Any) -> tuple[Any, Any, Any, Any]:
    """Place, course and UTC second as her receiver says them; her speed and heading stay as they are."""

    def between(low: float, high: float) -> Any:
        return (times >= low * 60) & (times < high * 60)

    for low, high, north_deg, east_deg in ship.get("false", ()):
        lat, lon = lat + north_deg * between(low, high), lon + east_deg * between(low, high)
    for low, high in ship.get("frozen", ()):
        first = int(np.argmax(between(low, high)))
        lat, lon = np.where(between(low, high), lat[first], lat), np.where(between(low, high), lon[first], lon)
    for low, high, north_kn, east_kn in ship.get("walks", ()):
        hours = (times / 3600 - low / 60) * between(low, high)
        lat, lon = lat + north_kn * hours / 60, lon + east_kn * hours / 60 / np.cos(np.radians(lat))
    for low, high, radius_nm, speed_kn in ship.get("circles", ()):
        inside, first = between(low, high), int(np.argmax(between(low, high)))
        angle = (times / 3600 - low / 60) * speed_kn / radius_nm
        lat = np.where(inside, lat[first] + radius_nm / 60 * (np.cos(angle) - 1), lat)
        lon = np.where(inside, lon[first] + radius_nm / 60 * np.sin(angle) / np.cos(np.radians(lat[first])), lon)
        cog = np.where(inside, (np.degrees(angle) + 90) % 360, cog)
    for low, high, said in ship.get("lost", ()):
        second = np.where(between(low, high), said, second)
        lat, lon = (np.where(between(low, high) & (said == 63), np.nan, place) for place in (lat, lon))
    return lat, lon, cog, second


def _of_ship(ship: dict[str, Any], number: int) -> Iterator[tuple[float, bytes]]:
    mmsi, times = ship["mmsi"], _times(ship, number)
    lat, lon, sog, cog, status = _motion(ship["track"], times)
    sog = np.full(len(times), ship["said_kn"]) if "said_kn" in ship else sog
    second = np.floor(START_S + times).astype(np.int64) % 60
    heading = _headings(ship["track"], times, cog)
    lat, lon, cog, second = _lied(ship, times, lat, lon, cog, second)
    accurate = np.array([not ship.get("inaccurate", False) and s < 61 for s in second.tolist()])
    for i, t in enumerate(times.tolist()):
        made = START_S + t
        at_lat, at_lon = (None if np.isnan(value) else float(value) for value in (lat[i], lon[i]))
        if ship.get("class") == "B":
            payload = encoder.position_b(mmsi, at_lat, at_lon, min(sog[i], 102), cog[i], cog[i], int(second[i]))
        else:
            payload = encoder.position_a(
                mmsi, at_lat, at_lon, min(sog[i], 102), cog[i] % 359.9, round(heading[i]) % 360, int(status[i]), int(second[i]),
                accurate=bool(accurate[i]),
            )  # fmt: skip  # one a line would hide what belongs together
        sentence = sentences(payload)[0]
        yield made + 0.4, tag(sentence, time_s=made + 0.4, station=STATION)
        for at, low, high in ship.get("again", ()):
            if low * 60 <= t < high * 60:
                once_more = START_S + at * 60 + (t - low * 60) * 7919 % 25
                yield once_more, tag(sentence, time_s=once_more, station=STATION)
        if i % 30 == 0 and ship.get("class") != "B":
            half = ship.get("length_m", 0) / 2
            static = encoder.static_voyage(
                mmsi, name=ship.get("name", ""), imo=ship.get("imo"), ship_type=ship.get("type"), to_bow_m=half, to_stern_m=half
            )
            for part in sentences(static, sequence=number % 10):
                yield made + 0.5, tag(part, time_s=made + 0.5, station=STATION)


def _of_craft(craft: dict[str, Any], number: int) -> Iterator[tuple[float, bytes]]:
    times = _times({"every_s": 6, **craft}, number)
    lat, lon, *_ = _motion(craft["track"], times)
    for i, t in enumerate(times.tolist()):
        yield START_S + t, tag(tll(craft.get("number", number + 1), lat[i], lon[i]), time_s=START_S + t, station=STATION)
