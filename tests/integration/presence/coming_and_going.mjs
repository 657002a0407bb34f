// Users flap over three nodes, one of which is killed and started again; watchers on all nodes are told. Everybody must end up with the
// truth, and nobody may be told anything twice or anything that was not so.

import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from '../faults/cluster.mjs';
import { Random } from '../support/random.mjs';
import { Flock, in_batches } from './flock.mjs';
import { wall } from './user.mjs';
import { Watcher, unfounded } from './watcher.mjs';

const patience = 120_000; // ms; what has not come about by then never will
const late = 30_000; // ms; how late news may be on a busy machine

export class ComingAndGoing {
  watchers = []; // standing ones, of all users
  visitors = []; // who came in the middle, of some users
  findings = [];
  kills = [];
  #waiting = new Map(); // user -> resolve
  #visiting = false;

  /** @param {{seed: number, users: number, offline_delay?: number, rate?: number, per_node?: number, directory: string, say?: Function}} o */
  static async begin(o) {
    const me = new ComingAndGoing();
    const { offline_delay = 300, rate = 40, per_node = 2 } = o;
    Object.assign(me, { random: new Random(o.seed), offline_delay, per_node, say: o.say ?? (() => {}) });
    me.cluster = await Cluster.start({
      nodes: 3, directory: o.directory, relays: false,
      set: { 'presence.offline_delay_ms': offline_delay, 'limits.max_watched_users': 100_000, 'rooms.history.enabled': false, ...o.set },
    });
    try {
      await Promise.all(me.cluster.nodes.map((node) => node.untilReady()));
      me.flock = new Flock(me.cluster, me.random.fork(), { users: o.users, delay: offline_delay, rate, noticed: (user) => me.noticed(user) });
      await me.flock.connect();
      for (const node of me.cluster.nodes) await me.#stand(node);
      await me.#agree('at the beginning');
    } catch (error) {
      await me.end();
      throw error;
    }
    return me;
  }

  // -- watchers --

