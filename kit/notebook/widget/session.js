// @ts-check
// How an answer gets from the page into the record, and what the page may say of it meanwhile. It
// draws nothing and knows no browser, so that tests/notebook/script/session.test.js can run it in Node.

const TYPING_MS = 700; // a pause in typing this long sends what is there
const MOST_SENT = 10; // answers that this page knows for its own, and how long each may be
const LONGEST_SENT = 2000; // characters
const ASK_AGAIN_MS = 2000; // after so long the record may have changed elsewhere

/** @param {unknown} value */
const empty = (value) => value == null || (typeof value === "object" && Object.keys(value).length === 0);

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const same = (one, other) => (empty(one) && empty(other)) || JSON.stringify(one) === JSON.stringify(other);

/**
 * The page's half of the save protocol, for one question.
 *
 * Every message has a number, and carries all that stands on the page. Only a reply to the last one
 * counts: an earlier answer has been overtaken. What has been sent is held in the browser's store until
 * the kernel says that it is in the record; only then does the page say 'Saved'.
 */
class Session {
  #page; #item; #form; #store; #clock; #send;
  /** What the record holds, as far as this page has heard. */
  #state;
  /** The number of the last message. */
  #seq = 0;
  /** @type {number | null} Its number, while no reply to it has come. */
  #sent = null;
  /** @type {Act | null} What it asked for. */
  #asked = null;
  /** Whether something on the page has not been sent. */
  #dirty = false;
  /** When the kernel was last spoken to. */
  #spoken;
  /** @type {Answer[]} What has been sent since the record was last heard of, the latest last. */
  #mine = [];
  /** @type {Status | null} What the page says now. */
  #told = null;
  /** Calls off what waits for a pause in typing. */
  #callOffPause = () => {};
  /** Calls off what takes the last message for lost. */
  #callOffLoss = () => {};

  /**
   * @param {object} options
   * @param {string} options.page the name of this page: the same question may be open on two
   * @param {string} options.item the question's id
   * @param {State} options.state what the record holds
   * @param {Form} options.form what stands on the page
   * @param {Store} options.store
   * @param {Clock} options.clock
   * @param {(message: Message) => void} options.send throws, or loses it, where the line is down
   */
  constructor({ page, item, state, form, store, clock, send }) {
    this.#page = page;
    this.#item = item;
    this.#state = state;
    this.#form = form;
    this.#store = store;
    this.#clock = clock;
    this.#send = send;
    this.#spoken = clock.now();
  }

  /** Draw what the record holds, and bring back what never reached it. */
  start() {
    this.#form.write(this.#state);
    this.#form.paint(this.#state);
    this.#tellState();
    this.#recover();
  }

