// JSON as text, a line at a time, with the names and the preferred role highlighted.

import { h } from "./html.js";

const MOST_ITEMS = 100;

/** Show an object of claims. */
export function viewJson(value, label) {
  const members = Object.entries(value);
  const lines = members.flatMap(([name, member], index) => {
    const end = index < members.length - 1 ? "," : "";
    return Array.isArray(member) && member.length > 0
      ? [line(1, viewName(name), ": ["), ...viewItems(member), line(1, "]", end)]
      : [line(1, viewName(name), ": ", viewValue(name, member), end)];
  });
  const content = lines.length > 0 ? [line(0, "{"), lines, line(0, "}")] : line(0, "{}");
  return h("pre", { tabindex: "0", role: "group", "aria-label": label }, h("code", {}, content));
}

function viewItems(items) {
  const more = items.length - MOST_ITEMS;
  return [
    ...items
      .slice(0, MOST_ITEMS)
      .map((item, index) => line(2, JSON.stringify(item), index < items.length - 1 ? "," : "")),
    ...(more > 0 ? [line(2, `\u2026 ${more.toLocaleString("en")} more`)] : []),
  ];
}

const line = (depth, ...content) => h("span", { class: `line depth-${depth}` }, "  ".repeat(depth), content, "\n");

const viewName = (name) => h("span", { class: "name" }, JSON.stringify(name));

const viewValue = (name, value) =>
  h(/preferred_?role/i.test(name) ? "mark" : "span", {}, JSON.stringify(value));
