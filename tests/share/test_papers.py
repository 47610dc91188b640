"""Dossier, hand-over and warning from plain values: whole, escaped, under a policy that lets nothing in, and the law kept."""

from __future__ import annotations

import json
import re
import sys
from hashlib import blake2b
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from made_up import HOSTILE, WHEN_S, alert, incident
from test_report import Reader

from tankerwatch.share import dossier, handover, paper, warning
from tankerwatch.share.ships import Ship

TANKER, OTHER = 219000001, 219000002


def note(words="n", at=50.0, by="ANNA"):
    return {"time_s": WHEN_S + at, "verb": "note", "words": words, "by": by}


def said(words="r", at=20.0, **more):
    made = {"id": f"r{at}", "time_s": WHEN_S + at, "kind": "distress", "words": words, "ship": None, "lat_deg": None, "lon_deg": None}
    return {**made, "verified": False, "source": "VHF", "entered_s": WHEN_S + at + 5, "incident": "incident-1", **more}


def told(*alerts, reports=(), notes=(), ships=None, mentioned=(), **changes):
    """A dossier of these."""
    alerts = list(alerts) or [alert()]
    for each in alerts:
        for piece in each["evidence"]:
            piece |= {"record": 48_000, "blake2b": dossier.digest(piece["sentence"])}
    one = {**incident(*alerts), "notes": list(notes), **changes}
    known = ships or [Ship(TANKER, name="FRIG", callsign="V7JX9", imo=9745902, kind=1, length_m=250, beam_m=44)]
    return {
        "incident": one,
        "alerts": alerts,
        "reports": list(reports),
        "ships": [dossier.ship_json(ship, ship.name, (WHEN_S, 57.25, 10.5)) for ship in known],
        "mentioned": list(mentioned),
        "made_s": WHEN_S + 600,
        "mode": "live",
        "version": "1",
        "remarks": ["Possible until confirmed."],
        "course": dossier.course_of(alerts, reports, notes),
    }


def health(**more):
    made = {
        "clock_s": WHEN_S + 600,
        "mode": "live",
        "version": "1",
        "ships": 2,
        "watching": "2 ships",
        "feeds": [
            {"feed": 0, "name": HOSTILE, "state": "dead", "words": "refused", "last_s": WHEN_S},
            {"feed": 1, "name": "radar", "state": "live", "words": "1 a second", "last_s": WHEN_S},
        ],
        "clock_check": {"state": "wrong", "offset_s": 9.0, "words": "9 s ahead of base stations"},
        "journal": {
            "durable": 9,
            "records": 9,
            "state": "ok",
            "words": "on disk",
            "copies": [{"name": "/mnt", "state": "failing", "words": "full", "record": 5, "behind": 4}],
            "checkpoint": {"record": 5, "made_s": WHEN_S, "words": "left the machine"},
        },
        "webhook": {"to": "duty.example", "least": "danger", "state": "failing", "words": "refused", "sent": 4, "unsent": 2},
        "kept_quiet": {"loitering": 3},
    }
    return {**made, **more}


def safe(sheet):
    """The page, read: nothing in it runs or reaches out but what its policy names, and all of it closes as it opened."""
    page = sheet.html
    reader = Reader(page)
    styles = re.findall(r"<style>(.*?)</style>", page, re.S)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert all(paper.hashed(held) in sheet.policy for held in (*styles, *scripts)) and len(styles) == 1 and len(scripts) <= 1
    assert "unsafe" not in sheet.policy and sheet.policy.startswith("default-src 'none'")
    for tag, attributes in reader.elements:
        assert tag not in ("img", "iframe", "link", "object", "form", "base")
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src")]
        assert attributes.get("href", "#").startswith("#")
    return reader


def words_of(reader):
    return " ".join(data for tag, data in reader.texts if tag not in ("style", "script"))


def test_a_dossier_tells_everything():
    first, second = alert(1), alert(2, detector="closing", title="FRIG: craft closing", confirmed=True)
    page = words_of(
        safe(dossier.page(told(first, second, reports=[said("smoke seen")], notes=[note("called <b>them</b>")]), {}, {}, land=None))
    )
    digest = blake2b(first["evidence"][0]["sentence"].encode(), digest_size=32).hexdigest()
    for wanted in (
        "FRIG: casualty",
        "57°15.0′N 010°30.0′E",
        "48,000",
        digest,
        "not confirmed by anyone",
        "smoke seen",
        "called <b>them</b>",
        "V7JX9",
        "081°",
        "32 min",
    ):
        assert wanted in page, wanted
    course = dossier.course_of([first, second], [said()], [note()])
    assert [step["what"] for step in course] == ["alert", "alert", "report", "note"], "in order of time"
    over = dossier.page(told(state="closed", end_s=WHEN_S + 60, helpers=[]), {}, {}, land=None)
    assert "told only while an incident is open" in over.html
    assert dossier.page(told(), {}, {}, land=None) == dossier.page(told(), {}, {}, land=None), "the same bytes"


