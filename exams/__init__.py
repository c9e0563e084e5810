"""Sitting an attempt: paper, clock, answers, score, review."""
