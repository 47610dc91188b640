"""Slow proof that the decoder stands hostile input: it never raises, crashes, hangs, grows or loses a line, and its ways agree.

    make soak                                             # all stages, into soak/RESULTS.md
    python soak/decoder.py --stage lines --lines 200000   # a short look at one stage; writes nothing
    python soak/decoder.py --again soak/failures/X.json   # hear once more what made it fail

Each stage runs in processes of its own, so that a crash is seen as its signal and a hang is ended. What made one fail is written to
`soak/failures` (lines, seed, batch), and the exit status is 1. Every run has a new seed, which it prints; `--seed` repeats one.

lines: millions of mutated lines, batch after batch; a part of them heard in six ways that must agree (`lines_stage.py`)
bounds: the same with the bounds of every array checked, in buffers that end with their last line
files: hostile files through `tankerwatch.decode` (`files_stage.py`)
peer: single sentences against pyais (`peer_stage.py`)
"""

from __future__ import annotations

import argparse
import os
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import files_stage
import hostile_lines
import lines_stage
import peer_stage
from watched import DONE, FAILED, Outcome, keep, kept, python, say, watch

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("lines", "bounds", "files", "peer")
SILENCE_S = 180.0
"""A batch takes a second at most, but a shared machine may be slow, and what was found is first made smaller."""
COMPILING_S = 900.0
"""With the bounds checked everything is compiled anew first."""
SMALL_BATCH, SLOW_SHARE = 60_000, 3_000
"""Lines of the largest batch, and of one whose bounds are checked, which is slow."""


@dataclass
class Told:
    """What a stage came to, for people."""

    name: str
    figures: str
    faults: list[str]


def run_child(stage: str, chosen: argparse.Namespace) -> bool:
    """A stage, or one input of `files`, in this process."""
    if stage == "lines":
        return lines_stage.run(stage, chosen.seed, chosen.lines, chosen.failures, most=SMALL_BATCH)
    if stage == "bounds":
        if not lines_stage.bounds_are_checked():
            say(FAILED, why="the bounds of arrays are not checked in this process")
            return False
        return lines_stage.run(stage, chosen.seed, chosen.bounds_lines, chosen.failures, without_room=True, most=SLOW_SHARE)
    if stage == "files":
        return files_stage.run(chosen.input, chosen.seed, chosen.size_mb)
    if stage == "peer":
        return peer_stage.run(chosen.seed, chosen.peer_lines, chosen.failures)
    lines, about = kept(chosen.again)
    why = lines_stage.fault(lines, about["batch"], about["seed"], without_room=about["stage"] == "bounds", every_way=True)
    if about["stage"] == "peer" and not why:
        messages, places, _ = peer_stage.taken(lines)
        row = int(lines.source_row[0])
        why = peer_stage.difference(lines.line(0), messages.get(row), places.get(row))[1]
    say(FAILED, why=why) if why else say(DONE, lines=len(lines))
    return not why


def child(
    stage: str, chosen: argparse.Namespace, *more: str, environment: dict[str, str] | None = None, silence_s: float = SILENCE_S
) -> Outcome:
    """A process that runs a stage, watched."""
    arguments = [f"--child={stage}", f"--seed={chosen.seed}", f"--lines={chosen.lines}", f"--bounds-lines={chosen.bounds_lines}"]
    arguments += [f"--peer-lines={chosen.peer_lines}", f"--size-mb={chosen.size_mb}", f"--failures={chosen.failures}", *more]
    seen = [time.monotonic()]

    def show(beat: dict[str, Any]) -> None:
        if time.monotonic() - seen[0] > 30:
            seen[0] = time.monotonic()
            print(f"  {stage}: {', '.join(f'{name} {value:,}' for name, value in beat.items())}", flush=True)

    return watch(python(str(Path(__file__).resolve()), *arguments), {**os.environ, **(environment or {})}, silence_s, show)


def lines_told(stage: str, outcome: Outcome, chosen: argparse.Namespace) -> Told:
    """What `lines` or `bounds` came to. A batch that crashed or hung the process is written here: the process could not."""
    faults = [outcome.fault] if outcome.fault else []
    if outcome.fault and not outcome.told and "batch" in outcome.beat:
        number = outcome.beat["batch"]
        pool = hostile_lines.Pool(hostile_lines.recorded_lines()[0], chosen.seed)
        most, wanted = (SMALL_BATCH, chosen.lines) if stage == "lines" else (SLOW_SHARE, chosen.bounds_lines)
        lines = hostile_lines.batch(pool, chosen.seed, number, most=min(most, wanted))
        path = lines_stage.failure_path(chosen.failures, stage, chosen.seed, number)
        keep(path, lines, stage=stage, seed=chosen.seed, batch=number, why=outcome.fault, about="the process ended in this batch")
        faults = [f"{outcome.fault}\n{lines_stage.shown(path)}"]
    figures = outcome.figures
    if not figures:
        return Told(stage, "", faults)
    faults += figures["faults"]
    rate = figures["lines"] / figures["took_s"]
    text = (
        f"{figures['lines']:,} lines ({figures['bytes'] / 1e6:,.0f} MB) in {figures['batches']:,} batches, "
        f"{figures['messages']:,} messages, {figures['rows']:,} rows; {figures['twins']:,} lines heard in six ways; "
        f"{figures['took_s']:,.0f} s, of which {figures['making_s']:,.0f} s for making them ({rate:,.0f} lines/s); "
        f"at most {figures['early_mb']:.0f} MB of memory in the second and third tenth, "
        f"{figures['late_mb']:.0f} MB in the last two; from {figures['whence']}; "
        "rejected: " + ", ".join(f"{reason} {count:,}" for reason, count in figures["rejected"].items())
    )
    return Told(stage, text, faults)


