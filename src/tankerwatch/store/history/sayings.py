"""What a ship has said she is for as long as the history goes back, and who else has said the same: read from the file of identities."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads

from tankerwatch.core.errors import InputFault
from tankerwatch.store.history.identities import SCHEMA
from tankerwatch.store.history.questions import History

FIELDS: Final = ("name", "callsign", "imo", "ship_type", "size")
SHARED: Final = ("imo", "callsign")
"""Of these no two ships have the same."""
SIDES: Final = ("to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m")
MOST_ROWS: Final = 200_000
"""Changes looked at, the newest; two that share an MMSI make some 500 a day."""
MOST_VALUES: Final = 16
"""Of each field the newest."""
MOST_OTHERS: Final = 20
PATIENCE_S: Final = 5.0
BATCH_ROWS: Final = 65_536

Value = str | int


class Saying(NamedTuple):
    """A value of a field. first_s: when she began to send it · last_s: when she sent another instead, None for the newest one · times:
    how often she began to send it.
    """

    field: str
    value: Value
    first_s: float
    last_s: float | None
    times: int


@dataclass(frozen=True, slots=True)
class Sayings:
    """What a history tells of the identity of a ship; `first_s` None: nothing. cut: she changed more often than is looked at ·
    others: by MMSI the name and those of her IMO numbers and call signs that this one has sent · more: how many others are left out.
    """

    first_s: float | None
    said: list[Saying]
    cut: bool
    others: dict[int, tuple[str, list[Saying]]]
    more: int


def sayings(
    history: History, mmsi: int, until_s: float, *, imo: int = 0, callsign: str = "", monotonic_s: Callable[[], float] = time.monotonic
) -> Sayings:
    """What was known by a time. imo, callsign: what she sends now, which the history may not know yet; 0 and "" are not told.

    Raises InputFault when the history cannot be read, or takes too long.
    """
    return history.again(lambda: _Reader(history, until_s, monotonic_s).of(mmsi, imo, callsign))  # type: ignore[no-any-return]  # it is what is asked


class _Reader:
    """Reads one file of identities, in pieces, until the patience is over."""

    def __init__(self, history: History, until_s: float, monotonic_s: Callable[[], float]) -> None:
        self._path = history.statics_path()
        self._until = pa.scalar(round(until_s * 1000), pa.timestamp("ms"))
        self._clock, self._end_s = monotonic_s, monotonic_s() + PATIENCE_S

    def of(self, mmsi: int, imo: int, callsign: str) -> Sayings:
        rows, cut = self._rows(pads.field("mmsi") == mmsi)
        said = [each for field in FIELDS for each in _said(rows, field)[-MOST_VALUES:]]
        mine: dict[str, set[Any]] = {field: {each.value for each in said if each.field == field} for field in SHARED}
        mine["imo"] |= {imo} - {0}
        mine["callsign"] |= {callsign} - {""}
        types = {"imo": pa.uint32(), "callsign": pa.string()}
        same_imo, same_callsign = (pads.field(name).isin(pa.array(sorted(mine[name]), types[name])) for name in SHARED)
        found, _ = (
            self._rows((same_imo | same_callsign) & (pads.field("mmsi") != mmsi)) if any(mine.values()) else (rows.slice(0, 0), False)
        )
        who = list(dict.fromkeys(found.column("mmsi").to_pylist()[::-1]))  # who changed last first
        all_theirs, _ = self._rows(pads.field("mmsi").isin(pa.array(who[:MOST_OTHERS], pa.uint32()))) if who else (found, False)
        others = {}
        for other in who[:MOST_OTHERS]:
            theirs = all_theirs.filter(pc.equal(all_theirs.column("mmsi"), other))
            names = _said(theirs, "name")
            others[other] = str(names[-1].value) if names else "", [each for field in SHARED for each in _said(theirs, field, mine[field])]
        first_s = _times(rows)[0] if rows.num_rows else None
        return Sayings(first_s, said, cut, others, len(who) - len(others))

    def _rows(self, which: Any) -> tuple[Any, bool]:
        """The newest rows that are wanted, and whether older ones were left out."""
        held: list[Any] = []
        count, cut = 0, False
        if self._path is not None:
            scanner = pads.dataset(str(self._path), format="parquet").scanner(
                filter=which & (pads.field("time") <= self._until), use_threads=False, batch_size=BATCH_ROWS, batch_readahead=1
            )
            for batch in scanner.to_batches():
                if self._clock() > self._end_s:
                    help = "ask again when this machine is less busy"
                    raise InputFault(f"takes longer than {PATIENCE_S:g} s", where=str(self._path), help=help)
                held.append(batch)
                count += batch.num_rows
                while count - held[0].num_rows >= MOST_ROWS:
                    count, cut = count - held.pop(0).num_rows, True
        table = pa.Table.from_batches(held, schema=SCHEMA)
        return table.slice(max(0, count - MOST_ROWS)), cut or count > MOST_ROWS


def _times(rows: Any) -> Any:
    return rows.column("time").to_numpy().view(np.int64) / 1000


def _said(rows: Any, field: str, only: Collection[Value] | None = None) -> list[Saying]:
    """The values of a field, the newest one last; only: of these values."""
    coded = (_sizes(rows) if field == "size" else rows.column(field)).combine_chunks().dictionary_encode()
    code = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    told = np.flatnonzero(code >= 0)  # what is not told takes nothing back
    if not len(told):
        return []
    runs = told[np.flatnonzero(np.diff(code[told], prepend=-1))]
    run, begins_s = code[runs], _times(rows)[runs].tolist()
    values, first, times = np.unique(run, return_index=True, return_counts=True)
    last = len(run) - 1 - np.unique(run[::-1], return_index=True)[1]
    made = []
    for at in np.argsort(last).tolist():
        value = coded.dictionary[int(values[at])].as_py()
        if only is None or value in only:
            last_s = begins_s[last[at] + 1] if last[at] + 1 < len(run) else None
            said = f"{value >> 16} m x {value & 0xFFFF} m" if field == "size" else value
            made.append(Saying(field, said, begins_s[first[at]], last_s, int(times[at])))
    return made


def _sizes(rows: Any) -> Any:
    """Length and beam as one number, null where not told."""
    bow, stern, port, starboard = (rows.column(name).fill_null(0).to_numpy().astype(np.int64) for name in SIDES)
    both = bow + stern << 16 | port + starboard
    return pa.chunked_array([pa.array(both, mask=both == 0)])
