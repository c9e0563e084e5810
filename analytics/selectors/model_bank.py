"""The question bank as the engine reads it, compiled once per process and content."""

import hashlib
import json
import uuid
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db.models import Q

from analytics.models import ParameterSet
from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import Bank, QuestionParameters, compile_bank
from engine.reported import stand_ins
from engine.subject import Subject
from questions.models import ExamBlueprint, Question, QuestionTopic, Topic
from questions.selectors import domain_weights, remembered


@dataclass(frozen=True, eq=False)
class ModelBank:
    """A compiled bank, what it was compiled from, and the digest of all that; parameter_set: None for the defaults.

    exams: for how many reported real exams of one candidate it holds stand-ins.
    """

    bank: Bank
    questions: tuple[QuestionParameters, ...]
    digest: str
    parameter_set_id: uuid.UUID | None = None
    exam_code: str = ""
    exams: int = 0


def current_parameter_set(exam_code: str) -> ParameterSet | None:
    """The set in force; None before the first recalibration, when the fixed defaults hold."""
    return ParameterSet.objects.filter(exam_code=exam_code, is_current=True).first()


def parameters_of(parameter_set: ParameterSet | None) -> ModelParameters:
    return DEFAULTS if parameter_set is None else ModelParameters.from_dict(parameter_set.values)


def model_bank(blueprint: ExamBlueprint, *, exams: int = 0) -> ModelBank:
    """Every question that can stand behind an answer: published ones measure mastery, retired ones explain it.

    Pilot questions take no part: their difficulty is not known yet. The set is read before the difficulties that
    came with it: whoever meets a recalibration in between is found due once more. exams: for how many reported real
    exams it holds stand-ins, see `engine.reported`.
    """
    current = ParameterSet.objects.filter(exam_code=blueprint.code, is_current=True).defer("difficulties").first()
    parameters = parameters_of(current)
    read = remembered("model bank", [blueprint.pk], lambda _: {blueprint.pk: _read(blueprint)})[blueprint.pk]
    content = json.dumps(
        {
            **read,
            "scored_count": blueprint.scored_count,
            "pass_percent": blueprint.pass_percent,
            "parameters": parameters.to_dict(),
            **({"exams": exams} if exams else {}),
        },
        sort_keys=True,
    )
    return replace(
        _compiled(content), parameter_set_id=current.pk if current else None, exam_code=blueprint.code, exams=exams
    )


def _read(blueprint: ExamBlueprint) -> dict[str, list[Any]]:
    domains: list[Any] = [(weight.domain.code, weight.weight_percent) for weight in domain_weights(blueprint)]
    topics: list[Any] = list(
        Topic.objects.filter(domain__exam_code=blueprint.code)
        .order_by("domain__order", "order", "pk")
        .values_list("code", "domain__code")
    )
    links: dict[int, list[str]] = {}
    for question_id, code in QuestionTopic.objects.filter(question__domain__exam_code=blueprint.code).values_list(
        "question_id", "topic__code"
    ):
        links.setdefault(question_id, []).append(code)
    rows = [
        [pk, domain, sorted(links.get(pk, [])), difficulty, variance, guess, status == Question.Status.PUBLISHED]
        for pk, domain, difficulty, variance, guess, status in Question.objects.filter(
            Q(status=Question.Status.PUBLISHED) | Q(status=Question.Status.RETIRED),
            domain__exam_code=blueprint.code,
            is_pilot=False,
        )
        .order_by("pk")
        .values_list("pk", "domain__code", "difficulty", "difficulty_variance", "guess_level", "status")
    ]
    return {"domains": domains, "topics": topics, "questions": rows}


@lru_cache(maxsize=8)
def _compiled(content: str) -> ModelBank:
    values: dict[str, Any] = json.loads(content)
    subject = Subject.from_blueprint(
        [tuple(row) for row in values["domains"]],
        [tuple(row) for row in values["topics"]],
        scored_count=values["scored_count"],
        pass_percent=values["pass_percent"],
    )
    questions = [
        QuestionParameters(
            id=pk,
            domain=subject.domain_index[domain],
            topics=tuple(subject.topic_index[code] for code in topics),
            difficulty=difficulty,
            difficulty_variance=variance,
            guess=guess,
            published=published,
        )
        for pk, domain, topics, difficulty, variance, guess, published in values["questions"]
    ]
    parameters = ModelParameters.from_dict(values["parameters"])
    exams = stand_ins(subject, questions, parameters, exams=values.get("exams", 0))
    bank = compile_bank(subject, [*questions, *exams], parameters)
    return ModelBank(bank, tuple(questions), hashlib.sha256(content.encode()).hexdigest())
