"""How two ships pass, how steadily they go, and the ranked list."""

import numpy as np
import pytest

from tankerwatch.core.hulls import Hulls
from tankerwatch.core.meeting import (
    CROSSING,
    HEAD_ON,
    OVERTAKING,
    STANDING,
    Risks,
    antennas,
    curved,
    geometry,
    ranked,
    steadiness,
    straight,
    velocity,
)

KN_MS = 1852 / 3600


def one(value):
    return np.array([float(value)])


def hull(length=200.0, beam=30.0):
    return Hulls(one(length / 2), one(length / 2), one(beam / 2), one(beam / 2), one(0), np.ones(1, np.bool_))


def test_two_that_cross_meet_when_and_where_they_must():
    # The first goes east at 12 kn, the second north at 12 kn; both would be at one place in ten minutes.
    run = 12 * KN_MS * 600
    meeting = straight(one(run), one(-run), velocity(one(12), one(90)), velocity(one(12), one(0)), hull(), hull(), (one(90), one(0)))
    assert meeting.tcpa_s[0] == pytest.approx(600)
    assert abs(meeting.pass_m[0]) < 1e-6 and meeting.gap_m[0] == 0
    assert 570 < meeting.contact_s[0] < 600


def test_two_that_meet_head_on_leave_water_between_their_sides():
    meeting = straight(one(185), one(5000), velocity(one(10), one(0)), velocity(one(10), one(180)), hull(), hull(), (one(0), one(180)))
    assert abs(meeting.pass_m[0]) == pytest.approx(185)
    assert meeting.gap_m[0] == pytest.approx(185 - 30)


def test_the_sign_of_a_pass_is_its_side_and_goes_through_nothing():
    passes = [
        straight(one(x), one(5000), velocity(one(10), one(0)), velocity(one(10), one(180)), hull(), hull(), (one(0), one(180))).pass_m[0]
        for x in (-200, -100, 100, 200)
    ]
    assert passes == pytest.approx([-passes[3], -passes[2], passes[2], passes[3]]) and abs(passes[0]) == pytest.approx(200)


def test_a_steady_turn_is_followed():
    # The second turns 6 degrees a minute towards where the first will be: straight on she would pass a mile off.
    arguments = one(3000), one(-6000), (one(12), one(14)), (one(90), one(20))
    straight_on = curved(*arguments, (one(0), one(0)), hull(), hull(), 900.0)
    turning = curved(*arguments, (one(0), one(6)), hull(), hull(), 900.0)
    second = np.arange(0, 900.0)
    course = np.radians(20 + np.clip(6 * second / 60, 0, 90))
    east = 3000 + np.cumsum(14 * KN_MS * np.sin(course)) - 12 * KN_MS * second
    north = -6000 + np.cumsum(14 * KN_MS * np.cos(course))
    assert abs(turning.pass_m[0]) == pytest.approx(np.hypot(east, north).min(), abs=80)
    assert abs(abs(turning.pass_m[0]) - abs(straight_on.pass_m[0])) > 300


def test_antennas_at_rest_do_not_divide_by_nothing():
    miss, tcpa = antennas(one(300), one(400), (one(0), one(0)), (one(0), one(0)))
    assert miss[0] == 0 and tcpa[0] == 0


@pytest.mark.parametrize(
    ("courses", "speeds", "how"),
    [((0, 180), (10, 10), HEAD_ON), ((10, 350), (10, 10), OVERTAKING), ((0, 90), (10, 10), CROSSING), ((0, 180), (10, 1), STANDING)],
)
def test_how_they_meet(courses, speeds, how):
    assert geometry(one(courses[0]), one(courses[1]), one(speeds[0]), one(speeds[1]), still_kn=3.0)[0] == how


def past(course, speed=10.0, minutes=13):
    """What was sent in this minute and those before, of one ship whose course so many minutes ago was `course(minutes)`."""
    ago = np.arange(minutes, dtype=np.float64)
    return np.array([course(m) % 360.0 for m in ago], np.float64)[:, None], np.full((minutes, 1), speed)


def test_a_course_held_is_held_across_north():
    held, rate, off = steadiness(one(1), one(10), *past(lambda m: 359 + m % 2), 9.0)
    assert held[0] == 12 and rate[0] == 0 and off[0] == pytest.approx(1.5)


def test_a_course_held_since_a_turn():
    held, rate, _ = steadiness(one(90), one(10), *past(lambda m: 90 if m < 4 else 40), 9.0)
    assert held[0] == 3 and rate[0] == 0


def test_a_steady_turn_to_port():
    held, rate, off = steadiness(one(100), one(10), *past(lambda m: 100 + 5 * m), 9.0)
    assert rate[0] == pytest.approx(-5) and held[0] >= 4 and off[0] < -5


def test_a_change_of_speed_is_no_holding_on():
    courses, speeds = past(lambda m: 90)
    speeds[3:] = 14
    assert steadiness(one(90), one(10), courses, speeds, 9.0)[0][0] == 2


def test_minutes_in_which_she_was_not_heard_do_not_count_against_her_but_must_be_few():
    courses, speeds = past(lambda m: 90)
    courses[[2, 4]] = np.nan
    assert steadiness(one(90), one(10), courses, speeds, 9.0)[0][0] == 12
    courses[1:12] = np.nan
    assert steadiness(one(90), one(10), courses, speeds, 9.0)[0][0] == 0


def test_the_list_has_the_gravest_first_and_nothing_stale():
    risks = Risks.blank(4).replace(
        key=np.arange(4, dtype=np.uint64),
        seen_s=np.array([1000.0, 1000.0, 1000.0, 900.0]),
        listed_s=np.array([950.0, 950.0, np.nan, 800.0]),
        meet_s=np.array([1500.0, 1300.0, 1200.0, 1200.0]),
        score=np.array([0.6, 0.6, 0.9, 0.9], np.float32),
    )
    assert ranked(risks, 1000.0, least=0.5).key.tolist() == [1, 0]
    assert ranked(risks, 1000.0, least=0.7).key.tolist() == []
