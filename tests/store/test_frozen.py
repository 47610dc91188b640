"""A state comes back as it was, and bytes that say otherwise run nothing and change nothing."""

from __future__ import annotations

import io
import math
import os
import pickle
import pickletools
from array import array
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.store import frozen
from tankerwatch.store.frozen import NotSaved, freeze, revived, thaw


@dataclass(frozen=True, slots=True)
class Leaf:
    name: str
    values: tuple[Any, ...] = ()


class Part:
    def __init__(self, ask=print) -> None:
        self.held: Any = None
        self.also: Any = None
        self.ask = ask


class Whole:
    def __init__(self, ask=print) -> None:
        self.first, self.parts, self.number = Part(ask), [Part(ask), Part(ask)], 0
        self.same = self.first


for _kind in (Leaf, Part, Whole):
    _kind.__module__ = "tankerwatch.made_up"  # ours, as far as the code can tell
KINDS = {"tankerwatch.made_up:Leaf": Leaf}


def journey(whole: Whole, **plain: Any) -> tuple[Whole, dict[str, Any]]:
    raw, arrays = freeze({"whole": whole, **plain}, KINDS, ())
    fresh = Whole()
    told = thaw({"whole": fresh, **dict.fromkeys(plain)}, raw, arrays, KINDS, ())
    return fresh, told


_scalar = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
_array = st.sampled_from(["f4", "f8", "u1", "i8", "u8", "?"]).flatmap(
    lambda kind: st.lists(st.integers(0, 1), max_size=6).map(lambda values: np.array(values, kind))
)
_value = st.recursive(
    _scalar,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers() | st.text(), inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, max_size=4).map(lambda values: deque(values, 7))
        | st.sets(st.integers())
        | st.builds(lambda name, values: Leaf(name, tuple(values)), st.text(), st.lists(inner, max_size=3))
    ),
    max_leaves=12,
)


@given(_value, _value)
def test_values_come_back_as_they_were(one, other):
    whole = Whole()
    whole.first.held, whole.parts[1].held = one, other
    back, _ = journey(whole)
    assert back.first.held == one and back.parts[1].held == other and back.same is back.first
    assert type(back.first.held) is type(one)


@given(_array)
def test_arrays_come_back_to_the_bit_and_are_copies(values):
    whole = Whole()
    whole.first.held = whole.first.also = values
    raw, arrays = freeze({"whole": whole}, KINDS, ())
    before = values.tobytes()
    values[:] = 0
    back = Whole()
    thaw({"whole": back}, raw, arrays, KINDS, ())
    assert back.first.held.tobytes() == before and back.first.held.dtype == values.dtype
    assert back.first.held is back.first.also and back.first.held.flags.writeable


def test_what_is_shared_stays_shared_and_functions_stay_those_of_the_new_thing():
    whole, told = Whole(), []
    shared = {"a": Leaf("x", (math.nan,))}
    whole.first.held, whole.parts[0].also = shared, shared
    whole.number = np.float64(2.5)
    whole.parts[1].held = Counter("aab"), array("f", [1.5, math.inf]), np.array([(1, 2), (3,), None], object), np.arange(6)[::2]
    raw, arrays = freeze({"whole": whole, "count": {1: 2}}, KINDS, ())
    back = Whole(told.append)
    assert thaw({"whole": back, "count": None}, raw, arrays, KINDS, ()) == {"count": {1: 2}}
    assert back.first.held is back.parts[0].also and back.first.held is not shared
    assert back.first.ask == told.append and back.number == 2.5
    counts, floats, objects, numbers = back.parts[1].held
    assert counts == Counter("aab") and floats == array("f", [1.5, math.inf])
    assert objects.tolist() == [(1, 2), (3,), None] and numbers.tolist() == [0, 2, 4]


def test_what_has_no_place_in_a_state_is_told_when_it_is_saved():
    whole = Whole()
    for value in (object(), [lambda: 0], {1: np}, Exception("no"), io.BytesIO()):
        whole.first.held = value
        if callable(value):
            continue
        with pytest.raises(NotSaved):
            freeze({"whole": whole}, KINDS, ())


def test_the_state_of_another_thing_changes_nothing():
    raw, arrays = freeze({"whole": Whole(), "count": 1}, KINDS, ())
    fresh = Whole()
    fresh.first.held = "mine"
    for roots in ({"whole": fresh}, {"other": fresh, "count": 1}, {"whole": fresh, "number": 1}, {"whole": fresh.first, "count": 1}):
        with pytest.raises(NotSaved):
            thaw(roots, raw, arrays, KINDS, ())
    fresh.parts.append(Part())
    with pytest.raises(NotSaved):
        thaw({"whole": fresh, "count": 1}, raw, arrays, KINDS, ())
    fresh.parts.pop()
    fresh.first.new = 1
    with pytest.raises(NotSaved, match="other things"):
        thaw({"whole": fresh, "count": 1}, raw, arrays, KINDS, ())
    assert fresh.first.held == "mine"


class Evil:
    def __init__(self, *reduced: Any) -> None:
        self.reduced = reduced

    def __reduce__(self) -> Any:
        return self.reduced


TOUCHED: list[str] = []


def touch(name: str = "touched") -> None:
    TOUCHED.append(name)


def by_name(module: str, name: str, argument: str = "touched") -> bytes:
    return b"c" + f"{module}\n{name}\n".encode() + b"(" + b"V" + argument.encode() + b"\ntR."


