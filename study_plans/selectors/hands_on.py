"""What was done by hand: labs per domain, so that a domain without practice is said so."""

from collections import Counter
from dataclasses import dataclass

from questions.models import Domain, Lab
from questions.selectors import domain_weights
from study_plans.models import Block, StudyPlan


@dataclass(frozen=True, slots=True)
class HandsOn:
    """Labs of a domain: how many there are, how many the candidate has done, and the next one to do."""

    domain: Domain
    offered: int
    done: int
    next_lab: Lab | None


def hands_on(plan: StudyPlan) -> list[HandsOn]:
    """Every domain in blueprint order; two queries besides the blueprint's. A lab done twice counts once."""
    labs = Lab.objects.filter(is_retired=False, topic__domain__weights__blueprint=plan.blueprint)
    offered = list(labs.select_related("topic").order_by("topic__domain__order", "topic__order", "slug"))
    own = plan.blocks.filter(state=Block.State.DONE, lab__isnull=False)
    done = set(own.values_list("lab_id", flat=True))
    count = Counter(lab.topic.domain_id for lab in offered)
    kept = Counter(lab.topic.domain_id for lab in offered if lab.pk in done)
    following: dict[int, Lab] = {}
    for lab in offered:
        if lab.pk not in done:
            following.setdefault(lab.topic.domain_id, lab)
    return [
        HandsOn(weight.domain, count[weight.domain_id], kept[weight.domain_id], following.get(weight.domain_id))
        for weight in domain_weights(plan.blueprint)
    ]
