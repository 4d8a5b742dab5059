// Writes the page as it is before Python runs. tools/playground.py passes the build as JSON.

import { readFileSync } from "node:fs";

import { summarize, viewAnswer } from "./answer.js";
import { viewEditor } from "./editor.js";
import { toHtml } from "./html.js";
import { createModel } from "./model.js";

const { build, examples } = JSON.parse(readFileSync(0, "utf8"));
const model = createModel(build, examples);
const parts = {
  editor: toHtml(viewEditor(model)),
  answer: toHtml(viewAnswer(model)),
  status: toHtml(summarize(model.answer)),
  version: toHtml(build.description.version),
};
process.stdout.write(JSON.stringify(parts));
