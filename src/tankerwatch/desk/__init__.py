"""The live desk: sources, journal, river and page put together, for `watch` and `demo`."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import tankerwatch.web
from tankerwatch.config import Config
from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import LiveSource
from tankerwatch.desk.beside import Beside
from tankerwatch.desk.entrance import Entrance, entrance
from tankerwatch.desk.live import LiveDesk, Show
from tankerwatch.desk.messenger import Messenger, switched
from tankerwatch.desk.replaying import PastDesk
from tankerwatch.desk.snapshots import Keeper
from tankerwatch.desk.steward import Steward, open_journal
from tankerwatch.desk.timeline import received
from tankerwatch.ingest import clock
from tankerwatch.ingest.recorded import recorded
from tankerwatch.ingest.replay import Player
from tankerwatch.ingest.sources import is_replay, parse_replay, parse_source
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.web.app import create_app
from tankerwatch.web.live import Hub
from tankerwatch.web.public import PublicView, create_public_app

DIST = Path(tankerwatch.web.__file__).parent / "dist"


def watch(
    sources: list[str], data: Path, *, config: Config, listen: str | None = None, copies: Sequence[str] = (), min_copies: int = 0
) -> None:
    """Watch sources until interrupted; everything received is in the journal under `data` before it is acted on.

    copies: places for copies of the journal beside those of the configuration; min_copies: 0 as configured.
    Raises InputFault for a source, an address or a data directory that cannot be used.
    """
    named = sources or list(config.sources)
    if not named:
        raise InputFault("nothing to watch", where="watch", help="name a source: tankerwatch watch tcp://HOST:PORT --data DIR")
    files = [name for name in named if is_replay(name)]
    if files and len(files) < len(named):
        raise InputFault("files and live feeds cannot be watched together", where="watch", help="replay the file alone")
    with ExitStack() as held:
        opened = entrance(listen or config.listen, config.access)
        journal = held.enter_context(open_journal(data, config, now_s=clock.now, more_copies=copies, min_copies=min_copies))
        register = FeedRegister(data)
        steward = Steward(journal, config, clock.now)
        if files:
            desk = _replay(files, journal, register, config)
        else:
            live = [parse_source(name, register.index_of(name), allow_remote=config.allow_remote) for name in named]
            keeper = Keeper(data, journal, config, lambda: register.names)
            desk = LiveDesk(config, journal, register, Hub(), sources=live, history=data, keeper=keeper)
            desk.beside = Beside(config, data, clock.now)
        desk.steward = steward
        desk.rebuild()
        if not files:
            if (switch := switched(desk.river.ledger, config.webhook, clock.now())) is not None:
                desk.inbox.decide(switch)
            if config.webhook is not None:
                desk.messenger = Messenger(config.webhook, desk, clock.now, desk=journal.mark.hex()[:8])
        steward.start()
        held.callback(steward.stop)
        asyncio.run(_run(desk, opened, f"watching {', '.join(named)}"))
        desk.close()


def demo(*, speed: float | None = None, listen: str | None = None, config: Config) -> None:
    """Show the bundled scene until interrupted, with no network and no input."""
    from tankerwatch.scenes.scene import Scene

    scene = Scene.load()
    page = scene.recipe.page
    at_speed = speed or page.speed
    show = Show("reconstruction", scene.recipe.title, scene.page(), page.show_from_s, page.show_to_s)
    with ExitStack() as held:
        opened = entrance(listen or config.listen, config.access)
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="tankerwatch-demo-")))
        journal = held.enter_context(FileJournal(folder))
        register = FeedRegister(folder)
        register.index_of(scene.name)
        desk = LiveDesk(config, journal, register, Hub(), player=lambda: Player(scene, at_speed), show=show, survey=lambda: received(scene))
        desk.run_silently(page.show_from_s)
        asyncio.run(_run(desk, opened, f"{scene.recipe.title}: a reconstruction"))


def replay(desk: PastDesk, *, listen: str) -> None:
    """Show the past of a watch until interrupted; nothing is written."""
    asyncio.run(_run(desk, entrance(listen, desk.config.access), f"replaying {desk.period.directory}"))


def _replay(files: Sequence[str], journal: FileJournal, register: FeedRegister, config: Config) -> LiveDesk:
    paths, speeds = zip(*(parse_replay(name) for name in files), strict=True)
    told = {speed for speed in speeds if speed != 1.0} or {1.0}
    if len(told) > 1:
        raise InputFault("files are replayed at one speed", where="watch", help="name the speed once, such as file:PATH?speed=60")
    speed = told.pop()
    if register.index_of(" ".join(f"file:{path}" for path in paths)) != 0:
        where = str(journal.folder.parent)
        raise InputFault("this data directory belongs to another watch", where=where, help="give each replay a --data directory of its own")
    show = Show("replay", ", ".join(Path(path).name for path in paths))
    # What can be read only once, such as a pipe, is left to the play.
    survey = None if any(path == "-" or Path(path).is_fifo() for path in paths) else lambda: received(recorded(paths))
    return LiveDesk(config, journal, register, Hub(), player=lambda: Player(recorded(paths), speed), show=show, survey=survey)


async def _run(desk: LiveDesk, opened: Entrance, words: str) -> None:
    """Everything at once, until interrupted or one of them fails."""
    server = opened.server
    app = create_app(desk.desk, desk.hub, hosts=server.hosts, dist=DIST, front=server.front, door=opened.door)
    servers = [(server, app)]
    if opened.public is not None:
        access = desk.config.access
        view = PublicView(access.public_delay_s, access.public_step_deg, desk.version)
        servers.append((opened.public, create_public_app(desk.desk, view, dist=DIST, front=opened.public.front)))
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [*(asyncio.create_task(each.serve(served)) for each, served in servers), asyncio.create_task(desk.pump())]
    vital = len(tasks)
    tasks += [asyncio.create_task(_source(desk, source)) for source in desk.sources]
    while not all(each.started for each, _ in servers) and not any(task.done() for task in tasks[:vital]):
        await asyncio.sleep(0.01)
    print(f"{words}\n{server.url}", flush=True)
    if opened.public is not None:
        print(f"{opened.public.url} for everybody, late and rounded", flush=True)
    desk.survey()
    if desk.messenger is not None:
        desk.messenger.start(loop)
    waiting = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([waiting, *tasks[:vital]], return_when=asyncio.FIRST_COMPLETED)
    for each, _ in servers:
        each.stop()
    if desk.timeline is not None:
        desk.timeline.stop()
    if desk.messenger is not None:
        desk.messenger.stop()
    for task in (waiting, *tasks[len(servers) :]):
        task.cancel()
    await asyncio.gather(waiting, *tasks, return_exceptions=True)
    if desk.beside is not None:
        await desk.beside.close()
    for task in done:
        if task is not waiting and not task.cancelled() and (fault := task.exception()) is not None:
            raise fault


async def _source(desk: LiveDesk, source: LiveSource) -> None:
    await source.run(desk.receiver(source.feed))
