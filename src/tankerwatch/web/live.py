"""What every open page is told, as it happens: one slot for each, holding what it was told last, never a queue.

A page that reads slowly is told less often, and then the newest: its socket blocks its own task alone, and when it is free again what is
sent is made from the state of that moment. Positions go out at a steady pace, alerts at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.web.frames import State, advanced
from tankerwatch.web.plain import encoded

KINDS: Final = ("alerts", "incidents", "reports", "exclusions", "guards", "zones")
PUSH_S: Final = 0.4
HEALTH_S: Final = 1.0
RESUME_WITHIN_S: Final = 0.15
"""How long a client may take to say that it was here before; then it gets everything anew."""
MOST_PAGES: Final = 64
MOST_KEPT: Final = 5000
"""Changed things kept of each kind; who lacks older ones gets all from the desk."""
NAMES_A_MESSAGE: Final = 5000
MOST_SAID: Final = 16
"""Messages that a page may send: it has one thing to say."""
LONGEST_SAID: Final = 512
NOTHING: Final = encoded({"meetings": [], "dark": [], "jammed": [], "type": "chart"})
"""What the map shows beside ships when there is nothing of it: no page has to be told."""

log = logging.getLogger("tankerwatch.web")


@dataclass(slots=True, eq=False)
class Slot:
    """What one page was told last."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    resume: asyncio.Future[tuple[int, int] | None] | None = None
    hello: int = -1
    health: int = -1
    chart: int = 0
    told: int = -1
    epoch: Any = None
    frames_epoch: int | None = None
    seq: int = -1


