"""The drill: strikes a copy of the history that it made itself, and counts what was lost and what was noticed."""
