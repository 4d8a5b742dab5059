"""Names, IDs, ARNs, precedences, dates and tokens, within AWS's constraints."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from cognito_claims._wire.scalars import MAX_NAME_LENGTH, MAX_PRECEDENCE, GroupName

EXAMPLE_POOL = "us-east-1_EXAMPLE"
EXAMPLE_ROLES = tuple(f"arn:aws:iam::123456789012:role/{name}" for name in ("admin", "staff", "reader"))
FREQUENT_NAMES = (*"abcdefgh", "admins", "nonadmins", "a,b", "[a]", "Grüße", "管理者")
PROVIDERS = ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple", "Okta")
_LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_FIRST_SECOND, _LAST_SECOND = 1_400_000_000, 2_000_000_000  # May 2014 to May 2033


def group_names() -> st.SearchStrategy[str]:
    """Names of groups: 1 to 128 characters, any that AWS allows. Short names are frequent."""
    return st.sampled_from(FREQUENT_NAMES) | names()


def usernames() -> st.SearchStrategy[str]:
    """Usernames: 1 to 128 characters, any that AWS allows."""
    return st.one_of(
        st.sampled_from(["alice", "bob", "alice@example.com"]),
        st.uuids().map(str),
        st.sampled_from(PROVIDERS).map(lambda provider: f"{provider}_1234567890"),
        names(),
    )


def user_pool_ids() -> st.SearchStrategy[str]:
    """IDs of user pools, such as `us-east-1_EXAMPLE`, in several partitions."""
    regions = ["us-east-1", "eu-west-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1"]
    return st.one_of(
        st.just(EXAMPLE_POOL),
        st.builds(
            "{}_{}".format,
            st.sampled_from(regions),
            st.text(_LETTERS_AND_DIGITS, min_size=9, max_size=9),
        ),
    )


def role_arns() -> st.SearchStrategy[str]:
    """ARNs of IAM roles. Three of them are frequent, so that groups share roles."""
    folder = st.text(_LETTERS_AND_DIGITS + "-", min_size=1, max_size=8).map("{}/".format)
    return st.one_of(
        st.sampled_from(EXAMPLE_ROLES),
        st.builds(
            "arn:{}:iam::{}:role/{}{}".format,
            st.sampled_from(["aws", "aws-us-gov", "aws-cn"]),
            st.text("0123456789", min_size=12, max_size=12),
            st.lists(folder, max_size=2).map("".join),
            st.text(_LETTERS_AND_DIGITS + "_+=,.@-", min_size=1, max_size=64),
        ),
    )


def precedences() -> st.SearchStrategy[int]:
    """Precedences: 0 to 2147483647. 0 to 3 are frequent, so that groups tie."""
    return st.integers(0, 3) | st.integers(0, MAX_PRECEDENCE)


def dates() -> st.SearchStrategy[datetime]:
    """Dates as AWS returns them: aware, in any time zone, in milliseconds, between 2014 and 2033."""
    return st.builds(
        _build_date,
        seconds(),
        st.integers(0, 999),
        st.just(0) | st.integers(-14 * 60, 14 * 60),
    )


def page_tokens() -> st.SearchStrategy[str]:
    """Page tokens: 1 to 40 characters without white space."""
    return st.text(_LETTERS_AND_DIGITS + "+/=", min_size=1, max_size=40)


def client_ids() -> st.SearchStrategy[str]:
    """IDs of app clients."""
    return st.just("1example23456789") | st.text(_LETTERS_AND_DIGITS.lower(), min_size=26, max_size=26)


def seconds() -> st.SearchStrategy[int]:
    """Times in seconds since 1970, between 2014 and 2033."""
    return st.integers(_FIRST_SECOND, _LAST_SECOND)


def names(max_size: int = MAX_NAME_LENGTH) -> st.SearchStrategy[str]:
    """Strings of any characters that AWS allows in a name."""
    # Python may know characters that pydantic does not know yet, and would refuse.
    characters = st.characters(categories=["L", "M", "S", "N", "P"])
    return st.text(characters, min_size=1, max_size=max_size).filter(is_group_name)


_GROUP_NAME: TypeAdapter[str] = TypeAdapter(GroupName)


def is_group_name(text: str) -> bool:
    """Return whether the models accept a string as the name of a group."""
    try:
        _GROUP_NAME.validate_python(text)
    except ValidationError:
        return False
    return True


def _build_date(seconds: int, milliseconds: int, offset_in_minutes: int) -> datetime:
    utc = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=milliseconds)
    return utc.astimezone(timezone(timedelta(minutes=offset_in_minutes)))
