"""The configuration: what is right loads, what is wrong is said with its place, and nothing in a file breaks the reader."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.config import Config, ShipList, Station, check, load, ships_from
from tankerwatch.config.keys import KEYS, KINDS, SECTIONS, loopback
from tankerwatch.config.load import example_of, quoted
from tankerwatch.config.page import example, page
from tankerwatch.config.ships import FILE_LIMIT_BYTES, REMARKS_LIMIT, imo_is_valid, sent_name, ship_of
from tankerwatch.core import mmsi
from tankerwatch.core.errors import ConfigFault
from tankerwatch.detect import catalog


@dataclass(frozen=True)
class Threshold:
    value: float
    unit: str
    meaning: str
    low: float
    high: float


@dataclass(frozen=True)
class Danger:
    id: str = "dark"
    words: str = "gone dark"
    settings: dict[str, Threshold] = field(default_factory=lambda: {"silent_s": Threshold(600, "s", "silence", 60, 7200)})


COMMON = {key.name for key in KEYS if key.section == "detect.ID" and not key.optional}
DETECTORS = (Danger(), Danger("closing", "closing", {}))


@pytest.fixture
def written(tmp_path: Path):
    """Writes a configuration and gives its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "desk.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_nothing_has_to_be_set(written):
    config = load(None, DETECTORS)
    assert config == load(written(""), DETECTORS)
    assert config.listen == "127.0.0.1:8420"
    assert config.guard_kinds == ("tanker",)
    assert config.detectors["dark"].enabled and config.detectors["dark"].settings == {"silent_s": 600.0}
    assert not config.guard and not config.fleet and not config.stations and not config.sources


def test_every_key_is_read(written, tmp_path):
    (tmp_path / "charter.csv").write_text("IMO,Name\n9745902,FRONT ALTAIR\n")
    config = load(
        written(
            """
            [desk]
            listen = "localhost:9000"
            [sources]
            list = ["tcp://127.0.0.1:10110", "-"]
            [guard]
            kinds = ["passenger", "tanker"]
            ships = ["538001234"]
            lists = ["charter.csv"]
            [fleet]
            ships = ["front altair"]
            [station.fujairah]
            lat_deg = 25
            lon_deg = 56.36
            [detect.dark]
            enabled = false
            except = ["PILOT 3", "IMO 9745902"]
            silent_s = 900
            """
        ),
        DETECTORS,
    )
    assert config.listen == "localhost:9000"
    assert config.sources == ("tcp://127.0.0.1:10110", "-")
    assert config.guard_kinds == ("passenger", "tanker")
    assert config.guard == ShipList(mmsis=frozenset({538001234}), imos=frozenset({9745902}))
    assert config.fleet.holds(name="FRONT ALTAIR") and not config.fleet.holds(name="FRONT") and not config.fleet.holds(name="")
    assert config.stations == {"fujairah": Station(25.0, 56.36)}
    dark = config.detectors["dark"]
    assert not dark.enabled and dark.settings["silent_s"] == 900.0
    assert dark.excepted.holds(name="pilot 3") and dark.excepted.holds(imo=9745902) and not dark.excepted.holds(mmsi=1)


