"""What to study, when, and why."""
