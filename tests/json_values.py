"""Arbitrary JSON values, often with the keys of tokens and events."""

from hypothesis import strategies as st

KEYS = [
    "accessTokenGeneration",
    "authorizer",
    "aud",
    "claims",
    "claimsAndScopeOverrideDetails",
    "claimsOverrideDetails",
    "claimsToAddOrOverride",
    "claimsToSuppress",
    "cognito:groups",
    "cognito:preferred_role",
    "cognito:roles",
    "custom:a",
    "exp",
    "groupConfiguration",
    "groupOverrideDetails",
    "groupsToOverride",
    "iamRolesToOverride",
    "iat",
    "idTokenGeneration",
    "identities",
    "identity",
    "iss",
    "jwt",
    "preferredRole",
    "request",
    "requestContext",
    "response",
    "scopesToAdd",
    "scopesToSuppress",
    "sub",
    "token_use",
    "triggerSource",
    "userAttributes",
    "version",
]
STRINGS = [
    "a,b",
    "[a b]",
    "[a",
    "",
    "1",
    "2",
    "3",
    "1.0",
    "id",
    "access",
    "TokenGeneration_X",
    "arn:aws:iam::1:role/a",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(STRINGS)
    | st.text(max_size=10)
)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
json_objects = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), json_values, max_size=8)


def nested(*path: str) -> st.SearchStrategy[dict[str, object]]:
    """Generate objects with a value at the path."""
    strategy: st.SearchStrategy[object] = json_values
    for name in reversed(path):
        strategy = st.fixed_dictionaries({name: strategy})
    return strategy  # type: ignore[return-value]


anything = (
    json_values
    | json_objects
    | nested("requestContext", "authorizer", "claims")
    | nested("requestContext", "authorizer", "claims", "cognito:groups")
    | nested("requestContext", "authorizer", "claims", "cognito:roles")
    | nested("requestContext", "authorizer", "jwt", "claims", "cognito:groups")
    | nested("identity", "claims")
    | nested("request", "groupConfiguration")
)
