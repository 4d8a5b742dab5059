"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const normalize = text => text.trim().toLowerCase();
const format = count => count.toLocaleString("en");

document.documentElement.classList.add("js");
for (const rest of all(".rest")) { // without this script, the end of a long table is folded
  rest.previousElementSibling.tBodies[0].append(...rest.querySelector("tbody").rows);
  rest.remove();
}
const folds = all("details");
for (const control of all(".controls")) control.hidden = false;

// Tables: sorted by the buttons in their headers, and short until all rows are asked for.

const SHORT = matchMedia("(max-width: 60rem)").matches ? 5 : 10;
const collator = new Intl.Collator("en", { numeric: true });
const tables = all("table.sortable");

function shorten(table) {
  const rows = [...table.tBodies[0].rows].filter(row => !row.classList.contains("off"));
  const end = "whole" in table.dataset || rows.length < 1.5 * SHORT ? rows.length : SHORT;
  rows.forEach((row, place) => row.classList.toggle("beyond", place >= end));
  const more = table.nextElementSibling;
  more.hidden = rows.length <= end;
  more.textContent = `Show all ${format(rows.length)} ${table.dataset.noun}`;
}

function showAll(table) {
  table.dataset.whole = "";
  shorten(table);
}

function sort(table, head) {
  const order = head.ariaSort === "ascending" ? "descending" : "ascending";
  for (const one of head.parentElement.cells) one.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", order);
  const keys = [...table.tBodies[0].rows].map(row => {
    const cell = row.cells[head.cellIndex];
    return [cell.dataset.value ?? cell.textContent, row];
  });
  const sign = order === "ascending" ? 1 : -1;
  keys.sort(([one], [other]) => sign * collator.compare(one, other));
  table.tBodies[0].append(...keys.map(([, row]) => row));
  shorten(table);
}

for (const table of tables) {
  const more = document.createElement("button");
  more.type = "button";
  more.addEventListener("click", () => showAll(table));
  table.after(more);
  shorten(table);
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, head));
    head.append(button);
  }
}

// The filter, which the fragment of the URL repeats: #severity=error&group=admins

const filter = document.getElementById("filter");
const boxes = all("[type=checkbox]", filter);
const fields = all("[type=search]", filter);
const items = all("[data-kind]").map(at => ({
  at,
  kind: at.dataset.kind,
  levels: (at.dataset.levels ?? "").split(" ").filter(Boolean),
  groups: all(".group", at).map(group => normalize(group.textContent)),
  text: normalize(at.textContent),
}));
const containers = all("[data-fold]").filter(fold => fold.querySelector("[data-kind]"));
const FEW = 40;
const opened = new Set();

function openOrClose(fold, isWanted) {
  if (isWanted && !fold.open) {
    fold.open = true;
    opened.add(fold);
  } else if (!isWanted && opened.delete(fold)) fold.open = false;
}

function applyFilter() {
  const levels = boxes.filter(box => box.checked).map(box => box.value);
  const [group, text] = fields.map(field => normalize(field.value));
  const isActive = Boolean(group || text || levels.length < boxes.length);
  const counts = {};
  let few = isActive ? FEW : -1;
  for (const item of items) {
    const fits = (!item.levels.length || item.levels.some(level => levels.includes(level)))
      && (!group || item.groups.some(name => name.includes(group)))
      && item.text.includes(text);
    item.at.classList.toggle("off", !fits);
    const count = counts[item.kind] ??= { left: 0, of: 0 };
    count.left += fits;
    count.of += 1;
    few -= fits;
  }
  for (const fold of containers) {
    const isEmpty = !fold.querySelector("[data-kind]:not(.off)");
    fold.classList.toggle("off", isEmpty);
    if (fold.tagName === "DETAILS") openOrClose(fold, few >= 0 && !isEmpty);
  }
  tables.forEach(shorten);
  const shown = Object.entries(counts)
    .filter(([kind]) => kind) // a group of the ladder is counted in the table
    .map(([kind, { left, of }]) => `${format(left)} of ${format(of)} ${kind}`);
  document.getElementById("shown").textContent = isActive ? `Shown: ${shown.join(", ")}` : "";
}

function writeFragment() {
  const parameters = new URLSearchParams();
  const levels = boxes.filter(box => box.checked).map(box => box.value);
  if (levels.length < boxes.length) parameters.set(boxes[0].name, levels);
  for (const field of fields) if (field.value) parameters.set(field.name, field.value);
  history.replaceState(null, "", `#${parameters}`);
}

function readFragment() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  if (![boxes[0], ...fields].some(control => parameters.has(control.name))) return;
  const levels = parameters.get(boxes[0].name)?.split(",");
  for (const box of boxes) box.checked = !levels || levels.includes(box.value);
  for (const field of fields) field.value = parameters.get(field.name) ?? "";
  applyFilter();
}

filter.addEventListener("input", applyFilter);
filter.addEventListener("change", writeFragment);
filter.addEventListener("submit", event => event.preventDefault());
filter.addEventListener("reset", () => setTimeout(() => { applyFilter(); writeFragment(); }));

// The look-up of users: it leaves the sets of groups of those whose names contain the text.

const lookUp = document.getElementById("look-up");
const sets = all(".set").map(at => ({
  at,
  list: at.querySelector(".names").closest("details"), // the set itself, unless the names are folded
  names: all(".names li", at).map(one => ({ at: one, text: normalize(one.textContent) })),
}));

function applyLookUp() {
  const query = normalize(lookUp.value);
  const isName = sets.some(set => set.names.some(name => name.text === query));
  let users = 0;
  const left = sets.filter(set => {
    let hits = 0;
    for (const name of set.names) {
      const fits = isName ? name.text === query : name.text.includes(query);
      name.at.classList.toggle("off", !fits);
      hits += fits;
    }
    users += hits;
    set.at.classList.toggle("off", !hits);
    return hits;
  });
  document.getElementById("sets").open = Boolean(query) && left.length > 0;
  for (const set of sets) {
    set.list.open = Boolean(query);
    set.at.open = Boolean(query) && left.length === 1 && set === left[0];
  }
  document.getElementById("found").textContent = query ? `${format(users)} found` : "";
}

lookUp?.addEventListener("input", applyLookUp);

// Links lead to what is folded, filtered out or beyond the end of a short table.

function reset() {
  filter.reset();
  applyFilter();
  if (lookUp) {
    lookUp.value = "";
    applyLookUp();
  }
}

function show(hash) {
  const target = document.getElementById(hash.slice(1));
  if (!target) return;
  if (target.closest(".off")) reset();
  if (target.closest(".beyond")) showAll(target.closest("table"));
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

addEventListener("click", event => {
  const link = event.target.closest("a");
  if (link) show(link.hash);
});
addEventListener("hashchange", () => { readFragment(); show(location.hash); });
readFragment();
show(location.hash);

// Paper shows everything.

const closed = new Set();
addEventListener("beforeprint", () => {
  for (const fold of folds) {
    if (!fold.open) closed.add(fold);
    fold.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const fold of closed) fold.open = false;
  closed.clear();
});
