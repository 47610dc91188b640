"""The history's answer to a browser: bounded in how many ask at once, and never in the way of anything else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tankerwatch.web.said_before import MOST_WAITING


def test_what_is_asked_of_the_history(client):
    assert client.get("/api/ships/200000001/history").json()["claims"] == []
    assert {client.get(f"/api/ships/{ship}/history").status_code for ship in ("5", "x", "99999999999")} == {404}
    refused = client.get("/api/ships/200000002/history")
    assert (refused.status_code, refused.json()) == (503, {"error": "the history is damaged", "help": "make it anew"})


def test_a_slow_history_holds_up_nothing_and_so_many_may_wait(client, running, harbour):
    asked, go_on = threading.Semaphore(0), threading.Event()

    def slow(ship):
        asked.release()
        go_on.wait(100)
        return {"id": ship}

    harbour.slow = slow
    with ThreadPoolExecutor(MOST_WAITING + 1) as many:
        waiting = [many.submit(client.get, "/api/ships/7/history") for _ in range(MOST_WAITING + 1)]
        running.until(lambda: any(future.done() for future in waiting))
        refused = [future.result() for future in waiting if future.done()]
        assert [answer.status_code for answer in refused] == [503] and "ask again" in refused[0].json()["help"]
        assert client.get("/api/ships/200000001/page").status_code == 200, "all else is answered meanwhile"
        assert asked.acquire(timeout=60) and not asked.acquire(timeout=0.05), "one at a time"
        go_on.set()
        assert sorted(future.result().status_code for future in waiting) == [200] * MOST_WAITING + [503]
    assert client.get("/api/ships/7/history").json() == {"id": 7}
