// The page: it keeps the input in the model, asks Python for the answer, and shows both.

import { summarize, viewAnswer } from "./answer.js";
import { formatCount, viewEditor } from "./editor.js";
import { Engine } from "./engine.js";
import { patch } from "./html.js";
import { complete, decode, EMPTY, encode } from "./link.js";
import { createModel, emptyPaste, ROWS } from "./model.js";

const MAX_PASTE = 8_000_000;
const editor = document.getElementById("editor");
const answer = document.getElementById("answer");
const status = document.getElementById("status");
const notice = document.getElementById("notice");
const loading = document.getElementById("loading");

loading.querySelector("button").addEventListener("click", () => location.reload());

const [build, examples] = await Promise.all(["build.json", "examples.json"].map(load)).catch((error) => {
  showFailure(`The page did not load: ${error.message}.`);
  throw error;
});
const engine = new Engine(build, showProgress);
const model = createModel(build, examples);

async function load(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${response.status} for ${name}`);
  return response.json();
}

function render() {
  patch(editor, viewEditor(model));
  patch(answer, viewAnswer(model));
  answer.setAttribute("aria-busy", model.isStale && !model.hasFailed);
  const text = model.errors.length > 0 ? formatErrors(model.errors.length) : summarize(model.answer);
  if (status.textContent !== text) status.textContent = text;
}

const formatErrors = (count) => `${formatCount(count, "error")} in the input.`;

/** Say a text to screen readers, and show it unless the page shows it elsewhere. */
function announce(text, { isShown = true } = {}) {
  notice.textContent = text;
  notice.classList.toggle("hidden", !isShown);
}

// Loading

function showProgress(share) {
  loading.querySelector("progress").value = share;
}

function showFailure(reason) {
  loading.hidden = false;
  loading.querySelector("[data-failure]").textContent = reason;
  loading.classList.add("failed");
}

async function start() {
  loading.hidden = false;
  try {
    await engine.ready;
    loading.hidden = true;
    model.isReady = true;
    render();
  } catch (error) {
    showFailure(`Python did not start: ${error.message}.`);
    model.hasFailed = true; // no answer is on its way
    render();
  }
}

// Evaluation: one at a time, and always of the latest state

let revision = 0;
let isRunning = false;
let historyEntry = "replace";

/** Evaluate the state. A change that is a step has its own entry in the history of the browser. */
function change({ isStep = false } = {}) {
  revision += 1;
  if (isStep) historyEntry = "push";
  model.isStale = true;
  render();
  if (!isRunning) evaluate();
}

async function evaluate() {
  isRunning = true;
  for (let evaluated = -1; evaluated !== revision; ) {
    evaluated = revision;
    await evaluateOnce(evaluated);
  }
  isRunning = false;
}

async function evaluateOnce(evaluated) {
  const result = await call("evaluate", model.state, "all");
  if (result === null || evaluated !== revision) return;
  model.errors = result.errors ?? [];
  if (!result.errors) {
    model.answer = result;
    await writeLink(result.state, evaluated);
    if (evaluated !== revision) return;
  }
  model.isStale = false;
  render();
}

/**
 * Call Python, and return null if it does not run.
 * A failure that the input did not cause is reported at this field.
 */
async function call(method, argument, field) {
  try {
    await engine.ready;
  } catch {
    return null; // `start` shows why
  }
  try {
    return await engine.call(method, argument);
  } catch (error) {
    if (error.isFatal) {
      engine.restart();
      start();
    }
    const verdict = error.isFatal ? "The input is too large to evaluate here" : "Python cannot evaluate the input";
    return { errors: [{ field, reason: `${verdict} (${error.message}).` }] };
  }
}

// The address

async function writeLink(state, evaluated) {
  const fragment = await encode(state);
  if (evaluated !== revision) return;
  model.isTooLong = fragment === null;
  const address = fragment === null ? location.pathname : `#${fragment}`;
  if (historyEntry === "push") history.pushState(null, "", address);
  else if (historyEntry === "replace") history.replaceState(null, "", address);
  historyEntry = "replace";
}

async function readLink() {
  const fragment = location.hash.slice(1);
  const example = examples.find(({ id }) => fragment === `example=${id}`);
  announce("");
  model.isStale = true;
  render();
  let state = example?.state;
  historyEntry = "none";
  try {
    state ??= fragment ? await decode(fragment) : examples[0].state;
  } catch {
    announce("The link is damaged or incomplete: this is the first example instead.");
    historyEntry = "replace";
  }
  model.example = (example ?? examples[0]).id;
  if (state && !example && fragment) model.example = "";
  setState(state ?? examples[0].state);
}

