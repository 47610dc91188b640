"""The law of the drill: a strike reaches nothing but the folder that its own run made."""

from __future__ import annotations

import ast
import inspect
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch import drill
from tankerwatch.cli.arguments import parser
from tankerwatch.drill import clocks, command, copies, disk, kill, power, tamper
from tankerwatch.drill import sandbox as sandbox_module
from tankerwatch.drill.sandbox import Refused, Sandbox

FOLDER = Path(inspect.getfile(drill)).parent
NONCE = sandbox_module._NONCE

OPERATIONS = {
    "read": lambda box, name: box.read(name),
    "write": lambda box, name: box.write(name, b"struck"),
    "truncate": lambda box, name: box.truncate(name, 0),
    "remove": lambda box, name: box.remove(name),
    "rename": lambda box, name: box.rename(name, "elsewhere"),
    "remove_folder": lambda box, name: box.remove_folder(name),
    "folder": lambda box, name: box.folder(name),
    "put": lambda box, name: box.put(name, {"file": b"struck"}),
    "taken": lambda box, name: box.taken(name),
    "names": lambda box, name: box.names(name),
}
operations = pytest.mark.parametrize("operation", OPERATIONS)


@pytest.fixture
def outside(tmp_path):
    """Something precious, and what it looks like."""
    folder = tmp_path / "precious"
    (folder / "inner").mkdir(parents=True)
    (folder / "file").write_bytes(b"precious")
    (folder / "inner" / "file").write_bytes(b"precious too")
    yield folder
    assert sorted(path.name for path in folder.rglob("*")) == ["file", "file", "inner"]
    assert (folder / "file").read_bytes() == b"precious"
    assert (folder / "inner" / "file").read_bytes() == b"precious too"


@operations
@pytest.mark.parametrize("shape", ["absolute", "up", "up and down", "dot", "empty", "double", "nul"])
def test_any_other_path_is_refused(sandbox, outside, operation, shape):
    sandbox.folder("inner")
    name = {
        "absolute": str(outside / "file"),
        "up": f"../{outside.name}/file",
        "up and down": f"inner/../../{outside.name}/file",
        "dot": "./inner",
        "empty": "",
        "double": "inner//file",
        "nul": "inner/\0",
    }[shape]
    with pytest.raises(Refused):
        OPERATIONS[operation](sandbox, name)


@operations
@pytest.mark.parametrize("link", ["folder", "file", "above"])
def test_links_are_refused(sandbox, outside, operation, link):
    inner = sandbox.folder("inner")
    if link == "folder":
        (inner / "away").symlink_to(outside)
        name = "inner/away"
    elif link == "file":
        (inner / "away").symlink_to(outside / "file")
        name = "inner/away"
    else:
        (inner / "away").symlink_to(outside)
        name = "inner/away/file"
    with pytest.raises((Refused, OSError)):
        OPERATIONS[operation](sandbox, name)
    with pytest.raises(Refused):
        sandbox.remove_folder("inner")
    assert (inner / "away").is_symlink()


@pytest.mark.parametrize("operation", ["read", "write", "truncate", "remove", "rename"])
def test_a_file_that_has_a_name_elsewhere_is_refused(sandbox, outside, operation):
    os.link(outside / "file", sandbox.folder("inner") / "file")
    with pytest.raises(Refused, match="one name"):
        OPERATIONS[operation](sandbox, "inner/file")


@pytest.mark.parametrize("operation", ["read", "write", "truncate", "remove", "rename"])
def test_what_is_no_plain_file_is_refused(sandbox, operation):
    os.mkfifo(sandbox.folder("inner") / "file")
    with pytest.raises(Refused):
        OPERATIONS[operation](sandbox, "inner/file")


@operations
@pytest.mark.parametrize("change", ["no nonce", "other nonce", "linked nonce", "another folder", "a link", "gone"])
def test_a_folder_that_is_not_surely_ours_is_not_touched(sandbox, outside, operation, change, tmp_path):
    inner = sandbox.folder("inner")
    (inner / "file").write_bytes(b"x")
    root = inner.parent
    nonce = (root / NONCE).read_bytes()
    if change == "no nonce":
        (root / NONCE).unlink()
    elif change == "other nonce":
        (root / NONCE).write_bytes(os.urandom(32))
    elif change == "linked nonce":
        (root / NONCE).unlink()
        (tmp_path / "nonce").write_bytes(nonce)
        (root / NONCE).symlink_to(tmp_path / "nonce")
    else:
        root.rename(tmp_path / "moved")
        if change == "another folder":
            (root / "inner").mkdir(parents=True)
            (root / "inner" / "file").write_bytes(b"x")
            (root / NONCE).write_bytes(nonce)
        elif change == "a link":
            root.symlink_to(outside)
    with pytest.raises(Refused):
        OPERATIONS[operation](sandbox, "inner/file")
    with pytest.raises(Refused):
        sandbox.close()
    where = root if change in ("no nonce", "other nonce", "linked nonce") else tmp_path / "moved"
    assert (where / "inner" / "file").read_bytes() == b"x", "nothing is removed that is not surely ours"


