"""Seals and checkpoints: what the journal says of itself, signed.

A seal closes a run of frames: their Merkle root, the chain before and after them, the digest of the seal before it, the key that signed
it and the one that will sign the next. It is one JSON file beside the segments, FIRST-LAST-MARK.seal after its frames, and stays when they
are dropped. A checkpoint is the tip of the chain, signed: kept where an attacker of this machine cannot reach it, it vouches for all that
is before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from math import isfinite
from pathlib import Path
from typing import Any, Self, TypeVar

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import HASH_BYTES, Tree, digest
from tankerwatch.store.files import FileLayer, write_whole
from tankerwatch.store.frames import Placed
from tankerwatch.store.keys import Keys, is_signed
from tankerwatch.store.log import Tip

MOST_BYTES = 64 << 10
"""No seal and no checkpoint is longer."""
_NAME = re.compile(r"(\d{20})-(\d{20})-([0-9a-f]{16})\.seal")
_HEX = re.compile(r"[0-9a-f]*")


_S = TypeVar("_S", bound="Signed")


class Signed:
    """A document of named values with a signature over all the others. Sub-classes are dataclasses with the field `signature`."""

    __slots__ = ()
    public_key: str
    signature: str

    @property
    def message(self) -> bytes:
        """What is signed: every value but the signature, in one way of writing it."""
        values = asdict(self)  # type: ignore[call-overload]  # each sub-class is a dataclass
        del values["signature"]
        kind = type(self).__name__.lower()
        return json.dumps({"kind": kind, **values}, sort_keys=True, separators=(",", ":")).encode()

    @property
    def genuine(self) -> bool:
        """Whether the key that it names signed it."""
        return is_signed(self.public_key, self.message, self.signature)

    def to_json(self) -> bytes:
        """The document, to be kept in a file or sent."""
        return json.dumps(asdict(self), indent=1).encode() + b"\n"  # type: ignore[call-overload]  # each sub-class is a dataclass

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """The document. Raises ValueError when it is none."""
        if len(raw) > MOST_BYTES:
            raise ValueError("is too long")
        try:
            values: Any = json.loads(raw)
            made = cls(**{f.name: values[f.name] for f in fields(cls)})  # type: ignore[arg-type]  # each sub-class is a dataclass
        except (ValueError, TypeError, KeyError, RecursionError) as fault:
            raise ValueError(f"is no {cls.__name__.lower()}") from fault
        for f in fields(cls):  # type: ignore[arg-type]  # each sub-class is a dataclass
            value: Any = getattr(made, f.name)
            if f.type == "str":
                right = isinstance(value, str) and len(value) <= 4 * HASH_BYTES and len(value) % 2 == 0 and bool(_HEX.fullmatch(value))
            elif f.type == "int":
                right = type(value) is int and 0 <= value < 1 << 63
            else:
                right = type(value) in (int, float) and isfinite(value)
            if not right:
                raise ValueError(f"has no right {f.name!r}")
        return made


@dataclass(frozen=True, slots=True)
class Seal(Signed):
    """A run of frames, closed. Hashes and keys are hex digits; times are seconds since 1970 UTC, `newest_s` by the frames' clock."""

    mark: str
    number: int
    first_record: int
    last_record: int
    first_frame: int
    last_frame: int
    chain_before: str
    chain: str
    root: str
    newest_s: float
    sealed_s: float
    previous: str
    """the digest of the seal before it; of the first one "" """
    public_key: str
    next_public_key: str
    signature: str = ""

    @property
    def digest(self) -> str:
        """The hash by which the next seal and checkpoints name this one."""
        return digest(self.message + bytes.fromhex(self.signature)).hex()

    @property
    def file_name(self) -> str:
        """How its file is called."""
        return f"{self.first_frame:020d}-{self.last_frame:020d}-{self.mark}.seal"


@dataclass(frozen=True, slots=True)
class Checkpoint(Signed):
    """The tip of the chain at one moment."""

    mark: str
    record: int
    frame: int
    chain: str
    seals: int
    """how many seals there were"""
    seal: str
    """the digest of the newest of them, "" for none"""
    made_s: float
    public_key: str
    signature: str = ""