function setState(state, options) {
  model.state = complete(state);
  model.rows = ROWS;
  change(options);
}

async function copyLink() {
  if (model.isStale) return announce("The link is not ready yet. Try again in a moment.");
  if (model.errors.length > 0) return announce("Correct the input first: a link has valid input only.");
  if (model.isTooLong) return announce("The input is too long for a link.");
  const address = location.hash ? location.href : `${location.href}#example=${model.example}`;
  try {
    await navigator.clipboard.writeText(address);
    announce("Link copied. It contains the groups, settings and identity pool roles shown here.");
  } catch {
    announce("The browser blocked copying. Copy the address of the page instead.");
  }
}

// Reading what is pasted

async function read({ commaFree = false, knownGroups = null } = {}) {
  const { paste } = model;
  paste.note = "";
  if (paste.text.length > MAX_PASTE) {
    paste.errors = [{ field: "paste", reason: `must have at most ${formatCount(MAX_PASTE, "character")}` }];
    return render();
  }
  const { text } = paste;
  paste.isReading = true;
  render();
  const result = await call("read", { text, comma_free: commaFree, known_groups: knownGroups }, "paste");
  if (text !== model.paste.text) return;
  paste.isReading = false;
  if (result === null) return render();
  if (result.errors) {
    Object.assign(paste, { errors: result.errors, isAmbiguous: result.is_ambiguous ?? false });
    announce(formatErrors(result.errors.length), { isShown: false });
    return render();
  }
  const kind = result.kind === "identity-pool" ? "the roles of an identity pool" : formatCount(result.count, "group");
  model.paste = { ...emptyPaste(), note: `Read ${kind}.` };
  announce(model.paste.note, { isShown: false });
  model.example = "";
  setState({ ...model.state, ...result.changes }, { isStep: true });
}

// Events

const ACTIONS = {
  new() {
    announce("");
    model.example = "";
    model.paste = emptyPaste();
    setState(EMPTY, { isStep: true });
    document.getElementById("groups.0.name").focus();
  },
  copy: copyLink,
  read,
  split: () => read({ commaFree: true }),
  match: () => read({ knownGroups: model.paste.knownGroups.split(/\s+/).filter(Boolean) }),
  "edit-groups"() {
    const { id, access } = model.state.claims;
    const names = (id ?? access)["cognito:groups"] ?? [""];
    setState(
      { ...model.state, claims: null, groups: names.map((name) => ({ name, precedence: "", role: "" })) },
      { isStep: true },
    );
  },
  add() {
    model.state.groups.push({ name: "", precedence: "", role: "" });
    model.rows = Math.max(model.rows, model.state.groups.length);
    change();
    document.getElementById(`groups.${model.state.groups.length - 1}.name`).focus();
  },
  remove({ index }) {
    model.state.groups.splice(Number(index), 1);
    if (model.state.groups.length === 0) model.state.groups.push({ name: "", precedence: "", role: "" });
    change();
    document.getElementById(`groups.${Math.min(index, model.state.groups.length - 1)}.name`).focus();
  },
  "more-rows"() {
    model.rows += ROWS;
    render();
  },
  skip() {
    answer.scrollIntoView();
    answer.focus({ preventScroll: true });
  },
};

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-action]");
  if (!control) return;
  event.preventDefault(); // a link to the answer would replace the fragment
  ACTIONS[control.dataset.action](control.dataset);
});

document.addEventListener("input", ({ target, inputType }) => {
  const { field, setting } = target.dataset;
  if (field) {
    setField(field.split("."), target.value);
    change();
  } else if (setting) {
    const { answers, default: documented } = build.description.questions.find((one) => one.setting === setting);
    model.state.policy[setting] = target.checked ? answers.find((one) => one !== documented) : documented;
    change({ isStep: true });
  } else if (target.id === "paste") {
    Object.assign(model.paste, emptyPaste(), { text: target.value });
    if (["insertFromPaste", "insertFromDrop"].includes(inputType)) read();
    else render();
  } else if (target.id === "known-groups") {
    model.paste.knownGroups = target.value;
  } else if (target.name === "token") {
    model.token = target.value;
    render();
  } else if (target.id === "example" && target.value) {
    model.example = target.value;
    setState(examples.find(({ id }) => id === target.value).state, { isStep: true });
  }
});

function setField(path, value) {
  const last = path.pop();
  const owner = path.reduce((part, name) => part[name], model.state);
  owner[last] = value;
  model.example = "";
}

addEventListener("popstate", readLink);
start();
await readLink();
