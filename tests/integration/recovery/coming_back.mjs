// Rounds of trouble for clients that come and go, in a cluster of three.

import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from '../faults/cluster.mjs';
import { Random } from '../support/random.mjs';
import { Listener, Speakers, judge } from './audience.mjs';
import { FlakyWay } from './flaky_way.mjs';

const settled_within = 60_000; // ms

/** What may go wrong; each leaves the cluster whole again. */
export const troubles = {
  cut: ({ way, dice }) => way.cut(0.7, dice),
  half_open: ({ way, dice }) => way.half(0.7, dice),
  cut_twice: async ({ way, dice }) => {
    way.cut(1, dice);
    await delay(dice.int(0, 150)); // while they come back, or what they missed is on its way
    way.cut(1, dice);
  },
  kill: async ({ cluster, dice }) => {
    const node = dice.pick(cluster.alive);
    await node.kill();
    await delay(dice.int(200, 1_500));
    await node.start();
    await node.untilReady(settled_within);
  },
  drain: async ({ cluster, dice }) => {
    const node = dice.pick(cluster.alive);
    await node.terminate();
    await node.start();
    await node.untilReady(settled_within);
  },
  redis_restart: async ({ cluster, way, dice }) => {
    await cluster.redis.kill();
    await cluster.redis.start();
    await Promise.all(cluster.alive.map((node) => node.untilReady(settled_within)));
    way.cut(0.5, dice);
  },
};

export class ComingBack {
  /** @param {{seed: number, listeners?: number, rooms?: number, each?: number, pause?: number, directory: string, set?: object}} o */
  static async begin({ seed, listeners = 12, rooms = 6, each = 3, pause = 30, directory, set = {} }) {
    const me = new ComingBack();
    me.dice = new Random(seed);
    me.cluster = await Cluster.start({
      nodes: 3, directory, relays: false,
      set: { 'recovery.enabled': true, 'rooms.announce_max_members': 0, 'rooms.history.max_messages': 100_000, 'recovery.max_missed': 20_000, 'cluster.drain_timeout_ms': 5_000, ...set },
    });
    await Promise.all(me.cluster.nodes.map((node) => node.untilReady(settled_within)));
    me.way = await FlakyWay.open(() => me.cluster.nodes.filter((n) => n.state === 'up').map((n) => n.process.port));
    me.rooms = Array.from({ length: rooms }, (_, i) => `room-${i}`);
    me.speakers = new Speakers(me.cluster.nodes);
    me.listeners = Array.from({ length: listeners }, (_, i) => new Listener(me.way.url, `listener-${i}`, me.dice.some(me.rooms, i % 2 ? 1 : each)));
    await Promise.all(me.listeners.map((one) => one.begin()));
    for (const socket of me.speakers.sockets.values())
      for (const room of me.rooms) await socket.timeout(settled_within).emitWithAck('join_room', room);
    for (const socket of me.speakers.sockets.values()) socket.on('connect', () => me.rooms.forEach((room) => socket.emit('join_room', room)));
    me.speakers.talk(me.rooms, me.dice.fork(), pause);
    return me;
  }

  /** One trouble (its name, or what it does), while everybody talks: before, meanwhile, and after the last one noticed it. */
  async round(trouble) {
    await this.talk();
    await (troubles[trouble] ?? trouble)(this);
    await this.talk();
    await this.everybodyIsBack();
    await this.talk();
  }

  said() {
    return [...this.speakers.said.values()].reduce((n, s) => n + s.size, 0);
  }

  /** Until so many more messages were acknowledged. */
  async talk(more = 30) {
    const enough = this.said() + more;
    const deadline = Date.now() + settled_within;
    while (this.said() < enough) {
      if (Date.now() > deadline) throw new Error('nothing is acknowledged any more');
      await delay(10);
    }
  }

  async everybodyIsBack() {
    const deadline = Date.now() + settled_within;
    while (!this.listeners.every((one) => one.socket.connected)) {
      if (Date.now() > deadline) throw new Error('not everybody came back');
      await delay(20); // several clients, none of which says when it is the last
    }
  }

  /** Everything that was acknowledged has had its time to arrive. */
  async verdict() {
    await this.speakers.stop();
    const missing = () => judge(this.listeners, this.speakers.said);
    const deadline = Date.now() + 20_000;
    let found = missing();
    while (found.lost > 0 && Date.now() < deadline) {
      await delay(100);
      found = missing();
    }
    return { ...found, anew: this.listeners.flatMap((one) => one.anew), said: this.said(), failures: this.speakers.failures };
  }

  async end() {
    await this.speakers?.stop().catch(() => {});
    this.listeners?.forEach((one) => one.end());
    this.speakers?.end();
    this.way?.close();
    await this.cluster.stop();
  }
}
