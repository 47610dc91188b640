"""The truth on disk: an append-only journal of all that came in, the feeds' numbers, and the newest sentences for evidence."""
