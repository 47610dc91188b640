"""Where the drill keeps a copy, and how it is fed, read and looked at; the simplest of them, a directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.copies.replicas import DirectoryTarget, Target
from tankerwatch.store.copies.restore import DirectoryCopy, Source


@dataclass(frozen=True, slots=True)
class Place:
    """A copy of the drill's. target: made in the process that writes, so it can be pickled; source: for `restore`; directory: the data
    directory in which it lies, to be examined.
    """

    target: Callable[[], Target]
    source: Callable[[], Source]
    directory: Callable[[], Path]


@dataclass(frozen=True, slots=True)
class InDirectory:
    """The way to a copy in a directory; can be pickled."""

    path: Path

    def target(self) -> Target:
        """To be fed."""
        return DirectoryTarget(self.path)

    def source(self) -> Source:
        """To be restored from."""
        return DirectoryCopy(self.path)

    def directory(self) -> Path:
        """Where it is."""
        return self.path


@contextmanager
def directory(sandbox: Sandbox, name: str) -> Iterator[Place]:
    """A directory in the sandbox."""
    here = InDirectory(sandbox.folder(name))
    yield Place(here.target, here.source, here.directory)
