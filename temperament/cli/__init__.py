"""The command line. Only this room prints and turns errors into exit codes; every command imports what it needs."""

from temperament.cli.main import main

__all__ = ["main"]
