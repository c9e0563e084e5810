"""I6: what people get to see of a failure of ours."""

import pytest
from django.core.management import call_command

from prep.management.commands.check_invariants import reply_violations

pytestmark = pytest.mark.django_db


def test_reply_to_a_failure_shows_nothing_of_the_inside(capsys):
    assert list(reply_violations()) == []
    call_command("check_invariants")
    assert "I6: holds" in capsys.readouterr().out


def test_debug_page_is_seen(settings, capsys):
    settings.DEBUG = True
    with pytest.raises(SystemExit):
        call_command("check_invariants")
    printed = capsys.readouterr().out
    assert "a failure at /exams/ shows its inside" in printed
    assert "a failure at /api/v1/attempts/ shows its inside" in printed
