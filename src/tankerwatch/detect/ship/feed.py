"""Feed: a source falls silent or dies, lags or is fed with made-up ships, or this desk's clock is wrong.

What it does      Raised when a feed that delivered steadily has delivered nothing for `silent_s` (and for `usual_factor` times its usual
                  pause), when its transport has been down for `dead_s`, when it delivers lines but no ship for `no_ships_s` where there
                  were some; when what it delivers is `late_s` old by its base stations' UTC (type 4) while another feed's are not; when
                  `same_place` ships appear within ten minutes at one and the same spot, or `strangers` that no other feed hears among the
                  ships that others hear; and when the UTC of all base stations contradicts the receive times by more than `clock_s`. Ends
                  when it is well again.
Why it matters    A map that looks alive while nothing comes is the worst of all: then nobody watches. All other dangers rest on the
                  clock.
When it is wrong  A receiver in a lonely place hears nobody for hours; a base station with a wrong clock of its own: the median of all
                  counts. Strangers are looked for where two feeds or more are joined; made-up ships that come slowly are not found.
Sources           aisstream issues 137, 172, 248, 274: socket open, no message, for days; ITU-R M.1371-5 Annex 8 3.2 (base station
                  report).
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np

from tankerwatch.core.schema import F32, F64, I64, NAN, U8, U16, Bool, Table, col, table
from tankerwatch.core.tables import FEED_SHIFT, Picture
from tankerwatch.detect.kit import Detector, Findings, Setting, Settings, View, finding

SETTINGS: Final = {
    "silent_s": Setting(180, "s", "nothing for this long", 10, 86400),
    "usual_factor": Setting(20, "-", "and for this many times the feed's usual pause", 2, 1000),
    "dead_s": Setting(60, "s", "the transport has been down for this long", 5, 86400),
    "no_ships_s": Setting(900, "s", "lines come, but no report for this long", 60, 86400),
    "known_s": Setting(300, "s", "a feed younger than this is not judged", 0, 86400),
    "clock_s": Setting(30, "s", "clock and base stations differ by this much", 2, 3600, "a base station's own report is seconds old"),
    "clock_hold_s": Setting(60, "s", "for this long", 0, 3600, "stations that disagree, or a late one, sort themselves out"),
    "late_s": Setting(90, "s", "what a feed delivers is this old", 10, 86400),
    "same_place": Setting(20, "-", "so many new ships within 11 m of each other are made up", 5, 10000),
    "strangers": Setting(50, "-", "so many new ships among those that only other feeds hear", 10, 100000),
    "clock_reports": Setting(20, "-", "reports of base stations before the clock is judged", 2, 100),
}
CLOCK: Final = 0xFFFF
SILENT, DEAD, NO_SHIPS, WRONG, LATE, MADE_UP = 1, 2, 3, 4, 5, 6
NEW_S: Final = 600.0
CALM_S: Final = 900.0
"""Made-up ships count as long as so long ago some came."""
CELL_DEG: Final = 0.1


@table
class Health(Table):
    """What is remembered of each feed, and in the row `CLOCK` of the clock."""

    # fmt: off
    # a table: its columns are read downwards
    feed:      Annotated[U16, col("-", "index of the feed; CLOCK for the clock, in ascending order")]
    first_s:   Annotated[F64, col("s", "when it delivered first", missing=NAN)]
    last_s:    Annotated[F64, col("s", "when it delivered last", missing=NAN)]
    report_s:  Annotated[F64, col("s", "when it delivered a report last", missing=NAN)]
    pause_s:   Annotated[F32, col("s", "its usual pause: a slow mean of the time between ticks with lines", missing=NAN)]
    down_s:    Annotated[F64, col("s", "since when its transport is down, or the clock is off", missing=NAN)]
    ended:     Annotated[Bool, col("-", "it has come to its end, which is no fault")]
    raised:    Annotated[U8, col("-", "what has been raised: 1 silent, 2 dead, 3 no ships, 4 clock, 5 late, 6 made up", missing=0)]
    raised_s:  Annotated[F64, col("s", "when", missing=NAN)]
    offset_s:  Annotated[F32, col("s", "receive time minus UTC of base stations: a slow median", missing=NAN)]
    reports:   Annotated[U16, col("-", "reports that this rests on")]
    late_s:    Annotated[F64, col("s", "since when it has lagged behind another feed", missing=NAN)]
    made_up_s: Annotated[F64, col("s", "when it delivered made-up ships last", missing=NAN)]
    made_up:   Annotated[U16, col("-", "how many of them at once")]
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
            # What was dead or wrong is so until it is seen to be well: a desk that begins again has seen nothing yet.
            still = np.isin(memory.raised, (DEAD, WRONG))
            memory = memory.replace(report_s=np.fmax(memory.report_s, decision.time_s), down_s=np.where(still, memory.down_s, NAN))
        if decision.kind == "feed":
            memory, at = _row(memory, int(decision.content["feed"]))
            state = decision.content["state"]
            memory.ended[at] = state == "ended"
            if state in ("open", "ended"):
                memory.down_s[at] = NAN
            elif memory.down_s[at] != memory.down_s[at]:
                memory.down_s[at] = decision.time_s
    memory = _compare_clock(view, memory)
    if view.minute:
        _look_for_made_up(view, memory, settings)
    return (_judge(view, memory, settings), memory) if view.look else (Findings.empty(), memory)


def _compare_clock(view: View, memory: Health) -> Health:
    bases = view.heard.bases
    sound = (bases.msg_type == 4) & ~np.isnan(bases.utc_s) & ~np.isnan(bases.time_s)
    if not sound.any():
        return memory
    memory, _ = _row(memory, CLOCK)
    feeds = (bases.source_row[sound] >> np.uint64(FEED_SHIFT)).tolist()
    for feed, apart in zip(feeds, (bases.time_s - bases.utc_s)[sound].tolist(), strict=True):
        memory, at = _row(memory, feed)
        offset, n = float(memory.offset_s[at]), int(memory.reports[at])
        # A step towards each report, at most as large as the mean of those so far allows: a median that needs no memory.
        pull = 5.0 if n > 20 else 1e9 if n == 0 else 60.0
        memory.offset_s[at] = apart if n == 0 else offset + float(np.clip(apart - offset, -pull, pull)) * 0.3
        memory.reports[at] = min(n + 1, 60000)
    return memory


def _set_clock(memory: Health, at: int, settings: Settings) -> None:
    """The clock is as far off as the feed that agrees with it best: if one does, those that do not are late."""
    feeds = np.flatnonzero((memory.feed != CLOCK) & (memory.reports >= settings["clock_reports"]))
    if not len(feeds):
        memory.reports[at], memory.offset_s[at] = 0, NAN
        return
    best = int(feeds[np.lexsort((memory.feed[feeds], np.abs(memory.offset_s[feeds])))[0]])
    memory.offset_s[at], memory.reports[at] = memory.offset_s[best], memory.reports[best]


def _look_for_made_up(view: View, memory: Health, settings: Settings) -> None:
    """Mark feeds that deliver ships which cannot be: many new ones on one spot, or among others' ships and heard by nobody else."""
    picture, now_s = view.picture, view.now_s
    new = (picture.first_s >= now_s - NEW_S) & (picture.kind < 10) & ~np.isnan(picture.lat_deg)
    if new.sum() < min(settings["same_place"], settings["strangers"]):
        return
    slots = np.flatnonzero(new)
    feed = (picture.source_row >> np.uint64(FEED_SHIFT)).astype(np.uint16)
    spot = np.round(picture.lat_deg[slots] * 1e4).astype(np.int64) * 10_000_000 + np.round(picture.lon_deg[slots] * 1e4).astype(np.int64)
    somewhere = (np.abs(picture.lat_deg[slots]) > 1e-3) | (np.abs(picture.lon_deg[slots]) > 1e-3)  # 0, 0 is a receiver without a fix
    for mine in np.unique(feed[slots]).tolist():
        rows = np.flatnonzero((feed[slots] == mine) & somewhere)
        most = int(np.unique(spot[rows], return_counts=True)[1].max(initial=0))
        count = most if most >= settings["same_place"] else _strangers(picture, slots, feed, mine, now_s, settings)
        if count:
            at = int(np.searchsorted(memory.feed, mine))
            if at < len(memory) and memory.feed[at] == mine:
                memory.made_up_s[at], memory.made_up[at] = now_s, min(count, 65535)


