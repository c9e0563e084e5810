"""Brings the database into step with a folder of bank files. Twice in a row changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max, Model

from questions.bankfiles import Bank, BankFileError, Problem, read_bank
from questions.models import (
    Domain,
    DomainWeight,
    ExamBlueprint,
    Lab,
    Misconception,
    Topic,
)
from questions.rules import bank_problems
from questions.services.bank_questions import LoadCounts, keep_questions

Row = TypeVar("Row", bound=Model)
# A changed format is another exam for whoever sat the old one, so it needs a version of its own.
FORMAT_FIELDS = ("effective_on", "minutes", "scored_count", "pilot_count", "pass_percent", "scoring_rule")


@dataclass(frozen=True, slots=True)
class BankLoad:
    """What a load found and did, as counts."""

    questions: int
    added: int
    next_versions: int
    upkept: int
    retired: int
    topics: int
    misconceptions: int
    labs: int
    notes: int
    other_rows_changed: int

    @property
    def changed_anything(self) -> bool:
        return bool(self.added or self.next_versions or self.upkept or self.retired or self.other_rows_changed)


def load_bank(path: Path, now: datetime) -> BankLoad:
    """Reads the bank in a folder and makes the database say the same, all or nothing.

    A new question is published as version 1; changed content becomes the next published version; changed upkeep
    (topics, level, pilot, look-alikes, days of checking) is updated in place; a question that left the files is
    retired. What was edited in the admin stays until its file changes. Attempts keep the versions they showed.
    Raises   BankFileError with every problem.
    """
    bank = read_bank(path)
    if problems := bank_problems(bank):
        raise BankFileError(problems)
    return store_bank(bank=bank, now=now)


@transaction.atomic
def store_bank(*, bank: Bank, now: datetime) -> BankLoad:
    """The database half of `load_bank`.

    Raises   BankFileError if the blueprint's format changed without a new version.
    """
    changes = LoadCounts()
    domains = _keep_blueprint(bank, changes)
    topics = _keep_topics(bank, domains, changes)
    misconceptions = _keep_misconceptions(bank, domains, changes)
    _keep_labs(bank, topics, changes)
    keep_questions(bank, topics, misconceptions, now, changes)
    return BankLoad(
        questions=len(bank.questions),
        added=changes.added,
        next_versions=changes.next_versions,
        upkept=changes.upkept,
        retired=changes.retired,
        topics=len(topics),
        misconceptions=len(misconceptions),
        labs=len(bank.labs),
        notes=len(bank.notes),
        other_rows_changed=changes.other_rows,
    )


def _keep(model: type[Row], changes: LoadCounts, *, key: dict[str, Any], values: dict[str, Any]) -> Row:
    """The row with that key and those values; written only if it says something else."""
    row = model._default_manager.filter(**key).first()
    if row is None:
        changes.other_rows += 1
        return model._default_manager.create(**key, **values)
    different = [name for name, value in values.items() if getattr(row, name) != value]
    if different:
        for name in different:
            setattr(row, name, values[name])
        row.save(update_fields=different)
        changes.other_rows += 1
    return row


def _keep_blueprint(bank: Bank, changes: LoadCounts) -> dict[str, Domain]:
    written = bank.blueprint
    format_values = {name: getattr(written, name) for name in FORMAT_FIELDS}
    # Locked, so that two loads at once come one after the other.
    stored = ExamBlueprint.objects.select_for_update().filter(code=written.code, version=written.version).first()
    weights = {domain.code: domain.weight_percent for domain in written.domains}
    if stored is not None and (
        any(getattr(stored, name) != value for name, value in format_values.items())
        or dict(stored.weights.values_list("domain__code", "weight_percent")) != weights
    ):
        text = f"differs from version {written.version} that is loaded; raise its version"
        raise BankFileError([Problem("blueprint.yaml", "", "version", text)])
    newest = ExamBlueprint.objects.filter(code=written.code).aggregate(newest=Max("version"))["newest"] or 0
    if written.version > newest:
        ExamBlueprint.objects.filter(code=written.code, is_current=True).update(is_current=False)
    blueprint = _keep(
        ExamBlueprint,
        changes,
        key={"code": written.code, "version": written.version},
        values={
            "name": written.name,
            **format_values,
            "retake_after_days": list(written.retake_after_days),
            "is_current": written.version >= newest,
        },
    )
    domains = {}
    for order, domain in enumerate(written.domains, start=1):
        domains[domain.code] = _keep(
            Domain,
            changes,
            key={"exam_code": written.code, "code": domain.code},
            values={"letters": domain.letters, "name": domain.name, "order": order},
        )
        _keep(
            DomainWeight,
            changes,
            key={"blueprint": blueprint, "domain": domains[domain.code]},
            values={"weight_percent": domain.weight_percent},
        )
    return domains


def _keep_topics(bank: Bank, domains: dict[str, Domain], changes: LoadCounts) -> dict[str, Topic]:
    topics: dict[str, Topic] = {}
    for domain in bank.blueprint.domains:
        for order, topic in enumerate(domain.topics, start=1):
            topics[topic.code] = _keep(
                Topic,
                changes,
                key={"domain__exam_code": bank.blueprint.code, "code": topic.code}
                if Topic.objects.filter(domain__exam_code=bank.blueprint.code, code=topic.code).exists()
                else {"domain": domains[domain.code], "code": topic.code},
                values={
                    "domain_id": domains[domain.code].pk,
                    "name": topic.name,
                    "summary": topic.summary,
                    "order": order,
                    "notes": bank.notes.get(topic.code, ""),
                },
            )
    for domain in bank.blueprint.domains:
        for topic in domain.topics:
            row = topics[topic.code]
            wanted = {topics[code].pk for code in topic.foundations}
            if wanted != set(row.foundations.values_list("pk", flat=True)):
                row.foundations.set(wanted)
                changes.other_rows += 1
    return topics


def _keep_misconceptions(bank: Bank, domains: dict[str, Domain], changes: LoadCounts) -> dict[str, Misconception]:
    return {
        pair.code: _keep(
            Misconception,
            changes,
            key={"exam_code": bank.blueprint.code, "code": pair.code},
            values={
                "domain_id": domains[pair.domain].pk,
                "name": pair.name,
                "left": pair.left.as_json(),
                "right": pair.right.as_json(),
            },
        )
        for pair in bank.misconceptions
    }


def _keep_labs(bank: Bank, topics: dict[str, Topic], changes: LoadCounts) -> None:
    for lab in bank.labs:
        _keep(
            Lab,
            changes,
            key={"slug": lab.slug},
            values={
                "topic_id": topics[lab.topic].pk,
                "title": lab.title,
                "minutes": lab.minutes,
                "body": lab.steps,
                "self_checks": list(lab.self_checks),
                "is_retired": False,
            },
        )
    gone = Lab.objects.filter(topic__domain__exam_code=bank.blueprint.code, is_retired=False)
    changes.other_rows += gone.exclude(slug__in=[lab.slug for lab in bank.labs]).update(is_retired=True)
