"""Who was ever heard: a row for each identity, what she says of herself, and whether she is on somebody's list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.kernels import lookup
from tankerwatch.core.schema import F32, I64, U8, U32, Bool
from tankerwatch.core.tables import Statics
from tankerwatch.track.claims import Claims

MOST_SHIPS: Final = 300_000
"""More identities than all ships at sea: who sends more makes them up. Those beyond are counted, and take no memory."""
NOBODY: Final = -1
TOLD: Final = ("name", "callsign", "imo", "ship_type", "size", "draught_m", "destination", "eta")
CLAIMED: Final = ("name", "callsign", "imo", "ship_type", "size", "draught_m", "destination")
"""Of what a ship tells of herself, that of which changes are kept."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a ship says of herself; empty or zero where she has not."""

    mmsi: int
    name: str = ""
    callsign: str = ""
    imo: int = 0
    ship_type: int = 0
    length_m: int = 0
    beam_m: int = 0
    draught_m: float = float("nan")
    destination: str = ""
    eta: str = ""


Watchlist = Callable[[Identity, int], tuple[bool, bool]]
"""(identity, kind) → (guarded, of the own fleet)."""
Newcomers = Callable[[U32, U8], tuple[Bool, Bool]]
"""The same of many that are known by their MMSI (n,) and kind (n,) only."""


def only_tankers(identity: Identity, kind: int) -> tuple[bool, bool]:
    """Every tanker is guarded, nobody has a fleet."""
    return kind == identities.TANKER, False


