"""Every call of the desk, declared once: `GET /api/openapi.json` is made from this, and tests hold the routes and their answers to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tankerwatch.core.incidents import ANSWERS
from tankerwatch.web.access.roles import Role, least_role
from tankerwatch.web.shapes import COUNT, NUMBER, REPORT_KIND, SHAPES, SHIP_ID, TEXT, YES_OR_NO, Schema, many, maybe, named, record

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
BOX: Final[Schema] = {"type": "string", "pattern": r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$", "description": "west,south,east,north in degrees"}
COLLECTION: Final = record(
    {
        "type": {"const": "FeatureCollection"},
        "features": many(
            record(
                {
                    "type": {"const": "Feature"},
                    "geometry": maybe(record({"type": {"const": "Point"}, "coordinates": {**many(NUMBER, 2), "minItems": 2}})),
                    "properties": {"type": "object"},
                }
            ),
            10_000,
        ),
        "clock_s": maybe(NUMBER),
        "left_out": COUNT,
    }
)
OLDER: Final = (
    ("over", {"type": "integer", "minimum": 0, "maximum": 5000}),
    ("before_s", NUMBER),
    ("before", TEXT),
    ("ship", SHIP_ID),
)
"""How what is over is asked for."""
_WORDS: Final = {"words": {**TEXT, "maxLength": 4000}, "by": {**TEXT, "maxLength": 80}}
PLACES: Final[dict[str, Schema]] = {
    "id": {**TEXT, "minLength": 1, "maxLength": 200},
    "ship": {**TEXT, "pattern": "^[0-9]{1,10}$"},
    "from": {"type": "integer", "minimum": 0, "multipleOf": 600},
    "name": {**TEXT, "minLength": 1, "maxLength": 100},
    "key": {**TEXT, "minLength": 1, "maxLength": 100},
    "call": {**TEXT, "minLength": 1, "maxLength": 200},
    "z": {"type": "integer", "minimum": 0, "maximum": 8},
    "x": {"type": "integer", "minimum": 0},
    "y": {"type": "integer", "minimum": 0},
}
"""What may stand in a path; `id` of a ship is her number."""
WAYS_IN: Final[dict[str, Schema]] = {
    "token": {"type": "http", "scheme": "bearer", "description": "Of a program: tankerwatch users token add."},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-tankerwatch", "description": "Of a browser: POST /api/login."},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "With a session: GET /api/session tells it."},
}
"""How a caller says who it is, where people log in."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what it is for, and what it takes and answers; `kind` other than JSON: the media type of its answer, which has no shape."""

    method: str
    path: str
    words: str
    answer: Schema | None = None
    status: int = 200
    body: Schema | None = None
    query: tuple[tuple[str, Schema], ...] = ()
    kind: str = JSON
    refusals: tuple[int, ...] = ()


def _listed(what: str, shape: str) -> Schema:
    return record({what: many(named(shape))})


def _decisions() -> Iterator[Call]:
    """What a person decides on an alert."""
    more: dict[str, dict[str, Schema]] = {
        "assign": {"to": TEXT},
        "snooze": {"minutes": {"type": "number", "minimum": 0, "maximum": 1440}},
        "exclude": {"ships": many(SHIP_ID, 2), "here_nm": maybe(NUMBER)},
    }
    needs_words = ("dismiss", "close", "note")
    for verb in (*ANSWERS, "exclude"):
        needed = {"words": {**TEXT, "minLength": 1, "maxLength": 4000}} if verb in needs_words else {}
        body = record({**needed, **more.get(verb, {})}, _WORDS if verb not in needs_words else {"by": _WORDS["by"]})
        words = f"A person's decision on an alert: {verb}. Answered once it is durable."
        yield Call("POST", f"/api/alerts/{{id}}/{verb}", words, named("alert"), body=body, refusals=(404, 422, 503))


_REPORT: Final = record(
    {"words": {**TEXT, "maxLength": 4000}},
    {
        "kind": REPORT_KIND,
        "time_s": maybe(NUMBER),
        "ship": maybe(SHIP_ID),
        "lat_deg": maybe(NUMBER),
        "lon_deg": maybe(NUMBER),
        "verified": YES_OR_NO,
        "source": TEXT,
        "by": _WORDS["by"],
    },
    closed=True,
)

