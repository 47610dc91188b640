"""What keeps the journal beside the watch: checkpoints on their way out, old runs dropped, the history brought up to date.

In a thread of its own, which may be slow.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from tankerwatch.config import Config
from tankerwatch.core.errors import InputFault
from tankerwatch.historian import bring_up_to_date
from tankerwatch.respond.webhook import post
from tankerwatch.store.checkpoints import publish
from tankerwatch.store.copies.replicas import Target
from tankerwatch.store.copies.targets import target_of
from tankerwatch.store.files import FileLayer, write_whole
from tankerwatch.store.journal import FileJournal

LOOK_S: Final = 20.0
"""How often a checkpoint is written beside the journal, when there is more to vouch for."""
DROP_S: Final = 3600.0
HISTORY_S: Final = 300.0


def open_journal(
    data: Path, config: Config, *, now_s: Callable[[], float], more_copies: Sequence[str] = (), min_copies: int = 0
) -> FileJournal:
    """The journal of a data directory with the copies of the configuration and those that the command line adds. Raises InputFault."""
    keeping = config.keeping
    targets = [_target(text, config) for text in dict.fromkeys((*keeping.copies, *more_copies))]
    wanted = min_copies or keeping.min_copies
    if wanted > 1 + len(targets):
        raise InputFault(
            f"{wanted} copies cannot be had with {len(targets)} beside this one", where="--min-copies", help="name more with --copy"
        )
    here = data.resolve()
    for target in targets:
        if Path(target.name).resolve() == here:
            raise InputFault("is the data directory itself", where=target.name, help="a copy belongs on another disk")
    return FileJournal(data, targets=targets, min_copies=wanted, seal_s=keeping.seal_s, now_s=now_s)


def _target(text: str, config: Config) -> Target:
    keeping = config.keeping
    return target_of(text, token=keeping.token_file, ca=keeping.ca_file, certificate=keeping.certificate_file, key=keeping.key_file)


class Steward:
    """Starts with `start`, ends with `stop`; `state` is what `GET /api/health` tells of it."""

    def __init__(self, journal: FileJournal, config: Config, now_s: Callable[[], float]) -> None:
        self._journal, self._config, self._keeping, self._now_s = journal, config, config.keeping, now_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="steward", daemon=True)
        self._record = -1
        self._sent_record = -1
        self._sent_at_s = self._drop_at_s = 0.0
        self._history_at_s = now_s()
        self.state: dict[str, Any] = {"record": 0, "made_s": None, "words": "no checkpoint yet"}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """A last checkpoint, then the end."""
        self._stop.set()
        self._thread.join(15.0)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            self._look()
        self._sent_at_s = 0.0
        self._look()

    def _look(self) -> None:
        now_s = self._now_s()
        words = []
        try:
            if self._journal.stored.record > self._record:
                made = publish(self._journal)
                self._record = made.record
                self.state = {"record": made.record, "made_s": made.made_s, "words": "beside the journal"}
                if now_s - self._sent_at_s >= self._keeping.checkpoint_every_s and made.record > self._sent_record:
                    self._sent_at_s, words = now_s, self._send(made.to_json())
                    self._sent_record = made.record
        except OSError as fault:
            words = [f"checkpoint: {fault.strerror or fault}"]
        if now_s - self._drop_at_s >= DROP_S:
            self._drop_at_s = now_s
            try:
                self._journal.drop_old(self._keeping.keep_s, now_s)
            except (OSError, InputFault) as fault:
                words.append(f"retention: {fault}")
        if now_s - self._history_at_s >= HISTORY_S and not self._stop.is_set():
            self._history_at_s = now_s
            try:
                bring_up_to_date(self._journal.folder.parent, self._config, self._stop)
            except InputFault as fault:
                words.append(f"history: {fault.what}")
        if words:
            self.state = {**self.state, "words": "; ".join(words)}

    def _send(self, document: bytes) -> list[str]:
        """To every place that is configured; what went wrong, in words."""
        words = []
        for path in self._keeping.checkpoint_files:
            try:
                write_whole(path, document, FileLayer())
            except OSError as fault:
                words.append(f"checkpoint to {path}: {fault.strerror or fault}")
        if self._keeping.checkpoint_url:
            try:
                post(self._keeping.checkpoint_url, document)
            except OSError as fault:
                words.append(f"checkpoint to {self._keeping.checkpoint_url}: {fault.strerror or fault}")
        return words or (["left the machine"] if self._keeping.checkpoint_files or self._keeping.checkpoint_url else [])
