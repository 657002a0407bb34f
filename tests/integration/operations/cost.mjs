// What the keys for other programs cost Redis: commands, CPU and bytes for 1,000 connects, joins and goodbyes, with them and without.
//
//   node operations/cost.mjs [clients]      (in tests/integration, with TROUPE_BIN set)

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../../support/troupe.mjs';
import { Cluster } from '../faults/cluster.mjs';
import { client, emit, metric, settled, until } from './operator.mjs';

const count = Number(process.argv[2] ?? 1_000);

async function info(cluster, section) {
  const lines = await cluster.redis.ask('INFO', section);
  return Object.fromEntries(lines.filter((l) => l.includes(':')).map((l) => l.trim().split(/:(.*)/s).slice(0, 2)));
}

/** Commands by name, CPU in ms, bytes in. */
async function usage(cluster) {
  const stats = await info(cluster, 'commandstats'), cpu = await info(cluster, 'cpu'), net = await info(cluster, 'stats');
  const calls = {};
  for (const [name, text] of Object.entries(stats)) calls[name.replace('cmdstat_', '')] = Number(/calls=(\d+)/.exec(text)[1]);
  return { calls, cpu: 1_000 * (Number(cpu.used_cpu_user) + Number(cpu.used_cpu_sys)), bytes: Number(net.total_net_input_bytes) };
}

async function quiet(cluster) {
  await until(async () => (await Promise.all(cluster.nodes.map((node) => metric(node, 'troupe_keys_waiting')))).every((n) => n === 0), 'all is written');
  await delay(500);
}

async function measured(cluster, name, work) {
  await quiet(cluster);
  const before = await usage(cluster), began = performance.now();
  const batches = await metric(cluster.nodes[0], 'troupe_keys_batches_total') + await metric(cluster.nodes[1], 'troupe_keys_batches_total');
  await work();
  await quiet(cluster);
  const after = await usage(cluster), seconds = (performance.now() - began) / 1_000;
  const sent = await metric(cluster.nodes[0], 'troupe_keys_batches_total') + await metric(cluster.nodes[1], 'troupe_keys_batches_total') - batches;
  const calls = Object.entries(after.calls).map(([what, n]) => [what, n - (before.calls[what] ?? 0)]).filter(([what, n]) => n > 0 && what !== 'info')
    .sort((a, b) => b[1] - a[1]);
  const all = calls.reduce((sum, [, n]) => sum + n, 0);
  console.log(`${name}: ${all} commands in ${seconds.toFixed(1)} s, ${sent} batches, ${(after.cpu - before.cpu).toFixed(0)} ms CPU of Redis, ` +
    `${after.bytes - before.bytes} bytes; ${calls.map(([what, n]) => `${what} ${n}`).join(', ')}`);
}

for (const enabled of [false, true]) {
  const cluster = await Cluster.start({ nodes: 2, relays: false, directory: join(root, 'tests/artifacts/keys-cost'),
    set: { 'cluster.keys.enabled': enabled, 'rooms.history.enabled': false, 'cluster.keys.check_interval_ms': 0 } });
  try {
    await settled(cluster);
    console.log(`-- cluster.keys.enabled: ${enabled}`);
    await measured(cluster, 'idle for 10 s', () => delay(10_000));
    let clients = [];
    await measured(cluster, `${count} connects`, async () => {
      for (let i = 0; i < count; i += 50) {
        clients = clients.concat(await Promise.all(Array.from({ length: Math.min(50, count - i) }, (_, j) =>
          client(cluster.nodes[(i + j) % 2].url, `u${i + j}`, { transports: ['websocket'] }))));
      }
    });
    await measured(cluster, `${count} joins to 20 rooms`, () =>
      Promise.all(clients.map((socket, i) => emit(socket, 'join_room', `room-${i % 20}`))));
    await measured(cluster, 'idle with them for 30 s', () => delay(30_000));
    await measured(cluster, `${count} disconnects`, async () => {
      for (const socket of clients) socket.disconnect();
      await delay(4_000); // presence.offline_delay_ms
    });
  } finally {
    await cluster.stop();
  }
}
