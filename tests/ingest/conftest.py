"""What the tests of ingest share."""

from __future__ import annotations

import pytest

from tankerwatch.core.kernels import stamps


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """Compiling takes seconds and memory that no test of memory should count."""
    stamps.warm()
