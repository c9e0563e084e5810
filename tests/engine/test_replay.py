from functools import cache

import numpy as np
import pytest

from benchmarks.synthetic import LogShape, synthetic_log
from engine.metrics import area_under_curve
from engine.replay import MalformedRow, predicted_rows, read_log, replay

HEADER = "user,item,skill,correct,timestamp,split"
LOG = synthetic_log(LogShape(users=140, answers=56, items=80, skills=6), np.random.default_rng(0)).splitlines()


def run(lines, **more):
    return replay(read_log(lines), rng=np.random.default_rng(0), **more)


@cache
def whole():
    return run(LOG)


def test_replay_works():
    found = whole()
    assert found.score.auc > 0.6
    assert found.score.calibration < 0.06
    assert found.head is not None
    assert found.microseconds > 0
    assert len(predicted_rows(found)) == sum(line.endswith("test") for line in LOG)
    assert all(0 < p < 1 for _, p in predicted_rows(found))


def test_rows_count_from_0_in_input_order():
    rows = [row for row, _ in predicted_rows(whole())]
    assert rows == [number for number, line in enumerate(LOG[1:]) if line.endswith("test")]


def test_it_gives_the_same_twice():
    assert predicted_rows(run(LOG)) == predicted_rows(whole())


def test_no_outcome_is_seen_before_its_prediction():
    lines = LOG[:]
    last = max(number for number, line in enumerate(lines) if line.endswith("test"))
    cells = lines[last].split(",")
    cells[3] = "1" if cells[3] == "0" else "0"
    lines[last] = ",".join(cells)
    assert predicted_rows(run(lines)) == predicted_rows(whole())


def test_test_people_teach_nothing_about_others():
    lines = [line if not line.startswith("u139,") else _flip(line) for line in LOG]
    before, after = dict(predicted_rows(whole())), dict(predicted_rows(run(lines)))
    others = [row for row in before if not LOG[row + 1].startswith("u139,")]
    assert [before[row] for row in others] == [after[row] for row in others]


def _flip(line):
    cells = line.split(",")
    cells[3] = "1" if cells[3] == "0" else "0"
    return ",".join(cells)


def test_interleaved_users_are_told_apart():
    mixed = [HEADER, *sorted(LOG[1:], key=lambda line: float(line.split(",")[4]))]
    grouped, found = _by_line(LOG, whole()), _by_line(mixed, run(mixed))
    worst = max(abs(found[line] - grouped[line]) for line in grouped)
    assert worst < 1e-6  # items are numbered in another order, nothing else differs


def _by_line(lines, found):
    tested = [line for line in lines if line.endswith("test")]
    return {line: p for line, (_, p) in zip(tested, predicted_rows(found), strict=True)}


def test_a_log_without_times_and_skills_is_read_in_its_order():
    bare = [HEADER, *(_bare(line) for line in LOG[1:])]
    found = run(bare)
    happened = [int(line.split(",")[3]) for line in bare if line.endswith("test")]
    assert area_under_curve(found.probability, happened) > 0.6


def _bare(line):
    cells = line.split(",")
    cells[2] = cells[4] = ""
    return ",".join(cells)


def test_a_small_log_is_predicted_by_the_filter_alone():
    small = [line for line in LOG if line.startswith(("user,", "u1,", "u2,", "u130,"))]
    assert run(small).head is None


def test_the_options_column_sets_the_floor():
    lines = [HEADER + ",choices", *(line + ",2" for line in LOG[1:])]
    assert read_log(lines, options_column="choices").guess.tolist() == [0.5] * 80
    small = [line for line in lines if line.startswith(("user,", "u1,", "u2,", "u130,"))]
    found = replay(read_log(small, options_column="choices"), rng=np.random.default_rng(0))
    assert found.probability.min() > 0.5


def test_several_skills_are_joined_by_semicolons():
    log = read_log([HEADER, "u,i,a;b,1,0,train", "v,j,b,0,0,test", "v,k,,0,1,test"])
    assert log.item_skills == ((0, 1), (1,), ())


