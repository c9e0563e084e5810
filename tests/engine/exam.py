"""A small exam like the real one: six domains, twelve topics, 300 questions."""

import numpy as np

from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import Bank, QuestionParameters, compile_bank
from engine.subject import Subject

DOMAINS = [
    ("platform", 10), ("data", 17), ("security", 15), ("enterprise", 28), ("applications", 15),
    ("integrations", 15),
]  # fmt: skip
TOPICS = [(f"{code}-{number}", code) for code, _ in DOMAINS for number in (1, 2)]


def exam_bank(subject: Subject, parameters: ModelParameters = DEFAULTS, count: int = 300) -> Bank:
    rng = np.random.default_rng(20)
    questions = [
        QuestionParameters(
            id=f"q{number:03}",
            domain=(topic := number % subject.topic_count) // 2,
            topics=(topic,),
            difficulty=float(rng.normal(-0.3, 0.8)),
            difficulty_variance=0.1,
            guess=0.25 if number % 4 else 0.1,
        )
        for number in range(count)
    ]
    return compile_bank(subject, questions, parameters)


SUBJECT = Subject.from_blueprint(DOMAINS, TOPICS)
BANK = exam_bank(SUBJECT)
