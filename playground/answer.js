// The answer: the claims of both tokens, the ranking, the reasons, the identity pool and the gateways.

import { viewJson } from "./json.js";
import { h } from "./html.js";

const MOST_ROWS = 100;
const TOKENS = { id: "ID token", access: "Access token" };
const GATEWAYS = {
  "rest-api": ["API Gateway REST API", "event.requestContext.authorizer.claims"],
  "http-api": ["API Gateway HTTP API", "event.requestContext.authorizer.jwt.claims"],
  appsync: ["AppSync", "event.identity.claims"],
  alb: ["Application Load Balancer", "x-amzn-oidc-data"],
  "pre-token-generation": ["Pre token generation trigger", "event.request.groupConfiguration"],
};
const CLAIMS = ["cognito:groups", "cognito:roles", "cognito:preferred_role"];

export function viewAnswer(model) {
  const { answer } = model;
  return [
    model.errors.length > 0
      ? h("p", { class: "problem" }, "The input has errors: this is the answer to the last valid input.")
      : null,
    answer.headline ? viewOutcome(answer) : null,
    viewTokens(answer.tokens),
    answer.ranking?.length > 0 ? viewRanking(answer.ranking) : null,
    answer.rules ? viewReasons(answer.rules) : null,
    answer.identity_pool ? viewChoice(answer.identity_pool) : null,
    viewGateways(answer, model.token),
  ];
}

/** Return the answer as one sentence, which is also announced to screen readers. */
export function summarize({ headline, tokens }) {
  if (headline) return headline;
  if (!tokens.id) return "An access token has groups and no roles.";
  const preferred = tokens.id["cognito:preferred_role"];
  return preferred ? `Preferred role: ${preferred}` : "The token has no preferred role.";
}

function viewOutcome({ outcome, headline, alternatives }) {
  const [title, role] = headline.split(": ", 1).concat(headline.slice(headline.indexOf(": ") + 2));
  return h(
    "section",
    { class: `outcome ${outcome}`, "aria-labelledby": "outcome" },
    h("h2", { id: "outcome" }, title),
    h("p", { class: outcome === "preferred" ? "arn" : undefined }, role),
    alternatives.map(({ id }) =>
      h(
        "p",
        { class: "depends" },
        "Depends on an open question: ",
        h("a", { href: `../reference/questions/${id}.html` }, id),
      ),
    ),
  );
}

function viewTokens(tokens) {
  return h(
    "section",
    { class: "tokens", "aria-label": "Tokens" },
    Object.entries(TOKENS).map(([use, title]) =>
      h(
        "div",
        { class: "token" },
        h("h2", {}, title),
        tokens[use]
          ? [viewJson(tokens[use], title), viewAbsent(tokens[use], use)]
          : h("p", { class: "faint" }, "Not known: this is an access token."),
      ),
    ),
  );
}

function viewAbsent(token, use) {
  const expected = use === "id" ? CLAIMS : CLAIMS.slice(0, 1);
  const absent = expected.filter((name) => !(name in token));
  return absent.length > 0
    ? h("p", { class: "faint" }, "Absent: ", absent.map((name) => [h("code", {}, name), " "]))
    : null;
}

function viewRanking(ranking) {
  const more = ranking.length - MOST_ROWS;
  return h(
    "section",
    { "aria-labelledby": "ranking" },
    h("h2", { id: "ranking" }, "Groups, best first"),
    h(
      "table",
      { class: "ranking", role: "table" },
      h("caption", { class: "hidden" }, "Groups by rank"),
      h(
        "thead",
        { role: "rowgroup" },
        h(
          "tr",
          { role: "row" },
          ["Rank", "Group", "Precedence", "Status", "Role"].map((title) =>
            h("th", { role: "columnheader" }, title),
          ),
        ),
      ),
      h("tbody", { role: "rowgroup" }, ranking.slice(0, MOST_ROWS).map(viewRanked)),
    ),
    more > 0 ? h("p", { class: "faint" }, `and ${more.toLocaleString("en")} more`) : null,
  );
}

function viewRanked({ rank, name, precedence, status, role, decides }) {
  return h(
    "tr",
    { class: decides ? "decides" : undefined, role: "row" },
    h("td", { role: "cell", "data-label": "Rank" }, String(rank)),
    h("th", { role: "rowheader" }, h("bdi", {}, name)),
    h("td", { role: "cell", "data-label": "Precedence" }, precedence || h("span", { class: "faint" }, "none")),
    h("td", { role: "cell", "data-label": "Status" }, h("span", { class: `status ${status.replace(" ", "-")}` }, status)),
    h("td", { class: "arn", role: "cell", "data-label": "Role" }, role || h("span", { class: "faint" }, "no role")),
  );
}

function viewReasons(rules) {
  return h(
    "section",
    { "aria-labelledby": "reasons" },
    h("h2", { id: "reasons" }, "Because"),
    rules.length > 0
      ? viewRules(rules)
      : h("p", { class: "faint" }, "The answer to an open question decides this, not a documented rule."),
  );
}

function viewRules(rules) {
  return h(
    "ul",
    { class: "rules" },
    rules.map(({ id, sentence, basis }) =>
      h(
        "li",
        {},
        h("a", { href: `../reference/rules/${id}.html` }, id),
        " ",
        h("span", { class: `basis ${basis}` }, basis),
        h("p", {}, sentence),
      ),
    ),
  );
}

function viewChoice({ problems, role, reason, rules, alternatives }) {
  return h(
    "section",
    { class: "choice", "aria-labelledby": "choice" },
    h("h2", { id: "choice" }, "Role from the identity pool"),
    problems.length > 0
      ? problems.map((problem) => h("p", { class: "problem" }, `Not known: ${problem}`))
      : [
          h("p", { class: role ? "arn assumed" : "denied" }, role ?? "Access denied"),
          h("p", {}, reason),
          viewRules(rules),
          alternatives.map((one) =>
            h(
              "p",
              { class: "depends" },
              "Depends on an open question: ",
              h("a", { href: `../reference/questions/${one.id}.html` }, one.id),
              `. With the other answer: ${one.role ?? "access denied"}`,
            ),
          ),
        ],
  );
}

function viewGateways({ gateways, tokens }, token) {
  const use = tokens[token] ? token : "access";
  return h(
    "section",
    { class: "gateways", "aria-labelledby": "gateways" },
    h("h2", { id: "gateways" }, "Behind a gateway"),
    h(
      "fieldset",
      { class: "segments" },
      h("legend", { class: "hidden" }, "Token that the client sends"),
      Object.entries(TOKENS).map(([name, title]) =>
        h(
          "label",
          {},
          h("input", {
            type: "radio",
            name: "token",
            value: name,
            checked: name === use,
            disabled: !tokens[name],
          }),
          title,
        ),
      ),
    ),
    h("div", { class: "cards" }, gateways[use].map(viewGateway)),
  );
}

function viewGateway({ source, claims, misread, rules }) {
  const [title, path] = GATEWAYS[source];
  return h(
    "article",
    { class: "card", "data-source": source },
    h("h3", {}, title),
    h("code", { class: "path" }, path),
    source === "alb" ? null : viewJson(claims, title),
    misread
      ? h(
          "p",
          { class: "problem" },
          "A program that splits at each comma finds other groups: ",
          misread.map((name, index) => [index > 0 ? ", " : "", h("bdi", {}, h("code", {}, name))]),
        )
      : null,
    viewRules(rules),
  );
}
