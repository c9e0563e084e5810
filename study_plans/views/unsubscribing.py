"""Stopping emails from the link in them, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from study_plans import mail, services


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed link is the permission
@require_http_methods(["GET", "POST"])
def messages_stop(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks, so that link checkers stop nothing; a POST stops."""
    if mail.plan_id_of_token(token) is None:
        raise Http404
    is_stopped = request.method == "POST" and services.stop_messages(token=token) is not None
    return render(request, "study_plans/messages_stop.html", {"is_stopped": is_stopped})
