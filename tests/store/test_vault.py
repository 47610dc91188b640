"""A vault over real TLS: it takes the next append from whoever may, and nothing that anyone says takes away what it has."""

from __future__ import annotations

import json
import random
import select
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.running import (
    MARK,
    Running,
    as_json,
    call,
    frames_of,
    head_of,
    held,
    new_vault,
    raw_line,
    serving,
    until,
)

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import origin
from tankerwatch.store.copies import shelves, vault
from tankerwatch.store.copies.access import init
from tankerwatch.store.copies.remote import Access, Line, VaultTarget, journals_in
from tankerwatch.store.copies.targets import target_of
from tankerwatch.store.log import Fork, Tip


def test_appended_over_tls_and_given_back_to_the_bit(running, batch_of):
    target = VaultTarget(running.url, running.access)
    assert target.tip(MARK) == Tip(0, 0, origin(MARK))
    assert target.seals(MARK) == 0
    frames = frames_of(batch_of, 30)
    assert target.append(MARK, frames[:10]) == Tip(10, 10, frames[9].header.chain)
    assert target.append(MARK, frames[10:]).frame == 30
    assert target.append(MARK, frames[20:]).frame == 30, "what is there already is passed over"
    assert [frame.raw for piece in target.frames(MARK, 12) for frame in piece] == [frame.raw for frame in frames[12:]]
    target.close()
    assert target.tip(MARK).record == 30
    assert held(running) == b"".join(frame.raw for frame in frames)
    assert journals_in(running.url, running.access) == [MARK.hex()]
    target.close()


def test_another_history_is_refused_and_changes_nothing(running, batch_of):
    target = VaultTarget(running.url, running.access)
    frames = frames_of(batch_of, 5)
    target.append(MARK, frames)
    before = held(running)
    other = frames_of(batch_of, 5, word=b"other")
    with pytest.raises(Fork):
        target.append(MARK, other)
    with pytest.raises(Fork):
        target.append(MARK, frames_of(batch_of, 8, word=b"other")[5:])
    with pytest.raises(Fork):
        target.append(MARK, frames_of(batch_of, 8)[6:])
    with pytest.raises(Fork, match="another writer"):
        target.append(MARK, frames[:3])
    with pytest.raises(Fork, match="begins with its first frame"):
        target.append(bytes(8), frames_of(batch_of, 2, bytes(8))[1:])
    assert not (running.directory / bytes(8).hex()).exists()
    assert held(running) == before
    target.close()