@given(name=st.text(max_size=30) | st.lists(st.sampled_from(["..", ".", "", "precious", "file", "inner", "/"]), max_size=6).map("/".join))
def test_no_name_leads_outside(name, tmp_path_factory):
    place = tmp_path_factory.mktemp("names")
    (place / "precious").mkdir()
    (place / "precious" / "file").write_bytes(b"precious")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(place))
        with Sandbox() as box:
            for operation in OPERATIONS.values():
                try:
                    operation(box, name)
                except (Refused, OSError, ValueError):
                    continue
            assert {path.name for path in place.iterdir()} == {"precious", box.folder("x").parent.name}
    assert [path.name for path in place.rglob("*")] == ["precious", "file"]
    assert (place / "precious" / "file").read_bytes() == b"precious"


def test_a_sandbox_is_new_each_time_and_cannot_be_pointed_anywhere(tmp_path, monkeypatch):
    assert list(inspect.signature(Sandbox).parameters) == []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Sandbox() as one, Sandbox() as other:
        assert one.folder("x").parent != other.folder("x").parent
        assert {path.parent for path in (one.folder("x").parent, other.folder("x").parent)} == {tmp_path}
        assert one.folder("x").parent.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Refused):
        one.write("x/file", b"")


def test_a_drill_never_holds_more_than_the_cap(sandbox, monkeypatch):
    assert sandbox_module.CAP_BYTES == 1 << 30
    monkeypatch.setattr(sandbox_module, "CAP_BYTES", 3 << 20)
    sandbox.folder("x")
    sandbox.write("x/one", bytes(2 << 20))
    sandbox.write("x/one", bytes(2 << 20))
    with pytest.raises(Refused, match="more than"):
        sandbox.write("x/two", bytes(2 << 20))


STRIKES = [kill.kill, power.power_cut, tamper.tamper, tamper.clean, copies.apart, copies.fork, copies.wreck, disk.sick, clocks.clock_jumps]


@pytest.mark.parametrize("strike", STRIKES, ids=lambda strike: strike.__name__)
def test_a_strike_takes_a_handle_and_no_path(strike):
    parameters = list(inspect.signature(strike, eval_str=True).parameters.values())
    assert parameters[0].annotation is Sandbox
    assert not [p.name for p in parameters if p.annotation in (Path, os.PathLike, "Path") or p.name in ("path", "directory", "folder")]


def test_the_command_makes_these_strikes_and_no_other():
    """Each is called with the sandbox that the run made; nothing is looked up by name, loaded or registered."""
    called = set()
    for node in ast.walk(ast.parse(inspect.getsource(command))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == "sandbox":
            called.add(ast.unparse(node.func))
    assert called == {*(strike.__name__ for strike in STRIKES), "lay", "KINDS[0].open"}
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["project"]["scripts"]) == {"tankerwatch"}
    assert "entry-points" not in project["project"]


def test_no_option_says_what_to_strike():
    commands = next(action for action in parser()._actions if action.dest == "command" or (hasattr(action, "choices") and action.choices))
    assert commands.choices is not None
    options = {option for action in commands.choices["drill"]._actions for option in action.option_strings}
    assert options == {"-h", "--help", "--config", "--json", "--progress", "--rounds", "--full", "--sample", "--report", "--write"}
    assert not [action for action in commands.choices["drill"]._actions if not action.option_strings]


CHANGING = {
    *("unlink", "rmdir", "rmtree", "write_bytes", "write_text", "touch", "symlink_to", "hardlink_to", "chmod", "mkdir", "ftruncate"),
    *("pwrite", "rename", "remove", "truncate", "write", "open", "system", "Popen", "exec", "overwrite"),
}
ON = {"sandbox", "super()", "kind", "KINDS[0]", "super"}
"""What may be told to change something: the handle; a file layer that the journal itself calls; a place for a copy in the sandbox."""


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_only_the_sandbox_touches_files(path):
    if path.name == "sandbox.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = getattr(node, "module", "") or ""
        assert not {"shutil", "tempfile", "subprocess", "importlib", "ctypes", "socket"} & {module, *names}, path.name
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in ("open", "exec", "eval", "__import__", "getattr", "setattr"))
            if isinstance(called, ast.Attribute) and called.attr in CHANGING:
                assert ast.unparse(called.value) in ON, f"{path.name}:{node.lineno}: {ast.unparse(called)}"
