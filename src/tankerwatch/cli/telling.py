"""The command that tries the webhook of a configuration: one test message, when a person asks for it."""

from __future__ import annotations

import argparse
import json
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tankerwatch.cli.output import print_json
from tankerwatch.core.errors import InputFault


def telling(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Any]) -> None:
    """Add its arguments."""
    made = add(
        "webhook",
        webhook,
        "send one test message to the webhook of a configuration, signed as alerts are",
        ["config webhook desk.toml", "config webhook desk.toml --json"],
    )
    made.add_argument("file", type=Path, metavar="FILE", help="the TOML file")


def webhook(arguments: argparse.Namespace) -> int:
    """Send it, and say whether it was taken. It speaks of no ship."""
    from tankerwatch.config import load
    from tankerwatch.detect import catalog
    from tankerwatch.ingest import clock
    from tankerwatch.respond.webhook import post, trusting

    hook = load(arguments.file, catalog.detectors()).webhook
    if hook is None:
        raise InputFault("has no webhook", where=str(arguments.file), help='[webhook] url = "https://HOST/PATH"; docs/guide/webhook.md')
    delivery = f"test-{secrets.token_hex(8)}"
    content = {
        "type": "tankerwatch.test",
        "version": 1,
        "desk": "test",
        "delivery": delivery,
        "what": "test",
        "severity": "notice",
        "sent_s": round(clock.now(), 3),
        "by": None,
        "words": "A test of the webhook, sent by a person. Nothing has happened.",
        "alert": None,
    }
    begin_s = time.monotonic()
    try:
        headers = {"X-Tankerwatch-Delivery": delivery}
        post(hook.url, json.dumps(content).encode(), secret=hook.secret, headers=headers, trust=trusting(hook.ca))
    except OSError as fault:
        words = " ".join(str(fault.strerror or fault).split())[:200]
        help = "is it up, is its certificate trusted (webhook.ca_file), does it hold the same secret and answer 2xx?"
        raise InputFault(f"the test message was not taken: {words}", where=hook.host, help=help) from None
    took_s = time.monotonic() - begin_s
    if arguments.json:
        print_json({"to": hook.host, "delivery": delivery, "took_s": round(took_s, 3)})
    else:
        print(f"{hook.host} took the test message {delivery} in {took_s:.2f} s. Look there whether somebody was told.")
    return 0
