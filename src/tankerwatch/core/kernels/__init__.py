"""The compiled loops, one file a job. Nowhere else is numba imported.

A kernel file offers `warm()`, which calls each of its kernels once on a small input, so that compiling happens when Tankerwatch is set
up and not when the first sentence arrives. `compiling.py` says where the compiled code is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules


def warm(say: Callable[[str], None] | None = None) -> list[str]:
    """Compile every kernel that is not compiled yet; the names of the files, in order. `say` is told each name before its turn."""
    names = sorted(module.name for module in iter_modules(__path__))
    for name in names:
        if say is not None:
            say(name)
        compile_all = getattr(import_module(f"{__name__}.{name}"), "warm", None)
        if compile_all is not None:
            compile_all()
    compiling = import_module(f"{__name__}.compiling")
    compiling.say_all_compiled()
    compiling.forget_old()
    return names


def warmed() -> bool:
    """Whether `warm` has been through with these sources here before."""
    return bool(import_module(f"{__name__}.compiling").all_compiled())
