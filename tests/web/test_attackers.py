"""What someone tries who wants in, or wants others out: guessing, taking all places, and what the journal says of it."""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import test_access
from fake_access import PASSWORD, make_users

from tankerwatch.web.access.tries import Tries, cookie_of, new_mark

desk, folder, served = test_access.desk, test_access.folder, test_access.served


def test_guessing_is_slowed_down_and_holds_up_nobody_but_who_guesses(desk):
    def tried(client, name, password=PASSWORD):
        return client.post("/api/login", json={"name": name, "password": password})

    tries = desk.door.tries
    with desk.log_in("VERA") as before, desk.client() as client:
        assert [tried(client, "VERA", f"guess number {n}").status_code for n in range(11)] == [401] * 10 + [429]
        answer = tried(client, "VERA")
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0, "not even with the right one"
        tries.by_address._buckets.clear()
        assert tried(client, "vera").status_code == 429, "from this address"
        assert tried(client, "ADA").status_code == 200, "others are not held up"
        known = before.cookies["tankerwatch-known-" + hashlib.sha256(b"vera").hexdigest()[:12]]
        before.cookies.delete("tankerwatch")
        assert tried(before, "VERA").status_code == 200, "nor she herself, where she was before"
        assert [tried(before, "VERA", f"guess number {n}").status_code for n in range(11)] == [401] * 10 + [429], "but there, too, so often"
        for wrong in (known[:-1] + ("0" if known[-1] != "0" else "1"), "x" * 22 + known[22:], known + "x", ""):
            client.cookies.set("tankerwatch-known-" + hashlib.sha256(b"vera").hexdigest()[:12], wrong)
            assert tried(client, "VERA").status_code == 429, wrong
        tries.by_address._buckets.clear()
        tries.by_name._buckets.clear()
        assert desk.do(tries.wait_s, "VERA", "203.0.113.9", "") == 0, "nor at another address"
        for n in range(100):
            desk.do(tries.wait_s, "VERA", f"198.51.100.{n}", "")
        assert desk.do(tries.wait_s, "VERA", "203.0.113.9", "") > 0, "guessing from everywhere at once is slow, too"
        desk.clock.passed_s += 120
        assert tried(client, "VERA").status_code == 200
    assert len(desk.told("refused")) <= 30, "a stranger does not fill the disk"


def test_a_browser_is_no_longer_known_with_another_password(tmp_path):
    users, tries = make_users(tmp_path / "users.json"), Tries(time.monotonic)
    user = users.find("VERA")
    cookies = {cookie_of("vera ", secure=True): new_mark(user)}
    assert tries.known(user, cookies, secure=True) and not tries.known(user, cookies, secure=False)
    for other in (None, users.find("WILL"), users.change("VERA", password="eleven grey whales off Muscat")):
        assert tries.known(other, cookies, secure=True) == ""
