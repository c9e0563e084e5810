"""Repository files agree with each other and with the code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
SETTINGS = (ROOT / "prep" / "settings.py").read_text()
GUNICORN = (ROOT / "gunicorn.conf.py").read_text()
PROCFILE = (ROOT / "Procfile").read_text()
APP = json.loads((ROOT / "app.json").read_text())
# Set by Heroku itself or by our own scripts, so that nobody has to choose a value.
GIVEN = {
    "DATABASE_URL",
    "REDIS_URL",
    "PORT",
    "DYNO",
    "HEROKU_APP_NAME",
    "HEROKU_APP_DEFAULT_DOMAIN_NAME",
    "PREP_VAR",
    "PREP_DEBUG",
    "PREP_DEVELOPMENT",
    "PREP_REDIS_PREFIX",
}


def variables_read() -> set[str]:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
    read |= set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', GUNICORN))
    return read | set(re.findall(r"\$\{([A-Z_]+)", PROCFILE))


@pytest.mark.pure
def test_app_json_explains_every_variable_and_no_other():
    assert set(APP["env"]) == variables_read() - GIVEN
    assert all(len(entry["description"]) > 20 for entry in APP["env"].values())


@pytest.mark.pure
def test_app_json_generates_the_secret_and_starts_every_process():
    assert APP["env"]["DJANGO_SECRET_KEY"]["generator"] == "secret"
    processes = {line.split(":")[0] for line in PROCFILE.splitlines()} - {"release"}
    assert set(APP["formation"]) == processes
    assert {addon["as"] for addon in APP["addons"]} == {"DATABASE", "REDIS"}


@pytest.mark.pure
def test_configuration_page_names_every_variable():
    page = (ROOT / "docs" / "configuration.md").read_text()
    missing = {name for name in variables_read() if f"`{name}`" not in page}
    assert not missing


@pytest.mark.pure
@pytest.mark.parametrize(
    "document", [*sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md")), "README.md"]
)
def test_documented_commands_and_links_exist(document):
    text = (ROOT / document).read_text()
    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert named <= set(get_commands()), named - set(get_commands())
    for script in set(re.findall(r"\b(bin/[a-z]+)\b", text)):
        assert (ROOT / script).exists(), script
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
        assert ((ROOT / document).parent / target).exists(), target


@pytest.mark.pure
def test_documented_tests_exist():
    """A promise that names its proof keeps having one; “test_some_…” stands for all that begin so."""
    text = (ROOT / "docs" / "exam-room.md").read_text()
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    known = set(re.findall(r"def (test_\w+)\(", tests))
    for name, beginning in re.findall(r"`(test_\w+?)(_…)?`", text):
        assert name in known if not beginning else any(one.startswith(name) for one in known), name
    for path in re.findall(r"`([a-z_]+/test_\w+\.py)`", text):
        assert (ROOT / "tests" / path).exists(), path


@pytest.mark.pure
def test_lock_files_match_what_they_lock():
    for name in ("requirements", "requirements-dev"):
        wanted = [
            re.split(r"[\[<>=;#\s]", line, maxsplit=1)[0].lower()
            for line in (ROOT / f"{name}.in").read_text().splitlines()
            if line and not line.startswith(("#", "-"))
        ]
        locked = (ROOT / f"{name}.txt").read_text()
        missing = [
            package for package in wanted if not re.search(rf"^{re.escape(package)}(\[.+\])?==", locked, re.MULTILINE)
        ]
        assert not missing
        assert "--hash=sha256:" in locked
        assert "://" not in re.sub(r"#.*", "", locked)


@pytest.mark.pure
def test_every_requirement_says_why():
    for name in ("requirements.in",):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-"))]
        assert all(" # " in line or "  #" in line for line in lines)


@pytest.mark.pure
def test_no_long_eta_or_countdown():
    """FAULTS D7: on Redis a task with a long countdown runs many times."""
    found = [
        str(path.relative_to(ROOT))
        for folder in ("accounts", "analytics", "exams", "prep", "questions", "study_plans")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\b(eta|countdown)\s*=", path.read_text())
    ]
    assert found == []


@pytest.mark.pure
def test_session_outlives_the_longest_exam(settings):
    longest = settings_longest_sitting_seconds()
    assert 10 * longest < settings.SESSION_COOKIE_AGE
    assert settings.SESSION_ENGINE == "accounts.sessions"


def settings_longest_sitting_seconds() -> int:
    """105 minutes at three times the time."""
    return 105 * 60 * 3


def test_deploy_checks_are_clean(tmp_path):
    env = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SECRET_KEY": "checked-with-a-key-of-its-own-that-is-long-enough-7f3b1c9d5e",
        "HEROKU_APP_DEFAULT_DOMAIN_NAME": "prep.example.com",
        "PREP_VAR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.pure
def test_nothing_names_a_place_of_ours():
    """No path of a machine, no registry's host."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    suspicious = re.compile(
        "|".join(["/wo" + "rk/", "/ro" + "ot/", "pypi" + r"\.org", "files.python" + "hosted", "/tmp" + "/room"])
    )
    found = [
        name
        for name in tracked
        if not name.endswith((".woff2", ".png")) and suspicious.search((ROOT / name).read_text(errors="ignore"))
    ]
    assert found == []
