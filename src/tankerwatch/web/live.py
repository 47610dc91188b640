"""What every open page is told, as it happens: one slot for each, holding what it was told last, never a queue.

A page that reads slowly is told less often, and then the newest: its socket blocks its own task alone, and when it is free again what is
sent is made from the state of that moment. Positions go out at a steady pace, alerts at once. A page says where it looks, and is told of
the ships there; of those with an open alert, guarded or of the own fleet wherever they are.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.core.schema import Bool
from tankerwatch.web.areas import Area, Resume, understood
from tankerwatch.web.changes import change
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
MOST_MADE: Final = 128
"""Things made that are kept, for pages that lack the same."""
NAMES_A_MESSAGE: Final = 5000
MOST_SAID: Final = 24
"""Messages that a page may send in one go, and how many more each second: it says where it looks, a few times a second at most."""
SAID_PER_S: Final = 8.0
LOOKING_SHARE: Final = 0.25
"""Of the time, at most so much goes into pages that look elsewhere, all together: one that jumps about waits, and holds up nobody."""
LONGEST_WAIT_S: Final = 2.0
NOTHING: Final = encoded({"meetings": [], "dark": [], "jammed": [], "type": "chart"})
"""What the map shows beside ships when there is nothing of it: no page has to be told."""

log = logging.getLogger("tankerwatch.web")


@dataclass(slots=True, eq=False)
class Slot:
    """What one page was told last."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    resume: asyncio.Future[Resume | None] | None = None
    hello: int = -1
    health: int = -1
    chart: int = 0
    told: int = -1
    epoch: Any = None
    wish: Area | None = None
    """where the page looks, as it said last; None: everywhere"""
    area: Area | None = None
    """the area of which it holds the ships"""
    looked_s: float = 0.0
    """when it may look elsewhere again, by the loop's clock"""
    state: State | None = None
    """the state of the picture that it holds"""
    has: Bool = field(default_factory=lambda: np.zeros(0, np.bool_))
    """by slot: the ships that it holds"""
    named: Bool = field(default_factory=lambda: np.zeros(0, np.bool_))
    """by slot: the ships whose names it was told"""


