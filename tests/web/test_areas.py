"""What a page says of where it looks, and what it is told of it: against an independent reading, and over real sockets."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ports import PictureNow
from tankerwatch.web import changes, frames
from tankerwatch.web.areas import Area, Resume, understood
from tankerwatch.web.live import Hub

sys.path.insert(0, str(Path(__file__).parent))

from frame_reader import Held, numbers

NAN = float("nan")
SEA = {"number": 3, "west_deg": 50, "south_deg": 20.5, "east_deg": 60, "north_deg": 30, "ships": [538008888]}


def drawn(version: int, ships: list[dict], epoch: int = 1, clock_s: float = 1560394201.5) -> PictureNow:
    """A picture of ships, each with what is not usual of her."""
    usual = {"lon_deg": 55.0, "lat_deg": 25.0, "heard_s": clock_s - 2, "cog_deg": 90.0, "sog_kn": 10.0, "heading_deg": 90.0}
    usual |= {"length_m": 200.0, "kind": 1, "flags": 0, "gone": False}
    types = {"kind": np.uint8, "flags": np.uint8, "gone": np.bool_}
    columns = {name: np.array([ship.get(name, value) for ship in ships], types.get(name, float)) for name, value in usual.items()}
    names = [(slot + 1, ship.get("name", f"SHIP {slot}"), slot + 1, "PA") for slot, ship in enumerate(ships)]
    return PictureNow(epoch=epoch, version=version, clock_s=clock_s, names=names, **columns)


def rows_of(state: frames.State, has) -> dict:
    return {int(slot): tuple(int(state.columns[name][slot]) for name in frames.WIRE) for slot in np.flatnonzero(has)}


def test_what_a_page_may_say():
    assert understood(json.dumps({"type": "view", **SEA})) == Area(3, 50, 20.5, 60, 30, (538008888,))
    assert understood('{"type": "resume", "epoch": 5, "seq": 7, "more": 1}') == Resume(5, 7, None)
    assert understood(json.dumps({"type": "resume", "epoch": 5, "seq": 7, "area": SEA})) == Resume(
        5, 7, Area(3, 50, 20.5, 60, 30, (538008888,))
    )
    for wrong in (None, 5, b"x", "x" * 5000, "{", "[" * 4000, "[]", '{"type": "resume"}', '{"type": "resume", "epoch": 1.5, "seq": 2}'):
        assert understood(wrong) is None
    wrongs = [
        {"number": 0},
        {"number": True},
        {"number": 2**32},
        {"west_deg": "50"},
        {"west_deg": NAN},
        {"west_deg": 181},
        {"west_deg": True},
    ]
    wrongs += [
        {"south_deg": 40},
        {"north_deg": 1e999},
        {"north_deg": 10**400},
        {"number": 10**400},
        {"ships": 5},
        {"ships": [1.5]},
        {"ships": [-1]},
        {"ships": list(range(1, 300))},
    ]
    for wrong in wrongs:
        assert understood(json.dumps({"type": "view", **SEA, **wrong})) is None, wrong
        assert understood(json.dumps({"type": "resume", "epoch": 5, "seq": 7, "area": {**SEA, **wrong}})) is None, wrong


def test_who_is_told_of_in_an_area():
    ships = [
        {},
        {"lon_deg": 61.0},
        {"lat_deg": 31.0},
        {"lon_deg": NAN, "lat_deg": NAN},
        *({"lon_deg": 0.0, "flags": flag} for flag in (1, 2, 4, 8, 16, 32, 64, 128)),
        {"lon_deg": 0.0},
        {"gone": True, "flags": 1},
    ]
    state = frames.advanced(None, drawn(1, ships))
    assert np.flatnonzero(state.within(Area(1, 50, 20, 60, 30, (13,)))).tolist() == [0, 4, 6, 11, 12], "alert, guarded, own fleet, wanted"
    assert state.within(None).tolist() == [True] * 13 + [False]
    pacific = frames.advanced(None, drawn(1, [{"lon_deg": 179.5}, {"lon_deg": -179.5}, {"lon_deg": 0.0}]))
    assert pacific.within(Area(1, 170, -90, -170, 90)).tolist() == [True, True, False]
    assert pacific.within(Area(1, -180, -90, 180, 90)).tolist() == [True, True, True]


@given(st.lists(st.integers(0, 2**35 - 1), max_size=30))
def test_numbers_take_as_few_bytes_as_they_need(values):
    made = changes.varints(np.array(values, np.int64))
    assert list(numbers(made)) == values
    assert len(made) == sum(max(1, -(-value.bit_length() // 7)) for value in values)


ship = st.fixed_dictionaries(
    {},
    optional={
        "lon_deg": st.sampled_from([-180.0, -179.9999995, 49.9, 55.1, 180.0, NAN]),
        "lat_deg": st.sampled_from([-90.0, 25.00001, 31.0, 90.0, NAN]),
        "heard_s": st.sampled_from([0.0, 1560394100.0, 2.0**32 - 1, NAN]),
        "cog_deg": st.sampled_from([0.0, 359.9, NAN]),
        "sog_kn": st.sampled_from([0.0, 102.2, NAN]),
        "heading_deg": st.sampled_from([0.0, 359.0, NAN]),
        "length_m": st.sampled_from([0.0, 400.0]),
        "kind": st.sampled_from([0, 14]),
        "flags": st.sampled_from([0, 1, 16, 255]),
        "gone": st.booleans(),
    },
)
area = st.sampled_from([None, Area(1, 50, 20, 60, 30), Area(2, 170, -90, -170, 90, (1, 2)), Area(3, 0, 0, 0, 0)])


@given(st.data())
def test_a_page_of_any_pace_that_looks_anywhere_has_its_ships(data):
    page, state, held, has, ships = Held(), None, None, None, []
    for version in range(1, data.draw(st.integers(1, 6)) + 1):
        ships = [data.draw(ship) for _ in range(max(len(ships), data.draw(st.integers(0, 5))))]
        state = frames.advanced(state, drawn(version, ships, clock_s=data.draw(st.sampled_from([1560394201.5, NAN]))))
        if not data.draw(st.booleans()):
            continue  # this page was slow
        looks = data.draw(area)
        wanted = state.within(looks)
        number = looks.number if looks else 0
        page.take(state.snapshot(wanted, number) if held is None else changes.change(held, has, state, wanted, number))
        held, has = state, wanted
        assert (page.ships, page.seq, page.view) == (rows_of(state, wanted), state.seq, number)


def test_a_busy_sea_takes_few_bytes():
    """50,000 ships in view, of which a tenth report each second: the bar is 60 kB a second."""
    dice, ships = np.random.default_rng(6), 50_000
    clock_s = 1.76e9
    heard = clock_s - dice.uniform(0, 60, ships)
    lat, lon, cog = dice.uniform(-60, 60, ships), dice.uniform(-180, 180, ships), dice.uniform(0, 360, ships)
    sog = np.clip(dice.normal(11, 4, ships), 0, 25)
    still, names = np.zeros(ships, np.uint8), [(slot + 1, "", slot + 1, "") for slot in range(ships)]
    state, told, seconds = None, 0, 4
    for version in range(seconds * 5 // 2 + 1):
        before, clock_s = state, clock_s + 0.4
        if before is not None:
            who = dice.choice(ships, ships // 25, replace=False)
            miles = sog[who] * (clock_s - heard[who]) / 3600
            lat[who] += miles / 60 * np.cos(np.radians(cog[who]))
            lon[who] += miles / 60 * np.sin(np.radians(cog[who])) / np.cos(np.radians(lat[who]))
            cog[who] = (cog[who] + dice.normal(0, 1.5, len(who))) % 360
            sog[who] = np.clip(sog[who] + dice.normal(0, 0.2, len(who)), 0, 30)
            heard[who] = clock_s
        columns = {"lon_deg": lon.copy(), "lat_deg": lat.copy(), "heard_s": heard.copy(), "cog_deg": cog.copy(), "sog_kn": sog.copy()}
        now = PictureNow(
            epoch=1,
            version=version,
            clock_s=clock_s,
            heading_deg=np.rint(cog),
            length_m=still + 200,
            kind=still,
            flags=still,
            names=names,
            gone=still.astype(bool),
            **columns,
        )
        state = frames.advanced(before, now)
        if before is not None:
            told += len(changes.change(before, before.shown, state, state.shown, 1))
    assert told / seconds < 55_000, "and a little is left for health and alerts"


# -- over a real socket -------------------------------------------------------------------------------------------------


def frame_of(page, held: Held, want) -> dict:
    """Frames until one after which `want` of what is held is true."""
    while True:
        message = page.recv(timeout=60)
        if isinstance(message, bytes):
            head = held.take(message)
            if want():
                return head


def test_a_page_is_told_of_what_it_looks_at_and_resumes(running, harbour):
    harbour.move(25.4, 45.0, 26.0)
    with running.page() as page:
        page.send(json.dumps({"type": "view", **SEA, "ships": []}))
        held, names = Held(), []
        while not names:
            message = page.recv(timeout=60)
            if isinstance(message, bytes):
                assert held.take(message)["kind"] == 1
            elif json.loads(message)["type"] == "names":
                names = json.loads(message)["ships"]
        assert (sorted(held.ships), held.view, [row[0] for row in names]) == ([0, 2], 3, [0, 2])
        page.send(json.dumps({"type": "view", **SEA, "number": 4, "ships": [200000002]}))
        assert frame_of(page, held, lambda: held.view == 4)["kind"] == 4
        assert sorted(held.ships) == [0, 1, 2]
        page.send(json.dumps({"type": "view", **SEA, "number": 5, "south_deg": 40, "north_deg": 50}))
        frame_of(page, held, lambda: held.view == 5)
        assert sorted(held.ships) == [1]
        harbour.move(25.4, 46.0, 41.0)
        frame_of(page, held, lambda: sorted(held.ships) == [1, 2])
        assert held.ships[1][1] == 460000000
    harbour.move(44.0, 46.5, 25.0)
    with running.page() as page:
        resume = {"type": "resume", "epoch": 5, "seq": held.seq, "area": {**SEA, "number": 5, "south_deg": 40, "north_deg": 50}}
        page.send(json.dumps(resume))
        names = []
        head = frame_of(page, held, lambda: sorted(held.ships) == [0, 1])
        assert (head["kind"], head["view"], held.told) == (2, 5, 2)
        harbour.move(44.0, 46.6, 25.0)
        head = frame_of(page, held, lambda: held.told == 1)
        assert (head["kind"], head["view"], sorted(held.ships)) == (4, 5, [0, 1]), "and then only what differs, of where it looked"


def test_pages_that_stand_still_hold_up_nobody(harbour):
    """Five of fifty read nothing: each has the one message that it does not read, and of what it lacks nothing is kept but one state."""
    stalled = 5

    class Socket:
        def __init__(self, reads: bool):
            self.reads, self.waits, self.got, self.held = reads, 0, [], Held()

        async def accept(self):
            pass

        async def close(self, code=1000, reason=""):
            pass

        async def receive(self):
            await asyncio.Event().wait()

        async def send_text(self, text):
            await self.send_bytes(b"")

        async def send_bytes(self, data):
            if not self.reads:
                self.waits += 1
                await asyncio.Event().wait()
            if data:
                self.got.append(asyncio.get_running_loop().time())

    async def run():
        hub, desk = Hub(push_s=10, health_s=10), harbour.desk()
        sockets = [Socket(number >= stalled) for number in range(50)]
        attended = [asyncio.create_task(hub.attend(socket, desk)) for socket in sockets]
        quick = sockets[stalled:]
        while any(len(socket.got) < 1 for socket in quick):
            await asyncio.sleep(0.01)
        late_s = []
        for step in range(20):
            harbour.move(25.4, 26 + step / 100)
            asked_s = asyncio.get_running_loop().time()
            await hub.look(desk)
            while any(len(socket.got) < step + 2 for socket in quick):
                await asyncio.sleep(0)
            late_s.append(max(socket.got[-1] for socket in quick) - asked_s)
        states = {id(slot.state) for slot in hub.slots if slot.state is not None}
        made = len(hub._made)
        for task in attended:
            task.cancel()
        await asyncio.gather(*attended, return_exceptions=True)
        return sockets, late_s, states, made

    sockets, late_s, states, made = asyncio.run(run())
    assert [socket.waits for socket in sockets[:stalled]] == [1] * stalled
    assert all(len(socket.got) == 21 for socket in sockets[stalled:]), "every state, each once"
    assert sorted(late_s)[len(late_s) // 2] < 0.2
    assert len(states) == 1 and made < 150
