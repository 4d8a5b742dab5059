"use strict";

/** The release of the vectors, which CHANGELOG.md describes. */
exports.release = require("./v1/preferred-role.json").release;

/** The JSON Schema of the files. */
exports.schema = require("./v1/schema.json");

/** The files by subject, such as `subjects["preferred-role"].cases`. */
exports.subjects = {
  "preferred-role": require("./v1/preferred-role.json"),
  "roles-claim": require("./v1/roles-claim.json"),
  "groups-claim": require("./v1/groups-claim.json"),
  "access-token": require("./v1/access-token.json"),
  listing: require("./v1/listing.json"),
  paging: require("./v1/paging.json"),
  pages: require("./v1/pages.json"),
  events: require("./v1/events.json"),
  "trigger-overrides": require("./v1/trigger-overrides.json"),
  "identity-pool": require("./v1/identity-pool.json"),
  "trust-policy": require("./v1/trust-policy.json"),
};
