"""What verify notices, and what it does not claim."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.cli import main
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision
from tankerwatch.store import frames
from tankerwatch.store.chain import origin
from tankerwatch.store.checkpoints import publish
from tankerwatch.store.copies.replicas import DirectoryTarget
from tankerwatch.store.copies.restore import DirectoryCopy, restore
from tankerwatch.store.feeds import feed_names
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.seals import Checkpoint, read_checkpoint, seal_files
from tankerwatch.store.segments import MARK_BYTES, Frame, scan, segments_in
from tankerwatch.store.verify import verify


def _made(directory: Path, batch_of, commits: int = 12, **options) -> Checkpoint:
    with FileJournal(directory, **{"segment_bytes": 600, "seal_bytes": 600, **options}) as journal:
        for i in range(commits):
            journal.append(batch_of([b"line %d of many" % i, b"x%d" % i], 2 * i + 1, clock_s=1e9 + i))
            journal.commit()
        return publish(journal)


def test_unvouched_is_never_called_intact(tmp_path, batch_of):
    _made(tmp_path / "a", batch_of)
    found = verify(tmp_path / "a")
    assert (found.intact, found.first_fault, found.records, found.vouched_to) == (None, None, 24, 0)
    assert found.seals >= 2


def test_what_a_checkpoint_vouches_for_is_intact_and_what_comes_after_is_not_vouched_for(tmp_path, batch_of):
    checkpoint = _made(tmp_path / "a", batch_of)
    assert verify(tmp_path / "a", checkpoints=[checkpoint]).vouched_to == 24
    with FileJournal(tmp_path / "a") as journal:
        journal.append(batch_of([b"more"], 25))
    found = verify(tmp_path / "a", checkpoints=[checkpoint])
    assert (found.intact, found.records, found.vouched_to) == (True, 25, 24)


def _again(directory: Path, batch_of, change) -> None:
    """Everything written anew by one who has the key, with every hash right."""
    folder = directory / "journal"
    lines = [change(i, [b"line %d of many" % i, b"x%d" % i]) for i in range(12)]
    mark = segments_in(folder)[0].mark
    key = (folder / "key").read_bytes()
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "key").write_bytes(key)
    number = 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tankerwatch.store.journal.os.urandom", lambda _: mark)
        with FileJournal(directory, segment_bytes=600, seal_bytes=600) as journal:
            for i, each in enumerate(lines):
                journal.append(batch_of(each, number, clock_s=1e9 + i))
                number += len(each)
                journal.commit()
        assert journal.mark == mark


def test_a_full_rehash_with_the_stolen_key_is_noticed_by_a_checkpoint_alone(tmp_path, batch_of):
    checkpoint = _made(tmp_path / "a", batch_of)
    _again(tmp_path / "a", batch_of, lambda i, lines: [b"forged", lines[1]] if i == 3 else lines)
    assert verify(tmp_path / "a").intact is None, "from within nobody can tell"
    found = verify(tmp_path / "a", checkpoints=[checkpoint])
    assert found.intact is False
    assert found.first_fault is not None
    assert found.vouched_to == 0


@given(data=st.data())
def test_any_tampering_with_the_files_is_noticed(data, batch_of, tmp_path_factory):
    base = tmp_path_factory.mktemp("tamper")
    checkpoint = _made(base / "a", batch_of)
    files = sorted(path for path in (base / "a" / "journal").iterdir() if path.suffix in (".journal", ".seal"))
    path = data.draw(st.sampled_from(files))
    raw = bytearray(path.read_bytes())
    kind = data.draw(st.sampled_from(["flip", "truncate", "zero", "delete", "insert", "swap", "overwrite"]))
    if kind == "flip":
        bit = data.draw(st.integers(0, len(raw) * 8 - 1))
        raw[bit // 8] ^= 1 << bit % 8
        if path.suffix == ".seal" and json.loads(path.read_bytes()) == _parsed(bytes(raw)):
            return  # white space or a letter's case in hex: the seal says the same
    elif kind == "truncate":
        del raw[data.draw(st.integers(0, len(raw) - 2)) :]
    elif kind == "zero":
        raw[:] = bytes(len(raw))
    elif kind == "insert":
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at:at] = data.draw(st.binary(min_size=1, max_size=40).filter(lambda b: not b.isspace()))
    elif kind == "swap":
        other = data.draw(st.sampled_from(files).filter(lambda p: p.read_bytes() != path.read_bytes()))
        mine, theirs = path.read_bytes(), other.read_bytes()
        other.write_bytes(mine)
        raw = bytearray(theirs)
    elif kind == "overwrite":
        raw[:] = data.draw(st.randoms(use_true_random=False)).randbytes(len(raw))
    path.write_bytes(raw)
    if kind == "delete":
        path.unlink()
    found = verify(base / "a", checkpoints=[checkpoint])
    assert found.intact is False, kind
    assert found.first_fault is not None
    assert verify(base / "a", checkpoints=[checkpoint]).to_json() == found.to_json()


def _parsed(raw: bytes):
    try:
        return json.loads(raw)
    except ValueError:
        return None


def test_dropped_reordered_and_rolled_back_records_are_noticed(tmp_path, batch_of):
    checkpoint = _made(tmp_path / "a", batch_of, segment_bytes=1 << 20, seal_bytes=1 << 20)
    segment = segments_in(tmp_path / "a" / "journal")[0]
    pieces = [found.head + found.payload for found in scan(segment) if isinstance(found, Frame)]
    for name, kept in {
        "dropped": pieces[:4] + pieces[5:],
        "swapped": [*pieces[:4], pieces[5], pieces[4], *pieces[6:]],
        "twice": pieces[:5] + pieces[4:],
        "rolled back": pieces[:8],
    }.items():
        segment.path.write_bytes(b"".join(kept))
        found = verify(tmp_path / "a", checkpoints=[checkpoint])
        assert found.intact is False, name
        assert found.vouched_to == 0 or found.vouched_to < 24


def test_a_seal_that_the_copy_holds_and_is_gone_here_is_noticed(tmp_path, batch_of):
    _made(tmp_path / "a", batch_of, targets=[DirectoryTarget(tmp_path / "b")], min_copies=2)
    newest = seal_files(tmp_path / "b" / "journal")[-1].name
    assert verify(tmp_path / "a", replica=tmp_path / "b").intact is True
    assert verify(tmp_path / "b", replica=tmp_path / "b").intact is True
    for path in seal_files(tmp_path / "a" / "journal"):
        if path.name >= newest:
            path.unlink()
    found = verify(tmp_path / "a", replica=tmp_path / "b")
    assert found.intact is False
    assert found.first_fault is not None
    assert "the copy holds" in found.first_fault.what


def test_a_missing_journal_is_noticed_by_whoever_vouches(tmp_path, batch_of):
    checkpoint = _made(tmp_path / "a", batch_of)
    shutil.rmtree(tmp_path / "a")
    assert verify(tmp_path / "a", checkpoints=[checkpoint]).intact is False
    with pytest.raises(InputFault, match="holds no journal"):
        verify(tmp_path / "a")


def test_a_torn_tail_is_no_fault_unless_someone_vouches_for_it(tmp_path, batch_of):
    before = _made(tmp_path / "a", batch_of, segment_bytes=1 << 20)
    with FileJournal(tmp_path / "a", segment_bytes=1 << 20) as journal:
        journal.append(batch_of([b"the last"], 25))
        journal.commit()
        after = publish(journal)
    newest = segments_in(tmp_path / "a" / "journal")[-1].path
    newest.write_bytes(newest.read_bytes()[:-3])
    found = verify(tmp_path / "a", checkpoints=[before])
    assert (found.intact, found.records) == (True, 24)
    assert found.torn_tail > 0
    assert verify(tmp_path / "a", checkpoints=[before, after]).intact is False


def test_a_torn_tail_of_which_the_end_is_whole_is_no_fault(tmp_path, batch_of):
    """Two frames went to the disk together, the power went before they were synced, and only the second one's page is there."""
    checkpoint = _made(tmp_path / "a", batch_of, segment_bytes=1 << 20)
    with FileJournal(tmp_path / "a", segment_bytes=1 << 20) as journal:
        journal.append(batch_of([b"torn"], 25))
        journal.append(batch_of([b"whole"], 26))
        journal.commit()
    newest = segments_in(tmp_path / "a" / "journal")[-1]
    first, second = [found for found in scan(newest) if isinstance(found, Frame)][-2:]
    raw = newest.path.read_bytes()
    newest.path.write_bytes(raw[: first.offset] + bytes(second.offset - first.offset) + raw[second.offset :])
    found = verify(tmp_path / "a", checkpoints=[checkpoint])
    assert (found.intact, found.records, found.vouched_to) == (True, 24, 24)
    assert found.torn_tail == len(raw) - first.offset
    newest.path.write_bytes(raw[: first.offset] + raw[second.offset :])
    assert verify(tmp_path / "a", checkpoints=[checkpoint]).intact is False, "no power cut moves a frame"


