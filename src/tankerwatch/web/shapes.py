"""The shapes of what the desk answers and takes, as JSON Schema: those of docs/reference/wire.md, under the same names."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
YES_OR_NO: Final[Schema] = {"type": "boolean"}
SHIP_ID: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}
LAT: Final[Schema] = {"type": "number", "minimum": -90, "maximum": 90}
LON: Final[Schema] = {"type": "number", "minimum": -180, "maximum": 180}
NAMES: Final[Schema] = {"type": "object", "additionalProperties": TEXT}
SEVERITY: Final[Schema] = {"enum": ["notice", "caution", "danger", "distress"]}
STATE: Final[Schema] = {"enum": ["open", "closed", "withdrawn"]}
REPORT_KIND: Final[Schema] = {"enum": ["distress", "sighting", "rescue", "note", "report"]}


def record(needed: dict[str, Schema], more: dict[str, Schema] | None = None, *, closed: bool = False) -> Schema:
    """An object with these fields; `closed`: and no others."""
    made: Schema = {"type": "object", "properties": {**needed, **(more or {})}, "required": sorted(needed)}
    return {**made, "additionalProperties": False} if closed else made


def many(items: Schema, most: int | None = None) -> Schema:
    """A list."""
    return {"type": "array", "items": items} if most is None else {"type": "array", "items": items, "maxItems": most}


def maybe(schema: Schema) -> Schema:
    """The same, or null where it is not available."""
    return {"anyOf": [schema, {"type": "null"}]}


def named(name: str) -> Schema:
    """One of `SHAPES`, by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


_STEP = record({"time_s": NUMBER, "verb": TEXT, "words": TEXT, "by": maybe(TEXT)})
_RULE = record({"id": TEXT, "version": COUNT, "what": TEXT, "why": TEXT, "wrong": TEXT, "settings": {"type": "object"}})
_EVIDENCE = record({"source_row": COUNT, "feed": TEXT, "station": TEXT, "time_s": maybe(NUMBER), "sentence": TEXT})
_HELPER = record(
    {"mmsi": SHIP_ID, "name": TEXT, "kind": COUNT, "distance_nm": NUMBER, "bearing_deg": NUMBER, "hours": NUMBER, "speed_kn": NUMBER}
)
_COPY = record(
    {
        "name": TEXT,
        "state": {"enum": ["connecting", "ok", "behind", "failing", "forked"]},
        "words": TEXT,
        "record": COUNT,
        "behind": COUNT,
    }
)
_JOURNAL = record(
    {
        "durable": COUNT,
        "records": COUNT,
        "bytes": COUNT,
        "state": {"enum": ["ok", "failed", "unwritten"]},
        "words": TEXT,
        "copies": many(_COPY),
        "checkpoint": maybe(record({"record": COUNT, "made_s": maybe(NUMBER), "words": TEXT})),
    }
)
_FEED = record(
    {
        "feed": COUNT,
        "name": TEXT,
        "state": {"enum": ["live", "no_ships", "silent", "dead", "ended"]},
        "words": TEXT,
        "since_s": maybe(NUMBER),
        "last_s": maybe(NUMBER),
        "messages_per_s": NUMBER,
        "lines": COUNT,
        "rejected": COUNT,
        "stations": COUNT,
        "ships": COUNT,
    }
)
_COLUMN = many(maybe(NUMBER))

