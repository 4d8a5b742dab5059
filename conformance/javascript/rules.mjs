// The rules of the vectors, except those of trust policies: as short as they can be read.

const GROUPS = "cognito:groups", ROLES = "cognito:roles", PREFERRED = "cognito:preferred_role";
const isSet = (value) => value != null && value.length > 0;
const pickSet = (claims) => Object.fromEntries(Object.entries(claims).filter(([, value]) => isSet(value)));
const toClaims = (groups, roles, role) => pickSet({ [GROUPS]: groups, [ROLES]: roles, [PREFERRED]: role });
const omit = (token, names) =>
  Object.fromEntries(Object.entries(token).filter(([name]) => !names.includes(name)));

/** Return both tokens of a user in these groups, and the names of the groups that decide. */
export function issueTokens(groups) {
  const rank = (group) => group.Precedence ?? Infinity;
  const candidates = groups.filter((group) => group.RoleArn);
  const best = Math.min(...candidates.map(rank));
  const deciding = candidates.filter((group) => rank(group) === best);
  const nominated = new Set(deciding.map((group) => group.RoleArn));
  const roles = [...new Set(candidates.map((group) => group.RoleArn))];
  const names = groups.map((group) => group.GroupName);
  return {
    id_token: toClaims(names, roles, nominated.size === 1 ? [...nominated][0] : null),
    access_token: toClaims(names),
    decided_by: deciding.map((group) => group.GroupName),
  };
}

/** Return the names of the groups on all pages. */
export function readPages(pages) {
  const end = pages.findIndex((page) => !page.NextToken);
  const listed = pages.slice(0, end + 1).flatMap((page) => page.Groups);
  return [...new Set(listed.map((group) => group.GroupName))];
}

class Unreadable extends Error {}
const isName = (text) => /^\S+$/.test(text) && [...text].length <= 128;
const isArn = (text) => /^arn:[^:\s]+:[^:\s]+:[^:\s]*:\d+:\S+$/.test(text);

/** Return every way to join neighboring parts to names. */
function splitAll(parts, accepts) {
  if (parts.length === 0) return [[]];
  const ways = [];
  for (let end = 1; end <= parts.length && ways.length < 2; end++) {
    const name = parts.slice(0, end).join(",");
    if (accepts(name)) ways.push(...splitAll(parts.slice(end), accepts).map((rest) => [name, ...rest]));
  }
  return ways;
}

function splitGroups(text, known, commaFree) {
  if (text === "") return [];
  const parts = text.split(",");
  if (commaFree && parts.every(isName)) return parts;
  let ways = commaFree ? [] : splitAll(parts, isName);
  if (ways.length === 0) throw new Unreadable("invalid");
  if (ways.length > 1 && known) ways = splitAll(parts, (name) => known.includes(name));
  if (ways.length !== 1) throw new Unreadable("ambiguous");
  return ways[0];
}

function splitRoles(text) {
  if (text === "") return [];
  const roles = text.split(/,(?=arn:)/);
  if (text.includes(",") && !roles.every(isArn)) throw new Unreadable("invalid");
  return roles;
}

function splitBrackets(text) {
  const names = text.slice(1, -1).split(" ");
  if (text === "[]") return [];
  if (!/^\[.*\]$/su.test(text) || !names.every((name) => /^\S+$/.test(name))) throw new Unreadable("invalid");
  return names;
}

function require(condition) {
  if (!condition) throw new Unreadable("invalid");
}

/** Return an array of names: an array as it is, and a string as a gateway's `split` reads it. */
function readNames(value, split) {
  if (value == null) return [];
  if (split && typeof value === "string") return split(value);
  require(Array.isArray(value) && value.every((name) => typeof name === "string" && name !== ""));
  return value;
}

function read(claims, splitGroup, splitRole = splitGroup) {
  require(claims != null);
  const role = claims[PREFERRED];
  require(role == null || typeof role === "string");
  return toClaims(readNames(claims[GROUPS], splitGroup), readNames(claims[ROLES], splitRole), role);
}

