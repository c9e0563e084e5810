import pytest

from engine.subject import Subject
from tests.engine.exam import DOMAINS, TOPICS


def test_from_blueprint_works():
    subject = Subject.from_blueprint(DOMAINS, TOPICS)
    assert subject.scored_counts == (6, 10, 9, 17, 9, 9)
    assert subject.pass_score == 44
    assert subject.size == 1 + 6 + 12
    assert subject.topic_domains[subject.topic_index["data-2"]] == subject.domain_index["data"]


@pytest.mark.parametrize(("count", "percent", "needed"), [(60, 72, 44), (60, 65, 39), (50, 70, 35), (65, 68, 45)])
def test_the_pass_score_is_rounded_up(count, percent, needed):
    subject = Subject.from_blueprint(DOMAINS, TOPICS, scored_count=count, pass_percent=percent)
    assert subject.pass_score == needed


def test_a_topic_of_an_unknown_domain_is_refused():
    with pytest.raises(ValueError, match="unknown domains: nowhere"):
        Subject.from_blueprint(DOMAINS, [("lost", "nowhere")])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domain_weights": (1.0, 0.5)}, "differ in number"),
        ({"domain_weights": (0.5,)}, "not to 1"),
        ({"topic_domains": (1,)}, "does not exist"),
        ({"topic_codes": ("t", "t"), "topic_domains": (0, 0)}, "twice"),
        ({"pass_fraction": 1.0}, "pass_fraction"),
    ],
)
def test_what_does_not_fit_together_is_refused(change, message):
    fitting = {
        "domain_codes": ("a",), "domain_weights": (1.0,), "scored_counts": (10,),
        "topic_codes": ("t",), "topic_domains": (0,),
    }  # fmt: skip
    Subject(**fitting)
    with pytest.raises(ValueError, match=message):
        Subject(**{**fitting, **change})
