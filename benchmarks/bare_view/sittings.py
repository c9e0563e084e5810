"""Starting and handing in a mock with nothing around: the same rows read and written, in as few statements as can be.

No lock, no composition (any questions, at random), no check for an open mock, no Markdown, no listener, no CSRF. What
every process could remember anyway (which questions there are) is remembered here too. `?rows-only` leaves out reading
the questions for the reply; `by-orm` stores through the ORM what is otherwise stored by hand-written statements.
"""

import json
import random
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from exams.models import Attempt, AttemptQuestion
from exams.selectors import exactly_the_keys
from questions.models import ExamBlueprint

PAPER_LENGTH, PILOTS = 65, 5
ATTEMPT = """
INSERT INTO exams_attempt (
    id, candidate_id, blueprint_id, kind, number, status, score_status, score_version, started_at, deadline_at,
    checked_version, minutes_allowed, time_factor, is_tutored, is_adaptive, question_target, focus, scoring_rule,
    pass_percent, domain_scores
)
SELECT %s, %s, id, 'mock', 1, 'in_progress', 'pending', 0, %s, %s, 0, minutes, 1, false, false, %s, '{}', scoring_rule,
    pass_percent, '[]'
FROM questions_examblueprint WHERE is_current
"""
QUESTIONS = """
INSERT INTO exams_attemptquestion (
    attempt_id, position, question_version_id, is_pilot, select_count, option_order,
    selected, eliminated, flagged, confidence, note, seconds_spent, revision
)
SELECT %s, position, version, position > %s, select_count, option_order, '[]', '[]', false, '', '', 0, 0
FROM unnest(%s::int[], %s::bigint[], %s::int[], %s::jsonb[]) AS place (position, version, select_count, option_order)
"""
TEXTS = "SELECT id, scenario, stem, select_count FROM questions_questionversion WHERE id = ANY(%s)"
OPTIONS = 'SELECT version_id, id, text FROM questions_option WHERE version_id = ANY(%s) ORDER BY version_id, "order"'
GRADE = """
WITH graded AS (
    UPDATE exams_attemptquestion AS answer
    SET is_correct = (answer.selected = version.key_ids AND version.key_ids <> '[]')
    FROM questions_questionversion AS version, exams_attempt AS attempt
    WHERE answer.attempt_id = %s AND version.id = answer.question_version_id AND attempt.id = answer.attempt_id
      AND attempt.candidate_id = %s AND attempt.status = 'in_progress'
    RETURNING answer.is_correct, answer.is_pilot, version.question_id
)
SELECT domain.code, count(*) FILTER (WHERE is_correct), count(*)
FROM graded JOIN questions_question AS question ON question.id = question_id
JOIN questions_domain AS domain ON domain.id = question.domain_id
WHERE NOT graded.is_pilot GROUP BY domain.id ORDER BY domain."order"
"""
FINISH = """
UPDATE exams_attempt SET status = 'submitted', finished_at = %s, score_status = 'done', score_version = 1,
    scored_right = %s, scored_total = %s, passed = %s * 100 >= pass_percent * %s, domain_scores = %s
WHERE id = %s AND status = 'in_progress'
"""
ANSWERS = """
SELECT position, question_version_id, select_count, is_pilot, is_correct, selected, flagged, confidence, note,
    seconds_spent, revision, answered_at, option_order
FROM exams_attemptquestion WHERE attempt_id = %s ORDER BY position
"""
EXPLAINED_TEXTS = """
SELECT version.id, version.scenario, version.stem, domain.code
FROM questions_questionversion AS version JOIN questions_question AS question ON question.id = version.question_id
JOIN questions_domain AS domain ON domain.id = question.domain_id
WHERE version.id = ANY(%s)
"""
EXPLAINED_OPTIONS = """
SELECT option.version_id, option.id, option.text, option.is_key, option.rationale, pair.code, pair.name
FROM questions_option AS option LEFT JOIN questions_misconception AS pair ON pair.id = option.misconception_id
WHERE option.version_id = ANY(%s)
"""
REFERENCES = "SELECT version_id, url, title, verified_on FROM questions_reference WHERE version_id = ANY(%s)"


@csrf_exempt
def mock_start(request: HttpRequest) -> JsonResponse:
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    attempt_id, now = uuid4(), timezone.now()
    drawn = random.sample(_questions(), PAPER_LENGTH)
    versions = [version for version, _, _ in drawn]
    if "by-orm" in request.GET:
        _start_by_orm(request.user.pk, attempt_id, now, drawn)
        return _started(attempt_id, now, [])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTEMPT, [attempt_id, request.user.pk, now, now + timedelta(minutes=105), PAPER_LENGTH])
        places = [list(range(1, PAPER_LENGTH + 1)), versions, [count for _, count, _ in drawn]]
        orders = [json.dumps(random.sample(options, len(options))) for _, _, options in drawn]
        cursor.execute(QUESTIONS, [attempt_id, PAPER_LENGTH - PILOTS, *places, orders])
    paper = [] if "rows-only" in request.GET else _rows(TEXTS, versions) + _rows(OPTIONS, versions)
    return _started(attempt_id, now, paper)


