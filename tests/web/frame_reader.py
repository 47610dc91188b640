"""An independent reading of the binary frames, column by column from the words of docs/reference/wire.md, and what a page then holds."""

from __future__ import annotations

import struct

COLUMNS = ("lon", "lat", "heard_s", "cog", "sog", "heading", "length", "kind", "flags")
BITS = {"lon": 1, "lat": 1, "heard_s": 2, "cog": 4, "sog": 8, "heading": 16, "length": 32, "kind": 32, "flags": 32}
NOWHERE = 2147483647


def header(frame: bytes) -> dict:
    magic, kind, version, zero, epoch, seq, count, view, clock_s = struct.unpack_from("<4sBBHIIIId", frame)
    assert (magic, version, zero) == (b"TWF1", 1, 0)
    return {"kind": kind, "epoch": epoch, "seq": seq, "count": count, "view": view, "clock_s": clock_s}


def numbers(data: bytes):
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
    assert not shift, "the last number has no end"


class Held:
    """The ships that a page holds, by slot: the columns as the SNAPSHOT tells them."""

    def __init__(self):
        self.ships, self.seq, self.view, self.told = {}, 0, 0, 0

    def take(self, frame: bytes) -> dict:
        head = header(frame)
        body, count = frame[32:], head["count"]
        if head["kind"] == 4:
            self.change(head, list(numbers(body)))
        elif head["kind"] == 3:
            for slot in struct.unpack(f"<{count}I", body):
                self.ships.pop(slot, None)
        else:
            if head["kind"] == 1:
                self.ships = {}
            self.told = count
            slots, at = struct.unpack_from(f"<{count}I", body), 4 * count
            columns = []
            for code in "iiIHHHHBB":
                columns.append(struct.unpack_from(f"<{count}{code}", body, at))
                at += struct.calcsize(code) * count
            assert at == len(body)
            self.ships |= {slot: tuple(column[row] for column in columns) for row, slot in enumerate(slots)}
        self.seq, self.view = head["seq"], head["view"]
        return head

    def change(self, head: dict, told: list[int]) -> None:
        assert head["seq"] - told[0] == self.seq, "differences from a state that this page does not hold"
        at = 2

        def slots(count):
            nonlocal at
            found, slot = [], -1
            for gap in told[at : at + count]:
                slot += gap + 1
                found.append(slot)
            at += count
            return found

        for slot in slots(told[1]):
            del self.ships[slot]
        rows = slots(head["count"])
        masks = told[at : at + len(rows)]
        at += len(rows)
        made = {slot: list(self.ships.get(slot, ())) for slot in rows}
        for slot, mask in zip(rows, masks, strict=True):
            assert bool(mask & 64) == (slot not in self.ships)
            if mask & 64:
                clock_s = head["clock_s"]
                made[slot] = [0, 0, int(clock_s) if clock_s == clock_s else 0, 0, 0, 0, 0, 0, 0]
        for index, name in enumerate(COLUMNS):
            for slot, mask in zip(rows, masks, strict=True):
                if not mask & BITS[name]:
                    continue
                value = told[at]
                at += 1
                difference = -(value + 1) // 2 if value & 1 else value // 2
                old = made[slot][index]
                if index < 2:
                    steps = (NOWHERE // 10 if old == NOWHERE else old // 10) + difference
                    made[slot][index] = NOWHERE if steps == NOWHERE // 10 else steps * 10
                else:
                    made[slot][index] = old + difference
        assert at == len(told)
        self.told = len(rows)
        self.ships |= {slot: tuple(row) for slot, row in made.items()}
