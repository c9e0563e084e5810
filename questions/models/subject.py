"""What is taught: topics, labs, and the pairs that people mix up."""

from django.db import models

from questions.models.blueprint import Domain


class Topic(models.Model):
    """A teachable part of a domain; what a study block is about."""

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="topics")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField()
    foundations = models.ManyToManyField("self", symmetrical=False, related_name="builds_up_to", blank=True)
    notes = models.TextField(blank=True, help_text="Topic notes for a reading block, Markdown.")

    class Meta:
        ordering = ["domain__order", "order"]
        constraints = [models.UniqueConstraint(fields=["domain", "code"], name="topic_code_is_unique_in_its_domain")]

    def __str__(self) -> str:
        return self.name


class Lab(models.Model):
    """A hands-on exercise that a study block can open."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="labs")
    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    body = models.TextField(help_text="Goal and steps, Markdown.")
    self_checks = models.JSONField(default=list, help_text="Sentences a person ticks off.")
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["topic", "slug"]

    def __str__(self) -> str:
        return self.title


class Misconception(models.Model):
    """A belief that a distractor stands for, as two things people take for one another."""

    exam_code = models.SlugField(max_length=60)
    domain = models.ForeignKey(Domain, null=True, blank=True, on_delete=models.PROTECT, related_name="misconceptions")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    left = models.JSONField(default=dict, help_text="{name, choose_when, points: [text]}")
    right = models.JSONField(default=dict, help_text="{name, choose_when, points: [text]}")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["exam_code", "code"], name="misconception_code_is_unique_in_its_exam")
        ]

    def __str__(self) -> str:
        return self.name
