"""Tokens of programs at a desk that other machines reach: wrong, over, removed, beside a cookie, and in the journal.

What each role may do is in test_access.py, for sessions and tokens alike.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import httpx
import pytest
import websockets.exceptions

sys.path.insert(0, str(Path(__file__).parent))

import test_access
from fake_access import PASSWORD, PATIENCE_S, UTC_S, until

from tankerwatch.core.errors import InputFault
from tankerwatch.web.access.users import Users

desk, folder, served, tokens = test_access.desk, test_access.folder, test_access.served, test_access.tokens


def test_a_wrong_token_lets_nobody_in_and_is_told_of(desk, tokens, folder):
    users, right = Users(folder / "users.json"), tokens["viewer"]
    _, old = users.add_token("old", "admin", UTC_S + desk.clock.passed_s + 60)
    with desk.bear(old) as client:
        told = client.get("/api/session").json()
        assert (told["name"], told["role"], told["csrf"]) == ("old (token)", "admin", None) and 0 < told["left_s"] <= 60
        until(lambda: desk.told("log_in"))
        assert desk.told("log_in") == [("old (token)", {"verb": "log_in", "role": "admin", "address": "127.0.0.1", "words": "by token"})]
        desk.clock.passed_s += 60
        answer = client.get("/api/alerts")
        assert (answer.status_code, answer.json()["error"]) == (401, "this token is over")
    wrong = [right[:-1], right[:-1] + ("A" if right[-1] != "A" else "B"), "", "x", right[4:], right.upper(), f"{right} {right}", "x" * 5000]
    for secret in wrong:
        desk.door.by_token._buckets.clear()
        for path in ("/api/alerts", "/api/session", "/login", "/assets/app.js"):
            with desk.bear(secret) as client:
                answer = client.get(path, headers={"Accept": "text/html"})
            assert (answer.status_code, answer.json()["error"]) == (401, "this is no token of this desk"), (secret, path)
            assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"' and right not in answer.text
    with desk.client() as client:
        two = [("Authorization", f"Bearer {right}"), ("Authorization", f"Bearer {right}")]
        assert client.get("/api/alerts", headers=two).status_code == 401, "which of them?"
        assert client.get("/api/alerts", headers={"Authorization": f"bearer  {right}"}).status_code == 200
        assert client.get("/api/alerts", headers={"Authorization": "Basic QURBOng="}).json()["error"] == "log in first"
        assert client.get(f"/api/alerts?access_token={right}", headers={"Cookie": f"tankerwatch={right}"}).status_code == 401
    until(lambda: len(desk.told("refused")) == 30)
    refused = desk.told("refused")
    assert refused[0] == ("old (token)", {"verb": "refused", "words": "its token is over", "address": "127.0.0.1"})
    assert refused[1] == ("", {"verb": "refused", "words": "wrong token", "address": "127.0.0.1"})
    assert desk.door._untold, "a stranger does not fill the disk"
    assert not any(secret in str(desk.harbour.decided) for secret in (right, old)), "no secret is written down"
    users.remove_token("old")


def test_guessing_tokens_is_slowed_down_and_holds_up_nobody_else(desk, tokens):
    with desk.bear("twt_" + "x" * 43) as guessing, desk.bear(tokens["viewer"]) as right:
        assert [guessing.get("/api/alerts").status_code for _ in range(11)] == [401] * 10 + [429]
        answer = guessing.get("/api/alerts")
        assert (answer.status_code, answer.json()["error"]) == (429, "too many wrong tokens") and int(answer.headers["retry-after"]) > 0
        with pytest.raises(websockets.exceptions.InvalidStatus):
            desk.page(guessing).__enter__()
        assert right.get("/api/alerts").status_code == 200
        with desk.log_in("VERA"):
            pass
        desk.clock.passed_s += 20
        assert guessing.get("/api/alerts").status_code == 401


def test_a_token_and_a_cookie_are_the_token_alone(desk, tokens):
    decide = ("POST", "/api/alerts/a1/confirm")
    with desk.log_in("ADA") as ada:
        csrf = ada.headers.pop("X-CSRF-Token")
        for secret, status in ((tokens["viewer"], 403), ("x", 401), ("", 401)):
            for headers in ({}, {"X-CSRF-Token": csrf}):
                headers = {**headers, "Authorization": f"Bearer {secret}".rstrip()}
                assert ada.request(*decide, json={"words": "w"}, headers=headers).status_code == status, "the cookie lends nothing"
        answer = ada.request(*decide, json={"words": "w"}, headers={"Authorization": "Basic QURBOng="})
        assert answer.status_code == 403 and "X-CSRF-Token" in answer.json()["help"], "and no other line saves the token of a session"
        will = {"Authorization": f"Bearer {tokens['watchkeeper']}"}
        foreign = {**will, "Origin": "https://evil.example"}
        assert ada.request(*decide, json={"words": "w"}, headers=foreign).status_code == 403
        assert ada.request(*decide, json={"words": "w"}, headers=will).status_code == 200
        assert ada.post("/api/logout", json={}, headers=will).status_code == 409
        assert ada.post("/api/login", json={"name": "VERA", "password": PASSWORD}, headers=will).status_code == 409
        assert ada.get("/api/session").json()["name"] == "ADA", "her session is as it was"
    assert [content["by"] for kind, _, content in desk.harbour.decided if kind == "confirm"] == ["watchkeeper (token)"]


def test_a_token_that_is_removed_is_out_at_once(desk, tokens, folder):
    with desk.bear(tokens["viewer"]) as client, desk.page(client) as page, client.stream("GET", "/api/events") as events:
        page.recv(timeout=PATIENCE_S)
        lines = events.iter_lines()
        next(lines)
        Users(folder / "users.json").remove_token("viewer")
        assert client.get("/api/alerts").status_code == 401, "not only when the desk looks again"
        desk.do(desk.door.look)
        with pytest.raises(httpx.RemoteProtocolError):  # it would never have ended by itself
            list(lines)
        with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
            while True:
                page.recv(timeout=PATIENCE_S)
        assert closed.value.rcvd.code == 4401
    until(lambda: desk.told("ended") and desk.told("token_removed"))
    assert desk.told("token_removed") == [("viewer (token)", {"verb": "token_removed"})]
    assert desk.told("ended")[0][1]["words"] == "the token was removed"
    made = Users(folder / "users.json").add_token("viewer", "admin")[1]
    with desk.bear(made) as client, desk.bear(tokens["viewer"]) as removed:
        assert client.get("/api/session").json()["role"] == "admin" and removed.get("/api/session").status_code == 401
    desk.do(desk.door.look)
    assert desk.told("token_added")[-1] == ("viewer (token)", {"verb": "token_added", "role": "admin"})


def test_every_token_is_compared_in_constant_time(monkeypatch):
    from tankerwatch.web.access import tokens as module

    compared = []
    real = module.hmac.compare_digest
    monkeypatch.setattr(module.hmac, "compare_digest", lambda kept, given: compared.append((kept, given)) or real(kept, given))
    secrets = [module.new_secret() for _ in range(5)]
    kept = [module.Token(f"t{number}", "viewer", module.hashed(secret)) for number, secret in enumerate(secrets)]
    for number, secret in enumerate((*secrets, "x")):
        compared.clear()
        assert module.fitting(kept, secret) is (kept[number] if number < 5 else None)
        assert [held for held, _ in compared] == [token.hash for token in kept], "all of them, whichever fits"
        assert {given for _, given in compared} == {module.hashed(secret)}, "and their hashes only"
    assert all(len(secret) == 47 and module.SECRET.fullmatch(secret) for secret in secrets) and len(set(secrets)) == 5


def test_the_tokens_in_the_users_file(tmp_path, monkeypatch):
    path = tmp_path / "users.json"
    path.touch(0o600)
    kept = {"name": "A", "role": "viewer", "hash": "0" * 64, "expires_s": None}
    bad = ({"hash": "x"}, {"role": "root"}, {"name": "a\nb"}, {"expires_s": "x"}, {"expires_s": math.inf}, {"expires_s": []})
    wrong = [json.dumps({"version": 1, "users": [], "tokens": [kept | each]}) for each in bad]
    wrong += [json.dumps({"version": 1, "users": [], "tokens": each}) for each in (5, [5], [{}])]
    for held in wrong:
        path.write_text(held)
        with pytest.raises(InputFault, match="no file of users"):
            Users(path)
    path.write_text('{"version": 1, "users": []}')
    users = Users(path)
    assert not users.tokens(), "a file of before there were any"
    token, secret = users.add_token("prometheus", "viewer", 1e9)
    assert users.tokens() == {"prometheus": token} == Users(path).tokens() and secret not in path.read_text()
    for name, role, words in (
        ("Prometheus", "viewer", "already"),
        ("x" * 41, "viewer", "too long"),
        ("a/b", "viewer", "no name"),
    ):
        with pytest.raises(InputFault, match=words):
            users.add_token(name, role)
    with pytest.raises(InputFault, match="no token"):
        users.remove_token("MAX")
    monkeypatch.setattr("tankerwatch.web.access.users.MOST_TOKENS", 1)
    with pytest.raises(InputFault, match="enough"):
        users.add_token("another", "viewer")
    users.add("MAX", "viewer", PASSWORD)
    assert users.remove_token("PROMETHEUS") == token and not users.tokens() and users.find("max")
