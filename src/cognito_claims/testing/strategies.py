"""Hypothesis strategies for Cognito's groups, and for what follows from them.

>>> from hypothesis import given
>>> from cognito_claims import resolve
>>> @given(memberships())
... def test_a_preferred_role_is_one_of_the_roles(groups):
...     resolution = resolve(groups)
...     assert resolution.preferred_role in (None, *resolution.roles)
>>> test_a_preferred_role_is_one_of_the_roles()

Every value is valid, and what makes claims differ is frequent: ties, groups
without a role or a precedence, the groups of federated sign-ins. Values shrink
towards short names and absent members, memberships towards few groups.

`st.from_type(GroupType)` finds these strategies without an import, by Hypothesis'
entry point; so it does for subclasses of the models. To fix one field, use
`groups(precedence=st.just(0))`. boto3's dictionaries are a `.map(lambda group:
group.model_dump(by_alias=True))` away.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from inspect import get_annotations
from typing import Literal, NamedTuple, TypeVar, cast

try:
    from hypothesis import strategies as st
    from hypothesis.errors import InvalidArgument
except ImportError as _error:
    raise ImportError('the strategies need Hypothesis: pip install "cognito-claims[testing]"') from _error

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from cognito_claims._wire import GroupName, WireModel
from cognito_claims.claims import AccessTokenGroupClaims, GroupClaims, IdTokenGroupClaims
from cognito_claims.client import PaginatorConfigDict
from cognito_claims.events import (
    GroupConfiguration,
    PreTokenGenerationEvent,
    PreTokenGenerationV1Event,
    PreTokenGenerationV2Event,
    PreTokenGenerationV3Event,
    build_pre_token_generation_event,
    override_claims,
    override_groups,
    parse_trigger_event,
)
from cognito_claims.identity_pool import (
    GetIdentityPoolRolesResponse,
    MappingRule,
    RoleMapping,
    RulesConfiguration,
)
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    AttributeType,
    GroupType,
    PaginatorConfig,
    UserType,
)
from cognito_claims.resolver import (
    Alternative,
    Ambiguous,
    NoRole,
    Outcome,
    Policy,
    Preferred,
    RankedGroup,
    Resolution,
    resolve,
)
from cognito_claims.rules import OPEN_QUESTIONS, RULES, OpenQuestion, Rule
from cognito_claims.tokens import AccessTokenClaims, Identity, IdTokenClaims

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

_M = TypeVar("_M", bound=WireModel)
_T = TypeVar("_T")
_MAX_PRECEDENCE = 2**31 - 1
_EXAMPLE_POOL = "us-east-1_EXAMPLE"
_EXAMPLE_ROLES = [f"arn:aws:iam::123456789012:role/{name}" for name in ("admin", "staff", "reader")]
_FREQUENT_NAMES = [*"abcdefgh", "admins", "nonadmins", "a,b", "[a]", "Grüße", "管理者"]
_LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_STATUSES = [
    "CONFIRMED",
    "UNCONFIRMED",
    "FORCE_CHANGE_PASSWORD",
    "RESET_REQUIRED",
    "EXTERNAL_PROVIDER",
    "ARCHIVED",
    "COMPROMISED",
    "UNKNOWN",
    "A_NEW_ONE",  # AWS may add some
]
_PROVIDERS = ["Google", "Facebook", "LoginWithAmazon", "SignInWithApple", "Okta"]


def group_names() -> st.SearchStrategy[str]:
    """Names of groups: 1 to 128 characters, any that AWS allows; short ones are frequent."""
    return st.sampled_from(_FREQUENT_NAMES) | _any_text()


def usernames() -> st.SearchStrategy[str]:
    """Names of users: 1 to 128 characters, any that AWS allows."""
    return st.one_of(
        st.sampled_from(["alice", "bob", "alice@example.com"]),
        st.uuids().map(str),
        st.sampled_from(_PROVIDERS).map(lambda provider: f"{provider}_1234567890"),
        _any_text(),
    )


def user_pool_ids() -> st.SearchStrategy[str]:
    """Ids of user pools, such as `us-east-1_EXAMPLE`."""
    return st.one_of(
        st.just(_EXAMPLE_POOL),
        st.builds(
            "{}_{}".format,
            st.sampled_from(["us-east-1", "eu-west-1", "ap-southeast-2", "us-gov-west-1"]),
            st.text(_LETTERS_AND_DIGITS, min_size=9, max_size=9),
        ),
    )


def role_arns() -> st.SearchStrategy[str]:
    """ARNs of IAM roles. Three of them are frequent, so that groups share roles."""
    path = st.lists(st.text(_LETTERS_AND_DIGITS + "-", min_size=1, max_size=8), max_size=2)
    return st.one_of(
        st.sampled_from(_EXAMPLE_ROLES),
        st.builds(
            _role_arn,
            st.sampled_from(["aws", "aws-us-gov", "aws-cn"]),
            st.text("0123456789", min_size=12, max_size=12),
            path,
            st.text(_LETTERS_AND_DIGITS + "_+=,.@-", min_size=1, max_size=64),
        ),
    )


def precedences() -> st.SearchStrategy[int]:
    """Precedences: 0 to 2147483647, the low ones frequent, so that groups tie."""
    return st.integers(0, 3) | st.integers(0, _MAX_PRECEDENCE)


def dates() -> st.SearchStrategy[datetime]:
    """Dates as AWS gives them: aware, to the millisecond, between 2014 and 2033, in any zone."""
    return st.builds(
        _date,
        st.integers(1_400_000_000, 2_000_000_000),
        st.integers(0, 999),
        st.just(0) | st.integers(-14 * 60, 14 * 60),
    )


def page_tokens() -> st.SearchStrategy[str]:
    """Tokens that ask for a page: text without white space."""
    return st.text(_LETTERS_AND_DIGITS + "+/=", min_size=1, max_size=40)


def groups(
    *,
    group_name: st.SearchStrategy[str] | None = None,
    user_pool_id: st.SearchStrategy[str | None] | None = None,
    role_arn: st.SearchStrategy[str | None] | None = None,
    precedence: st.SearchStrategy[int | None] | None = None,
) -> st.SearchStrategy[GroupType]:
    """Groups, each by itself; `memberships` draws groups that one user can be in.

    Args:
        group_name: draws the name; `group_names()` unless told.
        user_pool_id: draws the pool; absent or `user_pool_ids()` unless told.
        role_arn: draws the role; absent or `role_arns()` unless told.
        precedence: draws the precedence; absent or `precedences()` unless told.
    """
    return _models(
        GroupType,
        group_name=group_names() if group_name is None else group_name,
        user_pool_id=_maybe(user_pool_ids()) if user_pool_id is None else user_pool_id,
        description=_maybe(st.text(min_size=1, max_size=40)),
        role_arn=_maybe(role_arns()) if role_arn is None else role_arn,
        precedence=_maybe(precedences()) if precedence is None else precedence,
        last_modified_date=_maybe(dates()),
        creation_date=_maybe(dates()),
    )


def memberships(
    *,
    user_pool_id: st.SearchStrategy[str] | None = None,
    role_arn: st.SearchStrategy[str] | None = None,
    precedence: st.SearchStrategy[int] | None = None,
    min_size: int = 0,
    max_size: int | None = None,
) -> st.SearchStrategy[list[GroupType]]:
    """The groups of one user, in any order: of one pool, each name once.

    Ties, groups without a role or a precedence, and the bare groups that
    federated sign-ins create, `<poolId>_<IdP>`, are frequent.

    Args:
        user_pool_id: draws the pool; `user_pool_ids()` unless told.
        role_arn: draws the roles that groups may have; `role_arns()` unless told.
        precedence: draws the precedences that groups may have; `precedences()` unless told.
        min_size: the fewest groups, 0 or more.
        max_size: the most groups; 8 unless told, or `min_size` if that is more. AWS allows 100.

    Raises:
        InvalidArgument: Hypothesis' own, if `min_size` is negative or more than `max_size`.
    """
    most = max(8, min_size) if max_size is None else max_size
    if not 0 <= min_size <= most:
        raise InvalidArgument(f"{min_size=} has to be 0 or more, and no more than {max_size=}")
    roles = role_arns() if role_arn is None else role_arn
    levels = _maybe(precedences() if precedence is None else precedence)

    member = _members()

    @cache
    def members(size: int) -> st.SearchStrategy[list[_Member]]:
        return st.lists(member, min_size=size, max_size=size, unique_by=lambda member: member.name)

    # A size of its own, drawn last: so memberships shrink to the fewest groups, and fast. A list
    # by itself would be empty more often than not, and so would one of any size.
    several = st.integers(min(max(min_size, 3), most), most)
    size = st.integers(min_size, most) | several
    return st.builds(
        _membership,
        user_pool_ids() if user_pool_id is None else user_pool_id,
        st.tuples(roles, roles, roles),
        st.tuples(levels, levels, levels),
        st.tuples(_maybe(dates()), _maybe(dates())),
        size.flatmap(members),
    )


class _Provider(NamedTuple):
    """The name of a federated group, but for the pool."""

    name: str


class _Member(NamedTuple):
    """A group, before it is known what there is to choose from."""

    name: str | _Provider
    role: int
    level: int
    date: int


def _members() -> st.SearchStrategy[_Member]:
    federated = [_Provider(name) for name in _PROVIDERS] * 3
    return st.builds(
        _Member,
        name=st.sampled_from([*_FREQUENT_NAMES, *federated]) | _any_text(),
        role=st.integers(0, 3),
        level=st.integers(0, 3),
        date=st.integers(0, 1),
    )


# Groups choose among few roles and precedences, so that they tie, and still do
# when what they share shrinks.
def _membership(
    pool: str,
    roles: Sequence[str],
    levels: Sequence[int | None],
    dates: Sequence[datetime | None],
    members: Sequence[_Member],
) -> list[GroupType]:
    def group(member: _Member) -> GroupType:
        name, role, level = member.name, member.role, member.level
        if isinstance(name, _Provider):
            name = f"{pool}_{name.name}"
            if role < 3:  # most are bare; one that has a role is worth a look
                role = level = 0
        return GroupType(
            group_name=name,
            user_pool_id=pool,
            role_arn=[None, *roles][role],
            precedence=[None, *levels][level],
            last_modified_date=dates[member.date],
            creation_date=dates[0],
        )

    return [group(member) for member in members]


def policies() -> st.SearchStrategy[Policy]:
    """Every policy, the documented one first."""
    return st.builds(
        Policy,
        null_precedence=st.sampled_from(["ranks-last", "abstains"]),
        roleless=st.sampled_from(["ignored", "blocks"]),
    )


def resolutions(
    membership: st.SearchStrategy[list[GroupType]] | None = None,
    policy: st.SearchStrategy[Policy] | None = None,
) -> st.SearchStrategy[Resolution]:
    """Resolved memberships.

    Args:
        membership: draws the groups; `memberships()` unless told.
        policy: draws the policy; `policies()` unless told.
    """
    return st.builds(
        resolve,
        memberships() if membership is None else membership,
        policy=policies() if policy is None else policy,
    )


def group_claims() -> st.SearchStrategy[GroupClaims]:
    """The claims of some user, as they follow from groups."""
    return resolutions().map(lambda resolution: resolution.claims)


def id_token_claims(
    claims: st.SearchStrategy[GroupClaims] | None = None,
) -> st.SearchStrategy[IdTokenClaims]:
    """ID tokens of users, local and federated, with `custom:` attributes and claims that triggers added.

    Args:
        claims: draws what they say of groups and roles; `group_claims()` unless told.
    """
    guaranteed: dict[str, st.SearchStrategy[object]] = {
        "iss": user_pool_ids().map(_issuer),
        "sub": st.uuids().map(str),
        "aud": _client_ids(),
        "token_use": st.just("id"),
        "exp": _seconds(),
        "iat": _seconds(),
    }
    payloads = st.builds(
        _payload_of_id_token,
        st.fixed_dictionaries(
            guaranteed,
            optional={
                "auth_time": _seconds(),
                "cognito:username": usernames(),
                "email": st.emails(),
                "email_verified": st.booleans(),
                "identities": st.lists(_identities().map(_as_in_a_token), min_size=1, max_size=2),
                "custom:department": st.text(max_size=20),
                "dev:custom:department": st.text(max_size=20),
                "tenant": st.text(max_size=20) | st.lists(st.integers(), max_size=3),
            },
        ),
        group_claims() if claims is None else claims,
    )
    return payloads.map(IdTokenClaims.from_payload)


def access_token_claims(
    claims: st.SearchStrategy[GroupClaims] | None = None,
) -> st.SearchStrategy[AccessTokenClaims]:
    """Access tokens of users, and of machines, which have no groups.

    Args:
        claims: draws what users' tokens say of groups; `group_claims()` unless told.
    """
    common: dict[str, st.SearchStrategy[object]] = {
        "iss": user_pool_ids().map(_issuer),
        "token_use": st.just("access"),
        "exp": _seconds(),
        "iat": _seconds(),
        "version": st.just(2),
        "scope": st.sampled_from(
            ["aws.cognito.signin.user.admin", "openid email", "orders/read orders/write"]
        ),
    }
    of_users = st.builds(
        _payload_of_access_token,
        st.fixed_dictionaries(
            common
            | {
                "sub": st.uuids().map(str),
                "client_id": _client_ids(),
                "username": usernames(),
                "auth_time": _seconds(),
            }
        ),
        group_claims() if claims is None else claims,
    )
    of_machines = st.builds(
        _payload_of_machine,
        st.fixed_dictionaries(common),
        _client_ids(),
    )
    return (of_users | of_machines).map(AccessTokenClaims.from_payload)


def trigger_events(
    claims: st.SearchStrategy[GroupClaims] | None = None,
) -> st.SearchStrategy[PreTokenGenerationEvent]:
    """Events of the pre token generation trigger, of every version, some of them with an answer.

    `.map(lambda event: event.model_dump(by_alias=True))` gives the dictionaries that Lambda hands over.

    Args:
        claims: draws the user's groups and roles; `group_claims()` unless told.
    """
    return st.sampled_from(_VERSIONS).flatmap(lambda version: _trigger_events(version, claims))


def role_mappings() -> st.SearchStrategy[RoleMapping]:
    """How an identity pool maps users to roles, by token or by rules that often match."""
    resolution = st.sampled_from(["AuthenticatedRole", "Deny"])
    by_token = _models(RoleMapping, type=st.just("Token"), ambiguous_role_resolution=resolution)
    by_rules = _models(
        RoleMapping,
        type=st.just("Rules"),
        ambiguous_role_resolution=resolution,
        rules_configuration=_rules_configurations(),
    )
    return by_token | by_rules


def identity_pool_roles() -> st.SearchStrategy[GetIdentityPoolRolesResponse]:
    """The roles of identity pools, as boto3's `get_identity_pool_roles` answers them."""
    providers = st.builds("{}:{}".format, user_pool_ids().map(_issuer), _client_ids())
    return _models(
        GetIdentityPoolRolesResponse,
        identity_pool_id=st.uuids().map("eu-west-1:{}".format),
        roles=st.dictionaries(st.sampled_from(["authenticated", "unauthenticated"]), role_arns()),
        role_mappings=st.dictionaries(
            providers.map(lambda name: name.removeprefix("https://")), role_mappings(), max_size=3
        ),
    )


