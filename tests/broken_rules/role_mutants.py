"""Single bugs in the choice of an identity pool's role."""

# ruff: noqa: ARG005, a change need not use every argument

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from cognito_claims._wire.json import as_list
from cognito_claims.conformance.shapes import RoleInput
from tests.broken_rules.mutants import Mutant, MutantChoice
from tests.broken_rules.registry import BREAKS
from tests.vector_adapter import JsonObject, VectorAdapter

ROLES, PREFERRED = "cognito:roles", "cognito:preferred_role"
TOKEN, RULES = "Token", "Rules"


def get_type(members: JsonObject) -> object:
    return members["role_mapping"] and members["role_mapping"]["Type"]


def get_roles(given: RoleInput) -> list[Any]:
    return as_list(given.claims.get(ROLES)) or []


def list_rules(members: JsonObject) -> list[JsonObject]:
    if get_type(members) != RULES:
        return []
    rules: list[JsonObject] = members["role_mapping"]["RulesConfiguration"]["Rules"]
    return rules


def change_rules(change: Callable[[JsonObject, JsonObject], Any]) -> MutantChoice:
    """Change each rule, or the claims, before the rules are evaluated."""

    def before(members: JsonObject) -> None:
        for rule in list_rules(members):
            change(rule, members["claims"])

    return MutantChoice(before)


def swap_match_type(old: str, new: str) -> MutantChoice:
    def change(rule: JsonObject, _: JsonObject) -> None:
        if rule["MatchType"] == old:
            rule["MatchType"] = new

    return change_rules(change)


def ignore_case(match_type: str) -> MutantChoice:
    """Ignore case in the rules of one type."""

    def change(rule: JsonObject, claims: JsonObject) -> None:
        if rule["MatchType"] != match_type:
            return
        name, value = f"lower:{rule['Claim']}", claims.get(rule["Claim"])
        elements = as_list(value)
        if elements is None and not isinstance(value, str):
            return
        claims[name] = [str(one).lower() for one in elements] if elements is not None else value
        if isinstance(value, str):
            claims[name] = value.lower()
        rule |= {"Claim": name, "Value": rule["Value"].lower()}

    return change_rules(change)


def ignore_case_of_claims(rule: JsonObject, claims: JsonObject) -> None:
    names = {name.lower(): name for name in claims}
    rule["Claim"] = names.get(rule["Claim"].lower(), rule["Claim"])


def reverse_value(rule: JsonObject, claims: JsonObject) -> None:
    """Compare the end of the value in place of its beginning."""
    value = claims.get(rule["Claim"])
    if rule["MatchType"] == "StartsWith" and isinstance(value, str):
        claims[f"reversed:{rule['Claim']}"] = value[::-1]
        rule |= {"Claim": f"reversed:{rule['Claim']}", "Value": rule["Value"][::-1]}


def swap_operands(rule: JsonObject, claims: JsonObject) -> None:
    value = claims.get(rule["Claim"])
    if rule["MatchType"] == "Contains" and isinstance(value, str) and value:
        claims[f"swapped:{rule['Claim']}"] = rule["Value"]
        rule |= {"Claim": f"swapped:{rule['Claim']}", "Value": value}


def fill_absent(fill: Any, *, null_only: bool = False) -> MutantChoice:
    """Give an absent claim a value."""

    def change(rule: JsonObject, claims: JsonObject) -> None:
        if claims.get(rule["Claim"]) is None and (rule["Claim"] in claims or not null_only):
            claims[rule["Claim"]] = fill

    return change_rules(change)


def limit_rules(count: int) -> MutantChoice:
    return MutantChoice(lambda members: list_rules(members).__delitem__(slice(count, None)))


def reverse_rules(members: JsonObject) -> None:
    list_rules(members).reverse()


def sort_rules(members: JsonObject) -> None:
    list_rules(members).sort(key=lambda rule: rule["RoleARN"])


