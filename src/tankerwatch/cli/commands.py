"""What each command does: it turns arguments into one call, and the answer into words, JSON and files."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tankerwatch.cli.output import (
    complain,
    count,
    json_lines,
    plain,
    print_found,
    print_json,
    progress_bar,
    spoken_time,
    text_file,
    whole_file,
)
from tankerwatch.core.errors import InputFault

if TYPE_CHECKING:
    from tankerwatch.config import Config

DATA: Final = Path("tankerwatch-data")
OUTPUTS: Final = (".csv", ".jsonl")


def called(arguments: argparse.Namespace) -> str:
    """The command as it was called."""
    return str(arguments.parser.prog).removeprefix("tankerwatch ")


def config_of(arguments: argparse.Namespace) -> Config:
    """The configuration that a command runs with; entries of its lists that name no ship are told."""
    from tankerwatch.config import load
    from tankerwatch.detect import catalog

    config = load(arguments.config, catalog.detectors())
    for remark in config.remarks:
        complain(remark)
    if getattr(arguments, "context", None) is not None:
        from tankerwatch.store.contexts import read_context

        config = replace(config, context=read_context(arguments.context))
    return config


def reached(arguments: argparse.Namespace, config: Config, data: Path | None = None) -> Config:
    """The configuration of a desk that shows its page, with the users and the public address that the command line names."""
    access = config.access
    users_file = arguments.users or access.users_file or (None if data is None else data / "users.json")
    return replace(config, access=replace(access, users_file=users_file, public=arguments.public or access.public))


def compile_first() -> None:
    """Compile the inner loops where that was never done: a desk that says where it is answers from then on."""
    from tankerwatch.core import kernels

    if not kernels.warmed():
        complain("compiling its inner loops, once for each version; that takes a minute or two")
        kernels.warm()


def versions() -> dict[str, str]:
    """The versions of the program and of what it stands on, by name."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    parts = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for name in ("tankerwatch", "numpy", "numba", "pyarrow", "starlette"):
        try:
            parts[name] = version_of(name)
        except PackageNotFoundError:
            parts[name] = "not installed"
    return parts


def demo(arguments: argparse.Namespace) -> int:
    """The bundled scene: on the page, or in one go."""
    config = config_of(arguments)
    if arguments.headless:
        from tankerwatch.pipeline import demo_headless

        found = demo_headless(config=config)
        (print_json if arguments.json else print_found)(found)
        return 0
    if arguments.json:
        raise InputFault("--json tells what a whole run found", where=called(arguments), help="add --headless")
    compile_first()
    from tankerwatch.desk import demo as serve_demo

    serve_demo(speed=arguments.speed, listen=arguments.listen or config.listen, config=reached(arguments, config))
    return 0


def watch(arguments: argparse.Namespace) -> int:
    """The live desk."""
    if arguments.json:
        raise InputFault(
            "a watch has no end that JSON could tell of", where=called(arguments), help="ask the running desk: /api/health, /api/alerts"
        )
    config = reached(arguments, config_of(arguments), arguments.data)
    sources = arguments.source or list(config.sources)
    if not sources:
        help = "name a feed, such as tcp://127.0.0.1:10110, or see the scene: tankerwatch demo"
        raise InputFault("there is nothing to watch", where=called(arguments), help=help)
    compile_first()
    from tankerwatch.desk import watch as serve_watch

    listen = arguments.listen or config.listen
    serve_watch(sources, arguments.data, config=config, listen=listen, copies=arguments.copy, min_copies=arguments.min_copies)
    return 0


def analyse(arguments: argparse.Namespace) -> int:
    """What a watch over recorded input would have seen."""
    texts = {name: getattr(arguments, name) for name in ("alerts", "geojson", "stix", "report")}
    spoken = [name for name, path in texts.items() if path == "-"]
    if len(spoken) > 1:
        both = " and ".join(f"--{name}" for name in spoken)
        raise InputFault(f"{both} on standard output", where=called(arguments), help="give one of them a file")
    config = config_of(arguments)
    if arguments.advise:
        from tankerwatch.trial import analyse_advised as analyse_input
    else:
        from tankerwatch.pipeline import analyse as analyse_input

    with progress_bar(arguments.progress) as progress:
        result = analyse_input(arguments.path, config=config, columns=arguments.columns, progress=progress, tracks=bool(arguments.report))
    for words in result.words:
        if words not in config.remarks:  # those were told before the work began
            complain(words)
    made: dict[str, Callable[[], Iterable[str]]] = {
        "alerts": lambda: json_lines(result.alerts),
        "geojson": lambda: json_lines([result.to_geojson()]),
        "stix": lambda: json_lines([result.to_stix(arguments.tlp)]),
        "report": lambda: [result.to_html({"Command": arguments.typed, "Versions": ", ".join(map(" ".join, versions().items()))})],
    }
    for name, path in texts.items():
        if path:
            with text_file(path) as file:
                file.writelines(made[name]())
    if arguments.parquet:
        from tankerwatch.share.geoparquet import write

        with whole_file(arguments.parquet) as part:
            write(result.alerts, part)
    if arguments.stix:
        from tankerwatch.share.stix import left_out

        private = left_out(result.alerts, result.ships)
        if private:
            complain(f"{count(private, 'alert')} about private craft not in the bundle (SAFETY.md)")
    found = {"alerts": result.alerts, "incidents": result.incidents, "counters": result.counters, "words": result.words}
    if arguments.json:
        print_json(found)
    elif not spoken:
        print_found(found)
    return 0