def pages(
    membership: st.SearchStrategy[list[GroupType]] | None = None,
) -> st.SearchStrategy[list[AdminListGroupsForUserResponse]]:
    """The pages in which one user's groups arrive: one or more, cut anywhere, of 60 groups at the most.

    Each but the last has a `next_token`, no two the same. A page may be empty
    before the list ends.

    Args:
        membership: draws the groups; `memberships()` unless told.
    """
    return _pages(memberships() if membership is None else membership)


@st.composite
def _pages(
    draw: st.DrawFn, membership: st.SearchStrategy[list[GroupType]]
) -> list[AdminListGroupsForUserResponse]:
    members = draw(membership)
    full = range(60, len(members), 60)
    cuts = sorted([*draw(st.lists(st.integers(0, len(members)), max_size=4)), *full])
    tokens = draw(st.lists(page_tokens(), min_size=len(cuts), max_size=len(cuts), unique=True))
    return [
        AdminListGroupsForUserResponse(groups=tuple(members[start:end]), next_token=token)
        for start, end, token in zip([0, *cuts], [*cuts, len(members)], [*tokens, None], strict=True)
    ]


def users() -> st.SearchStrategy[UserType]:
    """Users of a pool, as ListUsersInGroup gives them."""
    attribute = _models(AttributeType)
    attributes = st.lists(attribute, max_size=4, unique_by=lambda one: one.name).map(tuple)
    return _models(UserType, attributes=_maybe(attributes))


