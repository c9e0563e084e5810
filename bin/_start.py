"""bin/start: packages, database, bank, demo people; then the Procfile's web and worker until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from _prepare import BIN, PYTHON, ROOT, VAR, ensure_packages, environment, fail, say


def chosen_port() -> int:
    text = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"“{text}” is not a port: give a number from 1 to 65535.")
    return int(text)


def require_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            fail(f"Port {port} is taken. Choose another: PORT={port + 1} bin/start")


def manage(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([str(PYTHON), "manage.py", *arguments], cwd=ROOT, env=env, check=False)
    if done.returncode:
        fail(f"manage.py {arguments[0]} failed; the lines above say why.")


def wait_until_alive(address: str, processes: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if processes.poll() is not None:
            fail("Prep stopped while starting; the lines above say why.")
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    fail("Prep did not answer within 30 seconds; the lines above say why.")


def main() -> None:
    began = time.monotonic()
    port = chosen_port()
    require_free(port)
    ensure_packages("requirements.txt")
    address = f"http://127.0.0.1:{port}"
    env = environment(PORT=str(port))
    env.setdefault("PREP_LOG_LEVEL", "WARNING")
    env.setdefault("PREP_PUBLIC_URL", address)
    manage(env, "migrate", "--no-input", "--verbosity", "0")
    manage(env, "createcachetable")
    manage(env, "load_bank")
    manage(env, "seed_demo")
    command = [str(BIN / "honcho"), "start", "--no-prefix", "--port", str(port), "web", "worker"]
    processes = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    signal.signal(signal.SIGTERM, lambda *_: processes.send_signal(signal.SIGTERM))
    try:
        wait_until_alive(address, processes)
        say(f"\nPrep is at {address}  (started in {time.monotonic() - began:.0f} s; Ctrl-C stops everything)")
        say((VAR / "demo-sign-ins.txt").read_text())
        processes.wait()
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        if processes.poll() is None:
            processes.send_signal(signal.SIGTERM)
            try:
                processes.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(processes.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
