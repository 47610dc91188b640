"""The levels that the detectors must reach, each with what was measured on the hold-out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from tankerwatch.evaluate import tally
from tankerwatch.evaluate.bound import lower_share, upper_rate
from tankerwatch.evaluate.recorded import Watched
from tankerwatch.evaluate.score import Event, Score
from tankerwatch.evaluate.truth import FAMILIES

POSITION: Final = ("false_position", "clone")
STOPS: Final = ("sudden_stop", "drifting", "grounding", "not_under_command")
APPROACH: Final = ("closing", "swarm")
EVERYTHING: Final = tuple(danger for family in FAMILIES for danger in family)


@dataclass(slots=True)
class Split:
    """What was measured on one half: scenes, dangers laid over recordings, clean traffic; ours and the naive rules'."""

    scenes: Score = field(default_factory=Score)
    laid: Score = field(default_factory=Score)
    clean: Score = field(default_factory=Score)
    naive_scenes: Score = field(default_factory=Score)
    naive_laid: Score = field(default_factory=Score)
    naive_clean: Score = field(default_factory=Score)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bar and what was measured. met None: it was not measured in this size of run."""

    dangers: tuple[str, ...]
    bar: str
    measured: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class _Case:
    """What bars are judged on."""

    split: Split
    recorded: tuple[Watched, ...]
    there: frozenset[str]

    def events(self, detectors: Collection[str], kinds: Collection[str] = (), *, over: bool = False, gap: bool = False) -> list[Event]:
        """Dangers of these detectors and kinds; those that are under no bar only when asked for."""
        scores = (self.split.scenes, self.split.laid) if over else (self.split.scenes,)
        return [
            event
            for score in scores
            for event in score.events
            if event.danger.detector in detectors and (not kinds or event.danger.kind in kinds) and event.danger.gap == gap
        ]

    def alarms(self, detectors: Collection[str], *, names: Collection[str] = ()) -> tuple[int, float]:
        """Alarms of these detectors in recordings (of these names), and ship-days; those that cannot judge are left out."""
        count, days = 0, 0.0
        for one in self.recorded:
            if one.ship_days is None or (names and one.recording.name not in names):
                continue
            if set(detectors) <= set(one.recording.leave_out):
                continue
            count += sum(detector in detectors for detector, *_ in one.alerts)
            days += one.ship_days
        return count, days

    def clean(self, detectors: Collection[str]) -> int:
        """Alarms of these detectors in synthetic clean traffic."""
        return sum(alarm.detector in detectors for _, alarm in self.split.clean.strays)

    def decoys(self, detectors: Collection[str], words: Collection[str] = ()) -> tuple[int, int]:
        """Alarms of these detectors that decoys drew (whose kinds begin with one of the words), and how many decoys there are."""
        them = [f for f in self.split.scenes.decoys if not words or f.decoy.kind.startswith(tuple(words))]
        return sum(any(a.detector in detectors for a in f.alarms) for f in them), len(them)


def _share(events: list[Event], good: Callable[[Event], bool], least: float) -> tuple[str, bool | None]:
    if not events:
        return "no events", None
    right = sum(map(good, events))
    words = f"{right} of {len(events)}: {right / len(events):.3f} (95 % above {lower_share(right, len(events)):.3f})"
    return words, right >= least * len(events)


def _delay(events: list[Event], most_s: float) -> tuple[str, bool | None]:
    middle = tally.quantile((e.delay_s for e in events if e.delay_s is not None), 0.5)
    return ("none found", False) if middle is None else (f"median {middle:.0f} s", middle <= most_s)


def _rate(count: int, days: float, most: float, per: float, unit: str = "ship-days") -> tuple[str, bool | None]:
    if days <= 0:
        return "not measured", None
    bound = upper_rate(count, days) * per
    return f"{count} in {days:.0f} {unit}: {count / days * per:.1f} per {per:.0f} (95 % below {bound:.1f})", count / days * per <= most


def _at_most(count: int, days: float, most: int, least_days: float) -> tuple[str, bool | None]:
    words = f"{count} in {days:.0f} ship-days"
    return (words, False) if count > most else (words, True if days >= least_days else None)


def _never(count: int, of: int) -> tuple[str, bool | None]:
    return f"{count} of {of} alarmed", None if not of else count == 0


def verdicts(split: Split, recorded: Iterable[Watched], there: Collection[str], only: Collection[str] = ()) -> list[Verdict]:
    """Every bar; only: those about these dangers."""
    case = _Case(split, tuple(recorded), frozenset(there))
    made: list[Verdict] = []

    def bar(dangers: tuple[str, ...], words: str, said: tuple[str, bool | None]) -> None:
        if only and set(only).isdisjoint(dangers):
            return
        missing = [danger for danger in dangers if danger not in case.there] if len(dangers) < len(EVERYTHING) else []
        if missing:
            words_of = f"no detector {', '.join(missing)}"
            made.append(Verdict(dangers, words, words_of if set(missing) == set(dangers) else f"{said[0]}; {words_of}", False))
        else:
            made.append(Verdict(dangers, words, *said))

    _positions(case, bar)
    _silence(case, bar)
    _approach(case, bar)
    _casualties(case, bar)
    _meetings(case, bar)
    _together(case, bar)
    return made


_Bar = Callable[[tuple[str, ...], str, tuple[str, bool | None]], None]


def _positions(case: _Case, bar: _Bar) -> None:
    sharp = ("jump", "displaced track", "circle", "frozen")
    for dangers, kinds in ((("false_position",), sharp), (("clone",), ("clone",))):
        events = case.events(dangers, kinds)
        bar(dangers, f"{', '.join(kinds)}: recall ≥ 0.99", _share(events, lambda e: e.found, 0.99))
        bar(dangers, f"{', '.join(kinds)}: median delay ≤ 60 s", _delay(events, 60))
    slow = [e for e in case.events(("false_position",), ("walk-off",)) if e.danger.level == "0.5 kn"]
    bar(("false_position",), "walk-off at 0.5 kn within 20 min", _share(slow, lambda e: e.in_time, 0.95))
    count, days = case.alarms(POSITION, names=_full_cadence(case))
    bar(POSITION, "none on recorded traffic at full cadence", (f"{count} in {days:.0f} ship-days", count == 0 if days else None))
    bar(POSITION, "≤ 1 in ≥ 3,000 synthetic ship-days", _at_most(case.clean(POSITION), case.split.clean.ship_days, 1, 3000))
    bar(("jamming",), "within 2 min of the third ship hit", _share(case.events(("jamming",)), lambda e: e.in_time, 0.95))
    bar(("jamming",), "no false area on clean traffic", _at_most(case.clean(("jamming",)), case.split.clean.ship_days, 0, 0))
    bar(("jamming",), "a station's clock fault never", _never(*case.decoys(("jamming",), ("station",))))


def _full_cadence(case: _Case) -> list[str]:
    return [one.recording.name for one in case.recorded if one.recording.name != "Kattegat"]


def _silence(case: _Case, bar: _Bar) -> None:
    dark = ("dark",)
    events = case.events(dark)
    bar(dark, "recall ≥ 0.9", _share(events, lambda e: e.found, 0.9))
    exact = tally.precision(case.split.scenes, dark)
    bar(dark, "precision ≥ 0.9 with decoys", ("no alarm", None) if exact is None else (f"{exact:.3f}", exact >= 0.9))
    bar(dark, "median delay ≤ 10 min", _delay(events, 600))
    count, days = case.alarms(dark)
    count, days = count + case.clean(dark), days + case.split.clean.ship_days
    bar(dark, "≤ 5 false alarms per 1000 ship-days", _rate(count, days, 5, 1000))


def _approach(case: _Case, bar: _Bar) -> None:
    events = case.events(APPROACH)
    bar(APPROACH, "≥ 95 % warned at 1 nm or 3 min before contact, else within 3 reports", _share(events, lambda e: e.in_time, 0.95))
    clean = case.split.clean
    bar(APPROACH, "≤ 1 false alarm per 100 tanker-days", _rate(case.clean(APPROACH), clean.tanker_days, 1, 100, "tanker-days"))
    count, of = case.decoys(APPROACH)
    bar(APPROACH, "≤ 1 % of decoys alarm", (f"{count} of {of}", None if not of else count <= 0.01 * of))


def _casualties(case: _Case, bar: _Bar) -> None:
    for danger in STOPS:
        bar((danger,), "recall ≥ 0.95", _share(case.events((danger,)), lambda e: e.found, 0.95))
    for kind, words in (("coasting stop", "within 15 min"), ("abrupt stop", "within 2 min of half her way lost")):
        events = case.events(("sudden_stop",), (kind,))
        bar(("sudden_stop",), f"{kind} {words}", _share(events, lambda e: e.in_time, 0.95))
    bar(STOPS, "≤ 1 false alarm in ≥ 1,000 synthetic ship-days", _at_most(case.clean(STOPS), case.split.clean.ship_days, 1, 1000))
    bar(
        STOPS,
        "berthing, anchoring and slowing for the pilot never",
        _never(*case.decoys(STOPS, ("berthing", "anchoring", "slowing", "ferry"))),
    )
    bar(("distress",), "every real one within one message", _share(case.events(("distress",)), lambda e: e.in_time, 1.0))
    tests = ("SART test", "MOB test", "EPIRB test", "DSC test")
    bar(("distress",), "no test raised as real", _never(*case.decoys(("distress",), tests)))


def _meetings(case: _Case, bar: _Bar) -> None:
    meet = ("rendezvous",)
    bar(meet, "named within 15 min of contact", _share(case.events(meet), lambda e: e.in_time, 0.95))
    exact = tally.precision(case.split.scenes, meet)
    bar(meet, "precision ≥ 0.95", ("no alarm", None) if exact is None else (f"{exact:.3f}", exact >= 0.95))
    bar(("collision",), "every close-quarters case ≥ 4 min ahead", _share(case.events(("collision",)), lambda e: e.in_time, 1.0))
    for danger, words, least in (
        ("loitering", "named within five hours", 0.95),
        ("zone", "named within three minutes of the border, seven for speeds", 0.95),
        ("ring", "who comes into a ring named within two minutes", 0.95),
        ("identity", "named within half an hour", 0.95),
        ("feed", "silence named within ten minutes", 1.0),
    ):
        bar((danger,), words, _share(case.events((danger,)), lambda e: e.in_time, least))
    kept_out = ("keeps outside her ring", "comes when the guard is over", "was there before the ring")
    bar(("ring",), "who keeps outside, was there before or comes after never", _never(*case.decoys(("ring",), kept_out)))
    for name in ("Solent", "Kattegat"):
        count, days = case.alarms(("collision",), names=(name,))
        bar(("collision",), f"≤ 2 alerts in the {name} recording", (f"{count} in {days:.1f} ship-days", count <= 2 if days else None))


def _together(case: _Case, bar: _Bar) -> None:
    count, days = case.alarms(EVERYTHING)
    bar(EVERYTHING, "≤ 10 false alarms per 1000 ship-days, recorded", _rate(count, days, 10, 1000))
    made, sailed = case.clean(EVERYTHING), case.split.clean.ship_days
    bar(EVERYTHING, "≤ 10 false alarms per 1000 ship-days, synthetic", _rate(made, sailed, 10, 1000))
    events = case.split.scenes.events
    again = sum(event.duplicates > 0 for event in events)
    bar(
        EVERYTHING,
        "one alert an event: ≤ 1 % with more",
        (f"{again} of {len(events)}", None if not events else again <= 0.01 * len(events)),
    )
