"""Broken rules of listing groups in pages."""

# ruff: noqa: ARG002, an override need not use every argument

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cognito_claims import GroupType, InvalidResponseError
from cognito_claims.client import ClientWithEvents, PaginatorConfigDict
from cognito_claims.conformance.endpoint import Endpoint, Pool
from tests.broken_rules.registry import breaks
from tests.conftest import Connect
from tests.vector_adapter import JsonObject, VectorAdapter

Groups = Iterable[GroupType | Mapping[str, object]]


@breaks("limit-bounds")
class LimitIsIgnored(VectorAdapter):
    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        return super().list_page(groups, 100, start)


@breaks("token-ends")
class ThereIsAlwaysAToken(VectorAdapter):
    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        return {"NextToken": str(len(groups)), **super().list_page(groups, limit, start)}

    def read_pages(self, pages: Iterable[JsonObject], connect: Connect) -> tuple[str, ...]:
        if any("NextToken" not in page for page in pages):
            raise RecursionError("the list never ends")
        return super().read_pages(pages, connect)


@breaks("each-group-once")
class TheLastOfAPageComesTwice(VectorAdapter):
    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        page = super().list_page(groups, limit, start)
        return {**page, "Groups": page["Groups"] + page["Groups"][-1:]}

    def read_pages(self, pages: Iterable[JsonObject], connect: Connect) -> tuple[str, ...]:
        return tuple(group["GroupName"] for page in pages for group in page["Groups"])


@dataclass(frozen=True)
class ForgetfulPool(Pool):
    """A pool whose lists cannot be resumed."""

    def list_groups(self, username: str, config: PaginatorConfigDict) -> Any:
        listed = super().list_groups(username, config)

        class Forgetful:
            resume_token = None
            groups = listed.groups
            __iter__ = listed.__iter__

        return Forgetful()


class ForgetfulEndpoint(Endpoint):
    @contextmanager
    def create_pool(self) -> Generator[Pool, None, None]:
        with super().create_pool() as pool:
            yield ForgetfulPool(pool.client, pool.id, pool.account_id)


@breaks("max-items-resumes")
class NothingToResumeFrom(VectorAdapter):
    def create_endpoint(self, client: ClientWithEvents, account_id: str) -> Endpoint:
        return ForgetfulEndpoint(client, account_id)


@breaks("listed-as-created")
class NameAloneIsListed(VectorAdapter):
    def list_group(self, group: JsonObject) -> JsonObject:
        settings = ("Precedence", "RoleArn", "Description")
        return {name: value for name, value in group.items() if name not in settings}


def refuse_member(pages: Iterable[JsonObject], value: str | None) -> None:
    """Raise an error if a token or a member of a group has this value."""
    members = ((page.get("NextToken", "absent"), group) for page in pages for group in page["Groups"])
    if any(value in (token, *group.values()) for token, group in members):
        raise InvalidResponseError("AdminListGroupsForUser", [])


@breaks("unset-is-absent")
class UnsetIsZeroOrNull(VectorAdapter):
    def list_group(self, group: JsonObject) -> JsonObject:
        return {"Precedence": 0, **group}

    def read_pages(self, pages: Iterable[JsonObject], connect: Connect) -> tuple[str, ...]:
        pages = [*pages]
        refuse_member(pages, None)
        return super().read_pages(pages, connect)


@breaks("empty-is-unset")
class EmptyIsAValue(VectorAdapter):
    def read_pages(self, pages: Iterable[JsonObject], connect: Connect) -> tuple[str, ...]:
        pages = [*pages]
        refuse_member(pages, "")
        return super().read_pages(pages, connect)
