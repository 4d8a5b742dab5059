// The state of the page as the fragment of its address.
//
// "#1." and the state as JSON, compressed and in base64url; or "#example=ID".

/** The longest fragment: mail, chats and issue trackers pass on addresses of this length. */
export const MAX_LENGTH = 8000;

const MAX_SIZE = 500_000; // of the JSON, in bytes: a small fragment may expand to gigabytes
const MAX_TEXT = 4096;
const VERSION = "1.";

export const EMPTY = {
  groups: [{ name: "", precedence: "", role: "" }],
  user_pool_id: "",
  policy: {},
  claims: null,
  identity_pool: "",
  provider: "",
  custom_role_arn: "",
};

/** Return the fragment of a state, or null if it would be too long. */
export async function encode(state) {
  const bytes = await transform(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream("deflate-raw"));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const fragment = VERSION + text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return fragment.length <= MAX_LENGTH ? fragment : null;
}

/** Return the state of a fragment. Throws if the fragment is damaged. */
export async function decode(fragment) {
  if (!fragment.startsWith(VERSION) || fragment.length > MAX_LENGTH) throw new Error("not a link of this page");
  const text = atob(fragment.slice(VERSION.length).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const json = await transform(bytes, new DecompressionStream("deflate-raw"));
  return complete(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json)));
}

async function transform(bytes, stream) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks = [];
  for (let size = 0, part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > MAX_SIZE) {
      await reader.cancel();
      throw new Error("too large");
    }
    chunks.push(part.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Return a whole state. Throws if a part has the wrong type. */
export function complete(part) {
  const { groups = [], policy = {}, claims = null, ...texts } = readObject(part);
  const rows = readList(groups).map(({ name, precedence, role }) => readTexts({ name, precedence, role }));
  return {
    ...structuredClone(EMPTY),
    ...(rows.length > 0 ? { groups: rows } : {}),
    policy: readTexts(policy),
    claims: claims && readClaims(claims),
    user_pool_id: readText(texts.user_pool_id ?? ""),
    identity_pool: readText(texts.identity_pool ?? "", MAX_SIZE),
    provider: readText(texts.provider ?? ""),
    custom_role_arn: readText(texts.custom_role_arn ?? ""),
  };
}

function readClaims({ source, id, access }) {
  if (!id && !access) throw new Error("claims of no token");
  return { source: readText(source), id: id && readObject(id), access: access && readObject(access) };
}

const readTexts = (texts) =>
  Object.fromEntries(Object.entries(readObject(texts)).map(([name, text]) => [name, readText(text)]));

function readText(text, length = MAX_TEXT) {
  if (typeof text !== "string" || text.length > length) throw new Error("not a short string");
  return text;
}

function readObject(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not an object");
  return value;
}

function readList(value) {
  if (!Array.isArray(value)) throw new Error("not a list");
  return value;
}
