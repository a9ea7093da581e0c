// Real clients follow real nodes through a proxy that cuts: none of them may lose a change, get one
// twice, or hear half of one.
//
//   node --test watch.test.mjs      CONFMAND: the program; WORK: a folder for the nodes' data

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { clients } from './clients.mjs';
import { ask, Cluster, sleep, until } from './cluster.mjs';
import { Proxy } from './proxy.mjs';

const program = process.env.CONFMAND;
const work = process.env.WORK;
const all = Object.entries(clients());

// undici 6 takes a connection that is lost in the head of the answer for a refusal.
const needsHead = (name) => name === 'undici 6';

// What one client has heard.
class Follower {
  constructor(name, open, url) {
    this.name = name;
    this.revisions = [];
    this.values = [];
    this.events = [];
    this.broken = [];
    this.losses = 0;
    this.source = open(url, {
      onChange: (data, id) => {
        try {
          const change = JSON.parse(data);
          assert.match(change.type, /^config\./);
          assert.ok(!id?.endsWith('~'), `id ${id}`);
          this.revisions.push(change.revision);
          this.values.push(change.value);
        } catch (error) {
          this.broken.push(`${error.message}: ${data.slice(0, 200)}`);
        }
      },
      onEvent: (event, data) => {
        // What was swallowed is no document, and nobody listens for it.
        if (event !== 'cut') this.events.push({ event, ...JSON.parse(data) });
      },
      onError: () => ++this.losses,
    });
  }

  heard(event) {
    return this.events.filter((one) => one.event === event);
  }
}

function expectHeard(follower, revisions, where = '') {
  const what = `${follower.name}${where}`;
  assert.deepEqual(follower.broken, [], `${what} heard what is no change`);
  assert.deepEqual(follower.revisions, revisions, what);
}

// One of each client, each through a proxy of its own, until the test is over.
async function followAll(t, target, route) {
  const followers = await Promise.all(all.map(async ([name, open], index) => {
    const proxy = new Proxy((n) => route(n, index, name));
    const follower = new Follower(name, open, `http://127.0.0.1:${await proxy.listen()}${target}`);
    return { name, proxy, follower };
  }));
  t.after(() => endAll(followers));
  return followers;
}

function endAll(followers) {
  for (const { proxy, follower } of followers) {
    follower.source.close();
    proxy.close();
  }
}

describe('one node', () => {
  let cluster;
  let port;
  before(async () => {
    cluster = await Cluster.start(program, path.join(work, 'one'), 1);
    port = cluster.nodes[0].port;
  });
  after(() => cluster.stopAll());

  // What a stream says until it has told `blocks` blocks, and how long the head was before it.
  async function firstBytes(target, blocks) {
    let head = 0;
    let text = '';
    await new Promise((resolve, reject) => {
      const socket = new Proxy(() => ({ port }));
      socket.onBytes = (bytes) => {
        text += bytes.toString();
        const end = text.indexOf('\r\n\r\n') + 4;
        head = Math.max(head, end);
        if ((text.slice(end).match(/\n\n/g) ?? []).length >= blocks) resolve(socket.close());
      };
      socket.listen().then((through) =>
        fetch(`http://127.0.0.1:${through}${target}`, { headers: { Accept: 'text/event-stream' } })
          .then((answer) => answer.text()).catch(() => {}), reject);
    });
    return { head, bytes: Buffer.byteLength(text) };
  }

  test('a cut behind any byte of the stream', async () => {
    await cluster.put('/api/v1/namespaces/bytes', '{}');
    const since = await cluster.put('/api/v1/config/bytes/before', '0');
    const revisions = [
      await cluster.put('/api/v1/config/bytes/k', '{"a":\n\r\n[1]}'),
      await cluster.put('/api/v1/config/bytes/k', 'é"', 'text/plain'),
    ];
    const target = `/api/v1/watch/bytes?since=${since}`;
    const { head, bytes } = await firstBytes(target, 4);
    assert.ok(head > 100 && bytes > head + 500, `${head} ${bytes}`);
    // eventsource 2 keeps the most from a lost connection, and is cut behind each byte. The others
    // share the bytes among themselves by threes.
    const kStep = 3;
    const kBatch = 400;
    const cuts = all.flatMap(([name, open], index) => {
      const step = name === 'eventsource 2' ? 1 : kStep;
      const found = [];
      for (let at = 1 + (step === 1 ? 0 : index % kStep); at <= bytes + 2; at += step) {
        if (!needsHead(name) || at > head) found.push({ name, open, at });
      }
      return found;
    });
    for (let begin = 0; begin < cuts.length; begin += kBatch) {
      const batch = await Promise.all(cuts.slice(begin, begin + kBatch).map(async ({ name, open, at }) => {
        const cut = { port, cutAfter: at, reset: at % 5 === 0 };
        const proxy = new Proxy((n) => (n === 0 ? cut : { port }));
        const url = `http://127.0.0.1:${await proxy.listen()}${target}`;
        return { at, proxy, follower: new Follower(name, open, url) };
      }));
      const done = ({ follower, proxy }) => follower.revisions.length >= revisions.length && proxy.accepted >= 2;
      try {
        await until('all have heard all', () => batch.every(done)).catch(() => {});
        for (const { at, follower } of batch) expectHeard(follower, revisions, `, cut after ${at} bytes`);
      } finally {
        endAll(batch);
      }
    }
  });

  test('who has seen no change yet comes back to where the stream began', async (t) => {
    await cluster.put('/api/v1/namespaces/unseen', '{}');
    const followers = await followAll(t, '/api/v1/watch/unseen', () => ({ port }));
    await until('bookmarks', () => followers.every(({ follower }) => follower.heard('bookmark').length > 0));
    for (const { proxy } of followers) proxy.cutAll();
    const revisions = [await cluster.put('/api/v1/config/unseen/k', '1')];
    await until('the change', () => followers.every(({ follower }) => follower.revisions.length > 0)).catch(() => {});
    revisions.push(await cluster.put('/api/v1/config/unseen/k', '2'));
    await until('another', () => followers.every(({ follower }) => follower.revisions.length > 1)).catch(() => {});
    for (const { follower } of followers) expectHeard(follower, revisions);
  });

  test('the largest values arrive whole', async (t) => {
    await cluster.put('/api/v1/namespaces/large', '{}');
    const kMax = 1024 * 1024;
    const followers = await followAll(t, '/api/v1/watch/large', () => ({ port }));
    await until('bookmarks', () => followers.every(({ follower }) => follower.heard('bookmark').length > 0));
    const values = ['\u0001'.repeat(kMax), 'é'.repeat(kMax / 2)];
    const revisions = [];
    for (const value of values) revisions.push(await cluster.put('/api/v1/config/large/k', value, 'text/plain'));
    await until('all', () => followers.every(({ follower }) => follower.revisions.length === values.length)).catch(() => {});
    for (const { name, follower } of followers) {
      expectHeard(follower, revisions);
      follower.values.forEach((value, i) => assert.ok(value === values[i], `${name}: value ${i} of ${value.length} characters`));
    }
  });

  test('a position that there never was ends the client, who has to list anew', async (t) => {
    const followers = await followAll(t, '/api/v1/watch?since=999:999999', () => ({ port }));
    await until('errors', () => followers.every(({ follower }) => follower.losses > 0));
    // These come back whatever a server answers.
    const stubborn = ['eventsource-client 1'];
    for (const { name, follower } of followers) {
      expectHeard(follower, []);
      if (!stubborn.includes(name)) await until(`${name} is closed`, () => follower.source.closed());
    }
  });
});

