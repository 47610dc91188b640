"""Feed: a source falls silent or dies, or this desk's clock is wrong.

What it does      Raised when a feed that delivered steadily has delivered nothing for `silent_s` (and for `usual_factor` times its usual
                  pause), when its transport has been down for `dead_s`, when it delivers lines but no ship for `no_ships_s` where there
                  were some; and when the UTC of base stations (type 4) contradicts the receive times by more than `clock_s`. Ends when it
                  is well again.
Why it matters    A map that looks alive while nothing comes is the worst of all: then nobody watches. All other dangers rest on the
                  clock.
When it is wrong  A receiver in a lonely place hears nobody for hours; a base station with a wrong clock of its own: the median of all
                  counts.
Sources           aisstream issues 137, 172, 248, 274: socket open, no message, for days; ITU-R M.1371-5 Annex 8 3.2 (base station
                  report).
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np

from tankerwatch.core.schema import F32, F64, NAN, U8, U16, Bool, Table, col, table
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, finding

SETTINGS: Final = {
    "silent_s": Setting(180, "s", "nothing for this long", 10, 86400),
    "usual_factor": Setting(20, "-", "and for this many times the feed's usual pause", 2, 1000),
    "dead_s": Setting(60, "s", "the transport has been down for this long", 5, 86400),
    "no_ships_s": Setting(900, "s", "lines come, but no report for this long", 60, 86400),
    "known_s": Setting(300, "s", "a feed younger than this is not judged", 0, 86400),
    "clock_s": Setting(30, "s", "clock and base stations differ by this much", 2, 3600, "a base station's own report is seconds old"),
    "clock_hold_s": Setting(60, "s", "for this long", 0, 3600, "stations that disagree, or a late one, sort themselves out"),
    "clock_reports": Setting(20, "-", "reports of base stations before the clock is judged", 2, 100),
}
CLOCK: Final = 0xFFFF
SILENT, DEAD, NO_SHIPS, WRONG = 1, 2, 3, 4


@table
class Health(Table):
    """What is remembered of each feed, and in the row `CLOCK` of the clock."""

    # fmt: off
    feed:      Annotated[U16, col("-", "index of the feed; CLOCK for the clock, in ascending order")]
    first_s:   Annotated[F64, col("s", "when it delivered first", missing=NAN)]
    last_s:    Annotated[F64, col("s", "when it delivered last", missing=NAN)]
    report_s:  Annotated[F64, col("s", "when it delivered a report last", missing=NAN)]
    pause_s:   Annotated[F32, col("s", "its usual pause: a slow mean of the time between ticks with lines", missing=NAN)]
    down_s:    Annotated[F64, col("s", "since when its transport is down, or the clock is off", missing=NAN)]
    ended:     Annotated[Bool, col("-", "it has come to its end, which is no fault")]
    raised:    Annotated[U8, col("-", "what has been raised: 1 silent, 2 dead, 3 no ships, 4 clock", missing=0)]
    raised_s:  Annotated[F64, col("s", "when", missing=NAN)]
    offset_s:  Annotated[F32, col("s", "receive time minus UTC of base stations: a slow median", missing=NAN)]
    reports:   Annotated[U16, col("-", "reports that this rests on")]
    # fmt: on


def _row(memory: Health, feed: int) -> tuple[Health, int]:
    at = int(np.searchsorted(memory.feed, feed))
    if at < len(memory) and memory.feed[at] == feed:
        return memory, at
    new = Health.blank(1)
    new.feed[0] = feed
    return Health.concat([memory.take(slice(0, at)), new, memory.take(slice(at, None))]), at


def step(view: View, memory: Health, settings: Settings) -> tuple[Findings, Health]:
    """Note what each feed delivered; judge all of them at a look."""
    memory = memory.replace(**{c.name: getattr(memory, c.name).copy() for c in memory.columns()})
    feeds = view.feeds
    for second_s, feed, messages in zip(feeds.second_s.tolist(), feeds.feed.tolist(), feeds.messages.tolist(), strict=True):
        memory, at = _row(memory, feed)
        pause = second_s - memory.last_s[at]
        if pause == pause:
            usual = memory.pause_s[at]
            memory.pause_s[at] = pause if usual != usual else usual + 0.05 * (pause - usual)
        else:
            memory.first_s[at] = second_s
        memory.last_s[at] = second_s
        if messages:
            memory.report_s[at] = second_s
    for decision in view.decisions:
        if decision.kind == "desk":
            # The desk itself was not running: what each feed did meanwhile is not known, and its pauses are counted from now.
            memory = memory.replace(first_s=np.fmax(memory.first_s, decision.time_s), last_s=np.fmax(memory.last_s, decision.time_s))
            memory = memory.replace(report_s=np.fmax(memory.report_s, decision.time_s), down_s=np.full(len(memory), NAN))
        if decision.kind == "feed":
            memory, at = _row(memory, int(decision.content["feed"]))
            state = decision.content["state"]
            memory.ended[at] = state == "ended"
            if state in ("open", "ended"):
                memory.down_s[at] = NAN
            elif memory.down_s[at] != memory.down_s[at]:
                memory.down_s[at] = decision.time_s
    memory = _compare_clock(view, memory)
    return (_judge(view, memory, settings), memory) if view.look else (Findings.empty(), memory)


def _compare_clock(view: View, memory: Health) -> Health:
    bases = view.heard.bases
    sound = (bases.msg_type == 4) & ~np.isnan(bases.utc_s) & ~np.isnan(bases.time_s)
    if not sound.any():
        return memory
    memory, at = _row(memory, CLOCK)
    for apart in (bases.time_s - bases.utc_s)[sound].tolist():
        offset, n = float(memory.offset_s[at]), int(memory.reports[at])
        # A step towards each report, at most as large as the mean of those so far allows: a median that needs no memory.
        pull = 5.0 if n > 20 else 1e9 if n == 0 else 60.0
        memory.offset_s[at] = apart if n == 0 else offset + float(np.clip(apart - offset, -pull, pull)) * 0.3
        memory.reports[at] = min(n + 1, 60000)
    return memory


def _state(memory: Health, at: int, now_s: float, settings: Settings) -> tuple[int, str]:
    if memory.feed[at] == CLOCK:
        offset = float(memory.offset_s[at])
        if now_s - memory.down_s[at] >= settings["clock_hold_s"]:
            return WRONG, f"The clock of this desk (or of this log) is {apart(offset)} the UTC that base stations send."
        return 0, ""
    if memory.ended[at]:
        return 0, ""
    name = "{feed}"
    if now_s - memory.down_s[at] >= settings["dead_s"]:
        return DEAD, f"The feed {name} is dead: its connection has been down for {now_s - memory.down_s[at]:.0f} s."
    if now_s - memory.first_s[at] < settings["known_s"]:
        return 0, ""
    silent = now_s - memory.last_s[at]
    if silent >= settings["silent_s"] and silent >= settings["usual_factor"] * max(float(memory.pause_s[at]), 1.0):
        return SILENT, f"The feed {name} has been silent for {silent:.0f} s."
    if (
        memory.report_s[at] == memory.report_s[at]
        and now_s - memory.report_s[at] >= settings["no_ships_s"]
        and silent < settings["silent_s"]
    ):
        return NO_SHIPS, f"The feed {name} delivers lines, but no ship for {now_s - memory.report_s[at]:.0f} s."
    return 0, ""


def apart(offset_s: float) -> str:
    """How far a clock is off, as one says it: `42 s ahead of`, `3 days behind`."""
    size = abs(offset_s)
    amount = f"{size:.0f} s" if size < 600 else f"{size / 60:.0f} minutes" if size < 7200 else f"{size / 3600:.0f} hours"
    return f"{amount if size < 172_800 else f'{size / 86400:.0f} days'} {'ahead of' if offset_s > 0 else 'behind'}"


def _judge(view: View, memory: Health, settings: Settings) -> Findings:
    found = []
    for at in range(len(memory)):
        feed = int(memory.feed[at])
        name = view.feed_names[feed] if feed < len(view.feed_names) else f"{feed}"
        if feed == CLOCK:
            off = memory.reports[at] >= settings["clock_reports"] and abs(memory.offset_s[at]) > settings["clock_s"]
            memory.down_s[at] = np.fmin(memory.down_s[at], view.now_s) if off else NAN
        state, words = _state(memory, at, view.now_s, settings)
        was = int(memory.raised[at])
        if state == was:
            continue
        said = words.replace("{feed}", name.replace("{", "(").replace("}", ")"))
        label = "clock" if feed == CLOCK else f"feed{feed}"

        def say(verb: str, severity: str, reason: str, since_s: float, label: str = label) -> None:
            found.append(
                finding(
                    detector="feed",
                    episode=f"{label}-{int(since_s)}",
                    verb=verb,
                    time_s=view.now_s,
                    start_s=since_s,
                    severity=severity,
                    score=0.9,
                    ships=(),
                    reason=reason,
                )
            )

        if state and was:
            say("amend", "caution", said, float(memory.raised_s[at]))
        elif state:
            memory.raised_s[at] = view.now_s
            say("raise", "caution", said, view.now_s)
        else:
            say(
                "end",
                "notice",
                "The clock agrees again." if feed == CLOCK else f"The feed {name} delivers again.",
                float(memory.raised_s[at]),
            )
        memory.raised[at] = state
    return Findings.concat(found)


DETECTOR: Final = Detector(
    id="feed",
    words="feed",
    reads=("look", "feeds", "bases", "decisions"),
    settings=SETTINGS,
    memory=Health,
    step=step,
    key="all",
)
