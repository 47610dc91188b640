"""`python -m tankerwatch` is the command `tankerwatch`."""

import sys

from tankerwatch.cli import main

if __name__ == "__main__":
    sys.exit(main())
