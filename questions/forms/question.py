"""The question itself: its topics and how it is drawn. What people read is in its versions."""

from typing import Any

from django import forms

from questions.models import Question, QuestionTopic, Topic


def topic_choices() -> list[tuple[str, Any]]:
    """Topics under their domains, in blueprint order."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for topic in Topic.objects.select_related("domain"):
        groups.setdefault(topic.domain.name, []).append((topic.pk, topic.name))
    return [("", "---------"), *groups.items()]


def _topic(value: str | int) -> Topic:
    return Topic.objects.select_related("domain").get(pk=value)


class QuestionForm(forms.ModelForm):
    """Writes the topics' order and takes the domain from the first topic."""

    first_topic = forms.TypedChoiceField(
        coerce=_topic, choices=topic_choices, help_text="It decides the domain and the coverage board."
    )
    second_topic = forms.TypedChoiceField(
        coerce=_topic, choices=topic_choices, required=False, empty_value=None, help_text="Only when truly needed."
    )
    groups = forms.CharField(
        required=False,
        label="Look-alike groups",
        help_text="Names, separated by commas. Questions that share one never meet on a paper.",
    )

    class Meta:
        model = Question
        fields = ["slug", "is_pilot", "owner"]
        help_texts = {"slug": "Stable for ever: small letters and hyphens, beginning with the topic."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["slug"].disabled = True
            links = [link.topic_id for link in self.instance.topic_links.all()]
            for name, topic_id in zip(("first_topic", "second_topic"), links, strict=False):
                self.initial[name] = topic_id
            self.initial["groups"] = ", ".join(self.instance.look_alikes)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("second_topic") and cleaned.get("second_topic") == cleaned.get("first_topic"):
            self.add_error("second_topic", "This is the first topic already.")
        return cleaned

    def _post_clean(self) -> None:
        if first := self.cleaned_data.get("first_topic"):
            self.instance.domain = first.domain
        self.instance.look_alikes = [
            name.strip() for name in self.cleaned_data.get("groups", "").split(",") if name.strip()
        ]
        super()._post_clean()  # type: ignore[misc]

    def save_topics(self) -> None:
        """Brings the topic links into step; the question must be saved."""
        chosen = [self.cleaned_data["first_topic"], self.cleaned_data.get("second_topic")]
        topics = [topic for topic in chosen if topic is not None]
        if [link.topic_id for link in self.instance.topic_links.all()] == [topic.pk for topic in topics]:
            return
        self.instance.topic_links.all().delete()
        QuestionTopic.objects.bulk_create(
            QuestionTopic(question=self.instance, topic=topic, order=order) for order, topic in enumerate(topics)
        )
