// The save protocol (kit/notebook/widget/session.js) without a browser: a page that a test types into,
// a kernel that answers when a test lets it, a clock that a test turns.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

const WIDGET = new URL("../../../kit/notebook/widget/", import.meta.url);
// Joined as kit/notebook/widget/widget.py joins them. Nothing in them may need a browser to be read.
const script = ["dom.js", "session.js"].map((name) => readFileSync(new URL(name, WIDGET), "utf8")).join("");
const { Session, same, ACK_MS, TYPING_MS, ASK_AGAIN_MS } = new Function(
  `"use strict"; ${script}; return { Session, same, ACK_MS, TYPING_MS, ASK_AGAIN_MS };`)();

/** A clock that stands still until a test turns it. */
class Clock {
  time = 1000;
  #timers = new Set();
  now() { return this.time; }
  after(ms, then) {
    const timer = { at: this.time + ms, then };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
  turn(ms) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.#timers].filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.time = due.at;
      due.then();
    }
    this.time = end;
  }
}

/** What the browser keeps over a reload, as text. */
class Store {
  texts = new Map();
  put(name, held) { this.texts.set(name, JSON.stringify(held)); }
  get(name) { return JSON.parse(this.texts.get(name) ?? "null"); }
  drop(name) { this.texts.delete(name); }
}

/** The kernel at the other end of the comm: as QuestionView in kit/notebook/widget/widget.py. */
class Kernel {
  state = { record: "r", value: null, revision: 0, complete: true, sure: null, own: {} };
  up = true;
  sent = [];
  /** By page: the highest number of a message, and the revision that the page wrote last. */
  #pages = new Map();
  /** What the page's `model.send` does: a line that is down is no line, and says so. */
  receive = (message) => {
    if (!this.up) throw new Error("The comm is closed.");
    this.sent.push(structuredClone(message));
  };
  get last() { return this.sent.at(-1); }
  /** The reply to a message, once it is kept. */
  reply({ page, seq, do: act, value, base } = this.last) {
    const { latest, written } = this.#pages.get(page) ?? { latest: 0, written: 0 };
    if (act === "ping" || seq < latest) return { page, seq, ok: true, state: this.state };
    this.#pages.set(page, { latest: seq, written });
    if (Math.max(base, written) < this.state.revision) {
      return { page, seq, ok: false, why: "Answered elsewhere.", elsewhere: this.state };
    }
    this.write(value, act === "commit");
    this.#pages.set(page, { latest: seq, written: this.state.revision });
    return { page, seq, ok: true, state: this.state };
  }
  write(value, committed = false) {
    this.state = { ...this.state, value, committed, revision: this.state.revision + 1 };
  }
}

