"""The page of a ship on the desk's side: what she said of herself and when, whom people guard and until when, her track as a file."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import numpy as np
import pytest

from tankerwatch import historian
from tankerwatch.config import load
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.desk import deciding, exporting
from tankerwatch.desk.health import Health
from tankerwatch.desk.panel import ship_panel
from tankerwatch.desk.ship_page import ship_page
from tankerwatch.desk.snapshots import Remembered
from tankerwatch.desk.trails import Trails
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River
from tankerwatch.store.journal import FileJournal
from tankerwatch.track import claims
from tankerwatch.triage import render

BEGIN_S = 1_700_000_400.0
ONE, TWO, BOAT = 311000001, 311000002, 311000003
HOSTILE = "=A<B>"


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


def static(minute, mmsi, **told):
    for part in sentences(encoder.static_voyage(mmsi, **{"ship_type": 80, "to_bow_m": 200, "to_stern_m": 50, **told}), sequence=mmsi % 10):
        yield BEGIN_S + 60 * minute, part


def fixes(mmsi, begin, end, every_s=30):
    for at in np.arange(begin * 60, end * 60, every_s).tolist():
        lat = 24.0 + at / 3600 * 12 / 60
        sentence = sentences(encoder.position_a(mmsi, lat, 58.0, 12.0, 0.0, 0, 0, int(BEGIN_S + at) % 60))[0]
        yield BEGIN_S + at, sentence


def lines_of(received):
    order = sorted(received, key=lambda pair: pair[0])
    tagged = [tag(sentence, time_s=time_s, station="r200000900") for time_s, sentence in order]
    return Lines.of(tagged, [time_s for time_s, _ in order], list(range(1, len(order) + 1)))


@pytest.fixture(scope="module")
def received():
    """One ship that changes her name and her IMO number, one that sends what she sent before, and two senders in turn under one MMSI."""
    said = [*fixes(ONE, 0, 60), *fixes(TWO, 0, 60), *fixes(BOAT, 0, 20), *fixes(BOAT, 40, 60)]
    for minute in (1, 7, 13):
        said += static(minute, ONE, name="FIRST NAME", imo=9074729, callsign="V7AA1", draught_m=14.8, destination="KAOHSIUNG")
    for minute in (20, 26, 32):
        said += static(minute, ONE, name=HOSTILE, imo=9074721, callsign="V7AA1", draught_m=9.1)
    said += static(5, TWO, name="OTHER", imo=9074721, callsign="")
    for minute in range(2, 20, 2):
        said += static(minute, BOAT, name="BOAT A" if minute % 4 else "BOAT B", imo=0)
    return said


@pytest.fixture(scope="module")
def desk(received, config):
    river, trails = River(config, ("feed",)), Trails()
    river.on_frame = trails.take
    river.take(Batch(lines=lines_of(received)))
    river.finish()
    return river, trails


def page_of(desk, mmsi):
    river, trails = desk
    return ship_page(river, trails, river.fleet.register.slot(mmsi))


def test_who_she_has_said_she_is_and_since_when(desk):
    page = page_of(desk, ONE)
    assert json.loads(json.dumps(page, allow_nan=False)) == page
    told = [(claim["field"], claim["value"], claim["first_s"], claim["last_s"], claim["times"]) for claim in page["claims"]]
    changed_s = BEGIN_S + 20 * 60
    assert told == [
        ("name", HOSTILE, changed_s, None, 1),
        ("name", "FIRST NAME", None, changed_s, 1),
        ("imo", 9074721, changed_s, None, 1),
        ("imo", 9074729, None, changed_s, 1),
        ("draught_m", 9.1, changed_s, None, 1),
        ("draught_m", 14.8, None, changed_s, 1),
    ]
    assert page["imo_valid"] is False
    assert "IMO 9074721 is no IMO number: its check digit is wrong." in page["conflicts"]
    assert "OTHER also sent IMO 9074721." in page["conflicts"]
    assert [(other["id"], other["same"]) for other in page["others"]] == [(TWO, ["imo"])]
    # The age of each field is its own: what she no longer tells is as old as it is.
    assert page["told_s"]["name"] == BEGIN_S + 32 * 60 and page["told_s"]["destination"] == BEGIN_S + 13 * 60
    assert page["hull_m"] == [200, 50, 0, 0]
    newest = page["sentences"][0]
    assert newest["station"] == "r200000900" and newest["sentence"].endswith(f"*{newest['sentence'][-2:]}")
    assert [piece["time_s"] for piece in page["sentences"]] == sorted((piece["time_s"] for piece in page["sentences"]), reverse=True)
    assert page["gap_s"] == 360.0 and page["guard"] is None


def test_how_fast_she_turns_is_of_her_courses(config):
    river, trails = River(config, ("feed",)), Trails()
    lat, lon, said = 24.0, 58.0, []
    for at in range(0, 300, 5):
        course = (360 - 0.3 * at) % 360
        lat += 12 / 3600 * 5 / 60 * np.cos(np.radians(course))
        lon += 12 / 3600 * 5 / 60 * np.sin(np.radians(course)) / np.cos(np.radians(lat))
        said.append((BEGIN_S + at, sentences(encoder.position_a(ONE, lat, lon, 12.0, course, round(course) % 360, 0, at % 60))[0]))
    river.take(Batch(lines=lines_of(said)))
    river.finish()
    assert ship_panel(river, trails, river.fleet.register.slot(ONE))["turn"] == pytest.approx(-18, abs=2), "to port"


def test_two_senders_in_turn_are_told_as_such(desk):
    page = page_of(desk, BOAT)
    assert {claim["times"] for claim in page["claims"]} == {4, 5}
    assert page["conflicts"] == ["She sends several names in turn: two transmitters may share this MMSI."]
    assert page_of(desk, TWO)["claims"] == [] and page_of(desk, TWO)["imo_valid"] is False


def test_changes_take_bounded_memory(monkeypatch):
    monkeypatch.setattr(claims, "MOST_SHIPS", 3)
    held = claims.Claims()
    for slot in range(5):
        for n in range(40):
            held.note(slot, "name", f"N{n}", f"N{n + 1}", float(n))
    assert list(held.changed) == [2, 3, 4]
    assert len(held.of(4)) == claims.MOST_VALUES and held.of(4)[-1] == ("name", "N40", 39.0, None, 1)
    assert held.of(0) == []


def test_a_guard_ends_by_the_streams_clock_and_can_be_taken_back(received, config):
    lines = lines_of(received)
    at_s = BEGIN_S + 120.5
    guard = Decision(
        at_s, "guard", "g1", str(BOAT), {"guard": True, "ring_nm": 2.0, "until_s": BEGIN_S + 900, "words": "asked", "by": "ANNA"}
    )
    cut = int(np.searchsorted(lines.time_s, at_s))
    river = River(config, ("feed",))
    slot = river.fleet.register.slot
    river.take(Batch(lines=lines.take(slice(0, cut)), decisions=(guard,)))
    rest = lines.take(slice(cut, None))
    half = int(np.searchsorted(rest.time_s, BEGIN_S + 890))
    river.take(Batch(lines=rest.take(slice(0, half))))
    assert river.picture.guarded[slot(BOAT)] and river.picture.ring_nm[slot(BOAT)] == 2.0
    told = render.guard_json(river.guards.all[BOAT], river.name_of)
    assert told == {
        "id": str(BOAT), "ship": BOAT, "name": river.name_of(BOAT), "guard": True, "ring_nm": 2.0, "until_s": BEGIN_S + 900,
        "words": "asked", "by": "ANNA", "made_s": at_s, "over_s": None,
    }  # fmt: skip  # one a line would hide what belongs together
    # It is there after a restart from what was written down.
    again = River(config, ("feed",))
    state = Remembered(river, Trails(), Health(), {})
    river.on_frame = again.on_frame = None
    Remembered(again, Trails(), Health(), {}).thaw(*state.freeze())
    assert again.guards.all == river.guards.all and again.fleet.register.claims.changed == river.fleet.register.claims.changed
    for each in (river, again):
        changes = each.take(Batch(lines=rest.take(slice(half, None))))
        assert changes.guards[BOAT].over_s == BEGIN_S + 900
        assert each.guards.all[BOAT].over_s == BEGIN_S + 900
        # A tanker by her own word: it is as configured again.
        assert each.picture.guarded[slot(BOAT)] and np.isnan(each.picture.ring_nm[slot(BOAT)])
    now_s = river.clock_s
    river.take(Batch(decisions=(Decision(now_s + 1, "guard", "g2", str(TWO), {"guard": False, "words": ""}),)))
    assert not river.fleet.register.guarded[slot(TWO)]
    river.take(Batch(decisions=(Decision(now_s + 2, "guard", "g3", str(TWO), {"guard": None, "words": ""}),)))
    assert river.fleet.register.guarded[slot(TWO)] and river.guards.all[TWO].over_s == now_s + 2
    with pytest.raises(InputFault, match="nobody at the desk"):
        deciding.completed(river, "guard", str(TWO), {"guard": None})


def test_a_desk_holds_so_many_rings(config, monkeypatch):
    monkeypatch.setattr(deciding, "MOST_RINGS", 2)
    river = River(config, ("feed",))
    for n in (1, 2):
        river.take(Batch(decisions=(Decision(BEGIN_S + n, "guard", f"g{n}", str(n), {"guard": True, "ring_nm": 1.0}),)))
    with pytest.raises(InputFault, match="2 ships have a ring already"):
        deciding.completed(river, "guard", "3", {"guard": True, "ring_nm": 1.0})
    assert deciding.completed(river, "guard", "2", {"guard": True, "ring_nm": 3.0})[0] == "2"
    assert deciding.completed(river, "guard", "3", {"guard": True})[0] == "3"


def test_her_track_as_files(desk, received, config, tmp_path, monkeypatch):
    river, trails = desk
    track = trails.track(river.fleet.register.slot(BOAT), river.clock_s)
    files = exporting.TrackFiles(None)

    def made(kind, hours=6.0, files=files, clock_s=river.clock_s):
        return files.make(BOAT, HOSTILE, kind, track, clock_s, hours).decode()

    rows = made(".csv").splitlines()
    assert rows[0].startswith('"time","time_s","mmsi","name"') and len(rows) == 1 + len(track["time_s"])
    assert ',"A<B>",' in rows[1], "no cell is a formula"
    assert len(made(".csv", hours=0.25).splitlines()) < len(rows) / 2
    lines = json.loads(made(".geojson"))["features"]
    assert sum(len(line["geometry"]["coordinates"]) for line in lines) == len(track["time_s"])
    ElementTree.fromstring(made(".kml"))
    # With a history every position is there, and none of later than the clock.
    with FileJournal(tmp_path) as journal:
        journal.append(Batch(lines=lines_of(received)))
        journal.commit()
    historian.bring_up_to_date(tmp_path, config)
    kept = exporting.TrackFiles(tmp_path)
    assert len(made(".csv", files=kept).splitlines()) == 1 + 80
    assert len(made(".csv", files=kept, clock_s=BEGIN_S + 599).splitlines()) == 1 + 20
    monkeypatch.setattr(exporting, "MOST_POINTS", 50)
    with pytest.raises(InputFault, match="80 positions are too many"):
        made(".kml", files=kept)
