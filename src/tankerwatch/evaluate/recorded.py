"""Recorded traffic: what alarms in it, over how many ship-days; and dangers laid over it, encoded anew.

Recordings are taken for clean; where one holds a gap or a spoilt position of its own, that is said by `leave_out`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from tankerwatch.core.schema import F64
from tankerwatch.evaluate.cases import lies
from tankerwatch.evaluate.encode import Encoder
from tankerwatch.evaluate.reception import Received
from tankerwatch.evaluate.reports import Reports
from tankerwatch.evaluate.rows import Rows, exposure_days, rows_of_file
from tankerwatch.evaluate.ships import CLASS_A, CLASS_B, Ship
from tankerwatch.evaluate.truth import Danger, Scene
from tankerwatch.evaluate.watch import alerts_in
from tankerwatch.evaluate.wire import log
from tankerwatch.evaluate.world import Lie
from tankerwatch.ingest.recorded import recorded
from tankerwatch.scenes.dice import Dice

TUNING, HOLD_OUT = "tuning", "hold-out"
MPS: Final = {"sog": "SOG[m/s]"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording. leave_out: detectors that it cannot judge, and why · true: what really happened in it, detector and ship."""

    name: str
    path: str
    split: str
    columns: dict[str, str] | None = None
    leave_out: tuple[str, ...] = ()
    why: str = ""
    true: frozenset[tuple[str, int]] = frozenset()


# Labelled "drift" by those who published it; she says herself that she is not under command, and is carried across her heading for hours.
ADRIFT: Final = frozenset((name, 212_123_000) for name in ("sudden_stop", "not_under_command", "drifting"))
# Transmitters that say that they are active: one by its text too. Who set them off, and whether in need, is not known.
ACTIVE: Final = frozenset((("distress", 970_000_099), ("distress", 970_010_119)))
SPARSE: Final = ("dark",)
RECORDINGS: Final = (
    Recorded("Kattegat", "tracks/kattegat_20251101.parquet", TUNING, MPS, SPARSE, "stops are left out of it, which makes gaps"),
    Recorded("tanker 9327138", "tracks/tankers_sg/9327138.csv.gz", TUNING, None, SPARSE, "one ship, with gaps of the reception"),
    Recorded("tanker 9267118", "tracks/tankers_sg/9267118.csv.gz", TUNING, None, SPARSE, "one ship, with gaps of the reception"),
    Recorded("Solent", "tracks/solent_20160112.csv.gz", HOLD_OUT),
    Recorded("tanker 9417464", "tracks/tankers_sg/9417464.csv.gz", HOLD_OUT, None, SPARSE, "one ship, with gaps of the reception"),
    Recorded("tanker 9538440", "tracks/tankers_sg/9538440.csv.gz", HOLD_OUT, None, SPARSE, "one ship, with gaps of the reception"),
    Recorded("Danish waters", "nmea/aisabnormal_sample.nmea.gz", TUNING),
    Recorded("passage 212123000", "nmea/aisabnormal_212123000.nmea.gz", TUNING, None, SPARSE, "one ship", ADRIFT),
    Recorded("passage 538004030", "nmea/aisabnormal_538004030.nmea.gz", HOLD_OUT, None, SPARSE, "one ship"),
    Recorded("Gothenburg", "nmea/opencpn_hakefjord.nmea.gz", HOLD_OUT, None, SPARSE, "a boat's own reception, no times"),
    Recorded("Channel passage", "nmea/opencpn_guernsey.nmea.gz", HOLD_OUT, None, SPARSE, "a boat's own reception, no times", ACTIVE),
)


def data() -> Path | None:
    """The folder of recordings (TANKERWATCH_DATA), None where there is none."""
    named = os.environ.get("TANKERWATCH_DATA")
    return Path(named) if named and Path(named).is_dir() else None


Said = tuple[str, tuple[int, ...], float | None, str]
"""An alert: detector, ships, when, why."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What was found in a recording: alerts, and those about what really happened; `ship_days` None: it is not there."""

    recording: Recorded
    ship_days: float | None
    alerts: tuple[Said, ...] = ()
    right: tuple[Said, ...] = ()


def watched(recording: Recorded) -> Watched:
    """Analyse a recording as a desk would have."""
    folder = data()
    if folder is None or not (path := folder / recording.path).is_file():
        return Watched(recording, None)
    days = exposure_days(rows_of_file(path, recording.columns))
    alerts = sorted(alerts_in(recorded([path], columns=recording.columns)), key=lambda a: (a.raised_s or 0.0, a.id))
    said = [(a.detector, tuple(a.ships), a.raised_s, a.reason) for a in alerts if a.detector not in recording.leave_out]
    right = tuple(one for one in said if any((one[0], ship) in recording.true for ship in one[1]))
    return Watched(recording, days, tuple(one for one in said if one not in right), right)


# Dangers laid over a recording.

ALSO: Final = ("dark", "collision", "sudden_stop", "drifting", "grounding", "loitering", "identity")
LAID: Final = ("jump", "circle", "frozen", "walk-off", "displaced track", "clone", "dark")
EACH: Final = 2


def reports_of(rows: Rows) -> Reports:
    """A ship's recorded reports, as if sent anew."""
    whole = np.floor(rows.time_s)
    count = len(rows)
    status: F64 = np.where((rows.nav_status >= 0) & (rows.nav_status < 16), rows.nav_status, 15).astype(np.float64)
    return Reports(
        whole, rows.lat_deg, rows.lon_deg, rows.lat_deg, rows.lon_deg, np.clip(rows.sog_kn, 0, 102.2), np.clip(rows.cog_deg, 0, 359.9),
        np.clip(rows.heading_deg, 0, 359), status, whole % 60, np.zeros(count), np.full(count, np.nan),
    )  # fmt: skip  # one a line would hide what belongs together