def ignore_rules(match_type: str) -> MutantChoice:
    def before(members: JsonObject) -> None:
        rules = list_rules(members)
        # A mapping has at least one rule: this one never matches.
        never = {
            "Claim": "none",
            "MatchType": "Equals",
            "Value": "none",
            "RoleARN": "arn:aws:iam::1:role/none",
        }
        rules[:] = [rule for rule in rules if rule["MatchType"] != match_type] or [never]

    return MutantChoice(before)


def change_resolution(resolution: str, *, mapping_type: str) -> MutantChoice:
    def before(members: JsonObject) -> None:
        if get_type(members) == mapping_type:
            members["role_mapping"]["AmbiguousRoleResolution"] = resolution

    return MutantChoice(before)


def change_claims(change: Callable[[JsonObject], Any], *, mapping_type: str | None = TOKEN) -> MutantChoice:
    def before(members: JsonObject) -> None:
        if get_type(members) == mapping_type:
            change(members["claims"])

    return MutantChoice(before)


def change_custom_role(
    change: Callable[[str, JsonObject], str | None], *, mapping_type: str | None = TOKEN
) -> MutantChoice:
    def before(members: JsonObject) -> None:
        if members["custom_role_arn"] and get_type(members) == mapping_type:
            members["custom_role_arn"] = change(members["custom_role_arn"], members)

    return MutantChoice(before)


def find_role(key: Callable[[str], str]) -> Callable[[str, JsonObject], str]:
    """Find a role of the token by a part of its ARN."""

    def find(custom: str, members: JsonObject) -> str:
        roles: dict[str, str] = {key(role): role for role in members["claims"].get(ROLES, ())}
        return roles.get(key(custom), custom)

    return find


def without_mapping(choose: Callable[[RoleInput], str | None]) -> MutantChoice:
    return MutantChoice(after=lambda role, given: choose(given) if given.role_mapping is None else role)


def assume_preferred_without_mapping(role: str | None, given: RoleInput) -> str | None:
    is_simple = given.role_mapping is None and given.custom_role_arn is None
    return role or get_preferred(given) if is_simple else role


def if_denied(mapping_type: str, choose: Callable[[RoleInput], str | None]) -> MutantChoice:
    """Choose a role where the request is denied."""

    def after(role: str | None, given: RoleInput) -> str | None:
        mapping = given.role_mapping
        if role is None and mapping is not None and mapping.type == mapping_type:
            return choose(given)
        return role

    return MutantChoice(after=after)


def get_preferred(given: RoleInput) -> str | None:
    role = given.claims.get(PREFERRED)
    return role if isinstance(role, str) else None


def deny(is_denied: Callable[[RoleInput, str], object]) -> MutantChoice:
    """Deny requests that are granted."""
    return MutantChoice(after=lambda role, given: None if role is None or is_denied(given, role) else role)


def require_listed(given: RoleInput, role: str) -> bool:
    return role == get_preferred(given) and role not in get_roles(given)


def is_by_rules(given: RoleInput) -> bool:
    return given.role_mapping is not None and given.role_mapping.type == RULES


def get_first_rules_role(given: RoleInput) -> str:
    rules = list_rules(given.model_dump(mode="json", by_alias=True))
    return str(rules[0]["RoleARN"])


def fall_back_to_preferred(role: str | None, given: RoleInput) -> str | None:
    return get_preferred(given) if is_by_rules(given) and role in (None, given.authenticated_role) else role


def replace_by_first(role: str | None, given: RoleInput) -> str | None:
    tied = given.role_mapping is not None and given.role_mapping.type == TOKEN and not get_preferred(given)
    return get_roles(given)[0] if tied and get_roles(given) and given.custom_role_arn is None else role


def prefer_only_role(claims: JsonObject) -> None:
    roles = claims.get(ROLES, [])
    if len(roles) == 1:
        claims.setdefault(PREFERRED, roles[0])


def join_elements(rule: JsonObject, claims: JsonObject) -> None:
    if rule["MatchType"] == "Contains" and (elements := as_list(claims.get(rule["Claim"]))):
        claims["joined"] = "\n".join(map(str, elements))
        rule["Claim"] = "joined"