def _strangers(picture: Picture, slots: I64, feed: U16, mine: int, now_s: float, settings: Settings) -> int:
    """How many new ships one feed alone delivers right among the ships that others deliver; 0 when that is no wonder."""
    its = feed[slots] == mine
    if its.sum() < settings["strangers"] or its.mean() < 0.95:
        return 0
    around = (picture.kind < 10) & (now_s - picture.heard_s < NEW_S) & (feed != mine) & ~np.isnan(picture.lat_deg)

    def cells(which: I64) -> I64:
        rows = np.floor(picture.lat_deg[which] / CELL_DEG).astype(np.int64) * 10_000
        return np.asarray(rows + np.floor(picture.lon_deg[which] / CELL_DEG).astype(np.int64))

    crowded, ships = np.unique(cells(np.flatnonzero(around)), return_counts=True)
    among_others = np.isin(cells(slots[its]), crowded[ships >= 3])
    return int(among_others.sum()) if among_others.sum() >= settings["strangers"] and among_others.mean() >= 0.5 else 0


def _not_yet_seen(memory: Health, at: int) -> bool:
    """Whether nothing came since the desk began again that could tell whether what was raised is over."""
    was, since_s = memory.raised[at], memory.first_s[at]
    if was == SILENT:
        return bool(memory.last_s[at] <= since_s)
    return bool(was == LATE or (was == NO_SHIPS and memory.report_s[at] <= since_s))


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
        return (int(memory.raised[at]), "") if _not_yet_seen(memory, at) else (0, "")
    silent = now_s - memory.last_s[at]
    if silent >= settings["silent_s"] and silent >= settings["usual_factor"] * max(float(memory.pause_s[at]), 1.0):
        return SILENT, f"The feed {name} has been silent for {silent:.0f} s."
    if (
        memory.report_s[at] == memory.report_s[at]
        and now_s - memory.report_s[at] >= settings["no_ships_s"]
        and silent < settings["silent_s"]
    ):
        return NO_SHIPS, f"The feed {name} delivers lines, but no ship for {now_s - memory.report_s[at]:.0f} s."
    if memory.late_s[at] == memory.late_s[at] and now_s - memory.late_s[at] >= settings["clock_hold_s"]:
        old = float(memory.offset_s[at])
        return LATE, f"What the feed {name} delivers is {old:.0f} s old." if old < 600 else (
            f"What the feed {name} delivers is {old / 60:.0f} minutes old."
        )
    if now_s - memory.made_up_s[at] < CALM_S:
        return MADE_UP, f"The feed {name} delivers {memory.made_up[at]} new ships that cannot be: made up, or replayed."
    return 0, ""


def apart(offset_s: float) -> str:
    """How far a clock is off, as one says it: `42 s ahead of`, `3 days behind`."""
    size = abs(offset_s)
    amount = f"{size:.0f} s" if size < 600 else f"{size / 60:.0f} minutes" if size < 7200 else f"{size / 3600:.0f} hours"
    return f"{amount if size < 172_800 else f'{size / 86400:.0f} days'} {'ahead of' if offset_s > 0 else 'behind'}"


def _judge(view: View, memory: Health, settings: Settings) -> Findings:
    found = []
    if len(memory) and memory.feed[-1] == CLOCK:
        _set_clock(memory, len(memory) - 1, settings)
    for at in range(len(memory)):
        feed = int(memory.feed[at])
        name = view.feed_names[feed] if feed < len(view.feed_names) else f"{feed}"
        if feed != CLOCK:
            clock = memory.feed[-1] == CLOCK and abs(memory.offset_s[-1]) <= settings["clock_s"]
            lags = clock and memory.reports[at] >= settings["clock_reports"] and memory.offset_s[at] > settings["late_s"]
            memory.late_s[at] = np.fmin(memory.late_s[at], view.now_s) if lags else NAN
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
