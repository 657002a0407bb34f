// Keeps the records of a run (see checker.mjs) in memory, and as JSON lines in a file.

import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

export class History {
  records = [];
  #file;

  static async open(path) {
    const history = new History();
    await mkdir(dirname(path), { recursive: true });
    history.path = path;
    history.#file = createWriteStream(path);
    return history;
  }

  add(record) {
    this.records.push(record);
    this.#file.write(JSON.stringify(record) + '\n');
  }

  close() {
    return new Promise((done) => { this.#file.end(done); });
  }
}

/** The one clock of all records. */
export function now() {
  return Math.round(performance.now() * 10) / 10;
}
