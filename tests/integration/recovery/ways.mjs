// The ways to part clients from their nodes.
//
// Those of one client are functions of (client, dice). Those of the cluster do their harm, and give back what repairs it:
// `run` has {cluster, server, clients, dice, away: []}, a client {listener, way}. `away` says when Redis was, `crashed` that a
// node was killed; `move()` lets some change rooms.

import { setTimeout as delay } from 'node:timers/promises';
import { now } from './listener.mjs';

const within = 60_000; // ms; what has not come about by then never will

export const of_a_client = {
  /** The network drops it: both sides see a reset. */
  reset: ({ way }) => way.reset(),
  /** The same, but the server sees nothing. */
  half_open: ({ way }) => way.half_open(),
  /** Nobody sees anything, until the client misses the pings. */
  silent: ({ way, listener }) => {
    way.silence();
    return listener.socket.connected && new Promise((noticed) => listener.socket.once('disconnect', noticed));
  },
  /** The client ends its transport in order, and wants another one. */
  transport_close: ({ listener }) => listener.socket.io.engine?.close(),
  /** Its transport is torn away under it. */
  transport_kill: ({ listener }) => listener.socket.io.engine?.transport?.ws?._socket?.destroy(),
  /** Again while it comes back, or while what it missed is on its way. */
  twice: async ({ way }, dice) => {
    way.reset();
    await delay(dice.int(0, 150));
    way.reset();
  },
  /** No way to any node for a while. */
  unreachable: async ({ way }, dice) => {
    way.reachable = false;
    way.reset();
    await delay(dice.int(200, 2_000));
    way.reachable = true;
  },
};

export const of_the_cluster = {
  async kill(run) {
    moves(run);
    const node = victim(run);
    if (!node) return;
    run.crashed = true;
    hit(run, node, 'kill');
    await node.kill();
    hit(run, node, 'kill'); // and who came until then
    return () => back(node);
  },

  async sigterm(run) {
    moves(run);
    const node = victim(run);
    if (!node) return;
    hit(run, node, 'sigterm');
    const over = node.terminate();
    return async () => {
      await over;
      await back(node);
    };
  },

  /** The command: the node lives on without clients, until it is taken back. Node's servers know none: SIGTERM. */
  async drain(run) {
    if (!run.server.drain) return of_the_cluster.sigterm(run);
    moves(run);
    const node = victim(run);
    if (!node) return;
    hit(run, node, 'drain');
    await run.server.drain(node, true);
    return async () => {
      const gone = () => !run.clients.some(({ way, listener }) => way.node === node.id && listener.socket.connected);
      await until(gone, 10_000); // what else happens may keep it from that
      await run.server.drain(node, false);
      await node.untilReady();
    };
  },

  /** Gone and back, and then some are parted. */
  async redis_restart(run) {
    const again = await withoutRedis(run);
    await delay(run.dice.int(0, 300));
    await again();
    part(run, 'reset', 0.5, 'redis_restart');
  },

  /** The same, and while it is away some change rooms: what they join then must be known later. */
  async redis_moves(run) {
    const again = await withoutRedis(run);
    run.move();
    await delay(run.dice.int(100, 300));
    await again();
    part(run, 'reset', 0.5, 'redis_moves');
  },

  /** Some are parted while it is away. */
  async redis_away(run) {
    const again = await withoutRedis(run);
    part(run, 'reset', 0.5, 'redis_away');
    await delay(run.dice.int(0, 300));
    return again;
  },
};

export const names = ['clients', ...Object.keys(of_the_cluster)];

/** Most of the clients, each in a way of its own. */
export function part_clients(run) {
  moves(run);
  const ways = Object.keys(of_a_client);
  return Promise.all(run.clients.map(async (client) => {
    const [way, hit, wait, dice] = [run.dice.pick(ways), run.dice.chance(0.7), run.dice.int(0, 200), run.dice.fork()];
    if (!hit) return;
    await delay(wait);
    client.listener.hit(way);
    await of_a_client[way](client, dice);
  }));
}

/** All of them in one way. */
export function part_all(run, name) {
  return Promise.all(run.clients.map(async (client) => {
    client.listener.hit(name);
    await of_a_client[name](client, run.dice.fork());
  }));
}

/** Some change rooms, while Redis may know of it: `redis_moves` is about the time when it may not. */
function moves(run) {
  if (run.cluster.redis.runs) run.move();
}

function part(run, way, share, name) {
  for (const client of run.clients) {
    if (!run.dice.chance(share)) continue;
    client.listener.hit(name);
    of_a_client[way](client, run.dice);
  }
}

/** A node with clients, while there is another one to go to. */
function victim({ cluster, clients, dice }) {
  const alive = cluster.alive;
  const used = alive.filter((node) => clients.some(({ way }) => way.node === node.id));
  return alive.length > 1 ? dice.pick(used.length ? used : alive) : null;
}

/** Who is there, or was and has not arrived elsewhere. */
function hit({ clients }, node, name) {
  for (const { way, listener } of clients) if (way.nodes.has(node.id)) listener.hit(name);
}

async function back(node) {
  await node.start();
  await node.untilReady();
}

async function withoutRedis(run) {
  if (!run.cluster.redis.runs) return async () => {}; // it is away already, and who took it away brings it back
  const away = { from: now(), to: Infinity };
  run.away.push(away);
  await run.cluster.redis.kill();
  return async () => {
    await run.cluster.redis.start();
    await Promise.all(run.cluster.alive.map((node) => node.untilReady()));
    away.to = now();
  };
}

/** Resolves when `reached`, or when it is too late for that. */
export async function until(reached, patience = within) {
  const deadline = now() + patience;
  while (!reached() && now() < deadline) await delay(10); // several clients, none of which says that it is the last
  return reached();
}
