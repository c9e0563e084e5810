"""Loading the bank: again, changed, removed, edited here, refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from questions.bankfiles import BankFileError
from questions.models import ExamBlueprint, Lab, Misconception, Question, QuestionVersion, Topic
from questions.selectors import current_blueprint, written_question
from questions.services import correct_key, load_bank, publish_version, retire_question, start_next_version
from tests.questions.small_bank import change_question, small_bank, write_yaml

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_bank(tmp_path / "bank")


def test_loading_a_bank_works(folder):
    load = load_bank(folder, NOW)
    assert (load.questions, load.added, load.retired) == (3, 3, 0)
    question = Question.objects.get(slug="dynos-web")
    assert question.status == Question.Status.PUBLISHED
    assert question.difficulty == -0.3
    assert question.guess_level == 0.25
    version = question.current_version
    assert version.number == 1
    assert version.published_at == NOW
    assert version.key_ids == [version.options.get(is_key=True).pk]
    assert Question.objects.get(slug="dynos-two").guess_level == 0.1
    blueprint = current_blueprint("tiny")
    assert [w.weight_percent for w in blueprint.weights.all()] == [60, 40]
    assert [t.code for t in Topic.objects.get(code="slugs").foundations.all()] == ["dynos"]
    assert Topic.objects.get(code="dynos").notes == "# Dynos\n\nWhat they are."
    assert Misconception.objects.get(code="out-up").domain.code == "platform"
    assert Lab.objects.get().self_checks == ["Two dynos are listed"]


def test_loading_twice_changes_nothing(folder):
    load_bank(folder, NOW)
    before = list(Question.objects.order_by("pk").values())
    load = load_bank(folder, datetime(2027, 1, 1, tzinfo=UTC))
    assert not load.changed_anything
    assert list(Question.objects.order_by("pk").values()) == before
    assert QuestionVersion.objects.count() == 3


def test_changed_content_becomes_the_next_version_and_the_old_one_stays(folder):
    load_bank(folder, NOW)
    first = Question.objects.get(slug="dynos-web").current_version
    change_question(folder, "dynos-web", stem="Which dyno fits now?")
    load = load_bank(folder, NOW)
    assert (load.next_versions, load.upkept, load.added) == (1, 0, 0)
    question = Question.objects.get(slug="dynos-web")
    assert (question.current_version.number, question.current_version.stem) == (2, "Which dyno fits now?")
    first.refresh_from_db()
    assert first.stem == "Which dyno fits?"
    assert first.options.count() == 4


def test_upkeep_changes_in_place(folder):
    load_bank(folder, NOW)
    change_question(folder, "dynos-web", level=5, verified_on="2026-11-20", topics=["dynos", "slugs"], pilot=True)
    load = load_bank(folder, NOW)
    assert (load.next_versions, load.upkept) == (0, 1)
    question = Question.objects.get(slug="dynos-web")
    assert (question.current_version.number, question.current_version.author_level) == (1, 5)
    assert (question.difficulty, question.is_pilot) == (0.8, True)
    assert [link.topic.code for link in question.topic_links.all()] == ["dynos", "slugs"]


def test_a_new_level_leaves_a_difficulty_that_answers_taught(folder):
    load_bank(folder, NOW)
    Question.objects.filter(slug="dynos-web").update(difficulty=0.33, difficulty_variance=0.1)
    change_question(folder, "dynos-web", level=5)
    load_bank(folder, NOW)
    assert Question.objects.get(slug="dynos-web").difficulty == 0.33


def test_a_removed_question_retires_and_returns(folder):
    load_bank(folder, NOW)
    file = folder / "questions/platform/dynos.yaml"
    whole = file.read_text()
    write_yaml(file, yaml.safe_load(whole)[1:])
    assert load_bank(folder, NOW).retired == 1
    assert Question.objects.get(slug="dynos-web").status == Question.Status.RETIRED
    assert load_bank(folder, NOW).changed_anything is False
    file.write_text(whole)
    load_bank(folder, NOW)
    question = Question.objects.get(slug="dynos-web")
    assert (question.status, question.current_version.number) == (Question.Status.PUBLISHED, 1)


def test_an_edit_in_the_admin_stays_until_the_file_changes(folder):
    load_bank(folder, NOW)
    question = Question.objects.get(slug="dynos-web")
    draft = start_next_version(question=question, now=NOW)
    draft.stem = "Edited here?"
    draft.save()
    publish_version(version=draft, now=NOW)
    assert load_bank(folder, NOW).changed_anything is False
    change_question(folder, "dynos-web", stem="Edited in the file?")
    load_bank(folder, NOW)
    question.refresh_from_db()
    assert (question.current_version.number, question.current_version.stem) == (3, "Edited in the file?")


def test_a_corrected_key_stays_until_the_file_changes(folder, author):
    load_bank(folder, NOW)
    version = Question.objects.get(slug="dynos-web").current_version
    right = version.options.get(order=1).pk
    correct_key(version=version, keys=[right], by=author, reason="The page says so.", now=NOW)
    assert load_bank(folder, NOW).changed_anything is False
    version.refresh_from_db()
    assert version.key_ids == [right]


def test_a_question_retired_in_the_admin_stays_retired(folder):
    load_bank(folder, NOW)
    retire_question(question=Question.objects.get(slug="dynos-web"))
    assert load_bank(folder, NOW).changed_anything is False
    assert Question.objects.get(slug="dynos-web").status == Question.Status.RETIRED


def test_a_draft_survives_a_version_from_the_bank_and_is_renumbered(folder):
    load_bank(folder, NOW)
    question = Question.objects.get(slug="dynos-web")
    draft = start_next_version(question=question, now=NOW)
    change_question(folder, "dynos-web", stem="From the file?")
    load_bank(folder, NOW)
    question.refresh_from_db()
    assert question.current_version.number == 3
    assert publish_version(version=draft, now=NOW).number == 4


def test_a_changed_format_needs_a_new_blueprint_version(folder):
    load_bank(folder, NOW)
    blueprint = yaml.safe_load((folder / "blueprint.yaml").read_text())
    write_yaml(folder / "blueprint.yaml", {**blueprint, "minutes": 90})
    with pytest.raises(BankFileError, match="raise its version"):
        load_bank(folder, NOW)
    write_yaml(folder / "blueprint.yaml", {**blueprint, "minutes": 90, "version": 2})
    load_bank(folder, NOW)
    assert current_blueprint("tiny").minutes == 90
    assert ExamBlueprint.objects.get(version=1).minutes == 10


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"select": 2}, "questions/platform/dynos.yaml: dynos-web: select: says 2"),
        ({"level": 7}, "dynos-web: level: must be a whole number from 1 to 5"),
        ({"topics": ["nowhere"]}, "dynos-web: topics: the first topic is not this file's"),
        ({"stem": "Which? Choose two."}, "dynos-web: stem: asks for 2 answers"),
        ({"verified_on": None}, "dynos-web: verified_on: is missing"),
        ({"colour": "red"}, "dynos-web: colour: is not a field"),
        ({"slug": "dynos-two"}, "is the slug of two questions"),
        ({"references": []}, "dynos-web: references: needs at least one page"),
        ({"scenario": "![x](https://elsewhere.example/p.png)"}, "images from other sites"),
    ],
)
def test_what_cannot_stand_is_refused_with_its_place(folder, change, expected):
    change_question(folder, "dynos-web", **change)
    with pytest.raises(BankFileError) as caught:
        load_bank(folder, NOW)
    assert expected in str(caught.value)
    assert not Question.objects.exists()


def test_one_bad_question_keeps_the_whole_load_out(folder):
    change_question(folder, "dynos-two", options=[])
    with pytest.raises(BankFileError):
        load_bank(folder, NOW)
    assert not ExamBlueprint.objects.exists()


def test_the_command_prints_counts(folder, capsys):
    call_command("load_bank", folder)
    assert "3 questions on 3 topics: 3 added" in capsys.readouterr().out
    call_command("load_bank", folder)
    assert "Nothing changed." in capsys.readouterr().out


def test_what_is_stored_is_what_was_written(folder):
    load_bank(folder, NOW)
    stored = written_question(Question.objects.get(slug="dynos-web").current_version)
    assert stored.content_hash == Question.objects.get(slug="dynos-web").current_version.content_hash
    assert stored.hash == Question.objects.get(slug="dynos-web").bank_hash
