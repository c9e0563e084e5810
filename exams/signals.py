"""The two words that travel up, each sent with `attempt` inside the transaction that made it true.

`attempt_finished`: an attempt reached its final state, was graded anew, voided or reopened. `answer_checked`: a tutored
sitting that goes on fixed one more answer, or the mark of a fixed one was corrected. Listeners act after commit.
"""

from django.dispatch import Signal

attempt_finished = Signal()
answer_checked = Signal()
