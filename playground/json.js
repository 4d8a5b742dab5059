// JSON as text with highlighted names.

import { h } from "./html.js";

const MOST_ITEMS = 100;

/** Show an object of claims. */
export function viewJson(value, label) {
  return h("pre", { tabindex: "0", role: "group", "aria-label": label }, h("code", {}, viewObject(value)));
}

function viewObject(value) {
  const members = Object.entries(value);
  if (members.length === 0) return "{}";
  const lines = members.map(([name, member], index) => [
    "  ",
    h("span", { class: "name" }, JSON.stringify(name)),
    ": ",
    viewMember(name, member),
    index < members.length - 1 ? ",\n" : "\n",
  ]);
  return ["{\n", lines, "}"];
}

function viewMember(name, member) {
  if (!Array.isArray(member)) {
    return h(/preferred_?role/i.test(name) ? "mark" : "span", { class: "value" }, JSON.stringify(member));
  }
  if (member.length === 0) return "[]";
  const items = member.slice(0, MOST_ITEMS).map((item, index) => [
    "    ",
    h("span", { class: "value" }, JSON.stringify(item)),
    index < member.length - 1 ? ",\n" : "\n",
  ]);
  const more = member.length - MOST_ITEMS;
  return ["[\n", items, more > 0 ? `    \u2026 ${more.toLocaleString("en")} more\n` : "", "  ]"];
}