CALLS: tuple[Call, ...] = (
    Call("GET", "/", "The page.", kind="text/html", refusals=(503,)),
    Call("GET", "/tiles/{z}/{x}/{y}.mvt", "Land and coast; 204 where there is none.", kind="application/vnd.mapbox-vector-tile"),
    Call("GET", "/api/openapi.json", "This document.", {"type": "object"}),
    Call("GET", "/api/health", "How the feeds, the journal and the desk are.", named("health")),
    Call(
        "GET",
        "/api/alerts",
        "Alerts, newest state: all that are open and the newest that are over, worst first; with before_s those that were over before.",
        _listed("alerts", "alert"),
        query=OLDER,
        refusals=(422,),
    ),
    Call("GET", "/api/alerts/{id}", "One alert with its evidence.", named("alert"), refusals=(404,)),
    *_decisions(),
    Call(
        "GET",
        "/api/incidents",
        "Incidents: those that are open and the newest that are over.",
        _listed("incidents", "incident"),
        query=OLDER,
        refusals=(422,),
    ),
    Call("GET", "/api/ships", "Ships by name, MMSI, IMO number or call sign, at most 20.", _listed("ships", "found"), query=(("q", TEXT),)),
    Call(
        "GET",
        "/api/ships.geojson",
        "Ships in an area as GeoJSON, at most 10,000.",
        COLLECTION,
        query=(("bbox", BOX),),
        kind=GEOJSON,
        refusals=(422,),
    ),
    Call(
        "GET",
        "/api/alerts.geojson",
        "Alerts in an area as GeoJSON: the open ones, or all.",
        COLLECTION,
        query=(("bbox", BOX), ("state", {"enum": ["open", "all"]})),
        kind=GEOJSON,
        refusals=(422,),
    ),
    Call(
        "GET",
        "/api/events",
        "Alerts as server-sent events: all, or those since Last-Event-ID, then each as it changes.",
        kind="text/event-stream",
        refusals=(503,),
    ),
    Call(
        "GET",
        "/api/blocks/{from}",
        "Ten minutes of a replay that are over; never changes where `of` names what is replayed.",
        query=(("of", TEXT),),
        kind="application/octet-stream",
        refusals=(404, 409),
    ),
    Call("GET", "/api/ready", "Whether the desk can do its work; 503 when it cannot.", record({"ready": YES_OR_NO}), refusals=(503,)),
    Call("GET", "/metrics", "How the desk is, in the text format of Prometheus.", kind="text/plain"),
    Call("GET", "/api/ships/{id}", "One ship.", named("ship"), refusals=(404,)),
    Call("GET", "/api/ships/{id}/track", "Where she was in the last hours.", named("track"), refusals=(404,)),
    Call(
        "GET",
        "/api/reports",
        "Reports of people: those of open incidents and the newest others.",
        _listed("reports", "report"),
        query=OLDER,
        refusals=(422,),
    ),
    Call("POST", "/api/reports", "A person's report, answered once it is durable.", named("report"), 201, _REPORT, refusals=(422, 503)),
    Call(
        "GET",
        "/api/exclusions",
        "What rules leave out, and the newest that were taken back.",
        _listed("exclusions", "exclusion"),
        query=OLDER,
        refusals=(422,),
    ),
    Call(
        "POST",
        "/api/exclusions/{id}/undo",
        "An exclusion is taken back.",
        named("exclusion"),
        body=record({}, _WORDS),
        refusals=(404, 422, 503),
    ),
    Call(
        "POST",
        "/api/guard",
        "Guard a ship, with a ring and an end if wanted, or no longer.",
        {"type": "object"},
        body=record({"ship": SHIP_ID, "guard": maybe(YES_OR_NO)}, {"ring_nm": maybe(NUMBER), "until_s": maybe(NUMBER), **_WORDS}),
        refusals=(404, 422, 503),
    ),
    Call(
        "GET",
        "/api/replay",
        "The period of a replay, its gaps and its alerts, or with bins how many there are in each part of it; 409 when live.",
        named("period"),
        query=(("bins", {"type": "integer", "minimum": 1, "maximum": 2000}),),
        refusals=(409, 422),
    ),
    Call(
        "GET",
        "/api/replay/alert",
        "The first alert of a replay after a time, or the last one before it; null where none is known.",
        record({"alert": maybe(named("moment"))}),
        query=(("after_s", NUMBER), ("before_s", NUMBER)),
        refusals=(409, 422),
    ),
    Call(
        "POST",
        "/api/replay",
        "Speed, pause, begin again or go to a time, in a replay; 409 when live.",
        {"type": "object"},
        body=record(
            {},
            {"speed": {**NUMBER, "exclusiveMinimum": 0, "maximum": 3600}, "paused": YES_OR_NO, "again": YES_OR_NO, "seek_s": NUMBER},
            closed=True,
        ),
        refusals=(409, 422),
    ),
)


