"""Everything that may happen to people's rows; one noun a module."""

from accounts.services.cohorts import (
    InvitationNotValid,
    OwnCohort,
    accept_invitation,
    close_cohort,
    create_cohort,
    leave_cohort,
    record_report_view,
    remove_member,
    rename_cohort,
    renew_invitation,
    share_with_cohort,
)
from accounts.services.people import (
    change_profile,
    delete_account,
    forget_expired_rows,
    grant_accommodation,
    register_person,
)
from accounts.services.tokens import SignInRefused, issue_api_token, revoke_api_token, trade_password

__all__ = [
    "InvitationNotValid",
    "OwnCohort",
    "SignInRefused",
    "accept_invitation",
    "change_profile",
    "close_cohort",
    "create_cohort",
    "delete_account",
    "forget_expired_rows",
    "grant_accommodation",
    "issue_api_token",
    "leave_cohort",
    "record_report_view",
    "register_person",
    "remove_member",
    "rename_cohort",
    "renew_invitation",
    "revoke_api_token",
    "share_with_cohort",
    "trade_password",
]
