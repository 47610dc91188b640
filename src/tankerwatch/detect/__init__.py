"""Finds danger in what track shows: pure functions over tables, one danger a file."""
