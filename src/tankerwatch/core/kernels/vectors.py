"""Up to sixty-four received bytes at a time, by the vector instructions of whatever processor this is.

Each operation is written in LLVM's own terms, which name no processor: the compiler makes AVX, NEON or plain words of them. Whoever calls
one sees to it that all bytes it loads lie within the view.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from tankerwatch.core.kernels.compiling import kernel
from tankerwatch.core.kernels.words import BIG_ENDIAN, i64, place_of, view_of

_TWO: Any = types.UniTuple(types.uint64, 2)  # type: ignore[no-untyped-call]  # numba's own
_BYTE, _WORD, _PLACE = ir.IntType(8), ir.IntType(64), ir.IntType(32)


def _all(vector: Any, value: int) -> Any:
    return ir.Constant(vector, [value] * vector.count)


def _splat(builder: Any, value: Any, count: int) -> Any:
    """A vector of one value."""
    vector = ir.VectorType(value.type, count)
    nothing = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(_PLACE, 0))
    return builder.shuffle_vector(first, nothing, _all(ir.VectorType(_PLACE, count), 0))


def _loaded(context: Any, builder: Any, view: Any, at: Any, element: Any, size: int, count: int) -> Any:
    """`count` elements of `size` bytes from byte `at` of a view on, as a vector that need not be aligned."""
    vector = ir.VectorType(element, count)
    return builder.load(place_of(context, builder, view, at, vector, size * count), align=1, typ=vector)


def _bits(builder: Any, marks: Any) -> Any:
    """The marks of a vector as a number, the first the lowest bit."""
    number = builder.bitcast(marks, ir.IntType(marks.type.count))
    return builder.bitreverse(number) if BIG_ENDIAN else number


@intrinsic
def _marked_of(_context: Any, view: Any, at: Any, byte: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        some = _loaded(context, builder, arguments[0], arguments[1], _BYTE, 1, 64)
        return _bits(builder, builder.icmp_unsigned("==", some, _splat(builder, builder.trunc(arguments[2], _BYTE), 64)))

    return types.uint64(view, types.int64, types.int64), make


@intrinsic
def _checked_of(_context: Any, view: Any, at: Any, length: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        some = _loaded(context, builder, arguments[0], arguments[1], _BYTE, 1, 64)
        kind = some.type
        low = builder.icmp_unsigned("<", builder.sub(some, _all(kind, 48)), _all(kind, 40))
        high = builder.icmp_unsigned("<", builder.sub(some, _all(kind, 96)), _all(kind, 24))
        armour = _bits(builder, builder.or_(low, high))
        first = builder.icmp_unsigned("<", ir.Constant(kind, list(range(64))), _splat(builder, builder.trunc(arguments[2], _BYTE), 64))
        joined = builder.bitcast(builder.select(first, some, _all(kind, 0)), ir.VectorType(_WORD, 8))
        for half in (4, 2, 1):
            nothing = ir.Constant(joined.type, ir.Undefined)
            places = ir.VectorType(_PLACE, half)
            lower = builder.shuffle_vector(joined, nothing, ir.Constant(places, list(range(half))))
            upper = builder.shuffle_vector(joined, nothing, ir.Constant(places, list(range(half, 2 * half))))
            joined = builder.xor(lower, upper)
        one = builder.extract_element(joined, ir.Constant(_PLACE, 0))
        return context.make_tuple(builder, signature.return_type, [one, armour])

    return _TWO(view, types.int64, types.int64), make


@intrinsic
def _put_unarmoured_of(_context: Any, view: Any, at: Any, out: Any, begin: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        some = _loaded(context, builder, arguments[0], arguments[1], _BYTE, 1, 32)
        kind = some.type
        six = builder.sub(some, _all(kind, 48))
        six = builder.select(builder.icmp_unsigned(">", six, _all(kind, 40)), builder.sub(six, _all(kind, 8)), six)
        order = [8 * k + (i if BIG_ENDIAN else 7 - i) for k in range(4) for i in range(8)]
        turned = builder.shuffle_vector(six, ir.Constant(kind, ir.Undefined), ir.Constant(ir.VectorType(_PLACE, 32), order))
        four = builder.bitcast(turned, ir.VectorType(_WORD, 4))

        def joined(value: Any, upper: int, shift: int, lower: int) -> Any:
            moved = builder.lshr(builder.and_(value, _all(value.type, upper)), _all(value.type, shift))
            return builder.or_(moved, builder.and_(value, _all(value.type, lower)))

        four = joined(four, 0x3F003F003F003F00, 2, 0x003F003F003F003F)
        four = joined(four, 0x0FFF00000FFF0000, 4, 0x00000FFF00000FFF)
        four = joined(four, 0x00FFFFFF00000000, 8, 0x0000000000FFFFFF)
        builder.store(four, place_of(context, builder, arguments[2], arguments[3], four.type, 32), align=1)
        return context.get_dummy_value()

    return types.void(view, types.int64, out, types.int64), make


_ELEMENTS = {
    types.float64: ir.DoubleType(), types.float32: ir.FloatType(),
    types.uint8: ir.IntType(8), types.uint16: ir.IntType(16), types.uint32: ir.IntType(32),
}  # fmt: skip  # one a line would hide what belongs together


@intrinsic
def _there_of(_context: Any, values: Any, view: Any, at: Any, absent: Any) -> Any:
    element, size = _ELEMENTS[values.dtype], values.dtype.bitwidth // 8

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, view, at, absent = arguments
        some = _loaded(context, builder, view, builder.mul(at, ir.Constant(_WORD, size)), element, size, 64)
        if isinstance(element, ir.IntType):
            return _bits(builder, builder.icmp_unsigned("!=", some, _splat(builder, builder.trunc(absent, element), 64)))
        return _bits(builder, builder.fcmp_ordered("ord", some, some))

    return types.uint64(values, view, types.int64, types.int64 if isinstance(element, ir.IntType) else types.float64), make


@intrinsic
def _ones_of(_context: Any, value: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), make


marked: Any = _marked_of
"""`marked(view, at, byte)`: which of the 64 bytes from `at` on are `byte`, a bit each, the first the lowest."""
checked: Any = _checked_of
"""`checked(view, at, length)`: the first `length` bytes (0 to 64) from `at` on joined by exclusive or, as eight that are still to be
joined; and which of the 64 are characters of an armoured payload, 48 to 87 and 96 to 119 (IEC 61162-1, 8.3, table of symbols), likewise."""
put_unarmoured: Any = _put_unarmoured_of
"""`put_unarmoured(view, at, out, begin)`: write the 192 bits of the 32 armoured characters from `at` on to another view, 48 in each of four
numbers i64, the first the highest: four times `bits48`."""
ones: Any = _ones_of
"""`ones(word)`: how many bits are set."""
_there: Any = _there_of


@kernel
def there(values: Any, absent: Any, out: Any) -> int:
    """Write a bit for each of the values that is there to out, (at least a word for each 64 values) u64; how many are not.

    absent: NaN for floats; the unsigned integer that says so for others.
    """
    missing = 0
    n = len(values)
    view = view_of(values)
    for at in range(0, n - 63, 64):
        marks = _there(values, view, at, absent)
        out[at >> 6] = marks
        missing += 64 - i64(ones(marks))
    rest = n & ~63
    word = np.uint64(0)
    for at in range(rest, n):
        if values[at] == values[at] and values[at] != absent:
            word |= np.uint64(1) << np.uint64(at - rest)
        else:
            missing += 1
    if rest < n:
        out[rest >> 6] = word
    return missing


def warm() -> None:
    """Compile; the others are compiled within the kernels."""
    for kind in (np.float64, np.float32, np.uint8, np.uint16, np.uint32):
        there(np.zeros(1, kind), np.nan if kind in (np.float64, np.float32) else 0, np.zeros(1, np.uint64))