def test_no_verb_removes_or_changes_anything(running, batch_of):
    target = VaultTarget(running.url, running.access)
    target.append(MARK, frames_of(batch_of, 5))
    target.close()
    before = {path: path.read_bytes() for path in sorted(running.directory.rglob("*")) if path.is_file()}
    paths = [
        "",
        "/frames",
        "/frames?after=0",
        "/seal",
        "/seals/1",
        "/seals/0",
        "/../x",
        "/journal",
        "/owner",
        "/frames/1",
        "/%2e%2e/tokens",
    ]
    verbs = ["DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "COPY", "MOVE", "LOCK", "PROPFIND", "PURGE", "POST"]
    for verb in verbs:
        for path in [*(f"/v1/{MARK.hex()}{path}" for path in paths), "/v1", "/v1/health", "/", "/tokens", "/v1/../tokens"]:
            status, _ = call(running, verb, path, b"x" if verb in ("PUT", "POST", "PATCH") else b"")
            assert status in ((405,) if verb != "POST" else (400, 404, 405)), (verb, path)
    for path in ("/tokens", "/v1/tokens", "/v1/../tokens", f"/v1/{MARK.hex()}/journal", f"/v1/{MARK.hex()}/owner", "/v1/" + "0" * 15):
        assert call(running, "GET", path)[0] == 404, path
    assert {path: path.read_bytes() for path in sorted(running.directory.rglob("*")) if path.is_file()} == before
    health = json.loads(call(running, "GET", "/v1/health")[1])
    assert sum(health["refused"].values()) > 100


def test_only_who_began_a_journal_sees_it(running, batch_of):
    mine = VaultTarget(running.url, running.access)
    frames = frames_of(batch_of, 3)
    mine.append(MARK, frames)
    other = VaultTarget(running.url, running.other("other"))
    assert other.tip(MARK) == Tip(0, 0, origin(MARK)), "as if it were not there"
    with pytest.raises(OSError, match="not for this token"):
        other.append(MARK, frames)
    with pytest.raises(OSError, match="not there"):
        other.append(MARK, frames_of(batch_of, 1, tip=Tip(3, 3, frames[-1].header.chain)))
    assert list(journals_in(running.url, running.other("other"))) == []
    with pytest.raises(OSError, match="not there"):
        next(other.frames(MARK, 0))
    assert mine.tip(MARK).frame == 3
    again = VaultTarget(running.url, running.other("desk"))
    assert again.tip(MARK).frame == 3, "another token of the same name"
    wrong = running.directory / "wrong.txt"
    wrong.write_text("A" * 43)
    for access in (Access(wrong, running.access.ca), Access(None, running.access.ca)):
        target = VaultTarget(running.url, access)
        with pytest.raises(OSError, match="does not let us in"):
            target.tip(MARK)
        with pytest.raises(OSError, match=r"does not let us in|reset|Broken pipe|EOF"):
            target.append(MARK, frames)
    assert running.server.refused["401 no token, or none that is known"] >= 2
    tokens = running.directory / "tokens"
    tokens.write_text("".join(line for line in tokens.read_text().splitlines(keepends=True) if not line.startswith("other ")))
    with pytest.raises(OSError, match="does not let us in"):
        other.tip(MARK)
    for target in (mine, other, again):
        target.close()


def test_a_token_is_kept_as_a_hash_alone(running):
    token = (running.directory / "token.txt").read_text().strip()
    assert token not in (running.directory / "tokens").read_text()
    assert (running.directory / "tokens").stat().st_mode & 0o077 == 0
    assert (running.directory / "key.pem").stat().st_mode & 0o077 == 0


def test_a_file_of_tokens_that_holds_something_else_lets_nobody_in(running, tmp_path):
    (running.directory / "tokens").write_text("desk secret\n")
    target = VaultTarget(running.url, running.access)
    with pytest.raises(OSError, match="line 1 is no token"):
        target.tip(MARK)
    assert "line 1 is no token" in running.told[0]
    target.close()
    for text in ("", "two words\n", "short", "x" * 2000, "\xff" * 40):
        (tmp_path / "token").write_text(text)
        with pytest.raises(InputFault, match="holds no token"):
            VaultTarget(running.url, Access(tmp_path / "token"))


def test_the_certificate_stands_the_strictest_check(running):
    context = ssl.create_default_context(cafile=running.directory / "certificate.pem")
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in ("127.0.0.1", "localhost"):
        with socket.create_connection(("127.0.0.1", running.port), timeout=60) as line:
            context.wrap_socket(line, server_hostname=name).close()
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as line, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(line, server_hostname="127.0.0.2")


def test_one_writer_has_not_more_than_so_many_journals(running, batch_of, monkeypatch):
    monkeypatch.setattr(shelves, "MOST_JOURNALS", 2)
    target = VaultTarget(running.url, running.access)
    for number in (1, 2):
        mark = bytes([number]) * 8
        target.append(mark, frames_of(batch_of, 1, mark))
    with pytest.raises(OSError, match="one writer has no more"):
        target.append(bytes(8), frames_of(batch_of, 1, bytes(8)))
    other = VaultTarget(running.url, running.other("other"))
    assert other.append(bytes(8), frames_of(batch_of, 1, bytes(8))).frame == 1
    target.close()
    other.close()


def test_a_full_vault_says_so(tmp_path, batch_of):
    with serving(new_vault(tmp_path / "vault"), most_bytes=2000) as running:
        target = VaultTarget(running.url, running.access)
        target.append(MARK, frames_of(batch_of, 5))
        with pytest.raises(OSError, match="full"):
            target.append(MARK, frames_of(batch_of, 20)[5:])
        assert target.tip(MARK).frame == 5
        target.close()


def test_what_is_too_long_is_refused_before_it_is_read(running, batch_of):
    path = f"/v1/{MARK.hex()}/frames"
    assert call(running, "POST", path, b"", {"Content-Length": str(1 << 40)})[0] == 413
    assert call(running, "POST", f"/v1/{MARK.hex()}/seal", b"", {"Content-Length": str(1 << 20)})[0] == 413
    assert call(running, "POST", path, b"5\r\nhello\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"})[0] == 411
    assert call(running, "POST", path, b"", {"Content-Length": "0"})[0] == 400
    assert call(running, "GET", path + "?after=-1")[0] == 400
    assert call(running, "GET", path + "?after=" + "9" * 30)[0] == 400
    assert not (running.directory / MARK.hex()).exists()


