"""What the form of a number says of its sender."""

from __future__ import annotations

import numpy as np
import pytest

from tankerwatch.config.keys import KINDS
from tankerwatch.core import mmsi
from tankerwatch.core.mids import MIDS


@pytest.mark.parametrize(
    ("number", "sender"),
    [
        (566123000, mmsi.SHIP),
        (2190067, mmsi.COAST_STATION),
        (23320000, mmsi.GROUP),
        (111232001, mmsi.SAR_AIRCRAFT),
        (992190001, mmsi.AID_TO_NAVIGATION),
        (982440001, mmsi.AUXILIARY_CRAFT),
        (970123456, mmsi.SART),
        (972123456, mmsi.MOB),
        (974123456, mmsi.EPIRB),
        (823212345, mmsi.HANDHELD),
        (0, mmsi.NO_CLASS),
        (123456789, mmsi.NO_CLASS),
        (111111111, mmsi.NO_CLASS),
        (199999999, mmsi.NO_CLASS),
        (800000000, mmsi.NO_CLASS),
        (971000000, mmsi.NO_CLASS),
        (999999999, mmsi.NO_CLASS),
        (1073741823, mmsi.NO_CLASS),
        (4000000011, mmsi.NO_CLASS),
    ],
)
def test_classes(number, sender):
    assert mmsi.class_of(number) == sender == mmsi.classes_of(np.array([number], np.uint32))[0]


def test_arrays_and_single_numbers_agree():
    numbers = np.random.default_rng(1).integers(0, 2**32, 20_000, dtype=np.uint32)
    numbers = np.concatenate([numbers % 1_000_000_000, numbers, np.array(sorted(mmsi.JUNK), np.uint32)])
    assert mmsi.classes_of(numbers).tolist() == [mmsi.class_of(n) for n in numbers.tolist()]
    assert mmsi.are_standard(numbers).tolist() == [mmsi.is_standard(n) for n in numbers.tolist()]


@pytest.mark.parametrize("junk", [0, 111111111, 123456789, 1193046, 999999999, 222222222, 987654321])
def test_numbers_left_in_by_installers_are_no_identity(junk):
    assert not mmsi.is_standard(junk)


def test_an_identity_of_an_unassigned_country_is_of_the_standard_form():
    assert 300 not in MIDS and mmsi.is_standard(300123456) and mmsi.flag_of(300123456) == ("", "")


@pytest.mark.parametrize(
    ("number", "code", "name"),
    [
        (538004030, "MH", "Marshall Islands"),
        (354123456, "PA", "Panama"),
        (636012345, "LR", "Liberia"),
        (2190067, "DK", "Denmark"),
        (111232001, "GB", "United Kingdom"),
        (992190001, "DK", "Denmark"),
        (982440001, "NL", "Netherlands"),
        (23320000, "GB", "United Kingdom"),
        (823212345, "GB", "United Kingdom"),
        (740123456, "FK", "Falkland Islands"),
        (970123456, "", ""),
        (123456789, "", ""),
        (4000000011, "", ""),
    ],
)
def test_flags(number, code, name):
    assert mmsi.flag_of(number) == (code, name)


def test_the_table_of_countries():
    assert len(MIDS) > 285 and all(201 <= mid <= 775 for mid in MIDS)
    names: dict[str, str] = {}
    for code, name in MIDS.values():
        assert len(code) == 2 and code.isascii() and code.isupper()
        assert names.setdefault(code, name) == name, "one name a code"
    assert len(set(names.values())) == len(names)


def kind(number: int, ship_type: int = 0, msg_type: int = 1) -> int:
    return int(mmsi.kinds_of(np.array([number], np.uint32), np.array([ship_type], np.uint8), np.array([msg_type], np.uint8))[0])


def test_the_numbers_are_those_of_the_wire():
    words = ["not known", "tanker", "cargo", "passenger", "fishing", "service", "high-speed craft", "pleasure", "authority", "other"]
    assert list(mmsi.KIND_WORDS[:10]) == words and len(mmsi.KIND_WORDS) == len(mmsi.KIND_KEYS) == 15
    assert mmsi.KIND_KEYS[1:10] == KINDS  # the configuration has its own list, so that help needs no NumPy
    assert (mmsi.UNKNOWN, mmsi.TANKER, mmsi.AUTHORITY, mmsi.OTHER, mmsi.RADAR, mmsi.BASE, mmsi.AID, mmsi.AIRCRAFT, mmsi.BEACON) == (
        0, 1, 8, 9, 10, 11, 12, 13, 14,
    )  # fmt: skip  # one a line would hide what belongs together


@pytest.mark.parametrize(
    ("ship_types", "expected"),
    [
        (range(80, 90), mmsi.TANKER),
        (range(70, 80), mmsi.CARGO),
        (range(60, 70), mmsi.PASSENGER),
        ([30], mmsi.FISHING),
        ([31, 32, 33, 34, 50, 52, 53, 54, 56, 57, 58], mmsi.SERVICE),
        (range(40, 50), mmsi.HIGH_SPEED),
        ([36, 37], mmsi.PLEASURE),
        ([35, 51, 55, 59], mmsi.AUTHORITY),
        (range(90, 100), mmsi.OTHER),
        ([0, 1, 19, 38, 39, 100, 199, 255], mmsi.UNKNOWN),
    ],
)
def test_kinds_by_ship_type(ship_types, expected):
    assert {kind(566123000, ship_type) for ship_type in ship_types} == {expected}


@pytest.mark.parametrize(
    ("number", "msg_type", "expected"),
    [
        (2190067, 4, mmsi.BASE),
        (566123000, 4, mmsi.BASE),
        (992190001, 21, mmsi.AID),
        (111232001, 9, mmsi.AIRCRAFT),
        (970123456, 1, mmsi.BEACON),
        (972123456, 1, mmsi.BEACON),
        (974123456, 1, mmsi.BEACON),
    ],
)
def test_the_number_goes_before_the_ship_type(number, msg_type, expected):
    assert kind(number, 80, msg_type) == expected


def test_radar_targets():
    one, other = mmsi.radar_id("FUJ", 7), mmsi.radar_id("FUJ", 8)
    assert other == one + 1 and mmsi.radar_id("FUJ", 1007) == one and mmsi.radar_id("KHF", 7) != one
    assert all(mmsi.is_radar(mmsi.radar_id(f"S{i}", 999)) and mmsi.radar_id(f"S{i}", 999) < 2**32 for i in range(1000))
    assert not mmsi.is_radar(999999999) and kind(one, 80, 0) == mmsi.RADAR
