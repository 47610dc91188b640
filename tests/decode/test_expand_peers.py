"""Every field that gpsd, libais and pyais name, of every message of their samples and of all recordings, against ours.

Where they differ from ITU-R M.1371-5 the difference is named, with the reason, and must be one of these; a name that no message needs
any more fails too. What application-specific messages say after their heads is compared in `test_applications_peers.py`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from tankerwatch.decode.expand import expand

RECORDINGS = [
    name
    for names in (
        "aisabnormal_212123000.nmea.gz aisabnormal_219165000.nmea aisabnormal_538004030.nmea.gz aisabnormal_sample.nmea.gz",
        "aisdb_201201.nmea aisdb_20211101.nmea aislib_ais250.nmea aislib_decode_encode.nmea aislib_replay.nmea aislib_small_cb.nmea",
        "aislib_stream_example.nmea.gz aisnet_kystverket1000.nmea gfw_bad_bitcount.nmea gfw_ee_multiline.nmea gfw_errors.nmea",
        "gfw_mixed_types.nmea gfw_multi_part.nmea goais_aistest.nmea gpsd_ais_18_27.nmea gpsd_ais_nmea.nmea gpsd_ais_raw.nmea",
        "gpsd_ait250.nmea gpsd_sample_aivdm.nmea gpsd_type6_fid55.nmea gpsd_unpack_sixbit.nmea libais_test_aivdm.nmea",
        "libais_typeexamples.nmea noaadata_test_ais.nmea opencpn_guernsey.nmea.gz opencpn_hakefjord.nmea.gz opencpn_stupan.nmea",
        "pyais_ais_test_messages.nmea pyais_gatehouse.nmea pyais_messages.nmea pyais_mixed.nmea pyais_nmea_data_sample.nmea",
        "pyais_timestamped.nmea signalk_nais300.nmea signalk_nais400.nmea",
    )
    for name in names.split()
]

_SENTENCE = re.compile(rb"([!$])([-A-Z0-9]{2}VD[MO]),(\d),(\d),(\d?),([^,]*),([^,*]*),([0-5])\*([0-9A-Fa-f]{2})")
_ARMOURED = re.compile(rb"[0-W`-w]+")


def payloads(path: Path) -> Iterator[tuple[bytes, int]]:
    """A plain reference: payload and fill bits of each message. Sentences of a message must come in order."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    waiting: dict[tuple, list[bytes]] = {}
    for line in raw.split(b"\n"):
        if line.lstrip().startswith(b"#"):
            continue
        for found in _SENTENCE.finditer(line):
            told = 0
            for character in found[0][1:-3]:
                told ^= character
            if told != int(found[9], 16):
                continue
            total, number, payload, fill = int(found[3]), int(found[4]), found[7], int(found[8])
            key = (found[2], total, found[5], found[6])
            if number == 1:
                waiting[key] = []
            if len(waiting.get(key, ())) == number - 1 and key in waiting:
                waiting[key].append(payload)
                if number == total:
                    whole = b"".join(waiting.pop(key))
                    if _ARMOURED.fullmatch(whole) and 6 * len(whole) - fill >= 38:
                        yield whole, fill


def bits_of(payload: bytes, fill: int) -> str:
    bits = "".join(format(c - 48 if c < 96 else c - 56, "06b") for c in payload)
    return bits[: len(bits) - fill]


def as_bytes(bits: str) -> str:
    """Bits as hexadecimal bytes, filled up with zeros."""
    return "".join(format(int(bits[i : i + 8].ljust(8, "0"), 2), "02x") for i in range(0, len(bits), 8))


def scale(kind: int, name: str) -> int:
    """What a value of ours is multiplied with to be what was sent."""
    if name.endswith(("lon", "lat")):
        return 600 if kind in (17, 22, 23, 27) else 600_000
    if name in ("speed", "course"):
        return 1 if kind == 27 or (kind == 9 and name == "speed") else 10
    return 10 if name == "draught" else 1