class Register:
    """All identities, row by slot in the order in which they were heard first; arrays may be longer than there are ships."""

    def __init__(self, watchlist: Watchlist = only_tankers, newcomers: Newcomers | None = None) -> None:
        self._watchlist, self._newcomers = watchlist, newcomers
        self._table, self._values = np.full(1024, lookup.EMPTY, np.uint64), np.zeros(1024, np.int64)
        self._said: dict[int, int] = {}
        self._class: list[int] = []
        self.identities: list[Identity] = []
        self.guarded_by_hand: dict[int, bool] = {}
        self.claims = Claims()
        self.changed_names: set[int] = set()
        self.refused = 0
        """reports of identities beyond `MOST_SHIPS`"""
        self.mmsi: Any = np.zeros(0, np.uint32)
        self.kind: Any = np.zeros(0, np.uint8)
        self.guarded: Any = np.zeros(0, np.bool_)
        self.own_fleet: Any = np.zeros(0, np.bool_)
        self.length_m: Any = np.zeros(0, np.uint16)
        self.beam_m: Any = np.zeros(0, np.uint16)
        self.hull_m: Any = np.zeros((0, 4), np.uint16)
        """from the antenna to bow, stern, port and starboard side"""
        self.static_s: Any = np.zeros(0)
        """when she last said something of herself; NaN when never"""
        self.told_s: Any = np.zeros((0, len(TOLD)))
        """when she last told each of `TOLD`; NaN when never"""
        self.rings_nm: dict[int, float] = {}
        """by identity, the ring round a guarded ship in which no other craft is wanted"""

    def __len__(self) -> int:
        """The number of identities."""
        return len(self.identities)

    def slot(self, mmsi: int) -> int | None:
        """The row of an identity, None when she was never heard."""
        out = np.empty(1, np.int64)
        return None if lookup.find(self._table, self._values, np.array([mmsi], np.uint64), out) else int(out[0])

    def slots(self, mmsi: U32) -> I64:
        """(n,) the row of each, a new one for each that was never heard; NOBODY where there is no room any more."""
        out = np.empty(len(mmsi), np.int64)
        wanted = mmsi.astype(np.uint64)
        if not lookup.find(self._table, self._values, wanted, out):
            return out
        unknown = mmsi[out < 0]
        _, first = np.unique(unknown, return_index=True)
        self._enter(unknown[np.sort(first)][: MOST_SHIPS - len(self)])
        lookup.find(self._table, self._values, wanted, out)
        return out

    def _enter(self, mmsi: U32) -> None:
        """New rows, in this order."""
        if not len(mmsi):
            return
        begin, end = len(self), len(self) + len(mmsi)
        if end > len(self.mmsi):
            self._grow(max(64, 2 * len(self.mmsi), end))
        if 2 * end > len(self._table):
            length = 1 << (4 * end - 1).bit_length()
            table, values = np.full(length, lookup.EMPTY, np.uint64), np.zeros(length, np.int64)
            lookup.put(table, values, self._table, self._values)
            self._table, self._values = table, values
        lookup.put(self._table, self._values, mmsi.astype(np.uint64), np.arange(begin, end))
        new = slice(begin, end)
        self.identities += [Identity(number) for number in mmsi.tolist()]
        self._class += identities.classes_of(mmsi).tolist()
        self.changed_names.update(range(begin, end))
        self.mmsi[new] = mmsi
        self.kind[new] = identities.kinds_of(mmsi, np.zeros(len(mmsi), np.uint8), np.ones(len(mmsi), np.uint8))
        if self._newcomers is None:
            for slot in range(begin, end):
                self._judge(slot, int(self.kind[slot]))
            return
        self.guarded[new], self.own_fleet[new] = self._newcomers(mmsi, self.kind[new])
        if self.guarded_by_hand:
            for slot in range(begin, end):
                self.guarded[slot] = self.guarded_by_hand.get(self.identities[slot].mmsi, self.guarded[slot])

    def _grow(self, rows: int) -> None:
        def longer(old: Any, fill: Any) -> Any:
            new = np.full((rows, *old.shape[1:]), fill, old.dtype)
            new[: len(old)] = old
            return new

        self.mmsi, self.kind = longer(self.mmsi, 0), longer(self.kind, 0)
        self.guarded, self.own_fleet = longer(self.guarded, False), longer(self.own_fleet, False)
        self.length_m, self.beam_m, self.hull_m = longer(self.length_m, 0), longer(self.beam_m, 0), longer(self.hull_m, 0)
        self.static_s, self.told_s = longer(self.static_s, np.nan), longer(self.told_s, np.nan)

    def _judge(self, slot: int, kind: int) -> None:
        identity = self.identities[slot]
        guarded, own = self._watchlist(identity, kind)
        self.guarded[slot] = self.guarded_by_hand.get(identity.mmsi, guarded)
        self.own_fleet[slot] = own

    def guard(self, mmsi: int, guarded: bool | None, ring_nm: float | None = None) -> None:
        """A person puts a ship on the guard list, with a ring round her or without, or takes her off; None: it is as configured again."""
        self.guarded_by_hand.pop(mmsi, None)
        self.rings_nm.pop(mmsi, None)
        if guarded is not None:
            self.guarded_by_hand[mmsi] = guarded
        if guarded and ring_nm is not None:
            self.rings_nm[mmsi] = ring_nm
        slot = self.slot(mmsi)
        if slot is not None:
            self._judge(slot, int(self.kind[slot]))

    def ring_nm(self, ships: int) -> F32:
        """(n,) the ring round each of the first ships, NaN where there is none."""
        made = np.full(ships, np.nan, np.float32)
        for mmsi, ring_nm in self.rings_nm.items():
            slot = self.slot(mmsi)
            if slot is not None and slot < ships:
                made[slot] = ring_nm
        return made

    def take(self, statics: Statics) -> None:
        """Take in what ships say of themselves; most of them say what they said before."""
        slots = self.slots(statics.mmsi)
        known = slots != NOBODY
        if not known.all():
            self.refused += int((~known).sum())
            slots, statics = slots[known], statics.take(known)
        self.static_s[slots] = np.fmax(self.static_s[slots], statics.time_s)
        self._note_told(slots, statics)
        said = zip(*(getattr(statics, column).tolist() for column in _SAID), strict=True)
        learnt: dict[int, None] = {}
        for slot, time_s, content in zip(slots.tolist(), statics.time_s.tolist(), said, strict=True):
            # By kind of message: of those that come in two parts each says its own.
            part = slot << 9 | content[0] << 1 | (content[1] == "B")
            told = _digest(content)
            if self._said.get(part) != told:
                self._said[part] = told
                self._learn(slot, content, time_s)
                learnt[slot] = None
        if learnt:
            rows = np.fromiter(learnt, np.int64, len(learnt))
            sizes = [(self.identities[slot].length_m, self.identities[slot].beam_m) for slot in learnt]
            self.length_m[rows], self.beam_m[rows] = np.minimum(np.array(sizes, np.int64), 65535).T

    def _note_told(self, slots: I64, statics: Statics) -> None:
        """For each field, when it was told last: a message may lack some, or say that they are not available."""
        given = (
            statics.name != "",
            statics.callsign != "",
            statics.imo > 0,
            statics.ship_type > 0,
            (statics.to_bow_m > 0) | (statics.to_stern_m > 0) | (statics.to_port_m > 0) | (statics.to_starboard_m > 0),
            statics.draught_m > 0,
            statics.destination != "",
            statics.eta != "",
        )
        for column, which in enumerate(given):
            rows = slots[which]
            self.told_s[rows, column] = np.fmax(self.told_s[rows, column], statics.time_s[which])

    def _learn(self, slot: int, content: tuple[Any, ...], time_s: float) -> None:
        msg_type, _, name, callsign, imo, ship_type, bow, stern, port, starboard, draught_m, destination, eta = content
        before = self.identities[slot]
        # Not for a part that carries no such field, nor for "not available": what was known stays.
        now = self.identities[slot] = Identity(
            before.mmsi,
            name.strip() or before.name,
            callsign.strip() or before.callsign,
            imo or before.imo,
            ship_type or before.ship_type,
            bow + stern or before.length_m,
            port + starboard or before.beam_m,
            draught_m if draught_m > 0 else before.draught_m,
            destination.strip() or before.destination,
            eta or before.eta,
        )
        for field in CLAIMED:
            was, is_now = _claim(before, field), _claim(now, field)
            if was and is_now != was:
                self.claims.note(slot, field, was, is_now, time_s)
        if now.ship_type != before.ship_type or now.name != before.name or now.imo != before.imo:
            radar = identities.is_radar(now.mmsi)
            kind = identities.RADAR if radar else identities.kind_of_class(self._class[slot], now.ship_type, msg_type)
            self.kind[slot] = kind
            self.changed_names.add(slot)
            self._judge(slot, kind)
        if bow + stern or port + starboard:
            self.hull_m[slot] = bow, stern, port, starboard


def _claim(identity: Identity, field: str) -> str | int | float:
    """A field's value as a claim; "" or 0 where there is none."""
    if field == "size":
        return f"{identity.length_m} m x {identity.beam_m} m" if identity.length_m or identity.beam_m else ""
    if field == "draught_m":
        return round(identity.draught_m, 1) if identity.draught_m > 0 else 0
    value: str | int = getattr(identity, field)
    return value


def _digest(content: tuple[Any, ...]) -> int:
    """Of what was said: the same in every process, unlike `hash`, for it may be remembered over a restart."""
    return int.from_bytes(blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


_SAID: Final = (
    "msg_type", "part", "name", "callsign", "imo", "ship_type", "to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m", "draught_m",
    "destination", "eta",
)  # fmt: skip  # one a line would hide what belongs together
