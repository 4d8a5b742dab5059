"""Which role will Alice get from the identity pool, and why not the other one?"""

from cognito_claims import resolve
from cognito_claims.identity_pool import AssumedRole, choose_role

ADMIN = "arn:aws:iam::123456789012:role/admin"
AUDITOR = "arn:aws:iam::123456789012:role/auditor"
SIGNED_IN = "arn:aws:iam::123456789012:role/signed-in"

GROUPS: list[dict[str, object]] = [
    {"GroupName": "admins", "Precedence": 5, "RoleArn": ADMIN},
    {"GroupName": "auditors", "Precedence": 5, "RoleArn": AUDITOR},
]
PROVIDER = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789"
IDENTITY_POOL = {  # as boto3's get_identity_pool_roles answers
    "IdentityPoolId": "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "Roles": {"authenticated": SIGNED_IN},
    "RoleMappings": {PROVIDER: {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}},
}


def tell(groups: list[dict[str, object]], custom_role_arn: str | None = None) -> None:
    """Print the role, and the whole reasoning."""
    resolution = resolve(groups)
    choice = choose_role(
        resolution.claims, IDENTITY_POOL, provider=PROVIDER, custom_role_arn=custom_role_arn
    )
    print(
        f"Alice gets {choice.role_arn if isinstance(choice, AssumedRole) else 'no role'}: {choice.reason}."
    )
    for question in choice.open_questions:
        print(f"But: {question.question}")
    print(f"\n{resolution.explain()}")


def main() -> None:
    """Show the tie, what settles it in a request, and what settles it for good."""
    print("Alice is in two groups of one precedence.\n")
    tell(GROUPS)
    print(f"\n{'-' * 78}\nShe asks for one of the two with CustomRoleArn.\n")
    tell(GROUPS, AUDITOR)
    print(f"\n{'-' * 78}\nThe auditors' precedence is changed to 6.\n")
    tell([GROUPS[0], {**GROUPS[1], "Precedence": 6}])


if __name__ == "__main__":
    main()