/** A page with one box. What is typed as '?…' cannot be read as an answer. */
class Page {
  box = "";
  told = null;
  why = undefined;
  offered = null;
  painted = null;
  settled = [];
  responses = 0;
  constructor(name, kernel, store, clock) {
    this.session = new Session({ page: name, item: "q", state: kernel.state, form: this, store, clock,
      send: kernel.receive });
  }
  get #value() { return this.box === "" ? null : this.box; }
  type(text) { this.box = text; this.session.changed(true); }
  choose(text) { this.box = text; this.session.changed(); }
  // What a Session asks of its form.
  read(state) { return { value: this.unread() ? state.value : this.#value, sure: null, own: {} }; }
  unread() { return this.box.startsWith("?") ? "Not an answer." : null; }
  shows(state) { return this.unread() !== null || same(this.#value, state.value); }
  write({ value }) { this.box = typeof value === "string" ? value : ""; }
  update(from) { if (from.committed || !this.unread()) this.write(from); }
  settle(value) { this.settled.push(value); }
  paint(state) { this.painted = state; }
  tell(status, why) { this.told = status; this.why = why; }
  offer(other) { this.offered = other; }
  responded() { this.responses += 1; }
}

let clock, store, kernel, page;
const HELD = "kit:r:q";

/** Open the question on one more page, or on this one again after a reload. */
function open(name = "a") {
  const opened = new Page(name, kernel, store, clock);
  opened.session.start();
  return opened;
}

beforeEach(() => {
  clock = new Clock();
  store = new Store();
  kernel = new Kernel();
  page = open();
});

test("a question that nobody has answered says so, and sends nothing", () => {
  assert.equal(page.told, "blank");
  assert.equal(page.painted, kernel.state);
  assert.deepEqual(kernel.sent, []);
});

test("acknowledged in time: held in the browser until then, and only then 'saved'", () => {
  page.choose("yes");
  assert.equal(page.told, "saving");
  assert.deepEqual(kernel.last, { do: "keep", page: "a", seq: 1, value: "yes", sure: null, own: {}, base: 0 });
  assert.deepEqual(store.get(HELD), { value: "yes", sure: null, own: {}, base: 0, mine: ["yes"] });
  clock.turn(ACK_MS - 1);
  assert.equal(page.told, "saving");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.told, "saved");
  assert.equal(store.get(HELD), null);
  assert.equal(page.painted, kernel.state);
  assert.deepEqual(page.settled, ["yes"]);
  clock.turn(10 * ACK_MS);
  assert.equal(page.told, "saved");
});

test("late: 'not saved' while nothing is heard, 'saved' when it is after all", () => {
  page.choose("yes");
  clock.turn(ACK_MS);
  assert.equal(page.told, "not_saved");
  assert.equal(store.get(HELD).value, "yes");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.told, "saved");
});

test("never: it is not saved, stays in the browser, and goes again with the next change", () => {
  page.choose("yes");
  clock.turn(100 * ACK_MS);
  assert.equal(page.told, "not_saved");
  assert.equal(store.get(HELD).value, "yes");
  page.choose("no");
  assert.deepEqual(kernel.sent.map((m) => [m.seq, m.value]), [[1, "yes"], [2, "no"]]);
});

test("late: a message has its own 3 s, however long the one before it has waited", () => {
  page.choose("yes");
  clock.turn(ACK_MS - 1);
  page.choose("no");
  clock.turn(ACK_MS - 1);
  assert.equal(page.told, "saving");
  clock.turn(1);
  assert.equal(page.told, "not_saved");
});

test("lost, and changed back to what the record holds: it is sent all the same", () => {
  page.choose("yes"); // the kernel may have kept this, and its reply been lost
  clock.turn(ACK_MS);
  page.choose("");
  assert.equal(kernel.last.value, null);
  assert.equal(kernel.sent.length, 2);
});

test("overtaken: a reply to an earlier message says nothing of a later one", () => {
  page.choose("yes");
  const early = kernel.reply();
  page.choose("no");
  page.session.acknowledged(early);
  assert.equal(page.told, "saving");
  assert.equal(page.box, "no");
  assert.equal(store.get(HELD).value, "no");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.told, "saved");
  assert.equal(kernel.state.value, "no");
});

test("typed on while the reply is under way: it neither overwrites nor says 'saved'", () => {
  page.type("ye");
  clock.turn(TYPING_MS);
  page.type("yes");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.box, "yes");
  assert.equal(page.told, "saving");
  clock.turn(TYPING_MS);
  assert.equal(kernel.last.value, "yes");
});

test("two pages: a reply to the other one is none to this one", () => {
  const other = open("b");
  page.choose("yes");
  other.choose("no");
  const reply = kernel.reply(kernel.sent.find((m) => m.page === "b"));
  page.session.acknowledged(reply); // both have sent their number 1
  assert.equal(page.told, "saving");
  assert.equal(page.box, "yes");
  other.session.acknowledged(reply);
  assert.equal(other.told, "saved");
});

test("two pages: what one writes is shown on the other, but not over what is being answered there", () => {
  const other = open("b");
  page.choose("yes");
  page.session.acknowledged(kernel.reply());
  other.session.recordChanged(kernel.state);
  assert.deepEqual([other.box, other.told], ["yes", "saved"]);
  other.type("no");
  other.session.recordChanged({ ...kernel.state, value: "perhaps" });
  assert.equal(other.box, "no");
  clock.turn(TYPING_MS);
  other.session.recordChanged({ ...kernel.state, value: "perhaps" });
  assert.equal(other.box, "no");
});

test("elsewhere: the kernel refuses, both answers are offered, and the learner keeps this one", () => {
  kernel.write("theirs");
  page.choose("mine");
  page.session.acknowledged(kernel.reply());
  assert.deepEqual([page.told, page.why], ["refused", "Answered elsewhere."]);
  assert.equal(page.offered.value, "theirs");
  assert.equal(page.box, "mine");
  assert.equal(store.get(HELD).value, "mine");
  page.session.keepMine(page.offered);
  assert.equal(kernel.last.base, kernel.state.revision);
  page.session.acknowledged(kernel.reply());
  assert.deepEqual([page.told, page.offered, kernel.state.value], ["saved", null, "mine"]);
});

test("elsewhere: the learner takes the other one", () => {
  kernel.write("theirs");
  page.choose("mine");
  page.session.acknowledged(kernel.reply());
  page.session.takeOther(page.offered);
  assert.deepEqual([page.box, page.told, page.offered], ["theirs", "saved", null]);
  assert.equal(store.get(HELD), null);
  assert.equal(kernel.sent.length, 1);
  page.session.recordChanged({ ...kernel.state, value: "later" }); // nothing waits here to be sent
  assert.equal(page.box, "later");
});

