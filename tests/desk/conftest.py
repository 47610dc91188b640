"""A real desk in a process of its own, and a peer in another that feeds it over TCP as it is told."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self

import pytest

import tankerwatch
from tankerwatch.testing import DetectorScene

PATIENCE_S = 60.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(tankerwatch.__file__).parent.parent)}


class RunningDesk:
    """`tankerwatch watch …` or `demo …` at a free port; it is killed at the end of a `with`."""

    def __init__(self, *arguments: str, listen: str = "127.0.0.1:0") -> None:
        command = [sys.executable, "-m", "tankerwatch", *arguments, "--listen", listen]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        said: queue.Queue[str] = queue.Queue()
        assert self.process.stdout is not None
        reader = threading.Thread(target=lambda out: [said.put(line) for line in out] and None, args=(self.process.stdout,), daemon=True)
        reader.start()
        self.said: list[str] = []
        until_s = time.monotonic() + PATIENCE_S
        while not (self.said and self.said[-1].startswith(("http://", "https://"))):
            try:
                self.said.append(said.get(timeout=max(until_s - time.monotonic(), 0.01) if self.process.poll() is None else 0.2).strip())
            except queue.Empty:
                self.process.kill()
                assert self.process.stderr is not None
                pytest.fail(f"no desk came up: {self.said} {self.process.stderr.read()}")
        self.port = int(self.said[-1].rstrip("/").rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None and self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()

    def ask(self, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            line.request(method, path, None if content is None else json.dumps(content), {"Content-Type": "application/json"})
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()

    def get(self, path: str) -> Any:
        status, found = self.ask("GET", path)
        assert status == 200, found
        return found

    def health(self) -> Any:
        return self.get("/api/health")

    def until(self, true: Callable[[RunningDesk], Any], patience_s: float = PATIENCE_S) -> Any:
        """Wait until something is true of it; what it was then."""
        until_s = time.monotonic() + patience_s
        while not (found := true(self)):
            if time.monotonic() > until_s:
                pytest.fail(f"it did not come true; health: {json.dumps(self.health(), indent=1)}")
            time.sleep(0.05)
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; the status with which the process ended."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    @property
    def memory_bytes(self) -> int:
        """What the process holds in memory now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="session")
def start_desk() -> Callable[..., RunningDesk]:
    """`start_desk(SOURCE…, data)`: watch sources with a data directory."""

    def start(*arguments: str | Path, **more: str) -> RunningDesk:
        return RunningDesk("watch", *map(str, arguments[:-1]), "--data", str(arguments[-1]), **more)

    return start


@pytest.fixture
def start_demo() -> Callable[..., RunningDesk]:
    return lambda *arguments: RunningDesk("demo", *map(str, arguments))


@pytest.fixture
def start_past() -> Callable[..., RunningDesk]:
    """`start_past(data, options…)`: play what a watch has kept."""
    return lambda *arguments: RunningDesk("replay", *map(str, arguments))


@pytest.fixture
def refused_desk() -> Callable[..., tuple[int, str]]:
    """Status and words of a desk that does not start."""

    def start(source: str, data: Path) -> tuple[int, str]:
        command = [sys.executable, "-m", "tankerwatch", "watch", source, "--data", str(data), "--listen", "127.0.0.1:0"]
        ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        return ran.returncode, ran.stderr

    return start


PEER = """
import socket, sys
port = int(sys.argv[1])
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", port))
server.listen(1)
print(server.getsockname()[1], flush=True)
link, _ = server.accept()
print("connected", flush=True)
for line in sys.stdin:
    link.sendall(bytes.fromhex(line))
    print("sent", flush=True)
"""


class Peer:
    """A station's server in a process of its own: it serves one connection, and dies when it is told."""

    def __init__(self, port: int = 0) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", PEER, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._told())

    def _told(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def wait_for_desk(self) -> None:
        assert self._told() == "connected"

    def send(self, data: bytes) -> None:
        """Send bytes; back when the system has them."""
        assert self.process.stdin is not None
        self.process.stdin.write(data.hex() + "\n")
        self.process.stdin.flush()
        assert self._told() == "sent"

    def die(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    made: list[Peer] = []

    def start(port: int = 0) -> Peer:
        made.append(Peer(port))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.die()


@pytest.fixture(scope="session")
def story() -> list[tuple[float, bytes]]:
    """(time, line) of `tests/story.toml`, as it was received."""
    return DetectorScene.read(Path(__file__).parent.parent / "story.toml").received()


@pytest.fixture(scope="session")
def story_log(story: list[tuple[float, bytes]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("story") / "feed.nmea"
    path.write_bytes(b"".join(line + b"\r\n" for _, line in story))
    return path