def test_a_forged_checkpoint_is_refused(tmp_path, batch_of):
    checkpoint = _made(tmp_path / "a", batch_of)
    path = tmp_path / "checkpoint.json"
    path.write_bytes(checkpoint.to_json().replace(b'"record": 24', b'"record": 23'))
    with pytest.raises(InputFault, match="not signed"):
        verify(tmp_path / "a", checkpoints=[read_checkpoint(path)])


@given(
    raw=st.binary(max_size=300)
    | st.dictionaries(st.sampled_from(["mark", "record", "frame", "chain"]), st.none() | st.integers() | st.text()).map(
        lambda d: json.dumps(d).encode()
    )
)
def test_any_bytes_as_a_checkpoint(raw):
    with pytest.raises(ValueError, match=r"is no checkpoint|has no right|is too long"):
        Checkpoint.from_json(raw)


def _copied(base: Path, batch_of) -> None:
    target = DirectoryTarget(base / "copy")
    with FileJournal(base / "a", targets=[target], segment_bytes=600, seal_bytes=600) as journal:
        feed = Decision(1e9, "feed", "feed-0", "tcp://receiver:10110", {"feed": 0, "state": "open", "words": ""})
        journal.append(Batch(decisions=(feed,)))
        for i in range(12):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
        for _ in range(6000):  # a slow disk may take longer than a journal waits when it is closed
            if journal.copies()[0]["record"] == 13 and len(seal_files(base / "copy" / "journal")) == len(
                seal_files(base / "a" / "journal")
            ):
                return
            time.sleep(0.01)
        raise AssertionError("the copy was never there")