  /** The page goes away: what is on it and was not sent is sent. */
  end() {
    if (this.#dirty) this.send("keep");
    this.#callOffLoss();
  }

  /** The learner has changed something; while they type, it is sent at the next pause. */
  changed(typing = false) {
    this.#callOffPause();
    if (this.#state.committed) return;
    if (this.#form.shows(this.#state) && !this.#dirty && !this.#underWay) {
      if (this.#form.unread()) this.#tell("unreadable");
      else if (this.#told === "unreadable") this.#tellState();
      return;
    }
    this.#dirty = true;
    this.#hold(this.#state.revision);
    this.#tell(this.#form.unread() ? "unreadable" : "saving");
    if (typing) this.#callOffPause = this.#clock.after(TYPING_MS, () => this.send("keep"));
    else this.send("keep");
  }

  /**
   * Send what stands on the page, and ask for something to be done.
   *
   * @param {Act} act
   * @param {number} base the revision that the answer goes beyond
   */
  send(act, base = this.#state.revision) {
    this.#callOffPause();
    this.#callOffLoss();
    this.#seq += 1;
    this.#sent = this.#seq;
    this.#asked = act;
    this.#dirty = false;
    if (act !== "ping") {
      this.#remember();
      this.#hold(base);
      this.#tell(this.#form.unread() ? "unreadable" : "saving");
    }
    this.#callOffLoss = this.#clock.after(ACK_MS, () => this.#lost(act));
    try {
      this.#send({ do: act, page: this.#page, seq: this.#seq, ...this.#onPage(base) });
      this.#spoken = this.#clock.now();
    } catch {
      this.#lost(act);
    }
  }

  /**
   * A reply has come.
   *
   * @param {Reply} reply
   */
  acknowledged(reply) {
    if (reply?.page !== this.#page || reply.seq !== this.#sent) return; // another page's, or overtaken
    this.#callOffLoss();
    this.#sent = null;
    const asked = this.#asked;
    if (!reply.ok) {
      this.#refused(reply);
      return;
    }
    if (this.#dirty) return; // typed on since: that will be sent, and acknowledged, by itself
    if (asked !== "ping") this.#form.settle(reply.state.value);
    this.#adopt(reply.state);
    if (asked !== "keep" && asked !== "ping") this.#form.responded();
  }

  /**
   * The kernel has changed the record, on behalf of another page perhaps.
   *
   * @param {State} fresh
   */
  recordChanged(fresh) {
    if (this.#sent !== null || this.#dirty) return; // the acknowledgement brings it
    this.#adopt(fresh);
  }

  /** The kernel's line went down or came back: doubt an answer that is under way, else ask anew. */
  lineChanged() {
    if (this.#underWay) this.#tell("not_saved");
    else if (!this.#dirty) this.send("ping");
  }

  /** The learner comes back to the question: has it been answered elsewhere since? */
  visited() {
    const quiet = this.#sent === null && !this.#dirty;
    if (quiet && this.#clock.now() - this.#spoken > ASK_AGAIN_MS) this.send("ping");
  }

  /**
   * Of two answers, the one on this page is to stand.
   *
   * @param {State} other what the record holds
   */
  keepMine(other) {
    this.#state = { ...this.#state, revision: other.revision };
    this.send("keep");
  }

  /**
   * Of two answers, the one in the record is to stand.
   *
   * @param {State} other what the record holds
   */
  takeOther(other) {
    this.#form.write(other);
    this.#adopt(other);
  }

  /** @param {Refusal} refusal */
  #refused({ unreadable, why, elsewhere }) {
    this.#dirty = this.#asked !== "ping"; // what is on the page is not in the record
    if (elsewhere && this.#mine.some((sent) => same(sent, elsewhere.value))) {
      this.keepMine(elsewhere); // it is this page's own: only the kernel's word for it was lost
      return;
    }
    if (elsewhere) this.#form.offer(elsewhere);
    if (unreadable) this.#tell("unreadable", why);
    else this.#tell(this.#dirty ? "refused" : "no_record", why);
  }

  /** @param {Act} act */
  #lost(act) {
    this.#callOffLoss();
    this.#tell(act === "ping" && !this.#dirty ? "no_kernel" : "not_saved");
  }

  /** @param {State} fresh */
  #adopt(fresh) {
    this.#state = fresh;
    this.#dirty = false;
    this.#mine = [];
    this.#form.offer(null);
    this.#store.drop(this.#name());
    this.#form.update(fresh);
    this.#form.paint(fresh);
    this.#tellState();
  }

  // An answer that never reached the kernel was held by the browser: bring it back and keep it.
  #recover() {
    const held = this.#store.get(this.#name());
    if (!held) return;
    this.#mine = held.mine ?? [];
    if (!this.#state.committed) this.#form.update(held);
    if (this.#state.committed || this.#form.shows(this.#state)) {
      this.#store.drop(this.#name());
      return;
    }
    // The kernel refuses it, and offers both, if the record has moved on since.
    this.send("keep", held.base);
  }

  /** Whether an answer has been sent, and no reply to it has come; a ping carries none to the record. */
  get #underWay() {
    return this.#sent !== null && this.#asked !== "ping";
  }

  #name() {
    return `kit:${this.#state.record}:${this.#item}`;
  }

  /** @param {number} base */
  #onPage(base) {
    return { ...this.#form.read(this.#state), base };
  }

  #remember() {
    const { value } = this.#form.read(this.#state);
    if (JSON.stringify(value).length > LONGEST_SENT) return;
    this.#mine = [...this.#mine, value].slice(-MOST_SENT);
  }

  /** @param {number} base */
  #hold(base) {
    this.#store.put(this.#name(), { ...this.#onPage(base), mine: this.#mine });
  }

  /**
   * @param {Status} status
   * @param {string} [why]
   */
  #tell(status, why) {
    this.#told = status;
    this.#form.tell(status, why);
  }

  #tellState() {
    const state = this.#state;
    if (state.committed) this.#tell("locked");
    else if (this.#form.unread()) this.#tell("unreadable");
    else if (state.stale) this.#tell("stale");
    else if (empty(state.value)) this.#tell("blank");
    else if (state.unsealed) this.#tell("unsealed");
    else if (!state.complete) this.#tell("partly");
    else this.#tell("saved");
  }
}
