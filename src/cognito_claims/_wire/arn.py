"""The parts of an ARN: `arn:<partition>:<service>:<region>:<account>:<resource>`."""


def get_account(arn: str) -> str:
    """Return the ID of the account in an ARN; empty if it names none.

    >>> get_account("arn:aws:iam::123456789012:role/staff")
    '123456789012'
    """
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""
