/**
 * Remembers ids that were published; the oldest go when there are too many. An id that is under way is remembered as
 * its promise, so that a repeat that comes meanwhile gets the same outcome and not a second publication.
 */
export class RecentIds {
  #outcomes = new Map(); // id -> promise

  constructor(most) { this.most = most; }

  get size() { return this.#outcomes.size; }

  /** Runs `publish` unless the id is known. A failure is forgotten: the next post may try again. */
  async once(id, publish) {
    const known = this.#outcomes.get(id);
    if (known) return { ...(await known), duplicate: true };
    const outcome = publish();
    this.#outcomes.set(id, outcome);
    if (this.#outcomes.size > this.most) this.#outcomes.delete(this.#outcomes.keys().next().value);
    try {
      return await outcome;
    } catch (error) {
      if (this.#outcomes.get(id) === outcome) this.#outcomes.delete(id);
      throw error;
    }
  }
}
