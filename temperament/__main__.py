"""Run the command line with ``python -m temperament``."""

import sys


def run() -> None:
    """Run the command line and leave with its exit code."""
    from temperament.cli import main

    sys.exit(main())


if __name__ == "__main__":
    run()
