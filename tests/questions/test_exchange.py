"""Questions to and from other systems: the same again, all or nothing, and files that mean harm."""

import csv
import io
import json
import resource
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from questions.bankfiles import parse_bank, read_bank
from questions.exchange import UnreadableFile, neutralised, read_csv, read_json, read_moodle, write_csv
from questions.exchange.csv_format import plain
from questions.models import Question, QuestionVersion
from questions.selectors import current_blueprint, written_bank
from questions.services import import_questions, load_bank, publish_version, start_next_version
from tests.questions.small_bank import change_question, small_bank

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REAL_BANK = Path(settings.BANK_DIR) / "heroku-architect"


@pytest.fixture
def tiny(db, tmp_path, settings) -> Path:
    """The bank of three questions, loaded as the exam in front."""
    settings.EXAM_CODE = "tiny"
    folder = small_bank(tmp_path / "bank")
    load_bank(folder, NOW)
    return folder


def _run(capsys, *arguments) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


# --- Export ---


def test_exporting_json_works(tiny, capsys):
    start_next_version(question=Question.objects.get(slug="dynos-two"), now=NOW)
    Question.objects.filter(slug="postgres-plan").update(status="retired")
    exported = json.loads(_run(capsys, "export_questions", "--format", "json"))
    assert [question["slug"] for question in exported] == ["dynos-two", "dynos-web"]
    one = exported[1]
    assert {name: one[name] for name in ("domain", "topic", "kind", "author_level", "select_count", "pilot")} == {
        "domain": "platform",
        "topic": "dynos",
        "kind": "single",
        "author_level": 3,
        "select_count": 1,
        "pilot": False,
    }
    assert one["options"][3] == {
        "text": "Performance dynos",
        "is_key": False,
        "rationale": "Performance dynos would be chosen where their price buys what the app needs.",
        "misconception": "out-up",
    }
    assert one["references"] == [
        {
            "url": "https://devcenter.heroku.com/articles/dyno-tiers",
            "title": "Dyno Tiers",
            "verified_on": "2026-11-23",
            "page_updated": "2025-04",
        }
    ]
    assert exported[0]["kind"] == "multiple"


def _comparable(path: Path):
    bank = read_bank(path)
    return (
        {question.slug: question for question in bank.questions},
        {pair.code: pair for pair in bank.misconceptions},
        {lab.slug: lab for lab in bank.labs},
        bank.notes,
        [(d.code, d.weight_percent, [(t.code, t.name, set(t.foundations)) for t in d.topics])
         for d in bank.blueprint.domains],
    )  # fmt: skip


def test_bank_files_come_back_the_same(tiny, tmp_path, capsys):
    _run(capsys, "export_questions", "--format", "bank", tmp_path / "again")
    assert _comparable(tmp_path / "again") == _comparable(tiny)
    assert not load_bank(tmp_path / "again", NOW).changed_anything


@pytest.mark.django_db
def test_the_real_bank_comes_back_the_same(tmp_path, capsys):
    load_bank(REAL_BANK, NOW)
    _run(capsys, "export_questions", "--format", "bank", tmp_path / "again")
    assert _comparable(tmp_path / "again") == _comparable(REAL_BANK)
    assert not load_bank(tmp_path / "again", NOW).changed_anything
    count = QuestionVersion.objects.count()
    for name in ("json", "csv"):
        file = tmp_path / f"questions.{name}"
        file.write_text(_run(capsys, "export_questions", "--format", name), newline="")
        assert f"{Question.objects.count()} unchanged" in _run(capsys, "import_questions", file)
    assert QuestionVersion.objects.count() == count


def test_a_bank_is_not_exported_over_files(tiny, capsys):
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_questions", "--format", "bank", tiny)
    with pytest.raises(CommandError, match="needs a folder"):
        call_command("export_questions", "--format", "bank")


@pytest.mark.pure
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "'=", "''@"])
def test_no_cell_begins_like_a_formula(start):
    text = f"{start}HYPERLINK(1)"
    assert neutralised(text) == "'" + text
    assert plain(neutralised(text)) == text


