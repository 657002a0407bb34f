// Which of some processes holds the socket with a local TCP port (Linux).
//
// Synchronous: hundreds of small reads, each of which would wait its turn in a busy machine's thread pool.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of `pids` ({name: pid}), the name of the one with a loopback connection from this port; '' when there is none. */
export function ownerOf(port, pids) {
  const inode = inodeOf(port);
  return (inode && Object.keys(pids).find((name) => holds(pids[name], inode))) || '';
}

function inodeOf(port) {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const row of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const fields = row.trim().split(/\s+/);
    if (fields[1] === local && fields[9] !== '0') return fields[9];
  }
  return null;
}

function holds(pid, inode) {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkOrNothing(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`);
  } catch {
    return false; // it ended
  }
}

function readlinkOrNothing(path) {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}
