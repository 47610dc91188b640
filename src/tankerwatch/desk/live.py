"""The desk at work: what the sources deliver goes to the journal, is made durable, flows through the river, and is shown.

One task pumps: collect, append, commit, flow, publish. Flow and disk run in one worker thread, so that the page stays quick; whoever reads
the river's state takes the lock. Nothing is acted on, and nobody is told that it is safe, before it is on disk.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import tankerwatch
from tankerwatch.config import Config
from tankerwatch.core.incidents import ACCESS
from tankerwatch.core.ports import (
    OVER_TOLD,
    Before,
    Block,
    Desk,
    FeedState,
    Journal,
    Listing,
    LiveSource,
    PastBeside,
    PictureNow,
)
from tankerwatch.core.tables import Batch, Decision, View
from tankerwatch.desk import blocks, charting, deciding, listing, panel
from tankerwatch.desk import health as healths
from tankerwatch.desk.advice import Advisor
from tankerwatch.desk.berths import Berths
from tankerwatch.desk.exporting import TrackFiles
from tankerwatch.desk.inbox import Inbox, Waiting
from tankerwatch.desk.intake import Intake, Kept, joined, runs
from tankerwatch.desk.messenger import Messenger
from tankerwatch.desk.papers import papers_of
from tankerwatch.desk.said_before import said_before
from tankerwatch.desk.ship_page import ship_page
from tankerwatch.desk.snapshots import Keeper, Remembered
from tankerwatch.desk.steward import Steward
from tankerwatch.desk.timeline import Survey, Timeline
from tankerwatch.desk.trails import Trails
from tankerwatch.ingest import clock, zonefile
from tankerwatch.ingest import report as reports
from tankerwatch.ingest.lines import LineSplitter
from tankerwatch.ingest.replay import Player
from tankerwatch.pipeline import FAMILIES, Changes, River
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.log import Tip
from tankerwatch.track.ticks import LOOK_S
from tankerwatch.triage import render
from tankerwatch.web.live import Hub

PUMP_S: Final = 0.1
SHOW_S: Final = 0.4
SILENT_BATCHES: Final = 100
"""What is not shown goes through in larger pieces, which are cheaper."""
LONGEST_S: Final = 5.0
"""How long who decided something waits until enough copies have it."""
LOOK_AGAIN_S: Final = 0.01
HASTE_S: Final = 0.2
"""Live, what was heard is judged this often: a frame of the river is a second long, and who cries for help has none to lose."""


@dataclass(frozen=True, slots=True)
class Show:
    """How a replay presents itself: what the page's hello says of it."""

    mode: str = "live"
    title: str = "Tankerwatch"
    scene: dict[str, Any] | None = None
    start_s: float | None = None
    end_s: float | None = None


