"""STIX bundles: clean under the judge of OASIS, whole without our extensions, the same bytes each time, and silent about private craft."""

from __future__ import annotations

import copy
import json
import re
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import stix2validator as validator
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parent))

from made_up import WHEN_S, alert, analyses, incident, result

from tankerwatch.core.mmsi import FISHING, PLEASURE, TANKER
from tankerwatch.pipeline import Result
from tankerwatch.share import TLP, stix
from tankerwatch.share.ships import Ship

TANKER_FRIG = Ship(219000001, "FRIG", "OXYZ2", 9074729, TANKER, 183, 32)


def of_type(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [thing for thing in bundle["objects"] if thing["type"] == kind]


@pytest.fixture(scope="session")
def judge():
    """`stix2-validator`, warnings as errors."""
    options = validator.ValidationOptions(version="2.1", strict=True, strict_properties=True, enforce_refs=True)

    def complaints(bundle: dict[str, Any]) -> list[str]:
        judged = validator.validate_instance(json.loads(json.dumps(bundle)), options)
        return [str(said) for said in (*judged.errors, *judged.warnings)]

    return complaints


def without_extensions(bundle: dict[str, Any]) -> dict[str, Any]:
    """The bundle as a reader sees it who knows none of our extensions."""
    bare = copy.deepcopy(bundle)
    bare["objects"] = [thing for thing in bare["objects"] if thing["type"] != "extension-definition"]
    for thing in bare["objects"]:
        if thing["type"] != "marking-definition":
            thing.pop("extensions", None)
    return bare


def test_the_judge_finds_nothing_in_the_demo(judge, demo: Result):
    for tlp in TLP:
        assert judge(demo.to_stix(tlp)) == []
    assert judge(without_extensions(demo.to_stix())) == []
    broken = demo.to_stix()
    of_type(broken, "incident")[0]["name"] = 5
    assert judge(broken), "or it judges nothing"


@settings(max_examples=40, deadline=None)
@given(analyses())
def test_the_judge_finds_nothing_whatever_was_found(judge, found: Result):
    assert judge(found.to_stix()) == []


@given(analyses())
def test_every_reference_leads_somewhere_and_every_id_is_there_once(found: Result):
    made = found.to_stix()
    names = [thing["id"] for thing in made["objects"]]
    assert len(set(names)) == len(names)
    for thing in made["objects"]:
        assert re.fullmatch(r"[a-z-]+--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", thing["id"])
        assert thing.get("modified", "9") >= thing.get("created", "")
        for key, value in thing.items():
            if key.endswith("_ref"):
                assert value in names
            if key.endswith("_refs"):
                assert value and set(value) <= set(names)
    json.dumps(made, allow_nan=False)


@given(analyses())
def test_the_same_analysis_gives_the_same_bytes(found: Result):
    again = copy.deepcopy(found)
    assert json.dumps(found.to_stix()) == json.dumps(again.to_stix())


def test_a_reader_without_our_extensions_learns_who_where_and_when():
    bare = without_extensions(result([alert()], ships={219000001: TANKER_FRIG}).to_stix())
    (who,) = [thing for thing in of_type(bare, "identity") if thing["name"] == "FRIG"]
    assert {(held["source_name"], held["external_id"]) for held in who["external_references"]} == {
        ("imo", "9074729"),
        ("mmsi", "219000001"),
    }
    assert "Tanker, 183 m by 32 m, flag Denmark" in who["description"] and "not verified" in who["description"]
    (what,) = of_type(bare, "incident")
    assert (what["name"], what["created"], what["confidence"]) == ("FRIG: sudden stop", "2019-06-13T02:40:01.000Z", 90)
    assert "57°15.0′N 010°30.0′E" in what["description"] and "not confirmed by a person" in what["description"]
    (link,) = of_type(bare, "relationship")
    assert (link["source_ref"], link["target_ref"]) == (what["id"], who["id"])
    (where,) = of_type(bare, "location")
    assert (where["latitude"], where["longitude"]) == (57.25, 10.5)
    (seen,) = of_type(bare, "sighting")
    assert (seen["sighting_of_ref"], seen["where_sighted_refs"], seen["first_seen"]) == (
        what["id"],
        [where["id"]],
        "2019-06-13T02:40:00.000Z",
    )
    (data,) = of_type(bare, "observed-data")
    (artifact,) = of_type(bare, "artifact")
    assert (seen["observed_data_refs"], data["object_refs"]) == ([data["id"]], [artifact["id"]])
    assert b64decode(artifact["payload_bin"]).decode() == alert()["evidence"][0]["sentence"] + "\r\n"


def test_a_later_analysis_amends_and_withdraws_the_same_object():
    (before,) = of_type(result([alert()]).to_stix(), "incident")
    (after,) = of_type(result([alert(state="withdrawn", updated_s=WHEN_S + 600)]).to_stix(), "incident")
    assert (after["id"], after["created"], after["revoked"]) == (before["id"], before["created"], True)
    assert after["modified"] > before["modified"] and "revoked" not in before


def test_what_a_ship_says_anew_is_another_object():
    """An object whose content its id names has one version for ever: two bundles never disagree about it."""
    (first,) = of_type(result([alert()], ships={219000001: TANKER_FRIG}).to_stix(), "identity")[1:]
    (other,) = of_type(result([alert()], ships={219000001: Ship(219000001, "FRIGG")}).to_stix(), "identity")[1:]
    assert first["id"] != other["id"] and first["created"] == other["created"] == other["modified"]


def test_alerts_that_belong_together_are_grouped():
    one, two, lone = alert(1, incident="incident-1"), alert(2, incident="incident-1"), alert(3)
    made = result([one, two, lone], [incident(one, two)], words=["The input has no times."]).to_stix()
    (group,) = of_type(made, "grouping")
    assert group["object_refs"] == [held["id"] for held in of_type(made, "incident")[:2]]
    (note,) = of_type(made, "note")
    assert note["content"] == "The input has no times." and len(note["object_refs"]) == 3


@pytest.mark.parametrize("tlp", TLP)
def test_everything_is_marked(tlp):
    made = result([alert()], ships={219000001: TANKER_FRIG}).to_stix(tlp)
    (marking,) = of_type(made, "marking-definition")
    assert marking["extensions"][stix.TLP_EXTENSION]["tlp_2_0"] == tlp
    assert all(thing["object_marking_refs"] == [marking["id"]] for thing in made["objects"] if thing is not marking)


def test_red_is_refused():
    with pytest.raises(ValueError, match="red"):
        result([]).to_stix("red")


def test_nothing_says_what_a_ship_is_worth_or_who_could_help():
    one = alert(1, incident="incident-1")
    words = json.dumps(result([one], [incident(one)], ships={219000001: TANKER_FRIG}).to_stix()).lower()
    assert not re.search(r"draught|cargo|219000002|helper", words)


PRIVATE = [
    Ship(219000001, "FRIG", class_b=True),
    Ship(219000001, "FRIG", kind=PLEASURE, length_m=12),
    Ship(219000001, "FRIG", kind=FISHING),
]


@pytest.mark.parametrize("ship", PRIVATE, ids=["class B", "pleasure", "fishing"])
def test_private_craft_stay_out_unless_they_are_part_of_an_incident(ship):
    ships = {219000001: ship}
    assert stix.left_out([alert()], ships) == 1
    assert not re.search("FRIG|219000001", json.dumps(result([alert()], ships=ships).to_stix()))
    one = alert(incident="incident-1")
    assert stix.left_out([one], ships) == 0 and "FRIG" in json.dumps(result([one], [incident(one)], ships=ships).to_stix())


@pytest.mark.parametrize("ship", [Ship(219000001, kind=PLEASURE, length_m=60), Ship(219000001, kind=FISHING, length_m=24), TANKER_FRIG])
def test_large_ships_are_no_private_craft(ship):
    assert not ship.personal


def test_a_private_craft_near_a_tanker_is_not_named():
    named = {"219000001": "FRIG", "219000077": "LILLY"}
    closing = alert(ships=[219000001, 219000077], names=named, title="FRIG: craft closing", reason="LILLY closes on FRIG; 219000077.")
    made = result([closing], ships={219000001: TANKER_FRIG, 219000077: Ship(219000077, "LILLY", class_b=True)}).to_stix()
    (what,) = of_type(made, "incident")
    assert what["description"].startswith("a small craft closes on FRIG; a small craft.")
    assert not re.search("LILLY|219000077", json.dumps(made)) and not of_type(made, "artifact")
