"""A process that writes a journal as fast as it can and acknowledges by a pipe, for strikes to hit it."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.sample import Sample
from tankerwatch.store.copies.replicas import Target
from tankerwatch.store.journal import FileJournal

SEGMENT_BYTES: Final = 1 << 20
SEAL_BYTES: Final = 3 << 20
ENDLESS: Final = 1 << 60
_WAITING_BYTES: Final = 4 << 20
_PATIENCE_S: Final = 60.0


def _run(directory: Path, sample: Sample, targets: Sequence[Callable[[], Target]], min_copies: int, most: int, says: Connection) -> None:
    """One thread appends, this one commits and acknowledges, as in a desk; goes on until it is killed, or nobody listens any more."""
    journal = FileJournal(
        directory, segment_bytes=SEGMENT_BYTES, seal_bytes=SEAL_BYTES, targets=[make() for make in targets], min_copies=min_copies
    )
    begin, parent = journal.records, multiprocessing.parent_process()

    def feed() -> None:
        number = begin
        while number - begin < most:
            number = journal.append(sample.batch(number + 1))
            while journal.waiting_bytes > _WAITING_BYTES:
                time.sleep(0.001)

    threading.Thread(target=feed, daemon=True).start()
    acknowledged, failure = -1, ""
    while True:
        durable = journal.commit()
        said = journal.failure or journal.damage
        if durable == acknowledged and said == failure:
            if parent is not None and not parent.is_alive():
                os._exit(0)
            time.sleep(0.001)
            continue
        acknowledged, failure = durable, said
        try:
            says.send((durable, failure))
        except OSError:
            os._exit(0)


class Load:
    """The process. acknowledged: the newest record that it vouched for; failure: what its journal says of its disk."""

    def __init__(
        self, directory: Path, sample: Sample, targets: Sequence[Callable[[], Target]] = (), *, min_copies: int = 1, most: int = ENDLESS
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tankerwatch.drill.load"])
        self.acknowledged, self.failure = -1, ""
        self._hears, says = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(directory, sample, targets, min_copies, most, says), daemon=True)
        self._process.start()
        says.close()

    def listen(self, for_s: float, until: Callable[[], bool] = lambda: False) -> None:
        """Take what it says, for so long or until something holds."""
        end_s = time.monotonic() + for_s
        while not until() and (left_s := end_s - time.monotonic()) > 0:
            if self._hears.poll(left_s) and not self._take():
                return

    def begun(self, records: int = 1) -> None:
        """Wait until it has acknowledged so many. Raises InputFault when it does not come to that."""
        self.listen(_PATIENCE_S, lambda: self.acknowledged >= records)
        if self.acknowledged < records:
            self.kill()
            why = self.failure or "it ended, or is too slow"
            raise InputFault(
                f"the process that writes came to record {self.acknowledged} of {records} only: {why}",
                where="drill",
                help="make room where TMPDIR points, or try again with less load on the machine",
            )

    def kill(self) -> None:
        """Kill -9; what it said before is heard to the end."""
        self._process.kill()
        while self._take():
            pass
        self._process.join()
        self._process.close()
        self._hears.close()

    def _take(self) -> bool:
        with suppress(EOFError, OSError):
            self.acknowledged, self.failure = self._hears.recv()
            return True
        return False
