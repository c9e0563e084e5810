"""The exam's format and its parts."""

import copy

from django.conf import settings
from django.utils.safestring import SafeString

from questions.markdown import render_markdown
from questions.models import DomainWeight, ExamBlueprint, Topic
from questions.selectors.remembering import remembered


def current_blueprint(code: str | None = None) -> ExamBlueprint:
    """The blueprint that new attempts sit.

    Raises   ExamBlueprint.DoesNotExist while no bank is loaded.
    """
    key = code or settings.EXAM_CODE
    read = remembered("blueprint", [key], lambda _: {key: ExamBlueprint.objects.get(code=key, is_current=True)})
    return copy.copy(read[key])


def domain_weights(blueprint: ExamBlueprint) -> list[DomainWeight]:
    """Domains with their weights, in blueprint order."""
    key = blueprint.pk
    read = remembered(
        "domain weights",
        [key],
        lambda _: {
            key: tuple(DomainWeight.objects.filter(blueprint=key).select_related("domain").order_by("domain__order"))
        },
    )
    return list(read[key])


def topics_of(blueprint: ExamBlueprint) -> list[Topic]:
    """Topics of a blueprint's domains in their order, with domain and foundations at hand."""
    return list(
        Topic.objects.filter(domain__weights__blueprint=blueprint)
        .select_related("domain")
        .prefetch_related("foundations")
    )


def note_html(topic: Topic) -> SafeString:
    """A topic's notes for a reading block; empty while there are none."""
    return render_markdown(topic.notes)
