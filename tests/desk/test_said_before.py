"""Who a ship has said she is, out of the history: what the register never heard, and in a replay nothing of later."""

from __future__ import annotations

import json

import pytest

from tankerwatch import historian
from tankerwatch.config import load
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.desk.live import LiveDesk
from tankerwatch.desk.replaying import PastDesk, Period
from tankerwatch.desk.said_before import NONE, NOT_HER, NOT_YET, said_before
from tankerwatch.detect import catalog
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.history import sayings as reading
from tankerwatch.store.history.questions import History
from tankerwatch.store.history.sayings import sayings
from tankerwatch.store.journal import FileJournal
from tankerwatch.track.register import Identity
from tankerwatch.web.live import Hub

BEGIN_S = 1_700_000_000.0
DAY_S = 86_400.0
SHE, SISTER, DOUBLE, QUIET, NOBODY = 311000001, 351000002, 311000003, 311000004, 311000009
IMO, OTHER_IMO = 9074729, 9745902
HOSTILE = "=A<B>"


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


@pytest.fixture(scope="module")
def said():
    """(day, MMSI, what she says): a ship under another name and number, another that had hers, and two senders in turn under one MMSI."""
    first = {"name": "FIRST", "imo": IMO, "callsign": "V7AA1"}
    return [
        (0, SISTER, {"name": "SISTER", "imo": OTHER_IMO, "callsign": "HOAA"}),
        (1, SHE, first),
        (2, SHE, first),
        (4, SISTER, {"name": "SISTER", "imo": 9999993, "callsign": "HOAA"}),
        (6, SHE, {**first, "name": HOSTILE}),
        (9, SHE, {**first, "name": HOSTILE, "imo": OTHER_IMO}),
        (10, QUIET, {"name": "QUIET", "imo": 0, "callsign": ""}),
        *((12 + n / 10, DOUBLE, {"name": f"DOUBLE {'AB'[n % 2]}", "imo": 0, "callsign": ""}) for n in range(8)),
        (20, SHE, {**first, "name": "LAST", "imo": OTHER_IMO, "callsign": "HOAA"}),
    ]


@pytest.fixture(scope="module")
def directory(said, config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("watch")
    lines, times = [], []
    for day, mmsi, told in said:
        sent = encoder.static_voyage(mmsi, ship_type=80, to_bow_m=200, to_stern_m=50, to_port_m=10, to_starboard_m=20, **told)
        for sentence in sentences(sent, sequence=mmsi % 10):
            times.append(BEGIN_S + day * DAY_S)
            lines.append(tag(sentence, time_s=times[-1], station="r200000900"))
    FeedRegister(folder).index_of("tcp://feed:1")
    with FileJournal(folder) as journal:
        for n, (line, time_s) in enumerate(zip(lines, times, strict=True), 1):
            journal.append(Batch(lines=Lines.of([line], [time_s], [n]), clock_s=time_s))
        journal.commit()
    historian.bring_up_to_date(folder, config)
    return folder


def day(number):
    return BEGIN_S + number * DAY_S


def claims(told, field):
    return [(claim["value"], claim["first_s"], claim["last_s"], claim["times"]) for claim in told["claims"] if claim["field"] == field]


def test_what_she_changed_in_months_and_who_was_she_before(directory):
    told = said_before(directory, SHE, None, day(30))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["words"], told["from_s"], told["to_s"]) == ("", day(1), day(20))
    assert claims(told, "name") == [("LAST", day(20), None, 1), (HOSTILE, day(6), day(20), 1), ("FIRST", day(1), day(6), 1)]
    assert claims(told, "imo") == [(OTHER_IMO, day(9), None, 1), (IMO, day(1), day(9), 1)]
    assert claims(told, "callsign") == [("HOAA", day(20), None, 1), ("V7AA1", day(1), day(20), 1)]
    assert claims(told, "size") == claims(told, "ship_type") == [], "what she never changed is no change"
    others = [(other["id"], other["name"], other["flag"], other["field"], other["first_s"], other["last_s"]) for other in told["others"]]
    assert others == [(SISTER, "SISTER", "Panama", "imo", day(0), day(4)), (SISTER, "SISTER", "Panama", "callsign", day(0), None)]
    assert told["conflicts"] == [
        f"She has sent more than one IMO number, and a ship keeps hers for life: {IMO} from 2023-11-15 to 2023-11-23 and "
        f"{OTHER_IMO} since 2023-11-23.",
        f"SISTER sent IMO {OTHER_IMO} from 2023-11-14 to 2023-11-18.",
    ]
    turns = said_before(directory, DOUBLE, None, day(30))
    assert {(claim["value"], claim["times"]) for claim in turns["claims"]} == {("DOUBLE A", 4), ("DOUBLE B", 4)}


def test_only_what_was_known_then(directory):
    told = said_before(directory, SHE, None, day(7))
    assert claims(told, "name") == [(HOSTILE, day(6), None, 1), ("FIRST", day(1), day(6), 1)]
    assert told["others"] == told["conflicts"] == [] and told["to_s"] == day(7)
    assert said_before(directory, SHE, None, day(0.5)) is None


def test_one_who_takes_the_number_of_a_ship_that_the_history_knows(directory):
    told = said_before(directory, NOBODY, Identity(NOBODY, imo=IMO), day(30))
    assert told["words"] == NOT_HER and told["claims"] == []
    assert told["conflicts"] == [f"LAST sent IMO {IMO} from 2023-11-15 to 2023-11-23."]
    assert said_before(directory, NOBODY, None, day(30)) is None


def test_where_there_is_no_history_it_is_said(directory, tmp_path):
    assert said_before(None, SHE, Identity(SHE), day(30))["words"] == NONE
    assert said_before(tmp_path, SHE, Identity(SHE), day(30))["words"] == NOT_YET
    assert said_before(None, SHE, None, day(30)) is None
    quiet = said_before(directory, QUIET, None, day(30))
    assert (quiet["words"], quiet["from_s"], quiet["claims"]) == ("", day(10), [])


def test_a_desk_asks_it_for_now_and_a_replay_for_then(directory, config, tmp_path):
    with FileJournal(tmp_path) as journal:
        live = LiveDesk(config, journal, FeedRegister(tmp_path), Hub(), history=directory)
        assert len(live.desk.said_before(SHE)["claims"]) == 7
        alone = LiveDesk(config, journal, FeedRegister(tmp_path), Hub())
        assert alone.desk.said_before(SHE) is None
    past = PastDesk(config, Period(directory, day(7), day(8)))
    past.warm()
    told = past.desk.said_before(SHE)
    assert [claim["value"] for claim in told["claims"]] == [HOSTILE, "FIRST"] and told["to_s"] <= day(7)


def test_it_is_bounded_in_rows_others_and_time(directory, monkeypatch):
    history = History(directory)
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    monkeypatch.setattr(reading, "BATCH_ROWS", 2)
    found = sayings(history, DOUBLE, day(30))
    assert found.cut and sum(each.times for each in found.said if each.field == "name") == 3 and found.first_s > day(12)
    monkeypatch.setattr(reading, "MOST_OTHERS", 0)
    assert sayings(history, SHE, day(30)).more == 1
    ticks = iter(range(0, 10**6, 3))
    with pytest.raises(InputFault, match="takes longer than 5 s"):
        sayings(history, SHE, day(30), monotonic_s=lambda: float(next(ticks)))


def test_a_number_that_no_ship_has_is_nobody(directory):
    assert said_before(directory, 9_999_999_999, None, day(30)) is None
    assert said_before(directory, 0, None, day(30)) is None
