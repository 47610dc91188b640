"""All cases, and worlds made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from tankerwatch.evaluate.cases import approach, casualty, collision, identity, meeting, positions, rings, silence, zones
from tankerwatch.evaluate.cases.case import Case
from tankerwatch.evaluate.truth import FAMILY, Scene
from tankerwatch.evaluate.world import World

CASES: Final[tuple[Case, ...]] = (
    *positions.CASES,
    *silence.CASES,
    *approach.CASES,
    *casualty.CASES,
    *meeting.CASES,
    *collision.CASES,
    *identity.CASES,
    *zones.CASES,
    *rings.CASES,
)
SHARED: Final = ("dark", "false_position", "clone", "jamming")
"""What silences or misplaces one ship at a place does so to those who pass by as well: a decoy of these is about them too."""
PLACES: Final = 12
"""Places in a world: enough to share its cost, few enough that what happens at one is rare in the whole."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A world before it is built: which cases at which levels."""

    name: str
    seed: int
    seconds: int
    cases: tuple[tuple[int, str], ...]


def chosen(only: Collection[str]) -> list[int]:
    """Numbers of the cases about these detectors or of these kinds; all without any."""
    return [n for n, case in enumerate(CASES) if not only or case.danger in only or case.kind in only or (FAMILY[case.danger][0] in only)]


def plans(only: Collection[str], seeds: Collection[int], *, dangers: int, decoys: int) -> Iterator[Plan]:
    """Worlds that hold each danger at each level `dangers` times a seed, each decoy `decoys` times."""
    for seed in seeds:
        by_length: dict[int, list[tuple[int, str]]] = {}
        alone: list[tuple[int, str]] = []
        for number in chosen(only):
            case = CASES[number]
            times = decoys if case.decoy else dangers
            them = alone if case.alone else by_length.setdefault(case.seconds, [])
            them += [(number, level) for level in case.levels for _ in range(times)]
        for index, (number, level) in enumerate(alone):
            yield Plan(f"s{seed}-alone-{index}", seed * 1000 + 500 + index, CASES[number].seconds, ((number, level),))
        for seconds, them in sorted((length, them) for length, them in by_length.items() if them):
            # Dealt out like cards, so that cases of one kind are in different worlds.
            worlds = -(-len(them) // PLACES)
            for index in range(worlds):
                yield Plan(f"s{seed}-{seconds // 60}-{index}", seed * 1000 + index, seconds, tuple(them[index::worlds]))


def build(plan: Plan) -> Scene:
    """The world of a plan."""
    world = World(plan.seed, plan.name, plan.seconds)
    for number, level in plan.cases:
        case = CASES[number]
        place = world.place()
        case.build(place, level)
        if case.traffic:
            # A craft that runs for one tanker runs past others.
            others = place.traffic(case.traffic, tankers=case.danger not in ("closing", "swarm", "ring"))
            if case.danger in SHARED:
                place.decoys = [replace(d, ships=(*d.ships, *(ship.mmsi for ship in others))) for d in place.decoys]
        for _ in range(case.company):
            world.place().traffic(8)
    return world.scene()
