"""Who may write to a vault: tokens, of which the vault keeps hashes only, and a certificate that it made for itself."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tankerwatch.core.errors import InputFault
from tankerwatch.store.files import FileLayer, write_whole

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""How a writer may be called."""
MOST_TOKENS: Final = 1000
_MOST_BYTES: Final = 1 << 20
_YEARS: Final = 10
_HOST: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*")


class Tokens:
    """The tokens in a file, one a line: `NAME HASH`. A token that is added while the vault serves is known at once; so is one that is gone.

    Several tokens may have one name: they reach the same journals. Raises InputFault when the file cannot be read or holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] = ()
        self._known: list[tuple[str, str]] = []
        self._refresh()

    def owner_of(self, token: str) -> str | None:
        """The name that goes with a token; None for one that is not known. Takes the same time whichever it is."""
        self._refresh()
        offered, found = _hash(token), None
        for name, known in self._known:
            if hmac.compare_digest(known, offered):
                found = name
        return found

    def add(self, name: str) -> str:
        """A new token, durable when this returns; it is shown this once. Raises InputFault, and OSError."""
        if not NAME.fullmatch(name):
            raise InputFault(f"{name!r} is no name", where=str(self._path), help="letters, digits, . _ and -, at most 64")
        self._refresh()
        if len(self._known) >= MOST_TOKENS:
            raise InputFault(f"holds {MOST_TOKENS} tokens already", where=str(self._path), help="remove lines that are not needed")
        token = secrets.token_urlsafe(32)
        lines = [*self._known, (name, _hash(token))]
        write_whole(self._path, "".join(f"{who} {known}\n" for who, known in lines).encode(), FileLayer(), mode=0o600)
        return token

    def _refresh(self) -> None:
        try:
            state = self._path.stat()
            seen = (state.st_ino, state.st_size, state.st_mtime_ns)
            if seen == self._seen:
                return
            with self._path.open("rb") as file:
                raw = file.read(_MOST_BYTES).decode("ascii", "replace")
        except FileNotFoundError:
            self._seen, self._known = (), []
            return
        except OSError as fault:
            raise InputFault(f"cannot be read: {fault.strerror}", where=str(self._path)) from fault
        known: list[tuple[str, str]] = []
        for number, line in enumerate(raw.splitlines(), 1):
            name, _, hashed = line.strip().partition(" ")
            if not NAME.fullmatch(name) or not re.fullmatch(r"[0-9a-f]{64}", hashed):
                raise InputFault(f"line {number} is no token", where=str(self._path), help="tankerwatch vault token DIR NAME adds one")
            known.append((name, hashed))
        self._seen, self._known = seen, known


def read_token(path: Path) -> str:
    """A token from a file. Raises InputFault."""
    try:
        with path.open("rb") as file:
            token = file.read(1025).decode("ascii").strip()
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    except ValueError:
        token = ""
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,1024}", token):
        raise InputFault("holds no token", where=str(path), help="one line, as tankerwatch vault token printed it")
    return token


def make_certificate(folder: Path, names: list[str], now_s: float) -> tuple[Path, Path]:
    """A certificate for these hosts or addresses, signed by itself, and its key. Raises InputFault for what is no name, and OSError."""
    known: list[x509.GeneralName] = []
    for name in names:
        try:
            known.append(x509.IPAddress(ip_address(name)))
        except ValueError:
            if not _HOST.fullmatch(name):
                raise InputFault(f"{name!r} is no host", where="--name", help="the name or address by which the desk reaches it") from None
            known.append(x509.DNSName(name))
    secret = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Tankerwatch vault {names[0]}"[:64])])
    begins = datetime.fromtimestamp(now_s, UTC) - timedelta(days=1)  # a desk whose clock is late takes it too
    identity = x509.SubjectKeyIdentifier.from_public_key(secret.public_key())
    uses = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only", "decipher_only")
    usage = dict.fromkeys(uses, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=366 * _YEARS))
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identity, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identity), critical=False)
        .sign(secret, hashes.SHA256())
    )
    files = FileLayer()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    plain = serialization.NoEncryption()
    pem = secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    write_whole(key, pem, files, mode=0o600)
    write_whole(certificate, made.public_bytes(serialization.Encoding.PEM), files, mode=0o644)
    return certificate, key


def init(directory: Path, names: list[str], now_s: float) -> tuple[Path, str]:
    """A new vault: its certificate, and the first token, of the writer `desk`. Raises InputFault when there is one, and OSError."""
    if any((directory / name).exists() for name in ("certificate.pem", "key.pem", "tokens")):
        raise InputFault("is a vault already", where=str(directory), help="tankerwatch vault token DIR NAME makes another token")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    directory.chmod(0o700)  # mkdir leaves an existing one as it is
    certificate, _ = make_certificate(directory, names, now_s)
    return certificate, Tokens(directory / "tokens").add("desk")


def _hash(token: str) -> str:
    return blake2b(token.encode("utf-8", "replace"), digest_size=32, person=b"tankerwatch pass").hexdigest()