def says_nothing(kind: int, name: str, raw: float) -> bool:
    """Whether a sent number is "not available" in the standard, reserved for nothing, or cannot be."""
    if name.endswith("lon"):
        return abs(raw) > 180 * scale(kind, name)
    if name.endswith("lat"):
        return abs(raw) > 90 * scale(kind, name)
    if kind == 20 and name[:-1] in ("offset", "number", "timeout"):
        return raw == 0
    match name:
        case "speed":
            return raw == (63 if kind == 27 else 1023)
        case "course":
            return raw >= (360 if kind == 27 else 3600)
        case "heading":
            return raw >= 360
        case "second" if kind not in (4, 11):
            return raw == 60
        case "minute" | "second":
            return raw >= 60
        case "hour":
            return raw >= 24
        case "month":
            return raw == 0 or raw > 12
        case "year":
            return raw == 0 or raw > 9999
        case "turn":
            return raw == -128
        case "alt":
            return raw == 4095
        case "day" | "imo" | "draught" | "maneuver":
            return raw == 0
        case "ship_type":
            return raw == 0 and kind != 23
    return False


SHORTER = (7, 13, 15, 16, 20, 25, 26)
"""Types of which a message may have fewer fields."""
SIDES = ("to_bow", "to_stern", "to_port", "to_starboard")


# gpsd, in the integers that were sent

GPSD_FAULTS = {
    "no field": "gpsd gives 0, or nothing as text, for a field that the message does not have",
    "addressee": "gpsd knows nothing of the two spare bits after the addressee of types 25 and 26 (M.1371-4)",
    "cut off": "gpsd gives what is left of a field that the message cuts off",
    "state": "gpsd gives 0 for the communication state of type 26",
    "tail": "gpsd shows bits of the communication state in the last byte of the data of type 26",
    "vendor": "gpsd reads the model and the serial number of a vendor as four letters more of its name, as before M.1371-4",
}
CUT_OFF = {(1, "radio"): (149, 19), (7, "mmsi3"): (104, 30), (15, "offset1_2"): (96, 12)}
"""Where a field lies that a message of the samples cuts off."""
GPSD_NAMES = {"type": "msg_type", "shiptype": "ship_type", "stationtype": "station_type", "reserved": "reserved_1"}
GPSD_REGIONAL = {9: "reserved_1", 18: "reserved_2", 19: "reserved_2", 21: "reserved_1"}
GPSD_LOGS = {
    "sample.aivdm": "sample.aivdm.ju.chk",
    "ais-18-27.log": "ais-18-27.log.chk",
    "ais-nmea-type6-fid55.log": "ais-nmea-type6-fid55.log.chk",
    "ais-nmea.log": "ais-nmea.log.chk",
    "ais-raw-messages.log": "ais-raw-messages.log.chk",
    "ais_unpack_sixbit.log": "ais_unpack_sixbit.log.chk",
    "ait250.log": "ait250.log.chk",
}
HEADS = {6: ("seqno", "dest_mmsi", "retransmit", "dac", "fid"), 8: ("dac", "fid")}
ALWAYS = ("msg_type", "repeat", "mmsi")


def moments(message: dict[str, Any]) -> dict[str, Any]:
    """A message of gpsd or libais with the parts of its times as numbers of their own."""
    made = dict(message)
    for name, parts in (("timestamp", ("year", "month", "day", "hour", "minute", "second")), ("eta", ("month", "day", "hour", "minute"))):
        if name in made and message["type"] in (4, 5, 11):
            made.update(zip(parts, map(int, re.findall(r"\d+", made.pop(name))), strict=True))
    return made


