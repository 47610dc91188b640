"""The section `[journal]`: where copies are kept, how long, and who is sent checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Keeping:
    """What becomes of the journal. Files are None when not given; `keep_s`, `seal_s`, `checkpoint_every_s` in seconds."""

    copies: tuple[str, ...] = ()
    min_copies: int = 1
    token_file: Path | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    keep_s: float = 365 * DAY_S
    seal_s: float = 3600.0
    checkpoint_files: tuple[Path, ...] = ()
    checkpoint_url: str = ""
    checkpoint_every_s: float = 600.0


def keeping_of(given: Mapping[str, Any], folder: Path, fault: Callable[[str, str, str], None]) -> Keeping:
    """The section as it was written; files are seen from `folder`. `fault` is told where, what and what helps."""

    def file(name: str) -> Path | None:
        return folder / given[name] if given[name] else None

    copies, min_copies, url = given["copies"], int(given["min_copies"]), given["checkpoint_url"]
    if min_copies > 1 + len(copies):
        fault("journal.min_copies", f"{min_copies} copies cannot be had: this disk and {len(copies)} more are named", "name more in copies")
        min_copies = 1
    for copy in copies:
        if "://" in copy and urlsplit(copy).scheme not in ("https", "s3"):
            fault("journal.copies", f"{copy!r} is no place for a copy", "a directory, https://HOST:PORT of a vault, or s3://BUCKET/PREFIX")
    if url and not may_be_sent(url):
        fault("journal.checkpoint_url", f"{url!r} is no https address", "https://HOST/PATH; http only to this machine")
        url = ""
    return Keeping(
        copies,
        min_copies,
        file("token_file"),
        file("ca_file"),
        file("certificate_file"),
        file("key_file"),
        given["keep_days"] * DAY_S,
        given["seal_minutes"] * 60.0,
        tuple(folder / name for name in given["checkpoint_files"]),
        url,
        given["checkpoint_minutes"] * 60.0,
    )


def may_be_sent(url: str) -> bool:
    """Whether an address is https, or http on this machine alone."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        return bool(host) and (
            parts.scheme == "https" or (parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback))
        )
    except ValueError:
        return False
