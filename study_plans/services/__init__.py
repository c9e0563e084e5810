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
    keep_exam_time,
    renew_calendar_secret,
)
from study_plans.services.reports import (
    ReportInvalid,
    ReportNotFound,
    follow_exam_report,
    keep_exam_report,
    take_exam_report_back,
)
from study_plans.services.revisions import (
    NEVER_UNDONE,
    RevisionNotFound,
    RevisionNotUndoable,
    accept_revision,
    undo_revision,
)
from study_plans.services.swapping import SwapBreaksRules, SwapPointless, swap_blocks

__all__ = [
    "NEVER_UNDONE",
    "AvailabilityInvalid",
    "BlockNotFound",
    "BlockNotOpen",
    "NoDayLeft",
    "ReportInvalid",
    "ReportNotFound",
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
    "follow_exam_report",
    "forget_calendar_secret",
    "keep_exam_report",
    "keep_exam_time",
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
    "take_exam_report_back",
    "undo_revision",
]