def gpsd_differences(ours: dict[str, Any], message: dict[str, Any], bits: str) -> Iterator[str]:
    """What we and gpsd say differently of a message: the key of a fault, or in words what is none. Empty words where we agree."""
    kind = message["type"]
    spares = kind in (25, 26) and bits[38] == "1"
    for theirs, value in moments(message).items():
        name = GPSD_REGIONAL[kind] if theirs == "regional" else GPSD_NAMES.get(theirs, theirs)
        if theirs in ("class", "device", "scaled") or theirs.endswith("_text"):
            continue
        if kind in HEADS and name not in (*ALWAYS, *HEADS[kind], "data"):
            continue  # of an application
        if kind == 21 and name == "name":
            yield "" if value == (ours["name"] or "") + (ours["name_ext"] or "") else f"{name}: {ours['name']!r}, {value!r}"
        elif name == "vendorid" and value != (ours[name] or ""):
            letters = "".join(chr(v + 64 if v < 32 else v) for v in (int(bits[i : i + 6], 2) for i in range(48, 90, 6)))
            yield "vendor" if letters.partition("@")[0].rstrip() == value else f"{name}: {ours[name]!r}, {value!r}"
        elif name == "data":
            yield "" if value == f"{ours['data_bits']}:{ours['data']}" else gpsd_data(value, bits, spares)
        elif name == "app_id" and spares and value != (ours.get(name) or 0):
            yield "addressee" if bits[39] == "1" and value == int(bits[70:86], 2) else f"{name}: {value}"
        elif name == "radio" and kind == 26:
            yield "state" if value == 0 != ours["radio"] else "" if value == ours["radio"] else f"{name}: {value}"
        elif ours.get(name) is None and (kind, name) in CUT_OFF and is_left_of(value, bits, *CUT_OFF[kind, name]):
            yield "cut off"
        else:
            yield number_or_text(kind, name, ours, value)


def gpsd_data(value: str, bits: str, spares: bool) -> str:
    count, _, data = value.partition(":")
    start = (70 if spares else 40) + 16 * int(bits[39])
    whole, end = bits[start : start + int(count)], len(bits) - 20 * (bits[:6] == "011010")
    if start + int(count) != end or int(data, 16) >> -int(count) % 8 != int(whole, 2):
        return f"data: {value}"
    return "addressee" if spares else "tail"


def is_left_of(value: int, bits: str, first: int, width: int) -> bool:
    """Whether a number is what a message has of a field, alone or filled up with zeros, though it cuts it off."""
    left = bits[first:]
    return 0 < len(left) < width and value in (int(left, 2), int(left.ljust(width, "0"), 2))


def number_or_text(kind: int, name: str, ours: dict[str, Any], value: Any) -> str:
    """Empty words where a number as it was sent, or a text, is what we say too."""
    if ours.get(name) is None:
        if isinstance(value, str):
            return "" if not value.strip(" ") else f"{name}: none, {value!r}"
        if name in SIDES and all(ours[side] is None for side in SIDES) and value == 0:
            return ""
        if says_nothing(kind, name, value):
            return ""
        return "no field" if value == 0 and kind in SHORTER and name not in ALWAYS else f"{name}: none, {value}"
    if isinstance(value, str):
        return "" if ours[name] == value else f"{name}: {ours[name]!r}, {value!r}"
    sent = ours[name] * scale(kind, name)
    return "" if abs(sent - value) < 1e-6 * max(1, abs(value)) * (scale(kind, name) > 1) or sent == value else f"{name}: {sent}, {value}"


