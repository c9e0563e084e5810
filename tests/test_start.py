"""bin/start as a newcomer meets it: it says in one sentence what is wrong, and Ctrl-C stops everything."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.processes import ROOT, free_port, wait_for

START = ROOT / "bin" / "start"
pytestmark = [pytest.mark.slow, pytest.mark.pure]


def environment(var: Path, **extra: str) -> dict[str, str]:
    """A newcomer's: nothing of ours is set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PREP_VAR": str(var), "PYTHON": sys.executable, **extra}


def start(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([START, *arguments], env=env, capture_output=True, text=True, check=False, timeout=120)


def test_a_taken_port_is_said_with_a_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start(env=environment(tmp_path, PORT=str(port)))
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken. Choose another: PORT={port + 1} bin/start\n"


def test_a_port_that_is_none_is_said(tmp_path):
    done = start("eighty", env=environment(tmp_path))
    assert done.returncode == 1
    assert done.stderr == "“eighty” is not a port: give a number from 1 to 65535.\n"


def test_an_old_python_is_said(tmp_path):
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit\nexit 1\n')
    old.chmod(0o755)
    for name in ("python3.11", "python3.12", "python3.13", "python3.14", "python"):
        (tmp_path / name).symlink_to(old)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PREP_VAR": str(tmp_path)}
    done = start(env=env)
    assert done.returncode == 1
    assert done.stderr.startswith("Prep needs Python 3.11 or newer (found: Python 3.9.2).")
    assert done.stderr.count("\n") == 1


def test_no_network_for_pip_is_said(tmp_path):
    nowhere = {
        "PIP_INDEX_URL": f"http://127.0.0.1:{free_port()}/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    done = start(env=environment(tmp_path, PORT=str(free_port()), **nowhere))
    assert done.returncode == 1
    assert done.stderr.startswith("pip could not install the packages: is there a network? It said: ")
    assert done.stderr.count("\n") == 1


def test_it_starts_twice_and_ctrl_c_stops_everything(tmp_path):
    """With the packages of this very environment, so that nothing is downloaded."""
    (tmp_path / "venv").symlink_to(Path(sys.executable).parent.parent)
    port = free_port()
    env = environment(tmp_path, PORT=str(port), PREP_DEMO_PASSWORD="correct horse battery staple")
    for _ in range(2):
        with subprocess.Popen(
            [START], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        ) as started:
            assert started.stdout
            lines: list[str] = []
            for line in started.stdout:
                lines.append(line)
                if "admin@example.com" in line and any("Prep is at" in earlier for earlier in lines):
                    break
            assert requests.get(f"http://127.0.0.1:{port}/", timeout=20).status_code == 200, "".join(lines)
            started.send_signal(signal.SIGINT)
            started.stdout.read()
            assert started.wait(timeout=60) == 0
        wait_for(lambda: not is_listening(port), seconds=5, what="the port to be free again")


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
