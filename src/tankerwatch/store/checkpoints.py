"""Checkpoints on their way out: the newest one as a file in the data directory, and as a page to print."""

from __future__ import annotations

import html
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tankerwatch.core.errors import InputFault
from tankerwatch.store.files import FileLayer, write_whole
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.seals import Checkpoint, read_checkpoint

FILE_NAME = "checkpoint.json"

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Tankerwatch: checkpoint of record {record}</title>
<style>body {{ font: 12pt/1.5 sans-serif; max-width: 45em; margin: 2em auto; }} code, pre {{ font-size: 11pt; white-space: pre-wrap;
overflow-wrap: anywhere; }} td {{ padding-right: 1.5em; vertical-align: top; }}</style>
<h1>Checkpoint of a journal</h1>
<p>Kept on paper, away from the machine, this page vouches for every record up to number {record}: whoever changes, removes or adds one
before it cannot make the chain below come out again.</p>
<table>{rows}</table>
<h2>To check</h2>
<p>Type the text below into a file and run <code>tankerwatch verify DIR --checkpoint FILE</code>.</p>
<pre>{text}</pre>
"""


def publish(journal: FileJournal) -> Checkpoint:
    """Write the newest checkpoint beside the journal, whole or not at all. Raises OSError."""
    made = journal.checkpoint()
    write_whole(journal.folder.parent / FILE_NAME, made.to_json(), FileLayer())
    return made


def newest_checkpoint(directory: Path) -> Checkpoint:
    """A checkpoint of all that is there; of a journal that another process writes, the one that it wrote last. Raises InputFault."""
    try:
        with FileJournal(directory, create=False) as journal:
            return publish(journal)
    except InputFault as fault:
        if "another process" not in fault.what:
            raise
        return read_checkpoint(directory / FILE_NAME)
    except OSError as fault:
        raise InputFault(f"cannot be written: {fault.strerror}", where=str(directory)) from fault


def printed(checkpoint: Checkpoint) -> str:
    """A checkpoint as an HTML page that can be printed and typed in again."""
    made = datetime.fromtimestamp(checkpoint.made_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    shown = {
        "Journal": checkpoint.mark,
        "Record": f"{checkpoint.record:,}",
        "Made": made,
        "Chain": _grouped(checkpoint.chain),
        "Key": _grouped(checkpoint.public_key),
    }
    rows = "".join(f"<tr><td>{html.escape(name)}</td><td><code>{html.escape(value)}</code></td></tr>" for name, value in shown.items())
    text = json.dumps(asdict(checkpoint), indent=1)
    return _PAGE.format(record=checkpoint.record, rows=rows, text=html.escape(text))


def _grouped(digits: str) -> str:
    """Hex digits in groups of four, as one reads them aloud."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
