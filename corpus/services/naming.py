"""What a corpus may be called."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from corpus.errors import DomainError


def check_slug(slug: str) -> None:
    """Raise `DomainError` where a corpus cannot be called so."""
    try:
        validate_slug(slug)
        if len(slug) > 80:
            raise ValidationError("too long")
    except ValidationError:
        message = f"{slug!r} cannot name a corpus. Use up to 80 letters, digits, hyphens and underscores."
        raise DomainError(message) from None
