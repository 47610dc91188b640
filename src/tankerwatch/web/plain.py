"""Values to JSON text that a browser reads: never NaN, never a lone surrogate, never an error; and JSON text of anyone to values."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from starlette.responses import Response

WHOLE_DIGITS: Final = 18
"""Of whole numbers that are read as such; a longer one would be one that no float and no column can hold, and so an error anywhere."""


def decoded(text: str | bytes | bytearray) -> Any:
    """The value of JSON text from outside. Raises ValueError or RecursionError for what is none.

    A whole number too long for any use is a float, at worst infinite.
    """
    return json.loads(text, parse_int=_whole, parse_constant=_no_constant)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= WHOLE_DIGITS else float(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def encoded(value: Any) -> str:
    """JSON text of a value; numbers that JSON does not know become null, what is no JSON at all its words."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (ValueError, TypeError):
        return json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return _plain(value.item()) if hasattr(value, "item") else str(value)


class Answer(Response):
    """A response whose content is a JSON value."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The value as JSON."""
        return encoded(content).encode()


def refusal(status: int, error: str, help: str = "") -> Answer:
    """What the desk says when it does not do what was asked: one line, and what to do."""
    return Answer({"error": error, "help": help}, status)
