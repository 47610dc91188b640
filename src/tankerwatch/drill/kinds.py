"""The kinds of copies that the drill keeps and restores from: one entry in `KINDS` for each kind of replica that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.replicas import DirectoryTarget, Target
from tankerwatch.store.restore import DirectoryCopy


@dataclass(frozen=True, slots=True)
class Place:
    """A copy of the drill's. target: made in the process that writes, so it can be pickled; source: for `restore`; folder: where its
    journal can be examined, in the data directory of that name.
    """

    target: Callable[[], Target]
    source: Callable[[], DirectoryCopy]
    directory: Callable[[], Path]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of replica. open: a place for a copy in the folder of that name within the sandbox."""

    name: str
    open: Callable[[Sandbox, str], AbstractContextManager[Place]]


@dataclass(frozen=True, slots=True)
class InDirectory:
    """A directory, as a copy's target, source and place; can be pickled."""

    path: Path

    def target(self) -> Target:
        """To be fed."""
        return DirectoryTarget(self.path)

    def source(self) -> DirectoryCopy:
        """To be restored from."""
        return DirectoryCopy(self.path)

    def directory(self) -> Path:
        """Where it is."""
        return self.path


@contextmanager
def _directory(sandbox: Sandbox, name: str) -> Iterator[Place]:
    here = InDirectory(sandbox.folder(name))
    yield Place(here.target, here.source, here.directory)


KINDS: Final = (Kind("directory", _directory),)
