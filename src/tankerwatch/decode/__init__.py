"""Bytes to reports: sentences are found, checked, joined and read. No I/O, no clock.

`Decoder` is the whole stage; the other files are what it is made of.
"""

from __future__ import annotations

from tankerwatch.decode.decoder import Decoder

__all__ = ["Decoder"]