def test_a_directory_holds_the_same_frames_and_seals(tmp_path, batch_of):
    _copied(tmp_path, batch_of)
    found = verify(tmp_path / "a", replica=tmp_path / "copy")
    assert (found.intact, found.vouched_to, found.records) == (True, 13, 13)
    names = [path.name for path in seal_files(tmp_path / "a" / "journal")]
    assert names == [path.name for path in seal_files(tmp_path / "copy" / "journal")]
    assert names
    assert verify(tmp_path / "copy", replica=tmp_path / "a").intact is True
    assert not (tmp_path / "copy" / "journal" / "key").exists(), "a copy holds no secret"


def test_a_copy_notices_a_changed_primary(tmp_path, batch_of):
    _copied(tmp_path, batch_of)
    newest = segments_in(tmp_path / "a" / "journal")[-1]
    pieces = [found for found in scan(newest) if isinstance(found, Frame)]
    newest.path.write_bytes(b"".join(piece.head + piece.payload for piece in pieces[:-1]))
    found = verify(tmp_path / "a", replica=tmp_path / "copy")
    assert found.intact is False
    assert "not here" in str(found.first_fault)


def test_restored_from_a_copy(tmp_path, batch_of, shape):
    _copied(tmp_path, batch_of)
    with FileJournal(tmp_path / "a") as journal:
        before = [shape(batch) for batch in journal.replay()]
        checkpoint = journal.checkpoint()
    shutil.rmtree(tmp_path / "a")
    made = restore(DirectoryCopy(tmp_path / "copy"), tmp_path / "new")
    assert (made.records, made.left) == (13, "")
    assert feed_names(tmp_path / "new") == ["tcp://receiver:10110"]
    assert verify(tmp_path / "new", checkpoints=[checkpoint]).vouched_to == 13
    with FileJournal(tmp_path / "new") as journal:
        assert [shape(batch) for batch in journal.replay()] == before
        assert journal.append(batch_of([b"goes on"], 14)) == 14
    assert verify(tmp_path / "new", checkpoints=[checkpoint]).intact is True
    with pytest.raises(InputFault, match="holds a journal already"):
        restore(DirectoryCopy(tmp_path / "copy"), tmp_path / "new")


def test_a_damaged_copy_gives_what_it_has(tmp_path, batch_of):
    _copied(tmp_path, batch_of)
    newest = segments_in(tmp_path / "copy" / "journal")[-1]
    raw = bytearray(newest.path.read_bytes())
    raw[frames.HEADER_BYTES + 3] ^= 1
    newest.path.write_bytes(raw)
    made = restore(DirectoryCopy(tmp_path / "copy"), tmp_path / "new")
    assert made.records < 13
    assert verify(tmp_path / "new").first_fault is None


def test_a_frame_without_its_chain_is_refused(batch_of):
    placed = frames.place(frames.encode(batch_of([b"x"])), bytes(MARK_BYTES), 1, 1, 0, origin(bytes(MARK_BYTES)))
    (again,) = frames.parse(placed.raw, bytes(MARK_BYTES))
    assert (again.raw, again.leaf, again.header.chain) == (placed.raw, placed.leaf, placed.header.chain)
    with pytest.raises(ValueError, match="no whole frame at byte 0"):
        list(frames.parse(placed.raw[:-1], bytes(MARK_BYTES)))
    with pytest.raises(ValueError, match="damaged"):
        list(frames.parse(placed.raw[:-1] + b"?", bytes(MARK_BYTES)))


def test_the_commands(tmp_path, batch_of, capsys):
    checkpoint = _made(tmp_path / "a", batch_of)
    out = tmp_path / "kept.json"
    assert main(["checkpoint", str(tmp_path / "a"), "-o", str(out), "--page", str(tmp_path / "page.html")]) == 0
    assert read_checkpoint(out).chain == checkpoint.chain
    assert checkpoint.chain[:4] in (tmp_path / "page.html").read_text()
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "a"), "--checkpoint", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["intact"] is True
    assert (said["records"], said["vouched_to"], said["torn_tail"], said["first_fault"]) == (24, 24, 0, None)
    segment = segments_in(tmp_path / "a" / "journal")[0].path
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")
    assert main(["verify", str(tmp_path / "a"), "--checkpoint", str(out), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_fault"]["record"] > 0
    assert main(["verify", str(tmp_path / "nothing")]) == 2
    assert main(["restore", "--from", str(tmp_path / "nothing"), "--to", str(tmp_path / "b")]) == 2
