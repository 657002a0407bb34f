// The servers whose clients come back: Troupe, and beside it Node's with @socket.io/redis-streams-adapter.

import { Cluster } from '../faults/cluster.mjs';
import { NodeCluster } from './peers/node_cluster.mjs';

const key = 'key-of-the-recovery-tests';

/** A silent drop is noticed after these; ms. */
export const pings = { interval: 1_000, timeout: 1_500 };

export const servers = {
  troupe: {
    /** Three nodes and a Redis. */
    start: async ({ directory, set = {} }) => {
      const cluster = await Cluster.start({
        nodes: 3, directory, relays: false,
        set: {
          'recovery.enabled': true, 'auth.api_keys': `[${key}]`, 'rooms.announce_max_members': 0,
          'rooms.history.max_messages': 100_000, 'recovery.max_missed': 20_000,
          'events.rules': '[{name: say, emit: "message:new", members_only: false}]',
          'engine.ping_interval_ms': pings.interval, 'engine.ping_timeout_ms': pings.timeout,
          ...set,
        },
      });
      await Promise.all(cluster.nodes.map((node) => node.untilReady()));
      return cluster;
    },
    /** Where in its room a message stands: of an event, or of an acknowledgement. */
    place: ({ seq }) => seq,
    /** Said again under the same id, a message is placed once. */
    knows_ids: true,
    /** How long a message may take to a client that is connected; ms. */
    patience: 20_000,
    /** What a node says of itself that must not be. */
    complaints: async (cluster) => {
      const found = [];
      for (const node of cluster.nodes) {
        if (node.crashed) found.push(node.crashed);
        for (const [name, value] of Object.entries(await node.broken())) found.push(`${node.id}: ${name} ${value}`);
      }
      return found;
    },
    drain: async (node, on) => {
      node.state = on ? 'draining' : 'up';
      const answer = await fetch(`${node.url}/api/v1/drain`, {
        method: 'POST', body: JSON.stringify({ on }), headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      });
      if (!answer.ok) throw new Error(`${node.id} does not drain: ${await answer.text()}`);
    },
  },

  node: {
    start: ({ directory }) => NodeCluster.start({ nodes: 3, directory, pings }),
    /** The offset: ids of the stream, which holds everything of all rooms in one order. */
    place: (_, offset) => {
      const [ms, n] = String(offset).split('-').map(Number);
      return ms * 1_000 + n;
    },
    knows_ids: false,
    patience: 2_000,
    complaints: () => [],
  },
};