  async #stand(node) {
    for (let i = 0; i < this.per_node; ++i) {
      const w = new Watcher(`w${this.watchers.length}`, node);
      w.on_change = (user) => this.#look(user);
      await w.connect();
      if (!(await w.watch(this.flock.watched.map((u) => u.name)))) throw new Error(`${w.name} could not subscribe: ${w.refused ?? 'no answer'}`);
      w.standing = true;
      this.watchers.push(w);
    }
  }

  get #watching() { return this.watchers.filter((w) => w.standing && w.node.state === 'up'); }

  #known_gone(name) { return this.#watching.every((w) => w.beliefs.get(name)?.online === false); }

  /** Resolves with the time at which every standing watcher knew that the user is gone. */
  noticed(user) {
    if (this.#known_gone(user.name)) return wall();
    return new Promise((done) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(user.name);
        this.findings.push({ what: 'not everybody was told that a user is gone', user: user.name, by: this.#who_thinks(user.name, true) });
        done(wall());
      }, patience);
      this.#waiting.set(user.name, () => { clearTimeout(timer); done(wall()); });
    });
  }

  #look(name) {
    const done = this.#waiting.get(name);
    if (!done || !this.#known_gone(name)) return;
    this.#waiting.delete(name);
    done();
  }

  #look_at_all() {
    for (const name of [...this.#waiting.keys()]) this.#look(name);
  }

  #who_thinks(name, online) { return this.#watching.filter((w) => w.beliefs.get(name)?.online === online).map((w) => `${w.name}@${w.node.id}`); }

  /** Watchers come all the time, ask about some users, and stay for a moment. */
  async #receive_visitors(pause, how_many) {
    this.#visiting = true;
    const dice = this.random.fork();
    const visits = [];
    while (this.#visiting) {
      visits.push(this.#visit(dice.fork(), how_many));
      await delay(pause);
    }
    await Promise.all(visits);
  }

  async #visit(dice, how_many) {
    const w = new Watcher(`v${this.visitors.length}`, dice.pick(this.cluster.alive));
    this.visitors.push(w);
    try {
      await w.connect();
      if (await w.watch(dice.some(this.flock.watched.map((u) => u.name), how_many))) await delay(dice.int(0, 3_000));
    } catch { /* its node died */ }
    w.end();
  }

  // -- phases --

  async flap(ms) {
    this.flock.start();
    const visits = this.#receive_visitors(100, 30);
    await delay(ms);
    this.#visiting = false;
    await visits;
    await this.flock.stop();
  }

  /** While everybody flaps a node is killed, and started again after `away` ms. */
  async flap_with_kill(before, away, after) {
    this.flock.start();
    const visits = this.#receive_visitors(100, 30);
    await delay(before);
    const victim = this.random.pick(this.cluster.alive);
    const lost = this.flock.stricken(victim);
    this.flock.lose(victim);
    for (const w of this.watchers) if (w.node === victim) w.standing = false;
    const at = wall();
    await victim.kill();
    this.#look_at_all();
    const watched = lost.filter((u) => !this.flock.unwatched.has(u));
    const times = (await Promise.all(watched.map((u) => this.noticed(u)))).map((t) => t - at).sort((a, b) => a - b);
    this.kills.push({ node: victim.id, lost: watched.length, first_ms: times[0], median_ms: times[times.length >> 1], last_ms: times.at(-1) });
    this.say(`killed ${victim.id}: ${JSON.stringify(this.kills.at(-1))}`);
    this.flock.release(lost);
    await delay(Math.max(0, at + away - wall()));
    this.flock.not_ready = victim;
    await victim.start();
    await victim.untilReady();
    this.flock.not_ready = null;
    await this.#stand(victim);
    await delay(after);
    this.#visiting = false;
    await visits;
    await this.flock.stop();
  }

  async #agree(when) {
    const wrong = () => this.flock.watched.filter((u) => this.#watching.some((w) => w.beliefs.get(u.name)?.online !== u.present));
    const began = wall();
    let left = wrong();
    while (left.length && wall() < began + patience) {
      await delay(20); // many watchers, none of which knows when it is the last
      left = wrong();
    }
    for (const u of left.slice(0, 20))
      this.findings.push({ what: `${when}: not everybody knows the truth`, user: u.name, present: u.present, wrong: this.#who_thinks(u.name, !u.present) });
    return wall() - began;
  }

  // -- the verdict --

  /** Everything that was told, and everything that can be asked, against the truth. `sample`: users that the HTTP API is asked about. */
  async verdict({ sample = Infinity } = {}) {
    const agreed = await this.#agree('at the end');
    for (const w of this.#watching) this.#compare(w, 'a watcher');
    await this.#ask_anew();
    await this.#ask_api(sample);
    await this.#ask_redis();
    for (const node of this.cluster.nodes) if (node.crashed) this.findings.push({ what: node.crashed });
    for (const node of this.cluster.nodes) for (const [name, value] of Object.entries(await node.broken())) this.findings.push({ what: `${node.id}: ${name} ${value}` });
    const told = this.#judge_histories();
    return {
      findings: this.findings, users: this.flock.users.length, devices: this.flock.users.reduce((n, u) => n + u.spans.length, 0),
      deeds: this.flock.deeds, told, watchers: this.watchers.length, visitors: this.visitors.length, kills: this.kills, agreed_after_ms: agreed,
    };
  }

  #judge_histories() {
    const users = new Map(this.flock.users.map((u) => [u.name, { absences: u.absences() }]));
    let told = 0;
    for (const w of [...this.watchers, ...this.visitors]) {
      this.findings.push(...w.faults);
      for (const [name, b] of w.beliefs) {
        told += b.changes.length;
        for (const time of unfounded(b.changes, users.get(name).absences, late))
          this.findings.push({ what: 'said to be gone, and was there', watcher: w.name, node: w.node.id, user: name, time });
      }
    }
    return told;
  }

  #compare(w, who) {
    for (const u of this.flock.users) {
      const b = w.beliefs.get(u.name);
      if (b) this.#check(u, b.online, b.lastSeen, `${who} at ${w.node.id}`);
    }
  }

  #check(user, online, last_seen, who) {
    if (online !== user.present) this.findings.push({ what: `${who} believes ${online ? 'online' : 'offline'}`, user: user.name, spans: brief(user) });
    else if (user.gone_since !== null && !(last_seen >= user.gone_since - 5 && last_seen <= wall()))
      this.findings.push({ what: `${who} says last seen ${last_seen}`, user: user.name, gone_since: user.gone_since, spans: brief(user) });
  }

  async #ask_anew() {
    for (const node of this.cluster.alive) {
      const w = new Watcher(`last at ${node.id}`, node);
      await w.connect();
      if (await w.watch(this.flock.users.map((u) => u.name))) this.#compare(w, 'a new watcher');
      else this.findings.push({ what: `${w.name} got no answer: ${w.refused}` });
      w.end();
    }
  }

  async #ask_api(sample) {
    const users = this.random.some(this.flock.users, Math.min(sample, this.flock.users.length));
    for (const node of this.cluster.alive)
      await in_batches(users, 20, async (u) => {
        const answer = await node.api(`users/${u.name}`);
        if (!answer.ok) return this.findings.push({ what: `the API of ${node.id}: ${JSON.stringify(answer)}`, user: u.name });
        this.#check(u, answer.online, answer.lastSeen, `the API of ${node.id}`);
        if (answer.sockets !== u.devices.size) this.findings.push({ what: `the API of ${node.id} counts ${answer.sockets} sockets`, user: u.name, spans: brief(u) });
      });
  }

  /** presence:<user> for other programs: an object that says online, or nothing, or one that says offline. */
  async #ask_redis() {
    const { users } = this.flock;
    const wrong = async () => {
      const found = [];
      for (let i = 0; i < users.length; i += 500) {
        const part = users.slice(i, i + 500);
        const lines = await this.cluster.redis.ask('--no-raw', 'mget', ...part.map((u) => `troupe:faults:presence:${u.name}`));
        part.forEach((u, k) => {
          const online = !lines[k].includes('(nil)') && !lines[k].includes('\\"status\\":\\"offline\\"');
          if (online !== u.present) found.push({ what: `Redis says ${lines[k]}`, user: u.name, spans: brief(u) });
        });
      }
      return found;
    };
    let found = await wrong();
    for (let look = 0; look < 50 && found.length; ++look) {
      await delay(100); // keys are written in batches
      found = await wrong();
    }
    this.findings.push(...found);
  }

  async end() {
    this.#visiting = false;
    this.flock?.end();
    for (const w of [...this.watchers, ...this.visitors]) w.end();
    await this.cluster.stop();
  }
}

function brief(user) {
  return user.spans.slice(-4).map((s) => `${s.node.id} ${s.from}..${s.sure}..${s.to}`);
}
