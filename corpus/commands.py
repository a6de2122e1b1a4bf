"""The base of our management commands: an error that the user can mend is printed without a traceback."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpus.errors import DomainError


class DomainCommand(BaseCommand):
    """A command whose `run` may raise `DomainError`; exits with 1 and the message."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Call `run` and turn an error that the user can mend into one that is printed plainly."""
        try:
            self.run(**options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def run(self, **options: Any) -> None:
        """Do the work; `options` are those of `add_arguments`."""
        raise NotImplementedError
