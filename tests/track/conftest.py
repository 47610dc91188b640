"""Fixes with few words, and a fleet's state as plain values."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tankerwatch.core.tables import Fixes, Heard, Statics

START_S = 1_700_000_000.0 // 600 * 600


@pytest.fixture(scope="session")
def twin() -> ModuleType:
    """The module `twin.py` beside this file."""
    spec = importlib.util.spec_from_file_location("beliefs_twin", Path(__file__).with_name("twin.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def make_fixes(*rows: dict[str, Any]) -> Fixes:
    """Fixes from rows; `at` is seconds after START_S, what is not given is not available."""
    table = Fixes.blank(len(rows))
    for i, row in enumerate(rows):
        table.time_s[i] = START_S + row["at"]
        table.mmsi[i] = row.get("mmsi", 311000001)
        table.msg_type[i] = row.get("msg_type", 1)
        table.lat_deg[i], table.lon_deg[i] = row.get("lat", np.nan), row.get("lon", np.nan)
        table.sog_kn[i], table.cog_deg[i] = row.get("sog", np.nan), row.get("cog", np.nan)
        table.heading_deg[i] = row.get("heading", np.nan)
        table.nav_status[i] = row.get("status", 0)
        table.utc_second[i] = row.get("second", int(START_S + row["at"]) % 60)
        table.station[i] = row.get("station", 0)
        table.source_row[i] = row.get("row", i + 1)
    table.check()
    return table


@pytest.fixture(scope="session")
def fixes() -> Callable[..., Fixes]:
    return make_fixes


@pytest.fixture(scope="session")
def heard() -> Callable[..., Heard]:
    def make(*rows: dict[str, Any]) -> Heard:
        return Heard(fixes=make_fixes(*rows))

    return make


@pytest.fixture(scope="session")
def statics() -> Callable[..., Heard]:
    def make(**row: Any) -> Heard:
        table = Statics.blank(1)
        table.time_s[0] = START_S + row.pop("at", 0)
        table.mmsi[0] = 311000001
        table.msg_type[0] = 5
        for name, value in row.items():
            getattr(table, name)[0] = value
        table.check()
        return Heard(statics=table)

    return make


@pytest.fixture(scope="session")
def start_s() -> float:
    return START_S
