"""What makes an answer right, and how right answers add up. Read by grading, regrading and the invariants."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from exams.models import AttemptQuestion, whole_percent
from questions.models import QuestionVersion


def exactly_the_keys() -> Exists:
    """All or nothing: an answer is right when it selects the version's keys and nothing else. Blank is wrong."""
    return Exists(
        QuestionVersion.objects.filter(pk=OuterRef("question_version_id"), key_ids=OuterRef("selected")).exclude(
            key_ids=[]
        )
    )


def domain_scores_of(attempt_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Scored questions per attempt and domain, in blueprint order: `{domain, right, total, percent}`. No pilots."""
    domain = "question_version__question__domain"
    rows = (
        AttemptQuestion.objects.filter(attempt__in=attempt_ids, is_pilot=False)
        .values("attempt_id", f"{domain}__code")
        .annotate(right=Count("pk", filter=Q(is_correct=True)), total=Count("pk"))
        .order_by(f"{domain}__order")
    )
    scores: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        scores[row["attempt_id"]].append(
            {
                "domain": row[f"{domain}__code"],
                "right": row["right"],
                "total": row["total"],
                "percent": whole_percent(row["right"], row["total"]),
            }
        )
    return scores
