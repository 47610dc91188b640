"""The dangers at sea, one a file."""
