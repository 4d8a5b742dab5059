"""Hypothesis strategies for Cognito's groups, tokens, events and role mappings.

>>> from hypothesis import given
>>> from cognito_claims import resolve
>>> @given(memberships())
... def test_the_preferred_role_is_one_of_the_roles(groups):
...     resolution = resolve(groups)
...     assert resolution.preferred_role in (None, *resolution.roles)
>>> test_the_preferred_role_is_one_of_the_roles()

Every value is valid. Values that affect the claims are frequent: ties, groups
without a role or a precedence, the groups of federated sign-ins. Values shrink
to short names and absent members, and memberships shrink to few groups.

`st.from_type(GroupType)` uses these strategies without an import, through
Hypothesis' entry point, and so it does for your subclasses of the models. To
constrain a field, use `groups(precedence=st.just(0))`. To get boto3's dictionaries,
use `.map(lambda group: group.model_dump(by_alias=True))`.
"""

from importlib import import_module

try:
    import_module("hypothesis")
except ImportError as _error:
    raise ImportError('the strategies need Hypothesis: pip install "cognito-claims[testing]"') from _error

from cognito_claims.testing.strategies.events import trigger_events
from cognito_claims.testing.strategies.identity_pools import identity_pool_roles, role_mappings
from cognito_claims.testing.strategies.models import groups, pages, paginator_configs, users
from cognito_claims.testing.strategies.resolutions import (
    group_claims,
    memberships,
    policies,
    resolutions,
)
from cognito_claims.testing.strategies.scalars import (
    dates,
    group_names,
    page_tokens,
    precedences,
    role_arns,
    user_pool_ids,
    usernames,
)
from cognito_claims.testing.strategies.tokens import access_token_claims, id_token_claims

__all__ = [
    "access_token_claims",
    "dates",
    "group_claims",
    "group_names",
    "groups",
    "id_token_claims",
    "identity_pool_roles",
    "memberships",
    "page_tokens",
    "pages",
    "paginator_configs",
    "policies",
    "precedences",
    "resolutions",
    "role_arns",
    "role_mappings",
    "trigger_events",
    "user_pool_ids",
    "usernames",
    "users",
]