@pytest.mark.parametrize(
    ("text", "where", "what", "help"),
    [
        ("[desk]\nlistn = 'x'", "desk.listn", "no such key", "did you mean listen?"),
        ("[dsk]", "dsk", "no such section", "did you mean desk?"),
        ("desk = 1", "desk", "the number 1, not a section", "[desk]"),
        ("[desk]\nlisten = 8420", "desk.listen", "the number 8420, not a text", 'listen = "127.0.0.1:8420"'),
        ("[desk]\nlisten = 'desk.example:8420'", "desk.listen", "no address", "0.0.0.0"),
        ("[desk]\nlisten = '127.0.0.1:99999'", "desk.listen", "no address", "HOST:PORT"),
        ("[sources]\nlist = ['http://x']", "sources.list", "'http://x' is no source", "tcp://"),
        ("[desk]\ncharts = 'nowhere'", "desk.charts", "'nowhere' is no folder", "*.mbtiles"),
        ("[sources]\nlist = ['tcp-listen://0.0.0.0:1']", "sources.list", "anyone on the network could send", "127.0.0.1:1"),
        ("[sources]\nlist = ['tcp://nowhere']", "sources.list", "needs a host and a port", "tcp://192.0.2.1:10110"),
        ("[sources]\nlist = ['file:absent.nmea']", "sources.list", "no such file", "check the path"),
        ("[sources]\nlist = ['file:absent.nmea?speed=fast']", "sources.list", "speed must be a number", "speed=1"),
        ("[sources]\nlist = ['file:/dev/null', '-']", "sources.list", "cannot be watched together", "alone"),
        ("[sources]\nlist = '-'", "sources.list", "the text '-', not a list of texts", "list = ["),
        ("[guard]\nkinds = ['tankr']", "guard.kinds", "no kind 'tankr'", "did you mean tanker?"),
        ("[guard]\nships = ['IMO 9745903']", "guard.ships", "last digit", "FRONT ALTAIR"),
        ("[guard]\nlists = ['absent.csv']", "guard.lists", "cannot be read", "CSV"),
        ("[fleet]\nships = ['12345']", "fleet.ships", "has 5 digits", "538001234"),
        ("[station.a]\nlat_deg = 91\nlon_deg = 1", "station.a.lat_deg", "91 is out of range", "-90 to 90 deg"),
        ("[station.a]\nlat_deg = nan\nlon_deg = 1", "station.a.lat_deg", "nan is out of range", "-90 to 90 deg"),
        ("[station.a]\nlat_deg = 1", "station.a.lon_deg", "is missing", "lon_deg = "),
        ("[station]\na = 1", "station.a", "the number 1, not a section", "[station.a]"),
        ("station = [1]", "station", "a list, not sections", "[station.NAME]"),
        ("[detect.drk]", "detect.drk", "no such detector", "did you mean dark?"),
        ("[detect.dark]\nenabled = 1", "detect.dark.enabled", "the number 1, not true or false", "enabled = true"),
        ("[detect.dark]\nsilent_s = true", "detect.dark.silent_s", "true, not a number", "silent_s = 600.0"),
        ("[detect.dark]\nsilent_s = 59.9", "detect.dark.silent_s", "out of range", "60 to 7200 s: silence"),
        ("[detect.dark]\nsilent_s = 2019-06-13", "detect.dark.silent_s", "a date or time", "600.0"),
        ("[detect.dark]\nexcept = [1]", "detect.dark.except", "a list, not a list of texts", "except = ["),
        ("[detect.dark]\nsilence_s = 60", "detect.dark.silence_s", "no such key", "did you mean silent_s?"),
        ("[detect.dark]\nexcept = ['A + ']", "detect.dark.except", "'' is empty", "538001234"),
        ("[detect.dark]\nexcept_kinds = ['tug']", "detect.dark.except_kinds", "no kind 'tug'", "tanker"),
        ("[detect.dark]\nexcept_areas = ['roads']", "detect.dark.except_areas", "no zone 'roads'", "[zone.roads]"),
        ("[detect.dark]\nonly = ['IMO 9745903']", "detect.dark.only", "last digit", "FRONT ALTAIR"),
        ("[detect.dark]\nquiet_hours = ['22-6']", "detect.dark.quiet_hours", "no span of hours", "22:00-06:00"),
        ("[detect.dark]\nquiet_hours = ['24:30-06:00']", "detect.dark.quiet_hours", "no span of hours", "UTC"),
        ("[detect.dark]\nbudget_an_hour = -1", "detect.dark.budget_an_hour", "out of range", "0 to 1000"),
        ("[quiet]\nin_port = ['distress']", "quiet.in_port", "never kept quiet", "closing"),
        ("[quiet]\nin_port = ['drk']", "quiet.in_port", "no detector 'drk'", "did you mean dark?"),
        ("[budget]\nwatch_hours = 0", "budget.watch_hours", "out of range", "0.5 to 24"),
        ("[zone.a]", "zone.a", "neither file nor polygon", "zones.geojson"),
        ("[zone.a]\npolygon = 1", "zone.a.polygon", "the number 1, not a list of [latitude", "polygon = [["),
        ("[zone.a]\npolygon = [[1, 2], [3, 4]]", "zone.a.polygon", "fewer than three corners", "polygon = [["),
        ("[zone.a]\npolygon = [[1, 2], [3, 4], ['x', 1]]", "zone.a.polygon", "corner 2 is no pair of numbers", "polygon = [["),
        ("[zone.a]\npolygon = [[103, 1], [104, 1], [104, 2]]", "zone.a.polygon", "corner 0 is 103, 1: no place", "polygon = [["),
        ("[zone.a]\npolygon = [[80, 0], [80, 120], [80, -120]]", "zone.a.polygon", "goes round a pole", "polygon = [["),
        ("[zone.a]\nfile = 'absent.geojson'", "zone.a.file", "cannot be read", "GeoJSON"),
        ("[zone.a]\npolygon = [[1, 1], [1, 2], [2, 2]]\nrule = ['inside']", "zone.a.rule", "no rule 'inside'", "enter"),
        ("[zone.a]\npolygon = [[1, 1], [1, 2], [2, 2]]\nseverity = 'distress'", "zone.a.severity", "no severity 'distress'", "danger"),
        ("[zone.a]\npolygon = [[1, 1], [1, 2], [2, 2]]\nmin_kn = 9\nmax_kn = 5", "zone.a.min_kn", "9 is above max_kn", "exchange"),
        ("[desk", "", "is not TOML", "config show"),
        (b"\xff\xfe", "", "is not UTF-8 at byte 0", "UTF-8"),
        ("a = " + "[" * 100_000, "", "is not TOML", "config show"),
        (b" " * ((1 << 20) + 1), "", "larger than 1 MiB", "config show"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(written, text, where, what, help):
    path = written(text)
    with pytest.raises(ConfigFault) as raised:
        load(path, DETECTORS)
    fault = raised.value
    assert fault.where.startswith(str(path)) and where in fault.where
    assert what in fault.what and help in fault.help
    assert "\n" not in str(fault)


def test_a_port_for_other_machines_is_allowed_on_purpose_only(written):
    config = load(written("[sources]\nallow_remote = true\nlist = ['tcp-listen://0.0.0.0:1']"), DETECTORS)
    assert config.allow_remote and config.sources == ("tcp-listen://0.0.0.0:1",)
    assert not load(None, DETECTORS).allow_remote


def test_a_folder_of_charts_is_seen_from_the_file(written, tmp_path):
    (tmp_path / "mine").mkdir()
    assert load(written("[desk]\ncharts = 'mine'"), DETECTORS).charts == str(tmp_path / "mine")


def test_all_faults_are_told_at_once(written):
    path = written("[dsk]\n[desk]\nlisten = 1\n[detect.dark]\nsilent_s = 1\n")
    _, faults = check(path, DETECTORS)
    assert [fault.where.rpartition(" ")[2] for fault in faults] == ["dsk", "desk.listen", "detect.dark.silent_s"]
    with pytest.raises(ConfigFault, match="and 2 more: tankerwatch config check"):
        load(path, DETECTORS)


def test_absent_file(tmp_path):
    with pytest.raises(ConfigFault, match="cannot be read"):
        load(tmp_path / "absent.toml", DETECTORS)
    with pytest.raises(ConfigFault, match="cannot be read"):
        load(tmp_path, DETECTORS)


def test_what_show_prints_is_the_default(written):
    detectors = catalog.detectors()
    text = example(detectors)
    assert load(written(text), detectors) == load(None, detectors)
    tree = tomllib.loads(text)
    assert set(tree) == set(SECTIONS) - {"station", "zone"}, "a station and a zone have no default place"
    assert set(tree["detect"]) == {detector.id for detector in detectors}
    for detector in detectors:
        assert set(tree["detect"][detector.id]) == {*COMMON, *detector.settings}


COMPANIONS = {
    "desk.certificate_file": 'key_file = "desk.key"',
    "desk.key_file": 'certificate_file = "desk.pem"',
    "desk.trusted_proxies": 'hosts = ["desk.example"]',
    "oidc.issuer": 'client_id = "tankerwatch"\nviewers = ["port-office"]',
}
"""What a key needs beside it."""


def test_examples_in_comments_load(written):
    """Every `Such as …` of a key is itself a right value."""
    for key in KEYS:
        if not key.example or key.path.endswith("lists") or key.path in ("zone.NAME.file", "context.file", "webhook.url", "desk.charts"):
            continue
        section = key.section.replace("NAME", "a").replace("ID", "dark")
        other = {"lat_deg": "lon_deg = 0", "lon_deg": "lat_deg = 0"}.get(key.name, "")
        if key.section == "zone.NAME" and key.name != "polygon":
            other = "polygon = [[1, 1], [1, 2], [2, 2]]"
        if key.name == "feature":
            continue
        other = COMPANIONS.get(key.path, other)
        load(written(f"[{section}]\n{key.name} = {key.example}\n{other}"), DETECTORS)


def test_a_webhook_needs_a_secret_and_a_safe_address(written, tmp_path):
    (tmp_path / "long").write_bytes(b" 0123456789abcdef\n")
    (tmp_path / "short").write_bytes(b"0123456789abcde\n")
    hook = load(written('[webhook]\nurl = "https://duty.example/x?y=1"\nsecret_file = "long"\nleast = "caution"'), DETECTORS).webhook
    assert hook is not None and (hook.secret, hook.least, hook.host) == (b"0123456789abcdef", "caution", "duty.example")
    assert load(written('[webhook]\nleast = "caution"'), DETECTORS).webhook is None, "off"
    url = 'url = "https://duty.example/x"\n'
    for text, where, what in (
        (url, "webhook.secret_file", "is missing"),
        (f'{url}secret_file = "none"', "webhook.secret_file", "cannot be read"),
        (f'{url}secret_file = "short"', "webhook.secret_file", "holds 15 bytes"),
        ('url = "http://duty.example/x"\nsecret_file = "long"', "webhook.url", "no https address"),
        ('url = "https://me:word@duty.example/x"\nsecret_file = "long"', "webhook.url", "no https address"),
        (f'{url}secret_file = "long"\nleast = "worse"', "webhook.least", "worse"),
        (f'{url}secret_file = "long"\nanswers = ["seen"]', "webhook.answers", "'seen'"),
        (f'{url}secret_file = "long"\nca_file = "none.pem"', "webhook.ca_file", "cannot be read"),
        (f'{url}secret_file = "long"\nca_file = "short"', "webhook.ca_file", "holds no certificate"),
    ):
        _, faults = check(written(f"[webhook]\n{text}"), DETECTORS)
        assert [(fault.where.endswith(where), what in fault.what) for fault in faults] == [(True, True)], text


def test_defaults_are_within_their_bounds():
    for detector in catalog.detectors():
        for name, setting in detector.settings.items():
            assert setting.low <= setting.value <= setting.high, f"{detector.id}.{name}"
            assert name not in {key.name for key in KEYS if key.section == "detect.ID"}, (
                f"{detector.id}.{name} is the name of a key that all detectors have"
            )


def test_the_page_names_every_key():
    text = page(DETECTORS)
    for key in KEYS:
        assert f"| `{key.name}` | {key.meaning} |" in text
    assert "### `[detect.dark]`" in text and "| `silent_s` | silence | `600.0` | 60 to 7200 s |" in text


def test_kinds_are_those_of_the_program():
    assert [getattr(mmsi, kind.upper()) for kind in KINDS] == list(range(1, len(KINDS) + 1))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8420", ("127.0.0.1", 8420)),
        ("127.1.2.3:1", ("127.1.2.3", 1)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:8420", ("::1", 8420)),
        ("0.0.0.0:8420", None),
        ("192.168.1.2:8420", None),
        ("[::]:8420", None),
        ("ship.example:80", None),
        ("127.0.0.1", None),
        (":80", None),
        ("127.0.0.1:65536", None),
        ("127.0.0.1:99999999999999999999", None),
        ("127.0.0.1:-1", None),
        ("127.0.0.1:²", None),
        ("", None),
    ],
)
def test_only_loopback_is_listened_on(text, address):
    assert loopback(text) == address


@given(st.text())
def test_no_text_is_taken_for_an_address_by_mistake(text):
    found = loopback(text)
    assert found is None or found[0] == "localhost" or found[0].startswith(("127.", "::1", "0:", "0000:", "::ffff:127", "::0", "::00"))


@given(st.binary(max_size=400) | st.text(alphabet="[]={}\",'\n.#truefalsnid_012345679x-: \\", max_size=300).map(str.encode))
def test_no_file_breaks_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_bytes(content)
    config, faults = check(path, DETECTORS)
    assert isinstance(config, Config)
    assert all(fault.help and fault.where for fault in faults)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12).map(quoted) | st.just("1979-05-27T07:32:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "lat_deg", "dark", "list"]), inner, max_size=3),
    max_leaves=6,
)


def toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(toml(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(part)}" for name, part in value.items()) + "}"
    return {None: '""', True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool | None) else str(value)


@given(st.dictionaries(st.sampled_from([*SECTIONS, "x"]), VALUES | st.dictionaries(st.sampled_from([k.name for k in KEYS]), VALUES)))
def test_no_value_breaks_the_reader(tmp_path_factory, tree):
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_text("\n".join(f"{name} = {toml(value)}" for name, value in tree.items()), encoding="utf-8")
    config, faults = check(path, DETECTORS)
    assert isinstance(config.listen, str) and all(isinstance(source, str) for source in config.sources)
    assert all(60 <= value <= 7200 for value in config.detectors["dark"].settings.values())
    assert all(-90 <= station.lat_deg <= 90 for station in config.stations.values())
    assert all("not TOML" not in fault.what for fault in faults), "the test's own TOML is right"


@given(st.text())
def test_quoted_text_is_read_back(text):
    text = text.encode("utf-8", "ignore").decode()
    assert tomllib.loads(f"a = {quoted(text)}")["a"] == text


def test_defaults_are_toml():
    for key in KEYS:
        if key.default is not None:
            value = tomllib.loads(f"a = {example_of(key)}")["a"]
            assert (tuple(value) if isinstance(value, list) else value) == key.default


# Lists of ships.


@pytest.mark.parametrize("imo", [9745902, 9074729, 1000007, 9000003])
def test_imo_numbers(imo):
    assert imo_is_valid(imo)
    assert not any(imo_is_valid(imo - imo % 10 + other) for other in range(10) if other != imo % 10)


@pytest.mark.parametrize("imo", [0, -9745902, 974590, 97459020])
def test_no_imo_numbers(imo):
    assert not imo_is_valid(imo)


@pytest.mark.parametrize(
    ("entry", "ship"),
    [
        ("538001234", ShipList(mmsis=frozenset({538001234}))),
        (" MMSI 538001234 ", ShipList(mmsis=frozenset({538001234}))),
        ("9745902", ShipList(imos=frozenset({9745902}))),
        ("imo9745902", ShipList(imos=frozenset({9745902}))),
        ("IMO: 9745902", ShipList(imos=frozenset({9745902}))),
        ("Front  Altair", ShipList(names=frozenset({"FRONT ALTAIR"}))),
        ("Åland Ære", "letters that AIS cannot send"),
        ("Château d'If", ShipList(names=frozenset({"CHATEAU D'IF"}))),
        ("A NAME LONGER THAN TWENTY", ShipList(names=frozenset({"A NAME LONGER THAN T"}))),
        ("IMO 538001234", "9 digits"),
        ("MMSI 9745902", "7 digits"),
        ("000000000", "all zeros"),
        ("", "empty"),
        ("٥٣٨٠٠١٢٣٤", "letters that AIS cannot send"),
    ],
)
def test_one_ship(entry, ship):
    found = ship_of(entry)
    if isinstance(ship, str):
        assert isinstance(found, str) and ship in found
    else:
        assert found == ship


@pytest.mark.parametrize(
    ("content", "ships", "remarks"),
    [
        (b"538001234\n9745902\nFRONT ALTAIR\n", ShipList(frozenset({538001234}), frozenset({9745902}), frozenset({"FRONT ALTAIR"})), []),
        (b"\xef\xbb\xbfVessel Name;IMO No.;Flag\nKOKUKA;9568495;PA\n", ShipList(imos=frozenset({9568495})), []),
        (b"# ours\n\nmmsi\tname\n538001234\tX\n\tLADY\n", ShipList(mmsis=frozenset({538001234}), names=frozenset({"LADY"})), []),
        (b'Ship,Flag\n"LADY, THE",PA\n', ShipList(names=frozenset({"LADY, THE"})), []),
        (b"9745902,FRONT ALTAIR,Panama\r\n", ShipList(imos=frozenset({9745902})), []),
        ("name\nCÔTE\n".encode("cp1252"), ShipList(names=frozenset({"COTE"})), []),
        (
            b"imo\n9745902\n9745903\n12\n",
            ShipList(imos=frozenset({9745902})),
            ["line 3: 'IMO 9745903' is no IMO", "line 4: 'IMO 12' has 2"],
        ),
        (b"538001234\nLADY,Panama\n", ShipList(mmsis=frozenset({538001234})), ["line 2: 'LADY, Panama': which is the name?"]),
        (b"mmsi,name\n538001234,A\n,\n x,\n", ShipList(mmsis=frozenset({538001234})), ["line 4: 'x' is no MMSI number"]),
        (b"imo,name\nn/a,LADY\n", ShipList(names=frozenset({"LADY"})), ["line 2: 'n/a' is no IMO number"]),
    ],
)
def test_lists_as_offices_keep_them(tmp_path, content, ships, remarks):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    found, said = ships_from(path)
    assert found == ships
    assert len(said) == len(remarks)
    for line, wanted in zip(said, remarks, strict=True):
        assert line.startswith(str(path)) and wanted in line


def test_a_list_that_names_no_ship_is_refused(tmp_path):
    path = tmp_path / "list.csv"
    for content, wanted in ((b"", "one ship a line"), (b"imo\n1\n", "line 2"), (b"\x00\x01\n", "line 1")):
        path.write_bytes(content)
        with pytest.raises(ConfigFault) as raised:
            ships_from(path)
        assert wanted in raised.value.help
    path.write_bytes(b"9" * (FILE_LIMIT_BYTES + 1))
    with pytest.raises(ConfigFault, match="larger than 8 MiB"):
        ships_from(path)


def test_remarks_are_bounded(tmp_path, written):
    (tmp_path / "list.csv").write_text("538001234\n" + "1\n" * 1000)
    config = load(written('[guard]\nlists = ["list.csv"]'), DETECTORS)
    assert config.guard == ShipList(mmsis=frozenset({538001234}))
    assert len(config.remarks) == REMARKS_LIMIT + 1 and "and 980 more" in config.remarks[-1]


@given(st.binary(max_size=300) | st.text(alphabet='imoesna,;\t"\n#0123456789 É', max_size=200).map(str.encode))
def test_no_list_breaks_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    try:
        ships, _ = ships_from(path)
    except ConfigFault:
        return
    assert ships
    assert all(imo_is_valid(imo) for imo in ships.imos) and all(0 < number < 1_000_000_000 for number in ships.mmsis)
    assert all(name == sent_name(name) for name in ships.names)