@pytest.mark.pure
def test_harmless_cells_and_numbers_stay():
    assert neutralised("It's = fine") == "It's = fine"
    assert neutralised("'quoted'") == "'quoted'"
    assert neutralised(-3) == -3


def test_csv_cells_are_neutralised_and_come_back(tiny):
    change_question(tiny, "dynos-web", scenario="=HYPERLINK(1)", stem="@which?")
    load_bank(tiny, NOW)
    questions = written_bank(current_blueprint()).questions
    text = write_csv(questions)
    line = next(row for row in csv.DictReader(io.StringIO(text)) if row["slug"] == "dynos-web")
    assert (line["scenario"], line["stem"]) == ("'=HYPERLINK(1)", "'@which?")
    rows = read_csv(text.encode())
    assert {row.question for row in rows} == set(questions)


# --- Import ---


def _values(slug: str = "new-one", **changes) -> dict:
    return {
        "slug": slug,
        "topic": "dynos",
        "author_level": 2,
        "stem": "Which dyno fits a hobby?",
        "select_count": 1,
        "options": [{"text": f"Kind {n}", "is_key": n == 0, "rationale": "Because."} for n in range(4)],
        **changes,
    }


def _import(rows, **more):
    return import_questions(rows=rows, exam_code="tiny", by=None, now=NOW, **more)


def _json(*values: dict) -> list:
    return read_json(json.dumps(list(values)).encode())


def test_importing_json_makes_drafts(tiny, author):
    result = import_questions(rows=_json(_values()), exam_code="tiny", by=author, now=NOW)
    assert (result.created, result.errors) == (1, ())
    assert {problem.field for problem in result.to_mend} == {"verified_on", "references"}
    question = Question.objects.get(slug="new-one")
    assert (question.status, question.owner, question.current_version) == ("draft", author, None)
    assert [option.text for option in question.versions.get().options.all()] == [f"Kind {n}" for n in range(4)]


def test_a_second_run_changes_nothing(tiny):
    _import(_json(_values()))
    result = _import(_json(_values()))
    assert (result.created, result.unchanged) == (0, 1)
    assert QuestionVersion.objects.filter(question__slug="new-one").count() == 1


def test_what_reads_otherwise_here_becomes_the_next_version(tiny):
    values = _values("dynos-web", stem="Which dyno fits now?", verified_on="2026-11-23")
    assert _import(_json(values)).next_versions == 1
    question = Question.objects.get(slug="dynos-web")
    assert question.current_version.number == 1
    draft = question.versions.get(number=2)
    assert (draft.stem, draft.published_at, draft.options.count()) == ("Which dyno fits now?", None, 4)
    other = _import(_json(_values("dynos-web", stem="Or this?")))
    assert "version in preparation" in other.errors[0].text
    assert _import(_json(values)).unchanged == 1


def test_a_question_whose_draft_was_discarded_is_filled(tiny):
    _import(_json(_values()))
    QuestionVersion.objects.get(question__slug="new-one").delete()
    assert _import(_json(_values())).next_versions == 1
    assert Question.objects.get(slug="new-one").versions.get().options.count() == 4


def test_an_imported_draft_can_be_published(tiny):
    reference = {"url": "https://a.example", "title": "A", "verified_on": "2026-11-23"}
    _import(_json(_values(verified_on="2026-11-23", references=[reference])))
    published = publish_version(version=Question.objects.get(slug="new-one").versions.get(), now=NOW)
    assert published.number == 1


def test_a_dry_run_stores_nothing(tiny):
    assert _import(_json(_values()), dry_run=True).created == 1
    assert not Question.objects.filter(slug="new-one").exists()


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"topic": "nowhere"}, "topics", "there is no topic"),
        ({"topic": None}, "topics", "is missing"),
        ({"slug": "Not A Slug"}, "slug", "small letters"),
        ({"stem": ""}, "stem", "is empty"),
        ({"author_level": 9}, "level", "from 1 to 5"),
        ({"select_count": 2}, "select", "says 2, but 1"),
        ({"options": []}, "options", "needs 3 to 8"),
        ({"options": "none"}, "options", "must be a list"),
        ({"colour": "red"}, "colour", "is not a field"),
        ({"references": [{"url": "javascript:x", "title": "A", "verified_on": "2026-11-23"}]},
         "references[1].url", "https://"),
        ({"references": [{"url": "https://a.example", "title": "A"}]}, "references[1].verified_on", "is missing"),
    ],
)  # fmt: skip
def test_one_bad_row_keeps_everything_out(tiny, changes, field, text):
    result = _import(_json(_values("good-one"), _values("bad-one") | changes))
    assert any(error.row == 2 and error.field == field and text in error.text for error in result.errors)
    assert result.created == 0
    assert not Question.objects.filter(slug="good-one").exists()


