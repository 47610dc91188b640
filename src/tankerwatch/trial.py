"""Tries a rule's settings on history before they are armed: what each would have raised, side by side in one pass.

Decoding and tracking are shared; of the detector as many stand watch as there are settings to try, each with its own memory and its own
desk. Counted are episodes: what the desk would have been shown had each been an alert of its own, after exceptions and quiet in port.
The budget is told apart. Other rules do not run, so what an open incident of theirs would let through is not seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from tankerwatch.config import Config
from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import RANK, Alert
from tankerwatch.core.tables import Batch, Decision, Findings, View
from tankerwatch.detect import catalog
from tankerwatch.detect.kit import Detector, Setting
from tankerwatch.pipeline import Result, River, Watch, budget_of, result_of
from tankerwatch.share.tracks import Tracks
from tankerwatch.store.feeds import feed_names
from tankerwatch.store.reading import batches_after
from tankerwatch.store.segments import Damage, Segment, journal_of, scan, segments_in
from tankerwatch.triage.triage import Triage

FEW: Final = (0.5, 0.75, 1.5, 2.0)
"""Steps of a setting when all are tried: its value times these, within its bounds."""
MANY: Final = (0.25, 0.5, 0.7, 0.85, 1.2, 1.5, 2.0, 4.0)
"""Steps of the one setting that is asked for."""
APART_S: Final = 900.0
"""With another threshold the same thing is noticed sooner or later: episodes of the same ships this near in time are the same."""
DAY_S: Final = 86_400.0


@dataclass(slots=True)
class Candidate:
    """A way to set the rule: what is `changed` from today, the watch that stands with it, and its desk."""

    changed: dict[str, float]
    watch: Watch
    desk: Triage

    def alerts(self) -> list[Alert]:
        """The episodes raised, in order."""
        return sorted(self.desk.alerts.values(), key=lambda a: (math.inf if a.raised_s is None else a.raised_s, a.id))


@dataclass(frozen=True, slots=True)
class Tried:
    """What one way to set the rule would have raised. `danger`: how many of them danger or worse; `grouped`: beyond the budget.

    `both` are in today's too; `go` of today's are not here; `come` are here and not in today's.
    """

    changed: Mapping[str, float]
    alerts: tuple[Alert, ...]
    danger: int
    grouped: int
    both: int = 0
    go: tuple[Alert, ...] = ()
    come: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Today's settings beside those tried, over history from `from_s` to `to_s`; None when it held no time."""

    rule: str
    settings: Mapping[str, float]
    from_s: float | None
    to_s: float | None
    now: Tried
    tried: tuple[Tried, ...] = ()

    @property
    def hours(self) -> float:
        """How much history there was."""
        return 0.0 if self.from_s is None or self.to_s is None else (self.to_s - self.from_s) / 3600

    def a_day(self, count: int) -> float | None:
        """So many in 24 h; None for history of less than an hour, of which nothing follows for a day."""
        return count * 24 / self.hours if self.hours >= 1 else None


@dataclass(slots=True)
class History:
    """What was recorded, in order, with the names of its feeds. `place_times`: it may have no times of its own."""

    batches: Iterator[Batch]
    feed_names: tuple[str, ...] = ("",)
    place_times: bool = True