def test_as_gpsd_says_of_every_field(shared_data):
    faults: Counter[str] = Counter()
    messages = fields = 0
    kinds: set[int] = set()
    for log, check in GPSD_LOGS.items():
        heard: dict[tuple[int, int], list[tuple[dict[str, Any], str]]] = {}
        for payload, fill in dict.fromkeys(payloads(shared_data(f"conformance/gpsd/{log}"))):
            says = expand(payload, fill)
            heard.setdefault((says.get("msg_type", -1), says.get("mmsi", -1)), []).append((says, bits_of(payload, fill)))
        lines = shared_data(f"conformance/gpsd/{check}").read_text(errors="replace").splitlines()
        told = {
            json.dumps({k: v for k, v in json.loads(line).items() if k != "device"}) for line in lines if line.startswith('{"class":"AIS"')
        }
        for message in map(json.loads, sorted(told)):
            candidates = heard.get((message["type"], message["mmsi"]), [])
            if message["type"] == 24:  # gpsd joins both parts of type 24 into one object
                parts = [[c for c in candidates if c[0]["partno"] == part] for part in (0, 1)]
                candidates = [({**a, **b, "repeat": message["repeat"]}, bits) for a, _ in parts[0] for b, bits in parts[1]]
            differences = [list(gpsd_differences(says, message, bits)) for says, bits in candidates]
            best = min(
                differences, key=lambda found: (sum(d not in GPSD_FAULTS for d in found if d), sum(map(bool, found))), default=["not heard"]
            )
            faults.update(filter(None, best))
            messages, fields = messages + 1, fields + len(best)
            kinds.add(message["type"])
    assert set(faults) == set(GPSD_FAULTS), faults
    assert kinds == set(range(1, 28)) and messages >= 1700 and fields >= 20_000, (messages, fields, sorted(kinds))


# libais, in units

LIBAIS_FAULTS = {
    "no field": "libais gives 0 for a field that the message does not have",
    "no such field": "libais gives fields of type 15 that the standard does not have",
    "addressee": "libais knows nothing of the two spare bits after the addressee of types 25 and 26 (M.1371-4)",
    "knots": "libais reads the whole knots of an aircraft as tenths",
    "retransmit": "libais turns the retransmit flag of type 6 round",
    "gnss": "libais turns the flag of type 27 round",
    "letters": "libais has other characters for _ and '",
    "cut off": "libais gives what is left of a field that the message cuts off",
}
LIBAIS_NAMES = {
    "type": "msg_type", "shiptype": "ship_type", "stationtype": "station_type", "part_num": "partno", "alt_sensor": "barometric",
    "transmission_ctl": "transmission_control", "slots_to_allocate": "number_of_slots", "unit": "cs", "mode": "assigned",
    "regional": "reserved_1",
}  # fmt: skip  # one a line would hide what belongs together
LIBAIS_LETTERS = str.maketrans("-`", "_'")
LIBAIS_15 = {"type2_2", "offset2_2", "slot_offset_2", "msg_2"}


def libais_differences(ours: dict[str, Any], message: dict[str, Any], bits: str) -> Iterator[str]:
    """As `gpsd_differences`."""
    kind = message["type"]
    for theirs, value in moments(message).items():
        name = LIBAIS_NAMES.get(theirs, theirs)
        if theirs in ("class", "device", "scaled") or theirs.endswith("_text") or theirs.startswith("spare"):
            continue
        if kind in HEADS and name not in (*ALWAYS, *HEADS[kind]):
            continue  # of an application
        if kind == 15 and name in LIBAIS_15:
            yield "no such field"
        elif name == "commstate_cs_fill":
            yield "" if value == ours["radio"] & 0x7FFFF else f"{name}: {value}"
        elif name == "turn":
            raw = ours["turn"]
            rate = None if raw is None else (raw / 4.733) ** 2 * (1 if raw > 0 else -1)
            yield "" if value == rate or abs(value - rate) < 1e-4 else f"turn: {raw}, {value}"
        elif kind == 9 and name == "speed":
            yield "knots" if abs(value * 10 - ours["speed"]) < 1e-4 else f"speed: {value}"
        elif (kind, name) in ((6, "retransmit"), (27, "gnss")):
            yield name if value != ours[name] else f"{name} is not turned round"
        elif ours.get(name) is None and (kind, name) in CUT_OFF and is_left_of(value, bits, *CUT_OFF[kind, name]):
            yield "cut off"
        elif name == "imo":
            yield "" if int(value) == (ours["imo"] or 0) else f"imo: {value}"
        elif kind in (25, 26) and name in ("dac", "fid") and bits[38] == "1" and value != ours[name]:
            at, width = (70, 10) if name == "dac" else (80, 6)
            yield "addressee" if value == int(bits[at : at + width], 2) else f"{name}: {value}"
        elif isinstance(value, str):
            wrong = "letters" if value.translate(LIBAIS_LETTERS) == ours[name] else f"{name}: {ours[name]!r}, {value!r}"
            yield "" if value == (ours[name] or "") else wrong
        elif ours.get(name) is None or isinstance(value, bool | int):
            yield number_or_text(kind, name, ours, value * scale(kind, name))
        else:
            yield "" if abs(ours[name] - value) < 2e-5 else f"{name}: {ours[name]}, {value}"


