"""What ships have said of themselves before: each value that a ship changed from or to, since when, until when, and how often.

A ship that never changed anything takes no room. Most change their destination only; who changes much sends for two, or is up to something.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

MOST_SHIPS: Final = 20_000
"""Ships of whom changes are kept, those that changed last: with them at most some 60 MB, however much a feed makes up."""
MOST_VALUES: Final = 16

Value = str | int | float


class Claim(NamedTuple):
    """A value of a field. first_s: when she began to send it, None when it was the first that was heard · last_s: when she sent another
    instead, None for the present one · times: how often she began to send it.
    """

    field: str
    value: Value
    first_s: float | None
    last_s: float | None
    times: int


class Claims:
    """By slot; the ship that changed last is at the end."""

    def __init__(self) -> None:
        self.changed: dict[int, list[tuple[Any, ...]]] = {}

    def note(self, slot: int, field: str, before: Value, now: Value, time_s: float) -> None:
        """She sent `before` until now, and sends `now` from this time on."""
        held = [Claim(*each) for each in self.changed.pop(slot, ())]
        old = next((each for each in held if each.field == field and each.value == before), Claim(field, before, None, None, 1))
        new = next((each for each in held if each.field == field and each.value == now), Claim(field, now, time_s, None, 0))
        held = [each for each in held if each not in (old, new)]
        held += [old._replace(last_s=time_s), new._replace(last_s=None, times=new.times + 1)]
        while len(held) > MOST_VALUES:
            held.remove(min((each for each in held if each.last_s is not None), key=lambda each: each.last_s or 0.0))
        # Plain tuples: they are written down with the desk's state.
        self.changed[slot] = [tuple(each) for each in held]
        while len(self.changed) > MOST_SHIPS:
            self.changed.pop(next(iter(self.changed)))

    def of(self, slot: int) -> list[Claim]:
        """What a ship has changed, the newest last."""
        return [Claim(*each) for each in self.changed.get(slot, ())]
