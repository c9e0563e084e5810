"""The shipped bank under check_bank: no error, whatever the warnings."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from questions.lint import check_bank_files

pytestmark = pytest.mark.pure


def test_the_shipped_bank_passes():
    report = check_bank_files(Path(settings.BANK_DIR) / settings.EXAM_CODE, datetime.now(UTC).date())
    assert [str(finding) for finding in report.errors] == []
