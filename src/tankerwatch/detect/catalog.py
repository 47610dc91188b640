"""Finds the detectors: every file in `detect/ship/`. Adding one is one new file; nothing is registered anywhere."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from typing import Any

from tankerwatch.core.errors import TankerwatchFault
from tankerwatch.detect import ship
from tankerwatch.detect.kit import Detector, Settings


@cache
def detectors() -> tuple[Detector, ...]:
    """All detectors in order of their ids, each with its file's docstring as `document`."""
    found = []
    for module_info in pkgutil.iter_modules(ship.__path__):
        module = importlib.import_module(f"{ship.__name__}.{module_info.name}")
        detector = module.DETECTOR
        if not isinstance(detector, Detector) or detector.id != module_info.name:
            raise TankerwatchFault(f"detect/ship/{module_info.name}.py: DETECTOR must be a Detector whose id is {module_info.name!r}")
        found.append(replace(detector, document=module.__doc__ or ""))
    return tuple(sorted(found, key=lambda d: d.id))


def told(detector: Detector, settings: Settings) -> dict[str, Any]:
    """What an alert says of its rule."""
    return {
        "id": detector.id,
        "words": detector.words,
        "version": detector.version,
        "what": section(detector, "What it does"),
        "why": section(detector, "Why it matters"),
        "wrong": section(detector, "When it is wrong"),
        "settings": dict(settings),
    }


def section(detector: Detector, heading: str) -> str:
    """What the detector's document says under a heading, on one line."""
    lines: list[str] = []
    inside = False
    for line in detector.document.splitlines():
        if line.startswith(heading):
            inside = True
            line = line[len(heading) :]
        elif inside and line and not line.startswith(" "):
            break
        if inside:
            lines.append(line.strip())
    return " ".join(" ".join(lines).split())
