"""Words that travel up from the bank.

key_corrected: the keys of a published version were put right. Sent inside the correcting transaction with
`version`, `by`, `reason` and `now`; exams listens and grades the attempts that showed it anew.
"""

from django.dispatch import Signal

key_corrected = Signal()