def paginator_configs() -> st.SearchStrategy[PaginatorConfig]:
    """What a paginator takes: `MaxItems`, `PageSize` and `StartingToken`, each of which may be absent."""
    return _models(PaginatorConfig)


def strategy_for_type(type_: type) -> st.SearchStrategy[object]:
    """Return the strategy for a type of this package, or for a subclass of one of its models."""
    if type_ in _BY_TYPE:
        return _BY_TYPE[type_]()
    if issubclass(type_, WireModel):
        return _models(type_)
    raise InvalidArgument(f"expected a type of cognito_claims, got {type_.__name__}")


def _models(model: type[_M], **fields: st.SearchStrategy[object]) -> st.SearchStrategy[_M]:
    """Generate a model; a field without a strategy is generated by its name or its type."""
    for name, field in model.model_fields.items():
        if name not in fields:
            fields[name] = _fields(name, field, _find_owner(model, name))
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


def _fields(name: str, field: FieldInfo, owner: type) -> st.SearchStrategy[object]:
    ours = owner.__module__.partition(".")[0] == __package__.partition(".")[0]
    if not (ours and name in _BY_FIELD):
        return st.from_type(cast("type[object]", field.annotation))
    return _BY_FIELD[name]() if field.is_required() else _maybe(_BY_FIELD[name]())


