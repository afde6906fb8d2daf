// @ts-check
// Which notebooks may run unasked: those whose every code cell is `import kit` and one call of a
// public name with literal arguments. A notebook is a stranger's file until its text has been read,
// so this is a grammar of what is allowed, not a list of what is not. What it does not know, a
// comment as well as a magic, makes the whole notebook one to be run by hand.

/** The public names of `kit` that show something; tests/notebook compares them with kit/__init__.py. */
export const CALLS = Object.freeze([
  "age",
  "article",
  "ask",
  "begin",
  "evidence",
  "forecasts",
  "hand_in",
  "heard",
  "look",
  "paragraphs",
  "progress",
  "provenance",
  "reveal",
  "sheet",
  "show_votes",
  "solution",
  "story",
  "vote",
  "warm_up",
]);

// A string is one line between double quotes or between single ones. No backslash, so that it ends
// where it seems to; no control characters, no line ends of any kind (Python ends a line at \r, and
// U+2028 is one to JavaScript), no halves of surrogate pairs, nothing that turns the direction of the text.
const INSIDE = "\\x20-\\x7e\\xa0-\\u2027\\u2030-\\u2065\\u2070-\\ud7ff\\ue000-\\ufefe\\uff00-\\uffef";
const PAIR = "[\\ud800-\\udbff][\\udc00-\\udfff]";
const stringOf = (/** @type {string} */ quote) =>
  `${quote}(?:(?![${quote}\\\\])[${INSIDE}]|${PAIR})*${quote}`;
const LITERAL = `(?:${stringOf('"')}|${stringOf("'")}|-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{1,15})?|True|False|None)`;
const NAMED = `[a-z][a-z_]{0,30}=${LITERAL}`;
const LIST = (/** @type {string} */ one) => `${one}(?:, ?${one})*`;
const ARGUMENTS = `(?:${LIST(LITERAL)}(?:, ?${LIST(NAMED)})?|${LIST(NAMED)})?`;
const CELL = new RegExp(`^import kit\\n{1,3}kit\\.([a-z_]{1,30})\\(${ARGUMENTS}\\)\\n?$`);
const LONGEST = 2000; // characters: the longest cell of the kit's lessons has 90
// What was handed in where the extension was not: comments, of a form that Python and IPython pass over.
const SEAL = /\n\n# kit-seal [\x20-\x7e\xa0-\u1fff]*(?:\n#:[\x20-\x7e]*)*\n?$/;
const LONGEST_SEAL = 1_000_000; // characters

/**
 * Return the public name that a cell calls; "" where the cell is anything else.
 * @param {unknown} source
 * @returns {string}
 */
export function callOf(source) {
  if (typeof source !== "string" || source.length > LONGEST_SEAL) return "";
  const call = source.replace(SEAL, "");
  if (call.length > LONGEST) return "";
  const found = CELL.exec(call);
  return found && CALLS.includes(found[1]) ? found[1] : "";
}

/**
 * Whether a notebook may run unasked. It must have code, and all of it must be calls of the kit.
 * @param {{type: string, source: unknown}[]} cells
 * @returns {boolean}
 */
export function mayRun(cells) {
  const code = cells.filter((cell) => cell.type === "code");
  return code.length > 0 && code.every((cell) => callOf(cell.source) !== "");
}
