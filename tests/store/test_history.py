"""Questions to a history give what a look at every row gives, wherever files and row groups are cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tankerwatch as tw
from tankerwatch.core.errors import InputFault
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.tables import Fixes, Statics
from tankerwatch.store.history import days, identities, manifest
from tankerwatch.store.history import questions as history
from tankerwatch.store.history.identities import Identities
from tankerwatch.store.history.manifest import Day, Manifest
from tankerwatch.store.history.questions import PUBLIC, History

BEGIN_S = 19_000 * 86_400.0
SHIPS = (219_000_001, 219_000_002, 538_000_003, 4_000_000_007)


def fixes_of(count: int, seed: int = 1) -> Fixes:
    """Positions of four ships over three days, all over the world, a tenth without a place, the edges among them."""
    dice = np.random.default_rng(seed)
    lon, lat = np.round(dice.uniform(-180, 180, count), 3), np.round(dice.uniform(-90, 90, count), 3)
    some = dice.random(count) < 0.3
    lon[some] = dice.choice([-180.0, 179.9, 180.0, 11.0], some.sum())
    lat[some] = dice.choice([-90.0, 0.0, 55.0, 90.0], some.sum())
    nowhere = dice.random(count) < 0.1
    lon[nowhere] = lat[nowhere] = np.nan
    return Fixes.blank(count).replace(
        time_s=BEGIN_S + np.round(np.sort(dice.uniform(0, 3 * 86_400, count)), 3),
        mmsi=dice.choice(SHIPS, count).astype(np.uint32),
        msg_type=np.ones(count, np.uint8),
        lon_deg=lon,
        lat_deg=lat,
        sog_kn=np.round(dice.uniform(0, 30, count), 1).astype(np.float32),
    )


def made(directory: Path, fixes: Fixes, parts: int = 3, statics: Statics | None = None) -> Path:
    """A history of these rows, each day in some parts."""
    folder = manifest.history_of(directory)
    folder.mkdir(parents=True)
    state = Manifest()
    which = np.arange(len(fixes)) % parts
    for part in range(parts):
        some = fixes.take(which == part)
        times = np.round(some.time_s * 1000).astype(np.int64)
        rows = days.compact(some, times, np.flatnonzero(which == part).astype(np.uint64) + 1, np.zeros(len(some), np.int32))
        at = days.SCHEMA.get_field_index("station")
        rows = rows.set_column(at, days.SCHEMA.field(at), pa.DictionaryArray.from_arrays(rows.column(at).combine_chunks(), ["a"]))
        for day in np.unique(times // days.DAY_MS).tolist():
            name = str(np.datetime64(day, "D"))
            chosen = rows.filter(pa.array(times // days.DAY_MS == day))
            state.days.setdefault(name, Day()).parts.append(days.write(folder / name, state.number(), chosen))
    if statics is not None:
        known = Identities()
        known.take(statics)
        state.statics = state.number()
        identities.write(manifest.statics_path(folder, state.statics), known)
    manifest.exchange(folder, state)
    return directory


@pytest.fixture(scope="module")
def sea(tmp_path_factory) -> tuple[History, Fixes]:
    """A history of small row groups, and its rows."""
    fixes = fixes_of(3000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(days, "GROUP_ROWS", 50)
        return History(made(tmp_path_factory.mktemp("sea"), fixes)), fixes


def rows_of(found: Any) -> list[tuple[Any, ...]]:
    table = found.to_arrow()
    assert table.schema.names[: len(PUBLIC)] == PUBLIC.names
    times = table.column("time_s").to_pylist()
    assert times == sorted(times)
    return sorted(zip(times, table.column("mmsi").to_pylist(), table.column("record").to_pylist(), strict=True))


def expected(fixes: Fixes, which: Any) -> list[tuple[Any, ...]]:
    at = np.flatnonzero(which)
    return sorted(zip(fixes.time_s[at].tolist(), fixes.mmsi[at].tolist(), (at + 1).tolist(), strict=True))


spans = st.none() | st.floats(-90_000, 300_000).map(lambda s: BEGIN_S + round(s, 3))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ship=st.sampled_from([*SHIPS, 7]), begin=spans, end=spans)
def test_a_ship(sea, ship, begin, end):
    asked, fixes = sea
    which = (fixes.mmsi == ship) & (fixes.time_s >= (begin or -np.inf)) & (fixes.time_s <= (end or np.inf))
    assert rows_of(asked.ship(ship, begin, end)) == expected(fixes, which)


lons = st.sampled_from([-180.0, 180.0, 179.9, 11.0, 0.0]) | st.floats(-180, 180).map(lambda deg: round(deg, 4))
lats = st.sampled_from([-90.0, 55.0, 90.0]) | st.floats(-90, 90).map(lambda deg: round(deg, 4))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(west=lons, east=lons, south=lats, north=lats, begin=spans, end=spans, at_once=st.sampled_from([1, 10**9]))
def test_an_area(sea, west, south, east, north, begin, end, at_once):
    asked, fixes = sea
    lon, lat = fixes.lon_deg, fixes.lat_deg
    inside = (lat >= south) & (lat <= north) & (fixes.time_s >= (begin or -np.inf)) & (fixes.time_s <= (end or np.inf))
    inside &= ((lon >= west) & (lon <= east)) if west <= east else ((lon >= west) | (lon <= east))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "ROWS_AT_ONCE", at_once)
        assert rows_of(asked.area(west, south, east, north, begin, end)) == expected(fixes, inside)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lat=lats, lon=lons, at=st.floats(0, 3 * 86_400), ships=st.integers(1, 5), within=st.sampled_from([1.0, 600.0, 50_000.0]))
def test_the_nearest(sea, lat, lon, at, ships, within):
    asked, fixes = sea
    found = asked.near(lat, lon, BEGIN_S + at, ships=ships, within_s=within).to_arrow()
    best = []
    for mmsi in SHIPS:
        mine = np.flatnonzero((fixes.mmsi == mmsi) & ~np.isnan(fixes.lon_deg) & (np.abs(fixes.time_s - BEGIN_S - at) <= within))
        if len(mine):
            nearest = mine[np.argmin(np.abs(fixes.time_s[mine] - BEGIN_S - at))]
            best.append(float(distance_nm(lat, lon, fixes.lat_deg[nearest], fixes.lon_deg[nearest])))
    told = found.column("distance_nm").to_pylist()
    assert len(set(found.column("mmsi").to_pylist())) == len(told)
    assert told == pytest.approx(sorted(best)[:ships], abs=1e-6)


def test_all_rows_once(sea):
    asked, fixes = sea
    assert sum(table.num_rows for table in asked.all_days(None, None)) == len(fixes)


def test_what_is_handed_out(tmp_path):
    statics = Statics.blank(3).replace(
        time_s=np.array([BEGIN_S, BEGIN_S + 1, BEGIN_S + 2]), mmsi=np.array([SHIPS[0], SHIPS[1], SHIPS[0]], np.uint32),
        msg_type=np.full(3, 5, np.uint8), name=np.array(["FRONT ALTAIR", "OTHER", ""], object), imo=np.array([9_000_003, 0, 0], np.uint32),
    )  # fmt: skip  # one a line would hide what belongs together
    fixes = fixes_of(100)
    asked = tw.history(made(tmp_path, fixes, statics=statics))
    rows = asked.ship("front altair")
    assert rows_of(rows) == rows_of(asked.ship("IMO 9000003")) == rows_of(asked.ship(SHIPS[0])) == rows_of(asked.ship(str(SHIPS[0])))
    assert len(rows) == int((fixes.mmsi == SHIPS[0]).sum()) > 5
    assert rows.to_arrow().schema.field("lon_deg").type == pa.float64()
    assert list(rows.to_pandas().columns) == PUBLIC.names and rows.to_polars().shape == (len(rows), len(PUBLIC))
    assert asked.names() == {SHIPS[0]: "FRONT ALTAIR", SHIPS[1]: "OTHER"}
    assert asked.statics().num_rows == 2
    for nobody in ("NOBODY", "IMO 9000015", "9000015"):
        with pytest.raises(InputFault, match="no ship"):
            asked.ship(nobody)


def test_an_answer_is_whole_although_files_are_exchanged(tmp_path):
    fixes = fixes_of(200)
    asked = tw.history(made(tmp_path, fixes))
    fresh = manifest.read(asked.folder)
    assert fresh is not None
    for name, day in fresh.days.items():
        joined = days.join(asked.folder / name, fresh.number(), day.parts)
        assert joined is not None
        day.parts = [joined]
    manifest.exchange(asked.folder, fresh)
    assert len(asked.ship(SHIPS[0])) == int((fixes.mmsi == SHIPS[0]).sum())


def test_a_damaged_file_is_told_in_one_line(tmp_path):
    asked = tw.history(made(tmp_path, fixes_of(50)))
    for path in asked.folder.glob("*/ships-*.parquet"):
        path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    with pytest.raises(InputFault, match="cannot be read"):
        asked.ship(SHIPS[0])
