"""The process under load ends with whoever struck it, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tankerwatch
from tankerwatch.core.errors import InputFault
from tankerwatch.drill.load import Load
from tankerwatch.drill.sample import Sample

DRILLER = """
import sys, time
from pathlib import Path
from tankerwatch.drill.load import Load
from tankerwatch.drill.sample import Sample

if __name__ == "__main__":
    load = Load(Path(sys.argv[1]), Sample([b"line"] * 10, 50), most=200)
    load.begun(100)
    print(load._process.pid, flush=True)
    time.sleep(60)
"""


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see whether a process is there")
def test_no_process_is_left_when_the_drill_is_killed(tmp_path):
    script = tmp_path / "driller.py"
    script.write_text(DRILLER, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(tankerwatch.__file__).parent.parent)}
    driller = subprocess.Popen([sys.executable, str(script), str(tmp_path / "journal")], stdout=subprocess.PIPE, text=True, env=environment)
    assert driller.stdout is not None
    pid = int(driller.stdout.readline())
    assert _alive(pid)
    driller.send_signal(signal.SIGKILL)
    driller.wait()
    driller.stdout.close()
    end_s = time.monotonic() + 30
    while _alive(pid) and time.monotonic() < end_s:
        time.sleep(0.02)
    assert not _alive(pid)


def test_a_process_that_comes_to_nothing_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("tankerwatch.drill.load._PATIENCE_S", 2.0)
    (tmp_path / "journal").write_bytes(b"no directory")
    with pytest.raises(InputFault, match="came to record -1 of 1 only"):
        Load(tmp_path, Sample([b"line"])).begun()