class Hub:
    """Takes what is new from any thread and tells every page. `run` it in the server's loop; `attend` serves one page."""

    def __init__(
        self, *, push_s: float = PUSH_S, health_s: float = HEALTH_S, most_pages: int = MOST_PAGES, most_kept: int = MOST_KEPT
    ) -> None:
        self.push_s, self.health_s, self.most_pages, self.most_kept = push_s, health_s, most_pages, most_kept
        self.slots: set[Slot] = set()
        self.listeners: set[asyncio.Event] = set()
        """who else is woken when something is new: see `events.py`"""
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
        for listener in self.listeners:
            listener.set()

    async def run(self, desk: Desk) -> None:
        """Look at the desk at a steady pace while a page is open, for ever."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                if self.slots or self.listeners:
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

    async def attend(self, socket: WebSocket, desk: Desk, spared: int = 0) -> None:
        """Serve one page until it goes; refused when all places are taken but those that it must leave to others."""
        if len(self.slots) >= self.most_pages - spared:
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
        """Hear where a page looks; one that goes on talking is shown the door."""
        loop = asyncio.get_running_loop()
        left, heard_s = float(MOST_SAID), loop.time()
        while left >= 1:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            now_s = loop.time()
            left, heard_s = min(MOST_SAID, left + SAID_PER_S * (now_s - heard_s)) - 1, now_s
            said = understood(message.get("text"))
            if isinstance(said, Area):
                slot.wish = said
                slot.wake.set()
            elif isinstance(said, Resume) and slot.wish is None:
                slot.wish = said.area  # there it looked, and there it looks until it says otherwise
            if slot.resume is not None and not slot.resume.done():
                slot.resume.set_result(said if isinstance(said, Resume) else None)
        await socket.close(1008, "this page talks too much")

    async def _tell(self, socket: WebSocket, slot: Slot, desk: Desk) -> None:
        """Tell a page everything, then what is new, for ever."""
        await self.look(desk)
        await self._tell_words(socket, slot, desk)
        assert slot.resume is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESUME_WITHIN_S):
                said = await asyncio.shield(slot.resume)
            state = self._state
            if said is not None and state is not None and said.epoch == state.epoch and 0 < said.seq <= state.seq:
                await self._resume(socket, slot, state, said)
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

    async def _resume(self, socket: WebSocket, slot: Slot, state: State, said: Resume) -> None:
        """Tell a page that was here before what it lacks of the area that it holds."""
        has, number = self._within(state, said.area), said.area.number if said.area else 0
        for frame in state.since(said.seq, has, number):
            await socket.send_bytes(frame)
        lacks = has & ((state.named > said.seq) | (state.changed > said.seq))  # one that came into the area meanwhile is new to it
        slot.state, slot.area, slot.has, slot.named = state, said.area, has, has & ~lacks
        await self._tell_names(socket, slot, state)

    async def _tell_ships(self, socket: WebSocket, slot: Slot) -> None:
        state, area, held = self._state, slot.wish, slot.state
        if state is None or (held is state and slot.area == area):
            return
        loop, elsewhere = asyncio.get_running_loop(), held is not None and slot.area != area
        began_s = loop.time()
        if elsewhere and began_s < slot.looked_s:
            area, elsewhere = slot.area, False  # for now as before; what it wishes it gets soon
            loop.call_at(slot.looked_s, slot.wake.set)
            if held is state:
                return
        has, number = self._within(state, area), area.number if area else 0
        if held is None or held.epoch != state.epoch:
            key: tuple[Any, ...] = ("snapshot", state.epoch, state.seq, area)
            frame = self._made.get(key) or state.snapshot(has, number)
            slot.named = np.zeros(len(has), np.bool_)
        else:
            key = ("change", state.epoch, held.seq, slot.area, state.seq, area)
            frame = self._made.get(key) or change(held, slot.has, state, has, number)
            named = np.zeros(len(has), np.bool_)
            named[: len(slot.named)] = slot.named
            slot.named = named & (state.named <= held.seq)
        self._keep(key, frame)
        if elsewhere:
            slot.looked_s = began_s + min(LONGEST_WAIT_S, (loop.time() - began_s) * len(self.slots) / LOOKING_SHARE)
        await socket.send_bytes(frame)
        slot.state, slot.area, slot.has = state, area, has
        await self._tell_names(socket, slot, state)

    async def _tell_names(self, socket: WebSocket, slot: Slot, state: State) -> None:
        """The names that a page lacks of the ships that it holds."""
        lacks = slot.has & ~slot.named
        if not lacks.any():
            return
        key = ("names", state.epoch, state.seq, lacks.tobytes())
        if key not in self._made:
            self._keep(key, await asyncio.to_thread(named, state, lacks))  # of a whole sea it takes a while
        texts: list[str] = self._made[key]
        for text in texts:
            await socket.send_text(text)
        slot.named = slot.named | lacks

    def _within(self, state: State, area: Area | None) -> Bool:
        key = ("within", state.epoch, state.seq, area)
        made = self._made.get(key)
        if made is None:
            made = state.within(area)
            self._keep(key, made)
        return cast(Bool, made)

    def _newer(self, kind: str, than: int) -> list[Any]:
        return [thing for _, thing in self.newer(kind, than)]

    def newer(self, kind: str, than: int) -> list[tuple[int, Any]]:
        """What changed after a number, each thing once and as it is now, with the number of its change; in the order of these."""
        with self._lock:
            return [(number, thing) for number, thing in self._changed[kind].values() if number > than]

    def newest(self) -> tuple[int, int, Any]:
        """The number of the newest change, that up to which changes are no longer kept, and the epoch."""
        with self._lock:
            return self._number, self._forgotten, self._hello[1].get("epoch") if self._hello else None

    def _keep(self, key: tuple[Any, ...], made: Any) -> None:
        """Keep what was just made for the other pages that lack the same; a few will do, all the newest."""
        self._made[key] = made
        while len(self._made) > MOST_MADE:
            self._made.popitem(last=False)


def named(state: State, wanted: Bool) -> list[str]:
    """The messages that tell the names of ships."""
    rows = state.names_of(wanted)
    parts = [rows[at : at + NAMES_A_MESSAGE] for at in range(0, len(rows), NAMES_A_MESSAGE)]
    return [encoded({"type": "names", "ships": part}) for part in parts]
