// What the tests of operators' work share: a cluster, the command line against it, clients that can be moved, and keys in Redis.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { root, troupeBinary } from '../../support/troupe.mjs';
import { Cluster, Node } from '../faults/cluster.mjs';

export const key = 'key-of-the-fault-tests'; // of faults/cluster.mjs
export const patience = 90_000; // ms; what has not come about by then never will

export async function startCluster(nodes, name, set = {}) {
  const cluster = await Cluster.start({ nodes, relays: false, directory: join(root, 'tests/artifacts', name), set });
  await settled(cluster);
  return cluster;
}

/** Every node is linked to every other one. */
export async function settled(cluster) {
  const alive = cluster.nodes.filter((node) => node.state === 'up');
  await Promise.all(alive.map((node) => node.untilReady(patience)));
  await until(async () => {
    for (const node of alive) {
      const { nodes } = await node.api('nodes');
      if (nodes?.filter((n) => n.linked && !n.dead).length !== alive.length - 1) return false;
    }
    return true;
  }, 'all nodes are linked');
}

/** One more node for a cluster, not started. */
export async function another(cluster, set = {}) {
  const node = await Node.make(cluster, cluster.nodes.length, { relays: false, set });
  cluster.nodes.push(node);
  return node;
}

/** Resolves when `holds` does; states can only be asked for. */
export async function until(holds, what, within = patience) {
  const deadline = Date.now() + within;
  let last;
  while (Date.now() < deadline) {
    try {
      if (await holds()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await delay(50);
  }
  throw new Error(`never: ${what}${last ? ` (${last.message})` : ''}`);
}

export async function post(node, path, body = {}) {
  const answer = await fetch(`${node.url}/api/v1/${path}`, {
    method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(60_000),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  });
  return answer.json();
}

/** Runs `troupe <args>` against a node: {code, out, err}. */
export function command(node, ...args) {
  return new Promise((done) => {
    execFile(troupeBinary(), [...args, '--url', node.url], { env: { ...process.env, TROUPE_API_KEY: key }, timeout: 120_000 },
      (error, out, err) => done({ code: error?.code ?? 0, out, err }));
  });
}

/** Sum of a metric over its labels, of one node. */
export async function metric(node, name) {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** A connected official client, which counts why it was disconnected. */
export async function client(url, userId, options = {}) {
  const socket = io(url, { forceNew: true, auth: { userId }, reconnectionDelay: 50, reconnectionDelayMax: 500, timeout: 60_000, ...options });
  socket.ends = [];
  socket.on('disconnect', (reason) => socket.ends.push(reason));
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${userId} could not connect`)), patience);
    socket.once('connect', () => { clearTimeout(timer); resolve(); });
  });
  return socket;
}

export const emit = (socket, ...what) => socket.timeout(60_000).emitWithAck(...what);

/** A balancer that asks /ready: new connections go, in turn, to nodes that say yes. */
export { byReadiness } from './balancer.mjs';

/** redis-cli, sorted lines; '' is nothing. */
export async function redis(cluster, ...what) {
  return (await cluster.redis.ask(...what)).filter((line) => line !== '').sort();
}
