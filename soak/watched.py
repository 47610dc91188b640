"""Runs what may crash or hang in a process of its own, and says what became of it; and keeps what made it fail."""

from __future__ import annotations

import json
import math
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tankerwatch.core.tables import Lines

BEAT, DONE, FAILED = "beat", "done", "failed"
WORDS = 1500
"""Characters of the first and of the last words of a process that are told."""


@dataclass
class Outcome:
    """What became of a process. fault: "" when all is well · beat: the last thing that it said it would do."""

    fault: str = ""
    beat: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    told: bool = False
    """the fault was found, and its lines were kept, by the process itself"""


def say(kind: str, **what: Any) -> None:
    """A line from the process to the one that watches it."""
    print(json.dumps({"kind": kind, **what}), flush=True)


def watch(
    command: list[str], environment: dict[str, str], silence_s: float, show: Callable[[dict[str, Any]], None] = lambda beat: None
) -> Outcome:
    """Run a process that says its beat; one that is silent for longer than `silence_s` hangs, and is ended."""
    outcome = Outcome()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        lines: queue.Queue[str | None] = queue.Queue()

        def listen() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                lines.put(line)
            lines.put(None)

        threading.Thread(target=listen, daemon=True).start()
        try:
            while (line := lines.get(timeout=silence_s)) is not None:
                _hear(line, outcome, show)
            process.wait(timeout=silence_s)
        except (queue.Empty, subprocess.TimeoutExpired):
            outcome.fault = f"it hangs: nothing for {silence_s:g} s"
            process.send_signal(signal.SIGABRT)  # faulthandler says where
        finally:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        errors.seek(0)
        last_words = errors.read().decode("utf-8", "replace").strip()
        if len(last_words) > 2 * WORDS:
            last_words = f"{last_words[:WORDS]}\n…\n{last_words[-WORDS:]}"
    if process.returncode and not outcome.fault and not outcome.figures.get("faults"):
        code = process.returncode
        outcome.fault = f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with status {code}"
    elif not outcome.fault and not outcome.figures:
        outcome.fault = "it ended without a result"
    if outcome.fault and not outcome.told and last_words:
        outcome.fault += f"\n{last_words}"
    return outcome


def _hear(line: str, outcome: Outcome, show: Callable[[dict[str, Any]], None]) -> None:
    try:
        told = json.loads(line)
        kind = told.pop("kind")
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # not one of ours
    if kind == BEAT:
        outcome.beat = told
        show(told)
    elif kind == DONE:
        outcome.figures = told
    elif kind == FAILED:
        outcome.fault, outcome.told = told["why"], True


def python(*arguments: str) -> list[str]:
    """The command of a Python process like this one."""
    return [sys.executable, "-X", "faulthandler", *arguments]


def memory_mb(peak: bool = False) -> float:
    """What this process holds in memory, now or at its peak; NaN where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return math.nan
    named = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith(("VmHWM", "VmRSS"))}
    return int(named["VmHWM" if peak else "VmRSS"]) / 1024


# What made it fail.


def keep(path: Path, lines: Lines, **about: Any) -> Path:
    """Write lines that made something fail, with all that is needed to hear them again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        [int(row), None if math.isnan(time_s) else time_s, lines.line(i).decode("latin-1")]
        for i, (row, time_s) in enumerate(zip(lines.source_row.tolist(), lines.time_s.tolist(), strict=True))
    ]
    head = json.dumps(about, indent=1)[:-2]
    path.write_text(head + ',\n "lines": [\n  ' + ",\n  ".join(json.dumps(row) for row in rows) + "\n ]\n}\n", encoding="utf-8")
    return path


def kept(path: Path) -> tuple[Lines, dict[str, Any]]:
    """What `keep` wrote, with a blank behind each line as the lines had that failed."""
    about = json.loads(path.read_text(encoding="utf-8"))
    rows = about.pop("lines")
    times = [math.nan if time_s is None else time_s for _, time_s, _ in rows]
    made = Lines.of([text.encode("latin-1") + b" " for _, _, text in rows], times, [row for row, _, _ in rows])
    return Lines(made.buffer, made.start, made.end - 1, made.time_s, made.source_row), about