def test_a_sentence_that_is_not_as_it_came_has_no_hash():
    assert dossier.digest("!AIVDM") == blake2b(b"!AIVDM", digest_size=32).hexdigest()
    assert dossier.digest("!AIV\ufffdM") is None and dossier.digest(None) is None
    first = alert()
    first["evidence"][0] |= {"sentence": None, "time_s": None, "feed": None, "station": None}
    page = told(first)
    page["alerts"][0]["evidence"][0]["record"] = None
    assert "no sentence was kept" in words_of(safe(dossier.page(page, {}, {}, land=None)))


nasty = st.text(max_size=30) | st.just(HOSTILE) | st.sampled_from(["'\"><svg onload=1>", "]]>", "\u202e<!--", "\x00", "&lt;b&gt;"])


@settings(max_examples=25, deadline=None)
@given(nasty, nasty)
def test_hostile_words_stay_words(words, name):
    hostile = alert(title=words, reason=words, names={str(TANKER): name}, assigned=words or None, acknowledged_s=None, snoozed_until_s=None)
    hostile["history"] = [{**hostile["history"][0], "words": words}, {"time_s": WHEN_S + 5, "verb": words, "words": name, "by": words}]
    hostile["evidence"][0] |= {"sentence": words, "feed": name, "station": words}
    given = told(
        hostile,
        reports=[said(words, source=name, kind=words)],
        notes=[note(words, by=name)],
        ships=[Ship(TANKER, name=name, callsign=words)],
        title=words,
    )
    safe(dossier.page(given, {}, {}, land=None))
    excluded = {
        "id": words,
        "rule": words,
        "names": {"1": name},
        "here": None,
        "words": words,
        "by": name,
        "made_s": WHEN_S,
        "undone_s": WHEN_S + 1,
        "undone_by": name,
        "undone_words": words,
    }
    safe(
        handover.page(
            handover.handover([hostile], [given["incident"]], given["reports"], [excluded, {**excluded, "undone_s": None}], [], health())
        )
    )
    for what in ("chart", "timeline"):
        picture = dossier.picture(what, given, {}, {}, None, "night", 680)
        assert paper.hashed(re.findall(r"<style>(.*?)</style>", picture.html, re.S)[0]) in picture.policy
        assert not [element for element in ElementTree.fromstring(picture.html).iter() if element.tag.rpartition("}")[2] == "script"]
    assert isinstance(json.dumps(warning.warning(given, "1", named=True)), str)


def standing(number, **more):
    return alert(number, **{"assigned": None, "snoozed_until_s": None, "acknowledged_s": None, **more})


def test_the_hand_over_tells_what_is_open_and_what_changed():
    older = standing(1, severity="caution", assigned="BEN")
    snoozed = standing(2, snoozed_until_s=WHEN_S + 900)
    snoozed["history"].append({"time_s": WHEN_S + 300, "verb": "snooze", "words": "the pilot comes", "by": "ANNA"})
    over = standing(3, state="closed", end_s=WHEN_S + 400)
    over["history"] += [
        {"time_s": WHEN_S + 350, "verb": "amend", "words": "nothing for the next watch", "by": None},
        {"time_s": WHEN_S + 400, "verb": "close", "words": "towed in", "by": "BEN"},
    ]
    one = {**incident(snoozed), "notes": [note("tug ordered", 420)]}
    kept = {
        "id": "e1",
        "rule": "closing",
        "names": {"1": "PILOT 1"},
        "here": {"lat_deg": 57.0, "lon_deg": 10.0, "radius_nm": 5.0},
        "words": "pilots",
        "by": "BEN",
        "made_s": WHEN_S - 90_000,
        "undone_s": None,
    }
    guarded = {"id": "1", "ship": 1, "name": "FRIG", "guard": True, "ring_nm": 3.0, "until_s": WHEN_S + 9000, "words": "tows a barge"}
    guarded |= {"by": "ANNA", "made_s": WHEN_S + 450, "over_s": None}
    undone = {**kept, "id": "e2", "undone_s": WHEN_S + 500, "undone_by": "ANNA", "undone_words": "moved"}
    given = ([older, snoozed, over], [one], [said(entered_s=WHEN_S + 100)], [kept, undone], [guarded], health())
    box = {"id": "z1", "name": "ROADS", "drawn": True, "by": "ANNA", "made_s": WHEN_S, "changed_s": WHEN_S + 460, "removed_s": None}
    box |= {"quiet": ["loitering", "sudden_stop"], "quiet_until_s": None, "held_back": 2}
    gone = {**box, "id": "z2", "name": "GONE", "removed_s": WHEN_S + 470, "changed_s": WHEN_S + 470}
    ended = {**box, "id": "z3", "name": "ENDED", "quiet_until_s": WHEN_S + 480, "changed_s": WHEN_S}
    fixed = {**box, "id": "configured", "drawn": False, "changed_s": None}
    sheet = handover.handover(*given, zones=[box, gone, ended, fixed], since_s=WHEN_S + 200)
    assert [zone["id"] for zone in sheet["quiet_zones"]] == ["z1"]
    assert [each["id"] for each in sheet["open"]] == [snoozed["id"], older["id"]], "worst first"
    assert (sheet["snoozed"], sheet["feeds_down"], [e["id"] for e in sheet["exclusions"]]) == ([snoozed["id"]], [0], ["e1"])
    assert [(c["what"], c["verb"], c["by"]) for c in sheet["changes"]] == [
        ("alert", "snooze", "ANNA"),
        ("alert", "close", "BEN"),
        ("incident", "note", "ANNA"),
        ("guard", "guarded", "ANNA"),
        ("zone", "changed", "ANNA"),
        ("zone", "removed", "ANNA"),
        ("exclusion", "taken back", "ANNA"),
    ]
    page = words_of(safe(handover.page(sheet)))
    for wanted in (
        "1 feed down",
        "the pilot comes (ANNA)",
        "comes back",
        "within 5 NM",
        "tug ordered",
        "9 s ahead",
        "full; 4 records behind",
        "3 episodes only counted",
        "ring of 3 NM",
        "tows a barge (ANNA)",
        "ROADS: nothing new of loitering, sudden stop",
        "until someone changes it",
        "2 alerts held back now",
        "webhook to duty.example, from danger on",
        "refused; 2 unsent",
        "1 assigned to nobody",
        HOSTILE,
    ):
        assert wanted in page, wanted
    usual = handover.handover(*given)
    assert usual["since_s"] == WHEN_S + 600 - 8 * 3600 and len(usual["changes"]) == 10
    many = [standing(n, raised_s=WHEN_S + n / 9) for n in range(700)]
    assert (len((cut := handover.handover(many, [], [], [], [], health()))["changes"]), cut["changes_left_out"]) == (500, 200)
    empty = handover.handover([], [], [], [], [], health(clock_s=None, feeds=[], kept_quiet={}, webhook=None))
    assert empty["since_s"] is None and "nothing stands open" in words_of(safe(handover.page(empty)))


