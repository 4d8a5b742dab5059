"""A user's groups, from text as the AWS CLI or the wire writes it, or from the service."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from cognito_claims._wire import read_response
from cognito_claims.cli._exit import ExitCode, stop
from cognito_claims.errors import InvalidRequestError, InvalidResponseError, PaginationError
from cognito_claims.models import AdminListGroupsForUserResponse, GroupType
from cognito_claims.pagination import AdminListGroupsForUserPaginator

if TYPE_CHECKING:
    from cognito_claims.pagination import AdminListGroupsForUserClient


def groups_from_text(text: bytes) -> tuple[GroupType, ...]:
    """Read the groups of all pages in a text, or stop with every fault of every page."""
    try:
        documents = list(_documents(text.decode(json.detect_encoding(text))))
    except (ValueError, RecursionError) as error:
        stop(ExitCode.BAD_INPUT, [f"not JSON: {error} (the AWS CLI gives it with --output json)"])
    if not documents:
        stop(ExitCode.BAD_INPUT, ["nothing to read: expected what aws cognito-idp prints"])

    pages: list[AdminListGroupsForUserResponse] = []
    faults: list[str] = []
    for number, document in enumerate(documents, start=1):
        # `--query Groups` prints the bare list.
        page: object = {"Groups": cast("object", document)} if isinstance(document, list) else document
        place = f"page {number}: " if len(documents) > 1 else ""
        try:
            pages.append(read_response(AdminListGroupsForUserResponse, page))
        except InvalidResponseError as error:
            faults += [f"{place}{problem}" for problem in error.problems]
    faults = faults or list(_faults_of_the_list(pages))
    if faults:
        stop(ExitCode.BAD_INPUT, faults)
    return tuple(group for page in pages for group in page.groups)


def _faults_of_the_list(pages: list[AdminListGroupsForUserResponse]) -> Iterator[str]:
    *others, last = pages
    for number, page in enumerate(others, start=1):
        if page.next_token is None:
            yield f"page {number}: has no NextToken, so it ends a list: give one user's pages, in order"
    if last.next_token is not None:
        yield (
            "NextToken: the list goes on, and the rest may change the result: "
            "give all pages, or leave out --max-items and --no-paginate"
        )


def _documents(text: str) -> Iterator[object]:
    decoder = json.JSONDecoder()
    end = 0
    while (start := len(text) - len(text[end:].lstrip())) < len(text):
        document, end = decoder.raw_decode(text, start)
        yield document


def groups_from_service(
    *,
    user_pool_id: str,
    username: str,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
) -> tuple[GroupType, ...]:
    """Ask the service for all groups of a user, or stop with what went wrong."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError:
        stop(ExitCode.BAD_INPUT, ['--user-pool-id needs an extra: pip install "cognito-claims[aws]"'])
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        client: AdminListGroupsForUserClient = session.client(  # pyright: ignore[reportUnknownMemberType]
            "cognito-idp", endpoint_url=endpoint_url
        )
    except (BotoCoreError, ValueError) as error:
        stop(ExitCode.BAD_INPUT, [error])
    try:
        paginator = AdminListGroupsForUserPaginator(client)
        return tuple(paginator.paginate(Username=username, UserPoolId=user_pool_id).groups())
    except (InvalidRequestError, InvalidResponseError) as error:
        stop(ExitCode.BAD_INPUT, str(error).splitlines())
    except (BotoCoreError, ClientError, PaginationError) as error:
        stop(ExitCode.SERVICE, [error])
    except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
        stop(ExitCode.SERVICE, [f"the answer could not be read ({type(error).__name__})"])
