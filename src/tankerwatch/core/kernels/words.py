"""Received bytes as the kernels see them: a view that is handed on for nothing, single bytes, and eight of them at a time.

A kernel that hands an array to another function counts its references, which costs more than reading a word. So arrays of bytes are looked
at through a view, two numbers; whoever holds one sees to it that its array lives. NUMBA_BOUNDSCHECK checks each access.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from tankerwatch.core.kernels.compiling import inlined

BIG_ENDIAN = sys.byteorder == "big"
i64: Any = np.int64
"""Makes a number of 64 bits, signed."""
VIEW: Any = types.UniTuple(types.int64, 2)  # type: ignore[no-untyped-call]  # numba's own
_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)
_BYTE, _WORD = ir.IntType(8), ir.IntType(64)


_check: Any = cgutils.do_boundscheck


def place_of(context: Any, builder: Any, view: Any, at: Any, kind: Any, size: int) -> Any:
    """A pointer to what is `size` bytes long and begins at byte `at` of a view, in the terms of LLVM."""
    if context.enable_boundscheck:
        room, check = builder.extract_value(view, 1), _check
        check(context, builder, at, room)
        check(context, builder, builder.add(at, ir.Constant(_WORD, size - 1)), room)
    return builder.inttoptr(builder.add(builder.extract_value(view, 0), at), kind.as_pointer())


@intrinsic
def _view_of(_context: Any, array: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        size = builder.mul(made.nitems, made.itemsize)
        return context.make_tuple(builder, signature.return_type, [builder.ptrtoint(made.data, _WORD), size])

    return VIEW(array), make


@intrinsic
def _byte_of(_context: Any, view: Any, at: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = place_of(context, builder, arguments[0], arguments[1], _BYTE, 1)
        return builder.zext(builder.load(place, align=1, typ=_BYTE), _WORD)

    return types.int64(view, types.int64), make


@intrinsic
def _word_of(_context: Any, view: Any, at: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = builder.load(place_of(context, builder, arguments[0], arguments[1], _WORD, 8), align=1, typ=_WORD)
        return builder.bswap(value) if BIG_ENDIAN else value

    return types.uint64(view, types.int64), make


@intrinsic
def _put_byte_of(_context: Any, view: Any, at: Any, value: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = place_of(context, builder, arguments[0], arguments[1], _BYTE, 1)
        builder.store(builder.trunc(arguments[2], _BYTE), place, align=1)
        return context.get_dummy_value()

    return types.void(view, types.int64, types.int64), make


@intrinsic
def _put_word_of(_context: Any, view: Any, at: Any, value: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = place_of(context, builder, arguments[0], arguments[1], _WORD, 8)
        builder.store(builder.bswap(arguments[2]) if BIG_ENDIAN else arguments[2], place, align=1)
        return context.get_dummy_value()

    return types.void(view, types.int64, types.uint64), make


@intrinsic
def _turned_of(_context: Any, value: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bswap(arguments[0])

    return types.uint64(types.uint64), make


@intrinsic
def _lowest_of(_context: Any, value: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, False))

    return types.int64(types.uint64), make


@intrinsic
def _highest_of(_context: Any, value: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zeros = builder.ctlz(arguments[0], context.get_constant(types.boolean, False))
        return builder.sub(ir.Constant(_WORD, 63), zeros)

    return types.int64(types.uint64), make


@intrinsic
def _fetch_of(_context: Any, view: Any, at: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = place_of(context, builder, arguments[0], arguments[1], _BYTE, 1)
        asked = [ir.Constant(ir.IntType(32), value) for value in (1, 3, 1)]  # to be written, to stay near, data
        kind = ir.FunctionType(ir.VoidType(), [place.type, *(value.type for value in asked)])
        builder.call(builder.module.declare_intrinsic("llvm.prefetch", (place.type,), kind), [place, *asked])
        return context.get_dummy_value()

    return types.void(view, types.int64), make


@intrinsic
def _borrowed(_context: Any, array: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        made.meminfo = ir.Constant(made.meminfo.type, None)
        made.parent = ir.Constant(made.parent.type, None)
        return made._getvalue()

    return array(array), make


borrowed: Any = _borrowed
"""`borrowed(array)`: the same array without its owner, whose references nobody counts; whoever gave it holds it meanwhile."""
view_of: Any = _view_of
"""`view_of(array)`: a view of the bytes of a contiguous array."""
byte: Any = _byte_of
"""`byte(view, at)`: one byte, as i64."""
word: Any = _word_of
"""`word(view, at)`: eight bytes wherever they lie, the first the lowest, as u64. All eight must lie within: padding is for this."""
put_byte: Any = _put_byte_of
"""`put_byte(view, at, value)`: write the lowest byte of an i64."""
put_word: Any = _put_word_of
"""`put_word(view, at, value)`: write the eight bytes of a u64, the lowest first."""
fetch: Any = _fetch_of
"""`fetch(view, at)`: have the line of memory with this byte brought near; nothing waits for it."""
turned: Any = _turned_of
"""`turned(word)`: the same bytes in the opposite order."""
lowest: Any = _lowest_of
"""`lowest(word)`: the number of the lowest bit that is set; 64 when none is."""
highest: Any = _highest_of
"""`highest(word)`: the number of the highest bit that is set; -1 when none is."""


@inlined
def first_bytes(count: int) -> Any:
    """A mask of the lowest `count` bytes of a word, 1 to 8."""
    return np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - 8 * count)


@inlined
def folded(value: Any) -> Any:
    """All eight bytes joined by exclusive or."""
    value ^= value >> np.uint64(32)
    value ^= value >> np.uint64(16)
    value ^= value >> np.uint64(8)
    return i64(value & np.uint64(0xFF))


@inlined
def bits48(view: Any, at: int) -> Any:
    """The 48 bits of the eight armoured characters from byte `at` on, the first the highest. What is no armour gives senseless bits."""
    value = ((turned(word(view, at)) | _HIGH) - np.uint64(0x3030303030303030)) & _LOW  # no byte borrows from another
    value -= ((value + np.uint64(0x5050505050505050)) & _HIGH) >> np.uint64(4)
    value = ((value & np.uint64(0x3F003F003F003F00)) >> np.uint64(2)) | (value & np.uint64(0x003F003F003F003F))
    value = ((value & np.uint64(0x0FFF00000FFF0000)) >> np.uint64(4)) | (value & np.uint64(0x00000FFF00000FFF))
    return ((value >> np.uint64(8)) & np.uint64(0xFFFFFF000000)) | (value & np.uint64(0xFFFFFF))


@inlined
def bits_at(view: Any, at: int, first: int, width: int) -> Any:
    """The unsigned number in bits first to first + width (1 to 48) of the armoured payload that begins at byte `at`. It must lie within."""
    shift = first % 6
    value = bits48(view, at + first // 6)
    if shift + width > 48:
        more = bits48(view, at + first // 6 + 8)
        value = (value << np.uint64(shift)) | (more >> np.uint64(48 - shift))
        shift = 0
    return i64((value >> np.uint64(48 - shift - width)) & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))


@inlined
def spread(eight: Any) -> Any:
    """48 bits as eight bytes of six bits each, those of the highest bits in the lowest byte: what `bits48` has joined."""
    value = ((eight & np.uint64(0xFFFFFF000000)) << np.uint64(8)) | (eight & np.uint64(0xFFFFFF))
    value = ((value & np.uint64(0x00FFF00000FFF000)) << np.uint64(4)) | (value & np.uint64(0x00000FFF00000FFF))
    value = ((value & np.uint64(0x0FC00FC00FC00FC0)) << np.uint64(2)) | (value & np.uint64(0x003F003F003F003F))
    return turned(value)
