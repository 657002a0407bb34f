// Which of some processes holds the socket with a local TCP port (Linux).

import { readdir, readFile, readlink } from 'node:fs/promises';

/** Of `pids` ({name: pid}), the name of the one with a loopback connection from this port; '' when there is none. */
export async function ownerOf(port, pids) {
  const inode = await inodeOf(port);
  if (!inode) return '';
  const found = await Promise.all(Object.entries(pids).map(async ([name, pid]) => ((await holds(pid, inode)) ? name : '')));
  return found.find(Boolean) ?? '';
}

async function inodeOf(port) {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const row of (await readFile('/proc/net/tcp', 'utf8')).split('\n').slice(1)) {
    const fields = row.trim().split(/\s+/);
    if (fields[1] === local && fields[9] !== '0') return fields[9];
  }
  return null;
}

async function holds(pid, inode) {
  try {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')) === `socket:[${inode}]`) return true;
    }
  } catch {
    // It ended.
  }
  return false;
}