test("elsewhere: what cannot be read gives way to the other one, when that is taken", () => {
  page.choose("mine");
  kernel.write("theirs");
  page.session.acknowledged(kernel.reply());
  page.box = "?";
  page.session.takeOther(page.offered);
  assert.equal(page.box, "theirs");
});

test("elsewhere: what this page sent itself, and never heard of again, is no other answer", () => {
  page.choose("first");
  kernel.reply(); // kept, and the word of it lost with the kernel
  kernel.up = false;
  page.choose("second");
  const anew = new Kernel();
  anew.state = kernel.state;
  const back = new Page("back", anew, store, clock);
  back.session.start();
  back.session.acknowledged(anew.reply());
  assert.equal(back.offered, null);
  back.session.acknowledged(anew.reply());
  assert.deepEqual([back.told, back.box, anew.state.value], ["saved", "second", "second"]);
});

test("elsewhere: what another page gave is offered, also after this page's own was lost", () => {
  page.choose("first");
  kernel.up = false;
  page.choose("second");
  const anew = new Kernel();
  anew.state = { ...kernel.state, value: "theirs", revision: 7 };
  const back = new Page("back", anew, store, clock);
  back.session.start();
  back.session.acknowledged(anew.reply());
  assert.equal(back.offered.value, "theirs");
  assert.equal(anew.state.value, "theirs");
});

test("a dead line: not saved at once, and held", () => {
  kernel.up = false;
  page.choose("yes");
  assert.equal(page.told, "not_saved");
  assert.equal(store.get(HELD).value, "yes");
  clock.turn(10 * ACK_MS);
  assert.equal(page.told, "not_saved");
});

test("a dead line is told of once: what is said after that stands", () => {
  kernel.up = false;
  page.choose("yes");
  clock.turn(ACK_MS - 1);
  page.type("?");
  clock.turn(1);
  assert.equal(page.told, "unreadable");
});

test("the line goes down or comes back: what is under way is doubted, what is not is asked about", () => {
  page.choose("yes");
  page.session.lineChanged();
  assert.equal(page.told, "not_saved");
  assert.equal(kernel.sent.length, 1);
  page.session.acknowledged(kernel.reply());
  kernel.write("no"); // by another page, meanwhile
  page.session.lineChanged();
  assert.equal(kernel.last.do, "ping");
  assert.equal(page.told, "saved"); // a question to the kernel is no saving
  page.session.acknowledged(kernel.reply());
  assert.equal(page.box, "no");
  assert.deepEqual(page.settled, ["yes"]); // the ping settled nothing
});

test("the line comes back with no kernel behind it: that is said, and nothing called unsaved", () => {
  page.session.lineChanged();
  clock.turn(ACK_MS);
  assert.equal(page.told, "no_kernel");
  page.session.changed(); // as a box says when it is left, whether or not it has changed
  assert.equal(page.told, "no_kernel");
});

test("the line changes while a ping is unanswered: nothing is called unsaved, and it asks anew", () => {
  page.choose("yes");
  page.session.acknowledged(kernel.reply());
  page.session.lineChanged();
  const first = kernel.reply();
  page.session.lineChanged();
  assert.equal(page.told, "saved");
  assert.deepEqual(kernel.sent.map((m) => m.do), ["keep", "ping", "ping"]);
  clock.turn(ACK_MS);
  assert.equal(page.told, "no_kernel");
  page.session.lineChanged(); // it comes back after all
  assert.equal(page.told, "no_kernel");
  page.session.acknowledged(first); // overtaken
  assert.equal(page.told, "no_kernel");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.told, "saved");
});

test("typed while a ping is unanswered, and the line changes: it is being saved, and is sent", () => {
  page.session.lineChanged();
  page.type("yes");
  page.session.lineChanged();
  assert.equal(page.told, "saving");
  clock.turn(TYPING_MS);
  assert.deepEqual(kernel.sent.map((m) => m.do), ["ping", "keep"]);
});

test("typed while a ping is unanswered: it is not saved when that is given up", () => {
  page.session.lineChanged();
  clock.turn(ACK_MS - 1);
  page.type("yes");
  clock.turn(1);
  assert.equal(page.told, "not_saved");
});

test("typed and not sent yet, when the line comes back: no reply to a ping is to overwrite it", () => {
  page.type("yes");
  page.session.lineChanged();
  assert.deepEqual(kernel.sent, []);
});

