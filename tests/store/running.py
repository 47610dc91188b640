"""A vault that runs for a test, and what one sends it."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tankerwatch
from tankerwatch.store.chain import origin
from tankerwatch.store.copies.access import Tokens, init
from tankerwatch.store.copies.remote import Access, VaultTarget
from tankerwatch.store.copies.vault import VaultServer
from tankerwatch.store.frames import Placed, encode, place
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.log import Tip
from tankerwatch.store.seals import seal_files

DAY_S = 86400.0


MARK = bytes(range(8))


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


class Running:
    """A vault that serves in a thread, and how to reach it."""

    def __init__(self, directory: Path, port: int = 0, **options: object) -> None:
        self.directory, self.told = directory, []
        keys = {"certificate": directory / "certificate.pem", "key": directory / "key.pem", "keep_s": 365 * DAY_S, **options}
        clocks = {"now_s": lambda: 1.8e9, "monotonic_s": time.monotonic}
        self.server = VaultServer(directory, "127.0.0.1", port, **{**clocks, **keys}, tell=self.told.append)
        self.url, self.port = self.server.url, self.server.port
        self.access = Access(directory / "token.txt", directory / "certificate.pem")
        self._thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()), daemon=True)
        self._thread.start()
        until(lambda: self.server.started)

    def other(self, name: str) -> Access:
        """The way in of another writer."""
        path = self.directory / f"token-{name}.txt"
        if not path.exists():
            path.write_text(Tokens(self.directory / "tokens").add(name))
        return Access(path, self.directory / "certificate.pem")

    def stop(self) -> None:
        """Once or twice."""
        self.server.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


def new_vault(directory: Path) -> Path:
    _, token = init(directory, ["127.0.0.1", "localhost"], 1.75e9)
    (directory / "token.txt").write_text(token + "\n")
    return directory


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def serving(directory: Path, **options: object) -> Iterator[Running]:
    running = Running(directory, **options)
    try:
        yield running
    finally:
        running.stop()


def frames_of(batch_of, count: int, mark: bytes = MARK, tip: Tip | None = None, word: bytes = b"line") -> list[Placed]:
    record, frame, chain = tip or Tip(0, 0, origin(mark))
    made = []
    for i in range(count):
        placed = place(encode(batch_of([word + b" %d" % i], record + 1)), mark, record + 1, frame + 1, 0, chain)
        record, frame, chain = placed.header.last_record, placed.header.frame, placed.header.chain
        made.append(placed)
    return made


def held(running: Running, mark: bytes = MARK) -> bytes:
    folder = running.directory / mark.hex() / "journal"
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.journal")))


def call(running: Running, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    context = ssl.create_default_context(cafile=running.directory / "certificate.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", running.port, timeout=60, context=context)
    token = (running.directory / "token.txt").read_text().strip()
    try:
        connection.request(method, path, body=body or None, headers={"Authorization": f"Bearer {token}", **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def raw_line(running: Running) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=running.directory / "certificate.pem")
    return context.wrap_socket(socket.create_connection(("127.0.0.1", running.port), timeout=60), server_hostname="127.0.0.1")


def head_of(running: Running, size: int) -> bytes:
    token = (running.directory / "token.txt").read_text().strip()
    return f"POST /v1/{MARK.hex()}/frames HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {size}\r\n\r\n".encode()


def filled(running: Running, directory: Path, batch_of, commits: int = 30, **options) -> bytes:
    target = VaultTarget(running.url, running.access)
    with FileJournal(directory, targets=[target], **{"segment_bytes": 1500, "seal_bytes": 1500, **options}) as journal:
        for i in range(commits):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
        until(lambda: journal.copies()[0]["record"] == commits)
        until(lambda: target.seals(journal.mark) == len(seal_files(directory / "journal")))
        return journal.mark


SERVER = """
import sys
from tankerwatch.cli import main
sys.exit(main(["vault", "serve", sys.argv[1], "--listen", sys.argv[2]]))
"""


def process(directory: Path, port: int = 0) -> tuple[subprocess.Popen[str], int]:
    environment = {**os.environ, "PYTHONPATH": str(Path(tankerwatch.__file__).parent.parent)}
    command = [sys.executable, "-c", SERVER, str(directory), f"127.0.0.1:{port}"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert child.stdout is not None
    said = child.stdout.readline()
    assert "https://127.0.0.1:" in said, child.communicate()
    return child, int(said.split("https://127.0.0.1:")[1].split()[0].rstrip("./"))
