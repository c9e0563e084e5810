"""The home page and the page about the API."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET


@require_GET
def home_show(request: HttpRequest) -> HttpResponse:
    """The promise to a stranger; a signed-in person goes on to Today."""
    if request.user.is_authenticated:
        return redirect("analytics:today_show")
    return render(request, "prep/home_show.html")


@require_GET
def api_docs_show(request: HttpRequest) -> HttpResponse:
    """What the API offers, read from its own schema."""
    return render(request, "prep/api_docs_show.html")
