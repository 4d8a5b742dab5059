"""Numbers with their nouns, as sentences need them."""


def format_count(count: int, noun: str) -> str:
    """Return a number with its noun, in the singular or the plural.

    >>> format_count(1, "user"), format_count(1000, "user")
    ('1 user', '1,000 users')
    """
    return f"{count:,} {noun}{'s'[: count != 1]}"