class Hub:
    """Takes what is new from any thread and tells every page. `run` it in the server's loop; `attend` serves one page."""

    def __init__(
        self, *, push_s: float = PUSH_S, health_s: float = HEALTH_S, most_pages: int = MOST_PAGES, most_kept: int = MOST_KEPT
    ) -> None:
        self.push_s, self.health_s, self.most_pages, self.most_kept = push_s, health_s, most_pages, most_kept
        self.slots: set[Slot] = set()
        self._lock = threading.Lock()
        self._number = 0
        self._changed: dict[str, OrderedDict[str, tuple[int, Any]]] = {kind: OrderedDict() for kind in KINDS}
        self._forgotten = -1
        self._hello: tuple[int, Any] | None = None
        self._health: tuple[int, str] = (-1, "")
        self._chart: tuple[int, str] = (0, NOTHING)
        self._health_s = -1e9
        self._state: State | None = None
        self._picture: PictureNow | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking = asyncio.Lock()
        self._made: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    # -- what is new ----------------------------------------------------------------------------------------------------

    def publish(self, kind: str, news: Any) -> None:
        """Tell all pages, from any thread: what changed of one of `KINDS`, or `hello` with its object."""
        if kind != "hello" and kind not in KINDS:
            raise ValueError(f"nothing of kind {kind!r} is told to pages")
        with self._lock:
            self._number += 1
            if kind == "hello":
                self._hello = (self._number, news)
            else:
                changed = self._changed[kind]
                for thing in news:
                    changed.pop(thing["id"], None)
                    changed[thing["id"]] = (self._number, thing)
                while len(changed) > self.most_kept:
                    _, (number, _) = changed.popitem(last=False)
                    self._forgotten = max(self._forgotten, number)
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just been closed: nobody is left to be told
                loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for slot in self.slots:
            slot.wake.set()

    async def run(self, desk: Desk) -> None:
        """Look at the desk at a steady pace while a page is open, for ever."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                if self.slots:
                    await self.look(desk)
                await asyncio.sleep(self.push_s)
        finally:
            self._loop = None

    async def look(self, desk: Desk) -> None:
        """Take the newest picture and, once a second, the health, and wake the pages when something is new."""
        async with self._looking:
            try:
                new = await self._look(desk)
            except Exception:
                log.exception("the desk could not be looked at; trying again")
                return
        if new:
            self._wake()

    async def _look(self, desk: Desk) -> bool:
        before, number = self._state, self._health[0]
        picture = desk.snapshot()
        if picture is not None and picture is not self._picture:
            self._picture = picture
            after = await asyncio.to_thread(advanced, before, picture)
            if self._hello is None or self._hello[1].get("epoch") != after.epoch:
                # At the hello of a new epoch a page forgets everything, so that must come before its ships.
                self.publish("hello", await asyncio.to_thread(desk.hello))
            self._state = after
        elif self._hello is None:
            self.publish("hello", await asyncio.to_thread(desk.hello))
        now_s = asyncio.get_running_loop().time()
        if now_s - self._health_s >= self.health_s:
            self._health_s = now_s
            self._health = (number + 1, encoded({**await asyncio.to_thread(desk.health), "type": "health"}))
            chart = encoded({**await asyncio.to_thread(desk.chart), "type": "chart"})
            if chart != self._chart[1]:
                self._chart = (self._chart[0] + 1, chart)
        return self._state is not before or self._health[0] != number

    # -- one page -------------------------------------------------------------------------------------------------------

    async def attend(self, socket: WebSocket, desk: Desk) -> None:
        """Serve one page until it goes."""
        if len(self.slots) >= self.most_pages:
            await socket.close(1013, "too many pages are open")
            return
        slot = Slot(resume=asyncio.get_running_loop().create_future())
        self.slots.add(slot)
        tasks: list[asyncio.Task[None]] = []
        try:
            await socket.accept()
            tasks = [asyncio.create_task(self._listen(socket, slot)), asyncio.create_task(self._tell(socket, slot, desk))]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                problem = task.exception()
                # A page that goes in the middle of a message is no fault of anyone.
                if problem is not None and not isinstance(problem, WebSocketDisconnect | RuntimeError | OSError):
                    log.error("a page could not be told", exc_info=problem)
        finally:
            self.slots.discard(slot)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
                await socket.close()

    async def _listen(self, socket: WebSocket, slot: Slot) -> None:
        """Hear the one thing that a page may say; one that goes on talking is shown the door."""
        for _ in range(MOST_SAID):
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if slot.resume is not None and not slot.resume.done():
                slot.resume.set_result(resumed(message.get("text")))
        await socket.close(1008, "this page talks too much")

    async def _tell(self, socket: WebSocket, slot: Slot, desk: Desk) -> None:
        """Tell a page everything, then what is new, for ever."""
        await self.look(desk)
        await self._tell_words(socket, slot, desk)
        assert slot.resume is not None
        with contextlib.suppress(TimeoutError):
            said = await asyncio.wait_for(asyncio.shield(slot.resume), RESUME_WITHIN_S)
            state = self._state
            if said is not None and state is not None and said[0] == state.epoch and 0 < said[1] <= state.seq:
                slot.frames_epoch, slot.seq = said
        while True:
            slot.wake.clear()
            await self._tell_words(socket, slot, desk)
            await self._tell_ships(socket, slot)
            if self._health[0] > slot.health:
                slot.health, text = self._health
                await socket.send_text(text)
            if self._chart[0] > slot.chart:
                slot.chart, text = self._chart
                await socket.send_text(text)
            await slot.wake.wait()

    async def _tell_words(self, socket: WebSocket, slot: Slot, desk: Desk) -> None:
        with self._lock:
            number, hello, forgotten = self._number, self._hello, self._forgotten
        whole = slot.told < forgotten or slot.told < 0
        if hello is not None and hello[0] > slot.hello:
            slot.hello = hello[0]
            whole = whole or hello[1].get("epoch") != slot.epoch
            slot.epoch, slot.chart = hello[1].get("epoch"), 0
            await socket.send_text(encoded({**hello[1], "type": "hello"}))
        if number == slot.told and not whole:
            return
        ask: dict[str, Callable[[], Any]] = {kind: getattr(desk, kind) for kind in KINDS}
        for kind in KINDS:
            key = (kind, "all" if whole else slot.told, number)
            text = self._made.get(key)
            if text is None:
                things = await asyncio.to_thread(ask[kind]) if whole else self._newer(kind, slot.told)
                text = encoded({"type": kind, kind: things, "all": whole}) if whole or things else ""
                self._keep(key, text)
            if text:
                await socket.send_text(text)
        slot.told = number

    async def _tell_ships(self, socket: WebSocket, slot: Slot) -> None:
        state = self._state
        if state is None or (slot.frames_epoch == state.epoch and slot.seq == state.seq):
            return
        since = slot.seq if slot.frames_epoch == state.epoch else -1
        key = ("ships", state.epoch, since, state.seq)
        made = self._made.get(key)
        if made is None:
            frames = [state.snapshot()] if since < 0 else state.since(since)
            rows = state.names_since(since)
            parts = [rows[at : at + NAMES_A_MESSAGE] for at in range(0, len(rows), NAMES_A_MESSAGE)]
            made = frames, [encoded({"type": "names", "ships": part}) for part in parts]
            self._keep(key, made)
        for frame in made[0]:
            await socket.send_bytes(frame)
        for text in made[1]:
            await socket.send_text(text)
        slot.frames_epoch, slot.seq = state.epoch, state.seq

    def _newer(self, kind: str, than: int) -> list[Any]:
        with self._lock:
            return [thing for number, thing in self._changed[kind].values() if number > than]

    def _keep(self, key: tuple[Any, ...], made: Any) -> None:
        """Keep what was just made for the other pages that lack the same; a few will do, all the newest."""
        self._made[key] = made
        while len(self._made) > 16:
            self._made.popitem(last=False)


def resumed(text: Any) -> tuple[int, int] | None:
    """Epoch and number in a page's `resume`; None for anything else."""
    if not isinstance(text, str) or len(text) > LONGEST_SAID:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("type") != "resume":
        return None
    epoch, seq = said.get("epoch"), said.get("seq")
    if type(epoch) is not int or type(seq) is not int:
        return None
    return epoch, seq
