"""A copy in object storage that speaks S3. The only module that knows `obstore`, of the extra [s3].

    PREFIX/MARK/frames/FIRST.frames   consecutive frames as they are, named after the first of them
    PREFIX/MARK/seals/NUMBER.seal     a seal

Each object is created on the condition that there is none of its name, and never written again: of two who claim to go on from one frame,
one is told that the other was first. Who has the keys can still delete; only the bucket's own retention (object lock) stops him. Access
comes from the environment, as for every program that uses S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import origin
from tankerwatch.store.copies.replicas import CHUNK_BYTES
from tankerwatch.store.frames import Placed, parse
from tankerwatch.store.log import Fork, Tip, in_order
from tankerwatch.store.retention import Tombstone
from tankerwatch.store.seals import Seal

EVERY_S: Final = 1.0
"""Objects are written at most this often, unless a chunk is full."""
_AHEAD: Final = 8
"""Objects that are fetched at once while a copy is read."""
_PAGE: Final = 1000
_CHECK: Final = "check the bucket, AWS_ENDPOINT_URL and the other AWS_ variables"
_LISTS: Final = "tankerwatch restore --from s3://BUCKET/PREFIX lists them"
_PLACE: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^?#]*)?")
_MARK: Final = re.compile(r"[0-9a-f]{16}")


class Bucket:
    """The objects of journals below a prefix. Calls raise OSError; a text that is no place raises InputFault.

    A folder in place of an address: the same of this machine, for the drill, which reaches no server.
    """

    def __init__(self, url: str | Path) -> None:
        self._store: ObjectStore
        if isinstance(url, Path):
            self.name = url.as_uri()
            self._store = LocalStore(url)
            return
        if not _PLACE.fullmatch(url):
            raise InputFault(f"{url!r} is no bucket", where="s3", help="s3://BUCKET/PREFIX; a bucket's name has 3 to 63 small letters")
        self.name = url.rstrip("/")
        try:
            self._store = S3Store.from_url(
                self.name,
                client_options={
                    "connect_timeout": timedelta(seconds=3),
                    "timeout": timedelta(seconds=30),
                    "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("true", "1"),
                },
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
            )
        except (BaseError, ValueError) as fault:
            raise InputFault(
                f"cannot be used: {_said(fault)}", where=self.name, help="see AWS_ENDPOINT_URL and the other AWS_ variables"
            ) from fault

    def create(self, path: str, data: bytes) -> bool:
        """Store an object, durably; False when there is one of that name, which stays as it is."""
        with _as_os_error():
            try:
                self._store.put(path, data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def read(self, path: str) -> bytes | None:
        """An object; None when there is none."""
        with _as_os_error():
            try:
                return bytes(self._store.get(path).bytes())
            except NotFoundError:
                return None

    def numbers(self, folder: str, after: int = 0) -> Iterator[int]:
        """The numbers by which the objects of a folder are named, those behind `after`, in order."""
        with _as_os_error():
            pages: Iterable[Sequence[Any]] = self._store.list(folder, offset=f"{folder}/{after:020d}/" if after else None, chunk_size=_PAGE)
            if isinstance(self._store, LocalStore):  # S3 tells them in order, a folder does not
                pages = [sorted((entry for page in pages for entry in page), key=itemgetter("path"))]
            for page in pages:
                for entry in page:
                    name = entry["path"].rpartition("/")[2].partition(".")[0]
                    if name.isdecimal() and len(name) == 20 and int(name) > after:
                        yield int(name)

    def newest(self, folder: str) -> int:
        """The greatest of these numbers, 0 for none; found in few steps however many there are."""
        newest, step = 0, 0
        while True:
            page = list(islice(self.numbers(folder, newest + step), _PAGE))
            if page:
                newest, step = page[-1], 2 * step or 1
            elif step:
                step //= 2
            else:
                return newest

    def marks(self) -> list[str]:
        """The journals."""
        with _as_os_error():
            folders = self._store.list_with_delimiter()["common_prefixes"]
        return sorted(name for folder in folders if _MARK.fullmatch(name := folder.strip("/").rpartition("/")[2]))


class ObjectTarget:
    """A copy below a prefix; a `replicas.Target`."""

    def __init__(self, url: str | Path, *, every_s: float = EVERY_S, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._bucket = Bucket(url)
        self.name = self._bucket.name
        self._every_s, self._monotonic_s = every_s, monotonic_s
        self._next_s = monotonic_s()
        self._tips: dict[bytes, Tip] = {}

    def tip(self, mark: bytes) -> Tip:
        """Where the copy ends."""
        first = self._bucket.newest(_frames_of(mark))
        tip = Tip(0, 0, origin(mark))
        if first:
            newest = _piece(self._bucket, mark, first)[-1].header
            tip = Tip(newest.last_record, newest.frame, newest.chain)
        self._tips[mark] = tip
        return tip

    def seals(self, mark: bytes) -> int:
        """The number of its newest seal."""
        return self._bucket.newest(_seals_of(mark))

    def append(self, mark: bytes, frames: Sequence[Placed]) -> Tip:
        """Keep the next frames as one object; a few of them wait for their turn, so that there are not too many objects."""
        tip = self._tips.get(mark) or self.tip(mark)
        wanted = in_order(tip, frames)
        if not wanted:
            return tip
        raw = b"".join(frame.raw for frame in wanted)
        if len(raw) < CHUNK_BYTES:
            time.sleep(min(max(self._next_s - self._monotonic_s(), 0.0), self._every_s))
        if not self._bucket.create(f"{_frames_of(mark)}/{tip.frame + 1:020d}.frames", raw):
            # an answer of ours was lost, or there is another writer: what is there says which
            held = _piece(self._bucket, mark, tip.frame + 1)
            in_order(tip, held)
            if held[0].raw != wanted[0].raw:
                raise Fork(f"another frame {tip.frame + 1} is here")
            newest = held[-1].header
            self._tips[mark] = tip = Tip(newest.last_record, newest.frame, newest.chain)
            return self.append(mark, frames)
        self._next_s = self._monotonic_s() + self._every_s
        newest = wanted[-1].header
        self._tips[mark] = tip = Tip(newest.last_record, newest.frame, newest.chain)
        return tip

    def seal(self, mark: bytes, seal: Seal) -> None:
        """Keep the next seal."""
        path = f"{_seals_of(mark)}/{seal.number:020d}.seal"
        if not self._bucket.create(path, seal.to_json()) and self._bucket.read(path) != seal.to_json():
            raise Fork(f"another seal {seal.number} is here")

    def frames(self, mark: bytes, after_frame: int) -> Iterator[list[Placed]]:
        """What it holds behind a frame."""
        for piece in _pieces(self._bucket, mark, after_frame):
            if behind := [frame for frame in piece if frame.header.frame > after_frame]:
                yield behind

    def close(self) -> None:
        """Ask anew where it ends next time."""
        self._tips.clear()


class ObjectCopy:
    """A journal in a bucket, to have it again: a `restore.Source`. Raises InputFault."""

    begin: Tip | None = None
    size_bytes = 0

    def __init__(self, url: str | Path) -> None:
        prefix, _, mark = str(url).rstrip("/").rpartition("/")
        if not _MARK.fullmatch(mark):
            raise InputFault(
                f"{url!r} does not end with a journal's mark", where="s3", help="tankerwatch restore --from s3://BUCKET/PREFIX lists them"
            )
        self.mark, self.left = bytes.fromhex(mark), ""
        self._bucket = Bucket(url.parent if isinstance(url, Path) else prefix)
        self._where = str(url)
        with _as_input_fault(self._where):
            if not any(self._bucket.numbers(_frames_of(self.mark))):
                raise InputFault("holds no journal", where=self._where, help=_LISTS)

    def frames(self) -> Iterator[list[Placed]]:
        """All frames in order, as far as they can be had."""
        some = False
        with _as_input_fault(self._where):
            try:
                for piece in _pieces(self._bucket, self.mark, 0):
                    yield piece
                    some = True
            except OSError as fault:
                if not some:
                    raise
                self.left = str(fault)

    def seals(self) -> Iterator[Seal]:
        """The seals in order."""
        with _as_input_fault(self._where):
            for number in self._bucket.numbers(_seals_of(self.mark)):
                try:
                    yield Seal.from_json(self._bucket.read(f"{_seals_of(self.mark)}/{number:020d}.seal") or b"")
                except ValueError as fault:
                    raise InputFault(f"seal {number} {fault}", where=self._where) from fault

    def dropped(self) -> Iterator[tuple[Seal, Tombstone]]:
        """Nothing is ever dropped here by us."""
        return iter(())


class _Damaged(OSError):
    """An object holds no frames of this journal."""


def journals_below(url: str) -> list[str] | None:
    """The marks of the journals below a prefix; None when `url` is that of one of them. Raises InputFault."""
    if _MARK.fullmatch(url.rstrip("/").rpartition("/")[2]):
        return None
    with _as_input_fault(url):
        return Bucket(url).marks()


def _frames_of(mark: bytes) -> str:
    return f"{mark.hex()}/frames"


def _seals_of(mark: bytes) -> str:
    return f"{mark.hex()}/seals"


def _piece(bucket: Bucket, mark: bytes, first: int) -> list[Placed]:
    """The frames of one object."""
    try:
        frames = list(parse(bucket.read(f"{_frames_of(mark)}/{first:020d}.frames") or b"", mark))
    except ValueError as fault:
        raise _Damaged(f"object {first} holds {fault}") from fault
    if not frames or frames[0].header.frame != first:
        raise _Damaged(f"object {first} does not hold what its name says")
    return frames


def _pieces(bucket: Bucket, mark: bytes, after_frame: int) -> Iterator[list[Placed]]:
    """The objects from the one on that holds the frame behind `after_frame`, some fetched ahead."""
    folder, wanted, back = _frames_of(mark), after_frame + 1, 0
    start = wanted - 1
    while start and next(bucket.numbers(folder, start), wanted + 1) > wanted:  # the object begins before the frame
        back = 4 * back or 1
        start = max(wanted - 1 - back, 0)
    firsts: list[int] = []
    behind = bucket.numbers(folder, start)
    for first in behind:
        if first > wanted:
            firsts.append(first)
            break
        firsts = [first]
    with ThreadPoolExecutor(_AHEAD, "fetch") as pool:
        waiting = [pool.submit(_piece, bucket, mark, first) for first in firsts]
        while waiting:
            waiting += [pool.submit(_piece, bucket, mark, first) for first in islice(behind, _AHEAD - len(waiting))]
            yield waiting.pop(0).result()


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except BaseError as fault:
        raise OSError(_said(fault)) from fault


@contextmanager
def _as_input_fault(where: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault}", where=where, help=_CHECK) from fault


def _said(fault: Exception) -> str:
    """The first line of what the store says, without its inner workings."""
    return (str(fault).strip().splitlines() or ["no reason given"])[0][:200]