SHAPES: Final[dict[str, Schema]] = {
    "refusal": record({"error": TEXT, "help": TEXT}),
    "alert": record(
        {
            "id": TEXT,
            "detector": TEXT,
            "severity": SEVERITY,
            "state": STATE,
            "ships": many(SHIP_ID),
            "names": NAMES,
            "raised_s": maybe(NUMBER),
            "start_s": maybe(NUMBER),
            "end_s": maybe(NUMBER),
            "updated_s": maybe(NUMBER),
            "lat_deg": maybe(LAT),
            "lon_deg": maybe(LON),
            "score": {"type": "number", "minimum": 0, "maximum": 1},
            "title": TEXT,
            "reason": TEXT,
            "incident": maybe(TEXT),
            "acknowledged_s": maybe(NUMBER),
            "confirmed": YES_OR_NO,
            "assigned": maybe(TEXT),
            "snoozed_until_s": maybe(NUMBER),
            "closed_by_desk": YES_OR_NO,
            "history": many(_STEP),
            "rule": _RULE,
            "evidence": many(_EVIDENCE),
        }
    ),
    "incident": record(
        {
            "id": TEXT,
            "severity": SEVERITY,
            "state": STATE,
            "title": TEXT,
            "start_s": maybe(NUMBER),
            "end_s": maybe(NUMBER),
            "alerts": many(TEXT),
            "ships": many(SHIP_ID),
            "names": NAMES,
            "reports": many(TEXT),
            "lat_deg": maybe(LAT),
            "lon_deg": maybe(LON),
            "helpers": many(_HELPER),
        }
    ),
    "report": record(
        {
            "id": TEXT,
            "time_s": maybe(NUMBER),
            "kind": REPORT_KIND,
            "words": TEXT,
            "ship": maybe(SHIP_ID),
            "lat_deg": maybe(LAT),
            "lon_deg": maybe(LON),
            "verified": YES_OR_NO,
            "source": TEXT,
            "entered_s": maybe(NUMBER),
            "incident": maybe(TEXT),
        }
    ),
    "exclusion": record(
        {
            "id": TEXT,
            "rule": TEXT,
            "ships": many(SHIP_ID),
            "names": NAMES,
            "here": maybe(record({"lat_deg": LAT, "lon_deg": LON, "radius_nm": NUMBER})),
            "words": TEXT,
            "by": maybe(TEXT),
            "made_s": NUMBER,
            "alert": TEXT,
            "undone_s": maybe(NUMBER),
            "undone_by": maybe(TEXT),
            "undone_words": maybe(TEXT),
        }
    ),
    "found": record({"id": SHIP_ID, "name": TEXT, "mmsi": SHIP_ID, "imo": maybe(COUNT), "callsign": TEXT, "kind": COUNT, "flag": TEXT}),
    "ship": record(
        {
            "id": SHIP_ID,
            "mmsi": SHIP_ID,
            "imo": maybe(COUNT),
            "name": TEXT,
            "callsign": TEXT,
            "kind": COUNT,
            "kind_words": TEXT,
            "ship_type": COUNT,
            "flag": TEXT,
            "flag_code": TEXT,
            "length_m": maybe(NUMBER),
            "beam_m": maybe(NUMBER),
            "draught_m": maybe(NUMBER),
            "destination": maybe(TEXT),
            "eta": maybe(TEXT),
            "lat_deg": maybe(LAT),
            "lon_deg": maybe(LON),
            "heard_s": maybe(NUMBER),
            "sog_kn": maybe(NUMBER),
            "cog_deg": maybe(NUMBER),
            "heading_deg": maybe(NUMBER),
            "nav_status": maybe(COUNT),
            "nav_status_words": maybe(TEXT),
            "usual_sog_kn": maybe(NUMBER),
            "best_sog_kn": maybe(NUMBER),
            "first_s": maybe(NUMBER),
            "msg_type": COUNT,
            "fixes": COUNT,
            "displaced_fixes": COUNT,
            "stations": many(record({"station": TEXT, "last_s": maybe(NUMBER), "fixes": COUNT})),
            "static_s": maybe(NUMBER),
            "guarded": YES_OR_NO,
            "own_fleet": YES_OR_NO,
            "small_craft": YES_OR_NO,
            "alerts": many(TEXT),
            "sentences": many(record({"time_s": maybe(NUMBER), "sentence": TEXT})),
            "beliefs": many(record({"lat_deg": LAT, "lon_deg": LON, "last_s": NUMBER, "fixes": COUNT, "trusted": YES_OR_NO})),
        }
    ),
    "track": record(
        {"time_s": _COLUMN, "lat_deg": _COLUMN, "lon_deg": _COLUMN, "sog_kn": _COLUMN, "cog_deg": _COLUMN, "displaced": many(COUNT)}
    ),
    "period": record(
        {
            "start_s": maybe(NUMBER),
            "end_s": maybe(NUMBER),
            "surveyed": YES_OR_NO,
            "gaps": many({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}, 200),
            "blocks": TEXT,
        },
        {"alerts": many(named("moment"), 5000), "alerts_left_out": COUNT, "bins": many({**many(COUNT, 3), "minItems": 3}, 2000)},
    ),
    "moment": record({"id": TEXT, "raised_s": maybe(NUMBER), "severity": SEVERITY}),
    "health": record(
        {
            "type": {"const": "health"},
            "version": TEXT,
            "mode": {"enum": ["live", "replay", "reconstruction"]},
            "clock_s": maybe(NUMBER),
            "now_s": NUMBER,
            "lag_s": NUMBER,
            "journal": _JOURNAL,
            "messages_per_s": NUMBER,
            "ships": COUNT,
            "watching": TEXT,
            "since_s": maybe(NUMBER),
            "feeds": many(_FEED),
            "clock_check": record({"state": {"enum": ["ok", "wrong", "unknown"]}, "offset_s": maybe(NUMBER), "words": TEXT}),
            "counters": record(
                {
                    "lines": COUNT,
                    "sentences": COUNT,
                    "messages": COUNT,
                    "rejected": {"type": "object", "additionalProperties": COUNT},
                }
            ),
            "made_up": COUNT,
            "alerts": record({"open": COUNT, "over": COUNT}),
            "kept_quiet": {"type": "object", "additionalProperties": COUNT},
        }
    ),
}