def remove_array(rule: JsonObject, claims: JsonObject) -> None:
    if rule["MatchType"] != "Contains" and as_list(claims.get(rule["Claim"])):
        rule["Claim"] = "none"


def remove_array_of_not_equal(rule: JsonObject, claims: JsonObject) -> None:
    if rule["MatchType"] == "NotEqual" and as_list(claims.get(rule["Claim"])):
        rule["Claim"] = "none"


def capitalize_true(rule: JsonObject, claims: JsonObject) -> None:
    if claims.get(rule["Claim"]) is True:
        claims[rule["Claim"]] = "True"


def find_words(rule: JsonObject, claims: JsonObject) -> None:
    value = claims.get(rule["Claim"])
    if rule["MatchType"] == "Equals" and isinstance(value, str):
        claims["words"] = value.split()
        rule["Claim"] = "words"


def trim_values(rule: JsonObject, claims: JsonObject) -> None:
    if isinstance(value := claims.get(rule["Claim"]), str):
        claims[rule["Claim"]] = value.strip()


def expand_wildcards(rule: JsonObject, claims: JsonObject) -> None:
    value = claims.get(rule["Claim"])
    if isinstance(value, str) and fnmatchcase(value, rule["Value"]) and rule["MatchType"] == "Equals":
        rule["Value"] = value


def drop_empty_claims(rule: JsonObject, claims: JsonObject) -> None:
    if claims.get(rule["Claim"]) == "":
        del claims[rule["Claim"]]


def keep_first_of_each_claim(members: JsonObject) -> None:
    rules = list_rules(members)
    rules[:] = [
        rule for i, rule in enumerate(rules) if rule["Claim"] not in {one["Claim"] for one in rules[:i]}
    ]


def evaluate_rules_of_token(members: JsonObject) -> None:
    if members["role_mapping"] and members["role_mapping"].get("RulesConfiguration"):
        members["role_mapping"]["Type"] = RULES


def deny_without_roles() -> MutantChoice:
    return deny(
        lambda given, _: not get_roles(given) and not get_preferred(given) and not is_by_rules(given)
    )


def ignore_custom_role() -> MutantChoice:
    return change_custom_role(lambda _custom, _members: None, mapping_type=None)


def ignore_mapping_of_updated_issuer() -> MutantChoice:
    def before(members: JsonObject) -> None:
        if "//issuer-" in members["claims"].get("iss", ""):
            members["role_mapping"] = None

    return MutantChoice(before)


