// Many users over several nodes who come and go by chance, quickly and slowly, with one device and with several.

import { User } from './user.mjs';

const ways = ['goodbye', 'close', 'cut'];

export class Flock {
  #busy = new Set();
  #timer = null;
  deeds = {};

  /**
   * @param {object} o
   * @param {number} o.users
   * @param {number} o.delay   presence.offline_delay_ms
   * @param {number} o.rate    deeds a second
   * @param {(user) => Promise} o.noticed  resolves when every watcher knows that the user is gone
   */
  constructor(cluster, random, o) {
    Object.assign(this, { cluster, random, options: o });
    this.users = Array.from({ length: o.users }, (_, i) => new User(`u${i}`));
    // Some never go: they have two devices on two nodes, and replace them one by one.
    this.steady = new Set(this.users.filter((_, i) => i % 5 === 0));
    // Some nobody watches.
    this.unwatched = new Set(this.users.filter((_, i) => i % 10 === 1));
  }

  /** Where a balancer would send who comes: `not_ready` is a node that has just started. */
  get open() { return this.cluster.alive.filter((n) => n !== this.not_ready); }

  get watched() { return this.users.filter((u) => !this.unwatched.has(u)); }

  #node(not) {
    const able = this.open.filter((n) => n !== not);
    return able.length ? this.random.pick(able) : null;
  }

  async connect() {
    await in_batches(this.users, 100, async (user, i) => {
      const { nodes } = this.cluster;
      await user.connect(nodes[i % nodes.length]);
      if (this.steady.has(user) || i % 3 === 0) await user.connect(nodes[(i + 1) % nodes.length]);
    });
  }

  start() {
    const step = 1_000 / this.options.rate;
    let due = performance.now();
    this.#timer = setInterval(() => {
      due = Math.max(due, performance.now() - 100); // what a busy machine had no time for is not made up for
      for (; due <= performance.now(); due += step) this.#somebody();
    }, Math.max(step, 10));
  }

  /** Resolves when nobody is on the way any more. */
  async stop() {
    clearInterval(this.#timer);
    await Promise.all(this.#busy);
    await Promise.all([...this.steady].map((user) => this.#keep_steady(user)));
  }

  #somebody() {
    const user = this.random.pick(this.users);
    if (user.busy) return;
    user.busy = true;
    const doing = this.#deed(user).finally(() => { user.busy = false; this.#busy.delete(doing); });
    this.#busy.add(doing);
  }

  async #deed(user) {
    const dice = this.random.fork();
    if (this.steady.has(user)) return this.#keep_steady(user, dice);
    if (!user.present) return this.#do('comes', () => this.#come(user));
    const draw = dice.next();
    if (draw < 0.2 && user.devices.size < 3) return this.#do('another device', () => this.#come(user));
    if (draw < 0.4 && user.devices.size > 1) return this.#do('one device less', () => user.drop(dice.pick([...user.devices]), dice.pick(ways)));
    if (draw < 0.6) return this.#do('moves without a gap', () => this.#move(user, dice));
    if (draw < 0.85) return this.#do('quick reconnect', () => this.#flap(user, dice, dice.int(0, 1.5 * this.options.delay)));
    return this.#do('goes', () => this.#go(user, dice));
  }

  async #do(what, deed) {
    this.deeds[what] = (this.deeds[what] ?? 0) + 1;
    await deed();
  }

  async #come(user) {
    const node = this.#node();
    if (node) await user.connect(node);
  }

  async #move(user, dice) {
    const before = [...user.devices];
    const node = this.#node(before[0].span.node);
    if (!node || !(await user.connect(node))) return;
    for (const device of before) if (user.devices.has(device)) user.drop(device, dice.pick(ways));
  }

  async #flap(user, dice, pause) {
    for (const device of [...user.devices]) user.drop(device, dice.pick(ways));
    if (pause) await new Promise((done) => setTimeout(done, pause));
    await this.#come(user);
  }

  async #go(user, dice) {
    for (const device of [...user.devices]) user.drop(device, dice.pick(ways));
    if (!this.unwatched.has(user)) await this.options.noticed(user);
  }

  /** Always two nodes: what is missing comes before anything goes. */
  async #keep_steady(user, dice) {
    const nodes = () => new Set([...user.devices].map((d) => d.span.node));
    while (nodes().size < 2 && this.open.length > 1) {
      const node = this.random.pick(this.open.filter((n) => !nodes().has(n)));
      if (!(await user.connect(node))) await new Promise((done) => setTimeout(done, 20)); // it dies just now
    }
    if (!dice || this.open.length < 3) return; // two devices are left on other nodes than the one that may be killed
    this.deeds['a steady one changes a device'] = (this.deeds['a steady one changes a device'] ?? 0) + 1;
    const third = this.open.find((n) => !nodes().has(n));
    if (third && (await user.connect(third))) {
      const [first] = user.devices;
      if (first && nodes().size > 2) user.drop(first, dice.pick(ways));
    }
  }

  /** Those who lose their last device with this node, and are not on the way. They stay away until `release`. */
  stricken(node) {
    const lost = this.users.filter((u) => !u.busy && u.present && [...u.devices].every((d) => d.span.node === node));
    for (const user of lost) user.busy = true;
    return lost;
  }

  release(users) {
    for (const user of users) user.busy = false;
  }

  lose(node) {
    for (const user of this.users) user.lose(node);
  }

  end() {
    clearInterval(this.#timer);
    for (const user of this.users) for (const device of [...user.devices]) user.drop(device, 'goodbye');
  }
}

export async function in_batches(list, size, what) {
  let next = 0;
  await Promise.all(Array.from({ length: size }, async () => {
    while (next < list.length) {
      const i = next++;
      await what(list[i], i);
    }
  }));
}
