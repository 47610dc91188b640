"""Every key of the configuration, declared once: the loader, the reference page and `config show` all read this list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Final, Protocol

TEXT: Final = "a text"
TEXTS: Final = "a list of texts"
NUMBER: Final = "a number"
SWITCH: Final = "true or false"
CORNERS: Final = "a list of [latitude, longitude] pairs"

ROUTINE: Final = ("closing", "collision", "dark", "loitering", "rendezvous")
"""Rules that the daily work of a port sets off: boats come alongside, ships lie side by side and switch off."""
KINDS: Final = ("tanker", "cargo", "passenger", "fishing", "service", "high_speed", "pleasure", "authority", "other")
"""Kinds of ship that can be guarded as a whole, in the order of their codes 1 to 9 (docs/reference/wire.md)."""


class DeclaredSetting(Protocol):
    """What a detector says of one of its thresholds."""

    @property
    def value(self) -> float:
        """The default."""
        ...

    @property
    def unit(self) -> str:
        """Its unit, "-" for none."""
        ...

    @property
    def meaning(self) -> str:
        """What it means."""
        ...

    @property
    def low(self) -> float:
        """The least value allowed."""
        ...

    @property
    def high(self) -> float:
        """The greatest value allowed."""
        ...


class DeclaredDetector(Protocol):
    """What the configuration needs to know of a detector; the catalogue of detectors gives it."""

    @property
    def id(self) -> str:
        """Its name in `[detect.ID]`."""
        ...

    @property
    def words(self) -> str:
        """The danger as it is said."""
        ...

    @property
    def settings(self) -> Mapping[str, DeclaredSetting]:
        """Its thresholds by name."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `path` is section and name (`station.NAME.lat_deg`: NAME is any); `default` None: it must be given, or may be absent
    where it is `optional`.
    """

    path: str
    kind: str
    default: Any
    meaning: str
    unit: str = "-"
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    example: str = ""
    optional: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def section(self) -> str:
        """All but the last part of the path."""
        return self.path.rpartition(".")[0]


SECTIONS: Final[dict[str, str]] = {
    "desk": "Where the page and the API are served. On this machine's own address nobody logs in; on any other, and behind a proxy, "
    "everybody does (docs/guide/access.md).",
    "oidc": "A log-in by an identity provider (OpenID Connect), beside the users file. It needs the extra `oidc`.",
    "public": "A second address that shows everybody late and rounded positions, and nothing else (docs/guide/access.md).",
    "sources": "What `tankerwatch watch` listens to when its command line names no source.",
    "guard": "Ships that other craft must not close on unnoticed, by kind and by name.",
    "fleet": "Your own ships, marked on the map. To guard them too, name them in [guard] as well.",
    "context": "What is usual in these waters, learnt before: a watch that is given it need not begin cold.",
    "journal": "What becomes of all that is received: copies elsewhere, how long it is kept, who is told how far it reaches. Each copy is "
    "fed by itself and cannot hold up the watch.",
    "webhook": "Who is told of alerts when nobody looks at the desk. Off while it has no `url`; never used in a replay or a demo.",
    "history": "What `tankerwatch history` looks at: tables made from the journal, which keeps all.",
    "station": "Where your sensors stand, one section each: `[station.NAME]`, NAME as the feed or its tag block `s:` calls it. "
    "A radar tells bearing and distance from itself (`TTM`); without its place its targets cannot be put on the map.",
    "zone": "Areas of the sea, one section each: `[zone.NAME]`, from a GeoJSON file or with corners written here. What is not wanted in it "
    "is told by the detector `zone`; without any rule it is a name for `except_areas`, or a `port`.",
    "budget": "How many alerts a rule may raise singly. Beyond that they share one alert, which tells the setting that would change "
    "it most. A distress is never held back.",
    "quiet": "What is not worth a shout while a ship lies in port. It is counted, and told when it grows to danger; a distress is "
    "always told.",
    "detect": "One section for each detector, `[detect.ID]`: switch it, leave ships out of it, move its thresholds. "
    "`tankerwatch try` shows what a threshold would have raised before it is set.",
}

SHIP_WORDS: Final = 'an MMSI ("538001234"), an IMO number ("IMO 9000003") or a name ("FRONT ALTAIR")'

KEYS: Final[tuple[Key, ...]] = (
    Key("desk.charts", TEXT, "", "a folder of your own charts, *.pmtiles and *.mbtiles, seen from this file's folder", example='"charts"'),
    Key(
        "desk.listen", TEXT, "127.0.0.1:8420", "address and port of the page; one that other machines reach needs users, and TLS or a proxy"
    ),
    Key(
        "desk.users_file",
        TEXT,
        "",
        "the file of users, seen from this file's folder; without it users.json of --data",
        example='"users.json"',
    ),
    Key(
        "desk.certificate_file",
        TEXT,
        "",
        "the certificate of this desk for TLS, in PEM, with those between it and its CA",
        example='"desk.pem"',
    ),
    Key("desk.key_file", TEXT, "", "and the key of it", example='"desk.key"'),
    Key(
        "desk.hosts",
        TEXTS,
        (),
        "names by which browsers ask for this desk, beside the address; others are refused",
        example='["desk.example"]',
    ),
    Key(
        "desk.trusted_proxies",
        TEXTS,
        (),
        "addresses of proxies that speak TLS for this desk; what they say of who asks is believed, and of nobody else",
        example='["127.0.0.1"]',
    ),
    Key("desk.idle_minutes", NUMBER, 30.0, "a log-in ends after so long without a page open", "-", 1.0, 1440.0),
    Key("desk.session_hours", NUMBER, 12.0, "and after so long at the latest", "-", 0.1, 168.0),
    Key("oidc.issuer", TEXT, "", "the provider's address, as it calls itself; empty: none", example='"https://login.example/realms/port"'),
    Key("oidc.client_id", TEXT, "", "how the provider calls this desk", example='"tankerwatch"'),
    Key("oidc.secret_file", TEXT, "", "a file with the secret that the provider gave, if any", example='"oidc.secret"'),
    Key("oidc.scopes", TEXTS, ("openid", "profile"), "what is asked of it"),
    Key("oidc.name_claim", TEXT, "preferred_username", "which claim names a person; it becomes the name beside decisions"),
    Key("oidc.roles_claim", TEXT, "groups", "which claim tells roles; points lead inwards, as in realm_access.roles"),
    Key("oidc.viewers", TEXTS, (), "values of that claim that make a viewer", example='["port-office"]'),
    Key("oidc.watchkeepers", TEXTS, (), "that make a watchkeeper", example='["vts-watch"]'),
    Key("oidc.admins", TEXTS, (), "that make an admin", example='["vts-admin"]'),
    Key("public.listen", TEXT, "", "address and port for everybody; empty: none", example='"0.0.0.0:8430"'),
    Key("public.delay_minutes", NUMBER, 15.0, "how late positions are shown there", "-", 5.0, 10080.0),
    Key("public.step_deg", NUMBER, 0.1, "to which steps they are rounded", "deg", 0.01, 1.0),
    Key(
        "sources.list",
        TEXTS,
        (),
        "the feeds: tcp://HOST:PORT, tcp-listen://ADDRESS:PORT, udp://ADDRESS:PORT, serial:DEVICE, file:PATH, or - for standard input",
        example='["tcp://127.0.0.1:10110", "udp://0.0.0.0:10111"]',
    ),
    Key("sources.allow_remote", SWITCH, False, "whether tcp-listen may wait where other machines reach it: then anyone there can send"),
    Key("guard.kinds", TEXTS, ("tanker",), "kinds of ship that are guarded as a whole", choices=KINDS),
    Key("guard.ships", TEXTS, (), f"single ships to guard: {SHIP_WORDS}", example='["IMO 9000003", "538001234"]'),
    Key(
        "guard.lists",
        TEXTS,
        (),
        "CSV files of ships to guard, seen from this file's folder: columns imo, mmsi, name under a line that says so, or one ship a line",
        example='["charter.csv"]',
    ),
    Key("fleet.ships", TEXTS, (), f"your own ships: {SHIP_WORDS}", example='["FRONT ALTAIR"]'),
    Key("fleet.lists", TEXTS, (), "CSV files of your own ships, as for guard.lists", example='["fleet.csv"]'),
    Key("context.file", TEXT, "", "a file that `tankerwatch learn` wrote, seen from this file's folder", example='"context.parquet"'),
    Key(
        "journal.copies",
        TEXTS,
        (),
        "where copies are kept: a directory on another disk or share, https://HOST:PORT of a `tankerwatch vault`, s3://BUCKET/PREFIX",
        example='["/mnt/second/tankerwatch", "https://vault.example:8421"]',
    ),
    Key(
        "journal.min_copies",
        NUMBER,
        1.0,
        "on how many disks a record must be before it counts as acknowledged, this one counted; more than 1 needs `copies`",
        "-",
        1.0,
        16.0,
    ),
    Key("journal.token_file", TEXT, "", "a file with the token for the vaults, seen from this file's folder", example='"vault.token"'),
    Key("journal.ca_file", TEXT, "", "the certificate by which the vaults are known", example='"vault.pem"'),
    Key("journal.certificate_file", TEXT, "", "this desk's own certificate, where a vault asks for one", example='"desk.pem"'),
    Key("journal.key_file", TEXT, "", "and the key of it", example='"desk.key"'),
    Key(
        "journal.keep_days",
        NUMBER,
        365.0,
        "how long what was received is kept; then sealed runs of it are dropped whole",
        "-",
        1.0,
        36500.0,
    ),
    Key("journal.seal_minutes", NUMBER, 60.0, "how often what was received is sealed and the signing key changed", "-", 1.0, 1440.0),
    Key(
        "journal.checkpoint_files",
        TEXTS,
        (),
        "where the newest checkpoint is written too: on a share or a stick that this machine's attacker does not reach",
        example='["/mnt/share/tankerwatch-checkpoint.json"]',
    ),
    Key(
        "journal.checkpoint_url",
        TEXT,
        "",
        "an https address (http on this machine alone) that is sent every checkpoint by POST, such as a partner's; nothing else is sent",
        example='"https://partner.example/checkpoints"',
    ),
    Key("journal.checkpoint_minutes", NUMBER, 10.0, "how often checkpoints leave the machine", "-", 1.0, 10080.0),
    Key(
        "webhook.url",
        TEXT,
        "",
        "an https address (http on this machine alone) that is sent alerts by POST, signed; give only one of your own",
        example='"https://duty.example/alerts"',
    ),
    Key(
        "webhook.secret_file", TEXT, "", "a file with the secret that signs them, seen from this file's folder", example='"webhook.secret"'
    ),
    Key("webhook.least", TEXT, "danger", "the least severity that is sent", choices=("notice", "caution", "danger", "distress")),
    Key(
        "webhook.answers",
        TEXTS,
        ("acknowledged", "closed"),
        "what is sent of it afterwards, beside that it is worse, withdrawn or back: what people did with it, and that its rule ended it",
        choices=("acknowledged", "assigned", "closed", "ended"),
    ),
    Key(
        "webhook.ca_file",
        TEXT,
        "",
        "the certificate by which the receiver is known, where this machine does not trust it already; then it alone is trusted",
        example='"receiver-ca.pem"',
    ),
    Key(
        "history.small_craft_days",
        NUMBER,
        30.0,
        "days after which class B, pleasure craft below 45 m and fishing boats below 15 m leave the history",
        "-",
        0.0,
        36500.0,
    ),
    Key("station.NAME.lat_deg", NUMBER, None, "latitude of the sensor, north positive", "deg", -90.0, 90.0, example="25.28"),
    Key("station.NAME.lon_deg", NUMBER, None, "longitude of the sensor, east positive", "deg", -180.0, 180.0, example="56.36"),
    Key("zone.NAME.file", TEXT, "", "a GeoJSON file of polygons, seen from this file's folder", example='"zones.geojson"'),
    Key(
        "zone.NAME.feature", TEXT, "", "of that file only the polygons of this name (or id); all when empty", example='"Fujairah anchorage"'
    ),
    Key(
        "zone.NAME.polygon",
        CORNERS,
        (),
        "its corners in order, in deg, instead of a file",
        "deg",
        example="[[25.1, 56.3], [25.3, 56.3], [25.3, 56.6]]",
    ),
    Key("zone.NAME.rule", TEXTS, (), "crossings that are told", choices=("enter", "leave"), example='["enter"]'),
    Key("zone.NAME.max_kn", NUMBER, None, "who makes more inside is told", "kn", 0.0, 100.0, example="12.0", optional=True),
    Key("zone.NAME.min_kn", NUMBER, None, "who makes less inside is told", "kn", 0.0, 100.0, example="5.0", optional=True),
    Key("zone.NAME.forbidden", TEXTS, (), "kinds of ship that may not be inside", choices=KINDS, example='["fishing"]'),
    Key(
        "zone.NAME.for_kinds",
        TEXTS,
        (),
        "kinds of ship whom the rules are for; with for_ships empty too: all",
        choices=KINDS,
        example='["cargo"]',
    ),
    Key("zone.NAME.for_ships", TEXTS, (), f"ships whom the rules are for: {SHIP_WORDS}", example='["FRONT ALTAIR"]'),
    Key("zone.NAME.severity", TEXT, "caution", "how bad it is", choices=("notice", "caution", "danger")),
    Key("zone.NAME.port", SWITCH, False, "whether ships at rest in it are in port, for [quiet]"),
    Key("budget.alerts_an_hour", NUMBER, 6.0, "alerts that a rule may raise singly in any hour", "-", 0.0, 1000.0),
    Key("budget.alerts_a_watch", NUMBER, 24.0, "and in any watch", "-", 0.0, 10000.0),
    Key("budget.watch_hours", NUMBER, 4.0, "how long a watch is", "-", 0.5, 24.0),
    Key(
        "quiet.in_port",
        TEXTS,
        ROUTINE,
        "rules whose alerts below danger are only counted while the ship is in port: at rest in a zone that is a `port`, moored among "
        "moored ships, or at anchor close to them",
    ),
    Key("detect.ID.enabled", SWITCH, True, "whether the detector runs"),
    Key(
        "detect.ID.except",
        TEXTS,
        (),
        f"ships that this detector leaves alone: {SHIP_WORDS}; or two that it leaves alone with each other, with + between",
        example='["PILOT 3", "538001234 + SUPPLIER"]',
    ),
    Key("detect.ID.except_kinds", TEXTS, (), "kinds of ship that it leaves alone", choices=KINDS, example='["pleasure"]'),
    Key("detect.ID.except_areas", TEXTS, (), "zones in which it says nothing, by name"),
    Key(
        "detect.ID.only",
        TEXTS,
        (),
        "when given, it speaks of these alone: ships as in `except`, kinds, `guarded`, `fleet`",
        example='["fleet", "tanker", "IMO 9000003"]',
    ),
    Key(
        "detect.ID.quiet_hours",
        TEXTS,
        (),
        "hours of the day, UTC, in which what it raises below danger shares one alert",
        example='["22:00-06:00"]',
    ),
    Key(
        "detect.ID.budget_an_hour",
        NUMBER,
        None,
        "alerts that it may raise singly in any hour, when not as in [budget]",
        "-",
        0.0,
        1000.0,
        example="12.0",
        optional=True,
    ),
    Key("detect.ID.budget_a_watch", NUMBER, None, "and in any watch", "-", 0.0, 10000.0, example="48.0", optional=True),
)


def detector_keys(detector: DeclaredDetector) -> tuple[Key, ...]:
    """The keys of one detector's section: those that all have, then its own thresholds."""
    section = f"detect.{detector.id}"
    common = tuple(replace(key, path=f"{section}.{key.name}") for key in KEYS if key.section == "detect.ID")
    own = (Key(f"{section}.{name}", NUMBER, float(s.value), s.meaning, s.unit, s.low, s.high) for name, s in detector.settings.items())
    return (*common, *own)


def loopback(text: str) -> tuple[str, int] | None:
    """Host and port of `HOST:PORT` (IPv6 as `[::1]:8420`), None when others could reach it too. Port 0 takes any free one."""
    host, colon, port = text.rpartition(":")
    host = host.strip("[]")
    if not colon or not (port.isascii() and port.isdigit() and int(port[:6]) <= 65535):
        return None
    try:
        ours = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        ours = False
    return (host, int(port)) if ours else None