def _find_owner(model: type[WireModel], name: str) -> type:
    return next(base for base in model.__mro__ if name in get_annotations(base))


def _maybe(strategy: st.SearchStrategy[_T]) -> st.SearchStrategy[_T | None]:
    return st.none() | strategy


def _any_text(max_size: int = 128) -> st.SearchStrategy[str]:
    # Python may know characters that pydantic does not know yet: such a text would be refused.
    characters = st.characters(categories=["L", "M", "S", "N", "P"])
    return st.text(characters, min_size=1, max_size=max_size).filter(_is_group_name)


_GROUP_NAME: TypeAdapter[str] = TypeAdapter(GroupName)


def _is_group_name(text: str) -> bool:
    try:
        _GROUP_NAME.validate_python(text)
    except ValidationError:
        return False
    return True


def _role_arn(partition: str, account: str, path: list[str], name: str) -> str:
    return "/".join([f"arn:{partition}:iam::{account}:role", *path, name])


def _date(seconds: int, millis: int, offset: int) -> datetime:
    instant = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=millis)
    return instant.astimezone(timezone(timedelta(minutes=offset)))


def _attribute_names() -> st.SearchStrategy[str]:
    return st.sampled_from(["email", "sub", "custom:department", "custom:cost center", "custom:a\nb"])


