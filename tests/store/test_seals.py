"""Seals: the Merkle tree of RFC 6962, keys that change with each seal, and what a thief of the key cannot do."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.store import chain
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.keys import Keys
from tankerwatch.store.seals import Seal, read_seal, seal_files, signed
from tankerwatch.store.verify import verify


def _root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return chain._node(_root(leaves[:split]), _root(leaves[split:]))


@given(leaves=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_the_tree_has_the_shape_of_rfc_6962(leaves):
    tree = chain.Tree(leaves)
    assert (tree.size, tree.root) == (len(leaves), _root(leaves))
    assert len(tree._full) <= 7, "its memory grows with the logarithm"


def test_every_use_of_the_hash_is_its_own():
    made = {
        chain.leaf_of(b"ab", b""),
        chain.leaf_of(b"", b"ab"),
        chain.link(b"a", b"b"),
        chain._node(b"a", b"b"),
        chain.origin(b"ab"),
        chain.digest(b"ab"),
    }
    assert len(made) == 5, "a leaf is the hash of its bytes, however they are cut"


def _sealed(directory, batch_of, seals: int) -> list[Seal]:
    with FileJournal(directory, seal_bytes=1, now_s=lambda: 5.0) as journal:
        for i in range(seals):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
    return [read_seal(path) for path in seal_files(directory / "journal")]


def test_each_seal_names_the_next_key_and_the_old_one_is_gone(tmp_path, batch_of):
    folder = tmp_path / "journal"
    secrets = set()
    seals: list[Seal] = []
    for _ in range(4):
        with FileJournal(tmp_path, seal_bytes=1) as journal:
            secrets.add((folder / "key").read_bytes())
            journal.append(batch_of([b"line"], journal.records + 1))
            journal.commit()
        seals = [read_seal(path) for path in seal_files(folder)]
    assert len(secrets) == 4
    assert [older.next_public_key for older in seals[:-1]] == [newer.public_key for newer in seals[1:]]
    assert all(seal.genuine for seal in seals)
    held = b"".join(path.read_bytes() for path in folder.iterdir())
    assert Keys(folder).public == seals[-1].next_public_key
    old = secrets - {(folder / "key").read_bytes()}
    assert not any(secret in held for secret in old)
    assert (folder / "key").stat().st_mode & 0o077 == 0


def test_a_thief_of_the_key_cannot_sign_what_was_sealed_before(tmp_path, batch_of):
    seals = _sealed(tmp_path, batch_of, 3)
    folder = tmp_path / "journal"
    stolen = Keys(folder)
    forged = signed(replace(seals[1], root="00" * 32, public_key=stolen.public, signature=""), stolen)
    assert forged.genuine
    (folder / seals[1].file_name).write_bytes(forged.to_json())
    found = verify(tmp_path)
    assert found.intact is False or found.first_fault is not None


def test_a_seal_begun_when_the_power_went_is_made_once_more(tmp_path, batch_of):
    """The next key is there, and no seal that names it."""
    _sealed(tmp_path, batch_of, 2)
    keys = Keys(tmp_path / "journal")
    waiting = keys.next_public()
    seals = _sealed(tmp_path, batch_of, 1)
    assert seals[-1].next_public_key == waiting
    assert verify(tmp_path).first_fault is None


def test_a_key_that_is_gone_is_told(tmp_path, batch_of):
    _sealed(tmp_path, batch_of, 2)
    (tmp_path / "journal" / "key").unlink()
    _sealed(tmp_path, batch_of, 1)
    found = verify(tmp_path)
    assert found.first_fault is None
    assert any("another key signs" in words for words in found.remarks)
