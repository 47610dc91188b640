"""What comes out depends on what came in, not on how it was cut or in which order detectors ran."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.triage import render
from tankerwatch.triage.quiet import Quiet

DETECTORS = ("distress", "not_under_command", "sudden_stop", "drifting", "closing", "dark")
finding_rows = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(0, 400),
            "detector": st.sampled_from(DETECTORS),
            "ships": st.lists(st.integers(1, 5), max_size=2, unique=True),
            "verb": st.sampled_from(("raise", "raise", "raise", "amend", "end", "withdraw")),
            "severity": st.sampled_from(("notice", "caution", "danger", "distress")),
            "lat": st.sampled_from((25.0, 25.1, 25.3, 25.5, float("nan"))),
            "lon": st.sampled_from((57.0, 57.1, 57.6)),
        }
    ),
    max_size=30,
)
decisions = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.sampled_from(("acknowledge", "confirm", "dismiss", "report")),
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(("distress", "sighting")),
                "words": st.sampled_from(("", "fire")),
                "ship": st.sampled_from((None, 1, 2, 6)),
                "lat_deg": st.sampled_from((None, 25.2)),
                "lon_deg": st.just(57.1),
                "verified": st.booleans(),
            }
        ),
    ),
    max_size=8,
)


def everything(desk) -> str:
    shown: dict[str, Any] = {
        "alerts": [render.alert_json(alert) for alert in desk.alerts.values()],
        "incidents": [render.incident_json(incident) for incident in desk.incidents.values()],
        "reports": [render.report_json(report) for report in desk.reports.values()],
        "refused": desk.refused,
    }
    return json.dumps(shown, allow_nan=False)


def episode(row):
    return row["detector"], str(tuple(row["ships"][:1]))


def in_time_order(rows):
    rows = sorted(rows, key=lambda row: (row["at"], *episode(row)))
    return [{**row, "evidence": (n,)} for n, row in enumerate(rows)]


@given(finding_rows, decisions, st.sets(st.integers(0, 400), max_size=6), st.randoms(use_true_random=False))
def test_any_cut_and_any_order_gives_the_same(triage, findings, picture, decision, at, rows, said, cuts, random):
    rows = in_time_order(rows)
    ticks = {100, 101, 250, 400}
    ships = [{"mmsi": mmsi, "lat": 25.2 + mmsi / 100, "lon": 57.2} for mmsi in range(1, 9)]
    hours = {"dark": ((150, 300),), "drifting": ((120, 200), (400, 100))}
    quiet = Quiet(frozenset({"closing"}), lambda ship, time_s: bool((ship + time_s // 3600) % 2), hours)
    alone = triage(alerts_an_hour=3, quiet=quiet)
    alone.take(findings(*rows), (), None, at(400))
    subjects = [*alone.alerts, "none"]
    people = [
        (minute, decision(kind, subjects[n % len(subjects)], at=minute, id=f"d{n}", **content))
        for n, (minute, kind, content) in enumerate(said)
    ]

    def run(edges, shuffled):
        desk, changed, last = triage(alerts_an_hour=3, quiet=quiet), {}, -1
        for edge in sorted({*edges, *ticks}):
            part = [row for row in rows if last < row["at"] <= edge]
            if shuffled:
                # Other detectors may run first; what is said of one episode keeps its order.
                order = list(dict.fromkeys(episode(row) for row in part))
                random.shuffle(order)
                part.sort(key=lambda row: order.index(episode(row)))
            decided = tuple(made for minute, made in people if last < minute <= edge)
            for things in desk.take(findings(*part), decided, picture(edge, *ships) if edge in ticks else None, at(edge)):
                changed |= {thing.id: thing for thing in things}
            last = edge
        assert changed == {**desk.alerts, **desk.incidents, **desk.reports}, "each change was told"
        return everything(desk)

    whole = run(ticks, False)
    assert run(cuts, True) == whole
    assert run({row["at"] for row in rows} | {minute for minute, _ in people}, False) == whole


@given(finding_rows)
def test_a_ship_is_a_casualty_of_one_open_incident_at_most(triage, findings, at, rows):
    desk = triage()
    for row in in_time_order(rows):
        desk.take(findings(row), (), None, at(row["at"]))
        members = [alert for incident in desk.incidents.values() if incident.state == "open" for alert in incident.alerts]
        assert len(members) == len(set(members))
        for incident in desk.incidents.values():
            assert all(desk.alerts[alert].incident == incident.id for alert in incident.alerts)
            assert all(desk.alerts[alert].state != "withdrawn" for alert in incident.alerts)
            assert incident.state == "open" or not incident.helpers
        assert {alert.incident for alert in desk.alerts.values()} - {None} <= set(desk.incidents)