def test_a_moment_out_of_all_reason_harms_nothing():
    lines = [line.replace(line.split(",")[4], "1e290", 1) if line.startswith("u1,") else line for line in LOG]
    found = run(lines)
    assert np.isfinite(found.probability).all()
    assert read_log(lines).at[-1] == read_log(LOG).at[-1]


@pytest.mark.parametrize("unit", [1e3, 1e6])
def test_smaller_units_of_time_are_recognised(unit):
    log = read_log([HEADER, f"u,i,a,1,{1.3e9 * unit:.1f},train", f"u,i,a,1,{(1.3e9 + 60) * unit:.1f},train"])
    assert log.at.tolist() == pytest.approx([1.3e9, 1.3e9 + 60])


def test_line_ends_of_other_systems_and_an_empty_skill_are_read():
    log = read_log(["\ufeff" + HEADER + "\r\n", "u,i,,1,,train\r\n", "v,i,;,0,,test\r\n"])
    assert log.item_skills == ((),)
    assert log.test.tolist() == [False, True]


def people(count, answers, item, correct):
    """Rows of some people, the last quarter of them the test people."""
    return [
        f"u{user},{item(user, step)},{correct(user, step)},,{'test' if user >= count // 2 + count // 4 else 'train'}"
        for user in range(count)
        for step in range(answers)
    ]


PLAIN = {
    "two rows": people(2, 1, lambda u, n: "i,s", lambda u, n: 1),
    "all right": people(2, 30, lambda u, n: "i,s", lambda u, n: 1),
    "twenty people": people(20, 5, lambda u, n: f"i{u % 3},s", lambda u, n: u % 2),
    "all right, long": people(20, 340, lambda u, n: f"i{n},", lambda u, n: 1),
    "one item": people(20, 340, lambda u, n: "i,s", lambda u, n: n % 2),
    "nothing shared": people(20, 340, lambda u, n: f"i{u},s{u}", lambda u, n: n % 2),
}


@pytest.mark.parametrize("rows", PLAIN.values(), ids=PLAIN)
def test_the_smallest_and_plainest_logs_are_predicted(rows):
    found = run([HEADER, *rows])
    assert np.isfinite(found.probability).all()
    assert ((found.probability > 0) & (found.probability < 1)).all()


def test_the_same_row_twice_is_predicted_twice():
    found = run([HEADER, "a,i,s,1,5,train", "a,i,s,1,5,train", "b,i,s,1,5,test", "b,i,s,1,5,test"])
    assert [row for row, _ in predicted_rows(found)] == [2, 3]


def test_time_never_runs_backwards():
    log = read_log([HEADER, "u,i,a,1,100,train", "u,i,a,1,50,train", "u,i,a,1,,train"])
    assert log.at.tolist() == [100, 100, 130]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("u,i,a,2,0,train", "correct is '2'"),
        ("u,i,a,1,soon,train", "timestamp is 'soon'"),
        ("u,i,a,1,inf,train", "timestamp is 'inf'"),
        ("u,i,a,1,0,holdout", "split is 'holdout'"),
        ("u,i,a,1", "4 cells where 6"),
        (",i,a,1,0,train", "no user"),
        ("u,,a,1,0,train", "no item"),
        ("w,i,a,1,0,test", "user 'w' is in train and in test"),
    ],
)
def test_a_malformed_row_is_named_by_its_line(row, reason):
    with pytest.raises(MalformedRow, match=f"^line 3: {reason}") as raised:
        read_log([HEADER, "w,i,a,1,0,train", row, "x,i,a,1,0,train"])
    assert raised.value.line == 3


def test_a_header_without_a_column_is_refused():
    with pytest.raises(MalformedRow, match="line 1: the header lacks skill, split"):
        read_log(["user,item,correct,timestamp", "u,i,1,0"])


def test_a_number_of_options_below_two_is_refused():
    with pytest.raises(MalformedRow, match="line 2: '1' is not a number of options"):
        read_log([HEADER + ",n", "u,i,a,1,0,train,1"], options_column="n")


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_log_of_one_split_only_is_refused(split):
    with pytest.raises(ValueError, match="train rows to fit on and test rows"):
        run([HEADER, f"u,i,a,1,0,{split}"])
