"""Pages of what the answers tell: a candidate's own, a mentor's, and those for staff."""
