"""A mentor's pages: the cohort, one candidate's report, and the same report as the candidate sees it."""

import csv
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Cohort, Membership
from accounts.selectors import cohort_of, memberships_of, shared_membership
from accounts.services import record_report_view
from analytics import services
from analytics.forms import MentorNoteForm
from analytics.models import MentorNote
from analytics.selectors import current_estimates
from analytics.selectors.cohorts import CohortOverview, cohort_overview, computed_moments
from analytics.selectors.reports import CandidateReport, report_of
from analytics.views.freshness import Figures, figures_of, only_freshness
from analytics.views.own import signed_in
from analytics.words import heat_edges, number_words
from questions.models import Misconception
from questions.selectors import current_blueprint, domain_weights, topics_of
from study_plans import services as plans

# What a spreadsheet would run as a formula, full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MOST_TOPICS = 8
LEAST_MISSING = 0.5


def _own_cohort(request: HttpRequest, cohort_id: uuid.UUID) -> Cohort:
    cohort = cohort_of(signed_in(request), cohort_id)
    if cohort is None:
        raise Http404
    return cohort


def _membership(request: HttpRequest, cohort_id: uuid.UUID, candidate_id: uuid.UUID) -> Membership:
    membership = shared_membership(signed_in(request), cohort_id, candidate_id)
    if membership is None:
        raise Http404
    return membership


