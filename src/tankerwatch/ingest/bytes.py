"""Opens what was recorded, packed or not, and reads it in blocks of bounded size.

Packing is told by the first bytes, not by the name. A packed file that breaks off gives what could be read, and says so.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import IO, Any, BinaryIO

import zstandard

from tankerwatch.core.errors import InputFault

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
BLOCK = 1 << 20
_ZSTD_STEP = 2048
"""Packed bytes a step: one zstd block of four bytes can become 128 KiB, so this bounds what a hostile file makes of memory (64 MiB)."""
_ZSTD_WINDOW = 1 << 27


class Stream:
    """Bytes that are taken in pieces of any size: those of some blocks, and then what `more` writes to where it is told to."""

    def __init__(self, blocks: Iterable[bytes], more: Callable[[memoryview], int] | None = None) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")
        self._more = more

    def readinto(self, into: memoryview) -> int:
        """Write some bytes to the beginning of `into`, as many as come at once; how many, 0 at the end only."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return self._more(into) if self._more is not None else 0
            self._rest = memoryview(block)
        size = min(len(into), len(self._rest))
        into[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class Recording:
    """One recorded input: a path, `-` for standard input, or the bytes or the rest of the open binary file in `content`.

    `damage` is "" or what was wrong with the packing, once it has been read. Raises InputFault for what is not there, or open as text.
    """

    def __init__(self, path: str | os.PathLike[str], block_bytes: int = BLOCK, *, content: bytes | IO[bytes] | None = None) -> None:
        self._block_bytes = block_bytes
        self.name = os.fspath(path)
        self.damage = ""
        self.bytes_total = 0
        self.again = False
        """whether it can be read twice"""
        self._content = content
        if isinstance(content, bytes):
            self.again, self.bytes_total = True, len(content)
            return
        if content is not None:
            try:
                binary = isinstance(content.read(0), bytes)
            except OSError as error:
                raise _unreadable(self.name, error) from error
            if not binary:
                raise InputFault("is open as text", where=self.name, help='open it with mode "rb"')
            return
        if self.name == "-":
            return
        try:
            found = Path(self.name).stat()
        except OSError as error:
            raise _unreadable(self.name, error) from error
        self.again = stat.S_ISREG(found.st_mode)
        self.bytes_total = found.st_size if self.again else 0

    def open(self) -> BinaryIO | IO[bytes]:
        """The packed bytes; raises InputFault when that is impossible."""
        if self._content is not None:
            return io.BytesIO(self._content) if isinstance(self._content, bytes) else self._content
        if self.name == "-":
            return sys.stdin.buffer
        try:
            return Path(self.name).open("rb", buffering=0)
        except OSError as error:
            raise _unreadable(self.name, error) from error

    def blocks(self, read: Callable[[int], None] | None = None) -> Iterator[bytes]:
        """The unpacked bytes in blocks of any size; `read` is told how many packed bytes were taken each time."""
        self.damage = ""
        raw = self.open()
        with nullcontext() if self.name == "-" or self._content is not None else raw:
            head, source = self._begun(raw, read)
            if head.startswith(GZIP):
                yield from self._gzip(head, source)
            elif head.startswith(ZSTD):
                yield from self._zstd(head, source)
            else:
                if head:
                    yield head
                yield from source

    def _begun(self, raw: BinaryIO | IO[bytes], read: Callable[[int], None] | None) -> tuple[bytes, Iterator[bytes]]:
        """The first bytes, enough to tell how it is packed, and the blocks that follow them."""
        source = self._read(raw, read)
        head = b""
        while len(head) < len(ZSTD) and (block := next(source, b"")):
            head += block
        return head, source

    @contextmanager
    def stream(self, read: Callable[[int], None] | None = None) -> Iterator[Stream]:
        """The same as a `Stream`. What is not packed is read to where it is wanted and not copied again."""
        self.damage = ""
        if self.name == "-" or self._content is not None:
            yield Stream(self.blocks(read))
            return
        with self.open() as raw:
            head, source = self._begun(raw, read)
            if head.startswith((GZIP, ZSTD)):
                yield Stream(self._gzip(head, source) if head.startswith(GZIP) else self._zstd(head, source))
                return

            file: Any = raw  # one opened without a buffer

            def more(into: memoryview) -> int:
                try:
                    got: int = file.readinto(into[: self._block_bytes]) or 0
                except OSError as error:
                    raise _unreadable(self.name, error) from error
                if got and read is not None:
                    read(got)
                return got

            yield Stream([head], more)

    def _read(self, raw: BinaryIO | IO[bytes], read: Callable[[int], None] | None) -> Iterator[bytes]:
        while True:
            try:
                # read1 of a pipe gives what is there instead of waiting for a whole block.
                block = raw.read1(self._block_bytes) if hasattr(raw, "read1") else raw.read(self._block_bytes)
            except OSError as error:
                raise _unreadable(self.name, error) from error
            except (EOFError, zlib.error) as error:  # of an open file that unpacks
                self.damage = f"it breaks off ({error})"
                return
            if not block:
                return
            if read is not None:
                read(len(block))
            yield block

    def _gzip(self, head: bytes, source: Iterator[bytes]) -> Iterator[bytes]:
        unpack, packed = None, head
        try:
            while packed or (packed := next(source, b"")):
                if unpack is None:  # another member may follow, or zeros that fill up the last block of a tape
                    packed = packed.lstrip(b"\0")
                    if not packed:
                        continue
                    if packed[0] != GZIP[0]:
                        self.damage = "something else follows the gzip data"
                        return
                    unpack = zlib.decompressobj(31)
                if made := unpack.decompress(packed, self._block_bytes):
                    yield made
                packed = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                if unpack.eof:
                    unpack = None
            if unpack is not None:
                if rest := unpack.flush():
                    yield rest
                self.damage = "" if unpack.eof else "the gzip data break off"
        except zlib.error as error:
            self.damage = f"the gzip data are damaged ({error})"

    def _zstd(self, head: bytes, source: Iterator[bytes]) -> Iterator[bytes]:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        unpack = None
        try:
            for step in _steps(head, source):
                while step:
                    unpack = unpack or unpacker.decompressobj()
                    if made := unpack.decompress(step):
                        yield made
                    step = unpack.unused_data if unpack.eof else b""
                    if unpack.eof:
                        unpack = None
            if unpack is not None:
                self.damage = "the zstd data break off"
        except zstandard.ZstdError as error:
            self.damage = f"the zstd data are damaged ({error})"


def _steps(head: bytes, source: Iterator[bytes]) -> Iterator[bytes]:
    for block in chain((head,), source):
        for at in range(0, len(block), _ZSTD_STEP):
            yield block[at : at + _ZSTD_STEP]


def _unreadable(name: str, error: OSError) -> InputFault:
    if isinstance(error, FileNotFoundError):
        return InputFault("there is no such file or folder", where=name, help="check the path; quote names with blanks")
    if isinstance(error, PermissionError):
        return InputFault("may not be read", where=name, help="give the user that runs Tankerwatch the right to read it")
    return InputFault(f"cannot be read ({error.strerror or error})", where=name, help="is the disk in order, and is it a file?")