def _simply(method: str, path: str, words: str, body: Schema | None = None, **more: Any) -> Call:
    """A call whose answer is an object of which docs/reference/wire.md says more."""
    wrong = (404, 409, 422, 503)
    return Call(method, path, words, **{"answer": {"type": "object"}, "body": body, "refusals": wrong, **more})


NEEDED: Final = ("south", "west", "north", "east")
"""Of what may stand in a query that without which the call cannot be answered."""
_BOX: Final = tuple((name, {**NUMBER, "minimum": -most, "maximum": most}) for name, most in zip(NEEDED, (90, 540, 90, 540), strict=True))
_HOURS: Final = (("hours", {**NUMBER, "exclusiveMinimum": 0, "maximum": 744}),)
_PICTURE: Final = (("palette", {"enum": ["day", "dusk", "night"]}), ("wide", {"type": "integer", "minimum": 300, "maximum": 1000}))
_PAPER: Final = (("save", {"enum": ["1"]}),)
_ZONE: Final = record({"name": TEXT, "corners": {**many({**many(NUMBER, 2), "minItems": 2}, 500), "minItems": 3}}, {"by": TEXT})
BY: Final = record({}, {"by": TEXT})

CALLS = (
    *CALLS,
    _simply("GET", "/api/watched", "Ships in an open alert, of the own fleet and guarded."),
    _simply("GET", "/api/zones", "Zones of the configuration and drawn ones, and the newest that were removed.", query=OLDER),
    _simply("POST", "/api/zones", "A new zone.", _ZONE, status=201),
    _simply("GET", "/api/zones.geojson", "The drawn zones as a file.", kind=GEOJSON, query=_PAPER),
    _simply("POST", "/api/zones.geojson", "What zones such a file holds; nothing is kept.", record({"type": TEXT})),
    _simply("POST", "/api/zones/{id}", "A zone as it is from now on.", _ZONE),
    _simply("POST", "/api/zones/{id}/remove", "A zone is watched no more.", BY),
    _simply("POST", "/api/zones/{id}/undo", "A zone as it was before its last change.", BY),
    _simply("GET", "/api/coverage", "Where ships were heard in a box.", query=_BOX),
    _simply("GET", "/api/outlines", "Hulls of ships in a box.", query=_BOX),
    _simply("GET", "/api/charts", "The user's own charts."),
    _simply("GET", "/charts/{name}/{z}/{x}/{y}", "A tile of one of them.", answer=None, kind="*/*"),
    _simply("GET", "/api/incidents/{id}", "One incident with all that belongs to it."),
    _simply("GET", "/api/incidents/{id}/report.html", "The same on one page.", answer=None, kind="text/html", query=_PAPER),
    _simply("GET", "/api/incidents/{id}/chart.svg", "Its chart.", answer=None, kind="image/svg+xml", query=_PICTURE),
    _simply("GET", "/api/incidents/{id}/timeline.svg", "Its alerts in time.", answer=None, kind="image/svg+xml", query=_PICTURE),
    _simply("GET", "/api/incidents/{id}/warning", "The draft of a warning to ships.", query=(("named", {"enum": ["0", "1"]}),)),
    _simply("POST", "/api/incidents/{id}/note", "A note on an incident.", record({"words": TEXT}, {"by": TEXT})),
    _simply("GET", "/api/handover", "The hand-over of a watch.", query=(("since_s", NUMBER),)),
    _simply("GET", "/api/handover.html", "The same on one page.", answer=None, kind="text/html", query=(("since_s", NUMBER), *_PAPER)),
    _simply("GET", "/api/ships/{id}/page", "What the page of a ship shows beside the ship."),
    _simply("GET", "/api/ships/{id}/history", "What the history knows of who she has said she is."),
    *(
        _simply("GET", f"/api/ships/{{id}}/track.{ending}", "Her track as a file.", answer=None, kind=kind, query=_HOURS)
        for ending, kind in (("csv", "text/csv"), ("geojson", GEOJSON), ("kml", "application/vnd.google-earth.kml+xml"))
    ),
    _simply(
        "POST", "/api/past", "A page of the past beside the live one.", record({"from_s": NUMBER}), status=201, refusals=(409, 422, 503)
    ),
    Call("GET", "/past/{key}/", "The page of one; to the live page when it is over.", kind="text/html"),
    _simply("GET", "/past/{key}/api/{call}", "Any call of that page, as the same of the desk.", answer=None, kind="*/*"),
    _simply("POST", "/past/{key}/api/{call}", "The same.", {"type": "object"}, answer=None, kind="*/*"),
    _simply("GET", "/api/guards", "Who is guarded, and the newest that no longer are.", query=OLDER),
    Call("GET", "/login", "The page of the log-in.", kind="text/html", refusals=(503,)),
    _simply("GET", "/login/oidc", "To the identity provider.", status=303, refusals=(409, 503)),
    _simply("GET", "/login/oidc/back", "Back from it.", answer=None, kind="text/html", refusals=(403, 409, 503)),
    _simply("GET", "/api/session", "Who is logged in."),
    _simply("POST", "/api/login", "Log in.", record({"name": TEXT, "password": TEXT}), refusals=(401, 409, 422, 429, 503)),
    _simply("POST", "/api/logout", "Log out, here or everywhere.", record({}, {"everywhere": YES_OR_NO}), refusals=(401, 409, 422)),
)


