// What a page decides without drawing (kit/notebook/widget/rules.js).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const RULES = new URL("../../../kit/notebook/widget/rules.js", import.meta.url);
const { readChance, isForJupyter, idsIn, Announcer, QUIET_MS } = new Function(
  `"use strict"; ${readFileSync(RULES, "utf8")};
  return { readChance, isForJupyter, idsIn, Announcer, QUIET_MS };`)();

for (const [typed, value] of [["0", 0], ["70", 70], ["100", 100], ["070", 70], ["70 %", 70], ["70.0", 70], ["70,", 70]]) {
  test(`a chance typed as ${typed} is ${value}`, () => {
    assert.deepEqual(readChance(typed, 0), { value, fault: null });
  });
}

for (const [fault, ...texts] of [
  ["over", "101", "100.5", "1000"],
  ["under", "-1", "−5", "–0.5", "-101"],
  ["whole", "70.5", "70,5", "0.01"],
  ["range", "seven", "7e", "1e1", "+5", "0x10", ".", "-", "7 0", "50-60"],
]) {
  for (const typed of texts) {
    test(`a chance typed as ${typed} is none, and the sentence says why: ${fault}`, () => {
      assert.deepEqual(readChance(typed, 0), { value: null, fault });
    });
  }
}

test("nothing typed is nothing wrong; below what a blind guess deserves is too little", () => {
  assert.deepEqual(readChance("", 0), { value: null, fault: null });
  assert.deepEqual(readChance("32", 33), { value: null, fault: "under" });
  assert.deepEqual(readChance("33", 33), { value: 33, fault: null });
});

test("a key with Ctrl and a letter is Jupyter's, but for those with which a text is edited", () => {
  const key = (name, held = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...held });
  for (const name of ["b", "B", "s", "f"]) {
    assert.ok(isForJupyter(key(name, { ctrlKey: true }), false));
    assert.ok(isForJupyter(key(name, { metaKey: true }), true));
    assert.ok(!isForJupyter(key(name, { ctrlKey: true }), true)); // there it moves the cursor
    assert.ok(!isForJupyter(key(name), false));
    assert.ok(!isForJupyter(key(name, { ctrlKey: true, altKey: true }), false)); // AltGr types a sign
  }
  for (const name of ["a", "c", "v", "x", "y", "z", "Z", "Enter", "ArrowUp", "Delete", "1", " "]) {
    assert.ok(!isForJupyter(key(name, { ctrlKey: true }), false), name);
  }
});

test("an answer speaks of the options that it chose, or of the statements that it labelled", () => {
  assert.deepEqual(idsIn("a"), ["a"]);
  assert.deepEqual(idsIn(["a", "b"]), ["a", "b"]);
  assert.deepEqual(idsIn({ a: "x", b: "y" }), ["a", "b"]);
  assert.deepEqual([idsIn(null), idsIn(7)], [[], []]);
});

/** What is heard, with a clock that a test turns. */
function hear() {
  let due = null;
  const heard = [];
  const clock = { after: (ms, then) => {
    assert.equal(ms, QUIET_MS);
    due = then;
    return () => { due = null; };
  } };
  return { heard, announcer: new Announcer((s) => heard.push(s), clock), pause: () => { due?.(); due = null; } };
}

test("how a question stands when it is opened is not read aloud", () => {
  const { heard, announcer, pause } = hear();
  announcer.stands("Saved.");
  pause();
  announcer.stands("Saved."); // the kernel was asked, and it is as it was
  pause();
  assert.deepEqual(heard, []);
});

test("forty words, saved twenty times: 'Saved' is heard once, after a pause; and again after the next", () => {
  const { heard, announcer, pause } = hear();
  announcer.stands("Not answered yet.");
  for (let n = 0; n < 20; n += 1) {
    announcer.underWay();
    announcer.stands("Saved.");
  }
  assert.deepEqual(heard, []);
  pause();
  pause();
  announcer.underWay();
  announcer.stands("Saved.");
  pause();
  assert.deepEqual(heard, ["Saved.", "Saved."]);
});

test("what was asked for is heard at once, and that it is saved not beside it", () => {
  const { heard, announcer, pause } = hear();
  announcer.stands("Not answered yet.");
  announcer.underWay();
  announcer.stands("Saved.");
  announcer.now("Yes.", "Saved.");
  announcer.stands("Saved.");
  pause();
  assert.deepEqual(heard, ["Yes."]);
  announcer.underWay();
  announcer.stands("Not saved.");
  pause();
  assert.deepEqual(heard, ["Yes.", "Not saved."]);
});
