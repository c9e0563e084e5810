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

from _prepare import BIN, PYTHON, ROOT, ensure_packages, environment, fail, say

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


def step(name: str, *command: str, second_try: tuple[str, ...] = (), **extra: str) -> None:
    """Runs one step; a failure ends everything, after a second try where there is one."""
    say(f"── {name}")
    began = time.monotonic()
    failed = subprocess.run(command, cwd=ROOT, env=environment(**extra), check=False).returncode
    if failed == TESTS_FAILED and second_try:
        say(f"── {name}: what failed, once more, alone")
        failed = subprocess.run(second_try, cwd=ROOT, env=environment(**extra), check=False).returncode
        second_tries.append(name)
    timings.append((name, time.monotonic() - began))
    if failed:
        fail(f"bin/test: “{name}” failed.")


def tool(name: str) -> str:
    return str(BIN / name)


def manage(name: str, *arguments: str, **extra: str) -> None:
    step(name, str(PYTHON), "manage.py", *arguments, **extra)


def run_tests(name: str, marks: str, processes: int = 2, **extra: str) -> None:
    """Tests with these marks. What fails on a busy machine gets a second try by itself, and the end says so."""
    command = (str(PYTHON), "-m", "pytest", "-q", "-m", marks)
    several = ("-n", str(processes)) if processes > 1 else ()
    again = (*command, "--last-failed", "--last-failed-no-failures", "none")
    step(name, *command, *several, second_try=again, **extra)


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
        if not reachable(DATABASE_URL):
            without("tests on PostgreSQL and Redis", "PostgreSQL does not answer (PREP_TEST_DATABASE_URL)")
        elif not reachable(REDIS_URL):
            without("tests on PostgreSQL and Redis", "Redis does not answer (PREP_TEST_REDIS_URL)")
        else:
            services = {"DATABASE_URL": DATABASE_URL, "REDIS_URL": REDIS_URL}
            run_tests("the same tests on PostgreSQL and Redis", "not services and not browser and not pure", **services)
            run_tests("tests that need the real services", "services", processes=1, **services)
        if shutil.which("chromium") or os.environ.get("PREP_CHROMIUM"):
            run_tests("tests in Chromium", "browser", processes=1, DJANGO_ALLOW_ASYNC_UNSAFE="true")
        else:
            without("tests in a browser", "no chromium on the PATH (PREP_CHROMIUM names another)")
    say("\n" + "\n".join(f"{seconds:7.1f} s  {name}" for name, seconds in timings))
    say(
        "Skipped:\n  " + "\n  ".join(skipped)
        if skipped
        else "Nothing was skipped."
        if not FAST
        else "The fast part only."
    )


if __name__ == "__main__":
    main()
