"""Shows what a rule would have raised with other settings: `tankerwatch try`."""

from __future__ import annotations

import argparse
import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tankerwatch.cli.commands import config_of
from tankerwatch.cli.output import count, plain, print_json, progress_bar, spoken_time
from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import Alert

if TYPE_CHECKING:
    from tankerwatch.detect.kit import Detector
    from tankerwatch.trial import Outcome, Tried


def try_rule(arguments: argparse.Namespace) -> int:
    """Today's settings of a rule beside others, on history."""
    if arguments.setting and arguments.sweep:
        raise InputFault("--setting and --sweep together", where="try", help="a sweep finds values; --setting then shows one in full")
    config = config_of(arguments)
    from tankerwatch.trial import detector_of, history_of, sweep
    from tankerwatch.trial import try_rule as try_on_history

    detector = detector_of(arguments.rule)
    changes = [_given(detector, arguments.setting)] if arguments.setting else []
    for name in arguments.sweep:
        _known(detector, name)
    if not changes:
        changes = sweep(detector, config.detectors[detector.id].settings, arguments.sweep)
    with progress_bar(arguments.progress) as progress:
        history = history_of(arguments.on, columns=arguments.columns, progress=progress, days=arguments.days)
        outcome = try_on_history(config, detector.id, history, changes)
    if arguments.json:
        print_json(outcome_json(outcome))
    elif arguments.setting:
        _print_beside(outcome)
    else:
        _print_sweep(outcome, detector)
    return 0


def setting(text: str) -> tuple[str, float]:
    """NAME=VALUE."""
    name, equals, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not equals or not name.strip() or not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not like silent_s=900")
    return name.strip(), number


def days(text: str) -> float:
    """A number of days."""
    return amount(text, "days", 10_000)


def amount(text: str, what: str, most: float) -> float:
    """A number above 0, at most `most`."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of {what}")
    return number


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What was tried, as JSON values."""
    return {
        "rule": outcome.rule,
        "from_s": outcome.from_s,
        "to_s": outcome.to_s,
        "hours": round(outcome.hours, 3),
        "settings": dict(outcome.settings),
        "now": _tried_json(outcome, outcome.now),
        "tried": [
            {
                **_tried_json(outcome, tried),
                "both": tried.both,
                "go": [_alert(a) for a in tried.go],
                "come": [_alert(a) for a in tried.come],
            }
            for tried in outcome.tried
        ],
    }


def _tried_json(outcome: Outcome, tried: Tried) -> dict[str, Any]:
    a_day = outcome.a_day(len(tried.alerts))
    return {
        "settings": dict(tried.changed),
        "alerts": len(tried.alerts),
        "danger": tried.danger,
        "grouped": tried.grouped,
        "a_day": None if a_day is None else round(a_day, 2),
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "raised_s": alert.raised_s,
        "severity": alert.severity,
        "ships": list(alert.ships),
        "title": alert.title,
        "reason": alert.reason,
    }


def _given(detector: Detector, given: list[tuple[str, float]]) -> dict[str, float]:
    for name, value in given:
        _known(detector, name)
        declared = detector.settings[name]
        if not declared.low <= value <= declared.high:
            unit = "" if declared.unit == "-" else f" {declared.unit}"
            what = f"{name} = {value:g} is out of range"
            raise InputFault(what, where="--setting", help=f"{declared.low:g} to {declared.high:g}{unit}: {declared.meaning}")
    return dict(given)


def _known(detector: Detector, name: str) -> None:
    if name not in detector.settings:
        near = get_close_matches(name, detector.settings, 1)
        help = f"did you mean {near[0]}?" if near else f"there are {', '.join(detector.settings) or 'none'}"
        raise InputFault(f"{detector.id} has no setting {name!r}", where="try", help=help)


def _span(outcome: Outcome) -> str:
    if outcome.from_s is None:
        return "history without times"
    return f"{outcome.hours:.1f} h of history, {spoken_time(outcome.from_s)} to {spoken_time(outcome.to_s)}"


def _numbers(outcome: Outcome, tried: Tried) -> str:
    a_day = outcome.a_day(len(tried.alerts))
    return f"{len(tried.alerts):>7,}  {'-' if a_day is None else f'{a_day:.1f}':>8}  {tried.danger:>6,}  {tried.grouped:>8,}"


HEADER = f"{'alerts':>7}  {'in 24 h':>8}  {'danger':>6}  {'grouped':>8}"


def _print_beside(outcome: Outcome) -> None:
    (tried,) = outcome.tried
    print(f"{outcome.rule} on {_span(outcome)}\n")
    print(f"{'':28}{HEADER}")
    print(f"{'as set today':28}{_numbers(outcome, outcome.now)}")
    changed = ", ".join(f"{name} = {value:g}" for name, value in tried.changed.items())
    print(f"{changed:28}{_numbers(outcome, tried)}\n")
    was = ", ".join(f"{name} was {outcome.settings[name]:g}" for name in tried.changed)
    print(f"{count(tried.both, 'alert')} in both, {len(tried.go)} would go, {len(tried.come)} would come ({was})")
    for sign, alerts in (("-", tried.go), ("+", tried.come)):
        for alert in alerts:
            print(f"{sign} {spoken_time(alert.raised_s)}  {alert.severity:8}  {plain(alert.title)}: {plain(alert.reason)}")


def _print_sweep(outcome: Outcome, detector: Detector) -> None:
    print(f"{outcome.rule} on {_span(outcome)}\n")
    print(f"{'setting':28}{HEADER}  {'go':>5}  {'come':>5}")
    print(f"{'as set today':28}{_numbers(outcome, outcome.now)}")
    for tried in outcome.tried:
        ((name, value),) = tried.changed.items()
        unit = "" if detector.settings[name].unit == "-" else f" {detector.settings[name].unit}"
        label = f"{name} = {value:g}{unit}"
        print(f"{label:28}{_numbers(outcome, tried)}  {len(tried.go):>5,}  {len(tried.come):>5,}")
    print("\n" + "; ".join(f"{name} is {outcome.settings[name]:g}" for name in dict.fromkeys(n for t in outcome.tried for n in t.changed)))
