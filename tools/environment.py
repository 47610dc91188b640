"""Make `.venv`: the pinned packages of `constraints.txt`, and Tankerwatch itself from this folder.

    python3 tools/environment.py          what the program needs
    python3 tools/environment.py --dev    what its tests and checks need too

Runs on any Python 3, so that an old one is told so in words. Uses nothing outside the standard library. Run it as often as you like.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
LEAST = (3, 11)


def refuse(what, help):
    """End with one line that says what is wrong and what helps."""
    sys.exit(f"tankerwatch: {what} help: {help}")


def check_python():
    """Refuse a Python that is too old, or one whose distribution took venv out of it."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.version_info < LEAST:
        refuse(f"Python {version} is too old, 3.11 is the least.", "make PYTHON=/path/to/python3.11 …")
    try:
        import ensurepip
        import venv  # noqa: F401  # only whether it is there

        ensurepip.version()
    except Exception:  # Debian takes the module out, others only its wheels: whatever fails, the same package mends it
        package = "python3-venv" if Path("/usr/bin/python3").resolve() == Path(sys.executable).resolve() else f"python{version}-venv"
        refuse("this Python cannot make virtual environments (ensurepip is missing).", f"apt-get install {package}")


def run(*words):
    """Run a command; end with its own words when it fails."""
    done = subprocess.run([str(word) for word in words], cwd=str(ROOT))
    if done.returncode:
        refuse(f"setting up stopped: {Path(str(words[0])).name} failed (above).", "mend what it names, then run make again")


def works(python):
    """Whether the environment's Python still starts (its base may have been removed)."""
    try:
        return subprocess.run([str(python), "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def main():
    """Make or refresh the environment."""
    parser = argparse.ArgumentParser(description="Make .venv with pinned packages.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    dev = parser.parse_args().dev
    check_python()
    python = VENV / "bin" / "python"
    if not works(python):
        print(f"making .venv with Python {sys.version_info[0]}.{sys.version_info[1]}", flush=True)
        run(sys.executable, "-m", "venv", "--clear", VENV)
    os.environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    os.environ["PIP_ROOT_USER_ACTION"] = "ignore"
    print(f"installing the pinned packages{' for tests and checks' if dev else ''}, some 200 MB", flush=True)
    install = [python, "-m", "pip", "install", "-qq", "--constraint", CONSTRAINTS]
    run(*install, "--upgrade", "pip")
    # Editable, so that the compiled kernels are kept beside their source and a change there is compiled again by itself.
    run(*install, "--build-constraint", CONSTRAINTS, "--editable", ".", *(["--group", "dev"] if dev else []))


if __name__ == "__main__":
    main()
