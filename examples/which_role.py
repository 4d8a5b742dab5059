"""Explain which role Alice gets from an identity pool, and why not the other one."""

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
IDENTITY_POOL = {  # a response of boto3's get_identity_pool_roles
    "IdentityPoolId": "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "Roles": {"authenticated": SIGNED_IN},
    "RoleMappings": {PROVIDER: {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}},
}


def explain_role(groups: list[dict[str, object]], custom_role_arn: str | None = None) -> None:
    """Print the role that Alice gets, and how her groups were resolved."""
    resolution = resolve(groups)
    choice = choose_role(
        resolution.claims, IDENTITY_POOL, provider=PROVIDER, custom_role_arn=custom_role_arn
    )
    role = choice.role_arn if isinstance(choice, AssumedRole) else "no role"
    print(f"Alice gets {role}: {choice.reason}.")
    for question in choice.open_questions:
        print(f"Open question: {question.question}")
    print(f"\n{resolution.explain()}")


def main() -> None:
    """Show a tie, a request that names a role, and a change that ends the tie."""
    print("Alice is in two groups with the same precedence.\n")
    explain_role(GROUPS)
    print(f"\n{'-' * 78}\nAlice requests one of the two roles with CustomRoleArn.\n")
    explain_role(GROUPS, AUDITOR)
    print(f"\n{'-' * 78}\nAn administrator changes the precedence of auditors to 6.\n")
    explain_role([GROUPS[0], {**GROUPS[1], "Precedence": 6}])


if __name__ == "__main__":
    main()