@login_required
@require_GET
@never_cache
def cohort_show(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    now, cohort = timezone.now(), _own_cohort(request, cohort_id)
    figures = figures_of(request, "Updated", computed_moments(cohort))
    if (line := only_freshness(request, figures, now)) is not None:
        return line
    overview = cohort_overview(cohort, now=now)
    blueprint = current_blueprint()
    context = {
        "overview": overview,
        "headline": _headline(overview),
        "weights": domain_weights(blueprint),
        "pass_percent": blueprint.pass_percent,
        "heat_edges": dict(
            zip(("second", "middle", "fourth", "fifth"), heat_edges(blueprint.pass_percent), strict=True)
        ),
        "figures": figures,
        "now": now,
    }
    return render(request, "analytics/cohort_show.html", context)


def _headline(overview: CohortOverview) -> str:
    """'Two of seven need you this week'."""
    needing, all_members = len(overview.attention), len(overview.members)
    if not all_members:
        return overview.cohort.name
    if not needing:
        return "Nobody needs you urgently" if all_members > 1 else "All is going its way"
    verb = "needs" if needing == 1 else "need"
    return f"{number_words(needing).capitalize()} of {number_words(all_members)} {verb} you this week"


@login_required
@require_GET
@never_cache
def cohort_export(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """The heat map as CSV, one row a candidate."""
    cohort = _own_cohort(request, cohort_id)
    overview = cohort_overview(cohort, now=timezone.now())
    return csv_file(f"cohort-{cohort.pk}", *_cohort_rows(overview))


def _cohort_rows(overview: CohortOverview) -> tuple[list[str], list[list[Any]]]:
    names = [weight.domain for weight in domain_weights(current_blueprint())]
    header = ["candidate"]
    for domain in names:
        header += [f"{domain.code} %", f"{domain.code} low", f"{domain.code} high", f"{domain.code} n"]
    header += ["chance %", "chance low", "chance high", "exam on", "needs attention", "computed at"]
    rows = []
    for member in overview.members:
        report = member.report
        lines = {line.code: line for line in report.domains}
        row: list[Any] = [report.name]
        for domain in names:
            line = lines.get(domain.code)
            row += [round(line.mastery), round(line.low), round(line.high), line.answers] if line else ["", "", "", 0]
        chance = report.forecast
        row += [round(100 * v) for v in (chance.probability, chance.low, chance.high)] if chance else ["", "", ""]
        row += [
            report.plan.exam_on.isoformat() if report.plan and report.plan.exam_on else "",
            member.attention.title if member.attention else "",
            report.computed_at.isoformat() if report.computed_at else "",
        ]
        rows.append(row)
    return header, rows


@login_required
@require_GET
@never_cache
def report_show(request: HttpRequest, cohort_id: uuid.UUID, candidate_id: uuid.UUID) -> HttpResponse:
    """One candidate's report. That the mentor looked is noted, and the candidate can see it.

    Whether there are newer figures may be asked without a look being noted: it tells none of them.
    """
    membership = _membership(request, cohort_id, candidate_id)
    now = timezone.now()
    if (line := only_freshness(request, _figures(request, membership, is_own=False), now)) is not None:
        return line
    record_report_view(membership=membership, now=now)
    report = report_of(membership, now=now)
    return _render_report(request, membership, report, now, form=_note_form(None, report))


def _page(membership: Membership, *, is_own: bool) -> str:
    """The report's own address, also where the answer to a form shows it."""
    if is_own:
        return reverse("analytics:shared_report_show", args=[membership.pk])
    return reverse("analytics:report_show", args=[membership.cohort_id, membership.candidate_id])


def _figures(request: HttpRequest, membership: Membership, *, is_own: bool) -> Figures:
    estimates = current_estimates(membership.candidate)
    stamps = [estimates.computed_at if estimates else None]
    return figures_of(request, "Updated", stamps, page=_page(membership, is_own=is_own))


def _render_report(
    request: HttpRequest,
    membership: Membership,
    report: CandidateReport,
    now: datetime,
    form: MentorNoteForm | None,
    status: int = 200,
) -> HttpResponse:
    notes = MentorNote.objects.filter(mentor=membership.cohort.mentor, candidate=membership.candidate)
    context = {
        "membership": membership,
        "report": report,
        "figures": _figures(request, membership, is_own=form is None),
        "page": _page(membership, is_own=form is None),
        "form": form,
        "notes": notes.select_related("topic", "misconception")[:10],
        "lede": _lede(report),
        "now": now,
        "is_own": form is None,
    }
    return render(request, "analytics/report_show.html", context, status=status)


def _lede(report: CandidateReport) -> str:
    """How many domains rise, and where most is missing."""
    if not report.domains:
        return "No answers yet, so there is nothing to report."
    moved = [line for line in report.domains if len(line.trend) > 1]
    rising = sum(line.mastery > line.trend[-2].mastery + 1 for line in moved)
    largest = max(report.domains, key=lambda line: line.marks_to_win)
    total = sum(line.marks_to_win for line in report.domains)
    missing = (
        f"{largest.name} holds {100 * largest.marks_to_win / total:.0f}% of what is missing." if total > 0.5 else ""
    )
    if not moved:
        return f"One sitting so far, so there is no trend yet. {missing}".strip()
    return f"Rising in {rising} of {len(report.domains)} domains since the sitting before. {missing}".strip()


def _note_form(values: Any, report: CandidateReport) -> MentorNoteForm:
    """Suggestions begin with what would win most: topics by weakness, pairs that are mixed up."""
    blueprint = current_blueprint()
    weakest = sorted(report.topics, key=lambda line: line.mastery)[:MOST_TOPICS]
    topics = {topic.code: topic for topic in topics_of(blueprint)}
    pairs = Misconception.objects.filter(exam_code=blueprint.code, code__in=[line.code for line in report.confusions])
    return MentorNoteForm(
        values, topics=[topics[line.code] for line in weakest if line.code in topics], pairs=list(pairs)
    )


@login_required
@require_POST
def note_write(request: HttpRequest, cohort_id: uuid.UUID, candidate_id: uuid.UUID) -> HttpResponse:
    membership = _membership(request, cohort_id, candidate_id)
    now = timezone.now()
    report = report_of(membership, now=now)
    form = _note_form(request.POST, report)
    if not form.is_valid():
        return _render_report(request, membership, report, now, form, status=422)
    services.write_mentor_note(membership=membership, now=now, **form.note())
    messages.success(request, "Sent. It stands on their Today page until they have read it.")
    return redirect("analytics:report_show", cohort_id, candidate_id)


@login_required
@require_POST
def block_pin(request: HttpRequest, cohort_id: uuid.UUID, candidate_id: uuid.UUID, block_id: uuid.UUID) -> HttpResponse:
    """Keep one planned block of the candidate in its place; `?back` lets it move again."""
    membership = _membership(request, cohort_id, candidate_id)
    is_pinned = "back" not in request.POST
    try:
        services.pin_for_candidate(membership=membership, block_id=block_id, is_pinned=is_pinned, now=timezone.now())
    except (services.PlanNotShared, plans.BlockNotFound) as missing:
        raise Http404 from missing
    except plans.BlockNotOpen as closed:
        messages.error(request, str(closed))
    else:
        words = "Pinned: it stays where it is." if is_pinned else "It may move again."
        messages.success(request, f"{words} {membership.candidate.short_name} reads of it on Today.")
    return redirect("analytics:report_show", cohort_id, candidate_id)


@login_required
@require_GET
@never_cache
def report_export(request: HttpRequest, cohort_id: uuid.UUID, candidate_id: uuid.UUID) -> HttpResponse:
    """The domain report as CSV: one row a domain, and one a topic."""
    membership = _membership(request, cohort_id, candidate_id)
    now = timezone.now()
    record_report_view(membership=membership, now=now)
    report = report_of(membership, now=now)
    header = [
        "candidate",
        "part",
        "name",
        "weight %",
        "expected %",
        "low",
        "high",
        "answers",
        "evidence",
        "computed at",
    ]
    computed = report.computed_at.isoformat() if report.computed_at else ""
    rows: list[list[Any]] = []
    for line in report.domains:
        figures = [round(line.mastery, 1), round(line.low, 1), round(line.high, 1), line.answers, line.label]
        rows.append([report.name, "domain", line.name, line.weight_percent, *figures, computed])
    for topic in report.topics:
        figures = [round(topic.mastery, 1), round(topic.low, 1), round(topic.high, 1), topic.answers, topic.label]
        rows.append([report.name, "topic", topic.name, "", *figures, computed])
    return csv_file(f"report-{report.candidate_id}", header, rows)


@login_required
@require_GET
@never_cache
def shared_report_show(request: HttpRequest, membership_id: int) -> HttpResponse:
    """The same report, as the candidate's own mentor sees it. Nothing is noted as looked at."""
    membership = (
        memberships_of(signed_in(request))
        .select_related("cohort__mentor", "candidate")
        .filter(pk=membership_id)
        .first()
    )
    if membership is None:
        raise Http404
    now = timezone.now()
    if (line := only_freshness(request, _figures(request, membership, is_own=True), now)) is not None:
        return line
    return _render_report(request, membership, report_of(membership, now=now), now, form=None)


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )
    # A spreadsheet takes the file for UTF-8 only with this mark.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return response


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run is made plain; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
