"""The section `[webhook]`: who is told of alerts when nobody looks at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tankerwatch.config.keeping import may_be_sent
from tankerwatch.core.errors import InputFault

LEAST_SECRET_BYTES: Final = 16
MOST_SECRET_BYTES: Final = 4096
MOST_CA_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Hook:
    """Where alerts of a severity from `least` on are sent; `secret` signs them.

    answers: what is told beside that it is there, worse, withdrawn or back
    ca: certificates (PEM) that vouch for the receiver, "" for those that this machine trusts
    """

    url: str
    secret: bytes = field(repr=False)
    least: str = "danger"
    answers: tuple[str, ...] = ("acknowledged", "closed")
    ca: str = ""

    @property
    def host(self) -> str:
        """Whom it goes to, without what the address may hold of secrets."""
        return urlsplit(self.url).hostname or ""


def hook_of(given: Mapping[str, Any], folder: Path, fault: Callable[[str, str, str], None]) -> Hook | None:
    """The section as it was written, None while it is off; the file is seen from `folder`. `fault` is told where, what and what helps."""
    url = given["url"]
    if not url:
        return None
    if not may_be_sent(url) or urlsplit(url).username is not None:
        fault("webhook.url", f"{url!r} is no https address", "https://HOST/PATH, without a password; http only to this machine")
        return None
    if not given["secret_file"]:
        fault("webhook.secret_file", "is missing", "a file of 16 bytes or more, the same at the receiver: openssl rand -hex 32")
        return None
    key = "secret_file"
    try:
        secret = secret_of(folder / given[key])
        key = "ca_file"
        return Hook(url, secret, given["least"], given["answers"], ca_of(folder / given[key]) if given[key] else "")
    except InputFault as problem:
        fault(f"webhook.{key}", f"{problem.where} {problem.what}", problem.help)
        return None


def secret_of(path: Path) -> bytes:
    """What a file holds, without white space around it. Raises InputFault."""
    try:
        with path.open("rb") as file:
            secret = file.read(MOST_SECRET_BYTES + 1).strip()
    except OSError as fault:
        raise InputFault(f"cannot be read ({fault.strerror})", where=str(path), help="openssl rand -hex 32 makes one") from None
    if not LEAST_SECRET_BYTES <= len(secret) <= MOST_SECRET_BYTES:
        raise InputFault(f"holds {len(secret)} bytes", where=str(path), help="16 bytes or more: openssl rand -hex 32 makes one")
    return secret


def ca_of(path: Path) -> str:
    """The certificates in a file, as PEM. Raises InputFault."""
    from cryptography.x509 import load_pem_x509_certificates  # heavy, and only here

    help = "the certificate of the receiver's CA in PEM, which begins with -----BEGIN CERTIFICATE-----"
    try:
        with path.open("rb") as file:
            pem = file.read(MOST_CA_BYTES + 1)
        load_pem_x509_certificates(pem)
        return pem.decode("ascii")
    except OSError as fault:
        raise InputFault(f"cannot be read ({fault.strerror})", where=str(path), help=help) from None
    except ValueError:
        raise InputFault("holds no certificate that can be read", where=str(path), help=help) from None