test("typing: sent after a pause, and once for many keys", () => {
  for (const text of ["y", "ye", "yes"]) {
    page.type(text);
    clock.turn(TYPING_MS - 1);
  }
  assert.deepEqual(kernel.sent, []);
  assert.equal(store.get(HELD).value, "yes"); // held at every key
  assert.equal(page.told, "saving");
  clock.turn(1);
  assert.deepEqual(kernel.sent.map((m) => m.value), ["yes"]);
  clock.turn(10 * TYPING_MS);
  assert.equal(kernel.sent.length, 1);
});

test("a pause is 700 ms, a message is given 3 s, and a record is old after 2 s", () => {
  assert.deepEqual([TYPING_MS, ACK_MS, ASK_AGAIN_MS], [700, 3000, 2000]);
});

test("typing: 'check' does not wait for the pause, and what it sent is not sent again", () => {
  page.type("yes");
  page.session.send("check");
  clock.turn(TYPING_MS);
  assert.deepEqual(kernel.sent.map((m) => [m.do, m.value]), [["check", "yes"]]);
});

test("'check' is held and said to be saving too, with nothing new on the page", () => {
  page.choose("yes");
  page.session.acknowledged(kernel.reply());
  page.session.send("check");
  assert.equal(page.told, "saving");
  assert.equal(store.get(HELD).value, "yes");
  page.box = "?";
  page.session.send("check");
  assert.equal(page.told, "unreadable");
});

test("the page goes away: what was typed is sent, and nothing is said afterwards", () => {
  page.type("yes");
  page.session.end();
  assert.deepEqual(kernel.sent.map((m) => [m.do, m.value]), [["keep", "yes"]]);
  clock.turn(10 * ACK_MS);
  assert.equal(page.told, "saving");
  page.session.acknowledged(kernel.reply());
  page.session.end();
  assert.equal(kernel.sent.length, 1);
});

test("recovery: what never reached the kernel is back after a reload, and is kept", () => {
  kernel.up = false;
  page.choose("yes");
  kernel.up = true;
  const again = open("b");
  assert.equal(again.box, "yes");
  assert.deepEqual([kernel.last.do, kernel.last.value, kernel.last.base], ["keep", "yes", 0]);
  again.session.acknowledged(kernel.reply());
  assert.equal(again.told, "saved");
  assert.equal(store.get(HELD), null);
});

test("recovery: what did reach it is not sent again", () => {
  page.choose("yes");
  kernel.reply(); // kept, but the page was closed before it heard so
  const again = open("b");
  assert.equal(again.told, "saved");
  assert.equal(store.get(HELD), null);
  assert.equal(kernel.sent.length, 1);
});

test("recovery: where the record has moved on since, both are offered", () => {
  kernel.up = false;
  page.choose("mine");
  kernel.up = true;
  kernel.write("theirs");
  const again = open("b");
  assert.equal(again.box, "mine");
  assert.equal(kernel.last.base, 0); // what it was an answer to, not what is there now
  again.session.acknowledged(kernel.reply());
  assert.equal(again.offered.value, "theirs");
  assert.equal(kernel.state.value, "theirs");
  const third = open("c"); // and after one more reload still
  third.session.acknowledged(kernel.reply());
  assert.equal(third.offered.value, "theirs");
});

test("recovery: what was committed since stands", () => {
  kernel.up = false;
  page.choose("mine");
  kernel.write("committed", true);
  const again = open("b");
  assert.deepEqual([again.box, again.told], ["committed", "locked"]);
  assert.equal(store.get(HELD), null);
});

test("recovery: another question's answer, or another record's, is none of this one's", () => {
  store.put("kit:r:other", { value: "no", sure: null, own: {}, base: 0 });
  store.put("kit:other:q", { value: "no", sure: null, own: {}, base: 0 });
  assert.equal(open("b").told, "blank");
});

test("unreadable: it is said, stays on the page, and the record keeps what it had", () => {
  page.choose("yes");
  page.session.acknowledged(kernel.reply());
  page.type("?");
  assert.equal(page.told, "unreadable");
  clock.turn(TYPING_MS);
  assert.deepEqual(kernel.sent.map((m) => m.value), ["yes"]); // nothing of it can be kept
  assert.equal(page.box, "?");
  page.type("yes");
  assert.equal(page.told, "saved");
});

test("unreadable beside something new: what can be read is sent, and 'unreadable' is what is said", () => {
  page.type("yes");
  page.type("?");
  clock.turn(TYPING_MS);
  assert.equal(kernel.last.value, null); // what the record holds
  assert.equal(page.told, "unreadable");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.told, "unreadable");
  assert.equal(page.box, "?");
});

