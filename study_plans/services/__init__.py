"""Everything that may happen to a study plan, one noun a module. Import from here."""

from study_plans.services.adjusting import adjust_plan, replan_missed_days
from study_plans.services.blocks import (
    BlockNotFound,
    BlockNotOpen,
    NoDayLeft,
    complete_block,
    pin_block,
    postpone_block,
    reopen_block,
    skip_block,
)
from study_plans.services.messages import send_reminder, send_summary, stop_messages
from study_plans.services.plans import (
    AvailabilityInvalid,
    change_availability,
    change_messages,
    create_plan,
    forget_calendar_secret,
    renew_calendar_secret,
)
from study_plans.services.revisions import (
    RevisionNotFound,
    RevisionNotUndoable,
    accept_revision,
    undo_revision,
)
from study_plans.services.swapping import SwapBreaksRules, SwapPointless, swap_blocks

__all__ = [
    "AvailabilityInvalid",
    "BlockNotFound",
    "BlockNotOpen",
    "NoDayLeft",
    "RevisionNotFound",
    "RevisionNotUndoable",
    "SwapBreaksRules",
    "SwapPointless",
    "accept_revision",
    "adjust_plan",
    "change_availability",
    "change_messages",
    "complete_block",
    "create_plan",
    "forget_calendar_secret",
    "pin_block",
    "postpone_block",
    "renew_calendar_secret",
    "reopen_block",
    "replan_missed_days",
    "send_reminder",
    "send_summary",
    "skip_block",
    "stop_messages",
    "swap_blocks",
    "undo_revision",
]
