// The input: what is pasted, the groups, the open questions, and the identity pool.

import { h } from "./html.js";

const SOURCES = {
  jwt: "a token",
  appsync: "an AppSync event",
  "rest-api": "a REST API event",
  "http-api": "an HTTP API event",
  "pre-token-generation": "a pre token generation event",
};
const COLUMNS = [
  ["name", "Name", ""],
  ["precedence", "Precedence", "none"],
  ["role", "Role ARN", "no role"],
];

export function viewEditor(model) {
  return [
    viewStart(model),
    viewPaste(model),
    model.state.claims ? viewClaims(model) : viewGroups(model),
    model.state.claims ? null : viewQuestions(model),
    viewIdentityPool(model),
  ];
}

function viewStart({ examples, example, errors }) {
  return [
    h("div", { class: "start" }, viewExamples(examples, example)),
    viewErrors("all", errors),
  ];
}

function viewExamples(examples, example) {
  return [
    h(
      "label",
      { class: "grow" },
      "Start from an example",
      h(
        "select",
        { id: "example", value: example },
        h("option", { value: "" }, "Choose one"),
        examples.map(({ id, title }) => h("option", { value: id, selected: id === example }, title)),
      ),
    ),
    h("button", { type: "button", "data-action": "new" }, "New"),
    h("button", { type: "button", "data-action": "copy", class: "main" }, "Copy link"),
  ];
}

function viewPaste({ paste, isReady }) {
  const { errors } = paste;
  return section(
    "Paste",
    h(
      "label",
      { for: "paste" },
      "Output of ",
      h("code", {}, "admin-list-groups-for-user"),
      ", a token or its payload, a Lambda event, or an identity pool\u2019s roles",
    ),
    h("textarea", {
      id: "paste",
      rows: 3,
      value: paste.text,
      "aria-busy": String(paste.isReading),
      autocomplete: "off",
      spellcheck: "false",
      ...invalid("paste", errors),
    }),
    viewErrors("paste", errors),
    paste.isAmbiguous ? viewAmbiguity(paste) : null,
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", "data-action": "read", disabled: !isReady }, "Read input"),
      h("span", { class: "faint" }, paste.note),
    ),
  );
}

function viewAmbiguity({ knownGroups }) {
  return h(
    "fieldset",
    { class: "ambiguity" },
    h("legend", {}, "How does the REST API\u2019s string split into names?"),
    h("button", { type: "button", "data-action": "split" }, "At each comma: no name has one"),
    h(
      "label",
      {},
      "Or into these: the names of all groups, separated by spaces",
      h("input", { id: "known-groups", value: knownGroups, autocomplete: "off", spellcheck: "false" }),
    ),
    h("button", { type: "button", "data-action": "match" }, "Read with these names"),
  );
}

function viewClaims({ state, errors }) {
  const { source, id, access } = state.claims;
  const token = source === "jwt" ? (id ? "an ID token" : "an access token") : SOURCES[source];
  const count = ((id ?? access)["cognito:groups"] ?? []).length;
  return section(
    "Pasted claims",
    h("p", {}, `Read from ${token ?? "a link"}: ${formatCount(count, "group")}. Other claims are not kept.`),
    h(
      "p",
      { class: "faint" },
      "Claims have no precedences, so how the preferred role was chosen is not known.",
    ),
    viewErrors("claims", errors),
    h("p", {}, h("button", { type: "button", "data-action": "edit-groups" }, "Edit as groups")),
  );
}

function viewGroups({ state, errors, rows }) {
  const shown = state.groups.slice(0, rows);
  const hidden = state.groups.length - shown.length;
  return section(
    "Groups",
    viewErrors("groups", errors),
    h(
      "table",
      { class: "groups", role: "table" },
      h("caption", { class: "hidden" }, "The user\u2019s groups"),
      h(
        "thead",
        { role: "rowgroup" },
        h(
          "tr",
          { role: "row" },
          COLUMNS.map(([, title]) => h("th", { role: "columnheader" }, title)),
          h("th", { role: "columnheader" }, "Remove"),
        ),
      ),
      h(
        "tbody",
        { role: "rowgroup" },
        shown.map((group, index) => viewGroup(group, index, errors)),
      ),
    ),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", "data-action": "add", id: "add" }, "Add a group"),
      hidden > 0
        ? h("button", { type: "button", "data-action": "more-rows" }, `Show more (${hidden.toLocaleString("en")} hidden)`)
        : null,
    ),
    viewInput("user_pool_id", "User pool ID, if groups of a federated sign-in matter", state.user_pool_id, errors),
  );
}