def _payload_of_id_token(token: dict[str, object], claims: GroupClaims) -> dict[str, object]:
    return {**token, **claims.id_token()}


def _payload_of_access_token(token: dict[str, object], claims: GroupClaims) -> dict[str, object]:
    return {**token, **claims.access_token()}


def _payload_of_machine(token: dict[str, object], client_id: str) -> dict[str, object]:
    return {**token, "sub": client_id, "client_id": client_id}


def _client_ids() -> st.SearchStrategy[str]:
    return st.just("1example23456789") | st.text(_LETTERS_AND_DIGITS.lower(), min_size=26, max_size=26)


def _issuer(user_pool_id: str) -> str:
    region = user_pool_id.partition("_")[0]
    return f"https://cognito-idp.{region}.amazonaws.com/{user_pool_id}"


def _seconds() -> st.SearchStrategy[int]:
    return st.integers(1_400_000_000, 2_000_000_000)


def _identities() -> st.SearchStrategy[Identity]:
    return _models(
        Identity,
        user_id=st.text("0123456789", min_size=5, max_size=21),
        provider_name=st.sampled_from(_PROVIDERS),
        provider_type=st.sampled_from(["Google", "OIDC", "SAML"]),
        primary=st.booleans(),
        date_created=_seconds().map(lambda seconds: seconds * 1000),
    )


