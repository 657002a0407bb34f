// Rounds of trouble for clients that come and go: everybody talks, something parts clients from their nodes, all is repaired,
// everybody is back, what was said has arrived; then the judge decides.

import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../support/random.mjs';
import { FlakyWay } from './flaky_way.mjs';
import { broken, judge, lost } from './judge.mjs';
import { Listener, now } from './listener.mjs';
import { Speakers } from './speakers.mjs';
import { names, of_the_cluster, part_all, part_clients, until } from './ways.mjs';

const most_words = 30; // findings kept of a round

export class Stage {
  /**
   * A cluster with clients in rooms.
   * @param {object} server  one of servers.mjs
   * @param {{dice: Random, directory: string, clients: number, sizes: number[], rooms: number, rate: number, warm?: boolean, set?: object}} o
   *        `sizes`: in how many rooms clients are, by turns; `rate`: things said a second;
   *        `warm`: something has been said in every room before anybody is there
   */
  static async set(server, o) {
    const me = new Stage();
    Object.assign(me, { server, options: o });
    me.cluster = await server.start(o);
    me.rooms = Array.from({ length: o.rooms }, (_, i) => `room-${i}`);
    me.speakers = new Speakers(me.cluster, server, me.rooms);
    await me.speakers.begin();
    if (o.warm) await me.speakers.greet(o.dice.fork());
    me.speakers.turn_over();
    me.clients = await Promise.all(Array.from({ length: o.clients }, async (_, i) => {
      const way = await FlakyWay.open(() => me.cluster.alive, i);
      const listener = new Listener(way.url, `listener-${i}`, o.dice.some(me.rooms, o.sizes[i % o.sizes.length]), server.place);
      listener.on_arrival = () => way.arrived();
      return { way, listener };
    }));
    if (!(await me.#all_there())) throw new Error(me.#absent().join('; '));
    return me;
  }

  get #listeners() { return this.clients.map(({ listener }) => listener); }
  #all_there() { return until(() => this.#listeners.every((one) => one.there)); }
  #absent() { return this.#listeners.filter((one) => !one.there).map((one) => `${one.name} is not back: ${one.socket.connected ? 'not in its rooms' : 'not connected'}`); }

  /**
   * One round. `ways`: names of of_the_cluster or of_a_client, functions like those of of_the_cluster, or `clients`: each in a way of its own; one after the other, before
   * what the first did is repaired.
   * @returns {Promise<object>} what was counted; `findings`: what broke a promise, in words
   */
  async round(ways, dice) {
    const began = now();
    const findings = [];
    const run = { cluster: this.cluster, server: this.server, clients: this.clients, dice, away: [], move: () => this.#move(dice) };
    this.speakers.talk(this.options.rate, dice.fork());
    await this.#talk(15);
    await this.#trouble(run, ways).catch((error) => findings.push(error.message));
    await this.#talk(15);
    if (!(await this.#all_there())) findings.push(...this.#absent());
    await this.#talk(15);
    await this.speakers.hush();
    const record = this.#record(run);
    await this.#arrived(record);
    const judged = judge(record);
    findings.push(...broken(judged, run.away), ...this.speakers.unsaid, ...(await this.server.complaints(this.cluster)));
    const result = {
      ways, ms: Math.round(now() - began), said: this.speakers.acknowledged, failures: this.speakers.failures,
      clients: judged.clients, examples: judged.examples, findings: findings.slice(0, most_words),
    };
    for (const listener of this.#listeners) listener.turn_over();
    this.speakers.turn_over();
    return result;
  }

  async #trouble(run, ways) {
    const repairs = [];
    for (const [i, name] of ways.entries()) {
      if (i > 0) await delay(run.dice.int(0, 500));
      const way = of_the_cluster[name] ?? (typeof name === 'function' && name);
      if (way) repairs.push(await way(run));
      else repairs.push(whole(name === 'clients' ? part_clients(run) : part_all(run, name)));
    }
    await delay(run.dice.int(0, 300));
    await Promise.all(repairs.map((repair) => repair?.()));
  }

  /** Some of those in several rooms leave one for another. */
  #move(dice) {
    for (const { listener } of this.clients) {
      if (listener.size === 1 || listener.size >= this.rooms.length || !dice.chance(0.3)) continue;
      const from = dice.pick(listener.wanted);
      listener.move(from, dice.pick(this.rooms.filter((room) => !listener.wanted.includes(room))));
    }
  }

  /** Until so many more things were acknowledged. */
  async #talk(more) {
    const enough = this.speakers.acknowledged + more;
    await until(() => this.speakers.acknowledged >= enough);
  }

  #record(run) {
    // Of what only homes knew while Redis was away, a home that ended may have taken some along.
    const forgotten = run.away.length > 0 && run.crashed;
    const said = new Map([...this.speakers.said].map(([room, list]) => [room, list.filter((m) => !forgotten || m.level !== 'home')]));
    return { said, clients: this.#listeners };
  }

  /** What was said has had its time to come: all of it is there, or nothing more comes. */
  async #arrived(record) {
    const heard = () => this.#listeners.reduce((n, one) => n + one.heard, 0);
    for (let before = -1, now_heard = heard(); before !== now_heard; before = now_heard, now_heard = heard())
      if (await until(() => lost(record) === 0, this.server.patience)) return;
  }

  async end() {
    await this.speakers.hush();
    this.speakers.end();
    for (const { way, listener } of this.clients) {
      listener.end();
      way.close();
    }
    await this.cluster.stop();
  }
}

/** What is under way and needs no repair. */
const whole = (under_way) => () => under_way;

/** The ways of a round by chance: one, or two in a row. */
export function chosen(dice, from = names) {
  const one = () => (dice.chance(0.35) && from.includes('clients') ? 'clients' : dice.pick(from));
  return dice.chance(0.3) ? [one(), one()] : [one()];
}

/** Chance of round `n` of a seed, always the same. */
export const dice_of = (seed, n) => new Random(seed * 100_003 + n);
