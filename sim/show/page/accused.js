// What the violation is about: the nodes and the operations that its sentence names.
const accused = {nodes: new Set(), operations: new Set()};  // in the order of the sentence

const pathOf = op => op.label.slice(op.label.lastIndexOf(' ') + 1);
const numbersIn = (text, pattern) => [...text.matchAll(pattern)].map(m => Number(m[1]));

// By number: "put #372", "request 17". Of a search for an order, what had to come next is first.
function namedByNumber(sentence) {
  const parts = sentence.split('one of these had to come next:').reverse();
  const found = [];
  for (const part of parts) {
    for (const number of numbersIn(part, /#(\d+)/g)) found.push(...operations.filter(op => op.logical === number));
    for (const number of numbersIn(part, /\b[Rr]equest (\d+)/g)) found.push(operationByRequest.get(number));
  }
  return found.filter(Boolean);
}

// By what they made or found: "version 3 of '/k1' at 2:17", "holds value 12".
function namedByVersion(sentence) {
  const found = [];
  for (const [, version, path, revision] of sentence.matchAll(/\b[Vv]ersion (\d+) of '(\/[^']*)' at (\d+:\d+)/g)) {
    const made = operations.filter(op => pathOf(op) === path && op.answer.startsWith('version ' + version + ' at ' + revision));
    found.push(...(made.length ? made : operations.filter(op => pathOf(op) === path &&
      op.answer.startsWith('version ' + version + ', value')).slice(0, 1)));
  }
  const paths = new Set([...sentence.matchAll(/'(\/[^']*)'/g)].map(m => m[1]));
  const values = new Set(numbersIn(sentence, /\bvalue (\d+)/g));
  found.push(...operations.filter(op => op.value && values.has(op.value) && paths.has(pathOf(op))));
  const keys = new Set(numbersIn(sentence, /\b[Ii]dempotency key (\d+)/g));
  found.push(...operations.filter(op => op.idempotency && keys.has(op.idempotency)));
  return found;
}

// Of a watcher's many polls: those that passed by a revision that is named.
function namedWatches(sentence) {
  const indexes = numbersIn(sentence, /\bat \d+:(\d+)/g);
  const found = [];
  for (const watcher of numbersIn(sentence, /\bWatcher (\d+)/g)) {
    const polls = operations.filter(op => op.logical === watcher && op.label.startsWith('watch') && op.outcome === 'done');
    for (const index of indexes) {
      found.push(...polls.filter(op => op.after < index && index <= Number((op.answer.match(/up to (\d+)/) ?? [])[1])));
    }
  }
  return found;
}

// The last tries of who asks the healed cluster: "a write at node 1".
function namedProbes(sentence) {
  const claim = sentence.split(': node')[0];
  return [...new Set(numbersIn(claim, /\ba (?:write|read) at node (\d+)/g))]
    .map(node => clients.get(999 + node)?.at(-1)).filter(Boolean);
}

// What the event that broke had just to do with.
function atTheBreak(sentence) {
  const ended = operations.filter(op => op.end === lastEvent && !op.open);
  if (ended.length) return ended;
  const begun = operationAt.get(lastEvent);
  if (begun) return [begun];
  const ofClients = numbersIn(sentence, /\bclient (\d+)/g).map(client => clients.get(client)?.at(-1));
  if (ofClients.length) return ofClients.filter(Boolean);
  // A node answered, and the answer broke a promise before anybody had it.
  if (!/answered/.test(sentence)) return [];
  return operations.filter(op => op.open && op.node === nodeOf[lastEvent] && (op.stale || !/staleness|old/.test(sentence)));
}

function accuse(sentence, kind) {
  const claim = kind === 'liveness' ? sentence.split(': node')[0] : sentence;
  for (const number of numbersIn(claim, /\b[Nn]ode (\d+)/g)) accused.nodes.add(number - 1);
  const ways = kind === 'liveness' ? [namedProbes] :
    [namedByNumber, text => [...namedByVersion(text), ...namedWatches(text)], atTheBreak];
  for (const way of ways) {
    for (const op of way(sentence)) accused.operations.add(op);
    if (accused.operations.size) return;
  }
}
if (failed) accuse(data.failure.sentence, data.failure.kind);