test("unreadable to the kernel: its reason is said, and the next change is sent", () => {
  page.choose("1,800");
  page.session.acknowledged({ page: "a", seq: 1, ok: false, unreadable: true, why: "Two ways." });
  assert.deepEqual([page.told, page.why], ["unreadable", "Two ways."]);
  page.session.recordChanged(kernel.state);
  assert.equal(page.box, "1,800"); // it is unsent: nothing is drawn over it
  page.choose("1800");
  assert.equal(kernel.last.value, "1800");
});

test("refused, whatever the reason: not saved, with the reason", () => {
  page.choose("yes");
  page.session.acknowledged({ page: "a", seq: 1, ok: false, why: "The disk is full." });
  assert.deepEqual([page.told, page.why], ["refused", "The disk is full."]);
  assert.equal(page.offered, null);
  assert.equal(store.get(HELD).value, "yes");
});

test("a ping that is refused is no answer that is not saved", () => {
  page.session.lineChanged();
  page.session.acknowledged({ page: "a", seq: 1, ok: false, why: "The file is damaged." });
  assert.deepEqual([page.told, page.why], ["no_record", "The file is damaged."]);
});

test("committed: it stands, and no later change is sent or held", () => {
  page.choose("yes");
  page.session.acknowledged(kernel.reply());
  page.session.send("commit");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.told, "locked");
  page.choose("no");
  page.session.changed();
  assert.equal(page.told, "locked");
  assert.equal(store.get(HELD), null);
  assert.equal(kernel.sent.length, 2);
});

test("committed elsewhere: even what cannot be read gives way", () => {
  page.type("?");
  page.session.recordChanged({ ...kernel.state, value: "yes", committed: true });
  assert.deepEqual([page.box, page.told], ["yes", "locked"]);
});

test("back at a question after a while: the kernel is asked, and not before", () => {
  clock.turn(ASK_AGAIN_MS);
  page.session.visited();
  assert.deepEqual(kernel.sent, []);
  clock.turn(1);
  page.session.visited();
  assert.deepEqual(kernel.sent.map((m) => m.do), ["ping"]);
  clock.turn(ASK_AGAIN_MS + 1);
  page.session.visited(); // one is under way
  assert.equal(kernel.sent.length, 1);
  page.session.acknowledged(kernel.reply());
  clock.turn(ASK_AGAIN_MS - 10);
  page.choose("yes");
  page.session.acknowledged(kernel.reply());
  clock.turn(ASK_AGAIN_MS);
  page.session.visited(); // the kernel was spoken to since
  assert.equal(kernel.last.do, "keep");
});

test("back at a question with something unsent: that is not pinged away", () => {
  clock.turn(ASK_AGAIN_MS + 1);
  page.type("yes");
  page.session.visited();
  assert.deepEqual(kernel.sent, []);
});

test("what a button asked for: it is said when it is there, and only then", () => {
  page.choose("yes");
  page.session.acknowledged(kernel.reply());
  assert.equal(page.responses, 0);
  for (const act of ["check", "show", "commit"]) {
    page.responses = 0;
    page.session.send(act);
    assert.equal(page.responses, 0);
    page.session.acknowledged(kernel.reply());
    assert.equal(page.responses, 1);
  }
  page.session.lineChanged();
  page.session.acknowledged(kernel.reply());
  assert.equal(page.responses, 1);
});

for (const [state, said] of [
  [{ value: null }, "blank"],
  [{ value: {} }, "blank"],
  [{ value: "a" }, "saved"],
  [{ value: 7 }, "saved"],
  [{ value: "a", complete: false }, "partly"],
  [{ value: "a", complete: false, unsealed: true }, "unsealed"],
  [{ value: "a", unsealed: true, stale: true }, "stale"],
  [{ value: "a", stale: true, committed: true }, "locked"],
]) {
  test(`a record that holds ${JSON.stringify(state)} is said to be '${said}'`, () => {
    kernel.state = { ...kernel.state, ...state };
    assert.equal(open("b").told, said);
  });
}

test("two answers are the same by what is in them, and one that is empty is none", () => {
  for (const [one, other] of [[null, {}], [[], undefined], ["a", "a"], [["a"], ["a"]], [{ a: "b" }, { a: "b" }]]) {
    assert.equal(same(one, other), true);
  }
  for (const [one, other] of [[null, "a"], ["a", null], ["a", "b"], [["a", "b"], ["b", "a"]], [0, null], [{ a: "b" }, {}]]) {
    assert.equal(same(one, other), false);
  }
});
