"""Simulated candidates: do the forecasts keep their word where the truth is known?"""
