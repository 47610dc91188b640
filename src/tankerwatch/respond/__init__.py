"""What the desk does by itself when something was found, and only when it was told to."""
