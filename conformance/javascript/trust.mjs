// The rules of trust policies. A part of a policy holds (true), does not hold (false), or may hold (null).

const SERVICES = [
  [/^(us-iso|eu-isoe|eusc-)/, null], // AWS documents no name of the service in these partitions
  [/^cn-/, "cognito-identity.cn-north-1.amazonaws.com.cn"],
  [/^us-gov-/, "cognito-identity-us-gov.amazonaws.com"],
  [/^/, "cognito-identity.amazonaws.com"],
];
const TYPES = ["AWS", "CanonicalUser", "Federated", "Service", "*"];
const EVALUATED = ["Sid", "Effect", "Principal", "Action", "Condition"];
const toArray = (value) => [value ?? []].flat();
const all = (parts) => (parts.includes(false) ? false : parts.includes(null) ? null : true);

function matches(pattern, text) {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}

function checkPrincipal({ Principal }, { service }) {
  const principals = typeof Principal === "string" ? { "*": Principal } : (Principal ?? {});
  const federated = toArray(principals.Federated);
  if (!service && federated.length > 0) return null;
  if (federated.includes(service)) return true;
  if ([...toArray(principals.AWS), ...toArray(principals["*"])].includes("*")) return null;
  if (federated.some((name) => name.includes("*") || name.toLowerCase() === service)) return null;
  return Object.keys(principals).every((type) => TYPES.includes(type)) ? false : null;
}

function checkCondition(operator, key, values, { service, audience, signedIn, identity }) {
  if (values.length === 0 || values.some((one) => typeof one !== "string" || one.includes("${"))) return null;
  switch (`${operator} ${key.toLowerCase()}`) {
    case `StringEquals ${service}:aud`:
      return values.includes(audience);
    case `StringEquals ${service}:sub`:
      return identity ? values.includes(identity) : null;
    case `ForAnyValue:StringLike ${service}:amr`:
      if (values.some((one) => matches(one, signedIn ? "authenticated" : "unauthenticated"))) return true;
      return !signedIn || values.every((one) => one === "unauthenticated") ? false : null;
    case "IpAddress aws:sourceip":
      return false;
    default:
      return null;
  }
}

function applies(statement, action, request) {
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => checkCondition(operator, key, toArray(values), request)),
  );
  const names = toArray(statement.Action).map((name) => name.toLowerCase());
  return all([
    "NotPrincipal" in statement ? null : checkPrincipal(statement, request),
    "NotAction" in statement ? null : names.some((name) => matches(name, action.toLowerCase())),
    Object.keys(statement).every((name) => EVALUATED.includes(name)) || null,
    ...conditions,
  ]);
}

function allows(policy, action, request) {
  const [allow, deny] = ["Allow", "Deny"].map((effect) =>
    toArray(policy.Statement)
      .filter((statement) => statement.Effect === effect)
      .map((statement) => applies(statement, action, request)),
  );
  const allowed = allow.includes(true) || (allow.includes(null) ? null : false);
  const denied = deny.includes(true) || (deny.includes(null) ? null : false);
  return all([allowed, denied === null ? null : !denied]);
}

/** Return whether the identity pool can assume the role, and who else is trusted. */
export function evaluateTrust({ policy, identity_pool_id, principal_tags, identity_id }) {
  const [, service] = SERVICES.find(([region]) => region.test(identity_pool_id));
  const request = { service, audience: identity_pool_id, signedIn: true, identity: identity_id };
  const actions = ["sts:AssumeRoleWithWebIdentity", ...(principal_tags ? ["sts:TagSession"] : [])];
  const verdict = all(actions.map((action) => allows(policy, action, request)));
  const trusts = (changes) => allows(policy, actions[0], { ...request, identity: null, ...changes }) === true;
  const warnings = {
    "any-identity-pool": [true, false].some((signedIn) => trusts({ audience: null, signedIn })),
    "guests-trusted": trusts({ signedIn: false }),
  };
  return {
    verdict: verdict === null ? "unknown" : verdict ? "yes" : "no",
    warnings: Object.keys(warnings).filter((name) => warnings[name]),
  };
}