def _as_in_a_token(identity: Identity) -> dict[str, object]:
    return {
        **identity.model_dump(by_alias=True),
        "issuer": None,
        "primary": str(identity.primary).lower(),
        "dateCreated": str(identity.date_created),
    }


_VERSIONS: tuple[Literal["1", "2", "3"], ...] = ("1", "2", "3")


def _trigger_events(
    version: Literal["1", "2", "3"], claims: st.SearchStrategy[GroupClaims] | None = None
) -> st.SearchStrategy[PreTokenGenerationEvent]:
    return st.builds(
        _trigger_event,
        st.just(version),
        group_claims() if claims is None else claims,
        st.lists(_identities(), max_size=2),
        st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
        st.none() | group_claims(),
        st.dictionaries(st.sampled_from(["tenant", "plan"]), st.text(max_size=5)),
    )


def _trigger_event(
    version: Literal["1", "2", "3"],
    claims: GroupClaims,
    identities: list[Identity],
    metadata: dict[str, str],
    overridden: GroupClaims | None,
    added: dict[str, str],
) -> PreTokenGenerationEvent:
    event = build_pre_token_generation_event(claims, version=version)
    if identities:
        texts = [identity.model_dump_json(by_alias=True) for identity in identities]
        event["request"]["userAttributes"]["identities"] = f"[{','.join(texts)}]"
    event["request"]["clientMetadata"] = metadata
    if overridden is not None:
        event = override_groups(event, overridden)
    return parse_trigger_event(override_claims(event, id_token=added) if added else event)


def _mapping_rules() -> st.SearchStrategy[MappingRule]:
    return _models(
        MappingRule,
        claim=st.sampled_from(["cognito:groups", "email", "custom:department"]) | _any_text(64),
        match_type=st.sampled_from(["Equals", "Contains", "StartsWith", "NotEqual"]),
        value=st.sampled_from([*_FREQUENT_NAMES, "min"]) | st.text(min_size=1, max_size=128),
        role_arn=role_arns(),
    )


def _rules_configurations() -> st.SearchStrategy[RulesConfiguration]:
    several = st.lists(_mapping_rules(), min_size=1, max_size=4).map(tuple)
    return _models(RulesConfiguration, rules=several)


def _id_token_group_claims() -> st.SearchStrategy[IdTokenGroupClaims]:
    return group_claims().map(GroupClaims.id_token)


def _access_token_group_claims() -> st.SearchStrategy[AccessTokenGroupClaims]:
    return group_claims().map(GroupClaims.access_token)


def _group_configurations() -> st.SearchStrategy[GroupConfiguration]:
    return st.builds(_group_configuration, group_claims())


def _group_configuration(claims: GroupClaims) -> GroupConfiguration:
    return GroupConfiguration(
        groups_to_override=claims.groups,
        iam_roles_to_override=claims.roles,
        preferred_role=claims.preferred_role,
    )