def history_of(
    paths: Sequence[Path | str],
    *,
    columns: dict[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    days: float | None = None,
) -> History:
    """History from whatever `analyse` reads, or from the data directory of a watch, which may be running.

    days: of a data directory only the latest. Raises InputFault for what cannot be read.
    """
    kept = [Path(path) for path in paths if path != "-" and journal_of(Path(path)).is_dir()]
    if kept and len(paths) > 1:
        raise InputFault("is the history of a watch: it is tried alone", where=str(kept[0]), help="name one data directory, or files")
    if kept:
        return History(_journalled(kept[0], days), tuple(feed_names(kept[0])) or ("",), place_times=False)
    from tankerwatch.ingest.recorded import recorded

    return History(recorded(paths, columns=columns, progress=progress).batches())


def _journalled(directory: Path, days: float | None) -> Iterator[Batch]:
    """What a journal holds, read beside its writer."""
    segments = segments_in(journal_of(directory))
    since_s = -math.inf if days is None else _newest_s(segments) - days * DAY_S
    # a year of journal is not read for the sake of its last week
    after_frame = max((segment.first_frame - 1 for segment in segments[1:] if _begins_s(segment) < since_s), default=0)
    for kept in batches_after(directory, after_frame):
        if not kept.batch.clock_s < since_s:
            yield kept.batch


def _begins_s(segment: Segment) -> float:
    """The clock of a segment's first frame; NaN when it cannot be told."""
    first = next(scan(segment), None)
    return math.nan if first is None or isinstance(first, Damage) else first.header.clock_s


def _newest_s(segments: Sequence[Segment]) -> float:
    for segment in reversed(segments):
        clocks = [found.header.clock_s for found in scan(segment) if not isinstance(found, Damage)]
        if known := [clock_s for clock_s in clocks if math.isfinite(clock_s)]:
            return max(known)
    return -math.inf


def detector_of(rule: str) -> Detector:
    """The detector of that id. Raises InputFault when there is none."""
    known = {detector.id: detector for detector in catalog.detectors()}
    if rule not in known:
        near = get_close_matches(rule, known, 1)
        raise InputFault(
            f"there is no rule {rule!r}", where="try", help=f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        )
    return known[rule]


def steps(setting: Setting, value: float, factors: Sequence[float] = FEW) -> list[float]:
    """Values around one that are worth trying, within the setting's bounds."""
    if value > 0:
        tried = [value * factor for factor in factors]
    else:
        tried = [setting.low + (setting.high - setting.low) * share for share in (0.05, 0.1, 0.25, 0.5)]
    whole = setting.unit == "-" and all(float(v).is_integer() for v in (value, setting.low, setting.high))
    rounded = [float(round(v)) if whole else float(f"{v:.3g}") for v in tried]
    bounded = {min(max(v, setting.low), setting.high) for v in rounded}
    return sorted(bounded - {value})


def sweep(detector: Detector, now: Mapping[str, float], names: Sequence[str] = ()) -> list[dict[str, float]]:
    """One change at a time: of every setting, or in finer steps of those named."""
    chosen = names or tuple(detector.settings)
    return [{name: value} for name in chosen for value in steps(detector.settings[name], now[name], MANY if names else FEW)]


@dataclass(slots=True)
class Trial:
    """Candidates on watch beside each other on one river."""

    config: Config
    detector: Detector
    history: History
    river: River = field(init=False)
    candidates: list[Candidate] = field(default_factory=list)
    from_s: float | None = None

    def __post_init__(self) -> None:
        """The river without detectors of its own."""
        silent = {name: replace(rule, enabled=False) for name, rule in self.config.detectors.items()}
        asleep = replace(self.config, detectors=silent)
        self.river = River(asleep, self.history.feed_names, place_times=self.history.place_times)
        self.river.on_frame = self._frame
        self.add({})

    def add(self, changed: dict[str, float]) -> None:
        """One more way to set the rule; the first is today's."""
        settings = {**self.config.detectors[self.detector.id].settings, **changed}
        watch = Watch(self.detector, settings, self.river.gate(self.detector), self.detector.memory.empty())
        self.candidates.append(Candidate(changed, watch, self.river.triage_of([watch], singly=True)))

    def run(self) -> Outcome:
        """Let the history flow through."""
        for batch in self.history.batches:
            self.river.take(batch)
        self.river.finish()
        now = self._tried(self.candidates[0])
        tried = tuple(beside(self._tried(candidate), now) for candidate in self.candidates[1:])
        clock_s = self.river.clock_s
        to_s = clock_s if math.isfinite(clock_s) else None
        return Outcome(self.detector.id, self.config.detectors[self.detector.id].settings, self.from_s, to_s, now, tried)

    def _frame(self, view: View) -> None:
        if self.from_s is None and view.now_s == view.now_s:
            self.from_s = view.now_s
        for candidate in self.candidates:
            findings = self.river.ask((candidate.watch,), view)
            if len(findings):
                candidate.desk.take(findings, (), None, view.now_s)

    def _tried(self, candidate: Candidate) -> Tried:
        alerts = tuple(candidate.alerts())
        budget = budget_of(self.config)
        grouped = sum(not budget.spend(a.detector, a.severity, math.inf if a.raised_s is None else a.raised_s) for a in alerts)
        return Tried(candidate.changed, alerts, sum(RANK[a.severity] >= RANK["danger"] for a in alerts), grouped)


def try_rule(config: Config, rule: str, history: History, changes: Sequence[dict[str, float]]) -> Outcome:
    """What a rule would have raised with each of the changes, beside today's settings. One pass over the history."""
    trial = Trial(config, detector_of(rule), history)
    for changed in changes:
        trial.add(changed)
    return trial.run()


def beside(tried: Tried, now: Tried) -> Tried:
    """The same, with which episodes go and come."""
    left = list(tried.alerts)
    go = []
    for alert in now.alerts:
        fit = next((other for other in left if other.id == alert.id), None) or next((o for o in left if _same(o, alert)), None)
        if fit is None:
            go.append(alert)
        else:
            left.remove(fit)
    return replace(tried, both=len(now.alerts) - len(go), go=tuple(go), come=tuple(left))


def _same(a: Alert, b: Alert) -> bool:
    """Whether two alerts of a rule speak of the same thing: the same ships at nearly the same time."""
    if set(a.ships) != set(b.ships):
        return False
    (from_a, to_a), (from_b, to_b) = _span(a), _span(b)
    return from_a <= to_b + APART_S and from_b <= to_a + APART_S


def _span(alert: Alert) -> tuple[float, float]:
    times = [time_s for time_s in (alert.start_s, alert.raised_s, alert.end_s) if time_s is not None]
    return (min(times), max(times)) if times else (math.inf, math.inf)


def best_of(outcome: Outcome) -> Tried | None:
    """The change of one setting that helps a rule beyond its budget most; None when none does.

    The smallest step that keeps it within its budget; where none does, the one that leaves the fewest alerts. A change that takes away
    danger is chosen only when no other helps.
    """
    helpful = [tried for tried in outcome.tried if len(tried.alerts) < len(outcome.now.alerts)]
    harmless = [tried for tried in helpful if not any(RANK[a.severity] >= RANK["danger"] for a in tried.go)]

    def step(tried: Tried) -> float:
        ((name, value),) = tried.changed.items()
        now = outcome.settings[name]
        return abs(math.log(value / now)) if value > 0 and now > 0 else math.inf

    for chosen in (harmless, helpful):
        if within := [tried for tried in chosen if not tried.grouped]:
            return min(within, key=lambda tried: (step(tried), len(tried.alerts), repr(tried.changed)))
        if chosen:
            return min(chosen, key=lambda tried: (len(tried.alerts), step(tried), repr(tried.changed)))
    return None


def advice(outcome: Outcome) -> dict[str, Any]:
    """What to tell the desk of a rule beyond its budget: `words`, and `setting` and `value` where one would help."""
    span = f"{outcome.hours / 24:.0f} days" if outcome.hours >= 48 else f"{outcome.hours:.0f} h" if outcome.hours >= 1.5 else "hour or less"
    of = f"the last {span} of history"
    best = best_of(outcome)
    if best is None:
        return {"words": f"No single setting, within what was tried, would have raised fewer in {of}."}
    ((name, value),) = best.changed.items()
    setting = detector_of(outcome.rule).settings[name]
    unit = "" if setting.unit == "-" else f" {setting.unit}"
    lost = sum(RANK[a.severity] >= RANK["danger"] for a in best.go)
    of_danger = f"; {lost} of those that go were danger" if lost else ""
    few, now = len(best.alerts), len(outcome.now.alerts)
    set_now = outcome.settings[name]
    would = f"{value:g}{unit} (now {set_now:g}) would have raised {few} instead of {now} in {of}{of_danger}"
    words = f"Of its settings {name} would change that most: {would}."
    return {"words": words, "setting": name, "value": value, "now": set_now, "alerts": few, "of": now}


def analyse_advised(
    paths: Sequence[Path | str],
    *,
    config: Config,
    columns: dict[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    tracks: bool = False,
) -> Result:
    """As `pipeline.analyse`; and a rule that went beyond its budget is tried on the same input, one pass more for each such rule.

    Raises InputFault when a path cannot be read, or is standard input, which is there but once.
    """
    from tankerwatch.ingest.recorded import recorded
    from tankerwatch.pipeline import run

    if "-" in paths:
        raise InputFault("standard input can be read but once", where="--advise", help="give files")
    noted = Tracks() if tracks else None
    source = recorded(paths, columns=columns, progress=progress)
    river = run(source, config, place_times=True, on_frame=noted.take if noted else None)
    spent = river.triage.spent(over=True)
    for rule in sorted({rule for _, rule in spent}):
        changes = sweep(detector_of(rule), config.detectors[rule].settings)
        content = advice(try_rule(config, rule, history_of(paths, columns=columns), changes))
        said = tuple(Decision(river.clock_s, "advice", f"advice-{name}", name, content) for name, of in spent if of == rule)
        river.triage.take(Findings.empty(), said, None, river.clock_s)
    return result_of(river, noted)
