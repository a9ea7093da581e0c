// What stands between a client and the nodes: passes bytes on, and cuts where it is told to.

import net from 'node:net';

export class Proxy {
  // `route(n)` gives for the n-th connection, from 0:
  //   { port, cutAfter, reset }: where to; after how many bytes of answers it is cut, if at all;
  //   whether by a reset.
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
    const { port, cutAfter = Infinity, reset = false } = this.route(this.accepted++);
    const node = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let left = cutAfter;
    const cut = () => {
      this.open.delete(cut);
      node.destroy();
      if (reset) client.resetAndDestroy();
      else client.destroy();
    };
    this.open.add(cut);
    client.on('data', (bytes) => node.write(bytes));
    node.on('data', (bytes) => {
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
    });
    for (const socket of [client, node]) {
      socket.on('error', cut);
      socket.on('close', cut);
    }
  }

  cutAll() {
    for (const cut of [...this.open]) cut();
  }

  close() {
    this.server.close();
    this.cutAll();
  }
}