def test_a_line_torn_within_a_body_leaves_nothing_half(running, batch_of):
    frames = frames_of(batch_of, 40)
    body = b"".join(frame.raw for frame in frames)
    for cut in (0, 1, len(frames[0].raw), len(body) // 2, len(body) - 1):
        line = raw_line(running)
        line.sendall(head_of(running, len(body)) + body[:cut])
        line.close()
    until(lambda: running.server.refused["cut off"] == 5)
    assert not (running.directory / MARK.hex()).exists()
    target = VaultTarget(running.url, running.access)
    assert target.append(MARK, frames).frame == 40
    target.close()


def test_who_is_slow_is_cut(running, monkeypatch, batch_of):
    monkeypatch.setattr(vault, "QUIET_S", 0.5)
    monkeypatch.setattr(vault, "FIRST_REQUEST_S", 0.5)
    monkeypatch.setattr(vault, "_LOOK_S", 0.1)
    silent, halting = raw_line(running), raw_line(running)
    halting.sendall(head_of(running, 1000) + b"abc")
    header = raw_line(running)
    header.sendall(b"GET /v1 HTTP/1.1\r\n")
    for line in (silent, halting, header):
        with suppress(OSError):
            assert line.recv(1) == b""
        line.close()
    target = VaultTarget(running.url, running.access)
    assert target.append(MARK, frames_of(batch_of, 1)).frame == 1
    target.close()


def test_a_frame_of_any_size_is_taken_and_who_does_not_read_is_cut(running, monkeypatch, batch_of):
    noise = random.Random(5).randbytes(20 << 20).replace(b"\n", b"x")
    target = VaultTarget(running.url, running.access)
    frames = frames_of(batch_of, 1, word=noise)
    assert len(frames[0].raw) > vault.LARGE_BYTES
    assert target.append(MARK, frames).frame == 1
    assert [frame.raw for piece in target.frames(MARK, 0) for frame in piece] == [frames[0].raw]
    monkeypatch.setattr(vault, "QUIET_S", 0.5)
    monkeypatch.setattr(vault, "_LOOK_S", 0.1)
    connections = running.server._server.server_state.connections
    others = set(connections)
    line = raw_line(running)
    line.sendall(head_of(running, 0).replace(b"POST", b"GET").replace(b"/frames", b"/frames?after=0"))
    until(lambda: line in select.select([line], [], [], 0)[0])
    (slow,) = set(connections) - others
    until(lambda: slow.transport.is_closing())
    got = 0
    with suppress(OSError):
        while piece := line.recv(1 << 20):
            got += len(piece)
    assert 0 < got < len(frames[0].raw)
    line.close()
    target.close()


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_frames_that_are_none_change_nothing(data, lasting, batch_of):
    good = frames_of(batch_of, 6)
    target = Line(lasting.url, lasting.access)
    with suppress(Fork):
        target.ask("POST", f"/{MARK.hex()}/frames", b"".join(frame.raw for frame in good[:3]))
    before = held(lasting)
    raw = bytearray(b"".join(frame.raw for frame in good[3:]))
    how = data.draw(st.sampled_from(["any", "flip", "cut", "swap", "twice"]))
    if how == "any":
        raw = bytearray(data.draw(st.binary(max_size=300)))
    elif how == "flip":
        bit = data.draw(st.integers(0, len(raw) * 8 - 1))
        raw[bit // 8] ^= 1 << bit % 8
    elif how == "cut":
        del raw[data.draw(st.integers(0, len(raw) - 1).filter(lambda n: n not in (len(good[3].raw), len(good[3].raw) * 2))) :]
    elif how == "swap":
        raw = bytearray(good[4].raw + good[3].raw)
    else:
        raw = bytearray(good[3].raw + good[3].raw)
    with pytest.raises((OSError, Fork)):
        target.ask("POST", f"/{MARK.hex()}/frames", bytes(raw))
    assert held(lasting) == before
    assert not any("our fault" in words for words in lasting.told)
    target.close()


@given(raw=st.binary(max_size=200) | st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=70), max_size=5).map(as_json))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_seals_that_are_none_are_refused(raw, lasting, batch_of):
    target = Line(lasting.url, lasting.access)
    with pytest.raises((OSError, Fork)):
        target.ask("POST", f"/{MARK.hex()}/seal", raw)
    assert not any("our fault" in words for words in lasting.told)
    target.close()