def _paginator_config_dicts() -> st.SearchStrategy[object]:
    return paginator_configs().map(lambda config: config.model_dump(by_alias=True))


# An example of an outcome, for want of one: to filter for it would reject most of what is drawn.
def _preferred() -> st.SearchStrategy[Outcome]:
    lone = resolve([GroupType(group_name="a", role_arn=_EXAMPLE_ROLES[0])]).outcome
    return resolutions().map(lambda one: one.outcome if isinstance(one.outcome, Preferred) else lone)


def _ambiguous() -> st.SearchStrategy[Outcome]:
    tie = [
        GroupType(group_name=name, role_arn=arn) for name, arn in zip("ab", _EXAMPLE_ROLES, strict=False)
    ]
    tied = resolve(tie).outcome
    return resolutions().map(lambda one: one.outcome if isinstance(one.outcome, Ambiguous) else tied)


def _standings() -> st.SearchStrategy[RankedGroup]:
    resolved = resolutions(memberships(min_size=1))
    return resolved.flatmap(lambda resolution: st.sampled_from(resolution.ranked_groups))


def _alternatives() -> st.SearchStrategy[Alternative]:
    lone = groups(role_arn=role_arns(), precedence=st.none())
    return lone.map(lambda group: resolve([group]).alternatives[0])


_BY_TYPE: dict[type, Callable[[], st.SearchStrategy[object]]] = {
    AccessTokenClaims: access_token_claims,
    AccessTokenGroupClaims: _access_token_group_claims,
    Alternative: _alternatives,
    Ambiguous: _ambiguous,
    GroupClaims: group_claims,
    GetIdentityPoolRolesResponse: identity_pool_roles,
    GroupConfiguration: _group_configurations,
    GroupType: groups,
    IdTokenClaims: id_token_claims,
    Identity: _identities,
    IdTokenGroupClaims: _id_token_group_claims,
    MappingRule: _mapping_rules,
    NoRole: lambda: st.just(NoRole()),
    OpenQuestion: lambda: st.sampled_from(OPEN_QUESTIONS),
    PaginatorConfigDict: _paginator_config_dicts,
    Policy: policies,
    PreTokenGenerationV1Event: lambda: _trigger_events("1"),
    PreTokenGenerationV2Event: lambda: _trigger_events("2"),
    PreTokenGenerationV3Event: lambda: _trigger_events("3"),
    Preferred: _preferred,
    Resolution: resolutions,
    RoleMapping: role_mappings,
    Rule: lambda: st.sampled_from(RULES),
    RulesConfiguration: _rules_configurations,
    RankedGroup: _standings,
    UserType: users,
}

_BY_FIELD: dict[str, Callable[[], st.SearchStrategy[object]]] = {
    "attribute_name": _attribute_names,
    "creation_date": dates,
    "delivery_medium": lambda: st.sampled_from(["EMAIL", "SMS", "A_NEW_ONE"]),
    "description": lambda: st.text(min_size=1, max_size=40),
    "group_name": group_names,
    "groups": lambda: memberships().map(tuple),
    "http_headers": lambda: st.dictionaries(
        st.sampled_from(["content-type", "date"]), st.text(max_size=40)
    ),
    "http_status_code": lambda: st.just(200) | st.integers(100, 599),
    "last_modified_date": dates,
    "limit": lambda: st.integers(0, 60),
    "max_items": lambda: st.integers(0, 200) | st.integers(0),
    "name": _attribute_names,
    "next_token": page_tokens,
    "page_size": lambda: st.integers(0, 60),
    "precedence": precedences,
    "retry_attempts": lambda: st.integers(0, 5),
    "role_arn": role_arns,
    "starting_token": page_tokens,
    "user_create_date": dates,
    "user_last_modified_date": dates,
    "user_pool_id": user_pool_ids,
    "user_status": lambda: st.sampled_from(_STATUSES),
    "username": usernames,
    "value": lambda: st.text(max_size=40),
}
