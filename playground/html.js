// Elements as plain values: a view is a function of the model. In the browser, `patch` changes the
// document to match; while the page is built, `toHtml` writes the same elements as text.
// Text is never parsed as HTML.

/** @typedef {string | {tag: string, props: Object<string, any>, children: VNode[]}} VNode */

const PROPERTIES = ["value", "checked", "disabled"];

/**
 * Describe an element. A property that is false, null or undefined is left out.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...any} children Elements, strings, and lists of them; false and null are left out.
 */
export function h(tag, props = {}, ...children) {
  const shown = children.flat(9).filter((child) => child !== false && child != null && child !== "");
  return { tag, props, children: shown.map((child) => (child.tag ? child : String(child))) };
}

/** Change the children of an element to match a list of nodes. */
export function patch(parent, nodes) {
  const wanted = [nodes].flat(9).filter((node) => node !== false && node != null && node !== "");
  wanted.forEach((node, index) => {
    const old = parent.childNodes[index];
    const same = old && (node.tag ? old.localName === node.tag : old.nodeType === 3);
    const current = same ? old : create(node);
    if (!same) old ? old.replaceWith(current) : parent.append(current);
    if (node.tag) update(current, node);
    else if (current.data !== node) current.data = node;
  });
  while (parent.childNodes.length > wanted.length) parent.lastChild.remove();
}

const create = (node) => (node.tag ? document.createElement(node.tag) : document.createTextNode(node));

function update(element, { props, children }) {
  for (const { name } of [...element.attributes]) {
    if (!isShown(props[name])) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(props)) {
    if (PROPERTIES.includes(name)) continue;
    const text = value === true ? "" : String(value);
    if (isShown(value) && element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
  if (element.localName !== "textarea") patch(element, children);
  for (const name of PROPERTIES) {
    if (name in props && element[name] !== props[name]) element[name] = props[name];
  }
}

const isShown = (value) => value !== false && value != null;

/** Write nodes as HTML. */
export function toHtml(nodes) {
  return [nodes].flat(9).filter(isShown).map(write).join("");
}

function write(node) {
  if (!node.tag) return escape(node);
  const { tag, props, children } = node;
  const shown = Object.entries(props).filter(([name, value]) => isShown(value) && !isText(tag, name));
  const attributes = shown.map(([name, value]) => ` ${name}${value === true ? "" : `="${escape(value)}"`}`);
  if (tag === "input") return `<${tag}${attributes.join("")}>`;
  const content = isText(tag, "value") && props.value ? escape(props.value) : toHtml(children);
  return `<${tag}${attributes.join("")}>${content}</${tag}>`;
}

const isText = (tag, name) => tag === "textarea" && name === "value";
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => String(text).replace(/[&<>"]/g, (character) => ENTITIES[character]);
