"""Every field of any message, on demand, for a person to read: pyais does it, one message at a time."""

from __future__ import annotations

from enum import Enum
from typing import Any

PAYLOAD_LONGEST = 2400


def expand(payload: str | bytes, fill_bits: int) -> dict[str, Any]:
    """The fields of a message by name, as values that JSON can hold. Never raises: what cannot be read gives `{"error": why}`."""
    try:
        from pyais.bit_vector import bit_vector
        from pyais.messages import MSG_CLASS

        raw = payload.encode("ascii") if isinstance(payload, str) else bytes(payload)
        if not 0 < len(raw) <= PAYLOAD_LONGEST or not 0 <= fill_bits <= 5 or not all(48 <= c <= 87 or 96 <= c <= 119 for c in raw):
            return {"error": "not an armoured payload"}
        kind = raw[0] - 48 if raw[0] < 96 else raw[0] - 56
        if kind not in MSG_CLASS or kind == 0:
            return {"error": f"no message type {kind}"}
        message = MSG_CLASS[kind].from_vector(bit_vector(raw, fill_bits))
        return {name: _plain(value) for name, value in message.asdict().items()}
    except Exception as error:  # whatever a foreign decoder does with hostile bits, the answer is words
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and value != value:
        return None
    return value
