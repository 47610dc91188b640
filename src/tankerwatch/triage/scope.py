"""Of which ships a rule speaks: what a configuration excepts, and to whom it limits a rule.

An exception is by ship (MMSI, IMO number, name), by two ships together, by kind, or by area. What a ship is called may become known only
later: then what was raised of her is withdrawn and says why, and what was held back because she seemed to be another is raised.
A person at the desk may leave out more, from an alert on, and take it back; or draw a zone in which a rule is quiet: there it raises
nothing new, but what was raised before goes on, and a distress is always told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from tankerwatch.core.drawn import NEVER_QUIET
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.incidents import Exclusion
from tankerwatch.core.tables import Findings
from tankerwatch.core.zones import Zone

LEFT_OUT: Final = "Left out:"
"""How the reason begins for which nothing more is said of ships; what is withdrawn so may come back."""


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
        if (why := self.out(ships, [card.on(self.excepted) for card in ships])) >= 0:
            return f"{LEFT_OUT} [detect.{self.rule}] except names {{{why}}}."
        if (why := self.out(ships, [card.kind in self.kinds for card in ships])) >= 0:
            return f"{LEFT_OUT} [detect.{self.rule}] except_kinds names the kind of {{{why}}}."
        for a, b in self.pairs:
            on_a, on_b = ({card.mmsi for card in ships if card.on(side)} for side in (a, b))
            if on_a and on_b and len(on_a | on_b) > 1:
                return f"{LEFT_OUT} [detect.{self.rule}] except names these two together."
        for zone in self.areas:
            if zone.inside(lat_deg, lon_deg)[0]:
                return f"{LEFT_OUT} [detect.{self.rule}] except_areas names {_plain(zone.name)}."
        if self.limited and ships and not any(self._chosen(card) for card in ships):
            return f"{LEFT_OUT} [detect.{self.rule}] only names none of these ships."
        return ""

    def out(self, ships: tuple[Card, ...], held: list[bool]) -> int:
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
Hushed = Callable[[str, float, float, float], bool]
"""(rule, latitude, longitude in deg, time in s) → whether a zone that a person drew keeps the rule quiet there then"""
NEVER_RAISED: Final = ("end", "withdraw")
_COLUMNS: Final = tuple(column.name for column in Findings.columns())
_SHIPS, _LAT, _LON = (_COLUMNS.index(name) for name in ("ships", "lat_deg", "lon_deg"))
Row = tuple[Any, ...]
"""one row of Findings as plain values: many are remembered, and an array each would be dear"""


def _nowhere(_rule: str, _lat_deg: float, _lon_deg: float, _time_s: float) -> bool:
    return False


class Gate:
    """Lets through what a rule may say. Remembers the episodes that it let through and those that it holds back, until they are over."""

    def __init__(self, scope: Scope, who: Who, hushed: Hushed = _nowhere) -> None:
        self.scope = scope
        self._who = who
        self._hushed = hushed
        self._held: dict[str, Row] = {}
        self._open: dict[str, Row] = {}
        self._exclusions: dict[str, Exclusion] = {}

    def take(self, findings: Findings, now_s: float) -> Findings:
        """What may be said of these. Found before `now_s`, it goes by what was known at the look before: however frames are cut."""
        return Findings.concat([said for i in range(len(findings)) for said in self._one(findings.take(slice(i, i + 1)), now_s)])

    def again(self, changed: Iterable[int], now_s: float) -> Findings:
        """At a look, after something became known of the ships in `changed`: what is now to be withdrawn, and what to be raised."""
        return self._judge(set(changed), now_s) if self.scope else Findings.empty()

    def exclude(self, exclusion: Exclusion, now_s: float) -> Findings:
        """A person leaves something out from now on: what is withdrawn of that which was raised."""
        self._exclusions[exclusion.id] = exclusion
        return self._judge(set(exclusion.ships), now_s)

    def include(self, exclusion: Exclusion, now_s: float) -> Findings:
        """A person takes that back: what is raised of that which was held back, and is not over."""
        self._exclusions.pop(exclusion.id, None)
        return self._judge(set(exclusion.ships), now_s)

    def free(self, now_s: float) -> Findings:
        """A quiet zone is over, or is another than it was: what is raised of that which was held back, and is not over."""
        return Findings.concat([*self._freed(None, now_s)])

    def held_in(self, zone: Zone) -> int:
        """How many episodes in a zone are held back now."""
        return sum(bool(zone.inside(kept[_LAT], kept[_LON])[0]) for kept in self._held.values())

    def _judge(self, ships: set[int], now_s: float) -> Findings:
        """Judge anew what is raised of these ships, and what is held back."""
        said = []
        for episode, kept in [*self._open.items()]:
            if not ships.isdisjoint(kept[_SHIPS]) and (why := self._why(row := _row(kept), True)):
                self._held[episode] = self._open.pop(episode)
                said.append(_told(row, "withdraw", now_s, why))
        return Findings.concat([*said, *self._freed(ships, now_s)])

    def _freed(self, ships: set[int] | None, now_s: float) -> Iterator[Findings]:
        """What is raised of that which was held back of these ships, None for all."""
        for episode, kept in [*self._held.items()]:
            if ships is not None and ships.isdisjoint(kept[_SHIPS]):
                continue
            row = _row(kept)
            if not self._why(row, True) and not self._quiet(row, now_s):
                self._open[episode] = self._held.pop(episode)
                yield _told(row, "raise", now_s)

    def _one(self, row: Findings, now_s: float) -> Iterator[Findings]:
        episode, verb = row.episode[0], row.verb[0]
        if verb in NEVER_RAISED:
            if self._held.pop(episode, None) is None:
                self._open.pop(episode, None)
                yield row
            return
        held = episode not in self._open and (self._why(row, bool(row.time_s[0] >= now_s)) or self._quiet(row, float(row.time_s[0])))
        if held:
            self._held[episode] = _kept(row)
            return
        if self._held.pop(episode, None) is not None and verb == "amend":
            row = _told(row, "raise", float(row.time_s[0]))
        if episode in self._open or row.verb[0] == "raise":
            self._open[episode] = _kept(row)
        yield row

    def _why(self, row: Findings, fresh: bool) -> str:
        cards = tuple(self._who(ship, fresh) for ship in row.ships[0])
        lat_deg, lon_deg = float(row.lat_deg[0]), float(row.lon_deg[0])
        if why := self.scope.left_out(cards, lat_deg, lon_deg):
            return why
        return next((why for each in self._exclusions.values() if (why := self._excluded(each, cards, lat_deg, lon_deg))), "")

    def _quiet(self, row: Findings, time_s: float) -> bool:
        """Whether a zone keeps it quiet. Never a distress, and never what was raised before: nothing that is told disappears by it."""
        if self.scope.rule in NEVER_QUIET or row.severity[0] == "distress":
            return False
        return self._hushed(self.scope.rule, float(row.lat_deg[0]), float(row.lon_deg[0]), time_s)

    def _excluded(self, exclusion: Exclusion, ships: tuple[Card, ...], lat_deg: float, lon_deg: float) -> str:
        """Why a person does not want to hear of these ships at this place, "" when nobody said so."""
        of = [card.mmsi in exclusion.ships for card in ships]
        if len(exclusion.ships) == 1:
            at = self.scope.out(ships, of)
            whom = f"of {{{at}}}" if at >= 0 else ""
        else:
            # With a third craft it is another matter.
            whom = "of {0} and {1} together" if all(of) and len(of) == len(exclusion.ships) else ""
        if not whom:
            return ""
        where = ""
        if exclusion.lat_deg is not None and exclusion.lon_deg is not None and exclusion.radius_nm is not None:
            # What has no place is not known to be here.
            if not distance_nm(exclusion.lat_deg, exclusion.lon_deg, lat_deg, lon_deg) <= exclusion.radius_nm:
                return ""
            where = f" within {exclusion.radius_nm:g} NM of here"
        by = "" if exclusion.by == "desk" else f" by {_plain(exclusion.by)}"
        return f"{LEFT_OUT} decided at the desk{by}, nothing more is said {whom}{where}: {_plain(exclusion.words)}"


def _plain(text: str) -> str:
    """What a person wrote, without the signs that stand for names."""
    return text.replace("{", "(").replace("}", ")")


def _kept(row: Findings) -> Row:
    values = (getattr(row, name)[0] for name in _COLUMNS)
    return tuple(value.item() if isinstance(value, np.generic) else value for value in values)


def _row(kept: Row) -> Findings:
    row = Findings.blank(1)
    for name, value in zip(_COLUMNS, kept, strict=True):
        getattr(row, name)[0] = value
    return row


def _told(row: Findings, verb: str, time_s: float, reason: str = "") -> Findings:
    def one(value: object) -> np.ndarray:
        held = np.empty(1, np.object_)
        held[0] = value
        return held

    changed = {"verb": one(verb), "time_s": np.array([time_s])}
    return row.replace(**changed, **({"reason": one(reason)} if reason else {}))
