"""People: users, cohorts, consent, accommodations, own data, API tokens."""