def run_lines(chosen: argparse.Namespace) -> list[Told]:
    return [lines_told("lines", child("lines", chosen), chosen)]


def run_bounds(chosen: argparse.Namespace) -> list[Told]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": folder, "NUMBA_OPT": "0"}
        return [lines_told("bounds", child("bounds", chosen, environment=environment, silence_s=COMPILING_S), chosen)]


def run_files(chosen: argparse.Namespace) -> list[Told]:
    told = []
    for name in files_stage.INPUTS:
        outcome = child("files", chosen, f"--input={name}")
        figures = outcome.figures
        text = ""
        if figures:
            text = (
                f"{figures['mb']:,g} MB, {figures['lines']:,} lines, {figures['cpu_s']:.1f} CPU s, "
                f"at most {figures['peak_mb']:.0f} MB of memory"
            )
        told.append(Told(f"files: {name}", text, [outcome.fault] if outcome.fault else []))
        print(f"  {name}: {text or outcome.fault}", flush=True)
    return told


def run_peer(chosen: argparse.Namespace) -> list[Told]:
    outcome = child("peer", chosen)
    figures = outcome.figures
    text = ""
    if figures:
        named = "; ".join(f"{name}: {count:,}" for name, count in figures["named"].items())
        text = f"{figures['compared']:,} sentences against pyais, {figures['accepted']:,} taken by us; {figures['took_s']:,.0f} s; {named}"
    return [Told("peer", text, [outcome.fault] if outcome.fault else [])]


RUNS: dict[str, Callable[[argparse.Namespace], list[Told]]] = {
    "lines": run_lines,
    "bounds": run_bounds,
    "files": run_files,
    "peer": run_peer,
}


# Telling.


def machine() -> str:
    """What it ran on."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{model or platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}"


def commit() -> str:
    """The commit that is tried; says when the tree differs from it."""
    try:
        git = ["git", "-C", str(ROOT)]
        head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run([*git, "status", "--porcelain", "src"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no commit known"
    return f"{head}{' and changes' if changed else ''}"


def summary(told: list[Told], seed: int, took_s: float) -> str:
    """All of it as Markdown."""
    faults = [(each.name, fault) for each in told for fault in each.faults]
    today = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    verdict = f"{len(faults)} fault{'s' * (len(faults) > 1)}" if faults else "No fault"
    lines = [
        "# What the decoder stands",
        "",
        f"Written by `make soak` (`soak/decoder.py`) on {today} UTC · commit {commit()} · seed {seed}.",
        f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the end; {took_s:,.0f} s in all. {verdict}.",
        "",
        "| stage | figures | faults |",
        "|---|---|---|",
        *(f"| {each.name} | {each.figures or 'it did not come to an end'} | {len(each.faults) or 'none'} |" for each in told),
    ]
    for name, fault in faults:
        lines += ["", f"Fault in {name}:", "", "```", fault, "```"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run what is asked for; 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", action="append", choices=STAGES, help="only this stage (may be given again; default: all)")
    parser.add_argument("--seed", type=int, help="what all is drawn from (default: a new one)")
    parser.add_argument("--lines", type=int, default=50_000_000, help="lines of `lines` (default 50,000,000)")
    parser.add_argument("--bounds-lines", type=int, default=500_000, help="lines of `bounds` (default 500,000)")
    parser.add_argument("--peer-lines", type=int, default=500_000, help="sentences of `peer` (default 500,000)")
    parser.add_argument("--size-mb", type=float, default=100.0, help="size of most of `files` (default 100)")
    parser.add_argument("--failures", type=Path, default=ROOT / "soak" / "failures", help="folder for what made it fail")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=ROOT / "soak" / "RESULTS.md", help="write the summary (default soak/RESULTS.md)"
    )
    parser.add_argument("--again", type=Path, help="only hear what a file of `failures` holds")
    parser.add_argument("--child", choices=(*STAGES, "again"), help=argparse.SUPPRESS)
    parser.add_argument("--input", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.seed = secrets.randbelow(10**9) if chosen.seed is None else chosen.seed
    if chosen.child:
        return 0 if run_child(chosen.child, chosen) else 1
    if chosen.again:
        outcome = child("again", chosen, f"--again={chosen.again}")
        print(outcome.fault or "It holds.")
        return 1 if outcome.fault else 0

    began = time.monotonic()
    print(f"seed {chosen.seed}", flush=True)
    told: list[Told] = []
    for stage in chosen.stage or STAGES:
        print(f"{stage} …", flush=True)
        told += RUNS[stage](chosen)
    text = summary(told, chosen.seed, time.monotonic() - began)
    print(text)
    if chosen.write:
        chosen.write.write_text(text, encoding="utf-8")
    return 1 if any(each.faults for each in told) else 0


if __name__ == "__main__":
    sys.exit(main())