@given(raw=st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_on_the_line(raw, lasting):
    line = raw_line(lasting)
    line.sendall(raw)
    line.close()
    assert not any("our fault" in words for words in lasting.told)


def test_two_vaults_do_not_serve_one_directory(running):
    with pytest.raises(InputFault, match="another process serves"):
        Running(running.directory)
    with pytest.raises(InputFault, match="is a vault already"):
        init(running.directory, ["x"], 1e9)


def _certificate(folder: Path, name: str, issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None):
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(issuer[1] if issuer else secret, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return made, secret


def test_certificates_in_place_of_tokens(tmp_path, batch_of):
    authority = _certificate(tmp_path, "authority")
    for name in ("bridge", "other"):
        _certificate(tmp_path, name, authority)
    _certificate(tmp_path, "stranger", _certificate(tmp_path, "elsewhere"))
    directory = new_vault(tmp_path / "vault")
    with serving(directory, client_ca=tmp_path / "authority.pem") as running:

        def target(name: str) -> VaultTarget:
            made = target_of(
                running.url, token=None, ca=running.access.ca, certificate=tmp_path / f"{name}.pem", key=tmp_path / f"{name}.key"
            )
            assert isinstance(made, VaultTarget)
            return made

        frames = frames_of(batch_of, 3)
        mine, other = target("bridge"), target("other")
        assert mine.append(MARK, frames).frame == 3
        assert other.tip(MARK).frame == 0
        with pytest.raises(OSError, match="not there"):
            other.append(MARK, frames)
        for refused in (target("stranger"), VaultTarget(running.url, running.access)):
            with pytest.raises(OSError, match=r"alert|EOF|reset|closed the line|Broken pipe|SSL"):
                refused.tip(MARK)
        assert (directory / MARK.hex() / "owner").read_text() == "certificate bridge\n"
        mine.close()
        other.close()


def test_a_vault_of_another_certificate_is_not_trusted(running, tmp_path):
    other = new_vault(tmp_path / "other")
    target = VaultTarget(running.url, Access(running.access.token, other / "certificate.pem"))
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        target.tip(MARK)
    with pytest.raises(InputFault, match="nothing but TLS"):
        VaultTarget(running.url.replace("https", "http"), running.access)
    with pytest.raises(InputFault, match="is no place for a copy"):
        target_of("ftp://x", token=None, ca=None, certificate=None, key=None)


_said = st.dictionaries(st.sampled_from(["record", "frame", "chain", "seals", "what"]), st.none() | st.integers() | st.text(max_size=5))


@given(answer=st.binary(max_size=300) | _said.map(as_json))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_false_vault_answers_is_no_surprise(answer, lasting, batch_of):
    target = VaultTarget("https://127.0.0.1:1", lasting.access)
    for status in (200, 404, 409, 500, 302):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Line, "_call", lambda *_, status=status: (status, answer))
            for call in (lambda: target.tip(MARK), lambda: target.seals(MARK), lambda: list(target.frames(MARK, 0))):
                with suppress(OSError, Fork):
                    call()
            with pytest.raises((OSError, Fork)):
                target.append(MARK, frames_of(batch_of, 3))
