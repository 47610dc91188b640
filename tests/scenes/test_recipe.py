"""The scene as it is written down: every point says how certain it is, no identity is anyone's, no one is accused."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tankerwatch.core.errors import InputFault, TankerwatchFault
from tankerwatch.core.geo import distance_nm
from tankerwatch.scenes import recipe as recipes
from tankerwatch.scenes.scene import GULF_OF_OMAN, Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene.load()


def utc(clock: str) -> float:
    return datetime.fromisoformat(f"2019-06-13T{clock}:00+00:00").timestamp()


def test_every_waypoint_says_how_certain_its_time_and_position_are_and_why(scene):
    drawn = [*scene.recipe.ships, *scene.recipe.radar]
    assert sum(len(one.waypoints) for one in drawn) == 29 + 15
    for one in drawn:
        assert one.certainty
        for waypoint in one.waypoints:
            assert {waypoint.time_certainty, waypoint.position_certainty} <= set("RDS")
            assert waypoint.note
    assert all(ship.certainty == "S" for ship in scene.ships[4:])
    assert all(told.certainty in "RDS" and told.source and told.cited for told in scene.recipe.told)


@pytest.mark.parametrize(
    ("ship", "clock", "lat", "lon", "status", "certainty"),
    [
        ("altair", "02:40", 25.4579, 57.3461, 0, "RD"),
        ("altair", "03:00", 25.4333, 57.3733, 2, "SR"),
        ("kokuka", "02:45", 25.4100, 57.4050, 0, "RD"),
        ("kokuka", "04:00", 25.3450, 57.5550, 2, "RD"),
        ("kokuka", "13:30", 25.4830, 57.5430, 2, "SR"),
        ("hdubai", "03:54", 25.4275, 57.3830, 0, "RS"),
        ("cace", "08:05", 25.4000, 57.5600, 0, "RS"),
        ("T3", "05:09", 25.4500, 57.4200, -1, "RD"),
        ("T3", "13:10", 25.4810, 57.5450, -1, "RD"),
    ],
)
def test_the_reported_points_are_where_the_sources_put_them(scene, ship, clock, lat, lon, status, certainty):
    one = next(one for one in [*scene.recipe.ships, *scene.recipe.radar] if one.id == ship)
    at = next(w for w in one.waypoints if w.time_s == utc(clock))
    assert (at.lat_deg, at.lon_deg, at.status, at.time_certainty + at.position_certainty) == (lat, lon, status, certainty)


def test_the_geometry_that_the_sources_report_holds(scene):
    """CENTCOM: the two tankers about 10 nm apart when the second called; the first two blasts within an hour and 10 nm of each other."""
    altair, kokuka = scene.recipe.ships[:2]
    (a_lat, a_lon), (k_lat, k_lon) = altair.track.position(utc("04:00")), kokuka.track.position(utc("04:00"))
    assert 9.5 < float(distance_nm(a_lat, a_lon, k_lat, k_lon)) < 11


def test_no_identity_can_be_taken_for_a_real_one(scene):
    """MID 200 is assigned to no country (ITU table of maritime identification digits)."""
    mmsis = [ship.mmsi for ship in scene.ships] + [station.mmsi for station in scene.recipe.stations]
    assert len(set(mmsis)) == len(mmsis)
    assert all(str(ship.mmsi).startswith("200") and len(str(ship.mmsi)) == 9 for ship in scene.ships)
    assert all(f"{station.mmsi:09d}".startswith("00200") for station in scene.recipe.stations)
    assert all(ship.name.startswith("DEMO ") and ship.imo == 0 for ship in scene.ships[4:])
    assert len({ship.name for ship in scene.ships}) == 44


def test_words_are_neutral_about_who_did_it(scene):
    words = [one.label for one in scene.recipe.radar] + [scene.page()["words"], scene.page()["title"]]
    words += [told.words for told in scene.recipe.told]
    for text in words:
        assert not re.search(r"iranian|irgc|attacker|enemy|hostile|terror|revolutionary", text, re.IGNORECASE), text
    removed = next(t.words for t in scene.recipe.told if "limpet" in t.words)
    assert "US says" in removed and "Iran denies" in removed
    assert all("simulated" in craft.label for craft in scene.recipe.radar)


def test_the_page_says_reconstruction_and_offers_three_ways_on(scene):
    page = scene.page()
    assert page["words"].startswith("Reconstruction") and "Not recorded AIS" in page["words"] and "UTC" in page["words"]
    assert [offer["command"].split()[:2] for offer in page["offers"]] == [[], ["tankerwatch", "watch"], ["tankerwatch", "analyse"]]
    assert scene.recipe.page.show_from_s == utc("02:25") and scene.recipe.page.speed == 120
    assert scene.recipe.page.show_to_s == scene.recipe.end_s
    # Both blasts fall into the first minute.
    assert (utc("02:45") - scene.recipe.page.show_from_s) / scene.recipe.page.speed < 60


def test_an_unknown_scene_is_named_with_those_there_are():
    with pytest.raises(InputFault, match=GULF_OF_OMAN):
        recipes.load("atlantis")
    assert recipes.names() == [GULF_OF_OMAN]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"RD", "HMM', '"R", "HMM'),
        ('"RD", "HMM', '"XX", "HMM'),
        ('0, "SS", "coasting"', '0, "SS", ""'),
        ('["02:45", 25.4470', '["02:30", 25.4470'),
        ('ship = "altair"', 'ship = "nobody"'),
        ('time = "03:12"', 'time = "23:12"'),
        ("seed = 2019", ""),
        ("size_m = [200, 50, 22, 22]", "size_m = [200]"),
    ],
)
def test_a_scene_that_breaks_the_rules_is_not_loaded(was, becomes):
    from importlib.resources import files

    written = files("tankerwatch.scenes").joinpath(f"{GULF_OF_OMAN}.toml").read_text("utf-8")
    assert recipes.parse("good", written).seed == 2019
    assert was in written
    with pytest.raises(TankerwatchFault, match="scene bad"):
        recipes.parse("bad", written.replace(was, becomes, 1))
