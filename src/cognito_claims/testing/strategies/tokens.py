"""The claims of ID tokens and access tokens."""

from collections.abc import Mapping

from hypothesis import strategies as st

from cognito_claims.claims import GroupClaims
from cognito_claims.testing.strategies import scalars
from cognito_claims.testing.strategies.models import models
from cognito_claims.testing.strategies.resolutions import group_claims
from cognito_claims.tokens import AccessTokenClaims, Identity, IdTokenClaims, build_issuer


def id_token_claims(
    claims: st.SearchStrategy[GroupClaims] | None = None,
) -> st.SearchStrategy[IdTokenClaims]:
    """ID tokens of local and federated users, with `custom:` attributes and claims that triggers add.

    Their issuer is the user pool's original or updated one.

    Args:
        claims: The group claims. By default, `group_claims()`.
    """
    guaranteed: dict[str, st.SearchStrategy[object]] = {
        "iss": _issuers(),
        "sub": st.uuids().map(str),
        "aud": scalars.client_ids(),
        "token_use": st.just("id"),
        "exp": scalars.seconds(),
        "iat": scalars.seconds(),
    }
    payloads = st.builds(
        _merge,
        st.fixed_dictionaries(
            guaranteed,
            optional={
                "auth_time": scalars.seconds(),
                "cognito:username": scalars.usernames(),
                "email": st.emails(),
                "email_verified": st.booleans(),
                "identities": st.lists(identities().map(_dump_identity), min_size=1, max_size=2),
                "custom:department": st.text(max_size=20),
                "dev:custom:department": st.text(max_size=20),
                "tenant": st.text(max_size=20) | st.lists(st.integers(), max_size=3),
            },
        ),
        (group_claims() if claims is None else claims).map(GroupClaims.id_token),
    )
    return payloads.map(IdTokenClaims.from_payload)


def access_token_claims(
    claims: st.SearchStrategy[GroupClaims] | None = None,
) -> st.SearchStrategy[AccessTokenClaims]:
    """Access tokens of users, and of machines, which have no groups.

    Their issuer is the user pool's original or updated one.

    Args:
        claims: The group claims of users. By default, `group_claims()`.
    """
    common: dict[str, st.SearchStrategy[object]] = {
        "iss": _issuers(),
        "token_use": st.just("access"),
        "exp": scalars.seconds(),
        "iat": scalars.seconds(),
        "version": st.just(2),
        "scope": st.sampled_from(
            ["aws.cognito.signin.user.admin", "openid email", "orders/read orders/write"]
        ),
    }
    user: dict[str, st.SearchStrategy[object]] = {
        "sub": st.uuids().map(str),
        "client_id": scalars.client_ids(),
        "username": scalars.usernames(),
        "auth_time": scalars.seconds(),
    }
    of_users = st.builds(
        _merge,
        st.fixed_dictionaries(common | user),
        (group_claims() if claims is None else claims).map(GroupClaims.access_token),
    )
    machines = scalars.client_ids().map(lambda client_id: {"sub": client_id, "client_id": client_id})
    of_machines = st.builds(_merge, st.fixed_dictionaries(common), machines)
    return (of_users | of_machines).map(AccessTokenClaims.from_payload)


def identities() -> st.SearchStrategy[Identity]:
    """Accounts of users at identity providers."""
    return models(
        Identity,
        user_id=st.text("0123456789", min_size=5, max_size=21),
        provider_name=st.sampled_from(scalars.PROVIDERS),
        provider_type=st.sampled_from(["Google", "OIDC", "SAML"]),
        primary=st.booleans(),
        date_created=scalars.seconds().map(lambda value: value * 1000),
    )


def _issuers() -> st.SearchStrategy[str]:
    return st.builds(build_issuer, scalars.user_pool_ids(), updated=st.booleans())


def _merge(token: Mapping[str, object], claims: Mapping[str, object]) -> dict[str, object]:
    return {**token, **claims}


def _dump_identity(identity: Identity) -> dict[str, object]:
    # A token holds the boolean and the number as strings, unlike a trigger's event.
    return {
        **identity.model_dump(by_alias=True),
        "issuer": None,
        "primary": str(identity.primary).lower(),
        "dateCreated": str(identity.date_created),
    }
