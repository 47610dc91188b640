"""A small journal with a copy and an outside checkpoint, made once, to be tampered with again and again in memory and on disk."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.drill.places import Place
from tankerwatch.drill.power import Hasty
from tankerwatch.drill.sample import Sample
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.chain import Tree, origin
from tankerwatch.store.copies.restore import DirectoryCopy
from tankerwatch.store.frames import HEADER_BYTES, Content, Placed, encode, place
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.seals import Checkpoint, Seal, read_seal, seal_files
from tankerwatch.store.segments import journal_of, segments_in

_COMMITS: Final = 60
_PATIENCE_S: Final = 60.0
_MOST: Final = 40
_SEGMENT_BYTES: Final = 24_000
_SEAL_S: Final = 2.0

Files = dict[str, bytes]
"""A journal's folder: what each file holds."""


@dataclass(slots=True)
class Bed:
    """The journal. files: all of it; states: what it held after each commit, with a checkpoint; checkpoint: kept outside, of its middle."""

    sample: Sample
    files: Files
    states: list[tuple[Files, Checkpoint]]
    checkpoint: Checkpoint
    newest: Checkpoint
    segments: list[tuple[str, list[Placed]]]
    """the name of each segment and its frames"""
    seals: list[Seal]

    @property
    def records(self) -> int:
        """How many there are, all of them acknowledged."""
        return self.newest.record

    def frames(self, *, inside: bool) -> list[tuple[str, int, Placed]]:
        """Frames that the outside checkpoint vouches for, or those behind: segment, offset, frame."""
        found = []
        for name, frames in self.segments:
            at = 0
            for frame in frames:
                if (frame.header.frame <= self.checkpoint.frame) is inside:
                    found.append((name, at, frame))
                at += len(frame.raw)
        return found

    def names(self, *, inside: bool) -> list[str]:
        """Files that hold frames which the outside checkpoint vouches for, and the seals over them; or what lies wholly behind it."""
        made = [name for name, frames in self.segments if (frames[0].header.frame <= self.checkpoint.frame) is inside]
        return made + [seal.file_name for seal in self.seals if (seal.number <= self.checkpoint.seals) is inside]


def lay(sandbox: Sandbox, sample: Sample, copy: Place) -> Bed:
    """Make it, in the folder bed/primary, with a copy."""
    sample = Sample(sample.lines, _MOST)
    directory = sandbox.folder("bed/primary")
    states: list[tuple[Files, Checkpoint]] = []
    number = 0
    target = copy.target()
    with FileJournal(directory, segment_bytes=_SEGMENT_BYTES, seal_s=_SEAL_S, targets=[target], min_copies=2, files=Hasty()) as journal:
        for _ in range(_COMMITS):
            number = journal.append(sample.batch(number + 1))
            journal.commit()
            states.append((sandbox.taken("bed/primary/journal"), journal.checkpoint()))
        end_s = time.monotonic() + _PATIENCE_S
        while journal.durable < number:
            if time.monotonic() > end_s:
                raise InputFault("the drill's own copy does not come to its end", where="drill", help="try again with less load")
            time.sleep(0.002)
    source = DirectoryCopy(directory)
    placed = {frame.header.frame: frame for piece in source.frames() for frame in piece}
    segments = segments_in(journal_of(directory))
    ends = [segment.first_frame for segment in segments[1:]] + [max(placed) + 1]
    held = [
        (segment.path.name, [placed[number] for number in range(segment.first_frame, end)])
        for segment, end in zip(segments, ends, strict=True)
    ]
    seals = [read_seal(path) for path in seal_files(journal_of(directory))]
    files = sandbox.taken("bed/primary/journal")
    middle = states[_COMMITS * 3 // 5][1]
    return Bed(sample, files, states, middle, states[-1][1], held, seals)


def content_of(placed: Placed) -> Content:
    """What a frame holds, without its place."""
    header = placed.header
    return Content(
        header.flags,
        header.lines,
        header.heard,
        header.decisions,
        header.records,
        header.clock_s,
        placed.raw[HEADER_BYTES:],
        header.raw_bytes,
    )


def other_content(placed: Placed, dice: random.Random) -> Content:
    """Other lines in as many records, at the same time: what a forger would rather have had."""
    count, first = placed.header.records, placed.header.first_record
    raw = [b"%d !AIVDM,1,1,,A,forged %d,0*00" % (first + i, dice.getrandbits(60)) for i in range(count)]
    time_s = placed.header.clock_s
    return encode(Batch(Lines.of(raw, [time_s] * count, list(range(first, first + count))), clock_s=time_s))


def again(bed: Bed, frame: int, content: Content, secret: Ed25519PrivateKey) -> Files:
    """The journal with other content in one frame and every hash, checksum, root and signature behind it made to fit."""
    made = dict(bed.files)
    chain = origin(bytes.fromhex(bed.checkpoint.mark))
    leaves: dict[int, tuple[bytes, bytes]] = {}
    for name, frames in bed.segments:
        raw = []
        for old in frames:
            header, new = old.header, old
            if header.frame >= frame:
                what = content if header.frame == frame else content_of(old)
                new = place(what, bytes.fromhex(bed.checkpoint.mark), header.first_record, header.frame, header.synced, chain)
            chain = new.header.chain
            leaves[header.frame] = (new.leaf, chain)
            raw.append(new.raw)
        made[name] = b"".join(raw)
    previous = ""
    public = secret.public_key().public_bytes_raw().hex()
    for old_seal in bed.seals:
        seal = old_seal
        if seal.last_frame >= frame:
            tree = Tree(leaves[number][0] for number in range(seal.first_frame, seal.last_frame + 1))
            before = leaves[seal.first_frame - 1][1].hex() if seal.first_frame > 1 else seal.chain_before
            seal = replace(
                seal,
                chain_before=before,
                chain=leaves[seal.last_frame][1].hex(),
                root=tree.root.hex(),
                previous=previous,
                public_key=public,
                next_public_key=public,
                signature="",
            )
            seal = replace(seal, signature=secret.sign(seal.message).hex())
            made[seal.file_name] = seal.to_json()
        previous = seal.digest
    return made
