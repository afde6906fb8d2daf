// @ts-check
// What a page decides without drawing: what a typed chance is, whose a key is, what is read aloud, and
// when. It knows no browser, so that tests/notebook/script/rules.test.js can run it in Node.

const QUIET_MS = 2500; // a pause this long after the last change, and how it stands is read aloud

/**
 * Return the number that was typed for a chance in 100, or why it is none: `sentence` names a sentence.
 *
 * @param {string} typed
 * @param {number} min
 * @returns {{ value: number | null, fault: ChanceFault | null }}
 */
function readChance(typed, min) {
  const match = /^([-−–]?)(\d+)(?:[.,](\d*))?\s*%?$/.exec(typed);
  if (!match) return { value: null, fault: typed === "" ? null : "range" };
  const [, minus, digits, decimals] = match;
  const value = Number(`${minus ? "-" : ""}${digits}.${decimals || 0}`);
  if (value < min || minus) return { value: null, fault: "under" };
  if (value > 100) return { value: null, fault: "over" };
  if (!Number.isInteger(value)) return { value: null, fault: "whole" };
  return { value, fault: null };
}

/**
 * Whether a key pressed in a question is left to Jupyter: one with a letter and Ctrl (on a Mac ⌘), but
 * for those with which a text is edited.
 *
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} event
 * @param {boolean} onMac
 */
function isForJupyter({ key, ctrlKey, metaKey, altKey }, onMac) {
  const held = onMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  return held && !altKey && /^[a-z]$/i.test(key) && !/[acvxyz]/i.test(key);
}

/**
 * Return the ids of the options or statements that an answer speaks of.
 *
 * @param {Answer} value
 */
function idsIn(value) {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value;
  return value && typeof value === "object" ? Object.keys(value) : [];
}

/** Reads to those who hear the page: how a question stands after a pause, what was asked for at once. */
class Announcer {
  #say; #clock;
  /** @type {string | null} How the question stands, as it was last read; null before the first word. */
  #known = null;
  #callOff = () => {};

  /**
   * @param {(sentence: string) => void} say
   * @param {Clock} clock
   */
  constructor(say, clock) {
    this.#say = say;
    this.#clock = clock;
  }

  /**
   * A question stands so: read once, and only where it does not stand so since it was opened.
   *
   * @param {string} sentence
   */
  stands(sentence) {
    this.#callOff();
    this.#known ??= sentence;
    if (sentence === this.#known) return;
    this.#callOff = this.#clock.after(QUIET_MS, () => this.#tell(sentence));
  }

  /** An answer is under way: whatever comes of it is news. */
  underWay() {
    this.#callOff();
    this.#known = "";
  }

  /**
   * The learner has asked for this. How the question stands meanwhile need not be said as well.
   *
   * @param {string} sentences
   * @param {string} stands
   */
  now(sentences, stands) {
    this.#callOff();
    this.#say(sentences);
    this.#known = stands;
  }

  /** @param {string} sentence */
  #tell(sentence) {
    this.#known = sentence;
    this.#say(sentence);
  }
}
