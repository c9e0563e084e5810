"""The one word that travels up: an attempt reached its final state or was graded anew.

Sent inside the transaction that finished the attempt, with `attempt`; listeners act after commit.
"""

from django.dispatch import Signal

attempt_finished = Signal()