def learn(arguments: argparse.Namespace) -> int:
    """What is usual where, into a file."""
    config = config_of(arguments)
    from tankerwatch.pipeline import learn as learn_from
    from tankerwatch.store.contexts import write_context

    with progress_bar(arguments.progress) as progress, whole_file(arguments.out) as part:
        context, told = learn_from(arguments.path, config=config, columns=arguments.columns, progress=progress)
        write_context(part, context)
    if arguments.json:
        print_json(told)
    else:
        learnt = f"{count(told['cells'], 'cell')}, {count(told['hours'], 'hour')} under way, {count(told['stays'], 'stay')}"
        print(f"{arguments.out}: {learnt}, of {count(told['ships'], 'ship')}")
    return 0


def decode(arguments: argparse.Namespace) -> int:
    """Messages as tables."""
    out: Path = arguments.out
    single = out.suffix in OUTPUTS and not out.is_dir()
    if out.suffix and not single and not out.is_dir():
        help = f"-o {out.stem} for a folder of Parquet tables, -o {out.stem}.csv for positions alone"
        raise InputFault(f"{out} is neither a folder nor a .csv or .jsonl file", where=called(arguments), help=help)
    config_of(arguments)
    from tankerwatch.export import decode_to

    with progress_bar(arguments.progress) as progress, whole_file(out) if single else nullcontext(out) as place:
        counters: dict[str, Any] = decode_to(arguments.path, place, columns=arguments.columns, progress=progress)
    if arguments.json:
        print_json(counters)
        return 0
    made = f"{count(counters['positions'], 'position')} from {count(counters['messages'], 'message')} in {count(counters['lines'], 'line')}"
    print(f"{out}: {made}")
    for reason, lines in sorted(counters["rejected"].items(), key=lambda pair: (-pair[1], pair[0])):
        print(f"  {count(lines, 'line')} not used: {plain(reason)}")
    return 0


def evaluate(arguments: argparse.Namespace) -> int:
    """How good the detectors are; status 1 when a bar is missed."""
    from tankerwatch.evaluate import command

    size = command.QUICK if arguments.quick else command.FULL if arguments.full else command.USUAL
    if arguments.write_scenes:
        written = command.write_scenes(arguments.write_scenes, arguments.only, size)
        (print_json({"scenes": [str(path) for path in written]}) if arguments.json else print(*written, sep="\n"))
        return 0
    with progress_bar(arguments.progress, unit=" tasks") as progress:
        found = command.evaluate(arguments.only, size, jobs=arguments.jobs, tell=progress)
    if arguments.write:
        from tankerwatch.evaluate import results

        results.write(arguments.write, found)
    if arguments.json:
        print_json(command.to_json(found))
    else:
        print(command.words(found))
    return 0 if found.reached else 1


def config_check(arguments: argparse.Namespace) -> int:
    """Every fault of a configuration; status 1 when only entries of its lists name no ship."""
    from tankerwatch.config import check
    from tankerwatch.detect import catalog

    config, faults = check(arguments.file, catalog.detectors())
    for words in (*map(str, faults), *config.remarks):
        complain(words)
    if arguments.json:
        print_json({"faults": [str(fault) for fault in faults], "remarks": list(config.remarks)})
    elif not faults:
        kinds = ", ".join(config.guard_kinds) or "none"
        ships = f"{count(len(config.guard), 'ship')} by name; own fleet: {count(len(config.fleet), 'ship')}"
        if config.zones:
            ships += f"; {count(len(config.zones), 'zone')}"
        print(f"{arguments.file}: every key is right. Guarded: kinds {kinds}; {ships}.")
    return 2 if faults else 1 if config.remarks else 0


def config_show(arguments: argparse.Namespace) -> int:
    """Every key with its default and its meaning, as a file to begin with."""
    from tankerwatch.config.page import example
    from tankerwatch.detect import catalog

    text = example(catalog.detectors())
    if arguments.json:
        import tomllib

        print_json(tomllib.loads(text))
    else:
        print(text, end="")
    return 0


def version(arguments: argparse.Namespace) -> int:
    """Which version this is, and of what it is made."""
    parts = versions()
    if arguments.json:
        print_json(parts)
    else:
        print("\n".join(f"{name} {number}" for name, number in parts.items()))
    return 0


def journal(arguments: argparse.Namespace) -> int:
    """What a watch has kept, record by record."""
    from tankerwatch.store.records import read_records

    seen = {"records": 0, "skipped": 0, "lost": 0}
    for record in read_records(arguments.data):
        seen[record.what if record.what in seen else "records"] += 1
        data = record.data.decode("utf-8", "backslashreplace")
        if arguments.json:
            time_s = record.time_s if math.isfinite(record.time_s) else None
            print_json({"record": record.number, "time_s": time_s, "what": record.what, "data": data})
        else:
            print(f"{record.number:>9}  {spoken_time(record.time_s, 3)}  {plain(record.what)}  {plain(data)}")
    if arguments.json:
        print_json(seen)
    elif seen["skipped"] or seen["lost"]:
        complain(
            f"{count(seen['records'], 'record')} printed; damaged or lost in {count(seen['skipped'] + seen['lost'], 'place')}, said above"
        )
    return 0