describe('three nodes', () => {
  let cluster;
  before(async () => {
    cluster = await Cluster.start(program, path.join(work, 'three'), 3);
  });
  after(() => cluster.stopAll());

  // A node that is up, another one for each connection.
  const somewhere = (n) => {
    const up = cluster.up();
    return up[n % up.length].port;
  };

  test('cuts, restarts and changes of leader', async (t) => {
    const kChanges = 300;
    await cluster.put('/api/v1/namespaces/load', '{}');
    const since = await cluster.put('/api/v1/config/load/before', '0');
    let ending = false;
    const random = (below) => Math.floor(Math.random() * below);
    const followers = await followAll(t, `/api/v1/watch/load?since=${since}`, (n, index, name) => ({
      port: somewhere(n + index),
      cutAfter: ending ? Infinity : (needsHead(name) ? 500 : 1) + random(12_000),
      reset: random(3) === 0,
      another: needsHead(name), // a node that is killed may be lost before its head, too
    }));
    const revisions = [];
    const write = async () => {
      for (let i = 0; i < kChanges; ++i) {
        revisions.push(await cluster.put(`/api/v1/config/load/k${i % 7}`, JSON.stringify({ i, pad: 'x'.repeat(random(200)) })));
        await sleep(20);
      }
    };
    const disturb = async () => {
      for (const signal of ['SIGKILL', 'SIGTERM']) {
        await sleep(1500);
        const leader = await cluster.leader();
        await cluster.stop(leader, signal);
        await cluster.leader();
        cluster.run(leader);
        await cluster.ready();
      }
    };
    await Promise.all([write(), disturb()]);
    ending = true;
    await until('all have heard all', () =>
      followers.every(({ follower }) => follower.revisions.length >= kChanges)).catch(() => {});
    for (const { proxy, follower } of followers) {
      expectHeard(follower, revisions, `, over ${proxy.accepted} connections`);
      assert.ok(proxy.accepted >= 3, `${follower.name} wasn't disturbed`);
    }
  });

  test('without a leader the stream says so, and the client stays', async (t) => {
    const leader = await cluster.leader();
    const stays = cluster.nodes.find((node) => node !== leader);
    const others = cluster.nodes.filter((node) => node !== stays);
    const followers = await followAll(t, '/api/v1/watch/load', () => ({ port: stays.port }));
    await until('bookmarks', () => followers.every(({ follower }) => follower.heard('bookmark').length > 0));
    await Promise.all(others.map((node) => cluster.stop(node, 'SIGKILL')));
    const told = ({ follower }) => follower.heard('closing').filter(({ reason }) => reason === 'no_leader').length;
    // The end of the stream that was open, and the answer to who came back.
    await until('no leader', () => followers.every((one) => told(one) >= 2));
    const poll = await ask(stays.port, 'GET', '/api/v1/watch/load');
    assert.equal(poll.status, 503);
    assert.equal(JSON.parse(poll.body).code, 'no_leader');
    for (const node of others) cluster.run(node);
    await cluster.ready();
    const revisions = [await cluster.put('/api/v1/config/load/last', '1')];
    await until('the change', () => followers.every(({ follower }) => follower.revisions.length > 0)).catch(() => {});
    for (const { follower } of followers) expectHeard(follower, revisions);
  });
});