def test_row_500_of_1000_is_named(tiny):
    values = [_values(f"new-{n}") for n in range(1000)]
    values[499]["select_count"] = 3
    result = _import(_json(*values))
    assert [(error.row, error.slug) for error in result.errors] == [(500, "new-499")]
    assert Question.objects.count() == 3


def test_the_same_slug_twice_in_a_file_is_refused(tiny):
    assert "stands in row 1" in _import(_json(_values(), _values())).errors[0].text


def test_the_command_tells_rows_as_json_and_fails(tiny, tmp_path, capsys):
    file = tmp_path / "in.json"
    file.write_text(json.dumps([_values(), _values("x", topic="nowhere")]))
    with pytest.raises(SystemExit) as caught:
        call_command("import_questions", file, "--json")
    assert caught.value.code == 1
    result = json.loads(capsys.readouterr().out)
    assert result["errors"] == [{"row": 2, "slug": "x", "field": "topics", "text": "there is no topic “nowhere”"}]
    file.write_text(json.dumps([_values()]))
    assert "Would be: 1 new drafts" in _run(capsys, "import_questions", file, "--dry-run")
    assert "1 new drafts" in _run(capsys, "import_questions", file)


def test_a_file_without_a_known_name_needs_a_format(tiny, tmp_path):
    with pytest.raises(CommandError, match="Say which --format"):
        call_command("import_questions", tmp_path / "questions.txt")
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_questions", tmp_path / "none.json")


# --- CSV that cannot be read ---


@pytest.mark.pure
@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"slug,stem\nx,y\n", "missing: topics"),
        (b'slug,topics,level,stem,select_count,option_1_text\n"x', "not CSV"),
        (b"slug,topics,level,stem,select_count,option_1_text,colour\n", "Unknown columns: colour"),
        ("slug".encode("utf-16"), "not UTF-8"),
        (b"slug,topics\x00", "NUL"),
    ],
)
def test_csv_that_cannot_be_read_is_refused(content, text):
    with pytest.raises(UnreadableFile, match=text):
        read_csv(content)


@pytest.mark.pure
def test_a_byte_order_mark_is_accepted():
    header = "slug,topics,level,stem,select_count,option_1_text,option_2_text,option_3_text,option_1_is_key"
    rows = read_csv(f"\ufeff{header}\nnew,dynos,2,Which?,1,a,b,c,yes\n".encode())
    assert rows[0].question.slug == "new"
    assert rows[0].question.keys == (0,)
    wrong = read_csv(f"{header}\nnew,dynos,two,Which?,1,a,b,c,maybe,extra\n".encode())
    fields = {problem.field for problem in wrong[0].problems}
    assert {"level", "option_1_is_key", ""} <= fields


# --- JSON that means harm ---


@pytest.mark.pure
@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"{}", "must hold a list"),
        (b"[{", "not JSON"),
        (b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
        (b"[" + b'{"slug": "x"},' * 2000 + b"{}]", "one import takes 2000"),
        (b" " * (5 * 1024 * 1024 + 1), "more than 5 MB"),
    ],
)
def test_json_that_means_harm_is_refused(content, text):
    with pytest.raises(UnreadableFile, match=text):
        read_json(content)


@pytest.mark.pure
def test_rows_that_are_no_questions_are_errors():
    rows = read_json(b'[1, null, {"slug": 7, "options": [3]}]')
    assert all(row.question is None and row.problems for row in rows)


# --- Moodle XML ---

MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top/Heroku/Dynos</text></category></question>
  <question type="multichoice">
    <name><text>Small site</text></name>
    <questiontext format="html"><text><![CDATA[<p>A museum in <b>Lima</b> runs a site.</p><ul><li>cheap</li>
      <li>small</li></ul><p>Which   dyno fits?</p><script>alert(1)</script>]]></text></questiontext>
    <single>true</single>
    <answer fraction="100" format="html"><text>Basic &lt;code&gt;web&lt;/code&gt;</text>
      <feedback><text>It is enough.</text></feedback></answer>
    <answer fraction="0"><text>Private</text><feedback><text>Where isolation is needed.</text></feedback></answer>
    <answer fraction="0"><text>Shield</text><feedback><text>Where compliance asks.</text></feedback></answer>
  </question>
  <question type="multichoice">
    <name><text>Two</text></name>
    <questiontext format="markdown"><text>Which two? Choose two.</text></questiontext>
    <single>false</single>
    <answer fraction="50"><text>A</text></answer>
    <answer fraction="50"><text>B</text></answer>
    <answer fraction="-50"><text>C</text></answer>
    <tags><tag><text>Postgres</text></tag></tags>
  </question>
</quiz>
"""
TOPICS = frozenset({"dynos", "slugs", "postgres"})


def test_importing_moodle_xml_works(tiny, tmp_path, capsys):
    file = tmp_path / "quiz.xml"
    file.write_text(MOODLE)
    assert "2 new drafts" in _run(capsys, "import_questions", file)
    assert "2 unchanged" in _run(capsys, "import_questions", file)
    one = QuestionVersion.objects.get(question__slug__startswith="dynos-small-site-")
    assert one.scenario == "A museum in **Lima** runs a site.\n\n- cheap\n- small"
    assert one.stem == "Which dyno fits?"
    first = one.options.first()
    assert (first.text, first.is_key, first.rationale) == ("Basic `web`", True, "It is enough.")
    two = QuestionVersion.objects.get(question__slug__startswith="postgres-two-")
    assert (two.select_count, [o.is_key for o in two.options.all()]) == (2, [True, True, False])
    assert two.question.status == "draft"


@pytest.mark.pure
@pytest.mark.parametrize(
    ("change", "field"),
    [
        (('type="multichoice"', 'type="essay"'), "type"),
        (("<![CDATA[<p>", "<![CDATA[<img src='@@PLUGINFILE@@/x.png'><p>"), "stem"),
        (("top/Heroku/Dynos", "top/Elsewhere"), "topics"),
    ],
)
def test_moodle_questions_that_cannot_come_along_are_errors(change, field):
    rows = read_moodle(MOODLE.replace(*change, 1).encode(), TOPICS)
    assert field in {problem.field for problem in rows[0].problems}


def _bomb(levels: int) -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels))
    return f'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a0 "ha">{entities}]><quiz>&a{levels - 1};</quiz>'


@pytest.mark.pure
@pytest.mark.parametrize(
    "content",
    [
        _bomb(10).encode(),
        _bomb(4).encode(),
        b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        b'<!DOCTYPE quiz SYSTEM "http://elsewhere.example/x.dtd"><quiz/>',
        b'<!DOCTYPE quiz [<!ENTITY % p SYSTEM "http://elsewhere.example/p"> %p;]><quiz/>',
        b"<quiz>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</quiz>",
        "<quiz/>".encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?><quiz/>',
        b"<quiz><question></quiz>",
        b"<html/>",
        b"",
        b"<quiz>" + b"x" * (5 * 1024 * 1024) + b"</quiz>",
        b"<quiz>" + b'<question type="essay"/>' * 2001 + b"</quiz>",
    ],
)
def test_xml_that_means_harm_is_refused_quickly_and_cheaply(content):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with pytest.raises(UnreadableFile):
        read_moodle(content, TOPICS)
    assert time.perf_counter() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


@pytest.mark.pure
def test_a_moodle_file_with_a_byte_order_mark_is_read():
    assert len(read_moodle(b"\xef\xbb\xbf" + MOODLE.encode(), TOPICS)) == 2


@pytest.mark.pure
def test_the_shipped_bank_is_in_form():
    bank, problems = parse_bank(REAL_BANK)
    assert problems == []
    assert all(question.verified_on and question.verified_on <= date(2100, 1, 1) for question in bank.questions)
