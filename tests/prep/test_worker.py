"""What a worker does before its first task."""

import os
import subprocess
import sys

import pytest

ASKED = """
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "prep.settings"
from prep.celery import give_way

give_way()
print(os.nice(0))
"""


@pytest.mark.pure
@pytest.mark.parametrize(("niceness", "expected"), [(None, 10), ("0", 0), ("3", 3)])
def test_worker_gives_way_to_who_saves_an_answer(niceness, expected, tmp_path):
    env = {**os.environ, "PREP_DEVELOPMENT": "1", "PREP_VAR": str(tmp_path)}
    env.pop("WORKER_NICENESS", None)
    if niceness is not None:
        env["WORKER_NICENESS"] = niceness
    # A session of its own, so that the tests keep their share.
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=env, capture_output=True, text=True, check=True, start_new_session=True
    )
    assert int(done.stdout) - os.nice(0) == expected
