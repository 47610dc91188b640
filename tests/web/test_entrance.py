"""How a desk is reached: refusals to begin, proxies, TLS, users on the command line, and what of it is in the journal."""

from __future__ import annotations

import io
import json
import socket
import ssl
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_access import PASSWORD, PATIENCE_S, Harbour, Served, make_users, until

from tankerwatch.cli import main
from tankerwatch.config import check
from tankerwatch.config.access import Access, listened
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch
from tankerwatch.desk.entrance import entrance
from tankerwatch.ingest import report as reports
from tankerwatch.ingest.clock import now
from tankerwatch.store.copies.access import make_certificate
from tankerwatch.web.app import create_app
from tankerwatch.web.guard import Front, Guard
from tankerwatch.web.live import Hub

PROXY = ip_network("192.0.2.0/28")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("entrance")
    make_certificate(folder, ["127.0.0.1"], now())
    make_users(folder / "users.json")
    return folder


def tls(files, **more):
    return Access(users_file=files / "users.json", certificate_file=files / "certificate.pem", key_file=files / "key.pem", **more)


def test_other_machines_reach_no_desk_that_asks_nobody(files):
    whole = tls(files, hosts=("desk.example",))
    for listen, access, words in (
        ("0.0.0.0:0", replace(whole, certificate_file=None), "there is no TLS"),
        ("0.0.0.0:0", replace(whole, users_file=files / "none.json"), "nobody may log in"),
        ("0.0.0.0:0", replace(whole, users_file=None), "nobody may log in"),
        ("[::]:0", replace(whole, hosts=()), "has no name"),
        ("192.0.2.200:0", whole, "is not of this machine"),
        ("desk.example:0", whole, "no address"),
        ("127.0.0.1:0", Access(proxies=(PROXY,)), "nobody may log in"),
        ("0.0.0.0:0", replace(whole, key_file=files / "certificate.pem"), "cannot be used"),
        ("0.0.0.0:0", replace(whole, certificate_file=files / "none.pem"), "cannot be used"),
    ):
        with pytest.raises(InputFault, match=words) as fault:
            entrance(listen, access)
        assert fault.value.help and "\n" not in str(fault.value), listen
    alone = entrance("127.0.0.1:0", Access())
    assert alone.door is None and alone.server.front == Front() and alone.server.url.startswith("http://127.0.0.1:")
    behind = entrance("127.0.0.1:0", replace(whole, certificate_file=None, key_file=None, proxies=(PROXY,)))
    assert behind.door is not None and behind.server.url == "https://desk.example/" and "desk.example" in behind.server.hosts
    for opened in (alone, behind):
        opened.server._socket.close()


def test_the_command_refuses_in_one_line(capsys, tmp_path):
    status = main(["watch", "tcp://127.0.0.1:1", "--listen", "0.0.0.0:0", "--data", str(tmp_path / "data")])
    said = capsys.readouterr().err
    assert status == 2 and said.count("\n") == 1 and "can be reached from other machines, and there is no TLS" in said


