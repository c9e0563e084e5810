"""check_bank: a tiny bank for each rule, broken in exactly one way."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from django.core.management import call_command

from questions.bankfiles import BankOption, BankQuestion, BankReference, read_bank
from questions.lint import Weight, blind_guessers, check_bank, check_bank_files, check_question
from questions.lint.guessers import trained_guesser
from questions.lint.words import absolutes, content_words, longest_sentence, reading_grade
from tests.questions.small_bank import change_question, question, small_bank, write_yaml

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.pure


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_bank(tmp_path / "bank")


def _found(folder: Path, today: date = TODAY) -> set[tuple[str, str]]:
    report = check_bank_files(folder, today)
    return {(finding.weight.value, finding.check) for finding in report.findings}


def test_checking_a_bank_works(folder):
    report = check_bank_files(folder, TODAY)
    assert report.errors == []
    assert {finding.check for finding in report.warnings} == {"counts"}
    assert (report.questions, report.pilots, report.misconceptions) == (3, 0, 1)
    assert [(domain.code, domain.have, domain.need) for domain in report.coverage] == [
        ("platform", 2, 9),
        ("data", 1, 6),
    ]


OPTIONS = question("x", "dynos")["options"]


def _options(*changes: dict) -> list[dict]:
    return [{**option, **change} for option, change in zip(OPTIONS, [*changes, {}, {}, {}, {}], strict=False)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"select": 2}, ("error", "rule")),
        ({"level": "hard"}, ("error", "form")),
        ({"options": _options({"rationale": ""})}, ("error", "form")),
        ({"options": _options({}, {"misconception": "nowhere"})}, ("error", "unknown")),
        ({"options": _options({"misconception": "out-up"})}, ("error", "rule")),
        ({"options": _options({}, {"text": "Basic dynos."})}, ("error", "rule")),
        ({"options": _options()[:2]}, ("error", "rule")),
        ({"options": [{**option, "key": True} for option in OPTIONS]}, ("error", "rule")),
        ({"options": _options({}, {"text": "All of the above"})}, ("error", "of-the-above")),
        ({"topics": ["dynos", "nowhere"]}, ("error", "unknown")),
        ({"references": []}, ("error", "rule")),
        ({"references": [{"url": "http://a.example", "title": "A", "verified_on": "2026-11-23"}]}, ("error", "rule")),
        ({"references": [{"url": "https://a.example", "title": "A"}]}, ("error", "form")),
        ({"verified_on": None}, ("error", "form")),
        ({"stem": "Which fits? Choose two."}, ("error", "rule")),
        ({"options": _options()[:3]}, ("warning", "option-count")),
        ({"options": _options({"text": "Basic dynos, as they cost least and can be paid by the month"})},
         ("warning", "key-length")),
        ({"options": _options({}, {"text": "Dynos that never sleep"})}, ("warning", "absolutes")),
        ({"stem": "Which basic offer fits?"}, ("warning", "stem-echo")),
        ({"stem": "The best answer is a"}, ("warning", "grammar")),
        ({"options": _options({"text": "Basic dynos."})}, ("warning", "grammar")),
        ({"options": _options({"text": "Using basic dynos"})}, ("warning", "grammar")),
        ({"options": _options({"text": "basic dynos"})}, ("warning", "grammar")),
        ({"stem": "Which of these does not fit?"}, ("warning", "negative-stem")),
        ({"scenario": "The organisation " + "and its subsidiaries in many territories " * 8 + "grow."},
         ("warning", "reading")),
        ({"options": _options({"rationale": "It is cheap."})}, ("warning", "rationale")),
        ({"options": _options({"rationale": "Incorrect because these dynos cost more than the museum has."})},
         ("warning", "rationale")),
        ({"options": [{k: v for k, v in option.items() if k != "misconception"} for option in OPTIONS]},
         ("warning", "misconception")),
        ({"references": [{"url": "https://a.example", "title": "A", "verified_on": "2025-11-01"}]},
         ("warning", "freshness")),
        ({"references": [{"url": "https://a.example", "title": "A", "verified_on": "2027-11-01"}]},
         ("error", "freshness")),
    ],
)  # fmt: skip
def test_each_rule_is_found(folder, change, expected):
    change_question(folder, "dynos-web", **change)
    assert expected in _found(folder)


def test_an_emphasised_negative_is_allowed(folder):
    change_question(folder, "dynos-web", stem="Which of these does **not** fit?")
    assert ("warning", "negative-stem") not in _found(folder)


def test_a_problem_of_form_is_said_once(folder):
    change_question(folder, "dynos-web", verified_on=None)
    fields = [finding.field for finding in check_bank_files(folder, TODAY).errors]
    assert fields == ["verified_on"]


def test_doubles_and_near_doubles_are_found(folder):
    file = folder / "questions/platform/dynos.yaml"
    entries = yaml.safe_load(file.read_text())
    write_yaml(file, [*entries, {**entries[0], "slug": "dynos-again"}])
    assert ("error", "duplicate") in _found(folder)
    write_yaml(file, [*entries, {**entries[0], "slug": "dynos-again", "stem": "Which small dyno suits the museum?"}])
    assert ("warning", "near-duplicate") in _found(folder)


def test_an_option_that_is_wrong_everywhere_is_found(folder):
    file = folder / "questions/platform/dynos.yaml"
    write_yaml(file, [question(f"dynos-{n}", "dynos", stem=f"Which fits case {n}?") for n in range(4)])
    assert ("warning", "repeated-option") in _found(folder)


def test_too_few_for_one_mock_is_an_error(folder):
    (folder / "questions/data/postgres.yaml").unlink()
    assert ("error", "counts") in _found(folder)


def test_a_file_that_cannot_be_read_is_an_error(folder):
    (folder / "questions/data/postgres.yaml").write_text("- slug: [")
    assert ("error", "form") in _found(folder)


def test_no_blueprint_no_bank(tmp_path):
    report = check_bank_files(tmp_path, TODAY)
    assert [finding.text for finding in report.errors] == [f"is not in {tmp_path.name}/; a bank needs it"]


def _written(slug: str, texts: list[str], key: int, **changes) -> BankQuestion:
    return BankQuestion(
        slug=slug,
        topics=("dynos",),
        level=changes.pop("level", 3),
        stem="Which one?",
        select=1,
        options=tuple(BankOption(text, "Because it is so, and long enough.", n == key) for n, text in enumerate(texts)),
        references=(BankReference("https://a.example", "A", TODAY),),
        verified_on=TODAY,
        **changes,
    )


def _random_bank(n: int, cue: float) -> list[BankQuestion]:
    """n questions of random letters; with probability `cue` the key is made the longest option."""
    rng = np.random.default_rng(4)
    questions = []
    for number in range(n):
        texts = ["".join(rng.choice(list("abcdefghij"), size=rng.integers(20, 60))) for _ in range(4)]
        key = int(rng.integers(4))
        if rng.random() < cue:
            longest = max(range(4), key=lambda place: len(texts[place]))
            texts[key], texts[longest] = texts[longest], texts[key]
        questions.append(_written(f"q-{number}", texts, key))
    return questions


def test_guessers_stay_at_chance_without_cues():
    table = {guesser.name: guesser for guesser in blind_guessers(_random_bank(1200, 0.0))}
    assert all(guesser.is_near_chance for guesser in table.values())
    assert table["longest"].chance == 0.25
    assert table["most code"].hit_rate == 0.25  # all tie: ties share the hit


def test_the_fixed_and_the_trained_guesser_find_a_cue():
    questions = _random_bank(400, 0.4)
    table = {guesser.name: guesser for guesser in blind_guessers(questions)}
    assert not table["longest"].is_near_chance
    assert not table["trained classifier"].is_near_chance
    assert table["trained classifier"].hit_rate == pytest.approx(table["longest"].hit_rate, abs=0.05)
    trained = trained_guesser(questions)
    assert trained.weights[0][0] in ("longest", "shortest")
    assert len(trained.surest) == 15


def test_the_trained_guesser_says_the_same_every_time():
    questions = _random_bank(150, 0.3)
    assert blind_guessers(questions) == blind_guessers(questions)


def test_a_cue_fails_the_bank_where_there_are_enough_questions(folder):
    bank = read_bank(folder)
    with_cue = type(bank)(bank.blueprint, tuple(_random_bank(200, 0.6)))
    assert "blind-guesser" in {finding.check for finding in check_bank(with_cue, TODAY).errors}
    few = type(bank)(bank.blueprint, tuple(_random_bank(60, 0.9)))
    found = {(f.weight, f.check) for f in check_bank(few, TODAY).findings}
    assert (Weight.WARNING, "blind-guesser") in found
    assert (Weight.ERROR, "blind-guesser") not in found


def test_shares_and_key_places_are_watched(folder):
    bank = read_bank(folder)
    lopsided = tuple(_written(f"q-{n}", [f"{'x' * (9 - k)}{n}" for k in range(4)], 0, level=1) for n in range(80))
    checks = {finding.check for finding in check_bank(type(bank)(bank.blueprint, lopsided), TODAY).findings}
    assert {"shares", "key-place", "key-length"} <= checks


def test_words():
    assert absolutes("It must always work, and allows it") == ["must", "always"]
    assert content_words("Routing routes the requests") == {"routin", "routes", "reques"}
    assert longest_sentence("One two. One two three four! One") == 4
    assert reading_grade("The cat sat on the mat.") < 3
    assert reading_grade("Organisational interoperability necessitates comprehensive standardisation.") > 20
    assert reading_grade("") == 0


def test_the_admin_sees_the_checks_of_one_question():
    findings = check_question(_written("q", ["Always A", "B it is", "C it is", "D it is"], 1))
    assert "absolutes" in {finding.check for finding in findings}


def test_the_command_fails_on_errors_only(folder, capsys):
    call_command("check_bank", folder)
    assert "0 errors" in capsys.readouterr().out
    change_question(folder, "dynos-web", select=3)
    with pytest.raises(SystemExit) as caught:
        call_command("check_bank", folder, "--json")
    assert caught.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert {"errors", "warnings", "coverage", "guessers"} <= set(report)
    assert report["errors"][0]["field"] == "stem"