HERE = "tankerwatch.store.frozen"
HOSTILE = {
    "os.system": pickle.dumps(Evil(os.system, ("touch /tmp/never",)), 5),
    "eval": pickle.dumps(Evil(eval, ("touch()",)), 5),
    "a function of ours": by_name("tankerwatch.store.frozen", "freeze"),
    "a module of ours": by_name("tankerwatch.store.frozen", "pickle"),
    "a dotted name": b"\x80\x05\x8c\x18tankerwatch.store.frozen\x8c\x11thing.__globals__\x93.",
    "another module's thing": by_name("tankerwatch.store.frozen.os", "thing"),
    "getattr": pickle.dumps(Evil(getattr, ([], "append")), 5),
    "numpy": pickle.dumps(np.arange(3), 5),
    "numpy's loads": by_name("numpy", "load"),
    "a class of ours": by_name("tankerwatch.made_up", "Leaf"),
    "codecs": by_name("_codecs", "encode"),
    "an unknown kind": f"c{HERE}\nthing\n(Vos.system\nVtouch\ntR.".encode(),
    "a private kind": f"c{HERE}\nthing\n(V__class__\ntR.".encode(),
    "build on the maker": f"c{HERE}\nthing\n(NK\x01tb.".encode(),
    "globals of the maker": f"c{HERE}\nthing\nN}}V__globals__\n}}s\x86b.".encode("latin-1"),
    "code of the maker": f"c{HERE}\nthing\nN}}V__code__\nN s\x86b.".encode("latin-1"),
    "newobj": f"c{HERE}\nthing\n)\x81.".encode("latin-1"),
    "instance": f"(i{HERE}\nthing\n.".encode(),
    "an array that is not there": f"c{HERE}\nthing\n(Varray\nK\x07I01\ntR.".encode(),
    "a persistent id": b"Pos.system\n.",
    "an extension": b"\x82\x01.",
    "endless": b"]" * 100_000 + b".",
    "deep": b"(" * 200_000 + b"t" * 200_000 + b".",
    "a long string": b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "a great memo": b"r\xff\xff\xff\x7f.",
    "nothing": b"",
    "no end": b"}",
    "a list": b"].",
    "a set": pickle.dumps({1}, 5),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_run_nothing_and_change_nothing(raw):
    fresh = Whole()
    fresh.first.held = "mine"
    before = frozen.thing.__code__, frozen.thing.__defaults__
    with pytest.raises(NotSaved):
        thaw({"whole": fresh}, raw, [], KINDS, ())
    assert fresh.first.held == "mine" and not TOUCHED
    assert (frozen.thing.__code__, frozen.thing.__defaults__) == before


def test_a_state_with_an_attribute_more_is_refused():
    _, arrays = freeze({"whole": Whole()}, KINDS, ())
    state = {"": {}, "whole": {"number": 0, "ask": "x"}, "whole.first": {}, "whole.parts.0": {}, "whole.parts.1": {}}
    with pytest.raises(NotSaved):
        thaw({"whole": Whole()}, pickle.dumps(state), arrays, KINDS, ())


@given(st.data())
def test_a_state_with_changed_bytes_never_does_anything_but_refuse(data):
    """Whatever a few bytes are changed to: it is refused, or it is a state of the same things with other values."""
    whole = Whole()
    whole.first.held = {"leaf": Leaf("x", (1, 2.5)), "many": [np.arange(3), deque([1], 3)]}
    raw, arrays = freeze({"whole": whole}, KINDS, ())
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    fresh = Whole()
    try:
        thaw({"whole": fresh}, bytes(changed), arrays, KINDS, ())
    except NotSaved:
        assert fresh.first.held is None
    assert type(fresh.first) is Part and fresh.same is fresh.first and fresh.first.ask is print and not TOUCHED


def test_a_state_names_nothing_but_the_one():
    whole = Whole()
    whole.first.held = [Leaf("x"), np.arange(3), deque([1]), Counter("a"), np.float32(1)]
    raw, _ = freeze({"whole": whole}, KINDS, ())
    names = [argument for op, argument, _ in pickletools.genops(raw) if op.name in ("GLOBAL", "INST")]
    stacked = sum(op.name == "STACK_GLOBAL" for op, _, _ in pickletools.genops(raw))
    assert names == [] and stacked == 1


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("O", [1]), ("<f8,<f8", [1]), ("|V8", [1]), ("<U4", [1]), ("<f8", [2]), ("<f8", [-1]), ("<f8", [1 << 62, 4]), ("<f8", [1.0]), (7, [1]),
     ("<f8", [1] * 40), ("<f8\n", [1])],
)  # fmt: skip  # one a line would hide what belongs together
def test_what_is_no_array_of_numbers_is_refused(kind, shape):
    with pytest.raises(NotSaved):
        revived(kind, shape, 8)


def test_fields_that_are_not_given_are_made_again():
    @dataclass
    class Made:
        given: int
        worked_out: int = field(init=False, default=0)

        def __post_init__(self) -> None:
            self.worked_out = 2 * self.given

    Made.__module__ = "tankerwatch.made_up"
    whole = Whole()
    whole.number = Made(4)
    kinds = {"tankerwatch.made_up:" + Made.__qualname__: Made}
    raw, arrays = freeze({"whole": whole}, kinds, ())
    back = Whole()
    thaw({"whole": back}, raw, arrays, kinds, ())
    assert (back.number.given, back.number.worked_out) == (4, 8)
