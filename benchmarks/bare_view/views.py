"""The least that could be called saving an answer: know the session's user, write one row, commit."""

import json
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

WRITE = """
UPDATE exams_attemptquestion AS answer
SET selected = %s::jsonb, revision = answer.revision + 1, answered_at = %s
FROM exams_attempt AS attempt
WHERE attempt.id = answer.attempt_id AND attempt.id = %s AND answer.position = %s
  AND attempt.candidate_id = %s AND attempt.status = 'in_progress' AND attempt.deadline_at >= %s
RETURNING answer.revision
"""


@csrf_exempt
def answer_write(request: HttpRequest, attempt_id: UUID, position: int) -> JsonResponse:
    """No lock, no revision, no log, no CSRF, no validation: the row as it was sent. 404 if nothing was written."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    now = timezone.now()
    selected = json.dumps(json.loads(request.body)["selected"])
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [selected, now, attempt_id, position, request.user.pk, now])
        row = cursor.fetchone()
    response = JsonResponse({"revision": row[0]} if row else {}, status=200 if row else 404)
    # CommonMiddleware would set it; without it gunicorn sends chunks.
    response["Content-Length"] = str(len(response.content))
    return response
