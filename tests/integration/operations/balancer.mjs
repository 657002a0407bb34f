// A TCP balancer on loopback that gives each new connection to the next node whose /ready says yes; `prefer`, when it is set and
// ready, gets them all.

import { connect, createServer } from 'node:net';

export async function byReadiness(nodes) {
  let next = 0;
  const open = new Set();
  const balancer = { prefer: null };
  const pick = async () => {
    const wanted = balancer.prefer;
    if (wanted && (await wanted.readiness())?.ready) return wanted;
    const all = nodes();
    const first = next++; // others pick meanwhile
    for (let i = 0; i < all.length; ++i) {
      const node = all[(first + i) % all.length];
      if ((await node.readiness())?.ready) return node;
    }
    return null;
  };
  const server = createServer({ pauseOnConnect: true }, async (from) => {
    from.on('error', () => {});
    open.add(from);
    from.on('close', () => open.delete(from));
    const node = await pick();
    if (!node) return from.destroy();
    const to = connect(node.process.port, '127.0.0.1');
    open.add(to);
    to.on('close', () => { open.delete(to); from.destroy(); });
    to.on('error', () => from.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to).pipe(from);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  balancer.url = `http://127.0.0.1:${server.address().port}`;
  balancer.close = () => { for (const socket of open) socket.destroy(); server.close(); };
  return balancer;
}
