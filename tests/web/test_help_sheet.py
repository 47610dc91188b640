"""The help sheet names each key that does something, and no other."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "web" / "source"
SPOKEN = {"Space": " ", "−": "-", "Esc": "Escape"}
UNSHIFTED = {"=", "_"}
"""What lies on the same key as + and −."""


def read(name):
    return (SOURCE / name).read_text(encoding="utf-8")


def test_each_key_is_in_the_help_sheet():
    answers = set(re.findall(r'\["([A-Z])", "\w+", "', read("alerts/answer-keys.ts")))
    sheet = read("top/help.ts").split("const KEYS", 1)[1].split("];", 1)[0]
    named = {SPOKEN.get(key, key) for keys in re.findall(r'\["([^"]+)", "', sheet) for key in keys.split()}
    typed = set(re.findall(r'case "([^"]+)":|event\.key === "([^"]+)"', read("top/keys.ts")))
    typed |= set(re.findall(r'event\.key\.toLowerCase\(\) === "(.)"()', read("overlay/overlay.ts")))
    deeds = read("replay/replay.ts").split("export function replayKey", 1)[1].split("};", 1)[0]
    typed |= set(re.findall(r'"(.)": \(\) =>()', deeds))
    keys = {key.upper() if len(key) == 1 else key for pair in typed for key in pair if key}
    assert len(answers) == 9 and len(keys) > 20
    assert keys - UNSHIFTED | answers == {key for key in named if not key.isdigit()} - {"Arrows"} | answers
