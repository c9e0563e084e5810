import json

import pytest

from engine.parameters import DEFAULTS, REPLAY, ModelParameters


def test_parameters_survive_json():
    for known in (DEFAULTS, REPLAY, DEFAULTS.replace(guess_factor=0.7)):
        assert ModelParameters.from_dict(json.loads(json.dumps(known.to_dict()))) == known


def test_an_absent_value_keeps_its_default():
    assert ModelParameters.from_dict({"topic_variance": 0.3}) == DEFAULTS.replace(topic_variance=0.3)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="unknown parameters: speed"):
        ModelParameters.from_dict({"speed": 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topic_variance", 0.0), ("guess_factor", 1.2), ("rest_days", -1.0), ("draws", 5),
        ("author_level_difficulty", (0.0, 1.0)),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(name, value):
    with pytest.raises(ValueError, match=name.split("_")[0]):
        DEFAULTS.replace(**{name: value})
