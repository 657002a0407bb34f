// The faults. Each is a function of a run: it does its harm while the crowd publishes, and may leave the repair to
// `cluster.heal()`. `run` has {cluster, crowd, random, pause(ms), note(text), disturb(nodes)}.

const other = (run, than) => run.random.pick(run.cluster.alive.filter((n) => !than.includes(n)));

export const scenarios = {
  /** Nothing at all: the suite itself must be quiet then. */
  async none(run) { await run.pause(1_000); },

  async kill_one(run) {
    const node = run.random.pick(run.cluster.alive);
    run.note(`kill -9 ${node.id}`);
    await node.kill();
    await run.pause(run.random.int(500, 3_000));
    await node.start();
  },

  /** Again before the node that failed is back. */
  async kill_two(run) {
    const [a, b] = run.random.some(run.cluster.alive, 2);
    run.note(`kill -9 ${a.id}`);
    await a.kill();
    await run.pause(run.random.int(0, 2_000));
    run.note(`kill -9 ${b.id}`);
    await b.kill();
    await run.pause(run.random.int(0, 2_000));
    await Promise.all([a.start(), b.start()]);
  },

  async kill_all_but_one(run) {
    const left = run.random.pick(run.cluster.alive);
    run.note(`kill -9 all but ${left.id}`);
    const dead = run.cluster.alive.filter((n) => n !== left);
    await Promise.all(dead.map((n) => n.kill()));
    await run.pause(run.random.int(1_000, 3_000));
    await Promise.all(dead.map((n) => n.start()));
  },

  async stop_3s(run) { await suspended(run, 3_000); },
  async stop_10s(run) { await suspended(run, 10_000); },
  async stop_30s(run) { await suspended(run, 30_000); },

  /** Shorter than anybody's patience, several times. */
  async hiccups(run) {
    for (let i = 0; i < 4; ++i) await suspended(run, run.random.int(100, 900));
  },

  async cut_link(run) { await cut(run, true); },
  async cut_link_one_way(run) { await cut(run, false); },

  /** One node reaches no other, but Redis and its clients. */
  async cut_node(run) {
    const node = run.random.pick(run.cluster.alive);
    const others = run.cluster.alive.filter((n) => n !== node);
    run.note(`links of ${node.id} cut`);
    run.disturb([node, ...others]);
    for (const n of others) run.cluster.link(node, n, { open: false });
    await run.pause(run.random.int(2_000, 8_000));
    for (const n of others) run.cluster.link(node, n);
    run.note('links healed');
  },

  async slow_link(run) {
    const a = run.random.pick(run.cluster.alive);
    const b = other(run, [a]);
    const delay = run.random.int(20, 300);
    run.note(`link ${a.id}-${b.id} slow by ${delay} ms`);
    run.disturb([a, b]);
    run.cluster.link(a, b, { delay });
    await run.pause(4_000);
    run.cluster.link(a, b);
  },

  async redis_restart(run) {
    run.note('redis killed');
    await run.cluster.redis.kill();
    await run.pause(run.random.int(100, 1_500));
    await run.cluster.redis.start();
    run.note('redis back with its data');
  },

  async redis_empty(run) {
    run.note('redis killed');
    await run.cluster.redis.kill();
    await run.cluster.redis.forget();
    await run.pause(run.random.int(100, 1_500));
    await run.cluster.redis.start();
    run.note('redis back empty');
  },

  async redis_rolled_back(run) {
    await run.cluster.redis.remember();
    await run.pause(run.random.int(1_000, 4_000));
    run.note('redis killed');
    await run.cluster.redis.kill();
    await run.cluster.redis.rollBack();
    await run.pause(run.random.int(100, 1_500));
    await run.cluster.redis.start();
    run.note('redis back with old data');
  },

  async redis_stopped(run) {
    run.note('redis stopped');
    run.cluster.redis.stop();
    await run.pause(run.short ? 6_000 : 20_000);
    run.cluster.redis.resume();
    run.note('redis goes on');
  },

  async redis_away(run) {
    run.note('redis killed');
    await run.cluster.redis.kill();
    await run.pause(run.short ? 6_000 : 20_000);
    await run.cluster.redis.start();
    run.note('redis back with its data');
  },

  async redis_slow(run) {
    const delay = run.random.int(20, 400);
    run.note(`redis slow by ${delay} ms`);
    for (const n of run.cluster.nodes) n.store.rule('', { delay });
    await run.pause(5_000);
    for (const n of run.cluster.nodes) n.store.rule('', { delay: 0 });
  },

  async cut_from_redis(run) {
    const node = run.random.pick(run.cluster.alive);
    run.note(`${node.id} cut from redis`);
    run.disturb([node]);
    node.store.rule('', { out: false, back: false });
    await run.pause(run.random.int(2_000, 9_000));
    node.store.rule('', { out: true, back: true });
    run.note(`${node.id} reaches redis again`);
  },

  async rolling_restart(run) {
    for (const node of run.random.some(run.cluster.nodes, run.cluster.nodes.length)) await restarted(run, node);
  },

  /** A node leaves and comes back while nobody stands still. */
  async leave_and_join(run) { await restarted(run, run.random.pick(run.cluster.alive)); },

  async redis_away_and_kill(run) {
    run.note('redis killed');
    run.may_forget();
    await run.cluster.redis.kill();
    await run.pause(2_000);
    const node = run.random.pick(run.cluster.alive);
    run.note(`kill -9 ${node.id}`);
    await node.kill();
    await run.pause(2_000);
    await run.cluster.redis.start();
    run.note('redis back with its data');
    await node.start();
  },

  async redis_empty_and_kill(run) {
    run.note('redis killed');
    run.may_forget({ log_lost: true });
    await run.cluster.redis.kill();
    await run.cluster.redis.forget();
    const node = run.random.pick(run.cluster.alive);
    run.note(`kill -9 ${node.id}`);
    await node.kill();
    await run.cluster.redis.start();
    run.note('redis back empty');
    await run.pause(1_000);
    await node.start();
  },

  async stop_and_kill(run) {
    const a = run.random.pick(run.cluster.alive);
    run.note(`SIGSTOP ${a.id}`);
    run.disturb([a]);
    a.suspend();
    await run.pause(run.random.int(500, 3_000));
    const b = other(run, [a]);
    run.note(`kill -9 ${b.id}`);
    await b.kill();
    await run.pause(run.random.int(500, 2_000));
    a.resume();
    run.note(`SIGCONT ${a.id}`);
    await run.pause(500);
    await b.start();
  },

  async cut_and_kill(run) {
    const [a, b] = run.random.some(run.cluster.alive, 2);
    run.note(`link ${a.id}-${b.id} cut`);
    run.disturb([a, b]);
    run.cluster.link(a, b, { open: false });
    await run.pause(run.random.int(500, 3_000));
    const dead = run.random.pick(run.cluster.alive);
    run.note(`kill -9 ${dead.id}`);
    await dead.kill();
    await run.pause(2_000);
    run.cluster.link(a, b);
    run.note('link healed');
    await dead.start();
  },
};

async function suspended(run, ms) {
  const node = run.random.pick(run.cluster.alive);
  run.note(`SIGSTOP ${node.id} for ${ms} ms`);
  run.disturb([node]);
  node.suspend();
  await run.pause(ms);
  node.resume();
  run.note(`SIGCONT ${node.id}`);
  await run.pause(500);
}

async function cut(run, both) {
  const [a, b] = run.random.some(run.cluster.alive, 2);
  run.note(both ? `link ${a.id}-${b.id} cut` : `link ${a.id}-${b.id} cut, ${a.id} to ${b.id} only`);
  run.disturb([a, b]);
  run.cluster.link(a, b, { open: false, back: !both });
  await run.pause(run.random.int(1_000, 8_000));
  run.cluster.link(a, b);
  run.note('link healed');
}

async function restarted(run, node) {
  run.note(`SIGTERM ${node.id}`);
  const { code, signal, ms } = await node.terminate();
  run.note(`${node.id} ended after ${Math.round(ms)} ms`);
  if (code !== 0) run.wrong(`${node.id} ended with ${signal ?? code} after SIGTERM`);
  await run.pause(run.random.int(0, 1_000));
  await node.start();
}
