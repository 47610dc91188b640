"""What a desk knows after a year, by the real desk's own rules, of made-up things."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from tankerwatch.core.incidents import Exclusion, Guard, Incident, Report
from tankerwatch.core.ports import Sheet
from tankerwatch.desk.listing import KINDS, listed, numbers, one

CLOCK_S = 1560394210.0
OVER = 720
SHIP = 200000001


def over_s(at: int) -> float:
    """When the one of this number was over: an hour after the one before."""
    return CLOCK_S - 3600 * (OVER - at)


def incident(at: int) -> Incident:
    ships = (SHIP + at % 40,)
    title = f"Aground off Jask {at}"
    return Incident(f"i{at:03}", "danger", "closed", title, over_s(at) - 1800, over_s(at), (), ships, (f"r{at:03}",), 25.4, 57.3)


def report(at: int) -> Report:
    words = f"She is fast on the rocks, {at}"
    return Report(f"r{at:03}", over_s(at) - 900, "sighting", words, None, None, None, False, "VHF 16", over_s(at) - 900, f"i{at:03}")


class Year:
    """Give `desk` to a server."""

    def __init__(self) -> None:
        standing = Incident("open", "danger", "open", "Adrift off Fujairah", CLOCK_S - 600, None, (), (SHIP,), (), 25.4, 57.3)
        self.incidents = {each.id: each for each in (*map(incident, range(OVER)), standing)}
        self.reports = {each.id: each for each in map(report, range(OVER))}
        end = {"undone_by": "ANNA", "undone_words": "sails again"}
        self.exclusions = {
            f"e{at:03}": Exclusion(f"e{at:03}", "dark", (SHIP + at,), "in the yard", "BEN", over_s(at) - 60, "", undone_s=over_s(at), **end)
            for at in range(OVER)
        }
        self.guards = {SHIP + at: Guard(SHIP + at, True, None, None, "asked for", "BEN", over_s(at) - 60, over_s(at)) for at in range(OVER)}
        triage = SimpleNamespace(alerts={}, open={}, incidents=self.incidents, reports=self.reports)
        areas = SimpleNamespace(zones=(), drawn=SimpleNamespace(all={}))
        self.river = SimpleNamespace(
            triage=triage,
            exclusions=SimpleNamespace(all=self.exclusions),
            guards=SimpleNamespace(all=self.guards),
            areas=areas,
            name_of=lambda ship: f"SHIP {ship - SHIP}",
        )

    def dossier(self, name: str) -> dict | None:
        told = one(self.river, "incidents", name)
        if told is None:
            return None
        reports = [one(self.river, "reports", each) for each in told["reports"]]
        return {"incident": told, "reports": reports, "alerts": [], "ships": [], "course": []}

    def desk(self, harbour, whole):
        told = {kind: (lambda *asked, kind=kind: listed(self.river, kind, *asked)) for kind in KINDS}
        health = {**harbour.health, "alerts": numbers(self.river), "clock_s": CLOCK_S}
        drawn = Sheet("<svg xmlns='http://www.w3.org/2000/svg'/>", "default-src 'none'")
        papers = replace(whole.papers, incident=self.dossier, incident_picture=lambda *asked: drawn)
        return replace(whole, **told, papers=papers, health=lambda: health, one=lambda kind, name: one(self.river, kind, name))
