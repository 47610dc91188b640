"""The page of results, with its plots: what the detectors reach, where they do not, and how to look at it oneself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tankerwatch.evaluate import plots, tally
from tankerwatch.evaluate.bars import Split
from tankerwatch.evaluate.bound import upper_rate
from tankerwatch.evaluate.command import Found
from tankerwatch.evaluate.recorded import Said
from tankerwatch.evaluate.score import Event, Score
from tankerwatch.evaluate.truth import FAMILY

INTRO: Final = """# Results of the evaluation

<!-- Written by `make evaluate`: change nothing here. -->

What was measured with the detectors of this version: scenes whose truth is known, ordinary traffic in which nothing happens, and
recordings. Everything is encoded to NMEA with the faults of real reception (loss that grows with range, up to 20 copies, lateness, wrong
clocks, spoilt fixes, seconds of 60 and above) and goes through the whole program as `tankerwatch analyse` would take it. Seeds and
recordings for tuning and those for the hold-out are apart; the bars are judged on the hold-out. The same command gives the same figures
on every machine.

An event is **found** when an alert of its kind names one of its ships before it is over, **in time** when that is by its deadline.
Delays count from the first instant at which one who knew the truth could have known. Dangers begin after minute 30, when the stream has
been heard for half an hour (distress at any time). The naive rule is the one that anyone would write first (`evaluate/naive.py` says
which). To look at a scene: `tankerwatch evaluate --only dark --quick --write-scenes scenes`, then `tankerwatch analyse scenes/NAME.nmea`.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of Markdown."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def page(found: Found) -> str:
    """The whole page as Markdown."""
    last = list(found.splits)[-1]
    parts = [INTRO, _bars(found, last)]
    if found.missing:
        parts.append(f"No detector yet: {', '.join(found.missing)}.")
    parts += ["![Share of events found](recall.svg)", "![Delays](delays.svg)", "![False alarms](false-alarms.svg)"]
    for name, split in found.splits.items():
        parts.append(_dangers(name, split))
    parts += [_decoys(found.splits[last], last), _clean(found.splits), _recorded(found), _missed(found.splits[last])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _bars(found: Found, split: str) -> str:
    marks = {True: "reached", False: "**missed**", None: "not measured"}
    rows = [(", ".join(v.dangers) if len(v.dangers) < 6 else "all together", v.bar, v.measured, marks[v.met]) for v in found.verdicts]
    met = sum(v.met is True for v in found.verdicts)
    return f"## The bars, on the {split}\n\n{met} of {len(found.verdicts)} reached.\n\n" + table(("danger", "bar", "measured", ""), rows)


def _naive_by(score: Score) -> dict[tuple[str, str, str], tally.Row]:
    return {(r.detector, r.kind, r.level): r for r in tally.rows(score)}


def _dangers(name: str, split: Split) -> str:
    naive = _naive_by(split.naive_scenes) | _naive_by(split.naive_laid)
    rows = []
    for r in [*tally.rows(split.scenes), *tally.rows(split.laid)]:
        theirs = naive.get((r.detector, r.kind, r.level))
        delay = "" if r.p50_s is None or r.p95_s is None else f"{r.p50_s:.0f} / {r.p95_s:.0f}"
        their = f"{theirs.found} / {theirs.in_time}" if theirs else ""
        gap = " (known gap)" if r.gap else ""
        rows.append((r.detector, f"{r.kind}{gap}", r.level, r.events, r.found, r.in_time, delay, r.duplicates or "", their))
    head = ("danger", "what", "level", "events", "found", "in time", "delay p50 / p95, s", "said twice", "naive: found / in time")
    return f"## Dangers, {name}\n\n" + table(head, rows)


def _decoys(split: Split, name: str) -> str:
    naive = {kind: (alarmed, sum(by.values())) for kind, _, alarmed, by in tally.decoys(split.naive_scenes)}
    rows = []
    for kind, count, alarmed, by in tally.decoys(split.scenes):
        said = ", ".join(f"{detector} {times}" for detector, times in sorted(by.items()))
        rows.append((kind, count, alarmed, said, f"{naive.get(kind, (0, 0))[0]} ({naive.get(kind, (0, 0))[1]} alarms)"))
    strays = [(scene, a.detector, a.reason) for scene, a in split.scenes.strays]
    words = f"## Decoys, {name}\n\n" + table(("what must not alarm", "scenes", "alarmed", "by", "naive: alarmed"), rows)
    return (
        words
        if not strays
        else f"{words}\n\nBesides, about ships that only pass by:\n\n" + table(("scene", "detector", "said"), strays[:40])
    )


def _clean(splits: dict[str, Split]) -> str:
    parts = ["## Clean synthetic traffic"]
    for name, split in splits.items():
        days, naive_days = split.clean.ship_days, split.naive_clean.ship_days
        if not days:
            continue
        rows = []
        for detector in FAMILY:
            count, theirs = _count(split.clean, detector), _count(split.naive_clean, detector)
            rate = f"{theirs / naive_days * 1000:,.0f}" if naive_days and theirs else ""
            rows.append((detector, count, f"{count / days * 1000:.2f}", f"{upper_rate(count, days) * 1000:.2f}", rate))
        parts.append(
            f"{name}: {days:,.0f} ship-days, {split.clean.tanker_days:,.0f} of them of tankers, in straits, ports, anchorages, fishing "
            f"grounds, the open sea and off terminals; the naive rules on {naive_days:.0f} of them.\n\n"
            + table(("detector", "alarms", "per 1000 ship-days", "95 % below", "naive per 1000"), rows)
        )
    return "\n\n".join(parts) if len(parts) > 1 else ""


def _count(score: Score, detector: str) -> int:
    return sum(alarm.detector == detector for _, alarm in score.strays)


def _recorded(found: Found) -> str:
    if not found.recorded:
        return ""
    rows = []
    for one in found.recorded:
        if one.ship_days is None:
            rows.append((one.recording.name, one.recording.split, "not here", "", "", ""))
            continue
        said = _counted(one.alerts) or "nothing"
        without = f"{', '.join(one.recording.leave_out)}: {one.recording.why}" if one.recording.leave_out else ""
        rows.append((one.recording.name, one.recording.split, f"{one.ship_days:.1f}", said, _counted(one.right), without))
    return (
        "## Recorded traffic\n\nTaken for clean; some of it may not be. What its publishers or its ships say themselves is true is "
        "counted apart.\n\n" + table(("recording", "half", "ship-days", "alerts", "of what is true", "not judged"), rows)
    )


def _counted(alerts: Iterable[Said]) -> str:
    by: dict[str, int] = {}
    for detector, *_ in alerts:
        by[detector] = by.get(detector, 0) + 1
    return ", ".join(f"{detector} {count}" for detector, count in sorted(by.items()))


def _missed(split: Split) -> str:
    rows = [
        (e.scene, e.danger.detector, e.danger.kind, e.danger.level, e.danger.ships[0] if e.danger.ships else "", _how(e))
        for e in [*split.scenes.events, *split.laid.events]
        if not e.in_time and not e.danger.gap
    ]
    if not rows:
        return ""
    return "## What was missed, or named too late\n\n" + table(("scene", "danger", "what", "level", "ship", ""), rows)


def _how(event: Event) -> str:
    if event.first_s is None:
        return "a relative only" if event.related else "missed"
    return f"{event.first_s - event.danger.due_s:.0f} s too late"


def _pooled(split: Split, danger: str) -> list[Event]:
    return [e for e in split.scenes.events if e.danger.detector == danger and not e.danger.gap]


def drawn(found: Found) -> dict[str, str]:
    """The plots by file name."""
    split = list(found.splits.values())[-1]
    recall, delays, alarms = [], [], []
    for danger in FAMILY:
        events = _pooled(split, danger)
        theirs = [e for e in split.naive_scenes.events if e.danger.detector == danger and not e.danger.gap]
        if theirs:
            ours = tally.row(events, danger).recall if events else None
            naive = tally.row(theirs, danger).recall
            recall.append((danger, ours, naive))
        made = tally.row(events, danger)
        if made.p50_s is not None and made.p95_s is not None:
            due = tally.quantile((e.danger.due_s - e.danger.oracle_s for e in events), 0.5) or 1.0
            delays.append((danger, max(made.p50_s, 1.0), max(made.p95_s, 1.0), max(due, 1.0)))
        days, naive_days = split.clean.ship_days, split.naive_clean.ship_days
        if days:
            count, many = _count(split.clean, danger), _count(split.naive_clean, danger)
            rate = many / naive_days * 1000 if naive_days and many else None
            alarms.append((danger, count / days * 1000, upper_rate(count, days) * 1000, rate))
    return {
        "recall.svg": plots.shares("Share of events found", recall),
        "delays.svg": plots.spans("Delay from the first instant at which one could know", delays),
        "false-alarms.svg": plots.rates("False alarms per 1000 ship-days of clean synthetic traffic", alarms),
    }


def write(path: Path, found: Found) -> None:
    """The page, and its plots beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(found), encoding="utf-8")
    for name, content in drawn(found).items():
        (path.parent / name).write_text(content, encoding="utf-8")