def test_a_desk_with_tls_and_users(files, tmp_path, monkeypatch):
    monkeypatch.setattr("tankerwatch.web.serve.HANDSHAKE_S", 1.0)
    opened = entrance("0.0.0.0:0", tls(files, hosts=("localhost",)))
    (tmp_path / "login.html").write_text("<title>login</title>")
    harbour = Harbour()
    served = Served(
        opened.server,
        lambda server: create_app(harbour.desk(), Hub(), hosts=server.hosts, dist=tmp_path, front=server.front, door=opened.door),
    )
    try:
        base = f"https://127.0.0.1:{opened.server.port}"
        context = ssl.create_default_context(cafile=str(files / "certificate.pem"))
        with httpx.Client(base_url=base, verify=context, timeout=PATIENCE_S, trust_env=False) as client:
            answer = client.get("/login")
            assert "max-age" in answer.headers["strict-transport-security"]
            policy = answer.headers["content-security-policy"]
            assert f"wss://127.0.0.1:{opened.server.port}" in policy and " ws:" not in policy and "0.0.0.0" not in policy
            entered = client.post("/api/login", json={"name": "WILL", "password": PASSWORD}, headers={"Origin": base})
            assert entered.status_code == 200 and "__Host-tankerwatch" in client.cookies
            assert client.get("/api/alerts").status_code == 200
            plain = {"Origin": base.replace("https", "http"), "X-CSRF-Token": client.get("/api/session").json()["csrf"]}
            assert client.post("/api/guard", json={"ship": 200000001, "guard": True}, headers=plain).status_code == 403
            assert client.get("/api/alerts", headers={"Host": "desk.example"}).status_code == 403
        monkeypatch.setattr("tankerwatch.web.slow.own", lambda address: False)
        monkeypatch.setattr("tankerwatch.web.slow.Doorstep.most_of_one", 2)

        def open_lines():
            return sum(line.fileno() >= 0 for line, _ in opened.server._socket._open)

        until(lambda: not open_lines())
        with ExitStack() as held:
            lines = [held.enter_context(socket.create_connection(("127.0.0.1", opened.server.port), PATIENCE_S)) for _ in range(3)]
            lines[0].sendall(b"\x16\x03\x01")  # a handshake begins
            with suppress(ConnectionError):
                assert lines[2].recv(1) == b"", "who has so many others is not even asked"
            assert open_lines() == 2
            for line in lines[:2]:
                with suppress(ConnectionError):
                    assert line.recv(1) == b"", "who never ends her handshake is not waited for"
            until(lambda: not open_lines())
    finally:
        served.stop()


