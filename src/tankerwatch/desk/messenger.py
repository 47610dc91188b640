"""Tells one webhook of alerts, for a desk that nobody looks at: what is owed is tried until it is delivered, over kills and restarts.

What was delivered is a decision `sent` in the journal; what is owed follows from the alerts and from those (`respond/ledger.py`), so
nothing waits in a queue that could be lost. A kill between delivery and journal sends it once more, under the same id.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final, Protocol

from tankerwatch.config.hook import Hook
from tankerwatch.core.incidents import RANK, Alert
from tankerwatch.core.tables import Decision
from tankerwatch.desk.inbox import Inbox
from tankerwatch.pipeline import River
from tankerwatch.respond.ledger import Delivery, Ledger, severities_from
from tankerwatch.respond.webhook import post, trusting
from tankerwatch.triage import render

log = logging.getLogger("tankerwatch.desk")

FIRST_S: Final = 1.0
LONGEST_PAUSE_S: Final = 300.0
LOOK_S: Final = 1.0
GOODBYE_S: Final = 1.0
LEFT_AT_THE_DESK: Final = ("evidence", "rule", "history")
"""Of an alert not sent: who wants them has the desk."""


class Watched(Protocol):
    """What is needed of the desk."""

    lock: threading.Lock
    river: River
    inbox: Inbox


def switched(ledger: Ledger, hook: Hook | None, now_s: float) -> Decision | None:
    """What the journal must be told when the configuration says something new of the webhook."""
    least, answers = (None, ()) if hook is None else (hook.least, hook.answers)
    if set(ledger.since_s) == severities_from(least) and set(ledger.answers_s) == set(answers):
        return None
    return Decision(now_s, "webhook", f"webhook-{now_s:.3f}", "", {"least": least, "answers": list(answers)})


def worded(delivery: Delivery, alert: Alert, names: Callable[[int], str], desk: str, now_s: float) -> dict[str, Any]:
    """What is sent, as docs/guide/webhook.md says."""
    told = {name: value for name, value in render.alert_json(alert, names).items() if name not in LEFT_AT_THE_DESK}
    step = delivery.step
    return {
        "type": "tankerwatch.alert",
        "version": 1,
        "desk": desk,
        "delivery": f"{desk}-{delivery.id}",
        "what": delivery.what,
        "severity": delivery.severity,
        "sent_s": round(now_s, 3),
        "by": None if step is None else step.by or None,
        "words": "" if step is None else step.words,
        "alert": told,
    }


class Messenger:
    """Begins with `start`, in a thread of its own, ends with `stop`; `note` alerts that changed. `state` is what the health tells of it."""

    def __init__(self, hook: Hook, watched: Watched, now_s: Callable[[], float], *, desk: str, first_s: float = FIRST_S) -> None:
        self._hook, self._watched, self._now_s, self._desk, self._first_s = hook, watched, now_s, desk, first_s
        self._wanted = severities_from(hook.least), set(hook.answers)
        self._trust = trusting(hook.ca) if hook.url.startswith("https:") else None
        self._guard = threading.Lock()
        self._open: set[str] = set(watched.river.triage.alerts)
        self._unwritten: dict[str, tuple[Delivery, bool]] = {}
        """by alert, what the journal does not know yet: a delivery, and whether it was sent or is about to be"""
        self._failures: dict[str, int] = {}
        self._streak = 0
        self._again_s = 0.0
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.state: dict[str, Any] = {
            "to": hook.host,
            "least": hook.least,
            "state": "ok",
            "words": "nothing sent yet",
            "sent": 0,
            "unsent": 0,
            "failing_since_s": None,
        }

    def note(self, alerts: Iterable[str]) -> None:
        """These changed."""
        with self._guard:
            self._open.update(alerts)
        self._wake.set()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin; what was delivered is journalled by the pump, which runs in this loop."""
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """The end: what is under way may be sent once more after the next start."""
        self._stop.set()
        self._wake.set()
        self._thread.join(GOODBYE_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                wait_s = self.step()
            except Exception as fault:  # whatever it is, nobody would be told any more
                log.exception("an alert could not be sent")
                self.state = {**self.state, "state": "failing", "words": f"this is our fault: {type(fault).__name__}"}
                wait_s = LONGEST_PAUSE_S
            self._wake.wait(wait_s)
            self._wake.clear()

    def step(self) -> float:
        """Try the one thing that is most urgent; how long there is nothing to do."""
        owed = self._owed()
        self._failures = {name: n for name, n in self._failures.items() if name in owed}
        self.state = {**self.state, "unsent": len(owed)}
        if not owed:
            return LOOK_S
        now_s = self._now_s()
        name = min(owed, key=lambda each: (self._failures.get(each, 0), -RANK[owed[each].severity], each))
        if name in self._failures and 0 < self._again_s - now_s <= LONGEST_PAUSE_S:
            return min(self._again_s - now_s, LOOK_S)
        delivery = owed[name]
        with self._watched.lock:
            begun = self._watched.river.ledger.knows(delivery, sent=False)
        if not begun:
            self._write(delivery, now_s, "sending", delivery.content)
            return 0.0
        content = self._content(delivery, now_s)
        headers = {"X-Tankerwatch-Delivery": content["delivery"]}
        try:
            post(
                self._hook.url, json.dumps(content, allow_nan=False).encode(), secret=self._hook.secret, headers=headers, trust=self._trust
            )
        except OSError as fault:
            self._failed(delivery, fault)
        else:
            self._done(name, delivery)
        return 0.0

    def _failed(self, delivery: Delivery, fault: OSError) -> None:
        now_s = self._now_s()
        self._failures[delivery.id] = self._failures.get(delivery.id, 0) + 1
        self._streak += 1
        self._again_s = now_s + min(self._first_s * 2.0 ** min(self._streak - 1, 20), LONGEST_PAUSE_S)
        since_s = self.state["failing_since_s"] or round(now_s, 3)
        words = " ".join(str(fault.strerror or fault).split())[:200]
        self.state = {**self.state, "state": "failing", "words": words, "failing_since_s": since_s}

    def _done(self, name: str, delivery: Delivery) -> None:
        now_s = self._now_s()
        tries = self._failures.pop(name, 0) + 1
        self._streak, self._again_s = 0, now_s
        self._write(delivery, now_s, "sent", {**delivery.content, "tries": tries})
        left = self.state["unsent"] - 1
        well = {"state": "ok", "failing_since_s": None, "words": "all is sent" if not left else "sending"}
        self.state = {**self.state, **well, "sent": self.state["sent"] + 1, "unsent": left}

    def _write(self, delivery: Delivery, now_s: float, kind: str, content: dict[str, Any]) -> None:
        """Into the journal; until it is there nothing more is told of this alert."""
        self._unwritten[delivery.alert] = delivery, kind == "sent"
        decision = Decision(now_s, kind, f"{kind}-{delivery.id}", delivery.alert, content)
        assert self._loop is not None
        with suppress(RuntimeError):  # the desk is closing: what was sent is sent again after its next start, under the same id
            self._loop.call_soon_threadsafe(self._watched.inbox.decide, decision)

    def _owed(self) -> dict[str, Delivery]:
        """Everything that is to be told now, by the id of its delivery; at most one of each alert."""
        with self._guard:
            looked = list(self._open)
        with self._watched.lock:
            river = self._watched.river
            if (set(river.ledger.since_s), set(river.ledger.answers_s)) != self._wanted:
                return {}  # the journal is still being told that it is on
            # An alert that was delivered is looked at again when the journal has it: it may owe more by then.
            self._unwritten = {name: new for name, new in self._unwritten.items() if not river.ledger.knows(new[0], sent=new[1])}
            alerts = (river.triage.alerts[name] for name in looked if name not in self._unwritten)
            found = {alert.id: river.ledger.owed(alert) for alert in alerts}
            with self._guard:
                self._open -= {name for name, delivery in found.items() if delivery is None}
                return {delivery.id: delivery for delivery in found.values() if delivery is not None}

    def _content(self, delivery: Delivery, now_s: float) -> dict[str, Any]:
        with self._watched.lock:
            river = self._watched.river
            return worded(delivery, river.triage.alerts[delivery.alert], river.name_of, self._desk, now_s)