LEADING: Final = ("/login", "/login/oidc")
REMEMBERED: Final = ("/", "/login", "/api/blocks/{from}")


def _parameters(call: Call) -> list[Schema]:
    names = [part[1:].partition("}")[0] for part in call.path.split("/") if part.startswith("{")]
    places = {name: PLACES["ship" if name == "id" and call.path.startswith("/api/ships/") else name] for name in names}
    made: list[Schema] = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in places.items()]
    return [*made, *({"name": name, "in": "query", "schema": schema, "required": name in NEEDED} for name, schema in call.query)]


def _security(call: Call, guarded: bool) -> list[dict[str, list[str]]]:
    """By which of `WAYS_IN`, and in which role, a call may be made; on the machine's own address by none, too."""
    least = least_role(call.method, call.path)
    if least is Role.NOBODY:
        return []
    session = ("session",) if call.method == "GET" else ("session", "csrf")
    return [{"token": [least.word]}, {way: [least.word] for way in session}, *([] if guarded else [{}])]


def _operation(call: Call, guarded: bool) -> Schema:
    content = {} if call.answer is None and call.kind == JSON else {"content": {call.kind: {"schema": call.answer or {}}}}
    body = (415, 413, 400) if call.body is not None else ()
    refused = {"description": "refused, in one line", "content": {JSON: {"schema": named("refusal")}}}
    answers: dict[str, Any] = {str(call.status): {"description": "as asked", **content}}
    if "{z}" in call.path:
        answers["204"] = {"description": "there is none"}
    if "{z}" in call.path or call.path in REMEMBERED:
        answers["304"] = {"description": "as it was: If-None-Match"}
    security = _security(call, guarded)
    if call.path in LEADING or (security and call.method == "GET"):
        answers["303"] = {"description": "elsewhere: to the log-in who comes with none and asks for text/html, or back from it"}
    wrong = {403, *body, *call.refusals, 401, 429, *((404,) if "{" in call.path else ())}
    answers |= {str(status): refused for status in sorted(wrong)}
    made: Schema = {"summary": call.words, "security": security, "responses": answers}
    if parameters := _parameters(call):
        made["parameters"] = parameters
    if call.body is not None:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": call.body}}}
    return made


def document(version: str, served: Collection[tuple[str, str]], *, guarded: bool = False) -> Schema:
    """The OpenAPI 3.1 document of the calls that are served, as (method, path); `guarded`: people log in here."""
    paths: dict[str, Schema] = {}
    for call in (call for call in CALLS if (call.method, call.path) in served):
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, guarded)
    words = "What docs/reference/wire.md says in words. Times are seconds since 1970, positions degrees, speeds knots."
    info = {"title": "Tankerwatch: the desk", "version": version, "description": words, "license": {"name": "Apache-2.0"}}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": SHAPES, "securitySchemes": WAYS_IN}}
