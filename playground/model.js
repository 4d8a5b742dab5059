// The model: everything that the views show.

import { complete } from "./link.js";

/** How many rows of the table are shown at first, and how many more each time. */
export const ROWS = 100;

/** Return the model of the page before Python runs: the first example, with the answer of the build. */
export function createModel({ description, answer }, examples) {
  const [{ id, state }] = examples;
  return {
    examples,
    questions: description.questions,
    example: id,
    state: complete(state),
    answer,
    errors: [],
    isStale: false,
    isReady: false,
    hasFailed: false,
    isTooLong: false,
    paste: emptyPaste(),
    rows: ROWS,
    token: "id",
  };
}

export function emptyPaste() {
  return { text: "", errors: [], isAmbiguous: false, isReading: false, knownGroups: "", note: "" };
}
