"""Lists of ships: by MMSI, IMO number or name, in the configuration or in CSV files kept by an office.

A ship on a list must not go unguarded for a slip of the pen: whatever is not understood is told, with file and line.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tankerwatch.core.errors import ConfigFault

FILE_LIMIT_BYTES: Final = 8 << 20
"""A list of every ship there is has a third of that."""
REMARKS_LIMIT: Final = 20
NAME_LENGTH: Final = 20
"""AIS sends no more of a name (ITU-R M.1371-5, table 52)."""

COLUMNS: Final = {
    "mmsi": ("mmsi", "mmsinumber", "mmsino"),
    "imo": ("imo", "imonumber", "imono", "imonr"),
    "name": ("name", "shipname", "vesselname", "ship", "vessel", "nameofship"),
}
"""What a column may be called, letters only."""


@dataclass(frozen=True, slots=True)
class ShipList:
    """Ships by what they are known by. Names are as AIS sends them: capitals, at most twenty characters."""

    mmsis: frozenset[int] = frozenset()
    imos: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()

    def __len__(self) -> int:
        """How many entries it has."""
        return len(self.mmsis) + len(self.imos) + len(self.names)

    def __or__(self, other: ShipList) -> ShipList:
        """The ships of either."""
        return ShipList(self.mmsis | other.mmsis, self.imos | other.imos, self.names | other.names)

    def holds(self, *, mmsi: int = 0, imo: int = 0, name: str = "") -> bool:
        """Whether a ship is on the list by any of these; 0 and "" are not known."""
        return mmsi in self.mmsis or imo in self.imos or (bool(name and self.names) and sent_name(name) in self.names)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ships chosen one by one, by kind (codes of `mmsi.py`), because they are guarded, or because they are one's own."""

    ships: ShipList = ShipList()
    kinds: frozenset[int] = frozenset()
    guarded: bool = False
    fleet: bool = False

    def __bool__(self) -> bool:
        """Whether anything was chosen at all."""
        return bool(self.ships or self.kinds or self.guarded or self.fleet)


def imo_is_valid(imo: int) -> bool:
    """Whether a seven-digit IMO number's last digit checks the others (IMO Resolution A.1117(30): weights 7 to 2)."""
    if not 1_000_000 <= imo <= 9_999_999:
        return False
    digits = [int(digit) for digit in str(imo)]
    return sum(weight * digit for weight, digit in zip(range(7, 1, -1), digits[:6], strict=True)) % 10 == digits[6]


