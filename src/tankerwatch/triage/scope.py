"""Of which ships a rule speaks: what a configuration excepts, and to whom it limits a rule.

An exception is by ship (MMSI, IMO number, name), by two ships together, by kind, or by area. What a ship is called may become known only
later: then what was raised of her is withdrawn and says why, and what was held back because she seemed to be another is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from tankerwatch.core.tables import Findings
from tankerwatch.core.zones import Zone


class Named(Protocol):
    """A list of ships."""

    def __len__(self) -> int:
        """How many entries it has."""
        ...

    def holds(self, *, mmsi: int = 0, imo: int = 0, name: str = "") -> bool:
        """Whether a ship is on it."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a ship: who she is, her kind (code of `mmsi.py`), whether she is guarded, whether of the own fleet."""

    mmsi: int
    imo: int = 0
    name: str = ""
    kind: int = 0
    guarded: bool = False
    fleet: bool = False

    def on(self, ships: Named) -> bool:
        """Whether she is on a list."""
        return ships.holds(mmsi=self.mmsi, imo=self.imo, name=self.name)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a rule leaves alone and, with `limited`, whom alone it is for. `whole`: its findings speak of many ships at once."""

    rule: str
    excepted: Named
    pairs: tuple[tuple[Named, Named], ...] = ()
    kinds: frozenset[int] = frozenset()
    areas: tuple[Zone, ...] = ()
    limited: bool = False
    only: Named | None = None
    only_kinds: frozenset[int] = frozenset()
    only_guarded: bool = False
    only_fleet: bool = False
    whole: bool = False

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return bool(len(self.excepted) or self.pairs or self.kinds or self.areas or self.limited)

    def left_out(self, ships: tuple[Card, ...], lat_deg: float, lon_deg: float) -> str:
        """Why nothing is said of these ships at this place, in words for the desk; "" when it is said. {0} {1} stand for names.

        A finding about two ships goes when either is excepted; one about several when the one in danger is, or all others are; one about
        an area full of ships only when all of them are.
        """
        if (why := self._out(ships, [card.on(self.excepted) for card in ships])) >= 0:
            return f"Left out: [detect.{self.rule}] except names {{{why}}}."
        if (why := self._out(ships, [card.kind in self.kinds for card in ships])) >= 0:
            return f"Left out: [detect.{self.rule}] except_kinds names the kind of {{{why}}}."
        for a, b in self.pairs:
            on_a, on_b = ({card.mmsi for card in ships if card.on(side)} for side in (a, b))
            if on_a and on_b and len(on_a | on_b) > 1:
                return f"Left out: [detect.{self.rule}] except names these two together."
        for zone in self.areas:
            if zone.inside(lat_deg, lon_deg)[0]:
                return f"Left out: [detect.{self.rule}] except_areas names {zone.name}.".replace("{", "(").replace("}", ")")
        if self.limited and ships and not any(self._chosen(card) for card in ships):
            return f"Left out: [detect.{self.rule}] only names none of these ships."
        return ""

    def _out(self, ships: tuple[Card, ...], held: list[bool]) -> int:
        """The ship for which a finding is left out when those of `held` are excepted, -1 for none."""
        if not any(held):
            return -1
        if all(held) or (held[0] and not self.whole):
            return held.index(True)
        return held.index(True) if not self.whole and all(held[1:]) else -1

    def _chosen(self, card: Card) -> bool:
        return (
            (self.only is not None and card.on(self.only))
            or card.kind in self.only_kinds
            or (self.only_guarded and card.guarded)
            or (self.only_fleet and card.fleet)
        )


Who = Callable[[int, bool], Card]
"""(identity, whether as known at the newest look or at the one before) → what is known of her"""
NEVER_RAISED: Final = ("end", "withdraw")


class Gate:
    """Lets through what a rule may say. Remembers the episodes that it let through and those that it holds back, until they are over."""

    def __init__(self, scope: Scope, who: Who) -> None:
        self.scope = scope
        self._who = who
        self._held: dict[str, Findings] = {}
        self._open: dict[str, Findings] = {}

    def take(self, findings: Findings, now_s: float) -> Findings:
        """What may be said of these. Found before `now_s`, it goes by what was known at the look before: however frames are cut."""
        if not self.scope:
            return findings
        return Findings.concat([said for i in range(len(findings)) for said in self._one(findings.take(slice(i, i + 1)), now_s)])

    def again(self, changed: Iterable[int], now_s: float) -> Findings:
        """At a look, after something became known of the ships in `changed`: what is now to be withdrawn, and what to be raised."""
        ships = set(changed)
        if not (self.scope and ships and (self._open or self._held)):
            return Findings.empty()
        said = []
        for episode, row in [*self._open.items()]:
            if not ships.isdisjoint(row.ships[0]) and (why := self._why(row, True)):
                self._held[episode] = self._open.pop(episode)
                said.append(_told(row, "withdraw", now_s, why))
        for episode, row in [*self._held.items()]:
            if not ships.isdisjoint(row.ships[0]) and not self._why(row, True):
                self._open[episode] = self._held.pop(episode)
                said.append(_told(row, "raise", now_s))
        return Findings.concat(said)

    def _one(self, row: Findings, now_s: float) -> Iterator[Findings]:
        episode, verb = row.episode[0], row.verb[0]
        if verb in NEVER_RAISED:
            if self._held.pop(episode, None) is None:
                self._open.pop(episode, None)
                yield row
            return
        if episode not in self._open and self._why(row, bool(row.time_s[0] >= now_s)):
            self._held[episode] = row
            return
        if self._held.pop(episode, None) is not None and verb == "amend":
            row = _told(row, "raise", float(row.time_s[0]))
        if episode in self._open or row.verb[0] == "raise":
            self._open[episode] = row
        yield row

    def _why(self, row: Findings, fresh: bool) -> str:
        cards = tuple(self._who(ship, fresh) for ship in row.ships[0])
        return self.scope.left_out(cards, float(row.lat_deg[0]), float(row.lon_deg[0]))


def _told(row: Findings, verb: str, time_s: float, reason: str = "") -> Findings:
    def one(value: object) -> np.ndarray:
        held = np.empty(1, np.object_)
        held[0] = value
        return held

    changed = {"verb": one(verb), "time_s": np.array([time_s])}
    return row.replace(**changed, **({"reason": one(reason)} if reason else {}))
