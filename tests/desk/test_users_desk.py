"""A real desk with users and TLS, and the commands that come to it with tokens."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from tankerwatch.cli import main
from tankerwatch.cli.arguments import parse
from tankerwatch.cli.calling import TOKEN, Line, desk_of
from tankerwatch.cli.top.desk import Seen, attend
from tankerwatch.core.errors import InputFault
from tankerwatch.ingest.clock import now
from tankerwatch.store.copies.access import make_certificate
from tankerwatch.web.access.users import Users

PATIENCE_S = 60


def test_commands_and_programs_come_in_by_tokens(start_desk, tmp_path, capsys, monkeypatch):
    data, ca = tmp_path / "data", tmp_path / "certificate.pem"
    data.mkdir()
    make_certificate(tmp_path, ["localhost"], now())
    Users(data / "users.json", memory_kb=64).add("ADA", "admin", "six calm herons over Fujairah")
    settings = tmp_path / "desk.toml"
    settings.write_text('[desk]\nhosts = ["localhost"]\ncertificate_file = "certificate.pem"\nkey_file = "key.pem"\n')
    monkeypatch.delenv(TOKEN, raising=False)

    def said(*words):
        status = main([*map(str, words)])
        out = capsys.readouterr()
        return status, out.out, out.err

    with start_desk("tcp://127.0.0.1:1", "--config", settings, data, listen="0.0.0.0:0") as desk:
        where = ("--desk", f"https://localhost:{desk.port}/", "--ca-file", ca)
        look = ("top", *where, "--once", "--json")
        status, _, err = said(*look)
        assert status == 2 and "the desk refuses: log in first" in err and "--token-file" in err and err.count("\n") == 1
        # The desk runs: what is added counts at once, and so does what is removed.
        viewer, radar = tmp_path / "viewer.token", tmp_path / "radar.token"
        assert said("users", "token", "add", "prometheus", "--role", "viewer", "--data", data, "-o", viewer)[0] == 0
        status, secret, err = said("users", "token", "add", "radar", "--role", "watchkeeper", "--expires", "90d", "--data", data)
        assert status == 0 and secret.startswith("twt_") and secret.strip() not in err and "until 20" in err
        radar.write_text(secret)
        radar.chmod(0o600)
        status, out, _ = said(*look, "--token-file", viewer)
        assert status == 0 and json.loads(out)["health"]["mode"] == "live"
        assert "a viewer may not do this" in said("report", "Smoke", *where, "--token-file", viewer)[2]
        assert said("report", "Smoke seen", *where, "--token-file", radar, "--json")[0] == 0
        monkeypatch.setenv(TOKEN, secret.strip())
        assert said("report", "Fire seen", *where, "--kind", "sighting")[0] == 0
        assert "not to be trusted: self-signed" in said("top", "--desk", f"https://localhost:{desk.port}", "--once")[2]
        assert "no desk answers" in said("top", "--desk", f"https://localhost:{desk.port - 1}", "--once")[2]

        async def attended(line):
            seen, told = Seen(), asyncio.Event()
            listening = asyncio.create_task(attend(line, seen, told.set))
            await asyncio.wait_for(told.wait(), PATIENCE_S)
            listening.cancel()
            return seen

        line = desk_of(parse(["top", *map(str, where)]))
        assert asyncio.run(attended(line)).connected
        wrong = asyncio.run(attended(Line(line.host, line.port, line.context, "twt_wrong")))
        assert not wrong.connected and wrong.problem == "it lets us not in: --token-file"

        scraper = HTTPSConnection("localhost", desk.port, timeout=PATIENCE_S, context=ssl.create_default_context(cafile=str(ca)))
        scraper.request("GET", "/metrics", headers={"Authorization": f"Bearer {viewer.read_text().strip()}"})
        assert b"tankerwatch_journal_ok 1" in scraper.getresponse().read()
        scraper.close()

        assert said("users", "token", "remove", "prometheus", "--data", data)[0] == 0
        assert "this is no token of this desk" in said(*look, "--token-file", viewer)[2]
        end_s = time.monotonic() + PATIENCE_S
        while "wrong token" not in (out := said("journal", data, "--json")[1]):
            assert time.monotonic() < end_s, "it is not in the journal"

    for held in (path.read_bytes() for path in data.rglob("*") if path.is_file()):
        assert secret.strip().encode() not in held, "it is kept nowhere"
    kept = [line for line in out.splitlines() if "radar (token)" in line or "prometheus (token)" in line]
    for what in ("token_added", "token_removed", "by token", "Fire seen"):
        assert any(what in line for line in kept), what


def test_a_token_is_sent_to_no_other_machine_in_the_clear(tmp_path, monkeypatch):
    held = tmp_path / "t"
    held.write_text("twt_x\n")
    held.chmod(0o600)
    for url in ("10.0.0.1:8420", "http://desk.example:8420", "http://0.0.0.0:8420", "http://127.0.0.1.desk.example:80", "desk:1\nx"):
        with pytest.raises(InputFault, match="no desk on this machine") as fault:
            desk_of(parse(["top", "--desk", url, "--token-file", str(held)]))
        assert "https://" in fault.value.help
    for url in ("https://", "https://ann:pw@desk.example", "https://desk.example/x", "https://desk.example:99999", "https://desk?x=1"):
        with pytest.raises(InputFault, match="is no desk"):
            desk_of(parse(["top", "--desk", url, "--token-file", str(held)]))
    line = desk_of(parse(["report", "x", "--desk", "https://desk.example", "--token-file", str(held)]))
    assert (line.where, line.headers) == ("desk.example:443", {"Authorization": "Bearer twt_x"}) and "twt_x" not in repr(line)
    assert line.context.verify_mode is ssl.CERT_REQUIRED and line.context.check_hostname
    assert desk_of(parse(["top", "--desk", "[::1]:80", "--token-file", str(held)])).where == "[::1]:80"
    for text in ("", "a b", "x" * 500, "\u00e9"):
        held.write_text(text)
        with pytest.raises(InputFault, match="holds no token"):
            desk_of(parse(["top", "--token-file", str(held)]))
        if text:
            monkeypatch.setenv(TOKEN, text)
            with pytest.raises(InputFault, match=f"{TOKEN}: holds no token"):
                desk_of(parse(["top"]))
    held.write_text("twt_x")
    held.chmod(0o604)
    with pytest.raises(InputFault, match="everybody can read it"):
        desk_of(parse(["top", "--token-file", str(held)]))
    for wrong, words in ((["--token-file", str(tmp_path / "none")], "cannot be read"), (["--ca-file", str(held)], "cannot be used")):
        monkeypatch.delenv(TOKEN, raising=False)
        with pytest.raises(InputFault, match=words):
            desk_of(parse(["top", "--desk", "https://desk.example", *wrong]))


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ('listen = "127.0.0.1:8421"', "127.0.0.1:8421"),
        ('listen = "0.0.0.0:8443"\nhosts = ["desk.example"]\ncertificate_file = "c"\nkey_file = "k"', "desk.example:8443"),
        ('listen = "0.0.0.0:8443"\nhosts = ["desk.example:443"]\ncertificate_file = "c"\nkey_file = "k"', "desk.example:443"),
        ('listen = "192.0.2.1:8443"\ncertificate_file = "c"\nkey_file = "k"', "192.0.2.1:8443"),
        ('hosts = ["desk.example"]\ntrusted_proxies = ["127.0.0.1"]', "desk.example:443"),
    ],
)
def test_a_desk_is_found_by_its_configuration(tmp_path, settings, where):
    path: Path = tmp_path / "desk.toml"
    path.write_text(f"[desk]\n{settings}\n")
    line = desk_of(parse(["top", "--config", str(path)]))
    assert line.where == where and (line.context is None) == where.startswith("127")