def sent_name(name: str) -> str:
    """A ship's name as AIS would send it: capitals without accents, single blanks, cut at twenty characters."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(bare.upper().split())[:NAME_LENGTH].rstrip()


def ship_of(entry: str) -> ShipList | str:
    """The one ship that an entry names, or why it names none. Nine digits are an MMSI, seven (or IMO before them) an IMO number."""
    entry = entry.strip()
    numbered = re.fullmatch(r"(?:(IMO|MMSI)[\s:.#-]*)?([0-9]+)", entry, re.IGNORECASE)
    if not numbered:
        name = sent_name(entry)
        if not name:
            return "is empty"
        if any(not " " <= letter <= "_" for letter in name):
            return "holds letters that AIS cannot send, so no ship will ever bear it; use the MMSI or IMO number"
        return ShipList(names=frozenset({name}))
    word, digits = (numbered[1] or "").upper(), numbered[2]
    if len(digits) == 9 and word != "IMO":
        return ShipList(mmsis=frozenset({int(digits)})) if int(digits) else "is no MMSI: all zeros"
    if len(digits) == 7 and word != "MMSI":
        if imo_is_valid(int(digits)):
            return ShipList(imos=frozenset({int(digits)}))
        return "is no IMO number: its last digit does not check the others"
    return f"has {len(digits)} digits; an MMSI has nine, an IMO number seven"


def ships_from(path: Path) -> tuple[ShipList, list[str]]:
    """The ships of a CSV file, and a remark for each entry that names none.

    Raises ConfigFault when the file cannot be read or holds no ship at all.
    """
    rows = _rows(path)
    columns = _header(rows[0][1]) if rows else {}
    found, remarks = ShipList(), []
    for line, cells in rows[1:] if columns else rows:
        ships, faults = _named(cells, columns) if columns else _guessed(cells)
        found |= ships
        remarks += [f"{path}: line {line}: {fault}" for fault in faults]
    if not found:
        raise ConfigFault("this list names no ship", where=str(path), help=remarks[0] if remarks else "one ship a line: IMO, MMSI or name")
    if len(remarks) > REMARKS_LIMIT:
        remarks = [*remarks[:REMARKS_LIMIT], f"{path}: and {len(remarks) - REMARKS_LIMIT} more entries that name no ship"]
    return found, remarks


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Line number and cells of every line that holds something and is no comment."""
    try:
        with path.open("rb") as file:
            held = file.read(FILE_LIMIT_BYTES + 1)
    except OSError as fault:
        raise ConfigFault(f"cannot be read ({fault.strerror})", where=str(path), help="give the path of a CSV file") from None
    if len(held) > FILE_LIMIT_BYTES:
        raise ConfigFault(f"is larger than {FILE_LIMIT_BYTES >> 20} MiB", where=str(path), help="a list of ships is one ship a line")
    try:
        text = held.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = held.decode("cp1252", "replace")  # what spreadsheets write where they do not write UTF-8
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    delimiter = max(",;\t", key=first.count)
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            cells = [line.strip()]
        if any(cells):
            rows.append((number, cells))
    return rows


def _header(cells: Sequence[str]) -> dict[str, int]:
    """Which column holds what, {} when the line is no header."""
    called = [re.sub(r"[^a-z]", "", cell.lower()) for cell in cells]
    return {column: called.index(name) for column, names in COLUMNS.items() for name in names if name in called}


def _named(cells: Sequence[str], columns: dict[str, int]) -> tuple[ShipList, list[str]]:
    """The ship of a line under a header."""
    held = {column: cells[at] for column, at in columns.items() if at < len(cells) and cells[at]}
    if not held:
        return ShipList(), ["names no ship"]
    name = held.pop("name", "")
    numbers: list[str] = []
    faults: list[str] = []
    for column, text in held.items():
        digits = re.fullmatch(rf"(?:{column})?[\s:.#-]*([0-9]+)", text, re.IGNORECASE)
        if digits:
            numbers.append(f"{column.upper()} {digits[1]}")
        else:
            faults.append(f"{text[:60]!r} is no {column.upper()} number")
    found, others = _joined(numbers, name)
    return found, faults + others


def _guessed(cells: Sequence[str]) -> tuple[ShipList, list[str]]:
    """The ship of a line without a header: numbers tell by their length what they are."""
    cells = [cell for cell in cells if cell]
    numbers = [cell for cell in cells if re.fullmatch(r"(?:(?:IMO|MMSI)[\s:.#-]*)?[0-9]+", cell, re.IGNORECASE)]
    words = [cell for cell in cells if cell not in numbers]
    if not numbers and len(words) > 1:
        return ShipList(), [f"{', '.join(words)[:60]!r}: which is the name? Begin the file with a line that names its columns"]
    return _joined(numbers, words[0] if words else "")


def _joined(numbers: Iterable[str], name: str) -> tuple[ShipList, list[str]]:
    """A ship by her numbers, and by her name only where she has no good number: names are borne by many."""
    found, faults = ShipList(), []
    for entry in numbers:
        ship = ship_of(entry)
        if isinstance(ship, str):
            faults.append(f"{entry[:60]!r} {ship}")
        else:
            found |= ship
    if not found and name:
        ship = ship_of(name)
        if isinstance(ship, str):
            faults.append(f"{name[:60]!r} {ship}")
        else:
            found = ship
    return found, faults
