"""Static reports (types 5, 19, 24A and 24B) to rows of `Statics`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.ais.layouts import Place
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.mmsi import AUXILIARY_CRAFT, classes_of
from tankerwatch.core.schema import I64, Object
from tankerwatch.core.tables import Statics
from tankerwatch.decode.fields import ABSENT, numbers, or_zero, texts
from tankerwatch.decode.sentences import Found

TYPES = (5, 19, 24)
PART: Place = (38, 2)
_TEXTS = ("callsign", "name", "destination")
_SIZES = {"to_bow_m": "bow", "to_stern_m": "stern", "to_port_m": "port", "to_starboard_m": "starboard"}


def parts_of(found: Found, chosen: I64) -> I64:
    """(n,) part number of messages of type 24: 0 is A, 1 is B, others are not used by the standard."""
    return numbers(found, chosen, {"part": PART})["part"]


def statics_of(found: Found, chosen: I64) -> Statics:
    """One row for each of the messages numbered in `chosen`, all of `TYPES` and those of type 24 part A or B."""
    n = len(chosen)
    made = Statics.blank(n)
    kinds = found.messages[chosen, fr.TYPE]
    made.time_s[:] = found.time_s[chosen]
    made.mmsi[:] = found.messages[chosen, fr.MMSI]
    made.msg_type[:] = kinds
    made.source_row[:] = found.source_row[chosen]
    made.quality[:] = found.messages[chosen, fr.QUALITY]
    part = np.where(kinds == 24, parts_of(found, chosen), -1)
    for form, rows in (
        ("5", np.flatnonzero(kinds == 5)),
        ("19", np.flatnonzero(kinds == 19)),
        ("24A", np.flatnonzero(part == 0)),
        ("24B", np.flatnonzero(part == 1)),
    ):
        if len(rows):
            _fill(made, rows, found, chosen[rows], form)
    return made


def _fill(made: Statics, rows: I64, found: Found, chosen: I64, form: str) -> None:
    """Write the fields of messages of one form to some rows."""
    places = layouts.STATICS[form]
    for name in _TEXTS:
        if name in places:
            first, bits = places[name]
            getattr(made, name)[rows] = texts(found, chosen, first, bits // 6)
    values = numbers(found, chosen, {name: place for name, place in places.items() if name not in _TEXTS})
    if "imo" in values:
        made.imo[rows] = or_zero(values["imo"])
    if "ship_type" in values:
        made.ship_type[rows] = or_zero(values["ship_type"])
    if "draught" in values:
        made.draught_m[rows] = np.where(values["draught"] > 0, values["draught"] / 10.0, np.nan)
    if "eta_month" in values:
        made.eta[rows] = _etas(values)
    if form == "24A" or form == "24B":
        made.part[rows] = form[-1]
    if "bow" in values:
        sized: Any = slice(None)
        if "mothership" in values:
            auxiliary = classes_of(made.mmsi[rows]) == AUXILIARY_CRAFT
            made.mothership_mmsi[rows[auxiliary]] = or_zero(values["mothership"][auxiliary])
            sized = ~auxiliary
        for column, field in _SIZES.items():
            getattr(made, column)[rows[sized]] = or_zero(values[field][sized])


def _etas(values: dict[str, I64]) -> Object:
    """`MM-DD HH:MM` as sent; "" where neither day nor hour is given."""
    columns = zip(*(values[f"eta_{name}"].tolist() for name in ("month", "day", "hour", "minute")), strict=True)
    etas = [
        "" if ABSENT in eta or (eta[0] == 0 and eta[1] == 0 and eta[2] >= 24) else "{:02d}-{:02d} {:02d}:{:02d}".format(*eta)
        for eta in columns
    ]
    return np.array([*etas, None], object)[:-1]
