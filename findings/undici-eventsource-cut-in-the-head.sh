#!/usr/bin/env bash
# npm undici, EventSource: a connection that is lost inside of the response's head.
#
# The WHATWG standard has an EventSource come back after a network error. Seen on Node 20:
#   undici 6.29.1  is closed for good (readyState 2) when the connection ends within the head,
#   undici 7.30.2  comes back.
# Both come back when the connection ends behind the head, within the stream. So a restart of a
# server, or a proxy's, that strikes a few bytes earlier ends the older one's streams for ever.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund six@npm:undici@6.29.1 seven@npm:undici@7.30.2 >/dev/null

cat > try.cjs <<'JS'
const net = require('node:net');
const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';
// Cuts the first connection behind so many bytes and serves the later ones whole.
function trial(EventSource, cutBehind) {
  return new Promise((resolve) => {
    let connections = 0;
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        connections += 1;
        const whole = head + 'retry: 50\nid: 1\ndata: x\n\n';
        if (connections > 1) return socket.write(whole);
        socket.end(whole.slice(0, cutBehind));
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
      const done = (how) => { clearTimeout(limit); source.close(); server.close(); server.unref(); resolve(how); };
      const limit = setTimeout(() => done(source.readyState === 2 ? 'closed for good' : 'neither'), 8000);
      source.onmessage = () => { if (connections > 1) done('came back'); };
    });
  });
}
(async () => {
  for (const [name, pkg] of [['6.29.1', 'six'], ['7.30.2', 'seven']]) {
    const { EventSource } = require(pkg);
    console.log(`undici ${name}, cut in the head: ${await trial(EventSource, 20)}`);
    console.log(`undici ${name}, cut in the stream: ${await trial(EventSource, head.length + 12)}`);
  }
  process.exit(0);
})();
JS
seen=$(node --no-warnings try.cjs)
printf '%s\n' "$seen"
expected='undici 6.29.1, cut in the head: closed for good
undici 6.29.1, cut in the stream: came back
undici 7.30.2, cut in the head: came back
undici 7.30.2, cut in the stream: came back'
[ "$seen" = "$expected" ] || { echo 'The behaviour has changed.' >&2; exit 1; }
