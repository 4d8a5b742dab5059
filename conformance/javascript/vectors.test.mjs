// Runs the vectors. To test your own implementation, replace the functions in ANSWERS.
//
//     node --test conformance/javascript/vectors.test.mjs
//
// The vectors are in the folder that COGNITO_CLAIMS_VECTORS names; without it, in this repository; and
// outside of it, in the npm package cognito-claims-vectors.
//
// Not covered: listing.json and paging.json, which only a service that implements Cognito's API can answer.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

import { applyTrigger, chooseRole, issueTokens, readEvent, readPages } from "./rules.mjs";
import { evaluateTrust } from "./trust.mjs";

const REPOSITORY = fileURLToPath(new URL("../../src/cognito_claims/conformance/vectors/v1/", import.meta.url));
const FOLDER = process.env.COGNITO_CLAIMS_VECTORS || (existsSync(REPOSITORY) ? REPOSITORY : findPackage());

function findPackage() {
  return dirname(createRequire(import.meta.url).resolve("cognito-claims-vectors/v1/schema.json"));
}

/** The function that answers a case's input, and the claims that its subject compares. */
const ANSWERS = {
  "preferred-role": [({ Groups }) => issueTokens(Groups), "cognito:preferred_role"],
  "roles-claim": [({ Groups }) => issueTokens(Groups), "cognito:roles"],
  "groups-claim": [({ Groups }) => issueTokens(Groups), "cognito:groups"],
  "access-token": [({ Groups }) => issueTokens(Groups), "cognito:roles", "cognito:preferred_role"],
  pages: [({ Pages }) => ({ groups: readPages(Pages) })],
  events: [readEvent],
  "trigger-overrides": [applyTrigger],
  "identity-pool": [(input) => ({ role_arn: chooseRole(input) })],
  "trust-policy": [evaluateTrust],
};

/** Return a value in which the order of arrays, of members and of scopes does not matter. */
function normalize(value, name) {
  if (name === "scope" && typeof value === "string") return value.split(" ").sort().join(" ");
  if (Array.isArray(value)) return value.map((one) => normalize(one)).sort();
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normalize(member, key)]));
}

/** Return whether an answer has the members of an expected one; of its tokens, only these claims matter. */
function isEquivalent(answer, expected, claims) {
  const isCompared = ([name]) => claims.length === 0 || claims.includes(name);
  const select = (token) => Object.fromEntries(Object.entries(token).filter(isCompared));
  return Object.entries(expected).every(([member, value]) => {
    const got = member.endsWith("_token") ? select(answer[member]) : answer[member];
    return isDeepStrictEqual(normalize(got), normalize(value));
  });
}

for (const [subject, [answer, ...claims]] of Object.entries(ANSWERS)) {
  const { cases } = JSON.parse(readFileSync(join(FOLDER, `${subject}.json`)));
  const absent = subject === "trust-policy" ? { warnings: [] } : {};
  describe(subject, () => {
    for (const { id, input, expected } of cases) {
      test(id, () => {
        const got = answer(input);
        const correct = expected.map(({ differs_on, ...members }) => ({ ...absent, ...members }));
        assert.ok(correct.some((one) => isEquivalent(got, one, claims)), `got ${JSON.stringify(got)}`);
      });
    }
  });
}
