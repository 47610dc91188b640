"""Eight received bytes at a time: loads that need no alignment, and tests and arithmetic on all eight bytes of a word at once."""

from __future__ import annotations

import sys
from typing import Any

import numba as nb
import numpy as np
from numba.core import types
from numba.extending import intrinsic

_BIG = sys.byteorder == "big"
_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)


@intrinsic
def _load_of(_context: Any, array: Any, at: Any) -> Any:
    """The eight bytes from array[at] on, the first the lowest. Nothing is checked: see `word`."""

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        byte, eight = context.get_value_type(types.uint8), context.get_value_type(types.uint64)
        place = builder.gep(data, [arguments[1]], source_etype=byte)
        value = builder.load(builder.bitcast(place, eight.as_pointer()), align=1, typ=eight)
        return builder.bswap(value) if _BIG else value

    return types.uint64(array, types.intp), make


@intrinsic
def _turned_of(_context: Any, value: Any) -> Any:
    """The word with its bytes in the opposite order."""

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bswap(arguments[0])

    return types.uint64(types.uint64), make


@intrinsic
def _lowest_of(_context: Any, value: Any) -> Any:
    """How many zero bits a word that is not 0 has below its lowest one."""

    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))

    return types.uint64(types.uint64), make


_load: Any = _load_of
_lowest: Any = _lowest_of
_turned: Any = _turned_of


@nb.njit(cache=True, nogil=True, forceinline=True)
def word(buffer: Any, at: int) -> Any:
    """buffer[at] to buffer[at + 7], the first the lowest byte. All eight must lie within the buffer: its padding is for this."""
    _ = buffer[at + 7]  # so that NUMBA_BOUNDSCHECK sees it
    return _load(buffer, at)


@nb.njit(cache=True, nogil=True, forceinline=True)
def first_bytes(count: int) -> Any:
    """A mask of the lowest `count` bytes of a word, 1 to 8."""
    return np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - 8 * count)


@nb.njit(cache=True, nogil=True, forceinline=True)
def first_marked(marks: Any) -> int:
    """The number of the first byte whose highest bit is set; one must be."""
    return int(_lowest(marks) >> np.uint64(3))


@nb.njit(cache=True, nogil=True, forceinline=True)
def folded(value: Any) -> Any:
    """All eight bytes joined by exclusive or."""
    value ^= value >> np.uint64(32)
    value ^= value >> np.uint64(16)
    value ^= value >> np.uint64(8)
    return int(value & np.uint64(0xFF))


@nb.njit(cache=True, nogil=True, forceinline=True)
def not_armour(value: Any) -> Any:
    """Not 0 when a byte is no character of an armoured payload: 48 to 87 and 96 to 119 (IEC 61162-1, 8.3, table of symbols)."""
    low = value & _LOW
    from_48 = low + np.uint64(0x5050505050505050)
    from_88 = low + np.uint64(0x2828282828282828)
    from_96 = low + np.uint64(0x2020202020202020)
    from_120 = low + np.uint64(0x0808080808080808)
    return (value | ~from_48 | (from_88 & ~from_96) | from_120) & _HIGH


@nb.njit(cache=True, nogil=True, forceinline=True)
def bits48(buffer: Any, at: int) -> Any:
    """The 48 bits of the eight armoured characters from buffer[at] on, the first the highest. What is no armour gives senseless bits."""
    value = ((_turned(word(buffer, at)) | _HIGH) - np.uint64(0x3030303030303030)) & _LOW  # no byte borrows from another
    value -= ((value + np.uint64(0x5050505050505050)) & _HIGH) >> np.uint64(4)
    value = ((value & np.uint64(0x3F003F003F003F00)) >> np.uint64(2)) | (value & np.uint64(0x003F003F003F003F))
    value = ((value & np.uint64(0x0FFF00000FFF0000)) >> np.uint64(4)) | (value & np.uint64(0x00000FFF00000FFF))
    return ((value >> np.uint64(8)) & np.uint64(0xFFFFFF000000)) | (value & np.uint64(0xFFFFFF))


def warm() -> None:
    """Compile; what is made of these is compiled again within the kernels."""
    bits48(np.full(8, 48, np.uint8), 0)
