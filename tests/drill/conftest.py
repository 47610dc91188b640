"""A sandbox for a test, and lines without the seconds that the scene takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tankerwatch.drill.kinds import KINDS
from tankerwatch.drill.sample import Sample
from tankerwatch.drill.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path, monkeypatch) -> Iterator[Sandbox]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Sandbox() as made:
        yield made


@pytest.fixture
def sample() -> Sample:
    return Sample([b"!AIVDM,1,1,,A,%d" % i + b"abc" * (i % 30) for i in range(997)])


@pytest.fixture(params=KINDS, ids=[kind.name for kind in KINDS])
def kind(request):
    return request.param