def laid(recording: Recorded, seed: int) -> Scene | None:
    """Some dangers laid over a recording: each on a ship of its own that is under way and well heard; None where it is not there."""
    folder = data()
    if folder is None or not (path := folder / recording.path).is_file():
        return None
    rows, dice = rows_of_file(path, recording.columns), Dice(seed, recording.name)
    ships = {mmsi: reports_of(its) for mmsi, its in rows.ships() if len(its) >= 1}
    kinds = {mmsi: CLASS_B if its.msg_type[0] in (18, 19) else CLASS_A for mmsi, its in rows.ships()}
    start_s, end_s = float(rows.time_s.min()), float(rows.time_s.max())
    fit = [mmsi for mmsi, made in ships.items() if _steady(made, start_s)]
    order = np.argsort(dice.even(len(fit)), kind="stable").tolist() if fit else []
    dangers: list[Danger] = []
    extra: list[tuple[int, Reports]] = []
    for index, which in enumerate(order[: EACH * len(LAID)]):
        mmsi = fit[which]
        danger, ships[mmsi], more = _lay(LAID[index % len(LAID)], mmsi, ships[mmsi], start_s, dice)
        dangers.append(replace(danger, id=f"{recording.name}-{index}"))
        extra += more
    encoder = Encoder(["REC-000"])
    for mmsi, made in [*ships.items(), *extra]:
        if 0 < mmsi <= 999_999_999 and len(made):
            heard = np.arange(len(made))
            stamp = made.time_s.astype(np.int64)
            encoder.add(Ship(mmsi, "", "", 0, 0, 0, kinds.get(mmsi, CLASS_A)), made, Received(heard, heard * 0, stamp, made.time_s + 0.5))
    return Scene(f"{recording.name}-{seed}", log(list(encoder.blocks())), start_s, end_s, tuple(dangers), (), exposure_days(rows))


def _steady(made: Reports, start_s: float) -> bool:
    """Under way from before minute 30 on, and heard every few minutes for an hour."""
    return _from(made, start_s) is not None


def _from(made: Reports, start_s: float) -> float | None:
    """When a danger could begin: from minute 31 on, after a quarter of an hour of her being heard under way, with as much to come."""
    fast = (made.sog_kn > 5) & (made.sog_kn < 30)
    first_s = max(start_s + 1860, float(made.time_s[0]) + 1500)
    before, after = made.between(first_s - 900, first_s), made.between(first_s, first_s + 1100)
    for which in (before, after):
        steps = np.diff(made.time_s[which])
        if which.sum() < 8 or not fast[which].all() or not len(steps) or steps.max() > 150:
            return None
    return first_s


def _lay(kind: str, mmsi: int, made: Reports, start_s: float, dice: Dice) -> tuple[Danger, Reports, list[tuple[int, Reports]]]:
    """One danger on one ship: its truth, what she sends now, and what others send."""
    begin = (_from(made, start_s) or start_s) + float(dice.even(1, 0, 180)[0])
    end = begin + 900.0
    bearing, far, course, knots = (float(dice.even(1, *span)[0]) for span in ((0, 360), (3, 25), (0, 359), (8, 14)))
    pace = float(np.median(np.diff(made.time_s[made.between(begin - 900, begin)])))
    begin_s = float(made.time_s[np.searchsorted(made.time_s, begin)])
    name, oracle, due = "false_position", begin_s, begin_s + max(180.0, 6 * pace)
    more: list[tuple[int, Reports]] = []
    change: Lie
    if kind == "jump":
        change = partial(lies.jump, begin_s=begin, end_s=end, bearing=bearing, nm=far)
    elif kind == "circle":
        change = partial(lies.circle, begin_s=begin, end_s=end, bearing=bearing, nm=far, radius_nm=0.3, knots=25.0)
    elif kind == "frozen":
        change = partial(lies.frozen, begin_s=begin, end_s=end)
        oracle += 2 * pace
    elif kind == "walk-off":
        end = begin + 3600
        change = partial(lies.walk_off, begin_s=begin, end_s=end, bearing=bearing, knots=1.0)
        due = begin_s + 1200
    elif kind == "displaced track":
        change = partial(lies.other_track, begin_s=begin, end_s=end, bearing=bearing, nm=far, course=course, knots=knots)
    elif kind == "clone":
        change, name = _same, "clone"
        twin = lies.other_track(made, begin, end, bearing, far, course, knots)
        more = [(mmsi, twin.take(twin.between(begin, end)))]
        due = begin_s + max(300.0, 10 * pace)
    else:
        change, name, oracle, due = partial(_silent, begin_s=begin, end_s=end), "dark", begin + 60, begin + 1200
    at = int(np.searchsorted(made.time_s, begin))
    also = ALSO if name != "dark" else ("false_position",)
    truth = Danger(
        "", name, kind, "over a recording", (mmsi,), begin, end, oracle, due, float(made.lat_deg[at]), float(made.lon_deg[at]), also,
        ("false_position", "clone") if name == "clone" else (),
    )  # fmt: skip  # one a line would hide what belongs together
    return truth, change(made), more


def _same(made: Reports) -> Reports:
    return made


def _silent(made: Reports, begin_s: float, end_s: float) -> Reports:
    return made.take(~made.between(begin_s, end_s))
