"""The trace that every change of the bank leaves, so that what was read of it can be kept in memory."""

from django.db import models


class BankChange(models.Model):
    """A transaction that changed the bank. Written by triggers on PostgreSQL alone (migration 0003), also for raw SQL.

    Rows are added and, a day later, removed; none is ever waited for, so two writers never block each other here.
    """

    transaction_id = models.BigIntegerField(unique=True)
    changed_at = models.DateTimeField(help_text="When the transaction began.")

    def __str__(self) -> str:
        return f"change {self.pk}"