def test_as_libais_says_of_every_field(shared_data):
    heard: dict[tuple[int, int], list[tuple[dict[str, Any], str]]] = {}
    for payload, fill in payloads(shared_data("conformance/libais/typeexamples.nmea")):
        says = expand(payload, fill)
        heard.setdefault((says["msg_type"], says["mmsi"]), []).append((says, bits_of(payload, fill)))
    faults: Counter[str] = Counter()
    messages = fields = 0
    for line in shared_data("conformance/libais/typeexamples.json").read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        differences = [list(libais_differences(says, message, bits)) for says, bits in heard[message["type"], message["mmsi"]]]
        best = min(differences, key=lambda found: sum(map(bool, found)))
        faults.update(filter(None, best))
        messages, fields = messages + 1, fields + len(best)
    assert set(faults) == set(LIBAIS_FAULTS), faults
    assert messages == 26 and fields >= 290, (messages, fields)


# pyais, in units

PYAIS_FAULTS = {
    "nothing": "pyais gives the numbers that mean not available, that are reserved, or that cannot be, as values",
    "cut off": "pyais gives a value for a field that the message cuts off",
    "blanks": "pyais strips leading blanks of a text",
    "at": "pyais keeps what stands behind the @ that ends a text",
    "letter": "pyais makes a letter of bits that are no whole letter",
    "extension": "pyais goes on with the extension of a name that has ended, and strips the blank between both",
    "code": "pyais gives reserved codes as 0 or as another reserved one, and ship types as another of their ten",
    "minutes": "pyais gives places in 1/10 minute as minutes, in type 17 without a sign",
    "addressee": "pyais knows nothing of the two spare bits after the addressee of types 25 and 26 (M.1371-4)",
    "state": "pyais looks for the communication state of type 26 only at the end of the longest message",
}
RESERVED_FROM = {"station_type": 7, "interval": 11}
CODES = ("ship_type", "epfd", "aid_type", "station_type", "txrx", "interval", "maneuver", "status")


def plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return plain(value.value)
    return value.hex() if isinstance(value, bytes) else value


def pyais_differences(ours: dict[str, Any], peer: Any, bits: str) -> Iterator[str]:
    """As `gpsd_differences`. `peer`: a message of pyais, with its own list of where its fields lie."""
    kind = ours["msg_type"]
    told = {name: plain(value) for name, value in peer.asdict().items()}
    for name, first, width, *_ in peer.decoder_plan():
        if name.startswith(("spare", "empty")):
            continue
        if kind in HEADS and name not in (*ALWAYS, *HEADS[kind], "data"):
            continue  # of an application
        yield pyais_difference(kind, name, ours, told[name], (first, width), bits)


