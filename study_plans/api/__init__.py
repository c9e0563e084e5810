"""The plan for programs; one noun a module. Import from here."""

from study_plans.api.blocks import BlockComplete, BlockPin, BlockPostpone, BlockReopen, BlockSkip, BlockSwap
from study_plans.api.plans import PlanDetail
from study_plans.api.revisions import RevisionAccept, RevisionList, RevisionUndo

__all__ = [
    "BlockComplete",
    "BlockPin",
    "BlockPostpone",
    "BlockReopen",
    "BlockSkip",
    "BlockSwap",
    "PlanDetail",
    "RevisionAccept",
    "RevisionList",
    "RevisionUndo",
]
