"""Tampering with a journal, within what someone outside vouches for and behind it; and clean ones, which must not be accused."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.bed import Bed, Files, again, other_content
from tankerwatch.drill.outcome import Outcome, Tell
from tankerwatch.drill.places import Place
from tankerwatch.drill.power import Hasty
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.copies.restore import restore
from tankerwatch.store.frames import place
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.verify import verify

_VICTIM: Final = "tamper/victim"
_RESTORED: Final = 25
"""One round in so many is restored from the copy."""
_BY_COPY: Final = 8
"""One round in so many is held against the copy, the others against the checkpoint."""

Kind = Callable[[Bed, random.Random, bool], Files]
"""What is left of the files; inside: within what the outside checkpoint vouches for, else behind it."""


def _flip(bed: Bed, dice: random.Random, inside: bool) -> Files:
    while True:
        name = dice.choice(bed.names(inside=inside))
        raw = bytearray(bed.files[name])
        low, high = 0, len(raw)
        if name.endswith(".journal"):
            _, low, frame = dice.choice([found for found in bed.frames(inside=inside) if found[0] == name])
            high = low + len(frame.raw)
        bit = dice.randrange(8 * low, 8 * high)
        raw[bit // 8] ^= 1 << bit % 8
        if name.endswith(".journal") or _parsed(bytes(raw)) != _parsed(bed.files[name]):
            return {**bed.files, name: bytes(raw)}  # white space in a seal is not what it says


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _drop(bed: Bed, dice: random.Random, inside: bool) -> Files:
    name, at, frame = dice.choice(bed.frames(inside=inside))
    raw = bed.files[name]
    return {**bed.files, name: raw[:at] + raw[at + len(frame.raw) :]}


def _swap(bed: Bed, dice: random.Random, inside: bool) -> Files:
    made = {name: bytearray(raw) for name, raw in bed.files.items()}
    one, other = sorted(dice.sample(bed.frames(inside=inside), 2), key=lambda found: found[2].header.frame, reverse=True)
    for (name, at, gone), (_, _, come) in ((one, other), (other, one)):  # from behind, so that offsets hold
        made[name][at : at + len(gone.raw)] = come.raw
    return {name: bytes(raw) for name, raw in made.items()}


def _insert(bed: Bed, dice: random.Random, inside: bool) -> Files:
    """Not the very frame that is there: the last one of a segment, twice, is no more than bytes behind it that nobody reads."""
    name, at, here = dice.choice(bed.frames(inside=inside))
    other = dice.choice([frame.raw for _, _, frame in bed.frames(inside=inside) if frame is not here])
    extra = dice.choice([dice.randbytes(dice.randrange(1, 400)), other])
    raw = bed.files[name]
    return {**bed.files, name: raw[:at] + extra + raw[at:]}


def _forge(bed: Bed, dice: random.Random, inside: bool) -> Files:
    """One frame of other content, with its checksums right and its own hash too."""
    name, at, frame = dice.choice(bed.frames(inside=inside))
    header = frame.header
    before = next((f.header.chain for _, _, f in _all(bed) if f.header.frame == header.frame - 1), bytes(32))
    forged = place(other_content(frame, dice), bytes.fromhex(bed.newest.mark), header.first_record, header.frame, header.synced, before)
    raw = bed.files[name]
    return {**bed.files, name: raw[:at] + forged.raw + raw[at + len(frame.raw) :]}


def _all(bed: Bed) -> list[Any]:
    return bed.frames(inside=True) + bed.frames(inside=False)


def _rehash(bed: Bed, dice: random.Random, inside: bool) -> Files:
    _, _, frame = dice.choice(bed.frames(inside=inside))
    return again(bed, frame.header.frame, other_content(frame, dice), Ed25519PrivateKey.generate())


def _stolen(bed: Bed, dice: random.Random, inside: bool) -> Files:
    _, _, frame = dice.choice(bed.frames(inside=inside))
    return again(bed, frame.header.frame, other_content(frame, dice), Ed25519PrivateKey.from_private_bytes(bed.files["key"]))


def _roll_back(bed: Bed, dice: random.Random, inside: bool) -> Files:
    return dice.choice([files for files, at in bed.states[:-1] if (at.frame < bed.checkpoint.frame) is inside])


def _some(bed: Bed, dice: random.Random, inside: bool) -> list[str]:
    """One file, or all there are."""
    names = bed.names(inside=inside)
    return names if dice.random() < 0.3 else [dice.choice(names)]


def _delete(bed: Bed, dice: random.Random, inside: bool) -> Files:
    gone = _some(bed, dice, inside)
    return {name: raw for name, raw in bed.files.items() if name not in gone}


def _truncate(bed: Bed, dice: random.Random, inside: bool) -> Files:
    made = dict(bed.files)
    for name in _some(bed, dice, inside):
        lowest = [at for found, at, _ in bed.frames(inside=inside) if found == name]
        highest = [at + len(frame.raw) for found, at, frame in bed.frames(inside=inside) if found == name]
        low, high = (min(lowest), max(highest)) if lowest else (0, len(made[name]) - 1)
        made[name] = made[name][: dice.randrange(low, high)]
    return made


def _filled(bed: Bed, dice: random.Random, inside: bool, fill: Callable[[int], bytes]) -> Files:
    """Some of the bytes, or all of them, replaced."""
    made = dict(bed.files)
    for name in _some(bed, dice, inside):
        found = [(at, at + len(frame.raw)) for each, at, frame in bed.frames(inside=inside) if each == name]
        low, high = (found[0][0], found[-1][1]) if found else (0, len(made[name]))
        begin, end = (low, high) if dice.random() < 0.5 else sorted(dice.sample(range(low, high + 1), 2))
        raw = bytearray(made[name])
        raw[begin:end] = fill(end - begin)
        if bytes(raw) == made[name]:  # nothing but zeros was there
            raw[begin] ^= 0xFF
        made[name] = bytes(raw)
    return made


def _zero(bed: Bed, dice: random.Random, inside: bool) -> Files:
    return _filled(bed, dice, inside, bytes)


def _overwrite(bed: Bed, dice: random.Random, inside: bool) -> Files:
    return _filled(bed, dice, inside, dice.randbytes)


def _encrypt(bed: Bed, dice: random.Random, inside: bool) -> Files:
    """Every file is noise, and of another name."""
    made = dict(bed.files)
    for name in bed.names(inside=inside):
        made[f"{name}.locked"] = dice.randbytes(len(made.pop(name)))
    return made


KINDS: Final[dict[str, tuple[Kind, str]]] = {
    "bit flip": (_flip, "one bit of a segment or of a seal"),
    "drop": (_drop, "one frame cut out"),
    "swap": (_swap, "two frames exchanged"),
    "insert": (_insert, "noise, or a frame once more, between two frames"),
    "forge": (_forge, "one frame with other lines, its checksums and its own hash right"),
    "full re-hash": (_rehash, "other lines in one frame, all hashes and seals from there on made anew and signed with another key"),
    "stolen signing key": (_stolen, "the same, signed with the key that lay beside the journal"),
    "roll back": (_roll_back, "the whole folder as it was at an earlier time, key and seals too"),
    "delete": (_delete, "a segment or a seal removed, or all of them"),
    "truncate": (_truncate, "a segment or a seal cut short, or all of them"),
    "zero-fill": (_zero, "zeros over a part of a file or over all of it, in one file or in all"),
    "overwrite": (_overwrite, "noise over a part of a file or over all of it, in one file or in all"),
    "encrypt-like rewrite": (_encrypt, "all files made noise and renamed"),
}
_REMOVING: Final = ("roll back", "delete", "truncate")


def tamper(sandbox: Sandbox, bed: Bed, copy: Place, kind: str, rounds: int, dice: random.Random, tell: Tell) -> list[Outcome]:
    """A kind of tampering, inside and behind what is vouched for, in so many rounds each."""
    strike, struck = KINDS[kind]
    within = Outcome(kind, struck, "verify finds it by a checkpoint kept outside, or by the copy")
    behind = Outcome(
        f"{kind}, unvouched",
        f"{struck}; all of it behind the newest checkpoint outside",
        "verify finds it, or calls all of it unvouched; by the copy it finds it",
    )
    for made, inside in ((within, True), (behind, False)):
        while made.rounds < rounds:
            made.rounds += 1
            sandbox.put(f"{_VICTIM}/journal", strike(bed, dice, inside))
            _judge(sandbox, bed, copy, made, inside)
            if made.rounds % _RESTORED == 1:
                _bring_back(sandbox, bed, copy, made)
            tell()
    return [within, behind]


def _judge(sandbox: Sandbox, bed: Bed, copy: Place, made: Outcome, inside: bool) -> None:
    victim = sandbox.folder(_VICTIM)
    by_copy = made.rounds % _BY_COPY == 0
    if inside or by_copy:
        found = verify(victim, replica=copy.directory()) if by_copy else verify(victim, checkpoints=[bed.checkpoint])
        if found.intact is not False or found.first_fault is None:
            made.miss(f"verify found nothing by {'the copy' if by_copy else 'the checkpoint'}")
        if by_copy and inside and found.vouched_to >= bed.checkpoint.record:
            made.miss(f"verify vouches for {found.vouched_to} records")
        return
    found = verify(victim, checkpoints=[bed.checkpoint])
    if found.vouched_to > bed.checkpoint.record or (found.intact and found.vouched_to != bed.checkpoint.record):
        made.miss(f"verify vouches for {found.vouched_to} records, the checkpoint for {bed.checkpoint.record}")


def _bring_back(sandbox: Sandbox, bed: Bed, copy: Place, made: Outcome) -> None:
    """All of it again, from the copy."""
    sandbox.remove_folder(_VICTIM)
    directory = sandbox.folder(_VICTIM)
    began_s = time.monotonic()
    try:
        restore(copy.source(), directory)
        found = verify(directory, checkpoints=[bed.checkpoint, bed.newest])
        made.recoveries_s.append(time.monotonic() - began_s)
        with FileJournal(directory, files=Hasty()) as journal:
            good = bed.sample.good(journal.replay())
    except InputFault as fault:
        made.lose(bed.records, 0)
        made.miss(str(fault))
        return
    made.lose(bed.records, good)
    if found.intact is not True or found.vouched_to != bed.records:
        made.miss(f"what was restored is accused: {found.first_fault}")


def clean(sandbox: Sandbox, bed: Bed, copy: Place, rounds: int, dice: random.Random, tell: Tell) -> Outcome:
    """Journals as they were at any time, held against any older checkpoint or against the copy; some with a torn end."""
    made = Outcome(
        "nothing: clean verification",
        "nothing: the journal as it was at some time, in every other round with a frame in part at its end, as after a power cut",
        "verify says intact, up to where the checkpoint vouches",
    )
    while made.rounds < rounds:
        made.rounds += 1
        at = dice.randrange(len(bed.states))
        files, newest = bed.states[at]
        torn = 0
        if made.rounds % 2 and at + 1 < len(bed.states):
            files, torn = _torn(bed, files, newest.frame + 1, dice)
        sandbox.put(f"{_VICTIM}/journal", files)
        victim = sandbox.folder(_VICTIM)
        if made.rounds % _BY_COPY == 0 and at + 1 == len(bed.states):
            outside, found = newest, verify(victim, replica=copy.directory())
        else:
            outside = bed.states[dice.randrange(at + 1)][1]
            found = verify(victim, checkpoints=[outside])
        if (found.intact, found.vouched_to, found.records, found.torn_tail) != (True, outside.record, newest.record, torn):
            made.miss(f"verify says {found.to_json()}")
        tell()
    return made


def _torn(bed: Bed, files: Files, frame: int, dice: random.Random) -> tuple[Files, int]:
    """With a part of the next frame in the newest segment; how many bytes of it."""
    newest = max(name for name in files if name.endswith(".journal"))
    raw = next(found.raw for _, _, found in _all(bed) if found.header.frame == frame)
    part = raw[: dice.randrange(1, len(raw))]
    return {**files, newest: files[newest] + part}, len(part)
