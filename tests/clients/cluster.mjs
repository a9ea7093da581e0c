// confmand processes on loopback, and the little of HTTP that the tests ask of them.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what, condition, ms = 60_000) {
  const end = Date.now() + ms;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await sleep(10);
  }
}

// { status, headers, body }; throws when there is no answer. A connection of its own.
export function ask(port, method, target, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { port, host: '127.0.0.1', method, path: target, headers, agent: false, timeout: 10_000 },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }));
      });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.end(body);
  });
}

const given = new Set();

async function freePort() {
  // Below the range from which the system takes ports for outgoing connections.
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (given.has(port)) continue;
    given.add(port);
    const free = await new Promise((resolve) => {
      const server = net.createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export class Cluster {
  // `program`: confmand; `folder`: of this cluster, emptied.
  static async start(program, folder, size) {
    const cluster = new Cluster();
    cluster.program = program;
    fs.rmSync(folder, { recursive: true, force: true });
    cluster.nodes = [];
    for (let i = 1; i <= size; ++i) {
      cluster.nodes.push({ name: `node${i}`, folder: path.join(folder, `node${i}`), peer: await freePort(), port: await freePort() });
    }
    const members = cluster.nodes.map(({ name, peer, port }) =>
      `    - { id: ${name}, peer: "127.0.0.1:${peer}", api: "127.0.0.1:${port}" }\n`).join('');
    for (const node of cluster.nodes) {
      fs.mkdirSync(node.folder, { recursive: true });
      fs.writeFileSync(path.join(node.folder, 'confman.yaml'),
        `node:\n  id: ${node.name}\n  data_dir: "${node.folder}/data"\n` +
        `cluster:\n  name: clients-test\n  members:\n${members}dev:\n  open: true\n`);
      cluster.run(node);
    }
    await cluster.ready();
    return cluster;
  }

  run(node) {
    const log = fs.openSync(path.join(node.folder, 'log'), 'a');
    node.process = spawn(this.program, ['--config', path.join(node.folder, 'confman.yaml')], { stdio: ['ignore', log, log] });
    fs.closeSync(log);
    node.ended = new Promise((resolve) => node.process.on('exit', resolve));
    node.up = true;
  }

  // Told to stop, or killed.
  async stop(node, signal) {
    node.up = false;
    node.process.kill(signal);
    await node.ended;
  }

  async stopAll() {
    await Promise.all(this.nodes.filter((node) => node.up).map((node) => this.stop(node, 'SIGKILL')));
  }

  up() {
    return this.nodes.filter((node) => node.up);
  }

  async ready() {
    for (const node of this.up()) {
      await until(`${node.name} is ready`, () =>
        ask(node.port, 'GET', '/health/ready').then((answer) => answer.status === 200, () => false));
    }
  }

  leader() {
    return until('a leader', async () => {
      for (const node of this.up()) {
        const answer = await ask(node.port, 'GET', '/api/v1/admin/status').catch(() => null);
        const leader = answer && JSON.parse(answer.body).leader;
        const found = this.up().find(({ name }) => name === leader);
        if (found) return found;
      }
      return null;
    });
  }

  // Done exactly once, whatever happens to the nodes meanwhile. Gives the revision.
  async put(target, body, type = 'application/json', key = `${Date.now()}-${Math.random()}`) {
    let turn = 0;
    return until(`PUT ${target}`, async () => {
      const up = this.up();
      const node = up[turn++ % up.length];
      const answer = await ask(node.port, 'PUT', target, body,
        { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), 'Idempotency-Key': key }).catch(() => null);
      if (answer && answer.status >= 400 && answer.status < 500) throw new Error(answer.body);
      return answer && answer.status < 300 ? answer.headers['x-confman-version'] : null;
    });
  }
}
