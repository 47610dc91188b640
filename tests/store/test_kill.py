"""The writer is killed at random moments, again and again over one journal: all that it acknowledged is there, byte for byte."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import tankerwatch
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.records import read_records

ROUNDS = int(os.environ.get("TANKERWATCH_KILLS", "12"))

WRITER = """
import sys
from pathlib import Path
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.store.frames import encode
from tankerwatch.store.journal import FileJournal

directory, seed = Path(sys.argv[1]), int(sys.argv[2])
journal = FileJournal(directory, segment_bytes=200_000)
number = journal.records
encode(Batch(Lines.of([b"x"], [0.0], [1])))  # what it takes to load compiled code is over before the kill
print("open", journal.durable, journal.torn_tail, flush=True)
size = 1
while True:
    size = size * 7919 % 1009 + 1
    lines = [b"!AIVDM,%d," % (number + i + 1) + b"\\x00\\xff\\r" * (i % 5) for i in range(size)]
    rows = list(range(number + 1, number + 1 + size))
    number = journal.append(Batch(Lines.of(lines, [rows[0] / 4] * size, rows), clock_s=rows[0] / 4))
    print("durable", journal.commit(), flush=True)
"""


def _expected(number: int, in_batch: int) -> bytes:
    return b"!AIVDM,%d," % number + b"\x00\xff\r" * (in_batch % 5)


def test_kill_9_loses_nothing_acknowledged(tmp_path):
    dice = random.Random(20190613)
    source = str(Path(tankerwatch.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": source}
    acknowledged = 0
    for round_number in range(ROUNDS):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(round_number)], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert child.stdout is not None
        opened = child.stdout.readline().split()
        assert opened[0] == "open"
        assert int(opened[1]) >= acknowledged
        time.sleep(dice.random() * 0.08)
        child.send_signal(signal.SIGKILL)
        for said in child.stdout.read().splitlines():
            words = said.split()
            if len(words) == 2 and words[0] == "durable" and said:
                acknowledged = max(acknowledged, int(words[1]))
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
    with FileJournal(tmp_path) as journal:
        assert journal.durable >= acknowledged > 0
        number = 0
        for batch in journal.replay():
            assert batch.clock_s == (number + 1) / 4
            for i in range(len(batch.lines)):
                number += 1
                assert batch.lines.line(i) == _expected(number, i)
                assert int(batch.lines.source_row[i]) == number
        assert number == journal.durable
    shown = [record for record in read_records(tmp_path) if record.what == "feed 0"]
    assert [record.number for record in shown] == list(range(1, number + 1))
    assert shown[acknowledged - 1].data.startswith(b"!AIVDM,%d," % acknowledged)
