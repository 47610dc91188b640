"""Which setting would change most how often a rule speaks: found out beside the watch, told in the alert that gathers its excess.

The history is tried in a process of its own, at the lowest priority, so that the watch never waits; at most once an hour a rule,
one at a time. Its words come back as a decision `advice`, journalled like any other: after a restart, and in a replay, they are there.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tankerwatch.config import Config
from tankerwatch.core.tables import Decision

AGAIN_S: Final = 3600.0
PATIENCE_S: Final = 3000.0
"""What takes longer than this would be of another watch."""
SPANS_DAYS: Final = (0.25, 1.0, 7.0)
"""A busy desk's week may be too much for that: the latest hours are tried first, then more where the time allows."""
LOWEST: Final = 19
CHILD: Final = "from tankerwatch.desk.advice import child; child()"


class Advisor:
    """Asked by the pump with the rules beyond their budget; `decide` takes the decision, `now` is the desk's clock."""

    def __init__(self, config: Config, history: Path, decide: Callable[[Decision], None], now: Callable[[], float]) -> None:
        self._config, self._history, self._decide, self._now = config, history, decide, now
        self._asked_s: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None

    def consider(self, spent: Iterable[tuple[str, str]]) -> None:
        """Begin with the first rule of (alert, rule) that was not asked for within the hour, unless one is at work. Returns at once."""
        if self._task is not None and not self._task.done():
            return
        now_s = self._now()
        for alert, rule in spent:
            if now_s - self._asked_s.get(rule, -AGAIN_S) >= AGAIN_S:
                self._asked_s[rule] = now_s
                self._task = asyncio.get_running_loop().create_task(self._ask(alert, rule))
                return

    async def _ask(self, alert: str, rule: str) -> None:
        wish = pickle.dumps((self._config, self._history, rule))
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                said, _ = await process.communicate(wish)
            content = json.loads(said)
        except (TimeoutError, OSError, ValueError):
            return  # no advice is no harm: the rule's excess is gathered all the same
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if content.get("words"):
            now_s = self._now()
            self._decide(Decision(now_s, "advice", f"advice-{rule}-{now_s:.3f}", alert, content))


def child() -> None:
    """The other process: what to try on stdin, pickled by the desk that started it; the advice as JSON on stdout."""
    os.nice(LOWEST)
    print(json.dumps(found(*pickle.load(sys.stdin.buffer))))


def found(config: Config, history: Path, rule: str, monotonic_s: Callable[[], float] = time.monotonic) -> dict[str, Any]:
    """The advice for a rule from the latest days of a data directory, as many as can be tried in time; {} when it raised nothing there."""
    from tankerwatch.trial import advice, detector_of, history_of, sweep, try_rule

    changes = sweep(detector_of(rule), config.detectors[rule].settings)
    content: dict[str, Any] = {}
    end_s = monotonic_s() + PATIENCE_S
    for days, more_days in zip(SPANS_DAYS, (*SPANS_DAYS[1:], math.inf), strict=True):
        begin_s = monotonic_s()
        outcome = try_rule(config, rule, history_of([history], days=days), changes)
        content = advice(outcome) if outcome.now.alerts else content
        took_s = monotonic_s() - begin_s
        if outcome.hours < days * 24 * 0.9 or took_s * more_days / days * 1.2 > end_s - monotonic_s():
            break
    return content
