"""What the desk declares, held against what a real one answers: every shape, and whatever schemathesis makes up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

EXAMPLES = int(os.environ.get("TANKERWATCH_API_EXAMPLES", "6"))
"""Requests made up for each call; `make soak` asks for many more."""
ENDLESS = ("/api/events",)
BOXED = ("/api/coverage", "/api/outlines")
"""These are asked of a box and of nothing else."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture  # of each test its own: what is made up may begin the play anew
def told(start_desk, story_log, tmp_path_factory) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A desk that has seen the story, at which people have decided this and that; and the document that it tells."""
    with start_desk(f"file:{story_log}?speed=3600", tmp_path_factory.mktemp("api") / "data") as desk:
        desk.until(lambda d: d.health()["feeds"][0]["state"] == "ended")
        alert = next(alert for alert in desk.get("/api/alerts")["alerts"] if alert["severity"] != "distress" and alert["ships"])
        wish = {"ships": alert["ships"][:1], "here_nm": 5, "words": "a pilot", "by": "ANNA"}
        desk.ask("POST", f"/api/alerts/{alert['id']}/exclude", wish)
        desk.ask("POST", "/api/reports", {"words": "smoke on the horizon", "kind": "sighting", "lat_deg": 25.0, "lon_deg": 57.0})
        desk.ask("POST", "/api/guard", {"ship": alert["ships"][0], "guard": True})
        desk.until(lambda d: all(d.get(f"/api/{what}")[what] for what in ("incidents", "reports", "exclusions")))
        yield desk, desk.get("/api/openapi.json")


def known(desk: Any) -> dict[str, Any]:
    """An id of each thing that there is."""
    ids = {what: desk.get(f"/api/{what}s")[f"{what}s"][0]["id"] for what in ("alert", "incident", "report", "exclusion")}
    return {**ids, "ship": next(alert["ships"][0] for alert in desk.get("/api/alerts")["alerts"] if alert["ships"])}


def kind_of(path: str) -> str:
    """Of what a path is an address."""
    return path.split("/")[2].removesuffix("s")


def validator(document: dict[str, Any], schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


def test_every_answer_of_a_real_desk_fits_its_shape(told):
    desk, document = told
    first, checked = known(desk), set()
    for path, calls in document["paths"].items():
        answers = calls.get("get", {}).get("responses", {})
        schema = next(iter(answers.get("200", {}).get("content", {}).values()), {}).get("schema")
        if not schema:
            continue
        box = "?south=24&west=56&north=26&east=58"
        asked = {"/api/ships": "?q=a", "/api/replay/alert": "?after_s=0", **dict.fromkeys(BOXED, box)}.get(path, "")
        status, value = desk.ask("GET", path.replace("{id}", str(first.get(kind_of(path), ""))) + asked)
        assert status == 200, path
        problems = [problem.message for problem in validator(document, schema).iter_errors(value)]
        assert problems == [], path
        checked.add(path)
    assert {"/api/health", "/api/alerts/{id}", "/api/ships/{id}", "/api/ships/{id}/track", "/api/replay", "/api/ships.geojson"} <= checked
    wrong = {**desk.health(), "ships": "many"}
    assert list(validator(document, document["components"]["schemas"]["health"]).iter_errors(wrong)), "a shape that fits all is none"


def test_nothing_that_is_made_up_is_answered_with_a_fault(told):
    desk, document = told
    ids, there, address = known(desk), set(), f"http://127.0.0.1:{desk.port}"
    operations = [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]
    for operation in operations:
        if operation.path in ENDLESS:
            continue

        @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(), of_one_that_there_is=st.booleans())
        def answered(case, of_one_that_there_is):
            if of_one_that_there_is and "{id}" in case.path and kind_of(case.path) in ids:
                case.path_parameters["id"] = str(ids[kind_of(case.path)])
                there.add(case.path)
            case.call_and_validate(base_url=address, checks=CHECKS)

        answered()
    assert len(operations) >= 25 and len(there) >= 5
