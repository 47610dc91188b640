"""Opens CSV and Parquet tables and gives their columns in blocks, by role; what the values mean is `rows.py`'s matter."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tankerwatch.core.errors import InputFault
from tankerwatch.core.schema import I64, U64
from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.columns import MISSING, meaning
from tankerwatch.ingest.paths import ending

BLOCK_BYTES = 4 << 20
BLOCK_ROWS = 1 << 16
LONGEST_HEADER = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some rows: role → Arrow array, and the number of each row from 1. `spans_rows` counts bad rows too."""

    values: dict[str, Any]
    number: U64
    spans_rows: int

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.number)

    def take(self, which: I64) -> Block:
        """Some of the rows."""
        index = pa.array(which)
        return Block({role: column.take(index) for role, column in self.values.items()}, self.number[which], len(which))

    @classmethod
    def concat(cls, blocks: list[Block]) -> Block:
        """The rows of several blocks of one table."""
        values = {role: pa.concat_arrays([block.values[role] for block in blocks]) for role in blocks[0].values}
        return cls(values, np.concatenate([block.number for block in blocks]), sum(block.spans_rows for block in blocks))


class ParquetTable:
    """A Parquet file."""

    def __init__(self, recording: Recording, columns: Mapping[str, str] | None, read: Callable[[int], None] | None) -> None:
        self.bad_rows = 0
        self.damage = ""
        self._recording = recording
        self._read = read
        try:
            self._file = pyarrow.parquet.ParquetFile(recording.name)
        except (pa.ArrowException, OSError) as error:
            raise InputFault("is no Parquet file that can be read", where=recording.name, help="was it copied whole?") from error
        self.meaning = meaning(self._file.schema_arrow.names, columns, recording.name)

    def blocks(self, roles: Sequence[str] | None = None) -> Iterator[Block]:
        """All rows, or only the columns of some roles."""
        at = {role: index for role, index in self.meaning.at.items() if roles is None or role in roles}
        names = self._file.schema_arrow.names
        wanted = sorted({names[index] for index in at.values()})
        rows = max(self._file.metadata.num_rows, 1)
        done, told = 0, 0
        try:
            for batch in self._file.iter_batches(batch_size=BLOCK_ROWS, columns=wanted):
                values = {role: batch.column(names[index]) for role, index in at.items()}
                number = np.arange(done + 1, done + 1 + batch.num_rows, dtype=np.uint64)
                done += batch.num_rows
                if self._read is not None:
                    size = self._recording.bytes_total * done // rows
                    self._read(size - told)
                    told = size
                yield Block(values, number, batch.num_rows)
        except (pa.ArrowException, OSError) as error:
            self.damage = str(error)


class CsvTable:
    """A CSV file, packed or not, separated by the sign that its header has most of: comma, semicolon, tab or bar."""

    def __init__(self, recording: Recording, columns: Mapping[str, str] | None, read: Callable[[int], None] | None) -> None:
        self.bad_rows = 0
        self.damage = ""
        self._recording = recording
        self._stream = _Blocks(recording.blocks(read))
        first = self._stream.line(LONGEST_HEADER)
        self._separator = max(",;\t|", key=first.count)
        try:
            header = next(csv.reader([first.removeprefix("\ufeff").removeprefix("# ")], delimiter=self._separator), [])
        except csv.Error as error:
            raise InputFault(
                f"is no table ({error})", where=recording.name, help="its first line must hold the names of its columns"
            ) from error
        if not header:
            raise InputFault("is empty", where=recording.name, help="a table begins with the names of its columns")
        self._names = [f"c{index}" for index in range(len(header))]
        self.meaning = meaning([name.strip() for name in header], columns, recording.name)

    def blocks(self, roles: Sequence[str] | None = None) -> Iterator[Block]:
        """All rows, or only the columns of some roles; can be called once."""
        at = {role: f"c{index}" for role, index in self.meaning.at.items() if roles is None or role in roles}
        bad: list[int] = []
        done = 0

        def refuse(row: Any) -> str:
            self.bad_rows += 1
            bad.append(row.number)
            return "skip"

        wanted = sorted(set(at.values()))
        parse = pyarrow.csv.ParseOptions(delimiter=self._separator, newlines_in_values=True, invalid_row_handler=refuse)
        convert = pyarrow.csv.ConvertOptions(
            check_utf8=False,
            include_columns=wanted,
            column_types=dict.fromkeys(self._names, pa.string()),
            null_values=list(MISSING),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )
        read = pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=self._names)
        seen = 0
        try:
            reader = pyarrow.csv.open_csv(pa.PythonFile(self._stream, mode="r"), read, parse, convert)
            for batch in reader:
                taken = np.arange(done + 1, done + 1 + batch.num_rows + len(bad) - seen, dtype=np.uint64)
                number = taken[~np.isin(taken, np.array(bad[seen:], np.uint64))][: batch.num_rows]
                span = (int(number[-1]) if len(number) else done) - done
                seen = int(np.searchsorted(np.array(bad), done + span, side="right"))
                done += span
                yield Block({role: batch.column(name) for role, name in at.items()}, number, span)
        except pa.ArrowInvalid as error:
            # An empty table is no damage.
            self.damage = "" if "Empty CSV file" in str(error) else str(error)


class _Blocks(io.RawIOBase):
    """A stream over blocks of bytes, for Arrow, which stumbles over what is not UTF-8: that is replaced on the way."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """Fill from what is left of the newest block."""
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(self._clean(block))
        count = min(len(target), len(self._left))
        target[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _clean(self, block: bytes) -> bytes:
        if block.isascii() and not self._decoder.getstate()[0]:
            return block
        return self._decoder.decode(block).encode()

    def line(self, longest: int) -> str:
        """The first line, without its end; the rest stays to be read."""
        head = b""
        while (end := head.find(b"\n")) < 0 and len(head) < longest:
            block = next(self._blocks, None)
            if block is None:
                end = len(head)
                break
            head += block
        self._left = memoryview(self._clean(head[end + 1 :]))
        return head[:end].rstrip(b"\r").decode("utf-8", "replace")


Opened = CsvTable | ParquetTable


def open_table(recording: Recording, columns: Mapping[str, str] | None, read: Callable[[int], None] | None = None) -> Opened:
    """Open a table by the ending of its name. Raises InputFault when it cannot be read or is no table of ship reports."""
    if not recording.again:
        raise InputFault("a table must be a file, because it is read twice", where=recording.name, help="save it as a file first")
    if ending(recording.name) == ".parquet" and Path(recording.name).suffix.lower() == ".parquet":
        return ParquetTable(recording, columns, read)
    return CsvTable(recording, columns, read)
