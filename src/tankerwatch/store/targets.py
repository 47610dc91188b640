"""Places for copies, by what a person writes."""

from __future__ import annotations

from pathlib import Path

from tankerwatch.core.errors import InputFault
from tankerwatch.store.replicas import DirectoryTarget, Target


def target_of(text: str, *, token: Path | None, ca: Path | None, certificate: Path | None, key: Path | None) -> Target:
    """A directory. Raises InputFault for what is none."""
    if "://" in text:
        raise InputFault(f"{text!r} is no place for a copy", where="journal.copies", help="a directory on another disk or share")
    return DirectoryTarget(Path(text))
