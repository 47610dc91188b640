"""A bucket of the drill's own: object storage in a folder of the sandbox, so that no server is asked. Needs the extra [s3]."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.places import Place
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.copies.restore import Source, restore

if TYPE_CHECKING:
    from tankerwatch.store.copies.objects import ObjectTarget

_EVERY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class InBucket:
    """The way to a copy in the bucket; can be pickled."""

    folder: Path

    def target(self) -> ObjectTarget:
        """To be fed."""
        from tankerwatch.store.copies.objects import ObjectTarget

        return ObjectTarget(self.folder, every_s=_EVERY_S)

    def source(self) -> Source:
        """To be restored from: the one journal that it took."""
        from tankerwatch.store.copies.objects import Bucket, ObjectCopy

        marks = Bucket(self.folder).marks()
        if len(marks) != 1:
            raise InputFault(f"the drill's bucket holds {len(marks)} journals", where="drill")
        return ObjectCopy(self.folder / marks[0])


@contextmanager
def bucket(sandbox: Sandbox, name: str) -> Iterator[Place]:
    """A bucket that holds its objects in the sandbox; it is examined as it is given back."""
    here, examined = InBucket(sandbox.folder(name)), f"{name} given back"

    def given_back() -> Path:
        if sandbox.names(examined):
            sandbox.remove_folder(examined)
        restore(here.source(), sandbox.folder(examined))
        return sandbox.folder(examined)

    yield Place(here.target, here.source, given_back)
