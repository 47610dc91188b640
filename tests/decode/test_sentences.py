"""Framing, checksums, tag blocks, stations and the joining of long messages."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tankerwatch.core import tables
from tankerwatch.core.ais import encoder, framing
from tankerwatch.core.kernels import index, index_fragments, messages, positions, sweep
from tankerwatch.core.kernels.index_fragments import SLOTS
from tankerwatch.core.tables import LATE_FRAGMENT, NO_CHECKSUM, OWN_SHIP

PLAIN = b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0*09"
PGHP = b"$PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,62*26"


def voyage(mmsi: int = 244660390, name: str = "LAHRINGEN", destination: str = "ROTTERDAM", **how) -> list[bytes]:
    payload = encoder.static_voyage(mmsi, imo=9074729, callsign="PB4664", name=name, destination=destination, draught_m=3.0)
    return framing.sentences(payload, **{"sequence": 7, "channel": "B", **how})


def test_quality_bits_of_the_kernels_are_those_of_the_tables():
    assert (index._NO_CHECKSUM, index._OWN_SHIP) == (tables.NO_CHECKSUM, tables.OWN_SHIP)
    assert (messages._BAD_LENGTH, messages._REPEATED, messages._MMSI_ODD) == (tables.BAD_LENGTH, tables.REPEATED, tables.MMSI_ODD)
    assert (index_fragments._LATE_FRAGMENT, index_fragments._OWN_SHIP) == (tables.LATE_FRAGMENT, tables.OWN_SHIP)
    assert sweep._OWN_SHIP == tables.OWN_SHIP
    assert (positions._RESERVED_VALUE, positions._OUT_OF_RANGE) == (tables.RESERVED_VALUE, tables.OUT_OF_RANGE)


@pytest.mark.parametrize(
    "line",
    [
        PLAIN,
        b"  " + PLAIN + b"  \t",
        b"2012-01-01 00:00:00 " + PLAIN,
        b"1550303566167726840 " + PLAIN,
        b"nmea0183 n0183-AIVDM AIVDM " + PLAIN,
        PLAIN + b",1412524603",
        PLAIN + b",rST01,1412524603",
        PLAIN + b",d-109,S2105,t050056.00,T56.13718694,r003669946,1325394060,1325394001",
        PLAIN + b",1daasd4218,,1357134222",
        framing.tag(PLAIN, station="HERE", time_s=1.5e9),
        b"\\s:HERE,c:1425220*49\\" + framing.tag(PLAIN, station="THERE"),
        b"\\c:1425220\\" + PLAIN,
        b"\\broken" + PLAIN,
        b"\\s:HERE*00\\" + PLAIN,  # the tag block is damaged, the sentence is not
        PLAIN.replace(b"*09", b"*09\x00"),
        b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0" + b"*09",
    ],
)
def test_a_sentence_is_found_whatever_stands_around_it(listen, line):
    said = listen([line])
    assert said.fixes.mmsi.tolist() == [367309370]
    assert said.rejected == {} and said.decoder.counters.used == 1
    assert said.fixes.quality[0] == 0


@pytest.mark.parametrize("talker", ["AI", "BS", "AB", "B2", "XX", "SA", "BY", "--", "SS"])
def test_any_talker(listen, wrap, talker):
    said = listen([wrap(f"{talker}VDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0"), wrap(f"{talker}VDO,1,1,,,15NBj>PP1gG>1PVKTDTUJOv00<0M,0")])
    assert said.fixes.channel.tolist() == [66, 0]
    assert said.fixes.quality.tolist() == [0, OWN_SHIP]


def test_channel_numbers_are_letters(listen, wrap):
    said = listen([wrap(f"AIVDM,1,1,,{c},15NBj>PP1gG>1PVKTDTUJOv00<0M,0") for c in ("A", "B", "1", "2", "C", "")])
    assert bytes(said.fixes.channel.tolist()) == b"ABABC\0"


def test_glued_sentences_are_two(listen):
    said = listen([PLAIN + PLAIN, PLAIN + b"garbage" + framing.tag(PLAIN, station="HERE")])
    assert len(said.fixes) == 4 and said.decoder.counters.used == 2
    assert [said.stations[i] for i in said.fixes.station] == ["", "", "", "HERE"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"# " + PLAIN, "comment"),
        (b"foobar", "not_nmea"),
        (b"$5 each!", "not_nmea"),
        (PLAIN[:-1] + b"A", "bad_checksum"),
        (PLAIN[:-1], "bad_checksum"),
        (PLAIN.replace(b"15NB", b"15NC"), "bad_checksum"),
        (b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv0", "malformed"),
        (b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,6", "malformed"),
        (b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,013", "malformed"),
        (b"!AIVDM,0,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0", "malformed"),
        (b"!AIVDM,1,2,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0", "malformed"),
        (b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0,0", "malformed"),
        (b"!AIVDM", "malformed"),
        (b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDXUJOv00<0M,0", "bad_payload"),
        (b"!AIVDM,1,1,,B,,0*25", "empty_payload"),
        (b"!AIVDM,1,1,,B,15NBj,0", "too_short"),
        (b"\\s:HERE*00\\", "bad_tag_block"),
        (b"$GPZDA,170948,18,08,2022,00,00*48", "other_sentence"),
        (b"$PFOO,INVALID", "other_sentence"),
    ],
)
def test_why_a_line_gives_nothing(listen, line, reason):
    said = listen([line])
    assert said.rejected == {reason: 1}
    assert not any(said.rows().values())


def test_blank_lines_are_blank(listen):
    said = listen([b"", b"   ", b"\0\0"])
    assert said.decoder.counters.blank == 3


def test_without_checksum_it_is_decoded_and_marked(listen):
    said = listen([PLAIN[:-3], PLAIN[:-3] + b"  "])
    assert said.fixes.quality.tolist() == [NO_CHECKSUM, NO_CHECKSUM]


def test_a_payload_is_found_whatever_its_length(listen, wrap):
    """A fast search for the comma once took that of the next line for payloads of 11, 13 and 15 characters (decode.md)."""
    lines = [wrap(f"AIVDM,1,1,,A,H{'0' * (n - 1)},0") for n in range(8, 60)]
    said = listen(lines)
    assert len(said.statics) == 52 and said.decoder.counters.used == 52


class TestStations:
    def test_tag_block(self, listen):
        said = listen([framing.tag(PLAIN, station="HERE", time_s=1.5e9), PLAIN], feed_names=("harbour",))
        assert [said.stations[i] for i in said.fixes.station] == ["HERE", "harbour"]

    def test_word_behind_the_checksum(self, listen):
        said = listen([PLAIN + b",r003669946,1325394060", PLAIN + b",d-109,b12AB,1325394060", PLAIN + b",r1"])
        assert [said.stations[i] for i in said.fixes.station] == ["r003669946", "b12AB", ""]

    def test_pghp_names_the_next_message_of_its_feed(self, listen):
        rows = [1, (1 << 48) + 1, 2, 3]
        said = listen([PGHP, PLAIN, PLAIN, PLAIN], rows=rows, feed_names=("one", "two"))
        assert [said.stations[i] for i in said.fixes.station] == ["two", "2190067", "one"]

    def test_pghp_names_all_sentences_of_the_next_message(self, listen):
        said = listen([b"\\si:AISD*3F\\", PGHP, *voyage(), PLAIN])
        assert len(said.statics) == 1 and said.decoder.counters.used == 5
        assert [said.stations[i] for i in said.fixes.station] == [""]

    def test_pghp_without_a_base_names_the_country(self, listen, wrap):
        said = listen([wrap("PGHP,1,2010,6,11,11,46,12,0,273,0,,1,25", "$"), PLAIN])
        assert said.stations[said.fixes.station[0]] == "273"

    def test_provider_only_when_nothing_better_is_known(self, listen):
        tag = b"\\si:MSSIS*77\\"
        said = listen([tag, PLAIN, tag, PGHP, PLAIN, tag, framing.tag(PLAIN, station="HERE"), PLAIN])
        assert [said.stations[i] for i in said.fixes.station] == ["MSSIS", "2190067", "HERE", ""]

    def test_their_number_is_bounded(self, listen):
        said = listen([framing.tag(PLAIN, station=f"S{i}") for i in range(9000)], feed_names=("feed",))
        assert len(said.stations) == index.STATIONS_MAX
        assert said.stations[said.fixes.station[-1]] == "feed" and len(said.fixes) == 9000


class TestLongMessages:
    @pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
    def test_any_order(self, listen, order):
        parts = voyage(max_chars=20)
        said = listen([parts[i] for i in order])
        assert said.statics.name.tolist() == ["LAHRINGEN"] and said.statics.destination.tolist() == ["ROTTERDAM"]
        assert said.statics.source_row.tolist() == [order.index(0) + 1]
        assert bool(said.statics.quality[0] & LATE_FRAGMENT) == (order != (0, 1, 2, 3))
        assert said.decoder.counters.used == 4

    def test_interleaved_over_channels_talkers_stations_and_numbers(self, listen):
        makes = [
            {},
            {"channel": "A"},
            {"talker": "BSVDM"},
            {"talker": "AIVDO"},
            {"sequence": 8},
        ]
        messages = [voyage(name=f"SHIP {i}", **how) for i, how in enumerate(makes)]
        messages.append([framing.tag(part, station="HERE") for part in voyage(name="SHIP 5")])
        messages.append([framing.tag(part, station="THERE") for part in voyage(name="SHIP 6")])
        lines = [message[k] for k in range(2) for message in messages]
        said = listen(lines)
        assert said.statics.name.tolist() == [f"SHIP {i}" for i in range(7)]
        assert said.decoder.counters.used == 14

    def test_group_number_goes_before_the_station_that_only_the_first_names(self, listen):
        one, two = voyage(name="ONE"), voyage(name="TWO")
        lines = [
            framing.tag(one[0], station="HERE", group=(1, 2, 100)),
            framing.tag(two[0], station="THERE", group=(1, 2, 101)),
            b"\\si:AISD*3F\\",
            framing.tag(one[1], group=(2, 2, 100)),
            framing.tag(two[1], group=(2, 2, 101)),
        ]
        said = listen(lines)
        assert said.statics.name.tolist() == ["ONE", "TWO"]
        assert said.rejected == {}

    def test_a_copy_of_a_sentence_is_no_message(self, listen):
        one, two = voyage()
        said = listen([one, one, two, two])
        assert len(said.statics) == 1 and said.rejected == {"duplicate_fragment": 2}

    def test_the_same_message_twice_is_two(self, listen):
        said = listen([*voyage(), *voyage()])
        assert len(said.statics) == 2 and said.decoder.counters.used == 4

    def test_never_completed_is_counted_until_it_is(self, listen):
        one, two = voyage()
        assert listen([one]).rejected == {"incomplete": 1}
        assert listen([one, two], cuts=[1]).rejected == {}
        assert listen([*voyage(name="A")[:1], *voyage(name="B")]).rejected == {"incomplete": 1}

    def test_time_out_by_time_and_by_sentences(self, listen):
        one, two = voyage()
        assert len(listen([one, two], times=[100.0, 129.0]).statics) == 1
        assert listen([one, two], times=[100.0, 131.0]).rejected == {"incomplete": 2}
        assert len(listen([one, *[PLAIN] * 900, two]).statics) == 1
        assert listen([one, *[PLAIN] * 1100, two]).rejected == {"incomplete": 2}

    def test_an_overtaken_sentence_is_looked_for_near_by(self, listen):
        """Farther apart than fifty sentences, the halves are of two messages (in goais_aistest.nmea a wrong destination came of it)."""
        one, two = voyage()
        assert len(listen([two, *[PLAIN] * 45, one]).statics) == 1
        assert listen([two, *[PLAIN] * 55, one]).rejected == {"incomplete": 2}
        assert listen([two, one], times=[100.0, 106.0]).rejected == {"incomplete": 2}
        grouped = [framing.tag(part, group=(k + 1, 2, 1234)) for k, part in enumerate((one, two))]
        assert len(listen([grouped[1], *[PLAIN] * 55, grouped[0]]).statics) == 1

    def test_a_stale_second_half_spoils_only_what_it_says(self, listen):
        """The first half of A is lost. Its second half and B's first look like one message; B's own second half puts that right."""
        a, b, c = voyage(destination="ANTWERP"), voyage(destination="BREMEN"), voyage(destination="CUXHAVEN")
        said = listen([a[1], *b, *c])
        assert said.statics.destination.tolist()[-2:] == ["BREMEN", "CUXHAVEN"]
        assert said.statics.quality[0] & LATE_FRAGMENT and not said.statics.quality[1:].any()

    def test_time_is_the_latest_of_its_sentences(self, listen):
        one, two = voyage()
        assert listen([one, two], times=[10.0, 12.0]).statics.time_s.tolist() == [12.0]
        assert listen([two, one], times=[12.0, 10.0]).statics.time_s.tolist() == [12.0]
        assert listen([one, two], times=[10.0, math.nan]).statics.time_s.tolist() == [10.0]

    def test_the_table_is_bounded_and_gives_up_the_oldest(self, listen):
        firsts = [framing.tag(voyage(name=f"SHIP {i}")[0], station=f"S{i}") for i in range(SLOTS + 10)]
        seconds = [framing.tag(voyage()[1], station=f"S{i}") for i in range(SLOTS + 10)]
        said = listen([*firsts, *reversed(seconds)])
        assert len(said.statics) >= SLOTS - 10
        assert "SHIP 0" not in said.statics.name.tolist() and f"SHIP {SLOTS + 9}" in said.statics.name.tolist()

    def test_fill_bits_within_a_message_are_left_out(self, listen, wrap):
        payload = encoder.static_voyage(244660390, name="LAHRINGEN", destination="ROTTERDAM")
        bits = np.unpackbits(np.array([c - 48 if c < 96 else c - 56 for c in payload.characters], np.uint8)[:, None], axis=1)[
            :, 2:
        ].ravel()[:424]
        head = np.concatenate([bits[:238], np.zeros(2, np.uint8)]).reshape(-1, 6)
        rest = np.concatenate([bits[238:], np.zeros(-len(bits[238:]) % 6, np.uint8)]).reshape(-1, 6)
        armoured = ["".join(chr(v + 48 if v < 40 else v + 56) for v in (half @ [32, 16, 8, 4, 2, 1]).tolist()) for half in (head, rest)]
        lines = [wrap(f"AIVDM,2,1,3,A,{armoured[0]},2"), wrap(f"AIVDM,2,2,3,A,{armoured[1]},{-len(bits[238:]) % 6}")]
        assert listen(lines).rows()["statics"][0][:-1] == listen(framing.sentences(payload, sequence=3)).rows()["statics"][0][:-1]

    def test_a_sentence_that_is_too_long_for_a_part(self, listen, wrap):
        assert listen([wrap(f"AIVDM,2,1,3,A,{'0' * 241},0")]).rejected == {"fragment_too_long": 1}


def test_counts_of_feeds_are_kept_apart(listen):
    said = listen([PLAIN, PLAIN, b"x"], rows=[1, (3 << 48) + 1, (3 << 48) + 2])
    assert [(f.lines, f.messages, f.rejected) for f in said.decoder.feed_counters()] == [(1, 1, 0), (0, 0, 0), (0, 0, 0), (2, 1, 1)]
