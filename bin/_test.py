"""bin/test: lint, types, checks and every test that this machine can run; says what it skipped and why.

--fast leaves out what takes long: services, browser, and tests marked slow. With CI=true nothing may be skipped.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

from _prepare import BIN, PYTHON, ROOT, VAR, ensure_packages, environment, fail, say

FAST = "--fast" in sys.argv[1:]
CI = os.environ.get("CI") == "true"
DATABASE_URL = os.environ.get("PREP_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/prep")
REDIS_URL = os.environ.get("PREP_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
PRODUCTION_LIKE = {
    "PREP_DEVELOPMENT": "",
    "DJANGO_SECRET_KEY": "checked-with-a-key-of-its-own-that-is-long-enough-7f3b1c9d5e",
    "HEROKU_APP_DEFAULT_DOMAIN_NAME": "prep.example.com",
}
TESTS_FAILED = 1  # pytest's exit code; every other means that it could not run
skipped: list[str] = []
second_tries: list[str] = []
timings: list[tuple[str, float]] = []


def reachable(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def step(name: str, *command: str, again: tuple[str, ...] = (), **extra: str) -> None:
    """Runs one step; a failure ends everything, after a second try where there is one."""
    say(f"── {name}")
    began = time.monotonic()
    failed = subprocess.run(command, cwd=ROOT, env=environment(**extra), check=False).returncode
    if failed == TESTS_FAILED and again:
        say(f"── {name}: what failed, once more, alone")
        failed = subprocess.run(again, cwd=ROOT, env=environment(**extra), check=False).returncode
        second_tries.append(name)
    timings.append((name, time.monotonic() - began))
    if failed:
        fail(f"bin/test: “{name}” failed.")


def tool(name: str) -> str:
    return str(BIN / name)


def manage(name: str, *arguments: str, **extra: str) -> None:
    step(name, str(PYTHON), "manage.py", *arguments, **extra)


def pytest(marks: str, *options: str) -> tuple[str, ...]:
    return (str(PYTHON), "-m", "pytest", "-q", "-m", marks, *options)


def second_try(command: tuple[str, ...]) -> tuple[str, ...]:
    """Only what failed; on a busy machine waiting tests do."""
    return (*command, "--last-failed", "--last-failed-no-failures", "none")


def run_tests(name: str, marks: str, **extra: str) -> None:
    """Tests with these marks, two at a time. What fails gets a second try by itself, and the end says so."""
    command = pytest(marks)
    step(name, *command, "-n", "2", again=second_try(command), **extra)


def run_side_by_side(suites: dict[str, tuple[str, dict[str, str]]]) -> None:
    """Suites by name, each its marks and environment, all at once: they wait more than they work.

    Each says what it has to say when it is done. What fails in one is tried again when all are done.
    """
    running = []
    for name, (marks, extra) in suites.items():
        own = VAR / "side-by-side" / name.replace(" ", "-")
        own.mkdir(parents=True, exist_ok=True)
        command = pytest(marks, "-o", f"cache_dir={own / 'cache'}")
        env = environment(**{**extra, "PREP_VAR": str(own)})
        log = own / "output.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
        running.append((name, command, env, process, log))
        say(f"── {name}: begun")
    began = time.monotonic()
    for name, _, _, process, log in running:
        process.wait()
        timings.append((name, time.monotonic() - began))
        say(f"── {name}\n{log.read_text(errors='replace')}")
    for name, command, env, process, _ in running:
        failed = process.returncode
        if failed == TESTS_FAILED:
            say(f"── {name}: what failed, once more, alone")
            failed = subprocess.run(second_try(command), cwd=ROOT, env=env, check=False).returncode
            second_tries.append(name)
        if failed:
            fail(f"bin/test: “{name}” failed.")


def without(what: str, why: str) -> None:
    """Notes a skip; in CI, where everything must be there, it is a failure."""
    if CI:
        fail(f"bin/test: {what} cannot run: {why}. In CI that is a failure.")
    skipped.append(f"{what}: {why}")


def static_checks() -> None:
    step("lint: ruff", tool("ruff"), "check", ".")
    step("format: ruff", tool("ruff"), "format", "--check", ".")
    step("templates: djlint", tool("djlint"), "templates", "--lint", "--quiet")
    step("types: mypy", tool("mypy"))
    manage("migrations are complete", "makemigrations", "--check", "--dry-run")
    manage("the bank", "check_bank")


def main() -> None:
    ensure_packages("requirements.txt", "requirements-dev.txt")
    if FAST:
        step("lint: ruff", tool("ruff"), "check", ".")
        run_tests("tests, the fast part", "not slow and not services and not browser")
    else:
        static_checks()
        manage("deploy checks", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION_LIKE)
        run_tests("tests on SQLite and the filesystem queue", "not services and not browser")
        side_by_side = {}
        if not reachable(DATABASE_URL):
            without("tests on PostgreSQL and Redis", "PostgreSQL does not answer (PREP_TEST_DATABASE_URL)")
        elif not reachable(REDIS_URL):
            without("tests on PostgreSQL and Redis", "Redis does not answer (PREP_TEST_REDIS_URL)")
        else:
            services = {"DATABASE_URL": DATABASE_URL, "REDIS_URL": REDIS_URL}
            run_tests("the same tests on PostgreSQL and Redis", "not services and not browser and not pure", **services)
            side_by_side["tests that need the real services"] = ("services", services)
        if shutil.which("chromium") or os.environ.get("PREP_CHROMIUM"):
            side_by_side["tests in Chromium"] = ("browser", {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"})
        else:
            without("tests in a browser", "no chromium on the PATH (PREP_CHROMIUM names another)")
        run_side_by_side(side_by_side)
    say("\n" + "\n".join(f"{seconds:7.1f} s  {name}" for name, seconds in timings))
    if second_tries:
        say("Something passed only at a second try in: " + ", ".join(second_tries))
    say(
        "Skipped:\n  " + "\n  ".join(skipped)
        if skipped
        else "Nothing was skipped."
        if not FAST
        else "The fast part only."
    )


if __name__ == "__main__":
    main()
