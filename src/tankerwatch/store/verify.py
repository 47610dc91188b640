"""Whether a journal is as it was written: every hash worked out anew, and held against what someone outside keeps.

From within, only carelessness can be seen: whoever may write here may also work every hash out again. So what a checkpoint or a copy kept
elsewhere vouches for is *intact* or not, and what nobody outside vouches for is called unvouched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import Tree, link, origin
from tankerwatch.store.copies.restore import Source
from tankerwatch.store.frames import leaf_in
from tankerwatch.store.log import Fork, Tip, in_order
from tankerwatch.store.retention import DAY_S, begin_of, tombstones
from tankerwatch.store.seals import Checkpoint, Seal, read_seal, seal_files
from tankerwatch.store.segments import Frame, Segment, journal_of, scan, segments_in


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place at which a journal is not as it was written."""

    record: int
    what: str
    file: str = ""
    offset: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The fault as the command prints it."""
        return {"record": self.record, "file": self.file, "offset": self.offset, "what": self.what}

    def __str__(self) -> str:
        where = f" ({self.file}{'' if self.offset is None else f', byte {self.offset}'})" if self.file else ""
        return f"record {self.record}: {self.what}{where}"


@dataclass(slots=True)
class Examination:
    """What the files of one journal say. `tip` is the last frame up to which everything fits together."""

    mark: bytes
    tip: Tip
    torn_tail: int = 0
    fault: Fault | None = None
    dropped_record: int = 0
    """up to here retention dropped what was received"""
    chains: dict[int, Tip] = field(default_factory=dict)
    """the tip at each frame that was asked for"""
    seals: list[Seal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found. `intact`: True when all that is vouched for is as it was written, False when not, None when nobody vouches."""

    intact: bool | None
    records: int
    vouched_to: int
    torn_tail: int
    first_fault: Fault | None
    dropped_to: int
    seals: int
    remarks: tuple[str, ...]
    bytes: int

    def to_json(self) -> dict[str, Any]:
        """The verdict as the command prints it."""
        return {
            "intact": self.intact,
            "records": self.records,
            "vouched_to": self.vouched_to,
            "torn_tail": self.torn_tail,
            "first_fault": self.first_fault.to_json() if self.first_fault else None,
            "dropped_to": self.dropped_to,
            "seals": self.seals,
            "remarks": list(self.remarks),
            "bytes": self.bytes,
        }


