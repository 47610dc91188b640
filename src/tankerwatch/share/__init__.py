"""Warnings for partners. Not built yet."""
