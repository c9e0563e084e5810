"""The model on anybody's files, and on people who do not exist."""

import csv
import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from benchmarks.synthetic import LogShape, synthetic_log
from engine.replay import predicted_rows, read_log, replay

pytestmark = pytest.mark.pure

HEADER = "user,item,skill,correct,timestamp,split\n"
LOG = synthetic_log(LogShape(users=40, answers=30, items=40, skills=4), np.random.default_rng(0))
# Worked on paper: totals 3, 2, 1, 0; x1 = 1 1 1 0, x2 = 1 1 0 0, x3 = 1 0 0 0.
GUTTMAN = "person,q1,q2,q3\nAda,1,1,1\nBen,1,1,0\nCem,1,0,0\nDia,0,0,0\n"


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(text, name="in.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_replay_responses_works(file, tmp_path):
    out = tmp_path / "out.csv"
    said = run("replay_responses", str(file(LOG)), str(out))
    rows = list(csv.reader(out.read_text().splitlines()))
    again = replay(read_log(LOG.splitlines()), rng=np.random.default_rng(0))
    assert rows[0] == ["row", "p"]
    assert [(int(row), float(p)) for row, p in rows[1:]] == predicted_rows(again)
    assert f"AUC       {again.score.auc:.4f}" in said
    assert f"ECE       {again.score.calibration:.4f}" in said
    assert "microseconds per response" in said
    assert f"{len(rows) - 1} predicted" in said


def test_replay_responses_takes_a_mark_in_front_and_guess_levels(file, tmp_path):
    lines = [f"{line},4" for line in LOG.splitlines()]
    lines[0] = "\ufeff" + LOG.splitlines()[0] + ",options"
    plain, floored = tmp_path / "plain.csv", tmp_path / "floored.csv"
    source = str(file("\n".join(lines)))
    run("replay_responses", source, str(plain))
    run("replay_responses", source, str(floored), "--options-column", "options")
    assert plain.read_text() != floored.read_text()


def test_a_malformed_row_leaves_the_old_result_alone(file, tmp_path):
    lines = LOG.splitlines()
    lines[7] = "u1,i1,,maybe,0,train"
    source, out = file("\n".join(lines)), tmp_path / "out.csv"
    out.write_text("before")
    with pytest.raises(CommandError, match=rf"{source}, line 8: correct is 'maybe'"):
        run("replay_responses", str(source), str(out))
    assert out.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_replay_responses_never_overwrites_its_input(file):
    source = file(LOG)
    with pytest.raises(CommandError, match="overwrite the input"):
        run("replay_responses", str(source), str(source))
    assert source.read_text() == LOG


def test_replay_responses_needs_a_folder_for_the_result(file, tmp_path):
    with pytest.raises(CommandError, match="there is no folder"):
        run("replay_responses", str(file(LOG)), str(tmp_path / "nowhere" / "out.csv"))


def test_replay_responses_needs_train_and_test_rows(file, tmp_path):
    with pytest.raises(CommandError, match="train rows to fit on"):
        run("replay_responses", str(file(LOG.replace(",test", ",train"))), str(tmp_path / "out.csv"))
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_replay_responses_reads_tabs_and_semicolons(file, tmp_path, separator):
    plain, other = tmp_path / "plain.csv", tmp_path / "other.csv"
    run("replay_responses", str(file(LOG)), str(plain))
    quoted = StringIO()
    csv.writer(quoted, delimiter=separator).writerows(csv.reader(LOG.splitlines()))
    run("replay_responses", str(file(quoted.getvalue(), "other-in.csv")), str(other))
    assert other.read_text() == plain.read_text()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("user,item\nu,i\n", "line 1: the header lacks skill, correct, timestamp, split; it names user, item"),
        ("", "line 1: the header lacks .* as the file is empty"),
        (f'{HEADER}"u,i,,1,0,train\nv,i,,1,0,test\n', "line 2: 1 cell where 6 .* never closed"),
        (f'{HEADER}"u\nu",i,,1,0,train\nv,i,,7,0,test\n', "line 4: correct is '7'"),
        (f'{HEADER}u,i,,1,0,train\n"{"v" * 200_000}",i,,1,0,test\n', "line 3: not a row of CSV"),
    ],
)
def test_odd_logs_are_named_by_line_and_nothing_is_written(file, tmp_path, text, complaint):
    source = file(text)
    with pytest.raises(CommandError, match=complaint):
        run("replay_responses", str(source), str(tmp_path / "out.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_replay_responses_says_how_many_rows_go_back_in_time(file, tmp_path):
    log = f"{HEADER}u,i,,1,50,train\nu,j,,0,40,train\nu,k,,0,60,train\nv,i,,1,5,test\n"
    assert "after a later moment" not in run("replay_responses", str(file(LOG)), str(tmp_path / "a.csv"))
    assert "1 row stands after a later moment" in run("replay_responses", str(file(log)), str(tmp_path / "b.csv"))


def test_replay_responses_shows_no_figure_that_does_not_exist(file, tmp_path):
    said = run("replay_responses", str(file(f"{HEADER}u,i,,1,,train\nv,i,,1,,test\n")), str(tmp_path / "out.csv"))
    assert "AUC       –" in said
    assert "nan" not in said


def test_a_missing_file_and_another_encoding_are_said(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("item_analysis", str(tmp_path / "none.csv"))
    rows = "".join(f"Person {number},1\n" for number in range(3_000))
    (tmp_path / "latin.csv").write_bytes(f"person,q1\n{rows}José,1\n".encode("latin-1"))
    with pytest.raises(CommandError, match=r"latin\.csv, line 3002: not UTF-8"):
        run("item_analysis", str(tmp_path / "latin.csv"))
    (tmp_path / "wide.csv").write_bytes(LOG.encode("utf-16"))
    with pytest.raises(CommandError, match=r"wide\.csv, line 1: not UTF-8"):
        run("replay_responses", str(tmp_path / "wide.csv"), str(tmp_path / "out.csv"))
    assert not (tmp_path / "out.csv").exists()


def test_item_analysis_works(file):
    """cov(x1, r1) = 1/2 with r1 = 2 1 0 0, var x1 = 1/4, var r1 = 11/12; α = 3/2 · (1 − (5/6)/(5/3)) = 75 %."""
    found = json.loads(run("item_analysis", str(file(GUTTMAN)), "--json"))
    first, second, _ = found["items"]
    assert [item["item"] for item in found["items"]] == ["q1", "q2", "q3"]
    assert [item["facility"] for item in found["items"]] == [75, 50, 25]
    assert first["sd"] == pytest.approx(50)
    assert first["discrimination_index"] == pytest.approx(100 * (1 / 4) / (11 / 48) ** 0.5)
    assert second["discrimination_index"] == pytest.approx(100 * (1 / 3) / (1 / 3 * 2 / 3) ** 0.5)
    assert first["discriminative_efficiency"] == pytest.approx(100)
    assert sum(item["effective_weight"] for item in found["items"]) == pytest.approx(100)
    assert found["quiz"]["mean"] == pytest.approx(50)
    assert found["quiz"]["median"] == pytest.approx(50)
    assert found["quiz"]["sd"] == pytest.approx(100 / 3 * (5 / 3) ** 0.5)
    assert found["quiz"]["skewness"] == pytest.approx(0)
    assert found["quiz"]["kurtosis"] == pytest.approx(-1.2)
    assert found["quiz"]["consistency"] == pytest.approx(75)
    assert found["quiz"]["error_ratio"] == pytest.approx(50)
    assert found["quiz"]["standard_error"] == pytest.approx(50 / 3 * (5 / 3) ** 0.5)
    assert "4 people" in found["warnings"][0]


def test_item_analysis_reads_a_table_without_names_and_prints_one(file):
    bare = "\n".join(line.split(",", 1)[1] for line in GUTTMAN.splitlines())
    assert run("item_analysis", str(file(bare))) == run("item_analysis", str(file(GUTTMAN, "named.csv")))
    assert "consistency     75.00" in run("item_analysis", str(file(bare)))


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_item_analysis_reads_other_separators_and_decimal_commas(file, separator):
    spread = GUTTMAN.replace(",", separator)
    assert run("item_analysis", str(file(spread, "spread.csv"))) == run("item_analysis", str(file(GUTTMAN)))
    halves = spread.replace(f"Ada{separator}1", f"Ada{separator}0,5")
    found = json.loads(run("item_analysis", str(file(halves)), "--json"))
    assert found["items"][0]["facility"] == pytest.approx(62.5)


@pytest.mark.parametrize("heading", ["User ID", "student_no", "First name", "E-mail", ""])
def test_item_analysis_leaves_out_numbers_that_name_people(file, heading):
    numbered = f"{heading},q1,q2\n10001,1,0\n10002,0,1\n10003,1,1\n"
    found = json.loads(run("item_analysis", str(file(numbered)), "--json"))
    assert [item["item"] for item in found["items"]] == ["q1", "q2"]


def test_item_analysis_keeps_items_with_ordinary_names(file):
    found = json.loads(run("item_analysis", str(file("first,last\n1,0\n0,1\n1,1\n")), "--json"))
    assert [item["item"] for item in found["items"]] == ["first", "last"]


def test_an_item_is_not_blamed_where_the_others_tell_nobody_apart(file):
    found = json.loads(run("item_analysis", str(file("person,q1,q2\nA,1,0\nB,1,1\nC,1,0\n")), "--json"))
    constant, varied = found["items"]
    assert "everybody answers alike: it tells nobody apart" in constant["flags"]
    assert varied["flags"] == ["the rest of the quiz tells nobody apart, so nothing can be said of this one"]


def test_item_analysis_takes_larger_marks(file):
    tenfold = GUTTMAN.replace("1,1,1", "1,10,1").replace("1,1,0", "1,10,0")
    found = json.loads(run("item_analysis", str(file(tenfold)), "--json", "--largest", "1,10,1"))
    assert found["items"][1]["facility"] == 50


def test_item_analysis_tells_nothing_of_too_few(file):
    found = json.loads(run("item_analysis", str(file(GUTTMAN)), "--json", "--fewest", "20"))
    assert found["items"][0]["facility"] is None
    assert found["quiz"]["consistency"] is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1: the table is empty"),
        ("person,q1\n", "line 1: there are headings but no marks"),
        ("person\nAda\n", "line 1: there is no column of marks"),
        ("person,q1,q1\nAda,1,1\n", "line 1: the heading 'q1' stands twice"),
        ("0,1\n1,0\n", "line 1: the first line must name the items"),
        ("person,q1,q2\nAda,1,0\nBen,1\n", "line 3: 2 cells under 3 headings"),
        ("person,q1\nAda,1\nBen,\n", "line 3: the mark of q1 is '', not a number"),
        ("person,q1\nAda,1\nBen,7\n", "line 3: the mark of q1 is 7, outside 0 to 1"),
        ("q1,q2\n1,0\nx,1\n", "line 3: the mark of q1 is 'x'"),
        ("\n\nperson,q1\n\nAda,1\nBen,7\n", "line 6: the mark of q1 is 7"),
        ("person,q1,\nAda,1,\nBen,0,\n", "line 1: column 3 has no heading"),
        ('person,"q\n1"\n"Ada\nA",1\nBen,x\n', "line 5: the mark of q 1 is 'x'"),
        ('person,q1\n"Ada,1\nBen,0\n', "line 2: 1 cell under 2 headings .* never closed"),
        ("person,q1\nAda,1_0\nBen,0\n", "line 2: the mark of q1 is '1_0'"),
    ],
)
def test_malformed_marks_are_named_by_line(file, text, complaint):
    with pytest.raises(CommandError, match=complaint):
        run("item_analysis", str(file(text)))


def test_item_analysis_refuses_best_marks_that_do_not_fit(file):
    for largest in ("1,2", "0", "nan", "1e308"):
        with pytest.raises(CommandError, match=f"--largest: the best marks '{largest}'"):
            run("item_analysis", str(file(GUTTMAN)), "--largest", largest)


def test_simulate_readiness_works():
    ask = ["simulate_readiness", "--people", "8", "--mocks", "1", "--questions", "400"]
    (found,) = json.loads(run(*ask, "--json"))
    assert found["people"] == 8
    assert 0 <= found["brier"] <= 1
    assert run(*ask) == run(*ask)
    assert f"{found['brier']:.4f}" in run(*ask)


def test_simulate_readiness_refuses_a_bank_too_small_for_new_papers():
    with pytest.raises(CommandError, match="questions on enterprise"):
        run("simulate_readiness", "--people", "1", "--questions", "300")


def test_simulate_readiness_refuses_nobody():
    with pytest.raises(CommandError, match="--people"):
        run("simulate_readiness", "--people", "0")


@pytest.mark.parametrize(
    ("option", "value"),
    [("seed", "-1"), ("slope-sd", "nan"), ("difficulty-mean", "inf"), ("learning", "1e9"), ("learning-sd", "-1")],
)
def test_simulate_readiness_names_what_it_cannot_use(option, value):
    with pytest.raises(CommandError, match=f"--{option} must"):
        run("simulate_readiness", "--people", "1", "--mocks", "1", f"--{option}={value}")


@pytest.mark.parametrize(
    ("option", "value"),
    [("first-seed", "-1"), ("stability", "nan"), ("stability", "inf"), ("spread", "nan"), ("weeks", "1000")],
)
def test_simulate_study_names_what_it_cannot_use(option, value):
    with pytest.raises(CommandError, match=f"--{option}"):
        run("simulate_study", "--learners", "2", f"--{option}={value}")


def test_simulate_study_works():
    found = json.loads(run("simulate_study", "--learners", "2", "--weeks", "1", "--json"))
    assert {row["other"] for row in found} >= {"weight", "random"}
    assert all(row["n"] == 2 for row in found)
    assert "plan against weight (n 2)" in run("simulate_study", "--learners", "2", "--weeks", "1")


def test_simulate_study_refuses_a_share_that_is_none():
    with pytest.raises(CommandError, match="--know"):
        run("simulate_study", "--know", "1.5")