async def asked(front, client, headers, **more):
    """Status, or the scope that reached the application."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)

    async def send(message):
        seen.append(message.get("status", message.get("code")))

    lines = [(name.lower().encode(), value.encode()) for name, value in (("Host", "desk.example"), *headers)]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": lines, "client": (client, 5), "scheme": "http", **more}
    await Guard(app, frozenset({"desk.example"}), front)(scope, None, send)
    return seen[0]


@pytest.mark.parametrize(
    ("client", "headers", "address"),
    [
        ("192.0.2.1", {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https"}, "198.51.100.9"),
        ("192.0.2.1", {"X-Forwarded-For": "1.1.1.1, 198.51.100.9, 192.0.2.2", "X-Forwarded-Proto": "https"}, "198.51.100.9"),
        ("::ffff:192.0.2.1", {"X-Forwarded-For": "2001:db8::9", "X-Forwarded-Proto": "https"}, "2001:db8::9"),
        ("192.0.2.1", {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "http"}, None),
        ("192.0.2.1", {"X-Forwarded-For": "198.51.100.9"}, None),
        ("192.0.2.1", {"X-Forwarded-Proto": "https"}, None),
        ("192.0.2.1", {"X-Forwarded-For": "unknown", "X-Forwarded-Proto": "https"}, None),
        ("192.0.2.1", {"X-Forwarded-For": "192.0.2.3", "X-Forwarded-Proto": "https"}, None),
        ("198.51.100.7", {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}, None),
        ("198.51.100.7", {}, None),
    ],
)
def test_only_a_proxy_that_is_known_is_believed(client, headers, address):
    import asyncio

    found = asyncio.run(asked(Front(proxies=(PROXY,)), client, headers.items()))
    assert found == 403 if address is None else (found["client"][0], found["scheme"]) == (address, "https")


@pytest.mark.parametrize(
    ("front", "hosts", "opened"),
    [
        (Front(tls=True), {"127.0.0.1:8443", "localhost:8443", "desk.example", "desk.example:8443"}, "https://desk.example:8443/"),
        (Front(proxies=(PROXY,)), {"127.0.0.1:8420", "localhost", "desk.example", "desk.example:8420"}, "https://desk.example/"),
        (Front(), {"127.0.0.1:8420", "localhost:8420", "[::1]:8420"}, "http://127.0.0.1:8420/"),
    ],
)
def test_who_asks_for_another_address_is_told_one_where_the_desk_is(front, hosts, opened):
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"203.0.113.4:8443")]}
    assert Guard(None, frozenset(hosts), front).problem(scope) == ("this desk has another address", f"open {opened}")


def test_a_desk_that_knows_no_proxy_is_not_passed_on_by_one():
    import asyncio

    for name in ("X-Forwarded-For", "Forwarded", "X-Forwarded-Proto", "X-Forwarded-Host"):
        assert asyncio.run(asked(Front(), "127.0.0.1", [(name, "for=1.1.1.1")])) == 403
    seen = asyncio.run(asked(Front(tls=True), "198.51.100.7", [("X-Forwarded-For", "127.0.0.1")]))
    assert seen["client"][0] == "198.51.100.7", "who comes straight by TLS says nothing of where from"


def test_users_on_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tankerwatch.web.access.users.MEMORY_KB", 64)
    data = tmp_path / "data"

    def said(*words, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(["users", *words, "--data", str(data)])
        out = capsys.readouterr()
        return status, out.out + out.err

    assert said("list") == (0, "nobody; tankerwatch users add NAME --role ROLE\n")
    assert said("add", "ANNA", "--role", "watchkeeper", typed=PASSWORD + "\n") == (0, "ANNA may log in as watchkeeper\n")
    assert (data / "users.json").stat().st_mode & 0o777 == 0o600
    assert said("role", "anna", "admin", "--json") == (0, '{"name": "ANNA", "role": "admin"}\n')
    assert said("password", "ANNA", typed="another five calm herons\n")[0] == 0
    assert said("list")[1].split() == ["admin", "ANNA"]
    status, words = said("add", "BEN", "--role", "viewer", typed="short\n")
    assert status == 2 and "5 characters are no password" in words and words.count("\n") == 1
    assert said("add", "BEN", "--role", "root", typed=PASSWORD)[0] == 2
    assert said("remove", "ANNA")[0] == 0 and said("remove", "ANNA")[0] == 2
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    typed = iter([PASSWORD, PASSWORD + "x", PASSWORD, PASSWORD])
    monkeypatch.setattr("tankerwatch.cli.users.getpass", lambda prompt: next(typed))
    assert main(["users", "add", "CARL", "--role", "viewer", "--data", str(data)]) == 2
    assert main(["users", "add", "CARL", "--role", "viewer", "--data", str(data)]) == 0


def test_tokens_on_the_command_line(tmp_path, capsys, monkeypatch):
    data, file = tmp_path / "data", tmp_path / "prometheus.token"

    def said(*words):
        status = main(["users", "token", *words, "--data", str(data)])
        out = capsys.readouterr()
        return status, out.out, out.err

    assert said("list") == (0, "none; tankerwatch users token add NAME --role ROLE\n", "")
    assert said("add", "prometheus", "--role", "viewer", "-o", str(file))[:2] == (0, f"{file}\n")
    assert file.stat().st_mode & 0o777 == 0o600 and file.read_text().startswith("twt_")
    status, out, err = said("add", "radar", "--role", "watchkeeper", "--expires", "2d", "--json")
    made = json.loads(out)
    assert (status, err, made["role"]) == (0, "", "watchkeeper") and 0 <= now() + 2 * 86_400 - made["expires_s"] < 60
    assert made["token"] not in (data / "users.json").read_text(), "its hash alone is kept"
    for words, wrong in (
        (("add", "Radar", "--role", "viewer"), "there is a token 'Radar' already"),
        (("add", "x", "--role", "viewer", "-o", str(file)), "is there already"),
        (("add", "x", "--role", "root"), "there is no 'root'"),
        (("add", "x", "--role", "viewer", "--expires", "2020-01-01"), "is over"),
        (("add", "x", "--role", "viewer", "--expires", "0d"), "is no end"),
        (("add", "x", "--role", "viewer", "--expires", "9999999d"), "is no end"),
        (("add", "x (token)", "--role", "viewer", "-o", str(tmp_path / "x")), "is no name"),
        (("remove", "x"), "there is no token 'x'"),
    ):
        status, out, err = said(*words)
        assert (status, out, err.count("\n")) == (2, "", 1) and wrong in err, words
    assert not (tmp_path / "x").exists(), "no secret, no file"
    monkeypatch.setattr("tankerwatch.cli.users.now", lambda: made["expires_s"] + 1)
    told = said("list")[1].splitlines()
    assert told[0] == "viewer       prometheus" and told[1].startswith("watchkeeper  radar, over since 20")
    assert [token["name"] for token in json.loads(said("list", "--json")[1])["tokens"]] == ["prometheus", "radar"]
    assert said("remove", "RADAR")[:2] == (0, "radar may come in no longer\n") and "radar" not in said("list")[1]


def test_settings_of_access(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(
        '[desk]\nlisten = "0.0.0.0:8443"\nusers_file = "u.json"\ncertificate_file = "c.pem"\nkey_file = "k.pem"\nhosts = ["desk.example"]\n'
        'trusted_proxies = ["127.0.0.1", "192.0.2.0/28"]\nidle_minutes = 10\n[public]\nlisten = "0.0.0.0:80"\n'
        '[oidc]\nissuer = "https://login.example/realms/x"\nclient_id = "tw"\nwatchkeepers = ["watch"]\n'
    )
    config, faults = check(path, ())
    assert not faults
    access = config.access
    assert (access.users_file, access.idle_s, access.public, access.proxies[1]) == (tmp_path / "u.json", 600.0, "0.0.0.0:80", PROXY)
    assert access.oidc is not None and access.oidc.issuer == "https://login.example/realms/x"
    for text, where in (
        ('[desk]\ncertificate_file = "c.pem"', "desk.certificate_file"),
        ('[desk]\nhosts = ["https://desk.example/"]', "desk.hosts"),
        ('[desk]\nhosts = ["a b"]', "desk.hosts"),
        ('[desk]\ntrusted_proxies = ["desk.example"]\nhosts = ["d"]', "desk.trusted_proxies"),
        ('[desk]\ntrusted_proxies = ["127.0.0.1"]', "desk.hosts"),
        ('[public]\nlisten = "x"', "public.listen"),
        ("[public]\nlisten = '0.0.0.0:80'\ndelay_minutes = 1", "public.delay_minutes"),
        ('[oidc]\nissuer = "http://login.example"\nclient_id = "x"\nadmins = ["a"]', "oidc.issuer"),
        ('[oidc]\nissuer = "https://login.example"\nadmins = ["a"]', "oidc.client_id"),
        ('[oidc]\nissuer = "https://login.example"\nclient_id = "x"', "oidc.watchkeepers"),
    ):
        path.write_text(text)
        _, faults = check(path, ())
        assert [fault.where.rpartition(" ")[2] for fault in faults] == [where], text
        assert faults[0].help
    assert listened("[::1]:8420") == ("::1", 8420) and listened("x:1") is None and listened("127.0.0.1:x") is None


def test_who_came_and_went_is_journalled_and_judged_by_no_rule():
    from tankerwatch.config import load
    from tankerwatch.detect import catalog
    from tankerwatch.pipeline import River

    told = reports.access("  <b>\u202eEVE\n" + "x" * 100, {"verb": "refused", "address": "198.51.100.7", "words": "wrong"}, 1560394210.0)
    assert told.kind == "access" and len(told.subject) <= 60 and "\u202e" not in told.subject and told.id.startswith("access-")
    known = {"ADA": "admin", "radar (token)": "viewer"}
    assert reports.access("", {"verb": "users", "users": known}, 1.0).content["users"] == known
    assert reports.access("radar (token)", {"verb": "token_removed"}, 1.0).subject == "radar (token)"
    for wrong in ({}, {"verb": "x"}, {"verb": "refused", "words": 5}):
        with pytest.raises(InputFault):
            reports.access("EVE", wrong, 1.0)
    with pytest.raises(InputFault, match="no decision"):
        reports.decision("access", "EVE", {"verb": "log_in"}, 1.0)
    river = River(load(None, catalog.detectors()))
    frames = []
    river.on_frame = frames.append
    changes = river.take(Batch(decisions=(told,)))
    assert not frames and not changes.alerts and river.clock_s != river.clock_s, "as if it had not been"


def test_two_commands_at_once_lose_no_user(tmp_path):
    from tankerwatch.web.access.users import Users

    workers = [
        threading.Thread(target=lambda n=n: Users(tmp_path / "users.json", memory_kb=64).add(f"U{n}", "viewer", PASSWORD)) for n in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE_S)
    assert len(Users(tmp_path / "users.json", memory_kb=64).all()) == 8
