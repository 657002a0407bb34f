// Chance that repeats itself: everything a fault test leaves to chance comes from one seed.

/** mulberry32: small, good enough, the same everywhere. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number in [low, high]. */
  int(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  /** `count` different ones. */
  some(list, count) {
    const left = [...list];
    const taken = [];
    while (taken.length < count && left.length) taken.push(...left.splice(Math.floor(this.next() * left.length), 1));
    return taken;
  }

  /** A source of its own, so that one part's draws do not shift another's. */
  fork() {
    return new Random(Math.floor(this.next() * 4_294_967_296));
  }
}
