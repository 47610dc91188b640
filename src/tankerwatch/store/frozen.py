"""What a running thing remembers, as bytes, and back: by its attributes, so that nothing is forgotten that is added to it later.

A thing is made anew by its constructor, with its functions and its configuration; then `thaw` gives each of its parts the attributes that
`freeze` found. *Parts* are our objects that hold others; *kinds* are our plain dataclasses and tables, made from their fields.

Reading cannot run code, whatever the bytes say: a pickle holds values of Python's own types, and one single name, `thing`, by which a kind
from the given list is made of its fields. There is no other name in it, no module is looked up, and no attribute is set that the new thing
has not.
"""

from __future__ import annotations

import gc
import io
import math
import pickle
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from operator import attrgetter
from re import compile as pattern
from types import ModuleType
from typing import Any, Final

import numpy as np

OURS: Final = "tankerwatch."
_NUMBERS: Final = pattern(r"[<|][biuf][1248]")
_NAME: Final = (__name__, "thing")

Kinds = Mapping[str, type]


class NotSaved(Exception):
    """Something that cannot be frozen, or bytes that hold no state of this thing."""


def thing(kind: str, *_: Any) -> Any:
    """Stands in a pickle for a value that is no plain one; `thaw` reads it its own way."""
    raise NotSaved(f"{kind} is read by thaw alone")


def kinds_of(modules: Iterable[ModuleType], others: Iterable[type] = ()) -> dict[str, type]:
    """The dataclasses and tables that modules define, and others, by name."""
    found = [value for module in modules for value in vars(module).values() if isinstance(value, type) and is_dataclass(value)]
    own = {module.__name__ for module in modules}
    return {f"{kind.__module__}:{kind.__qualname__}": kind for kind in (*(k for k in found if k.__module__ in own), *others)}


def freeze(roots: Mapping[str, Any], kinds: Kinds, fixed: tuple[type, ...]) -> tuple[bytes, list[Any]]:
    """The state of some things as a pickle, and its arrays of numbers: copies, so that the things may go on.

    fixed: types that the constructor makes, and of which nothing is remembered. Raises NotSaved.
    """
    arrays: list[Any] = []
    sink = io.BytesIO()
    collecting = gc.isenabled()
    gc.disable()
    made = {path: _values(part, kinds, fixed) for path, part in _parts(roots, kinds, fixed)}
    made[""] = {name: root for name, root in roots.items() if not _is_part(root, kinds, fixed)}
    try:
        _Freezer(sink, kinds, arrays).dump(made)
    finally:
        if collecting:
            gc.enable()
    return sink.getvalue(), arrays


def thaw(roots: Mapping[str, Any], raw: bytes, arrays: list[Any], kinds: Kinds, fixed: tuple[type, ...]) -> dict[str, Any]:
    """Give new things the state that was frozen; the roots that are plain values are returned.

    Nothing is changed when it does not fit: raises NotSaved.
    """
    collecting = gc.isenabled()
    gc.disable()  # of so many new objects none is garbage: looking for some takes longer than all else
    try:
        made = _Thawer(io.BytesIO(raw), kinds, arrays).load()
    except Exception as fault:  # whatever hostile bytes make of it
        raise NotSaved(f"is no state ({type(fault).__name__})") from fault
    finally:
        if collecting:
            gc.enable()
    parts = dict(_parts(roots, kinds, fixed))
    if type(made) is not dict or set(made) != {"", *parts} or any(type(values) is not dict for values in made.values()):
        raise NotSaved("is the state of something else")
    plain = {name for name, root in roots.items() if not _is_part(root, kinds, fixed)}
    if set(made[""]) != plain:
        raise NotSaved("is the state of something else")
    for path, part in parts.items():
        if set(made[path]) != set(_values(part, kinds, fixed)):
            raise NotSaved(f"{path} remembers other things now")
    for path, part in parts.items():
        for name, value in made[path].items():
            setattr(part, name, value)
    return dict(made[""])


def _is_part(value: Any, kinds: Kinds, fixed: tuple[type, ...]) -> bool:
    kind = type(value)
    if not kind.__module__.startswith(OURS) or isinstance(value, fixed) or callable(value):
        return False
    return _name(kind) not in kinds


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _attributes(part: Any) -> dict[str, Any]:
    if hasattr(part, "__dict__"):
        return dict(vars(part))
    return {name: getattr(part, name) for name in type(part).__slots__}


def _parts(roots: Mapping[str, Any], kinds: Kinds, fixed: tuple[type, ...]) -> Iterator[tuple[str, Any]]:
    """Every part that can be reached, by its path, each once."""
    seen: set[int] = set()
    waiting = [(name, root) for name, root in roots.items() if _is_part(root, kinds, fixed)]
    while waiting:
        path, part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield path, part
        for name, value in _attributes(part).items():
            if _is_part(value, kinds, fixed):
                waiting.append((f"{path}.{name}", value))
            elif type(value) is list and value and _is_part(value[0], kinds, fixed):
                waiting += [(f"{path}.{name}.{at}", each) for at, each in enumerate(value)]


