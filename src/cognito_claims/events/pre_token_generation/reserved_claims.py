"""The claims that a pre token generation trigger cannot change (rule `reserved-claims`).

Source: Amazon Cognito Developer Guide, "Pre token generation Lambda trigger".
"""

RESERVED_NAMES = frozenset(
    """
    acr amr at_hash auth_time azp client_id device_key event_id exp iat identities iss jti nbf nonce
    origin_jti sub token_use username version
    """.split()  # noqa: SIM905, one a line would hide the list
)
"""The names that are reserved in both tokens. Names that begin with `cognito:` are reserved too."""


def may_add(name: str, *, to_id_token: bool) -> bool:
    """Return whether a trigger can add or override a claim."""
    return not _is_reserved(name, in_id_token=to_id_token) and not name.startswith("dev:")


def may_suppress(name: str, *, in_id_token: bool) -> bool:
    """Return whether a trigger can suppress a claim."""
    return name == "cognito:groups" or not _is_reserved(name, in_id_token=in_id_token)


def _is_reserved(name: str, *, in_id_token: bool) -> bool:
    # An access token has no `aud` of its own, and a trigger can add one.
    return name in RESERVED_NAMES or name.startswith("cognito:") or (in_id_token and name == "aud")
