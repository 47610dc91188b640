"""Places for copies, by what a person writes: a directory, https:// for a vault, s3:// for object storage."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tankerwatch.core.errors import InputFault
from tankerwatch.store.copies.remote import Access, VaultCopy, VaultTarget, journals_in
from tankerwatch.store.copies.replicas import DirectoryTarget, Target
from tankerwatch.store.copies.restore import DirectoryCopy, Source

_HELP = "a directory, https://HOST:8421 of a vault, or s3://BUCKET/PREFIX"


def target_of(text: str, *, token: Path | None, ca: Path | None, certificate: Path | None, key: Path | None) -> Target:
    """Where a copy is to be kept; nothing is asked of it yet. token, ca, certificate, key: files, for a vault. Raises InputFault."""
    kind = _kind(text, "journal.copies")
    if kind == "https":
        return VaultTarget(text, Access(token, ca, certificate, key))
    if kind == "s3":
        from tankerwatch.store.copies.objects import ObjectTarget

        return ObjectTarget(text)
    return DirectoryTarget(Path(text))


def source_of(text: str, access: Access) -> Source:
    """A copy to read: a directory, https://HOST:PORT/MARK, s3://BUCKET/PREFIX/MARK. Raises InputFault."""
    kind = _kind(text, "--from")
    if kind == "https":
        return VaultCopy(text, access)
    if kind == "s3":
        from tankerwatch.store.copies.objects import ObjectCopy

        return ObjectCopy(text)
    return DirectoryCopy(Path(text))


def journals_at(text: str, access: Access) -> list[str] | None:
    """What a place holds that may hold many journals: what to write for each of them; None when `text` names one. Raises InputFault."""
    kind, place = _kind(text, "--from"), text.rstrip("/")
    if kind == "https" and "/" not in place.removeprefix("https://"):
        return [f"{place}/{mark}" for mark in journals_in(place, access)]
    if kind == "s3":
        from tankerwatch.store.copies.objects import journals_below

        marks = journals_below(place)
        return None if marks is None else [f"{place}/{mark}" for mark in marks]
    return None


def _kind(text: str, where: str) -> str:
    """https, s3, or "" for a directory."""
    kind, sign, _ = text.partition("://")
    if not sign:
        return ""
    if kind not in ("https", "s3"):
        raise InputFault(f"{text!r} is no place for a copy", where=where, help=_HELP)
    if kind == "s3" and find_spec("obstore") is None:
        raise InputFault("object storage needs one more package", where=where, help="pip install 'tankerwatch[s3]'")
    return kind
