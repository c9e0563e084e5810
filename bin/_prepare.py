"""What bin/start and bin/test share: a virtual environment of our own with exactly the locked packages.

Standard library only: this runs before anything is installed.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PREP_VAR", ROOT / "var")).resolve()
VENV = VAR / "venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"


def say(text: str) -> None:
    print(text, flush=True)


def fail(text: str) -> "None":
    """Ends the command with one clear sentence."""
    print(text, file=sys.stderr, flush=True)
    sys.exit(1)


def ensure_packages(*lock_files: str) -> None:
    """Creates the environment if needed and installs the lock files unless they are in it already."""
    digest = hashlib.sha256(sys.version.encode())
    for name in lock_files:
        digest.update((ROOT / name).read_bytes())
    stamp = VENV / f"installed-{'-'.join(lock_files)}"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    if not PYTHON.exists():
        say("Making a virtual environment …")
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except (subprocess.CalledProcessError, OSError) as error:
            fail(
                f"Python could not make a virtual environment in {VENV} ({error}). On Debian: apt install python3-venv"
            )
    say("Installing the pinned packages (once, a minute or two) …")
    arguments = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # The locks are complete. Without --no-deps an older pip looks beyond them for extras, and finds a newer release.
    arguments += ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    for name in lock_files:
        arguments += ["--requirement", str(ROOT / name)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        fail(f"pip could not install the packages: is there a network? It said: {last}")
    stamp.write_text(digest.hexdigest())


def environment(**extra: str) -> dict[str, str]:
    """The environment of a child process: our packages first, development unless told otherwise."""
    values = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "VIRTUAL_ENV": str(VENV),
        "PREP_VAR": str(VAR),
        "PYTHONUNBUFFERED": "1",
        **extra,
    }
    values.setdefault("PREP_DEVELOPMENT", "1")
    return values
