"""Field by field against pyais on every recording, and against gpsd's raw integers where types overlap.

Both are read as they are; where they differ from ITU-R M.1371-5 the difference is named (`PEER_FAULTS`) and must be one of these.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from tankerwatch.core.tables import BAD_LENGTH

RECORDINGS = [
    "aisabnormal_212123000.nmea.gz",
    "aisabnormal_219165000.nmea",
    "aisabnormal_538004030.nmea.gz",
    "aisabnormal_sample.nmea.gz",
    "aisdb_201201.nmea",
    "aisdb_20211101.nmea",
    "aislib_ais250.nmea",
    "aislib_decode_encode.nmea",
    "aislib_replay.nmea",
    "aislib_small_cb.nmea",
    "aislib_stream_example.nmea.gz",
    "aisnet_kystverket1000.nmea",
    "gfw_bad_bitcount.nmea",
    "gfw_ee_multiline.nmea",
    "gfw_errors.nmea",
    "gfw_mixed_types.nmea",
    "gfw_multi_part.nmea",
    "goais_aistest.nmea",
    "gpsd_ais_18_27.nmea",
    "gpsd_ais_nmea.nmea",
    "gpsd_ais_raw.nmea",
    "gpsd_ait250.nmea",
    "gpsd_sample_aivdm.nmea",
    "gpsd_type6_fid55.nmea",
    "gpsd_unpack_sixbit.nmea",
    "libais_test_aivdm.nmea",
    "libais_typeexamples.nmea",
    "noaadata_test_ais.nmea",
    "opencpn_guernsey.nmea.gz",
    "opencpn_hakefjord.nmea.gz",
    "opencpn_stupan.nmea",
    "pyais_ais_test_messages.nmea",
    "pyais_gatehouse.nmea",
    "pyais_messages.nmea",
    "pyais_mixed.nmea",
    "pyais_nmea_data_sample.nmea",
    "pyais_timestamped.nmea",
    "signalk_nais300.nmea",
    "signalk_nais400.nmea",
]

PEER_FAULTS = {
    "pyais strips leading blanks of a text",
    "pyais keeps what stands behind the @ that ends a text",
    "pyais gives reserved ship types as 0 or as another of their ten",
    "pyais makes a letter of bits that are no whole letter",
    "pyais strips the blank before the extension of a name",
    "pyais goes on with the extension of a name that has ended",
    "pyais gives a value for a field that the message cuts off",
    "pyais gives a reserved course or heading as a value",
    "pyais gives a position that cannot be as a value",
    "pyais gives the numbers that mean not available as values",
}

_SENTENCE = re.compile(rb"([!$])([-A-Z0-9]{2}VD[MO]),(\d),(\d),(\d?),([^,]*),([^,*]*),([0-5])\*([0-9A-Fa-f]{2})")


def whole_messages(lines: list[bytes]) -> Iterator[tuple[int, bytes, int]]:
    """A plain reference: row of the first sentence, payload, fill bits. Sentences of a message must come in order."""
    waiting: dict[tuple, list] = {}
    for row, line in enumerate(lines, 1):
        if line.lstrip().startswith(b"#"):
            continue
        for found in _SENTENCE.finditer(line):
            body = found[0][1:-3]
            told = 0
            for c in body:
                told ^= c
            if told != int(found[9], 16):
                continue
            total, number, payload, fill = int(found[3]), int(found[4]), found[7], int(found[8])
            if total == 1:
                if payload:
                    yield row, payload, fill
                continue
            key = (found[2], total, found[5], found[6])
            if number == 1:
                waiting[key] = [row, payload]
            elif key in waiting and len(waiting[key]) == number:
                waiting[key].append(payload)
                if number == total:
                    first, *parts = waiting.pop(key)
                    yield first, b"".join(parts), fill


@pytest.mark.parametrize("name", RECORDINGS)
def test_as_pyais_says(listen, log_lines, shared_data, name):
    lines = log_lines(shared_data(f"nmea/{name}"))
    said = listen(lines)
    reference: dict[int, list] = {}
    for row, payload, fill in whole_messages(lines):
        reference.setdefault(row, []).append((payload, fill))
    differences: Counter[str] = Counter()
    compared = 0
    for table, compare in (
        ("fixes", fix_differences),
        ("statics", static_differences),
        ("bases", base_differences),
        ("texts", text_differences),
    ):
        for row in records(getattr(said, table)):
            if row["msg_type"] == 0:
                continue
            candidates = []
            for payload, fill in reference.get(row["source_row"], []):
                peer = MSG_CLASS[payload[0] - 48 if payload[0] < 96 else payload[0] - 56].from_vector(bit_vector(payload, fill)).asdict()
                if peer["msg_type"] == row["msg_type"] and int(peer["mmsi"]) == row["mmsi"]:
                    candidates.append(list(compare(row, peer)))
            if not candidates:
                differences["the reference has no such message"] += 1
                continue
            compared += 1
            differences.update(min(candidates, key=len))
    assert set(differences) <= PEER_FAULTS, differences
    assert compared == len([t for t in said.fixes.msg_type if t]) + len(said.statics) + len(said.bases) + len(said.texts)
    messages = sum(len(found) for found in reference.values())
    assert said.decoder.counters.messages == messages - said.rejected.get("too_short", 0)


def records(table: Any) -> Iterator[dict[str, Any]]:
    columns = {column.name: getattr(table, column.name).tolist() for column in table.columns()}
    for i in range(len(table)):
        yield {name: values[i] for name, values in columns.items()}


def fix_differences(row: dict[str, Any], peer: dict[str, Any]) -> Iterator[str]:
    short = row["quality"] & BAD_LENGTH
    unit = 600 if row["msg_type"] == 27 else 600_000
    for ours, theirs, most in (("lon_deg", "lon", 180), ("lat_deg", "lat", 90)):
        if math.isnan(row[ours]):
            if peer[theirs] is not None and abs(peer[theirs]) <= most:
                yield f"{ours}: missing, {peer[theirs]}"
            else:
                yield "pyais gives the numbers that mean not available as values"
        elif round(row[ours] * unit) != round(peer[theirs] * unit):
            yield f"{ours}: {row[ours]}, {peer[theirs]}"
    yield from number_differences(
        "sog", row["sog_kn"], peer["speed"], 63 if unit == 600 else 1023 if row["msg_type"] == 9 else 102.3, short
    )
    yield from number_differences("cog", row["cog_deg"], peer["course"], 360.0, short)
    if "heading" in peer:
        yield from number_differences("heading", row["heading_deg"], peer["heading"], 360, short)
    for ours, theirs, missing in (
        ("utc_second", "second", 60),
        ("nav_status", "status", 255),
        ("accurate", "accuracy", False),
        ("raim", "raim", False),
    ):
        if theirs not in peer:
            assert row[ours] == missing
        elif peer[theirs] is None:
            if row[ours] != missing:
                yield f"{ours}: {row[ours]}, missing"
        elif row[ours] != int(peer[theirs]):
            yield f"{ours}: {row[ours]}, {peer[theirs]}"
    if row["repeat"] != peer["repeat"]:
        yield "repeat"
    if "turn" in peer and peer["turn"] is not None:
        raw = row["turn_raw"]
        rate = raw if raw == -128 or abs(raw) == 127 else math.copysign((raw / 4.733) ** 2, raw)
        peer_rate = float(peer["turn"])
        if abs(rate - peer_rate) > 0.51:
            yield f"turn: {raw}, {peer['turn']!r}"


def number_differences(name: str, ours: float, theirs: float | None, missing_from: float, short: int) -> Iterator[str]:
    if theirs is None:
        if not math.isnan(ours):
            yield f"{name}: {ours}, missing"
    elif math.isnan(ours):
        if theirs >= missing_from:
            yield "pyais gives a reserved course or heading as a value"
        elif short:
            yield "pyais gives a value for a field that the message cuts off"
        else:
            yield f"{name}: missing, {theirs}"
    elif abs(ours - float(theirs)) > 1e-4:
        yield f"{name}: {ours}, {theirs}"


def text_difference(name: str, ours: str, theirs: str | None, short: int) -> Iterator[str]:
    theirs = theirs or ""
    if ours == theirs:
        return
    if ours.strip() == theirs.strip():
        yield "pyais strips leading blanks of a text"
    elif ours.strip() == theirs.split("@")[0].strip():
        yield "pyais keeps what stands behind the @ that ends a text"
    elif ours.strip() == theirs[:-1].strip():
        yield "pyais makes a letter of bits that are no whole letter"
    elif not ours and short:
        yield "pyais gives a value for a field that the message cuts off"
    else:
        yield f"{name}: {ours!r}, {theirs!r}"


def static_differences(row: dict[str, Any], peer: dict[str, Any]) -> Iterator[str]:
    short = row["quality"] & BAD_LENGTH
    for ours, theirs in (("name", "shipname"), ("callsign", "callsign"), ("destination", "destination")):
        if theirs in peer:
            yield from text_difference(ours, row[ours], peer[theirs], short)
        elif row[ours]:
            yield f"{ours}: {row[ours]!r}, none"
    kind = int(peer.get("ship_type") or 0)
    if row["ship_type"] != kind:
        known = kind and kind // 10 != row["ship_type"] // 10
        yield f"ship_type {row['ship_type']}, {kind}" if known else "pyais gives reserved ship types as 0 or as another of their ten"
    sizes = ("to_bow", "to_stern", "to_port", "to_starboard")
    for theirs in sizes:
        value = int(peer.get(theirs) or 0)
        if row[f"{theirs}_m"] != value:
            yield f"{theirs}: {row[theirs + '_m']}, {value}"
    if row["imo"] != int(peer.get("imo") or 0):
        yield f"imo {row['imo']}"
    if row["mothership_mmsi"] != int(peer.get("mothership_mmsi") or 0):
        yield f"mothership {row['mothership_mmsi']}, {peer.get('mothership_mmsi')}"
    draught = 0.0 if math.isnan(row["draught_m"]) else row["draught_m"]
    if abs(draught - float(peer.get("draught") or 0)) > 1e-4:
        yield f"draught {draught}, {peer.get('draught')}"
    if row["eta"]:
        if row["eta"] != "{month:02d}-{day:02d} {hour:02d}:{minute:02d}".format(**peer):
            yield f"eta {row['eta']}"
    elif "month" in peer and (peer["month"] or peer["day"]) and not short:
        yield f"eta {peer['month']}-{peer['day']}"


def base_differences(row: dict[str, Any], peer: dict[str, Any]) -> Iterator[str]:
    for ours, theirs, most in (("lon_deg", "lon", 180), ("lat_deg", "lat", 90)):
        if math.isnan(row[ours]):
            if abs(peer[theirs]) <= most:
                yield f"{ours}: missing, {peer[theirs]}"
        elif round(row[ours] * 600_000) != round(peer[theirs] * 600_000):
            yield f"{ours}: {row[ours]}, {peer[theirs]}"
    if row["msg_type"] == 21:
        name, more = row["name"], peer["name_ext"] or ""
        if name != peer["name"] + more:
            if name[20:].strip() and name[:20].rstrip() == peer["name"] and name[20:].strip() == more:
                yield "pyais strips the blank before the extension of a name"
            elif name == peer["name"] and len(name) < 20:
                yield "pyais goes on with the extension of a name that has ended"
            else:
                yield from text_difference("name", name, peer["name"] + more, 0)
        for ours, theirs in (("aid_type", "aid_type"), ("virtual", "virtual_aid"), ("off_position", "off_position")):
            if row[ours] != int(peer[theirs]):
                yield f"{ours}: {row[ours]}, {peer[theirs]}"
        return
    if not math.isnan(row["utc_s"]):
        moment = [peer[part] for part in ("year", "month", "day", "hour", "minute", "second")]
        from datetime import UTC, datetime

        if datetime(*moment, tzinfo=UTC).timestamp() != row["utc_s"]:
            yield f"utc {row['utc_s']}, {moment}"
    elif (
        peer["year"] and peer["month"] in range(1, 13) and peer["day"] and peer["hour"] < 24 and peer["minute"] < 60 and peer["second"] < 60
    ):
        yield f"utc missing, {peer['year']}"


def text_differences(row: dict[str, Any], peer: dict[str, Any]) -> Iterator[str]:
    yield from text_difference("text", row["text"], peer["text"], 0)
    if row["to_mmsi"] != int(peer.get("dest_mmsi") or 0):
        yield "to_mmsi"


GPSD = {
    "lon": ("lon_deg", 600_000),
    "lat": ("lat_deg", 600_000),
    "speed": ("sog_kn", 10),
    "course": ("cog_deg", 10),
    "heading": ("heading_deg", 1),
}
NOT_AVAILABLE = {
    "lon": {181 * 600_000, 181 * 600},
    "lat": {91 * 600_000, 91 * 600},
    "speed": {1023, 63, "nan"},
    "course": {3600, 511},
    "heading": {511},
    "turn": {"nan", -128},
}


@pytest.mark.parametrize(
    ("log", "check"),
    [
        ("sample.aivdm", "sample.aivdm.ju.chk"),
        ("ais-18-27.log", "ais-18-27.log.chk"),
        ("ais-nmea-type6-fid55.log", "ais-nmea-type6-fid55.log.chk"),
        ("ais-nmea.log", "ais-nmea.log.chk"),
        ("ais-raw-messages.log", "ais-raw-messages.log.chk"),
        ("ais_unpack_sixbit.log", "ais_unpack_sixbit.log.chk"),
        ("ait250.log", "ait250.log.chk"),
    ],
)
def test_as_gpsd_says_in_raw_integers(listen, log_lines, shared_data, log, check):
    said = listen(log_lines(shared_data(f"conformance/gpsd/{log}")))
    expected = []
    for line in shared_data(f"conformance/gpsd/{check}").read_text(errors="replace").splitlines():
        if line.startswith('{"class":"AIS"'):
            message = json.loads(line)
            message.pop("device", None)
            if message not in expected:
                expected.append(message)
    fixes, statics, bases, texts = (list(records(getattr(said, name))) for name in ("fixes", "statics", "bases", "texts"))
    compared = 0
    for message in expected:
        kind = message["type"]
        if kind in (1, 2, 3, 9, 18, 19, 27):
            assert any(_is_fix(row, message) for row in fixes), message
        elif kind in (5, 24):
            assert any(_is_static(row, message) for row in statics), message
        elif kind in (4, 11, 21):
            assert any(
                row["mmsi"] == message["mmsi"] and _is_at(row, message) and row["name"] == message.get("name", "") for row in bases
            ), message
        elif kind in (12, 14):
            assert any(row["mmsi"] == message["mmsi"] and row["text"].strip() == message["text"].strip() for row in texts), message
        else:
            continue
        compared += 1
    assert compared > 5


def _is_at(row: dict[str, Any], message: dict[str, Any]) -> bool:
    for theirs in ("lon", "lat"):
        ours, scale = GPSD[theirs]
        scale = 600 if message["type"] == 27 else scale
        if math.isnan(row[ours]):
            if message[theirs] not in NOT_AVAILABLE[theirs] and abs(message[theirs]) <= (180 if theirs == "lon" else 90) * scale:
                return False
        elif round(row[ours] * scale) != message[theirs]:
            return False
    return True


def _is_fix(row: dict[str, Any], message: dict[str, Any]) -> bool:
    kind = message["type"]
    if row["mmsi"] != message["mmsi"] or row["msg_type"] != kind or not _is_at(row, message):
        return False
    for theirs in ("speed", "course", "heading"):
        if theirs not in message:
            continue
        ours, scale = GPSD[theirs]
        if kind == 27 or (kind == 9 and theirs == "speed"):
            scale = 1
        if math.isnan(row[ours]):
            if message[theirs] not in NOT_AVAILABLE[theirs] and not (theirs != "speed" and message[theirs] >= 360 * scale):
                return False
        elif round(row[ours] * scale) != message[theirs]:
            return False
    for theirs, ours in (
        ("second", "utc_second"),
        ("status", "nav_status"),
        ("accuracy", "accurate"),
        ("raim", "raim"),
        ("repeat", "repeat"),
        ("turn", "turn_raw"),
    ):
        if theirs in message and row[ours] != message[theirs]:
            return False
    return True


def _is_static(row: dict[str, Any], message: dict[str, Any]) -> bool:
    if row["mmsi"] != message["mmsi"] or row["msg_type"] != message["type"]:
        return False
    for theirs, ours in (
        ("shipname", "name"),
        ("callsign", "callsign"),
        ("destination", "destination"),
        ("shiptype", "ship_type"),
        ("imo", "imo"),
    ):
        # gpsd joins both parts of type 24 into one object
        if theirs in message and row[ours] != message[theirs] and not (row["msg_type"] == 24 and not row[ours]):
            return False
    return True
