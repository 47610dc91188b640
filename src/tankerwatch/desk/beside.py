"""The past beside the present: a live desk shows what it knew at another time in a process of its own, and goes on watching.

Each looks back by itself, with the rules and settings of the desk, over a socket that this user alone can open. Nothing is written; it ends
when nobody looks any more, and with the desk, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import pickle
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tankerwatch.config import Config
from tankerwatch.core.errors import InputFault

MOST: Final = 2
"""Each takes the memory of another desk."""
READY_WITHIN_S: Final = 120.0
KEPT_S: Final = 120.0
"""How long one stays that nobody looks at: a page that is loaded anew, or that lost its connection, finds it again."""
NICE: Final = 10
CHILD: Final = "from tankerwatch.desk.beside import child; child()"


@dataclass(slots=True)
class _Look:
    """One that looks back."""

    process: asyncio.subprocess.Process
    folder: Path
    used_s: float
    open: int = 0
    """pages that look"""


class Beside:
    """Begins, finds and ends them. For the loop of the desk's server; `monotonic_s` is told by tests."""

    def __init__(
        self, config: Config, directory: Path, now: Callable[[], float], monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._config, self._directory, self._now, self._monotonic_s = config, directory, now, monotonic_s
        self._looks: dict[str, _Look] = {}
        self._beginning = asyncio.Lock()
        self._tidier: asyncio.Task[None] | None = None

    async def begin(self, from_s: float) -> str:
        """Begin one at a time of the past: its key, once its page can be asked for. Raises InputFault."""
        if not (math.isfinite(from_s) and from_s <= self._now()):
            raise InputFault("that is no time of the past", where="from_s", help="seconds since 1970, not later than now")
        async with self._beginning:
            await self._tidy()
            idle = sorted((look.used_s, key) for key, look in self._looks.items() if not look.open)
            if len(self._looks) >= MOST:
                if not idle:
                    help = "wait until one of them goes back to live, or: tankerwatch replay DIR beside the desk"
                    raise InputFault(f"{MOST} look back already", where="the desk", help=help)
                await self._end(idle[0][1])
            return await self._begun(from_s)

    async def _begun(self, from_s: float) -> str:
        folder = Path(tempfile.mkdtemp(prefix="tankerwatch-past-"))  # for this user alone
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        look, key = _Look(process, folder, self._monotonic_s()), secrets.token_urlsafe(9)
        self._looks[key] = look
        assert process.stdin is not None and process.stdout is not None
        try:
            with contextlib.suppress(ConnectionError):  # it ended at once, and may have said why
                process.stdin.write(pickle.dumps((self._config, self._directory, from_s, str(folder / "socket"))))
                await process.stdin.drain()
            async with asyncio.timeout(READY_WITHIN_S):
                said = await process.stdout.readline()
            told = json.loads(said or "{}")
        except (TimeoutError, OSError, ValueError):
            told = {
                "what": f"the past was not there within {READY_WITHIN_S:.0f} s",
                "help": "tankerwatch replay DIR says how far it has come",
            }
        except asyncio.CancelledError:
            await self._end(key)
            raise
        if "ready" not in told:
            await self._end(key)
            raise InputFault(told.get("what", "the past cannot be shown"), where=told.get("where", ""), help=told.get("help", ""))
        look.used_s = self._monotonic_s()
        if self._tidier is None or self._tidier.done():
            self._tidier = asyncio.create_task(self._keep_tidy())
        return key

    def socket(self, key: str) -> str | None:
        """Where one listens; None when it is over."""
        look = self._looks.get(key)
        if look is None or look.process.returncode is not None:
            return None
        look.used_s = self._monotonic_s()
        return str(look.folder / "socket")

    @contextlib.contextmanager
    def looking(self, key: str) -> Iterator[None]:
        """As long as a page looks at one."""
        look = self._looks.get(key)
        if look is not None:
            look.open += 1
        try:
            yield
        finally:
            if look is not None:
                look.open -= 1
                look.used_s = self._monotonic_s()

    async def close(self) -> None:
        """End them all."""
        if self._tidier is not None:
            self._tidier.cancel()
        for key in list(self._looks):
            await self._end(key)

    async def _keep_tidy(self) -> None:
        while self._looks:
            await asyncio.sleep(KEPT_S / 8)
            await self._tidy()

    async def _tidy(self) -> None:
        now_s = self._monotonic_s()
        for key, look in list(self._looks.items()):
            if look.process.returncode is not None or (not look.open and now_s - look.used_s > KEPT_S):
                await self._end(key)

    async def _end(self, key: str) -> None:
        look = self._looks.pop(key, None)
        if look is None:
            return
        if look.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                look.process.kill()  # it has nothing to lose
            await look.process.wait()
        shutil.rmtree(look.folder, ignore_errors=True)


def child() -> None:
    """The other process: what to show on stdin, pickled by the desk that started it; then one line of JSON, ready or what is wrong."""
    os.nice(NICE)
    config, directory, from_s, address = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_while_wanted, args=(Path(address).parent,), daemon=True).start()
    from tankerwatch.desk.replaying import PastDesk, Period

    try:
        desk = PastDesk(config, Period(directory, from_s))
        desk.warm()
    except InputFault as fault:
        _say({"what": fault.what, "where": fault.where, "help": fault.help})
        return
    asyncio.run(_shown(desk, address))


def _while_wanted(folder: Path) -> None:
    """End when the desk does: its end of the pipe closes even when it is killed."""
    sys.stdin.buffer.read(1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


async def _shown(desk: Any, address: str) -> None:
    from tankerwatch.desk import DIST
    from tankerwatch.web.app import create_app
    from tankerwatch.web.serve import INSIDE, serve_inside

    app = create_app(desk.desk, desk.hub, hosts=frozenset({INSIDE}), dist=DIST)
    pumping = asyncio.create_task(desk.pump())
    desk.survey()
    serving = asyncio.create_task(serve_inside(app, address, lambda: _say({"ready": True})))
    # A past that stands still would look like one in which nothing happens: then the process ends, and its page says so.
    await asyncio.wait([pumping, serving], return_when=asyncio.FIRST_COMPLETED)
