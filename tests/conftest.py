"""What all tests share: the folder of real recordings beside the project, and a fast and a thorough profile of hypothesis."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("TANKERWATCH_HYPOTHESIS", "quick"))

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TANKERWATCH_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """`shared_data("nmea/x.nmea")`: the path of a real recording, or a skip that says which file is missing and where."""

    def path(name: str) -> Path:
        found = DATA / name
        if not found.exists():
            pytest.skip(f"the recording {name} is not in {DATA} (set TANKERWATCH_DATA)")
        return found

    return path