function viewGroup(group, index, errors) {
  return h(
    "tr",
    { role: "row" },
    COLUMNS.map(([column, title, placeholder]) => {
      const field = `groups.${index}.${column}`;
      return h(
        "td",
        { class: column, role: "cell" },
        h("input", {
          id: field,
          "data-field": field,
          value: group[column],
          placeholder,
          inputmode: column === "precedence" ? "numeric" : undefined,
          dir: column === "name" ? "auto" : undefined,
          "aria-label": `${title} of group ${index + 1}`,
          autocomplete: "off",
          autocapitalize: "off",
          spellcheck: "false",
          ...invalid(field, errors),
        }),
        viewErrors(field, errors),
      );
    }),
    h(
      "td",
      { class: "remove", role: "cell" },
      h(
        "button",
        { type: "button", "data-action": "remove", "data-index": index, "aria-label": `Remove group ${index + 1}` },
        "\u00d7",
      ),
    ),
  );
}

function viewQuestions({ questions, state, answer, errors }) {
  return section(
    "Open questions",
    h("p", { class: "faint" }, "AWS does not answer these. A switch that is off is the documented answer."),
    viewErrors("policy", errors),
    h(
      "ul",
      { class: "questions" },
      questions.map((question) => viewQuestion(question, state.policy, answer)),
    ),
  );
}

function viewQuestion({ setting, answers, default: documented, id, question }, policy, answer) {
  const current = policy[setting] ?? documented;
  const alternative = answer.alternatives?.find((one) => one.id === id);
  const other = answers.find((one) => one !== current);
  return h(
    "li",
    { class: alternative ? "open" : undefined },
    h("input", {
      type: "checkbox",
      role: "switch",
      id: `policy-${setting}`,
      "data-setting": setting,
      checked: current !== documented,
      "aria-describedby": `about-${setting}`,
    }),
    h(
      "div",
      {},
      h("label", { for: `policy-${setting}` }, question),
      h(
        "p",
        { id: `about-${setting}`, class: "faint" },
        h("code", {}, `${setting}="${current}"`),
        alternative
          ? h("strong", {}, ` It matters here: with "${other}", ${formatRole(alternative.role)}.`)
          : " Both answers lead to the same role here.",
      ),
      h("a", { href: `../reference/questions/${id}.html` }, `Evidence: ${id}`),
    ),
  );
}

const formatRole = (role) => (role ? `the preferred role is ${role}` : "no role is preferred");

function viewIdentityPool({ state, errors, answer }) {
  const providers = answer.identity_pool?.providers ?? [];
  return section(
    "Identity pool",
    h(
      "label",
      { for: "identity_pool" },
      "Output of ",
      h("code", {}, "aws cognito-identity get-identity-pool-roles"),
    ),
    h("textarea", {
      id: "identity_pool",
      "data-field": "identity_pool",
      rows: state.identity_pool ? 12 : 2,
      value: state.identity_pool,
      autocomplete: "off",
      spellcheck: "false",
      ...invalid("identity_pool", errors),
    }),
    viewErrors("identity_pool", errors),
    state.identity_pool ? viewRequest(state, errors, providers, answer) : null,
  );
}

function viewRequest(state, errors, providers, answer) {
  return [
    providers.length > 1
      ? h(
          "label",
          {},
          "Provider",
          h(
            "select",
            { id: "provider", "data-field": "provider", value: answer.identity_pool.provider },
            providers.map((name) => h("option", { value: name }, name)),
          ),
        )
      : null,
    viewInput("custom_role_arn", "CustomRoleArn of the request, if it has one", state.custom_role_arn, errors),
  ];
}

function viewInput(field, title, value, errors) {
  return [
    h("label", { for: field }, title),
    h("input", {
      id: field,
      "data-field": field,
      value,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      ...invalid(field, errors),
    }),
    viewErrors(field, errors),
  ];
}

function section(title, ...content) {
  const id = `title-${title.toLowerCase().replaceAll(" ", "-")}`;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), content);
}

const MOST_ERRORS = 10;

function viewErrors(field, errors) {
  const own = errors.filter((error) => error.field === field);
  if (own.length === 0) return null;
  const more = own.length - MOST_ERRORS;
  return h(
    "ul",
    { class: "errors", id: `error-${field}` },
    own.slice(0, MOST_ERRORS).map(({ reason }) => h("li", {}, reason)),
    more > 0 ? h("li", {}, `and ${formatCount(more, "more error")}`) : null,
  );
}

const invalid = (field, errors) =>
  errors.some((error) => error.field === field)
    ? { "aria-invalid": "true", "aria-describedby": `error-${field}` }
    : {};

export const formatCount = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
