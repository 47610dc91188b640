"""What a ship has said she is for as long as the history goes back, and who else has said the same: read from the file of identities."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.dataset as pads

from tankerwatch.core.errors import InputFault
from tankerwatch.store.history.questions import History

FIELDS: Final = ("name", "callsign", "imo", "ship_type", "size")
SHARED: Final = ("imo", "callsign")
"""Of these no two ships have the same."""
MOST_ROWS: Final = 20_000
"""Changes of ships looked at, the newest; two that share an MMSI make some 500 a day."""
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
        said = _said(rows)
        mine: dict[str, set[Any]] = {field: {each.value for each in said if each.field == field} for field in SHARED}
        mine["imo"] |= {imo} - {0}
        mine["callsign"] |= {callsign} - {""}
        types = {"imo": pa.uint32(), "callsign": pa.string()}
        same_imo, same_callsign = (pads.field(name).isin(pa.array(sorted(mine[name]), types[name])) for name in SHARED)
        found, _ = self._rows((same_imo | same_callsign) & (pads.field("mmsi") != mmsi), ["mmsi"]) if any(mine.values()) else ([], False)
        who = list(dict.fromkeys(row["mmsi"] for row in reversed(found)))  # who changed last first
        theirs: dict[int, list[dict[str, Any]]] = {other: [] for other in who[:MOST_OTHERS]}
        for row in self._rows(pads.field("mmsi").isin(list(theirs)))[0] if theirs else ():
            theirs[row["mmsi"]].append(row)
        others = {}
        for other, told in theirs.items():
            theirs_said = _said(told)
            same = [each for field in SHARED for each in theirs_said if each.field == field and each.value in mine[field]]
            others[other] = next((row["name"] for row in reversed(told) if row["name"]), ""), same
        return Sayings(rows[0]["time_s"] if rows else None, said, cut, others, len(who) - len(theirs))

    def _rows(self, which: Any, columns: list[str] | None = None) -> tuple[list[dict[str, Any]], bool]:
        """The newest rows that are wanted, and whether older ones were left out."""
        if self._path is None:
            return [], False
        held: list[Any] = []
        count, cut = 0, False
        known = which & (pads.field("time") <= self._until)
        scanner = pads.dataset(str(self._path), format="parquet").scanner(
            columns=columns, filter=known, use_threads=False, batch_size=BATCH_ROWS, batch_readahead=1
        )
        for batch in scanner.to_batches():
            if self._clock() > self._end_s:
                raise InputFault(
                    f"takes longer than {PATIENCE_S:g} s", where=str(self._path), help="ask again when this machine is less busy"
                )
            held.append(batch)
            count += batch.num_rows
            while count - held[0].num_rows >= MOST_ROWS:
                count, cut = count - held.pop(0).num_rows, True
        rows: list[dict[str, Any]] = []
        for batch in held:
            rows += batch.to_pylist() if columns else _plain(batch)
        return rows[-MOST_ROWS:], cut or len(rows) > MOST_ROWS


def _plain(batch: Any) -> list[dict[str, Any]]:
    """Rows with a value for each of `FIELDS`, "" or 0 where not told."""
    made = []
    times = batch.column("time").cast(pa.int64()).to_pylist()
    for time_ms, row in zip(times, batch.drop_columns(["time"]).to_pylist(), strict=True):
        told = defaultdict(int, {name: value for name, value in row.items() if value})
        length_m, beam_m = told["to_bow_m"] + told["to_stern_m"], told["to_port_m"] + told["to_starboard_m"]
        texts = {name: told[name] or "" for name in ("name", "callsign")}
        size = f"{length_m} m x {beam_m} m" if length_m or beam_m else ""
        made.append(
            {"time_s": time_ms / 1000, "mmsi": row["mmsi"], **texts, "imo": told["imo"], "ship_type": told["ship_type"], "size": size}
        )
    return made


def _said(rows: Iterable[dict[str, Any]]) -> list[Saying]:
    """The values of each field, the newest one last."""
    held: dict[tuple[str, Value], Saying] = {}
    now: dict[str, Saying] = {}
    for row in rows:
        for field in FIELDS:
            value, before = row[field], now.get(field)
            if not value or (before is not None and before.value == value):
                continue
            if before is not None:
                held[field, before.value] = before._replace(last_s=row["time_s"])
            again = held.pop((field, value), None)
            said = Saying(field, value, again.first_s if again else row["time_s"], None, 1 + (again.times if again else 0))
            held[field, value] = now[field] = said
    return list(held.values())
