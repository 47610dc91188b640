"""Protective steps. Not built yet."""
