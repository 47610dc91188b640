"""How kernels are compiled, and where the compiled code is kept.

Compiled code is kept in a folder named after all that it is made of. So a kernel that is compiled into another one is never an old one, an
upgrade leaves nothing behind that would be taken for new, and each processor finds code of its own (numba sees to that). The folder is
beside the source; where that may not be written to, in the user's cache; and where there is none, for this process alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba

nb: Any = numba  # its types know neither its settings nor all its options
_CORE = Path(__file__).resolve().parent.parent
MADE_OF = ("kernels", "ais/layouts.py", "hour.py", "mids.py", "mmsi.py")
"""What kernels are compiled from: themselves and what they read when they are compiled (a test compares it with what they import)."""
_NAME = "compiled-"
_ALL = "all"


def kernel(function: Any) -> Any:
    """Compile a function when it is called first, without the interpreter's lock, and keep the code."""
    return _compiled(function)


def part(function: Any) -> Any:
    """The same of one that only kernels call: what Python would need to call it takes as long to compile as the function itself."""
    return _compiled(function, no_cpython_wrapper=True)


def inlined(function: Any) -> Any:
    """The same of one that is compiled into its callers: for what is too short to be called. It should be given no arrays (`words.py`)."""
    return _compiled(function, no_cpython_wrapper=True, forceinline=True)


def _compiled(function: Any, **how: bool) -> Any:
    before = nb.config.CACHE_DIR
    nb.config.CACHE_DIR = before or str(folder())  # asked for at this moment only: others' functions are none of ours
    try:
        return nb.njit(cache=True, nogil=True, no_cfunc_wrapper=True, **how)(function)
    finally:
        nb.config.CACHE_DIR = before


@cache
def folder() -> Path:
    """Where compiled code is kept."""
    for parent in _parents():
        made = parent / f"{_NAME}{_fingerprint()}"
        try:
            made.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(made, os.W_OK):
            return made
    return Path(tempfile.mkdtemp(prefix="tankerwatch-"))


def _parents() -> Iterator[Path]:
    yield _CORE / "kernels" / "__pycache__"
    if os.environ.get("XDG_CACHE_HOME"):
        yield Path(os.environ["XDG_CACHE_HOME"]) / "tankerwatch"
    elif os.environ.get("HOME"):
        yield Path(os.environ["HOME"]) / ".cache" / "tankerwatch"


def _fingerprint() -> str:
    """A name for all that compiled code is made of."""
    made = sha256(nb.__version__.encode())
    for name in MADE_OF:
        for path in sorted((_CORE / name).glob("*.py")) or [_CORE / name]:
            made.update(path.read_bytes())
    return made.hexdigest()[:16]


def all_compiled() -> bool:
    """Whether all was compiled before: it takes a minute, in which a desk answers nobody."""
    return (folder() / _ALL).is_file()


def say_all_compiled() -> None:
    """From now on it is."""
    with suppress(OSError):  # a full disk: it is looked at again at the next start
        (folder() / _ALL).touch()


def forget_old() -> None:
    """Remove what was compiled of older sources."""
    for old in folder().parent.glob(f"{_NAME}*"):
        if old != folder():
            shutil.rmtree(old, ignore_errors=True)
