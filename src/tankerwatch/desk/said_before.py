"""What the history knows of who a ship has said she is: for months, where the register knows what this desk has heard itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tankerwatch.core import mmsi as identities
from tankerwatch.desk.panel import number
from tankerwatch.detect.ship.identity import is_imo
from tankerwatch.track.register import Identity
from tankerwatch.triage import words

MOST_SAID: Final = 3
NONE: Final = "This desk keeps no history: what she said before it heard her is not known."
NOT_YET: Final = "There is no history yet: a watch makes it from its journal, tankerwatch history DIR does so at once."
NOT_HER: Final = "The history knows nothing that she has told of herself."
CUT: Final = "She changed so often that only her newest changes are looked at."


def said_before(directory: Path | None, ship: int, now: Identity | None, until_s: float) -> dict[str, Any] | None:
    """What was known by a time; in `words` why it is nothing, or not all. None: nobody knows her. directory: the data directory, None
    where there is no history · now: what the register knows of her.

    Reads files, and takes no lock. Raises InputFault when the history cannot be read, or takes too long.
    """
    from tankerwatch.store.history import manifest
    from tankerwatch.store.history.questions import History
    from tankerwatch.store.history.sayings import sayings

    told: dict[str, Any] = {"id": ship, "words": NONE, "from_s": None, "to_s": None, "claims": [], "others": [], "more": 0, "conflicts": []}
    if directory is None or not manifest.exists(manifest.history_of(directory)):
        return None if now is None else {**told, "words": NONE if directory is None else NOT_YET}
    history = History(directory)
    found = sayings(history, ship, until_s, imo=now.imo if now else 0, callsign=now.callsign if now else "")
    if found.first_s is None and now is None:
        return None
    to_s = number(min(history.state.newest_ms / 1000, until_s), 3)
    claims = [claim for field in _FIELDS for claim in _claims(found.said, field)]
    others = [
        {"id": other, "name": words.clean(name, words.NAME_LIMIT), "flag": identities.flag_of(other)[1], **_claim(same)}
        for other, (name, sames) in found.others.items()
        for same in sames
    ]
    return {
        **told,
        "words": NOT_HER if found.first_s is None else CUT if found.cut else "",
        "from_s": None if found.first_s is None else number(found.first_s, 3),
        "to_s": to_s,
        "claims": claims,
        "others": others,
        "more": found.more,
        "conflicts": _conflicts(claims, others),
    }


_FIELDS: Final = ("name", "callsign", "imo", "ship_type", "size")


def _claim(saying: Any) -> dict[str, Any]:
    value = words.clean(saying.value, words.NAME_LIMIT) if isinstance(saying.value, str) else saying.value
    last_s = None if saying.last_s is None else number(saying.last_s, 3)
    return {"field": saying.field, "value": value, "first_s": number(saying.first_s, 3), "last_s": last_s, "times": saying.times}


def _claims(said: list[Any], field: str) -> list[dict[str, Any]]:
    """The values of a field where it was changed, the newest first."""
    values = [_claim(each) for each in said if each.field == field][::-1]
    return values if len(values) > 1 else []


def _conflicts(claims: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[str]:
    """What of it cannot all be true, or asks for a second look."""
    said = []
    hers = [claim for claim in claims if claim["field"] == "imo" and is_imo(claim["value"])]
    if len(hers) > 1:
        listed = words.listed([f"{claim['value']} {_span(claim)}" for claim in hers[::-1]])
        said.append(f"She has sent more than one IMO number, and a ship keeps hers for life: {listed}.")
    shared = [other for other in others if other["field"] == "imo"]
    said += [f"{words.ship_name(other['id'], other['name'])} sent IMO {other['value']} {_span(other)}." for other in shared[:MOST_SAID]]
    return said


def _span(claim: Mapping[str, Any]) -> str:
    """`from 2019-06-01 to 2019-06-12`, or `since 2019-06-01`."""
    first, last = (
        None if time_s is None else f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%d}" for time_s in (claim["first_s"], claim["last_s"])
    )
    return f"since {first}" if last is None else f"on {first}" if first == last else f"from {first} to {last}"
