import pytest

from engine.responses import Response, response_weight, sittings


def test_sittings_works():
    answers = [
        Response(1, "a", True, 50.0, batch="mock"),
        Response(2, "b", True, 10.0),
        Response(3, "c", True, 20.0, batch="mock"),
    ]
    grouped = [(moment, [r.id for r in members]) for moment, members in sittings(reversed(answers))]
    assert grouped == [(10.0, [2]), (50.0, [3, 1])]


def test_weights():
    assert response_weight() == 1.0
    assert response_weight(answered=False) == 0.5
    assert 0 < response_weight(after_reading=True, hinted=True, timed=False) < 0.5


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_a_weight_outside_its_range_is_refused(weight):
    with pytest.raises(ValueError, match="weight"):
        Response(1, "a", True, 0.0, weight=weight)


def test_a_moment_that_is_none_is_refused():
    with pytest.raises(ValueError, match="moment"):
        Response(1, "a", True, float("nan"))
