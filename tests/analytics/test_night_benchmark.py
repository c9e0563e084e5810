"""The night in small, so that the benchmark cannot rot."""

from benchmarks.night import nights


def test_a_night_of_three_works(bank, capsys):
    nights(3)
    told = capsys.readouterr().out
    assert "| estimates drift, plans follow | " in told
    assert "3 sets before, 3 refreshed" in told
