"""The newest frames in memory, for copies that are a little behind."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from tankerwatch.store.frames import Placed


class Window:
    """Consecutive frames, at most about `most_bytes` of them; filled by one thread, read by any."""

    def __init__(self, most_bytes: int) -> None:
        self.changed = threading.Condition()
        self._frames: deque[Placed] = deque()
        self._bytes = 0
        self._most_bytes = most_bytes

    def add(self, frames: Sequence[Placed]) -> None:
        """Frames that follow those here; whoever waits is woken."""
        with self.changed:
            self._frames.extend(frames)
            self._bytes += sum(len(frame.raw) for frame in frames)
            self.changed.notify_all()

    def trim(self, held_frame: int) -> None:
        """Let the oldest go while there are too many, but none behind `held_frame`: nobody else may have it."""
        with self.changed:
            while self._frames and self._bytes > self._most_bytes and self._frames[0].header.frame <= held_frame:
                self._bytes -= len(self._frames.popleft().raw)

    def after(self, frame: int, most_bytes: int) -> list[Placed] | None:
        """The frames behind `frame`, some of them, in order; none when there are none yet; None when the next one is not here any more."""
        with self.changed:
            if not self._frames or self._frames[-1].header.frame <= frame:
                return []
            first = self._frames[0].header.frame
            if first > frame + 1:
                return None
            found: list[Placed] = []
            size = 0
            for index in range(frame + 1 - first, len(self._frames)):
                placed = self._frames[index]
                size += len(placed.raw)
                if found and size > most_bytes:
                    break
                found.append(placed)
            return found
