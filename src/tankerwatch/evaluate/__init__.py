"""Scenes with known truth, and the score of the detectors on them."""
