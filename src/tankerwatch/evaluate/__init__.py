"""Scores the detectors on scenes with known truth. Not built yet."""