SHIPS = [
    Ship(TANKER, name="FRONT ALTAIR", callsign="V7JX9", imo=9745902, kind=1),
    Ship(OTHER, name="KOKUKA COURAGEOUS", kind=1),
    Ship(4_000_000_017, name="T1 SMALL CRAFT", kind=10),
]


def drafted(*, named, reports=None):
    first = alert(1, ships=[TANKER], start_s=WHEN_S)
    second = alert(2, detector="distress", ships=[OTHER], start_s=WHEN_S + 3600)
    craft = alert(3, detector="closing", ships=[OTHER, 4_000_000_017], start_s=WHEN_S + 1200)
    other = alert(4, detector="zone", ships=[TANKER])
    words = "Front Altair (V7JX9, IMO 9745902, 219000001) and kokuka courageous on fire; HYUNDAI DUBAI near, FRONT ALTAIRS not"
    given = told(
        first, second, craft, other, reports=[said(words, 1800)] if reports is None else reports, ships=SHIPS, mentioned=["HYUNDAI DUBAI"]
    )
    return warning.warning(given, "003/2019", named=named)


def test_a_warning_names_no_ship_unless_a_person_asks():
    draft = drafted(named=False)
    assert draft["text"].splitlines()[:5] == [
        "WARNING 003/2019",
        "TIME: 130240Z JUN 2019",
        "POSITION: 57-15.0N 010-30.0E",
        "STATUS: NOT CONFIRMED; incident goes on",
        "VESSELS: tanker A, tanker B",
    ]
    assert draft["what"] == [
        "0240Z: tanker A stopped suddenly, with no port near",
        "0300Z: a craft closed on tanker B",
        "0310Z: reported, not verified: tanker A (tanker A, IMO tanker A, tanker A) and tanker B on fire; a vessel near, FRONT ALTAIRS not",
        "0340Z: tanker B is in distress",
    ]
    assert draft["status"].endswith("nothing is sent")
    named = drafted(named=True)
    assert named["vessels"] == ["tanker FRONT ALTAIR", "tanker KOKUKA COURAGEOUS"]
    assert "Front Altair (V7JX9" in named["text"] and "0340Z: tanker KOKUKA COURAGEOUS is in distress" in named["text"]
    sure = drafted(named=False, reports=[said("x", verified=True)])
    assert "STATUS: CONFIRMED" in sure["text"]


@pytest.mark.parametrize("named", [False, True])
def test_a_warning_advises_no_course(named):
    """Where it happened, to keep clear of; no bearing, no course, no speed, nobody who could help."""
    draft = drafted(named=named, reports=[])
    assert set(draft) == {
        "incident",
        "number",
        "status",
        "time_s",
        "time",
        "lat_deg",
        "lon_deg",
        "position",
        "vessels",
        "what",
        "confirmed",
        "ongoing",
        "advice",
        "report_to",
        "named",
        "text",
    }
    assert not re.search(r"\bcourse\b|\bsteer\b|\bbearing\b|\bkn\b|081|9\.8", draft["text"])


def test_a_position_and_a_time_as_a_signal_has_them():
    assert warning.radioed(-25.43, -57.36) == "25-25.8S 057-21.6W" and warning.radioed(25.99999, 0.0) == "26-00.0N 000-00.0E"
    assert (warning.zulu(WHEN_S), warning.zulu(None), warning.zulu(1e18)) == ("130240Z JUN 2019", "not known", "not known")