function readSource({ source, event, known_groups: known, comma_free: commaFree }) {
  const authorizer = event.requestContext?.authorizer;
  switch (source) {
    case "jwt":
      return read(event);
    case "appsync":
      return read(event.identity?.claims);
    case "rest-api":
      return read(authorizer?.claims, (text) => splitGroups(text, known, commaFree), splitRoles);
    case "http-api":
      return read((event.version === "1.0" ? authorizer : authorizer?.jwt)?.claims, splitBrackets);
    case "pre-token-generation": {
      require(event.request != null);
      const { groupsToOverride, iamRolesToOverride, preferredRole } = event.request.groupConfiguration ?? {};
      return read({ [GROUPS]: groupsToOverride, [ROLES]: iamRolesToOverride, [PREFERRED]: preferredRole });
    }
  }
}

/** Return the group claims of an event, or why they cannot be read. */
export function readEvent(input) {
  try {
    return { claims: readSource(input) };
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.message };
    throw error;
  }
}

const RESERVED =
  "acr amr at_hash auth_time azp client_id device_key event_id exp iat identities iss jti nbf nonce " +
  "origin_jti sub token_use username version";
const isReserved = (name, more) =>
  [...RESERVED.split(" "), ...more].includes(name) || name.startsWith("cognito:");

function changeClaims(token, changes, more = []) {
  const added = Object.entries(changes?.claimsToAddOrOverride ?? {}).filter(
    ([name]) => !isReserved(name, more) && !name.startsWith("dev:"),
  );
  const suppressed = (changes?.claimsToSuppress ?? []).filter(
    (name) => name === GROUPS || !isReserved(name, more),
  );
  if (suppressed.includes(GROUPS)) suppressed.push(ROLES, PREFERRED);
  return omit({ ...token, ...Object.fromEntries(added) }, suppressed);
}

function changeScopes(token, changes) {
  if (!changes?.scopesToAdd && !changes?.scopesToSuppress) return token;
  const before = (token.scope ?? "").split(" ").filter(isSet);
  const scopes = [...new Set([...before, ...(changes.scopesToAdd ?? [])])];
  const kept = scopes.filter((scope) => !changes.scopesToSuppress?.includes(scope));
  return { ...omit(token, ["scope"]), ...pickSet({ scope: kept.join(" ") }) };
}

/** Return both tokens after the response of a pre token generation trigger. */
export function applyTrigger({ id_token, access_token, event: { version, response } }) {
  const [v1, v2] = [response.claimsOverrideDetails, response.claimsAndScopeOverrideDetails];
  const details = (version === "1" ? v1 : v2) ?? {};
  if ("groupOverrideDetails" in details) {
    const { groupsToOverride, iamRolesToOverride, preferredRole } = details.groupOverrideDetails ?? {};
    const names = [GROUPS, ROLES, PREFERRED];
    const issued = toClaims(groupsToOverride, iamRolesToOverride, preferredRole);
    id_token = { ...omit(id_token, names), ...issued };
    access_token = { ...omit(access_token, names), ...toClaims(groupsToOverride) };
  }
  const changes = details.accessTokenGeneration;
  return {
    id_token: changeClaims(id_token, version === "1" ? details : details.idTokenGeneration, ["aud"]),
    access_token: changeScopes(changeClaims(access_token, changes), changes),
  };
}

function matches({ MatchType, Value }, claim) {
  if (claim == null) return false;
  const texts = [claim].flat().map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  switch (MatchType) {
    case "Equals":
      return texts.includes(Value);
    case "NotEqual":
      return !texts.includes(Value);
    case "StartsWith":
      return texts.some((text) => text.startsWith(Value));
    case "Contains":
      return Array.isArray(claim) ? texts.includes(Value) : texts[0].includes(Value);
  }
}

/** Return the ARN of the role that an identity pool assigns, or null if it denies the request. */
export function chooseRole({ claims, role_mapping: mapping, authenticated_role, custom_role_arn: custom }) {
  if (!mapping) return custom && custom !== authenticated_role ? null : authenticated_role;
  const rules = (mapping.RulesConfiguration?.Rules ?? []).filter((rule) => matches(rule, claims[rule.Claim]));
  const byToken = mapping.Type === "Token";
  const permitted = byToken ? (claims[ROLES] ?? []) : rules.map((rule) => rule.RoleARN);
  if (custom) return permitted.includes(custom) ? custom : null;
  const role = byToken ? claims[PREFERRED] : rules[0]?.RoleARN;
  return role || (mapping.AmbiguousRoleResolution === "AuthenticatedRole" ? authenticated_role : null);
}
