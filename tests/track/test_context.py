"""What is learnt of places, from the pictures of whole minutes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from tankerwatch.core.context import Cells, Context, cells_of, centres_of
from tankerwatch.core.tables import Picture
from tankerwatch.track.context import Learner

T = 1_700_000_040 // 60 * 60


@dataclass
class Ship:
    """A ship for pictures: straight on, heard in the minutes given, or at rest."""

    lat: float = 55.01
    lon: float = 11.01
    sog_kn: float = 12.0
    cog_deg: float = 90.0
    status: int = 0
    unheard: frozenset[int] = frozenset()
    kind: int = 1
    heard_s: float = field(default=0.0)
    fixes: int = 0

    def place(self, minute: float) -> tuple[float, float]:
        run = self.sog_kn * minute / 60 if self.sog_kn > 1 else 0.0
        north, east = run * np.cos(np.radians(self.cog_deg)), run * np.sin(np.radians(self.cog_deg))
        return self.lat + north / 60, self.lon + east / 60 / np.cos(np.radians(self.lat))


def sail(learner: Learner, ships: list[Ship], minutes: range, begin: int = 0) -> Context:
    for minute in minutes:
        now_s = T + 60.0 * (minute + 1)
        for ship in ships:
            if minute not in ship.unheard:
                ship.heard_s, ship.fixes = now_s - 5, ship.fixes + 6
        places = np.array([ship.place((ship.heard_s - T) / 60) for ship in ships])
        still = np.array([ship.sog_kn < 1 for ship in ships])
        heard = np.array([ship.heard_s for ship in ships])
        learner.learn(
            Picture.blank(len(ships)).replace(
                mmsi=np.arange(len(ships), dtype=np.uint32) + 311000001,
                kind=np.array([ship.kind for ship in ships], np.uint8),
                heard_s=heard, event_s=heard - 1,
                lat_deg=places[:, 0], lon_deg=places[:, 1],
                sog_kn=np.array([ship.sog_kn for ship in ships], np.float32),
                cog_deg=np.array([ship.cog_deg for ship in ships], np.float32),
                nav_status=np.array([ship.status for ship in ships], np.uint8),
                trusted=np.ones(len(ships), np.bool_),
                stay_s=np.where(still, T, now_s), stay_lat_deg=places[:, 0], stay_lon_deg=places[:, 1],
                fixes=np.array([ship.fixes for ship in ships], np.uint32),
            ),
            now_s,
        )  # fmt: skip  # one a line would hide what belongs together
    return learner.context


def same(a: Cells, b: Cells) -> bool:
    return all(np.array_equal(getattr(a, c.name), getattr(b, c.name), equal_nan=c.dtype.kind == "f") for c in Cells.columns())


def test_a_lane_is_learnt_with_its_speed_and_course():
    context = sail(Learner(), [Ship(), Ship(lat=55.012, sog_kn=14.0)], range(60))
    assert context.cells.moving.sum() == 120 and context.cells.resting.sum() == 0
    lat, lon = 55.01, 11.15
    assert context.heard_share([lat], [lon])[0] == 1.0
    assert context.course_share([lat], [lon], [95.0])[0] == 1.0 and context.course_share([lat], [lon], [270.0])[0] == 0.0
    row = context.rows(cells_of([lat], [lon]))[0]
    assert context.cells.sog_kn[row] == pytest.approx(13.0, abs=1.0) and 0.5 < context.cells.spread_kn[row] < 2.0
    assert np.isnan(context.heard_share([10.0], [10.0])[0]) and context.stays([10.0], [10.0])[0] == 0


def test_a_stay_is_counted_once_however_long():
    context = sail(Learner(), [Ship(sog_kn=0.1, status=1), Ship(lat=55.012, sog_kn=0.2), Ship(lat=57.0)], range(90))
    assert context.cells.stays.sum() == 2
    assert context.stays([55.01], [11.01])[0] == 2


def test_minutes_missed_are_put_on_the_way_between():
    hole = frozenset(range(30, 45))
    context = sail(Learner(), [Ship(unheard=hole), Ship(lat=56.0), Ship(lat=56.5), Ship(lat=57.0)], range(60))
    assert context.cells.missed.sum() == 15 and context.cells.lost.sum() == 0
    lat, lon = Ship().place(38)
    assert context.heard_share([lat], [lon])[0] < 0.5
    assert context.heard_share([56.0], [lon])[0] == 1.0


def test_nobody_heard_is_the_station_and_not_the_place():
    hole = frozenset(range(30, 45))
    context = sail(Learner(), [Ship(lat=55 + n / 10, unheard=hole) for n in range(4)], range(60))
    assert context.cells.missed.sum() == 0


def test_who_falls_silent_is_lost_and_taken_back_when_heard_again():
    away = Ship(unheard=frozenset(range(30, 200)))
    back = Ship(lat=56.0, unheard=frozenset(range(30, 55)))
    learner = Learner()
    others = [Ship(lat=58.0 + n / 10) for n in range(3)]
    assert sail(learner, [away, back, *others], range(44)).cells.lost.sum() == 0
    assert sail(learner, [away, back, *others], range(44, 50)).cells.lost.sum() == 2
    context = sail(learner, [away, back, *others], range(50, 70))
    assert context.cells.lost.sum() == 1 and context.cells.missed.sum() == 25
    lat, lon = away.place(29.9)
    assert context.lost_share([lat], [lon])[0] > 1.0


def test_fixes_a_minute_tell_who_was_fading():
    ship = Ship(unheard=frozenset(range(40, 60)))
    context = sail(Learner(), [ship, Ship(lat=56)], range(50))
    assert context.reception.usual_rate[0] == pytest.approx(6.0) and context.reception.recent_rate[0] == pytest.approx(6.0)


def test_radar_and_aids_teach_nothing():
    assert len(sail(Learner(), [Ship(kind=10), Ship(kind=12)], range(20)).cells) == 0


def test_it_is_bounded_and_the_least_used_go_first():
    rng = np.random.default_rng(3)
    often = [Ship(sog_kn=0.1, lat=10.0)]
    passing = [Ship(lat=float(lat), lon=float(lon), sog_kn=30.0) for lat, lon in rng.uniform(20, 60, (20, 2))]
    learners = [Learner(most_cells=120), Learner(most_cells=120)]
    made = [sail(learner, [*often, *passing], range(60)) for learner in learners]
    assert len(made[0].cells) <= 120
    assert made[0].cells.resting.sum() == 60 and made[0].stays([10.0], [11.01])[0] == 1
    assert same(made[0].cells, made[1].cells)
    assert (made[0].cells.cell[1:] > made[0].cells.cell[:-1]).all()


def test_what_was_learnt_before_is_added_to_and_not_changed():
    before = sail(Learner(), [Ship()], range(30))
    held = Cells(**{c.name: getattr(before.cells, c.name).copy() for c in Cells.columns()})
    after = sail(Learner(before), [Ship()], range(30))
    assert after.cells.moving.sum() == 60 and len(after.cells) == len(held)
    assert same(before.cells, held)


def test_centres_lie_in_their_cells():
    rng = np.random.default_rng(5)
    cells = cells_of(rng.uniform(-89, 89, 500), rng.uniform(-180, 180, 500))
    assert (cells_of(*centres_of(cells)) == cells).all()