def _values(part: Any, kinds: Kinds, fixed: tuple[type, ...]) -> dict[str, Any]:
    """What a part remembers by itself: not its parts, nor what its constructor was given."""

    def own(value: Any) -> bool:
        if type(value) is list and value and _is_part(value[0], kinds, fixed):
            return False
        return not (_is_part(value, kinds, fixed) or isinstance(value, fixed) or callable(value))

    return {name: value for name, value in _attributes(part).items() if own(value)}


def _fields(kind: type) -> tuple[str, ...]:
    """What a kind is made of, in order."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind) if field.init)
    return tuple(kind.__slots__)  # type: ignore[attr-defined]  # what is no dataclass here has slots


class _Freezer(pickle.Pickler):
    def __init__(self, sink: io.BytesIO, kinds: Kinds, arrays: list[Any]) -> None:
        super().__init__(sink, protocol=5)
        self._arrays = arrays
        self._ways: dict[type, tuple[str, Callable[[Any], Any], bool]] = {}
        for name, kind in kinds.items():
            names = _fields(kind)
            self._ways[kind] = (name, attrgetter(*names), len(names) == 1)

    def reducer_override(self, value: Any) -> Any:
        """How a value that is not of Python's plainest types is told."""
        kind = type(value)
        way = self._ways.get(kind)
        if way is not None:
            name, values, single = way
            return thing, (name, values(value)) if single else (name, *values(value))
        if kind is np.ndarray:
            if value.dtype.hasobject:
                return thing, ("objects", value.shape, value.ravel().tolist())
            self._arrays.append(np.array(value, order="C", copy=True))
            return thing, ("array", len(self._arrays) - 1, value.flags.writeable)
        if isinstance(value, np.generic):
            self._arrays.append(np.array([value]))
            return thing, ("number", len(self._arrays) - 1)
        if kind is deque:
            return thing, ("deque", list(value), value.maxlen)
        if kind is array:
            return thing, ("floats", value.tobytes())
        if kind is Counter:
            return thing, ("counter", dict(value))
        if value is thing:
            return NotImplemented  # by its name
        raise NotSaved(f"{kind.__module__}.{kind.__qualname__} is no kind that can be saved")


class _Thawer(pickle.Unpickler):
    def __init__(self, source: io.BytesIO, kinds: Kinds, arrays: list[Any]) -> None:
        super().__init__(source)
        self._kinds, self._arrays = kinds, arrays

    def find_class(self, module: str, name: str) -> Any:
        """Only one name is known; what it makes is made here, by a function of its own, so that what is done to it is forgotten with it."""
        if (module, name) != _NAME:
            raise NotSaved(f"{module}.{name} has no place in a state")
        makers = self._makers()
        return lambda kind, *values: makers[kind](*values)

    def _makers(self) -> dict[str, Callable[..., Any]]:
        arrays = self._arrays
        ours = {name: kind if is_dataclass(kind) else _bare(kind, _fields(kind)) for name, kind in self._kinds.items()}

        def one_array(at: int, writeable: bool) -> Any:
            found = arrays[at]
            found.flags.writeable = bool(writeable)
            return found

        return {
            **ours,
            "array": one_array,
            "number": lambda at: arrays[at][0],
            "objects": _objects,
            "deque": lambda values, most: deque(values, most),
            "floats": lambda raw: array("f", raw),
            "counter": lambda counts: Counter(dict(counts)),
        }


def _objects(shape: tuple[int, ...], values: list[Any]) -> Any:
    made: Any = np.empty(len(values), np.object_)
    for at, value in enumerate(values):
        made[at] = value  # a value that is itself a sequence is one element
    return made.reshape(shape)


def _bare(kind: type, names: tuple[str, ...]) -> Callable[..., Any]:
    """Makes an object of a class that is no dataclass, without its constructor."""

    def make(*values: Any) -> Any:
        made: Any = object.__new__(kind)
        for name, value in zip(names, values, strict=True):
            setattr(made, name, value)
        return made

    return make


def described(held: Any) -> list[Any]:
    """Type and shape of an array, for a file."""
    return [held.dtype.str, list(held.shape)]


def revived(kind: str, shape: list[int], most_bytes: int) -> Any:
    """An array to be filled with what a file holds. Raises NotSaved for what is no array of numbers, or has more than so many bytes."""
    if not (isinstance(kind, str) and _NUMBERS.fullmatch(kind)):
        raise NotSaved(f"{kind!r} is no type of numbers")
    if not all(type(length) is int and 0 <= length <= most_bytes for length in shape) or len(shape) > 8:
        raise NotSaved(f"{shape!r} is no shape")
    if math.prod(shape) * np.dtype(kind).itemsize > most_bytes:
        raise NotSaved("an array is longer than the file")
    return np.empty(shape, np.dtype(kind))
