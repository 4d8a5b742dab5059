"""Broken rules of the claims in tokens."""

# ruff: noqa: ARG002, an override need not use every argument

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import EllipsisType
from unicodedata import is_normalized, normalize

from cognito_claims import GroupClaims, GroupType, Policy, Resolution
from cognito_claims._wire.json import as_list, as_object, get_path
from cognito_claims.conformance.shapes import EventInput, RoleInput
from cognito_claims.events import ClaimsSource
from cognito_claims.identity_pool import AccessDenied, AssumedRole
from tests.broken_rules.registry import breaks
from tests.vector_adapter import IssuedTokens, JsonObject, VectorAdapter

Groups = Iterable[GroupType | Mapping[str, object]]


class BrokenRanking(VectorAdapter):
    """Ranks the groups by a wrong key."""

    def key(self, group: GroupType) -> float:
        raise NotImplementedError

    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        wrong = Resolution.from_ranking(tuple(sorted(right.ranking, key=self.key)), right.policy)
        return replace(wrong, ranking=right.ranking)


@breaks("lowest-wins")
class HighestWins(BrokenRanking):
    def key(self, group: GroupType) -> float:
        return 1 if group.precedence is None else -group.precedence


@breaks("null-ranks-last")
class NullRanksFirst(BrokenRanking):
    def key(self, group: GroupType) -> float:
        return -1 if group.precedence is None else group.precedence


class BrokenPreference(VectorAdapter):
    """Prefers the role that `prefer` returns, unless that is `...`."""

    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        raise NotImplementedError

    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        role = self.prefer(right)
        return right if isinstance(role, EllipsisType) else replace(right, preferred_role=role)


def count_nominated(right: Resolution) -> int:
    return len({group.role_arn for group in right.decided_by})


@breaks("tie-same-role")
class EveryTieIsAmbiguous(BrokenPreference):
    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        return None if len(right.decided_by) > 1 and count_nominated(right) == 1 else ...


@breaks("tie-differing-roles")
class FirstOfATieWins(BrokenPreference):
    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        return right.decided_by[0].role_arn if count_nominated(right) > 1 else ...


@breaks("only-role")
class OnlyRoleIsNotPreferred(BrokenPreference):
    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        return None if len(right.roles) == 1 else ...


@breaks("null-ties")
class NullsDoNotTie(VectorAdapter):
    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        best = right.decided_by[:1]
        if not best or best[0].precedence is not None:
            return right
        return replace(right, decided_by=best, preferred_role=best[0].role_arn)


@breaks("roleless-ignored")
class RolelessCompetes(VectorAdapter):
    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        blocks = Resolution.from_ranking(right.ranking, replace(right.policy, roleless="blocks"))
        return replace(blocks, policy=right.policy)


@breaks("federated-auto-group")
class FederatedGroupCompetes(VectorAdapter):
    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        # Without its pool, a federated group is like any other.
        competing = tuple(
            group.model_copy(update={"user_pool_id": None})
            for group in right.ranking
            if group.role_arn is not None or self.is_federated(group)
        )
        wrong = Resolution.from_ranking(competing, Policy(roleless="blocks"))
        return replace(wrong, ranking=right.ranking, policy=right.policy)

    def is_federated(self, group: GroupType) -> bool:
        return group.precedence is None and group.group_name.startswith(f"{group.user_pool_id}_")


class BrokenTokens(VectorAdapter):
    """Issues wrong claims for a correct resolution."""

    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        raise NotImplementedError

    def issue_tokens(self, groups: Groups) -> IssuedTokens:
        issued = super().issue_tokens(groups)
        self.change(issued.resolution, issued.id_token, issued.access_token)
        return issued


@breaks("no-role")
class NoRoleIsEmpty(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        if not resolution.roles:
            id_token |= {"cognito:roles": [], "cognito:preferred_role": ""}


@breaks("no-groups")
class NoGroupsIsEmpty(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        id_token.setdefault("cognito:groups", [])
        access_token.setdefault("cognito:groups", [])


@breaks("all-groups")
class RolelessGroupsAreLeftOut(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        names = [group.group_name for group in resolution.ranking if group.role_arn is not None]
        for token in (id_token, access_token):
            token["cognito:groups"] = names
            if not names:
                del token["cognito:groups"]


@breaks("all-roles")
class PreferredRoleAlone(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        id_token.pop("cognito:roles", None)
        if resolution.preferred_role is not None:
            id_token["cognito:roles"] = [resolution.preferred_role]


@breaks("role-once")
class ARoleComesOncePerGroup(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        if resolution.roles:
            id_token["cognito:roles"] = [one.role_arn for one in resolution.ranking if one.role_arn]


@breaks("role-case")
class CaseOfRolesIsIgnored(VectorAdapter):
    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        roles = [group.role_arn for group in reversed(right.ranking) if group.role_arn is not None]
        spellings = {role.lower(): role for role in roles}
        folded = [
            group.model_copy(update={"role_arn": group.role_arn and spellings[group.role_arn.lower()]})
            for group in right.ranking
        ]
        return super().resolve(folded)

    def choose_role(self, case_input: RoleInput) -> AssumedRole | AccessDenied:
        roles = as_list(case_input.claims.get("cognito:roles")) or []
        spellings = {str(role).lower(): role for role in roles}
        custom = case_input.custom_role_arn
        folded = None if custom is None else spellings.get(custom.lower(), custom)
        return super().choose_role(case_input.model_copy(update={"custom_role_arn": folded}))


class SimilarNamesAreOne(VectorAdapter):
    """Keeps one of the groups whose names it considers equal."""

    def fold(self, name: str) -> str:
        raise NotImplementedError

    def issue_tokens(self, groups: Groups) -> IssuedTokens:
        by_name = {self.fold(group.group_name): group for group in self.resolve(groups).ranking}
        return super().issue_tokens(by_name.values())

    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        by_name = {self.fold(group["GroupName"]): group for group in groups}
        return super().list_page([*by_name.values()], limit, start)


@breaks("name-case")
class CaseOfNamesIsIgnored(SimilarNamesAreOne):
    def fold(self, name: str) -> str:
        return name.lower()


@breaks("name-nfc")
class NamesAreComparedUnderNfc(SimilarNamesAreOne):
    def fold(self, name: str) -> str:
        return normalize("NFC", name)


@breaks("name-nfkc")
class NamesAreComparedUnderNfkc(SimilarNamesAreOne):
    def fold(self, name: str) -> str:
        return normalize("NFKC", name) if is_normalized("NFC", name) else name


@breaks("id-token-alone")
class RolesInTheAccessToken(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        access_token.update(id_token)


@breaks("token-arrays")
class OneElementIsText(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        for token in (id_token, access_token):
            token |= {name: value[0] for name, value in token.items() if len(value) == 1}

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        match case_input.source:
            case ClaimsSource.JWT:
                claims: object = case_input.event
            case ClaimsSource.APPSYNC:
                claims = get_path(case_input.event, "identity", "claims")
            case _:
                return super().parse_event(case_input)
        groups = (as_object(claims) or {"cognito:groups": None}).get("cognito:groups", ["None"])
        names = as_list(groups)
        if not names or not all(isinstance(name, str) and name for name in names):
            return super().parse_event(case_input)  # malformed, empty or missing
        return GroupClaims(tuple(str(groups).split(",")))
