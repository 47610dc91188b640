"""The journal's signing keys (Ed25519, RFC 8032), of which each seal names the next and lets the old one be forgotten.

`key` holds the secret in use, `key.next` the one that the seal being made will name; the old one is overwritten and gone once the seal is
durable. So whoever takes the machine over cannot sign anew what was sealed before. (A disk may keep old blocks for a while: see
docs/decisions/0006-survival.md.)
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tankerwatch.core.errors import InputFault
from tankerwatch.store.files import FileLayer, write_whole

_SECRET_BYTES = 32


def is_signed(public_key: str, message: bytes, signature: str) -> bool:
    """Whether the owner of the public key (64 hex digits) signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Keys:
    """The keys in a journal's folder, made there when there are none. Raises InputFault when they cannot be read or written."""

    def __init__(self, folder: Path, files: FileLayer | None = None) -> None:
        self._path, self._next_path = folder / "key", folder / "key.next"
        self._files = files or FileLayer()
        try:
            self._secret = self._load(self._path) or self._make(self._path)
            self._next = self._load(self._next_path)
        except OSError as fault:
            raise InputFault(f"cannot be used: {fault.strerror or fault}", where=str(self._path)) from fault

    @property
    def public(self) -> str:
        """The public key in use, as 64 hex digits."""
        return _public(self._secret)

    def sign(self, message: bytes) -> str:
        """The signature with the key in use, as hex digits."""
        return self._secret.sign(message).hex()

    def next_public(self) -> str:
        """The public key that comes next; its secret is durable when this returns. Raises OSError."""
        if self._next is None:
            self._next = self._make(self._next_path)
        return _public(self._next)

    def settle(self, next_public: str) -> None:
        """The newest seal names this key as the next: when it is the one that waits, it takes over. Raises OSError."""
        if self._next is None or _public(self._next) != next_public:
            return
        self._files.overwrite(self._path, os.urandom(_SECRET_BYTES))
        self._files.rename(self._next_path, self._path)
        self._files.sync_directory(self._path.parent)
        self._secret, self._next = self._next, None

    def _load(self, path: Path) -> Ed25519PrivateKey | None:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        return Ed25519PrivateKey.from_private_bytes(raw) if len(raw) == _SECRET_BYTES else None

    def _make(self, path: Path) -> Ed25519PrivateKey:
        secret = Ed25519PrivateKey.generate()
        write_whole(path, secret.private_bytes_raw(), self._files, mode=0o600)
        return secret


def _public(secret: Ed25519PrivateKey) -> str:
    return secret.public_key().public_bytes_raw().hex()
