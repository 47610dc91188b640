"""The scene through our own decoder: nothing is rejected, and what comes out is what the ships did."""

from __future__ import annotations

import pytest

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.mmsi import radar_id
from tankerwatch.core.tables import Bases, Fixes, Statics
from tankerwatch.decode.decoder import Decoder
from tankerwatch.ingest.recorded import recorded
from tankerwatch.scenes.scene import Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene.load()


@pytest.fixture(scope="module")
def decoded(scene) -> tuple[dict, Fixes, Statics, Bases]:
    decoder = Decoder()
    heard = [decoder.decode(batch.lines) for batch in scene.batches(batch_s=60.0)]
    tables = [kind.concat([getattr(h, name) for h in heard]) for kind, name in ((Fixes, "fixes"), (Statics, "statics"), (Bases, "bases"))]
    return decoder.counters.to_json(), *tables


def test_nothing_is_rejected_but_the_last_words_about_two_lost_targets(scene, decoded):
    counters, fixes, statics, bases = decoded
    assert counters["lines"] == sum(1 for _ in scene.lines())
    assert counters["rejected"] == {"radar_lost": 2}
    assert len(bases) > 2000 and len(statics) > 5000 and counters["others"] == counters["texts"] == 0
    assert not fixes.quality.any() and not statics.quality.any() and not bases.quality.any()


def test_every_fix_is_where_the_ship_was(scene, decoded):
    _, fixes, _, _ = decoded
    for ship in scene.ships:
        mine = fixes.take(fixes.mmsi == ship.mmsi)
        made_s = mine.time_s - (mine.time_s - mine.utc_second) % 60
        lat, lon = ship.track.position(made_s)
        limit_m = 25 + (scene.recipe.background["anchorage"]["swing_m"] if ship.anchored else 0)
        assert len(mine) > 200
        assert float(distance_nm(lat, lon, mine.lat_deg, mine.lon_deg).max()) * 1852 < limit_m
    assert set(fixes.mmsi[fixes.msg_type == 1].tolist()) == {ship.mmsi for ship in scene.ships}


def test_radar_targets_are_ships_with_the_name_that_the_operator_gave(scene, decoded):
    _, fixes, statics, _ = decoded
    ids = {radar_id("DEMO-RADAR", craft.number): craft for craft in scene.recipe.radar}
    assert set(fixes.mmsi[fixes.msg_type == 0].tolist()) == set(ids)
    for number, craft in ids.items():
        mine = fixes.take(fixes.mmsi == number)
        lat, lon = craft.track.position(mine.time_s)
        assert float(distance_nm(lat, lon, mine.lat_deg, mine.lon_deg).max()) * 1852 < 70
        assert set(statics.name[statics.mmsi == number].tolist()) == {craft.name}


def test_identities_are_the_ships_own(scene, decoded):
    _, _, statics, _ = decoded
    for ship in scene.ships:
        mine = statics.take(statics.mmsi == ship.mmsi)
        assert set(mine.name.tolist()) == {ship.name} and set(mine.imo.tolist()) == {ship.imo}
        assert set(
            zip(mine.to_bow_m.tolist(), mine.to_stern_m.tolist(), mine.to_port_m.tolist(), mine.to_starboard_m.tolist(), strict=True)
        ) == {ship.size_m}


def test_read_as_a_log_it_is_the_same_lines_at_the_same_times(scene, tmp_path):
    """The tag blocks alone give the times then."""
    log = tmp_path / "scene.nmea"
    scene.write_log(log)
    batches = [batch.lines for batch in recorded([log]).batches()]
    read = [(float(lines.time_s[i]), lines.line(i)) for lines in batches for i in range(len(lines))]
    assert read == list(scene.lines())
