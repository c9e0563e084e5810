"""After every migrate there is a group “Authors”: everything about questions, nothing about people."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

AUTHORS = "Authors"
WRITTEN_MODELS = (
    "question",
    "questionversion",
    "questiontopic",
    "option",
    "reference",
    "misconception",
    "questionreport",
)


def make_authors_group(sender: AppConfig, using: str, **words: Any) -> None:
    """Adds what the group lacks; what an admin added stays."""
    create_permissions(sender, verbosity=0, using=using)
    own = Permission.objects.using(using).filter(content_type__app_label="questions")
    wanted = own.filter(Q(content_type__model__in=WRITTEN_MODELS) | Q(codename__startswith="view_"))
    group, _ = Group.objects.using(using).get_or_create(name=AUTHORS)
    group.permissions.add(*wanted.exclude(codename__in=["add_questionreport", "delete_questionreport"]))
