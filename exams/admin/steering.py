"""What staff may do to an attempt, what that means, and why it may be refused."""

from collections.abc import Callable
from dataclasses import dataclass

from exams import services
from exams.models import Attempt

REFUSALS: dict[type[Exception], str] = {
    services.AttemptClosed: "has ended; reopen it to give more time",
    services.AttemptVoided: "is void already",
    services.AttemptOpen: "is still in progress",
    services.MockAlreadyOpen: "cannot reopen: its candidate has another mock in progress",
}


@dataclass(frozen=True, slots=True)
class Steering:
    """One thing that staff may do to an attempt."""

    title: str
    words: str
    change: Callable[..., Attempt]
    needs_minutes: bool


STEERINGS = {
    "minutes": Steering(
        "Grant minutes",
        "The deadline moves by these minutes. The candidate's clock grows by itself within half a minute, and their"
        " page says that they have more time.",
        services.grant_minutes,
        needs_minutes=True,
    ),
    "void": Steering(
        "Void",
        "It will have no result, and its answers will count as evidence no more. The candidate reads that it does not"
        " count, not why. It can be reopened.",
        services.void_attempt,
        needs_minutes=False,
    ),
    "reopen": Steering(
        "Reopen",
        "It goes on from now with the answers it has, for these minutes; without a clock where it had none. Its score"
        " is taken back until it ends again.",
        services.reopen_attempt,
        needs_minutes=True,
    ),
}


def possible_steerings(attempt: Attempt) -> list[str]:
    """Keys of STEERINGS that fit the attempt as it stands."""
    if not attempt.is_final:
        return ["minutes", "void"] if attempt.deadline_at else ["void"]
    return ["reopen"] if attempt.status == Attempt.Status.VOIDED else ["reopen", "void"]
