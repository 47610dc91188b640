"""A vault of the drill's own, on this machine's loopback and in the sandbox, for as long as a strike lasts."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.places import Place
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.ingest.clock import now
from tankerwatch.store.copies.access import init
from tankerwatch.store.copies.remote import Access, VaultCopy, VaultTarget
from tankerwatch.store.copies.replicas import Target
from tankerwatch.store.copies.restore import Source
from tankerwatch.store.copies.vault import VaultServer

_HOST: Final = "127.0.0.1"
_KEEP_S: Final = 365 * 86400.0
_PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class InVault:
    """The way to a copy in the vault; can be pickled."""

    folder: Path
    url: str
    access: Access

    def target(self) -> Target:
        """To be fed."""
        return VaultTarget(self.url, self.access)

    def source(self) -> Source:
        """To be restored from."""
        return VaultCopy(f"{self.url}/{self.directory().name}", self.access)

    def directory(self) -> Path:
        """Where the one journal lies that it took."""
        found = [path for path in self.folder.iterdir() if (path / "journal").is_dir()]
        if len(found) != 1:
            raise InputFault(f"the drill's vault holds {len(found)} journals", where="drill")
        return found[0]


@contextmanager
def vault(sandbox: Sandbox, name: str) -> Iterator[Place]:
    """A vault that serves in a thread."""
    folder = sandbox.folder(name)
    certificate, token = init(folder, [_HOST], now())
    sandbox.write(f"{name}/token.txt", token.encode())
    access = Access(folder / "token.txt", certificate)
    server = VaultServer(
        folder,
        _HOST,
        0,
        certificate=certificate,
        key=folder / "key.pem",
        keep_s=_KEEP_S,
        now_s=now,
        monotonic_s=time.monotonic,
        tell=lambda _words: None,
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), name="the drill's vault", daemon=True)
    thread.start()
    try:
        end_s = time.monotonic() + _PATIENCE_S
        while not server.started and time.monotonic() < end_s:
            time.sleep(0.002)
        here = InVault(folder, server.url, access)
        yield Place(here.target, here.source, here.directory)
    finally:
        server.stop()
        thread.join(_PATIENCE_S)
