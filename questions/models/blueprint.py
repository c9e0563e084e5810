"""The exam's format: blueprint versions, domains and their weights."""

from django.core.validators import MaxValueValidator
from django.db import models


class ExamBlueprint(models.Model):
    """One dated version of an exam's format. Attempts keep the version that they sat."""

    class ScoringRule(models.TextChoices):
        ALL_OR_NOTHING = (
            "all_or_nothing",
            "all or nothing: a question counts when exactly its keys are chosen",
        )

    code = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    effective_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    scored_count = models.PositiveSmallIntegerField()
    pilot_count = models.PositiveSmallIntegerField(default=0)
    pass_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    scoring_rule = models.CharField(max_length=20, choices=ScoringRule, default=ScoringRule.ALL_OR_NOTHING)
    retake_after_days = models.JSONField(
        default=list,
        blank=True,
        help_text="Days to wait after the first failed exam, the second, and so on; the last holds for all later ones.",
    )
    is_current = models.BooleanField(default=False, help_text="New attempts sit the current version.")

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="blueprint_version_is_unique"),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(is_current=True),
                name="exam_has_one_current_blueprint",
            ),
            models.CheckConstraint(condition=models.Q(scored_count__gt=0), name="blueprint_scores_questions"),
            models.CheckConstraint(condition=models.Q(pass_percent__lte=100), name="pass_mark_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def pass_count(self) -> int:
        """Right answers needed to pass: the smallest whole number at or above the pass mark."""
        return -(-self.scored_count * self.pass_percent // 100)

    def days_before_retake(self, failed: int) -> int:
        """Days from the last failed exam to the earliest next one, after `failed` of them; 0 where no rule is known."""
        rule = [int(days) for days in self.retake_after_days]
        return rule[min(failed, len(rule)) - 1] if rule and failed else 0


class Domain(models.Model):
    """A part of the exam's subject. Its weight belongs to a blueprint (`DomainWeight`)."""

    exam_code = models.SlugField(max_length=60)
    code = models.SlugField(max_length=60)
    letters = models.CharField(max_length=2, help_text="Two letters that always stand with the colour.")
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(help_text="Place in the blueprint, from 1; also picks the hue.")

    class Meta:
        ordering = ["exam_code", "order"]
        constraints = [models.UniqueConstraint(fields=["exam_code", "code"], name="domain_code_is_unique_in_its_exam")]

    def __str__(self) -> str:
        return self.name


class DomainWeight(models.Model):
    """How much of a blueprint version a domain makes up."""

    blueprint = models.ForeignKey(ExamBlueprint, on_delete=models.CASCADE, related_name="weights")
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="weights")
    weight_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])

    class Meta:
        ordering = ["domain__order"]
        constraints = [
            models.UniqueConstraint(fields=["blueprint", "domain"], name="domain_is_weighed_once_per_blueprint")
        ]

    def __str__(self) -> str:
        return f"{self.domain} {self.weight_percent}%"
