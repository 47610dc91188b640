"""Explains the configuration from its declarations: as a TOML file to begin with, and as a page of the reference."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import Final

from tankerwatch.config.keys import KEYS, NUMBER, SECTIONS, DeclaredDetector, Key, detector_keys
from tankerwatch.config.load import example_of

NAMED: Final = {section: f"{section}.NAME" for section in ("station", "zone")}
"""Sections of which there may be many, each under a name of its own."""


def example(detectors: Iterable[DeclaredDetector]) -> str:
    """A TOML file of all keys at their defaults, each with what it means. What has no default stands in comments."""
    lines = ["# Tankerwatch: every key, as it is when you set nothing. Check yours with: tankerwatch config check FILE"]
    for section, words in SECTIONS.items():
        lines += ["", "", *_comment(words)]
        if section in NAMED:
            lines += [f"# [{NAMED[section]}]"]
            lines += [
                f"# {line.removeprefix('# ')}" for key in _keys(NAMED[section]) for line in _lines(key, key.example or example_of(key))
            ]
        elif section == "detect":
            for detector in detectors:
                lines += ["", *_comment(f"{detector.words}."), f"[detect.{detector.id}]"]
                lines += [line for key in detector_keys(detector) for line in _lines(key, key.example if key.optional else example_of(key))]
        else:
            lines += [f"[{section}]", *(line for key in _keys(section) for line in _lines(key, example_of(key)))]
    return "\n".join(lines) + "\n"


def page(detectors: Iterable[DeclaredDetector]) -> str:
    """The reference page, Markdown."""
    lines = [
        "# Configuration",
        "",
        "<!-- Written by `make docs` from src/tankerwatch/config/keys.py and the detectors: change those. -->",
        "",
        "One TOML file, given as `--config FILE` to any command. Nothing has to be set. `tankerwatch config show` prints a file with every",
        "key at its default; `tankerwatch config check FILE` says what is wrong with yours, key by key.",
    ]
    for section, words in SECTIONS.items():
        named = {**NAMED, "detect": "detect.ID"}.get(section, section)
        lines += ["", f"## `[{named}]`", "", *wrap(words, 130), "", *_table(_keys(named))]
        if section == "detect":
            for detector in detectors:
                own = detector_keys(detector)[len(_keys(named)) :]
                lines += [
                    "",
                    f"### `[detect.{detector.id}]`",
                    "",
                    f"{detector.words}.",
                    "",
                    *(_table(own) if own else ["It has no thresholds."]),
                ]
    return "\n".join(lines) + "\n"


def _keys(section: str) -> list[Key]:
    return [key for key in KEYS if key.section == section]


def _table(keys: Iterable[Key]) -> list[str]:
    lines = ["| key | what it is | default | allowed |", "|---|---|---|---|"]
    for key in keys:
        default = f"`{example_of(key)}`" if key.default is not None else "none" if key.optional else "must be given"
        lines.append(f"| `{key.name}` | {key.meaning} | {default} | {allowed(key)} |")
    return lines


def allowed(key: Key) -> str:
    """What values a key takes, in words."""
    if key.choices:
        return f"{key.kind}: {', '.join(key.choices)}"
    if key.kind == NUMBER and key.low is not None and key.high is not None:
        return f"{key.low:g} to {key.high:g}" + ("" if key.unit == "-" else f" {key.unit}")
    return key.kind


def _lines(key: Key, value: str) -> list[str]:
    like = f" Such as {key.example}." if key.example and key.default is not None else ""
    return [*_comment(f"{key.meaning} ({allowed(key)}).{like}"), f"{'# ' if key.optional else ''}{key.name} = {value}"]


def _comment(words: str) -> list[str]:
    return [f"# {line}" for line in wrap(words[0].upper() + words[1:], 116)]
