"""The kinds of copies that the drill keeps and restores from: one entry in `KINDS` for each kind of replica that there is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from tankerwatch.drill.buckets import bucket
from tankerwatch.drill.places import Place, directory
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.drill.vaults import vault


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of replica. open: a place for a copy in the folder of that name within the sandbox."""

    name: str
    open: Callable[[Sandbox, str], AbstractContextManager[Place]]


KINDS: Final = (
    Kind("directory", directory),
    Kind("vault", vault),
    *((Kind("bucket", bucket),) if find_spec("obstore") else ()),  # of the extra [s3]
)