def verify(
    directory: Path,
    *,
    checkpoints: Sequence[Checkpoint] = (),
    replica: Path | Source | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verdict:
    """Examine the journal of a data directory, and hold it against checkpoints and a copy that are kept outside.

    progress: called with the bytes read since it was called last. Raises InputFault when there is nothing to examine and nobody who
    says that there should be, when a checkpoint is not signed by the key that it names, and when the copy cannot be read.
    """
    for checkpoint in checkpoints:
        if not checkpoint.genuine:
            raise InputFault("is not signed by the key that it names", where="--checkpoint", help="fetch it again from where it is kept")
    outside = None
    if replica is not None:
        outside = examine(journal_of(replica), progress=progress) if isinstance(replica, Path) else _examine_from_afar(replica, progress)
    folder = journal_of(directory)
    wanted = {checkpoint.frame for checkpoint in checkpoints} | ({outside.tip.frame} if outside else set())
    if not folder.is_dir() and wanted:
        missing = max([checkpoint.record for checkpoint in checkpoints] + ([outside.tip.record] if outside else []))
        return Verdict(False, 0, 0, 0, Fault(1, f"the journal is gone; records up to {missing} are vouched for"), 0, 0, (), 0)
    found = examine(folder, frames=wanted, progress=progress)
    faults = [found.fault] if found.fault else []
    vouched = 0
    for checkpoint in checkpoints:
        fault = _against(checkpoint, found)
        if fault is not None:
            faults.append(fault)
        else:
            vouched = max(vouched, checkpoint.record)
    if outside is not None:
        if outside.fault is not None:
            found.remarks.append(f"the copy is itself damaged at {outside.fault}; it vouches for what is before")
        fault = _beside(outside, found)
        if fault is not None:
            faults.append(fault)
        else:
            vouched = max(vouched, outside.tip.record)
    first = min(faults, key=lambda fault: fault.record, default=None)
    vouched = min(vouched, first.record - 1) if first else vouched
    named = bool(wanted)
    return Verdict(
        False if first else True if named else None,
        found.tip.record,
        vouched,
        found.torn_tail,
        first,
        found.dropped_record,
        len(found.seals),
        tuple(found.remarks),
        found.bytes,
    )


def _against(checkpoint: Checkpoint, found: Examination) -> Fault | None:
    """What is wrong by a checkpoint."""
    if checkpoint.mark != found.mark.hex():
        return Fault(1, f"another journal is here: the checkpoint is of {checkpoint.mark}, this is {found.mark.hex()}")
    tip = found.chains.get(checkpoint.frame)
    if tip is None:
        if found.fault is not None and found.tip.frame < checkpoint.frame:
            return found.fault
        if checkpoint.frame <= found.tip.frame:
            return None  # dropped by retention, and the chain behind it holds
        return Fault(found.tip.record + 1, f"records up to {checkpoint.record} are vouched for and are not here")
    if tip.chain.hex() != checkpoint.chain or tip.record != checkpoint.record:
        return Fault(checkpoint.record, "what is here up to this record is not what the checkpoint vouches for")
    if checkpoint.seals:
        seal = next((seal for seal in found.seals if seal.number == checkpoint.seals), None)
        if seal is None or seal.digest != checkpoint.seal:
            return Fault(seal.first_record if seal else 1, f"seal {checkpoint.seals} is not the one that the checkpoint names")
    return None


def _beside(outside: Examination, found: Examination) -> Fault | None:
    """What is wrong by a copy."""
    if outside.mark != found.mark:
        return Fault(1, f"another journal is here: the copy is of {outside.mark.hex()}, this is {found.mark.hex()}")
    if outside.tip.frame > found.tip.frame:
        return found.fault or Fault(found.tip.record + 1, f"the copy holds records up to {outside.tip.record}, which are not here")
    tip = found.chains.get(outside.tip.frame)
    if tip is not None and tip.chain != outside.tip.chain:
        return Fault(max(tip.record, 1), "what is here up to this record is not what the copy holds")
    here = {seal.digest for seal in found.seals}
    for seal in outside.seals:
        if seal.digest not in here:
            return Fault(seal.first_record, f"seal {seal.number} is not the one that the copy holds, or is missing", seal.file_name)
    return None


def examine(folder: Path, *, frames: Collection[int] = (), progress: Callable[[int], None] | None = None) -> Examination:
    """Work every hash of a journal out anew, from beginning to end, as far as it was written when this began.

    frames: those at which the tip is wanted. Holds one frame in memory. Raises InputFault when there is no journal.
    """
    if not folder.is_dir():
        raise InputFault("holds no journal", where=str(folder.parent), help="give the directory that was --data of watch")
    try:
        segments = segments_in(folder)
    except InputFault as fault:
        return Examination(b"", Tip(0, 0, b""), fault=Fault(1, fault.what, file=folder.name))
    mark = segments[0].mark if segments else b""
    found = Examination(mark, Tip(0, 0, origin(mark)))
    seals = _seals(folder, found)
    begin = _begin(folder, found)
    if begin is not None:
        found.tip, found.dropped_record = begin, begin.record
        segments = [segment for segment in segments if segment.first_frame > begin.frame]
    _note(found, frames)
    walker = _Walker(found, frames, [seal for seal in seals if seal.last_frame > found.tip.frame], progress)
    for segment, following in zip(segments, [*segments, None][1:], strict=True):
        if found.fault is not None:
            break
        walker.take(segment, following)
    walker.end()
    return found


def _examine_from_afar(source: Source, progress: Callable[[int], None] | None) -> Examination:
    """Work the chain of a copy out anew while it is fetched; nothing of it is kept."""
    found = Examination(source.mark, source.begin or Tip(0, 0, origin(source.mark)))
    found.dropped_record = found.tip.record
    for frames in source.frames():
        for frame in frames:
            try:
                in_order(found.tip, [frame])
            except Fork as fault:
                found.fault = Fault(found.tip.record + 1, str(fault))
                return found
            found.tip = Tip(frame.header.last_record, frame.header.frame, frame.header.chain)
            found.bytes += len(frame.raw)
        if progress is not None:
            progress(sum(len(frame.raw) for frame in frames))
    if source.left:
        found.fault = Fault(found.tip.record + 1, source.left)
    return found


class _Walker:
    """Goes through the segments, frame by frame, with the seals beside it."""

    def __init__(self, found: Examination, frames: Collection[int], seals: list[Seal], progress: Callable[[int], None] | None) -> None:
        self._found, self._frames, self._seals, self._progress = found, frames, seals, progress
        self._tree = Tree()
        self._before = found.tip

    def take(self, segment: Segment, following: Segment | None) -> None:
        """One segment, up to where the one that follows it begins."""
        found = self._found
        if (segment.first_record, segment.first_frame) != (found.tip.record + 1, found.tip.frame + 1):
            found.fault = Fault(found.tip.record + 1, "records are missing before this file", segment.path.name)
            return
        until = following.first_frame - 1 if following else None
        bad: int | None = None
        try:
            for piece in scan(segment):
                if until is not None and found.tip.frame >= until:
                    return
                if bad is None and isinstance(piece, Frame) and self._follows(piece):
                    continue
                # Of frames that were written and not yet synced when the power went, an earlier one may be torn and a later one whole; but
                # no power cut leaves a whole frame where another one belongs.
                displaced = bad is None and isinstance(piece, Frame)
                bad = piece.offset if bad is None else bad
                vouched = piece.header is not None and piece.header.synced > found.tip.frame
                if until is not None or vouched or displaced:
                    found.fault = Fault(found.tip.record + 1, "is not as it was written", segment.path.name, bad)
                    return
        except InputFault as fault:
            found.fault = Fault(found.tip.record + 1, fault.what, segment.path.name)
            return
        if until is not None and found.tip.frame < until:
            found.fault = Fault(found.tip.record + 1, "records are missing at the end of this file", segment.path.name)
        elif bad is not None:
            found.torn_tail = segment.path.stat().st_size - bad

    def _follows(self, frame: Frame) -> bool:
        """Whether the frame is the next one and its hash holds; then it is taken."""
        found, header = self._found, frame.header
        if (header.first_record, header.frame) != (found.tip.record + 1, found.tip.frame + 1):
            return False
        leaf = leaf_in(frame.head, frame.payload)
        if link(found.tip.chain, leaf) != header.chain:
            return False
        found.tip = Tip(header.last_record, header.frame, header.chain)
        found.bytes += len(frame.head) + len(frame.payload)
        _note(found, self._frames)
        self._tree.append(leaf)
        if self._seals and header.frame == self._seals[0].last_frame:
            self._closes(self._seals.pop(0))
        if self._progress is not None:
            self._progress(len(frame.head) + len(frame.payload))
        return found.fault is None or found.fault.record > found.tip.record

    def _closes(self, seal: Seal) -> None:
        found, before = self._found, self._before
        says = (seal.first_record, seal.first_frame, seal.last_record, seal.chain_before, seal.chain, seal.root)
        here = (before.record + 1, before.frame + 1, found.tip.record, before.chain.hex(), found.tip.chain.hex(), self._tree.root.hex())
        if says != here and found.fault is None:
            found.fault = Fault(seal.first_record, f"is not what seal {seal.number} closes", seal.file_name)
        self._before, self._tree = found.tip, Tree()

    def end(self) -> None:
        """All segments were taken."""
        if self._seals and self._found.fault is None:
            seal = self._seals[0]
            self._found.fault = Fault(
                self._found.tip.record + 1, f"records up to {seal.last_record} are sealed and are not here", seal.file_name
            )


def _note(found: Examination, frames: Collection[int]) -> None:
    if found.tip.frame in frames:
        found.chains[found.tip.frame] = found.tip


def _seals(folder: Path, found: Examination) -> list[Seal]:
    """The seals in order, as far as each is signed and follows the one before it; the first that does not is the journal's fault."""
    for path in seal_files(folder):
        try:
            seal = read_seal(path)
        except InputFault as fault:
            found.fault = found.fault or Fault(found.seals[-1].last_record + 1 if found.seals else 1, fault.what, path.name)
            break
        newest = found.seals[-1] if found.seals else None
        expected = (newest.number + 1, newest.last_frame + 1, newest.digest) if newest else (1, 1, "")
        if seal.file_name != path.name or seal.mark != found.mark.hex() or not seal.genuine:
            found.fault = Fault(seal.first_record, "the seal is not genuine", path.name)
            break
        if (seal.number, seal.first_frame, seal.previous) != expected:
            found.fault = Fault(newest.last_record + 1 if newest else 1, f"a seal is missing before number {seal.number}", path.name)
            break
        found.seals.append(seal)
    for older, newer in pairwise(found.seals):
        if newer.public_key != older.next_public_key:
            found.remarks.append(f"from record {newer.first_record} on another key signs, without a word of the one before it")
    return found.seals


def _begin(folder: Path, found: Examination) -> Tip | None:
    """Where the journal begins behind what retention dropped."""
    try:
        dropped = tombstones(folder)
        begin = begin_of(folder)
    except InputFault as fault:
        found.fault = found.fault or Fault(1, fault.what)
        return None
    for path, stone in dropped:
        ours = any(stone.public_key in (seal.public_key, seal.next_public_key) for seal in found.seals)
        too_young = ours and stone.dropped_s - stone.newest_s < stone.keep_s  # another keeper goes by a clock of its own
        if not stone.genuine or stone.keep_s < DAY_S or too_young:
            found.fault = Fault(1, "records were dropped and retention does not account for it", path.name)
        elif not ours:
            found.remarks.append(f"records up to {stone.last_record} were dropped by another keeper than the writer")
    return begin