def list_bugs() -> Iterator[tuple[str, str, MutantChoice]]:
    preferred, custom, ambiguous = "preferred-assumed", "custom-role", "ambiguous-resolution"
    yield (
        preferred,
        "the preferred role is ignored",
        change_claims(lambda claims: claims.pop(PREFERRED, None)),
    )
    yield preferred, "the preferred role must be one of the roles", deny(require_listed)
    yield (
        preferred,
        "the first role is preferred",
        change_claims(
            lambda claims: (
                claims.update({PREFERRED: claims[ROLES][0]})
                if claims.get(ROLES) and claims.get(PREFERRED)
                else None
            )
        ),
    )
    yield (
        preferred,
        "the last role is preferred",
        change_claims(
            lambda claims: (
                claims.update({PREFERRED: claims[ROLES][-1]})
                if claims.get(ROLES) and claims.get(PREFERRED)
                else None
            )
        ),
    )
    yield (
        preferred,
        "roles of other partitions are denied",
        deny(lambda given, role: not role.startswith("arn:aws:")),
    )
    yield (
        preferred,
        "a preferred role of another account is denied",
        deny(lambda given, role: not is_by_rules(given) and ":111122223333:" in role),
    )
    yield preferred, "a mapping of the type Token has rules", MutantChoice(evaluate_rules_of_token)
    yield preferred, "roles with a path are denied", deny(lambda given, role: role.count("/") > 1)
    yield (
        "empty-claims",
        "an empty preferred role is assumed",
        MutantChoice(after=lambda role, given: "" if given.claims.get(PREFERRED) == "" else role),
    )
    yield ambiguous, "the first role settles a tie", MutantChoice(after=replace_by_first)
    yield (
        ambiguous,
        "Deny is read as AuthenticatedRole",
        change_resolution("AuthenticatedRole", mapping_type=TOKEN),
    )
    yield ambiguous, "AuthenticatedRole is read as Deny", change_resolution("Deny", mapping_type=TOKEN)
    yield (
        ambiguous,
        "without an authenticated role, the first role is assumed",
        if_denied(TOKEN, lambda given: get_roles(given)[0] if given.authenticated_role is None else None),
    )
    yield custom, "the CustomRoleArn is ignored", change_custom_role(lambda custom, _: None)
    yield custom, "every CustomRoleArn is assumed", if_denied(TOKEN, lambda given: given.custom_role_arn)
    yield (
        custom,
        "a CustomRoleArn may be the authenticated role",
        if_denied(
            TOKEN,
            lambda given: (
                given.custom_role_arn if given.custom_role_arn == given.authenticated_role else None
            ),
        ),
    )
    yield (
        custom,
        "a CustomRoleArn that is denied falls back to the preferred role",
        if_denied(TOKEN, lambda given: given.custom_role_arn and get_preferred(given)),
    )
    yield (
        custom,
        "a CustomRoleArn that is denied falls back to the authenticated role",
        if_denied(TOKEN, lambda given: given.custom_role_arn and given.authenticated_role),
    )
    yield (
        custom,
        "a CustomRoleArn is found by its name",
        change_custom_role(find_role(lambda role: role.rpartition("/")[2])),
    )
    yield (
        custom,
        "a CustomRoleArn is found without its account",
        change_custom_role(find_role(lambda role: role.partition(":role/")[2])),
    )
    yield (
        custom,
        "a CustomRoleArn must be the preferred role",
        deny(
            lambda given, role: (
                given.custom_role_arn not in (None, get_preferred(given)) and given.role_mapping
            )
        ),
    )
    yield (
        custom,
        "a CustomRoleArn may be the preferred role",
        if_denied(
            TOKEN,
            lambda given: get_preferred(given) if given.custom_role_arn == get_preferred(given) else None,
        ),
    )
    yield (
        custom,
        "a CustomRoleArn of another partition is denied",
        deny(lambda given, role: "aws-cn" in str(given.custom_role_arn)),
    )
    yield (
        "no-mapping",
        "without a mapping, the preferred role is assumed",
        without_mapping(lambda given: get_preferred(given) if given.custom_role_arn is None else None),
    )
    yield "no-mapping", "without a mapping, the request is denied", without_mapping(lambda given: None)
    yield (
        "no-mapping",
        "without a mapping and an authenticated role, the preferred role is assumed",
        MutantChoice(after=assume_preferred_without_mapping),
    )
    yield (
        "custom-role-without-mapping",
        "without a mapping, a CustomRoleArn selects the first role",
        without_mapping(
            lambda given: get_roles(given)[0] if given.custom_role_arn else given.authenticated_role
        ),
    )

    first, none = "first-match", "no-match"
    yield first, "the last rule that matches decides", MutantChoice(reverse_rules)
    yield first, "the rules are sorted by role", MutantChoice(sort_rules)
    yield first, "only the first rule is evaluated", limit_rules(1)
    yield first, "only ten rules are evaluated", limit_rules(10)
    yield first, "only 24 rules are evaluated", limit_rules(24)
    for match_type in ("Equals", "NotEqual", "StartsWith", "Contains"):
        yield first, f"{match_type} never matches", ignore_rules(match_type)
    yield none, "Equals is read as StartsWith", swap_match_type("Equals", "StartsWith")
    yield first, "StartsWith is read as Contains", swap_match_type("StartsWith", "Contains")
    yield first, "StartsWith is read as Equals", swap_match_type("StartsWith", "Equals")
    yield first, "Contains is read as Equals", swap_match_type("Contains", "Equals")
    yield first, "Contains is read as StartsWith", swap_match_type("Contains", "StartsWith")
    yield first, "NotEqual is read as Equals", swap_match_type("NotEqual", "Equals")
    yield first, "StartsWith compares the end", change_rules(reverse_value)
    yield none, "Equals compares words", change_rules(find_words)
    yield none, "values are trimmed", change_rules(trim_values)
    yield none, "an asterisk in a value stands for any text", change_rules(expand_wildcards)
    yield first, "an empty claim is absent", change_rules(drop_empty_claims)
    yield first, "only the first rule for each claim is evaluated", MutantChoice(keep_first_of_each_claim)
    yield (
        first,
        "a role of a rule must be one of the token's",
        deny(
            lambda given, role: (
                is_by_rules(given) and bool(get_roles(given)) and role not in get_roles(given)
            )
        ),
    )
    yield (
        first,
        "a role of another account is denied by rules",
        deny(lambda given, role: is_by_rules(given) and ":123456789012:" not in role),
    )
    yield first, "Contains compares the wrong way round", change_rules(swap_operands)
    yield none, "names of claims ignore case", change_rules(ignore_case_of_claims)
    yield "absent-claim", "an absent claim is an empty string", fill_absent("")
    yield "absent-claim", "an absent claim is an empty array", fill_absent([])
    yield none, "without a match, the preferred role is assumed", MutantChoice(after=fall_back_to_preferred)
    yield (
        none,
        "without a match, Deny is read as AuthenticatedRole",
        change_resolution("AuthenticatedRole", mapping_type=RULES),
    )
    yield (
        none,
        "without a match, AuthenticatedRole is read as Deny",
        change_resolution("Deny", mapping_type=RULES),
    )
    yield (
        none,
        "without a match, the first rule decides",
        if_denied(
            RULES,
            lambda given: get_first_rules_role(given) if given.custom_role_arn is None else None,
        ),
    )