def pyais_difference(kind: int, name: str, ours: dict[str, Any], value: Any, place: tuple[int, int], bits: str) -> str:
    own, (first, width) = ours.get(name), place
    wrong = f"{kind} {name}: {own!r}, {value!r}"
    spares = kind in (25, 26) and bits[38] == "1"
    if name == "name_ext":
        same = (own or "").strip() == (value or "")
        return ("" if own == value else "extension") if same or own is None or ours["name"] is None else text_difference(own, value, wrong)
    if name == "data":
        return data_difference(kind, own, value, place, bits, wrong)
    if name == "app_id" and spares:
        return ("" if value is None else wrong) if len(bits) <= 70 else "addressee" if value == int(bits[70:86], 2) else wrong
    if name == "radio" and kind == 26 and own != value:
        return "state"
    if value is None:
        return "" if not own else wrong
    if name == "turn" and own is not None:
        rate = own if abs(own) == 127 else (own / 4.733) ** 2 * (1 if own > 0 else -1)
        return "" if abs(float(value) - rate) <= 0.51 else wrong
    if isinstance(value, str):
        if own is None and first + width > len(bits):
            return "" if not value else "cut off"
        return text_difference(own or "", value, wrong)
    if kind in (17, 22, 23) and name.endswith(("lon", "lat")):
        sent = round(value * 10)
        signed = sent - (1 << width) if kind == 17 and sent >> (width - 1) else sent
        if own is None:
            return "cut off" if first + width > len(bits) else "nothing" if says_nothing(kind, name, signed) else wrong
        return "minutes" if round(own * 600) == signed else wrong
    if own is None:
        if first + width > len(bits):
            return "cut off"
        if name in SIDES and value == 0 and all(ours[side] is None for side in SIDES):
            return "nothing"
        return "nothing" if says_nothing(kind, name, float(value) * scale(kind, name)) else wrong
    if name.endswith(("lon", "lat")):
        return "" if round(own * scale(kind, name)) == round(float(value) * scale(kind, name)) else wrong
    if own != value and name in CODES:
        ship_type = name == "ship_type" and value // 10 == own // 10
        return "code" if value == 0 or ship_type or own >= RESERVED_FROM.get(name, 256) else wrong
    return "" if abs(own - float(value)) < 1e-9 else wrong


def text_difference(own: str, value: str, wrong: str) -> str:
    if own == value:
        return ""
    if own.strip(" ") == value:
        return "blanks"
    if own.strip(" ") == value.partition("@")[0].strip(" "):
        return "at"
    return "letter" if own.strip(" ") == value[:-1].strip(" @") or own.strip(" ") == value[:-1].partition("@")[0].strip(" ") else wrong


def data_difference(kind: int, own: str | None, value: str | None, place: tuple[int, int], bits: str, wrong: str) -> str:
    if (own or "") == (value or ""):
        return ""
    first, width = place
    if value != as_bytes(bits[first : first + width]):
        return wrong
    if kind in (25, 26) and bits[38] == "1":
        return "addressee"
    return "state" if kind == 26 else wrong


def test_as_pyais_says_of_every_field(shared_data):
    faults: Counter[str] = Counter()
    kinds: Counter[int] = Counter()
    refused: set[str] = set()
    fields = 0
    seen: set[tuple[bytes, int]] = set()
    for name in RECORDINGS:
        seen.update(payloads(shared_data(f"nmea/{name}")))
    for payload, fill in sorted(seen):
        says = expand(payload, fill)
        kind = payload[0] - 48 if payload[0] < 96 else payload[0] - 56
        if "error" in says:
            assert kind not in range(1, 28)
            continue
        bits = bits_of(payload, fill)
        if kind == 6 and len(bits) <= 72:
            continue  # pyais may read it as another message
        try:
            peer = MSG_CLASS[kind].from_vector(bit_vector(payload, fill))
        except Exception as error:
            refused.add(f"{kind} {type(error).__name__}")
            continue
        found = list(pyais_differences(says, peer, bits))
        faults.update(filter(None, found))
        kinds[kind] += 1
        fields += len(found)
    assert set(faults) == set(PYAIS_FAULTS), faults
    assert refused == {"24 UnknownPartNoException"}, refused
    assert set(kinds) == set(range(1, 28)) and kinds.total() >= 61_000 and fields >= 930_000, (kinds, fields)