def _start_by_orm(candidate_id: UUID, attempt_id: UUID, now: datetime, drawn: list[Any]) -> None:
    with transaction.atomic():
        blueprint = ExamBlueprint.objects.get(is_current=True)
        attempt = Attempt.objects.create(
            id=attempt_id,
            candidate_id=candidate_id,
            blueprint=blueprint,
            kind=Attempt.Kind.MOCK,
            number=1,
            started_at=now,
            deadline_at=now + timedelta(minutes=blueprint.minutes),
            minutes_allowed=blueprint.minutes,
            question_target=PAPER_LENGTH,
            scoring_rule=blueprint.scoring_rule,
            pass_percent=blueprint.pass_percent,
        )
        AttemptQuestion.objects.bulk_create(
            AttemptQuestion(
                attempt=attempt,
                position=position,
                question_version_id=version,
                is_pilot=position > PAPER_LENGTH - PILOTS,
                select_count=count,
                option_order=random.sample(options, len(options)),
            )
            for position, (version, count, options) in enumerate(drawn, start=1)
        )


def _started(attempt_id: UUID, now: datetime, paper: list[Any]) -> JsonResponse:
    headers = {"Location": f"/api/v1/attempts/{attempt_id}/"}
    return _sized(JsonResponse({"id": attempt_id, "started_at": now, "paper": paper}, status=201, headers=headers))


@csrf_exempt
def mock_submit(request: HttpRequest, attempt_id: UUID) -> JsonResponse:
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    if "by-orm" in request.GET:
        return _submit_by_orm(request.user.pk, attempt_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GRADE, [attempt_id, request.user.pk])
        scores = [{"domain": code, "right": right, "total": total} for code, right, total in cursor.fetchall()]
        right, total = (sum(score[name] for score in scores) for name in ("right", "total"))
        cursor.execute(FINISH, [timezone.now(), right, total, right, total, json.dumps(scores), attempt_id])
        if cursor.rowcount != 1:
            return JsonResponse({}, status=404)
    questions: list[Any] = []
    if "rows-only" not in request.GET:
        answers = _rows(ANSWERS, attempt_id)
        versions = [answer[1] for answer in answers]
        questions = [answers, *(_rows(sql, versions) for sql in (EXPLAINED_TEXTS, EXPLAINED_OPTIONS, REFERENCES))]
    return _sized(JsonResponse({"right": right, "total": total, "domain_scores": scores, "questions": questions}))


def _submit_by_orm(candidate_id: UUID, attempt_id: UUID) -> JsonResponse:
    with transaction.atomic():
        attempt = Attempt.objects.get(pk=attempt_id, candidate=candidate_id, status=Attempt.Status.IN_PROGRESS)
        attempt.questions.update(is_correct=exactly_the_keys())
        domain = "question_version__question__domain"
        rows = (
            attempt.questions.filter(is_pilot=False)
            .order_by(f"{domain}__order")
            .values_list(f"{domain}__code")
            .annotate(right=Count("pk", filter=Q(is_correct=True)), total=Count("pk"))
        )
        scores = [{"domain": code, "right": right, "total": total} for code, right, total in rows]
        attempt.status, attempt.finished_at = Attempt.Status.SUBMITTED, timezone.now()
        attempt.score_status, attempt.score_version = Attempt.ScoreStatus.DONE, 1
        attempt.scored_right, attempt.scored_total = (sum(s[name] for s in scores) for name in ("right", "total"))
        attempt.passed = attempt.scored_right * 100 >= attempt.pass_percent * attempt.scored_total
        attempt.domain_scores = scores
        attempt.save()
    body = {"right": attempt.scored_right, "total": attempt.scored_total, "domain_scores": scores, "questions": []}
    return _sized(JsonResponse(body))


def _rows(sql: str, argument: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [argument])
        return cursor.fetchall()


@lru_cache(maxsize=1)
def _questions() -> list[tuple[int, int, list[int]]]:
    """Every published version with its option ids, read once in the life of the process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version.id, version.select_count, array_agg(option.id) FROM questions_question AS question "
            "JOIN questions_questionversion AS version ON version.id = question.current_version_id "
            "JOIN questions_option AS option ON option.version_id = version.id "
            "WHERE question.status = 'published' GROUP BY version.id"
        )
        return cursor.fetchall()


def _sized(response: JsonResponse) -> JsonResponse:
    # CommonMiddleware would set it; without it gunicorn sends chunks.
    response["Content-Length"] = str(len(response.content))
    return response
