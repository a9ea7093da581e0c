// What stands between a client and the nodes: passes bytes on, and cuts where it is told to.

import net from 'node:net';

export class Proxy {
  // `route(n)` gives for the n-th connection, from 0:
  //   { port, cutAfter, reset, another }: where to; after how many bytes of answers it is cut, if at
  //   all; whether by a reset; whether a node that is lost before it has said anything is replaced
  //   by that of another route, as many proxies do, instead of cutting.
  constructor(route) {
    this.route = route;
    this.accepted = 0;
    this.onBytes = () => {}; // what was passed to a client
    this.open = new Set();
    this.server = net.createServer({ noDelay: true }, (client) => this.accept(client));
  }

  async listen() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', 1024, resolve));
    return this.server.address().port;
  }

  accept(client) {
    const { port, cutAfter = Infinity, reset = false, another = false } = this.route(this.accepted++);
    const asked = []; // what another node would have to be told again
    let left = cutAfter;
    let silent = true;
    let node;
    const cut = () => {
      this.open.delete(cut);
      node?.destroy();
      if (reset) client.resetAndDestroy();
      else client.destroy();
    };
    const take = (bytes) => {
      silent = false;
      const piece = bytes.subarray(0, left);
      left -= piece.length;
      this.onBytes(piece);
      if (left > 0) {
        if (!client.write(piece)) {
          node.pause();
          client.once('drain', () => node.resume());
        }
      } else if (reset) {
        client.write(piece, cut); // a reset would overtake what wasn't handed over
      } else {
        this.open.delete(cut);
        node.destroy();
        client.end(piece);
        client.resume();
      }
    };
    const connect = (to) => {
      const mine = net.connect({ port: to, host: '127.0.0.1', noDelay: true });
      node = mine;
      for (const bytes of asked) mine.write(bytes);
      mine.on('data', take);
      const lost = () => {
        if (mine !== node) return;
        if (!another || !silent || client.destroyed) return cut();
        node = undefined;
        setTimeout(() => connect(this.route(this.accepted++).port), 50);
      };
      mine.on('error', lost);
      mine.on('close', lost);
    };
    this.open.add(cut);
    connect(port);
    client.on('data', (bytes) => {
      if (another && silent) asked.push(bytes);
      node?.write(bytes);
    });
    client.on('error', cut);
    client.on('close', cut);
  }

  cutAll() {
    for (const cut of [...this.open]) cut();
  }

  close() {
    this.server.close();
    this.cutAll();
  }
}
