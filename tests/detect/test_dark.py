"""Silence that reports disprove which come late, and receivers known by their base stations alone."""

from __future__ import annotations

from pathlib import Path

from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.pipeline import River
from tankerwatch.testing import START_S, DetectorScene

SCENES = Path(__file__).parent / "scenes"
SHIP = 311000001


def dark(rows: list[tuple[float, bytes]], arrived: list[float] | None = None) -> River:
    """Let sentences flow that were received at these times, in the order in which they came, in batches of a minute."""
    scene = DetectorScene("dark", "", {}, ())
    river = River(scene.config(), ("scene",), frame_s=1)
    came = arrived or [time_s for time_s, _ in rows]
    order = sorted(range(len(rows)), key=lambda at: (came[at], at))
    for minute in sorted({int(time_s // 60) for time_s in came}):
        some = [at for at in order if came[at] // 60 == minute]
        river.take(Batch(lines=Lines.of([rows[at][1] for at in some], [rows[at][0] for at in some], [at + 1 for at in some])))
        river.take(Batch(clock_s=60.0 * (minute + 1)))
    river.finish()
    return river


def alerts(river: River) -> list[tuple[str, str, float]]:
    return [(a.detector, a.state, (a.raised_s - START_S) / 60) for a in river.triage.alerts.values() if SHIP in a.ships]


def test_reports_that_come_late_take_it_back():
    content = dict(DetectorScene.read(SCENES / "dark_in_the_lane.toml").content)
    content["ship"] = [{**ship, "silent": []} for ship in content["ship"]]
    rows = [row for row in DetectorScene("late", "", content, ()).received() if row[0] < START_S + 90 * 60]
    hers = {line for _, line in DetectorScene("her", "", {"ship": content["ship"][:1]}, ()).received()}
    # What a station heard of her from minute 50 to 62 comes all at once, at minute 62.
    came = [START_S + 62 * 60 if line in hers and 3000 <= time_s - START_S < 3720 else time_s for time_s, line in rows]
    ((detector, state, raised),) = alerts(dark(rows, came))
    assert (detector, state) == ("dark", "withdrawn") and 55 < raised < 58


def test_a_base_station_that_hears_others_farther_out_is_enough():
    def run(base: bool) -> list[tuple[str, str, float]]:
        ships = [
            {"mmsi": SHIP, "type": 80, "length_m": 250, "track": [[0, 24.0, 58.0], [70, 24.23, 58.0]], "silent": [[45, 70]]},
            {"mmsi": 311000002, "type": 70, "track": [[0, 24.3, 58.02], [70, 24.55, 58.05]]},
            {"mmsi": 311000003, "type": 70, "track": [[0, 24.35, 58.06], [70, 24.6, 58.1]]},
        ]
        rows = [row for row in DetectorScene("alone", "", {"ship": ships}, ()).received() if row[0] < START_S + 62 * 60]
        if base:
            for at in range(0, 62 * 60, 10):
                payload = encoder.base_station(2_000_010, START_S + at, 23.9, 58.0)
                rows.append((START_S + at + 0.4, sentences(payload)[0]))
        return alerts(dark(sorted(rows)))

    assert run(base=False) == []
    ((detector, _, raised),) = run(base=True)
    assert detector == "dark" and 53 < raised < 57


def test_a_base_station_that_hears_others_farther_out_on_one_side_alone_is_not():
    ships = [
        {"mmsi": SHIP, "type": 80, "length_m": 250, "track": [[0, 24.0, 58.0], [70, 24.23, 58.0]], "silent": [[45, 70]]},
        {"mmsi": 311000002, "type": 70, "track": [[0, 24.3, 58.14], [70, 24.55, 58.24]]},
        {"mmsi": 311000003, "type": 70, "track": [[0, 24.35, 58.18], [70, 24.6, 58.26]]},
    ]
    rows = [row for row in DetectorScene("shadow", "", {"ship": ships}, ()).received() if row[0] < START_S + 62 * 60]
    base = [(START_S + at, encoder.base_station(2_000_010, START_S + at, 23.9, 58.0)) for at in range(0, 62 * 60, 10)]
    rows += [(time_s + 0.4, sentences(payload)[0]) for time_s, payload in base]
    assert alerts(dark(sorted(rows))) == []