LIVE: Final = Show()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Decisions on this disk, of which the last record is `number`, that not enough copies have yet."""

    number: int
    waiting: list[Waiting]
    until_s: float


class LiveDesk:
    """Everything that one desk holds. `open` it, then `pump` for ever; `desk` is what the web stage may call."""

    def __init__(
        self,
        config: Config,
        journal: Journal,
        register: FeedRegister,
        hub: Hub,
        *,
        sources: Sequence[LiveSource] = (),
        player: Callable[[], Player] | None = None,
        show: Show = LIVE,
        survey: Survey | None = None,
        history: Path | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self.config, self.journal, self.register, self.hub, self.show = config, journal, register, hub, show
        self.sources, self.keeper = sources, keeper
        self.directory = journal.folder.parent if isinstance(journal, FileJournal) else None
        """where what was received is kept, for who asks which record a line is"""
        self.steward: Steward | None = None
        self.messenger: Messenger | None = None
        self.beside: PastBeside | None = None
        self._unanswered: list[Unanswered] = []
        self.inbox = Inbox()
        self.intake = Intake(self.inbox, self._keep, self._tell_states)
        self._tip: Tip | None = None
        """where the disk's copy ended when the river had taken it all, None when it has taken more"""
        self.lock = threading.Lock()
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="river")
        self.version = tankerwatch.__version__
        self.epochs = itertools.count(int(clock.now()) & 0x7FFFFFFF)
        self.advisor = Advisor(config, history, self.inbox.decide, clock.now) if history is not None and player is None else None
        """who finds out, from the journal on disk, which setting would change most what a rule beyond its budget raises"""
        self.history, self.track_files = history, TrackFiles(history)
        self._player = player
        self.timeline = Timeline(show.start_s, show.end_s, survey) if player else None
        self.replayed = secrets.token_hex(8)
        """what is replayed, in the addresses of its blocks"""
        self.repeated = False
        self._told_states: dict[int, str] = {}
        self._shown_s = self._hastened_s = -math.inf
        self.begin()

    def begin(self) -> None:
        """Begin with an empty sea."""
        self.river = self.new_river()
        self.river.on_frame = self._on_frame
        self.trails, self.health = Trails(), healths.Health()
        self.player = self._player() if self._player else None
        self.replay_state = FeedState(0, self.player.source.name if self.player else "", "open")
        self.epoch, self.picture_version = next(self.epochs), 0
        self.berths = Berths()
        self.picture: PictureNow | None = None

    def new_river(self) -> River:
        """A river that has seen nothing."""
        if self._player:
            return River(self.config, ("",), place_times=self.show.mode != "live")
        return River(self.config, self.register.names, frame_s=1)

    def _on_frame(self, view: View) -> None:
        if view.now_s == view.now_s:
            self.trails.take(view)
            self.health.take(view)

    @property
    def feeds(self) -> list[FeedState]:
        """The state of every feed's transport."""
        return [self.replay_state] if self.player else [source.feed for source in self.sources]

    def rebuild(self, progress: Callable[[int], None] | None = None) -> None:
        """Let everything that the journal holds flow through, as it did when it came in; what a snapshot tells is not read again."""
        frame_s, after_frame = self.river.ticks.frame_s, 0
        if self.keeper is not None:
            remembered = self._remembered()
            after_frame = self.keeper.recall(remembered)
            self.register.resume(remembered.lines)
        self.river.ticks.frame_s = LOOK_S
        given: Counter[str] = Counter()
        for batch in self.journal.replay(after_frame):
            self.register.note(batch)
            self.river.take(batch)
            given["lines"] += len(batch.lines)
            if batch.heard is not None:
                given.update({name: len(getattr(batch.heard, name)) for name in FAMILIES})
            if progress is not None:
                progress(len(batch.lines))
        self.river.ticks.frame_s = frame_s
        self._tip = None if self.keeper is None else self.keeper.tip(self.journal.records)
        if self.player is None and self.journal.records:
            now_s = clock.now()
            self.inbox.decide(Decision(now_s, "desk", f"desk-{now_s:.3f}", "", {"state": "started"}))
        if self.player is not None:
            self.player.skip(given, self.river.clock_s)  # that part of the recording came from the journal

    def _remembered(self) -> Remembered:
        return Remembered(self.river, self.trails, self.health, self.register.counted)

    def close(self) -> None:
        """Nothing more comes: write down what is known, for the next start."""
        if self.keeper is not None:
            self.intake.close()
            self.worker.submit(lambda: None).result()  # what was under way is done
            self.keeper.close(self._remembered(), self._tip)

    def run_silently(self, until_s: float) -> None:
        """The hours before a replay is shown."""
        assert self.player is not None
        for kept in self._kept(_larger(self.player.until(until_s))):
            self._take(kept.batch, kept.tip)

    def receiver(self, feed: FeedState) -> Callable[[bytes, float], None]:
        """Where a source delivers: its lines are numbered on from those of earlier runs."""
        return self.inbox.receiver(feed, LineSplitter(feed.index, feed=feed, first_number=self.register.lines_of(feed.index) + 1).feed)

    def _keep(self, batch: Batch) -> tuple[int, Tip | None]:
        """To the disk; the number of the batch's last record, and where the disk's copy ends, None when not all is on it."""
        number = self.journal.append(batch)
        self.journal.commit()
        return number, None if self.keeper is None else self.keeper.tip(number)

    def _kept(self, batches: Iterable[Batch]) -> Iterator[Kept]:
        """Each when it is on the disk; the next one goes there while the river takes it."""
        ahead: tuple[Batch, Future[tuple[int, Tip | None]]] | None = None
        for batch in batches:
            following = batch, self.intake.keep(Batch(decisions=batch.decisions) if self.repeated else batch)
            if ahead is not None:
                yield Kept(ahead[0], [], *ahead[1].result())
            ahead = following
        if ahead is not None:
            yield Kept(ahead[0], [], *ahead[1].result())

    def _carry(self, due: Sequence[Batch], player: Player | None) -> list[tuple[int, Changes]]:
        """To the disk, then through the river; for each batch the number of its last record, and what changed."""
        if player is not self.player:
            # The play began anew: what was due of the one before is no more, and what people decided is of now.
            due = [Batch(decisions=tuple(replace(d, time_s=self.river.clock_s) for d in batch.decisions)) for batch in due]
        return [(kept.number, self._take(kept.batch, kept.tip)) for kept in self._kept(due)]

    def _take(self, batch: Batch, tip: Tip | None) -> Changes:
        """Through the river, after it is on the disk up to `tip`; what changed."""
        self.register.note(batch)
        with self.lock:
            changes = self.river.take(batch)
            self._tip = tip
            if self.player is None and not self._hastened_s <= self.river.clock_s < self._hastened_s + HASTE_S:
                self._hastened_s = self.river.clock_s
                self.river.hasten(changes)
            if self.keeper is not None:
                self.keeper.consider(self._remembered(), tip)
        return changes

    async def pump(self) -> None:
        """Deliver what arrives, for ever."""
        if self.player is not None:
            while True:
                await self._play_on()
        keeping = asyncio.create_task(self.intake.run())
        try:
            while not keeping.done():
                await self._flow()
            keeping.result()
        finally:
            keeping.cancel()

    async def _flow(self) -> None:
        """Through the river what is on the disk by now."""
        loop = asyncio.get_running_loop()
        for run in runs(await self.intake.kept(LOOK_AGAIN_S if self._unanswered else PUMP_S, PUMP_S / 4)):
            changes = await loop.run_in_executor(self.worker, self._take, joined([each.batch for each in run]), run[-1].tip)
            await self._taken(run[-1].number, run[-1].waiting, changes)
        self._answer(loop.time())
        if self.advisor is not None:
            self.advisor.consider(self.river.triage.spent())
        await self._publish_picture()

    async def _play_on(self) -> None:
        """What is due of a replay, to the disk and through the river."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_S if self._unanswered else PUMP_S):
                await self.inbox.arrived.wait()
            await asyncio.sleep(PUMP_S / 4)
        loop, player = asyncio.get_running_loop(), self.player
        assert player is not None
        due = await self._due(player)
        played = await loop.run_in_executor(self.worker, self._carry, [batch for batch, _ in due], player)
        for (_, waiting), (number, changes) in zip(due, played, strict=True):
            await self._taken(number, waiting, changes)
        self._answer(loop.time())
        if player.ended:
            await self._publish(await loop.run_in_executor(self.worker, self._finish))
            if player is self.player and self.replay_state.state != "ended":
                self.replay_state.state = "ended"
                self.hub.publish("hello", self._hello())
        await self._publish_picture()

    async def _taken(self, number: int, waiting: list[Waiting], changes: Changes) -> None:
        """Who decided something is answered when enough copies have it, and the pages are told."""
        now_s = asyncio.get_running_loop().time()
        if waiting:
            self._unanswered.append(Unanswered(number, waiting, now_s + LONGEST_S))
        self._answer(now_s)
        await self._publish(changes)

    def _finish(self) -> Changes:
        """A recording is over: what came last is judged too, and what people decide afterwards takes effect."""
        with self.lock:
            return self.river.finish()

    async def _due(self, player: Player) -> list[tuple[Batch, list[Waiting]]]:
        played = await asyncio.get_running_loop().run_in_executor(self.worker, player.due)
        due: list[tuple[Batch, list[Waiting]]] = [(batch, []) for batch in played]
        if self.replay_state.state == "ended" and not self.inbox.waiting:
            return due
        # A decision during a replay happens at the replay's time.
        at = player.clock_s if player.clock_s is not None else self.river.clock_s
        batch, waiting = self.inbox.collect(at)
        if at == at:
            batch = replace(batch, decisions=tuple(replace(d, time_s=at) for d in batch.decisions))
        return [*due, (batch, waiting)]

    def _tell_states(self, now_s: float) -> None:
        """How the transports are is journalled too: after a restart it must be known when a feed died."""
        for state in self.feeds:
            if self._told_states.get(state.index) != state.state:
                self._told_states[state.index] = state.state
                content = {"feed": state.index, "state": state.state, "words": state.words}
                self.inbox.decide(Decision(now_s, "feed", f"feed-{state.index}-{now_s:.3f}", state.name, content))

    def _answer(self, now_s: float) -> None:
        """Tell who decided something that enough copies have it, or that it cannot be stored."""
        left: list[Unanswered] = []
        for each in self._unanswered:
            safe = self.journal.is_durable(each.number)
            if not safe and now_s < each.until_s and not (self.journal.failure and not self.journal.copies()):
                left.append(each)
                continue
            for waiting in each.waiting:
                if waiting.done is None or waiting.done.done():
                    continue
                if safe:
                    waiting.done.set_result(waiting.decision.id)
                else:
                    waiting.done.set_exception(TimeoutError("not stored: the journal cannot be written"))
        self._unanswered = left

    async def _publish(self, changes: Changes) -> None:
        if changes.alerts:
            if self.messenger is not None:
                self.messenger.note(changes.alerts)
            self.hub.publish("alerts", [render.alert_json(a, self.river.name_of) for a in changes.alerts.values()])
        if changes.incidents:
            self.hub.publish("incidents", [render.incident_json(i, self.river.name_of) for i in changes.incidents.values()])
        if changes.reports:
            self.hub.publish("reports", [render.report_json(r) for r in changes.reports.values()])
        if changes.zones:
            self.hub.publish("zones", [charting.zone_json(zone) for zone in changes.zones.values()])
        if changes.guards:
            self.hub.publish("guards", [render.guard_json(g, self.river.name_of) for g in changes.guards.values()])
        if changes.exclusions:
            self.hub.publish("exclusions", [render.exclusion_json(e, self.river.name_of) for e in changes.exclusions.values()])

    async def _publish_picture(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._shown_s < SHOW_S:
            return
        self._shown_s = now
        await asyncio.get_running_loop().run_in_executor(self.worker, self._draw)

    def _draw(self) -> None:
        with self.lock:
            self.picture_version += 1
            whole = panel.picture_now(self.river, self.epoch, self.picture_version)
            changed, berths = self.river.fleet.register.changed_names, self.berths
            wanted = dict(berths.take(whole.gone))
            wanted |= {place: slot for slot in changed if (place := berths.place(slot)) is not None}
            changed.clear()
            for place, slot in wanted.items():
                berths.names[place] = panel.name_row(self.river, slot)
            self.picture = berths.picture(whole)

    # What the web stage may call.

    @property
    def desk(self) -> Desk:
        """The seam to the web stage."""
        return Desk(
            health=self._health,
            alerts=self._listing("alerts"),
            alert=lambda name: self._read(lambda r: listing.one(r, "alerts", name)),
            incidents=self._listing("incidents"),
            reports=self._listing("reports"),
            exclusions=self._listing("exclusions"),
            zones=self._listing("zones"),
            one=lambda kind, name: self._read(lambda r: listing.one(r, kind, name)),
            chart=lambda: self._read(charting.chart),
            coverage=lambda box: charting.coverage(self._read(lambda r: r.learner.context.cells), box),
            outlines=lambda box: self._read(lambda r: charting.outlines(r, box)),
            charts=lambda: self.config.charts,
            guards=self._listing("guards"),
            ship=lambda ship: self._of_ship(ship, lambda slot: panel.ship_panel(self.river, self.trails, slot)),
            page=lambda ship: self._of_ship(ship, lambda slot: ship_page(self.river, self.trails, slot)),
            said_before=self._said_before,
            track=lambda ship: self._of_ship(ship, lambda slot: self.trails.track(slot, self.river.clock_s)),
            track_file=self._track_file,
            search=lambda text: self._read(lambda r: panel.search(r, text)),
            hello=self._hello,
            decide=self._decide,
            replay=self._replay,
            timeline=self._timeline,
            replayed=lambda: None if self.timeline is None else self.replayed,
            moment=self._moment,
            papers=papers_of(self, self.show.mode),
            block=self._block,
            quiet_rules=deciding.quiet_rules,
            held_back=lambda: self._read(charting.held_back),
            past=self.beside,
            read_zones=self._read_zones,
            snapshot=lambda: self.picture,
        )

    def _listing(self, kind: str) -> Listing:
        def told(most_over: int = OVER_TOLD, before: Before | None = None, ship: int | None = None) -> list[dict[str, Any]]:
            with self.lock:
                return listing.listed(self.river, kind, most_over, before, ship)

        return told

    def _read(self, question: Callable[[River], Any]) -> Any:
        with self.lock:
            return question(self.river)

    def _of_ship(self, ship: int, question: Callable[[int], dict[str, Any]]) -> dict[str, Any] | None:
        with self.lock:
            slot = self.river.fleet.register.slot(ship)
            return None if slot is None else question(slot)

    def _track_file(self, ship: int, kind: str, hours: float) -> bytes | None:
        told = self._of_ship(ship, lambda slot: {"track": self.trails.track(slot, self.river.clock_s), "name": self.river.name_of(ship)})
        return None if told is None else self.track_files.make(ship, told["name"], kind, told["track"], self.river.clock_s, hours)

    def _said_before(self, ship: int) -> dict[str, Any] | None:
        with self.lock:
            register, until_s = self.river.fleet.register, self.river.clock_s
            slot = register.slot(ship)
            now = None if slot is None else register.identities[slot]
        # In a replay only what was known then; a watch that has heard nothing yet knows what it knew when it ended.
        return said_before(self.history, ship, now, until_s if until_s == until_s else clock.now())

    def _health(self) -> dict[str, Any]:
        with self.lock:
            return healths.report(
                self.river,
                self.health,
                self.journal,
                self.feeds,
                version=self.version,
                mode=self.show.mode,
                now_s=clock.now(),
                watching=self._watching(),
                checkpoint=self.steward.state if self.steward else None,
                webhook=self.messenger.state if self.messenger else None,
            )

    def _watching(self) -> str:
        guarded = int(self.river.fleet.register.guarded[: len(self.river.fleet)].sum())
        dangers = ", ".join(watch.detector.words for watch in self.river.watches if watch.detector.id != "feed")
        return f"{len(self.river.fleet)} ships, {guarded} of them guarded, for {dangers}"

    def _hello(self) -> dict[str, Any]:
        player = self.player
        return {
            "type": "hello",
            "epoch": self.epoch,
            "mode": self.show.mode,
            "version": self.version,
            "title": self.show.title,
            "speed": player.speed if player else 1,
            "paused": player.paused if player else False,
            "ended": self.replay_state.state == "ended",
            "start_s": self.timeline.start_s if self.timeline else None,
            "end_s": self.timeline.end_s if self.timeline else None,
            "scene": self.show.scene,
        }

    def _now_s(self) -> float:
        """When something is decided now: in a replay at its own time."""
        return self.river.clock_s if self.player and self.river.clock_s == self.river.clock_s else clock.now()

    async def _decide(self, kind: str, subject: str, content: dict[str, Any]) -> str:
        """Store a decision; its id once it is durable and has taken effect. Raises InputFault for what cannot be understood, KeyError
        for a subject that there is not.
        """
        now_s = self._now_s()
        if kind == "report":
            decision = reports.report(content, now_s)
        elif kind == ACCESS:
            decision = reports.access(subject, content, now_s)
        else:
            subject, content = await asyncio.to_thread(self._read, lambda r: deciding.completed(r, kind, subject, content))
            decision = reports.decision(kind, subject, content, now_s)
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.inbox.decide(decision, done)
        return await done

    def _replay(self, wish: dict[str, Any]) -> bool:
        if self.player is None:
            return False
        if "speed" in wish:
            self.player.speed = min(max(float(wish["speed"]), 0.1), 3600.0)
        if "paused" in wish:
            self.player.paused = bool(wish["paused"])
        if wish.get("again"):
            self.worker.submit(self.again).result()
        if "seek_s" in wish:
            self.worker.submit(self.seek, float(wish["seek_s"])).result()
        self.hub.publish("hello", self._hello())
        return True

    def _timeline(self, bins: int | None = None) -> dict[str, Any] | None:
        timeline = self.timeline
        if timeline is None:
            return None
        alerts = self._read(lambda r: list(r.triage.alerts.values()))
        return {**timeline.told(alerts, bins), "blocks": self.replayed}

    def _moment(self, time_s: float, after: bool) -> dict[str, Any] | None:
        alerts = self._read(lambda r: list(r.triage.alerts.values()))
        return None if self.timeline is None else self.timeline.near(alerts, time_s, after=after)

    def _block(self, from_s: int) -> Block | None:
        if self.timeline is None:
            return None
        with self.lock:
            identities = self.river.fleet.register.identities
            return blocks.block(self.trails, lambda slot: identities[slot].mmsi, from_s, self.river.clock_s)

    def _read_zones(self, tree: dict[str, Any]) -> dict[str, Any]:
        told = zonefile.read(tree, self._now_s())
        return {**told, "zones": self._read(lambda r: deciding.keepable(r, told["zones"]))}

    def survey(self) -> None:
        """Look through what is replayed, beside its play, and tell the pages what its period is."""
        if self.timeline is not None:
            self.timeline.start(lambda: self.hub.publish("hello", self._hello()))

    def again(self, until_s: float | None = None) -> None:
        """The replay anew, up to a time, or to where its show begins."""
        speed = self.player.speed if self.player else 1.0
        until_s = self.show.start_s if until_s is None else until_s
        with self.lock:
            if self.timeline is not None:
                self.timeline.remember(self.river.triage.alerts.values())
            self.begin()
            assert self.player is not None
            self.player.speed = speed
            self.repeated = True  # what is played again is in the journal already
        if until_s is not None:
            self.run_silently(until_s)
        self._draw()

    def seek(self, time_s: float) -> None:
        """Go on with the replay from another time; what is before now is played anew up to it."""
        if time_s < self.river.clock_s:
            paused = self.player is not None and self.player.paused
            self.again(time_s)
            if self.player is not None:
                self.player.paused = paused
            return
        with self.lock:
            self.epoch = next(self.epochs)  # the pages forget what they know: more has changed than they were told
        self.run_silently(time_s)
        self._draw()


def _larger(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The same in larger pieces."""
    held: list[Batch] = []
    for batch in batches:
        held.append(batch)
        if batch.heard is not None or batch.decisions or len(held) == SILENT_BATCHES:
            yield joined(held)
            held = []
    if held:
        yield joined(held)
