"""The hashes that hold the journal together: of a frame, of the chain of frames, and the Merkle tree of those that one seal covers.

BLAKE2b with 32 bytes (RFC 7693), one `person` for each use, so that no value of one kind can be taken for one of another. The tree has the
shape of RFC 6962, section 2.1: `root` of n leaves splits at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

HASH_BYTES = 32


def leaf_of(head: bytes, payload: bytes) -> bytes:
    """The hash of a frame: of the part of its header that says what it is, and of its payload."""
    made = blake2b(head, digest_size=HASH_BYTES, person=b"tankerwatch leaf")
    made.update(payload)
    return made.digest()


def link(chain: bytes, leaf: bytes) -> bytes:
    """The chain with one more frame."""
    return blake2b(chain + leaf, digest_size=HASH_BYTES, person=b"tankerwatch link").digest()


def origin(mark: bytes) -> bytes:
    """The chain of a journal that holds nothing yet."""
    return blake2b(mark, digest_size=HASH_BYTES, person=b"tankerwatch root").digest()


def digest(data: bytes) -> bytes:
    """The hash of a document: a seal, a snapshot."""
    return blake2b(data, digest_size=HASH_BYTES, person=b"tankerwatch text").digest()


def _node(left: bytes, right: bytes) -> bytes:
    return blake2b(left + right, digest_size=HASH_BYTES, person=b"tankerwatch node").digest()


class Tree:
    """A Merkle tree that grows leaf by leaf, in memory that grows with the logarithm of their number."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._full: list[bytes] = []
        """the roots of the full subtrees, one for each bit of `size`, the largest first"""
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """One more leaf at the end."""
        node, size = leaf, self.size
        while size & 1:
            node, size = _node(self._full.pop(), node), size >> 1
        self._full.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root; of no leaf, the hash of nothing."""
        if not self._full:
            return digest(b"")
        node = self._full[-1]
        for left in reversed(self._full[:-1]):
            node = _node(left, node)
        return node
