"""The goals that simulation can judge, on fixed seeds: the quick form of each command in `benchmarks`.

Small numbers of people make wide sampling errors; each limit is the goal plus about two of them, so that a
model made worse fails and a lucky seed is not needed. The full tables stand in docs/model.md.
"""

import pytest

from benchmarks import difficulty, model_cost, next_answer, readiness, selection, topic_agreement

pytestmark = pytest.mark.slow


def test_readiness_keeps_its_word():
    one, two, four = readiness.main(["--quick"])
    for row, worst_brier, worst_rmse, least_auc in (
        (one, 0.14, 0.075, 0.87), (two, 0.125, 0.066, 0.90), (four, 0.11, 0.052, 0.94),
    ):  # fmt: skip
        assert row["Brier"] < worst_brier + 0.02
        assert row["ECE"] < 0.03 + 1.5 * row["ECE floor"]
        assert 0.86 < row["90 % covers"] < 0.96
        assert row["domain RMSE"] < worst_rmse + 0.005
        assert row["domain AUC"] > least_auc - 0.01
        assert row["domain ECE"] < 0.02 + 1.5 * row["domain floor"]


def test_difficulties_are_found():
    fifty, hundred = difficulty.main(["--quick"])
    assert fifty["RMSE"] < 0.42
    assert hundred["RMSE"] < 0.33
    assert hundred["RMSE"] < 1.1 * hundred["floor"]


def test_chosen_questions_tell_more():
    first_map, row = selection.main(["--quick"])
    assert row["ratio"] < 0.90
    assert row["largest exposure"] <= 0.5  # 40 people: the first twenty may meet one question ten times
    assert first_map["ratio"] < 1.0
    assert 20 <= first_map["shortest"] <= first_map["questions"] <= 30
    assert first_map["fewest in a domain"] >= 2


def test_next_answers_are_predicted_better_than_by_its_peers():
    rows = {row["model"]: row for row in next_answer.main(["--quick"])}
    ours, best = rows.pop("ours"), rows["Best-LR"]
    assert ours["AUC"] > best["AUC"] + 0.010
    assert ours["log loss"] < best["log loss"] - 0.008
    assert ours["ECE"] < 0.015 + 0.5 * ours["ECE floor"]
    assert all(ours["AUC"] > peer["AUC"] for peer in rows.values())


def test_estimates_follow_those_who_practise():
    rows = topic_agreement.main(["--quick"])
    late = {(row["study by"], row["part"], row["set"]): float(str(row["r, day 42"])) for row in rows}
    for policy in ("plan", "weight_kit"):
        assert late[policy, "topics", "follows practice"] > 0.45
        assert late[policy, "topics", "follows practice"] > late[policy, "topics", "forecast"] + 0.1
        assert late[policy, "domains", "follows practice"] > late[policy, "domains", "forecast"]


def test_the_model_is_cheap():
    cells = {row["what"]: float(row["measured"]) for row in model_cost.main(["--quick"])}
    assert cells["answer, first meeting, 55 abilities"] < 40  # goal 25, on a machine that does other things too
    assert cells["rebuild of a candidate"] < 150
    assert cells["largest memory of this process"] < 512
