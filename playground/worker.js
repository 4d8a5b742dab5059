// Runs Python, so that the page never waits for it.
//
// Receives {id, method, argument}, and sends {id, result} or {id, error, isFatal}. The first message
// is {build}, and while it loads, the worker sends {loaded} in bytes, and then {ready}.

import { loadPyodide } from "./pyodide/pyodide.mjs";

const base = new URL(".", import.meta.url);
let python;

/** Count the bytes of every response, which the progress bar shows. */
function countBytes() {
  const { fetch } = self;
  let loaded = 0;
  const counter = () =>
    new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        self.postMessage({ loaded });
        controller.enqueue(chunk);
      },
    });
  self.fetch = async (...request) => {
    // Pyodide does not report that a file is missing, so this does.
    const response = await fetch(...request).catch((error) => fail(error.message));
    if (!response.ok) fail(`${response.status} for ${response.url}`);
    const { headers, status } = response;
    return new Response(response.body.pipeThrough(counter()), { headers, status });
  };
}

function fail(reason) {
  self.postMessage({ error: reason });
  throw new Error(reason);
}

async function load(build) {
  countBytes();
  const files = [...build.wheels, "page.py"].map(async (name) => {
    const response = await fetch(new URL(name, base));
    return [name, new Uint8Array(await response.arrayBuffer())];
  });
  const pyodide = await loadPyodide({
    indexURL: new URL("pyodide/", base).href,
    lockFileContents: build.lock,
    packageBaseUrl: base.href,
  });
  for (const [name, bytes] of await Promise.all(files)) {
    if (name.endsWith(".whl")) pyodide.unpackArchive(bytes, "wheel");
    else pyodide.FS.writeFile(`/home/pyodide/${name}`, bytes);
  }
  python = pyodide.pyimport("page");
  self.pyodide = pyodide; // for the console of the browser, and for tests
}

self.onmessage = async ({ data }) => {
  try {
    if (data.build) {
      await load(data.build);
      self.postMessage({ ready: true });
    } else {
      self.postMessage({ id: data.id, result: python[data.method](data.argument) });
    }
  } catch (error) {
    // A message of Python may quote what was typed: its type does not.
    const reason = data.build ? String(error.message ?? error) : (error.type ?? error.name);
    self.postMessage({ id: data.id, error: reason, isFatal: error.name !== "PythonError" });
  }
};