def read_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint from a file. Raises InputFault."""
    try:
        with path.open("rb") as file:
            return Checkpoint.from_json(file.read(MOST_BYTES + 1))
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    except ValueError as fault:
        raise InputFault(str(fault), where=str(path), help="tankerwatch checkpoint DIR -o FILE makes one") from fault


def seal_files(folder: Path) -> list[Path]:
    """The files of seals in order of their frames. Raises InputFault when the folder cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(folder)) from fault


def read_seal(path: Path) -> Seal:
    """A seal. Raises InputFault when it cannot be read or is none."""
    try:
        with path.open("rb") as file:
            return Seal.from_json(file.read(MOST_BYTES + 1))
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    except ValueError as fault:
        raise InputFault(str(fault), where=str(path)) from fault


class Sealer:
    """Closes runs of frames as they become durable: after so many bytes, or when their clock comes to another span of `every_s`.

    newest: the newest seal that is there, tip: where the journal stood behind it; then `note` every durable frame since.
    """

    def __init__(
        self,
        folder: Path,
        mark: bytes,
        keys: Keys,
        newest: Seal | None,
        origin: Tip,
        *,
        most_bytes: int,
        every_s: float,
        now_s: Callable[[], float] | None,
        files: FileLayer,
    ) -> None:
        self.folder, self.mark, self.keys, self.newest = folder, mark, keys, newest
        self._most_bytes, self._every_s, self._now_s, self._files = most_bytes, every_s, now_s, files
        self._before = origin
        self._tip = origin
        self._tree = Tree()
        self._bytes = 0
        self._span: float | None = None
        self._newest_s = newest.newest_s if newest else 0.0
        self.due = False

    @property
    def number(self) -> int:
        """The number of the newest seal, 0 for none."""
        return self.newest.number if self.newest else 0

    def note(self, frame: Placed) -> None:
        """A frame is durable."""
        self._tree.append(frame.leaf)
        self._bytes += len(frame.raw)
        header = frame.header
        self._tip = Tip(header.last_record, header.frame, header.chain)
        if isfinite(header.clock_s):
            self._newest_s = max(self._newest_s, header.clock_s)
            span = header.clock_s // self._every_s
            self._span = span if self._span is None else self._span
            self.due = self.due or span > self._span
        self.due = self.due or self._bytes >= self._most_bytes

    def _now(self) -> float:
        return self._now_s() if self._now_s is not None else self._newest_s

    def seal(self) -> Seal | None:
        """Close what came since the last seal; None when nothing did. Raises OSError when it cannot be written: call again later."""
        if not self._tree.size:
            return None
        newest = self.newest
        seal = Seal(
            self.mark.hex(),
            self.number + 1,
            self._before.record + 1,
            self._tip.record,
            self._before.frame + 1,
            self._tip.frame,
            self._before.chain.hex(),
            self._tip.chain.hex(),
            self._tree.root.hex(),
            self._newest_s,
            self._now(),
            newest.digest if newest else "",
            self.keys.public,
            self.keys.next_public(),
        )
        seal = signed(seal, self.keys)
        write_whole(self.folder / seal.file_name, seal.to_json(), self._files)
        self.newest, self._before, self._tree, self._bytes, self._span, self.due = seal, self._tip, Tree(), 0, None, False
        self.keys.settle(seal.next_public_key)
        return seal

    def checkpoint(self) -> Checkpoint:
        """All that is durable, vouched for by the key in use."""
        newest = self.newest
        tip = self._tip
        made = Checkpoint(
            self.mark.hex(),
            tip.record,
            tip.frame,
            tip.chain.hex(),
            self.number,
            newest.digest if newest else "",
            self._now(),
            self.keys.public,
        )
        return signed(made, self.keys)


def signed(document: _S, keys: Keys) -> _S:
    """The document with the signature of the key in use."""
    return replace(document, signature=keys.sign(document.message))  # type: ignore[type-var]  # each sub-class is a dataclass
