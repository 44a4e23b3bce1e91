/* A live conversation: others send its turns to the service, this page follows. */

import { Failure, follow, post } from "./api.js";
import { unique } from "./dom.js";

const PAUSE = 2000;

export class Live {
  #stop = new AbortController();
  #last = 0;
  #unsure = { body: "", key: "" };

  /** Follow a conversation; `act` has turn(turn), lost(), back() and ended(). */
  constructor(id, act) {
    this.id = id;
    this.act = act;
  }

  /** Make a new live conversation and return its number. */
  static async make(body) {
    return (await post("/v1/conversations", { ...body, live: true, turns: [] })).id;
  }

  get path() {
    return `/v1/conversations/${encodeURIComponent(this.id)}`;
  }

  /** Follow until stopped or ended; a lost connection is taken up where it broke. Throws where there is no such one. */
  async run() {
    for (;;) {
      try {
        this.act.back();
        let over = false;
        await follow(`${this.path}/events?after=${this.#last}`, (event, data) => (over = this.#heard(event, data) || over), this.#stop.signal);
        if (over) return this.act.ended();
      } catch (error) {
        if (this.#stop.signal.aborted) return undefined;
        if (error instanceof Failure && error.status === 404) return this.act.ended(error);
      }
      if (this.#stop.signal.aborted) return undefined;
      this.act.lost();
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }

  #heard(event, data) {
    if (event === "turn" && data.number > this.#last) {
      this.#last = data.number;
      this.act.turn(data);
    }
    return event === "end";
  }

  /**
   * Send turns, all or none; they come back as events. Who is neither customer nor agent goes by name. Where no answer
   * came, nobody knows whether they were taken: the same turns again go with the same key, so that they are added once.
   */
  async send(turns) {
    const who = ({ speaker, name }) => (speaker === "other" && name) || speaker;
    const body = { turns: turns.map((one) => ({ speaker: who(one), text: one.text, time: one.time ?? "" })) };
    const same = JSON.stringify(body);
    if (this.#unsure.body !== same) this.#unsure = { body: same, key: unique() };
    await post(`${this.path}/turns`, body, undefined, { "Idempotency-Key": this.#unsure.key });
    this.#unsure = { body: "", key: "" };
  }

  stop() {
    this.#stop.abort();
  }
}