ROLE_MUTANTS = tuple(Mutant("identity-pool", *one) for one in list_bugs())


def list_open_bugs() -> Iterator[tuple[str, str, VectorAdapter]]:
    yield "lone-role", "the only role is assumed", change_claims(prefer_only_role)
    yield "contains-element", "Contains on an array finds parts", change_rules(join_elements)
    yield "array-elements", "arrays never match", change_rules(remove_array)
    yield "array-elements", "NotEqual never matches an array", change_rules(remove_array_of_not_equal)
    yield "empty-claims", "an empty preferred role is denied", BREAKS["empty-claims"]()
    for match_type in ("Equals", "NotEqual", "StartsWith", "Contains"):
        yield "value-case", f"{match_type} ignores case", ignore_case(match_type)
    yield "claim-text", "only strings, arrays and null have a text", BREAKS["claim-text"]()
    for text in ("null", "None"):
        yield "claim-text", f"a null claim is the string {text}", fill_absent(text, null_only=True)
    yield "claim-text", "true is the string True", change_rules(capitalize_true)
    yield "no-roles", "a token without roles is denied", deny_without_roles()
    yield "custom-role-of-rules", "with rules, a CustomRoleArn is ignored", BREAKS["custom-role-of-rules"]()
    yield (
        "custom-role-without-mapping",
        "without a mapping, a CustomRoleArn is ignored",
        ignore_custom_role(),
    )
    yield (
        "custom-role-without-mapping",
        "without a mapping, every CustomRoleArn is denied",
        without_mapping(lambda given: given.authenticated_role if given.custom_role_arn is None else None),
    )
    yield "role-case", "the case of a CustomRoleArn is ignored", BREAKS["role-case"]()
    yield (
        "updated-issuer",
        "a mapping is not found under the original issuer",
        ignore_mapping_of_updated_issuer(),
    )


OPEN_ROLES = tuple(Mutant("identity-pool", *one) for one in list_open_bugs())
"""Choices that are not wrong, since AWS leaves a question open."""
