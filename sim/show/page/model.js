// What the recording did, ready to be looked up. Events are known by their place in the recording.
const data = JSON.parse(document.getElementById('data').textContent);
const eventCount = data.time.length;
const lastEvent = eventCount - 1;
const time = new Float64Array(eventCount);
for (let i = 0, at = 0; i < eventCount; ++i) time[i] = at += data.time[i];
const kindOf = Uint8Array.from(data.kind);
const nodeOf = Uint8Array.from(data.node);
// A recording of another build may end in what is no failure: then nothing is accused.
const failed = data.failure !== null && data.reproduced;
const kindNumber = Object.fromEntries(data.eventKinds.map((name, i) => [name, i]));

const messages = data.messages.map(([sent, from, to, kind, fields, delivered]) => ({
  sent, from, to, kind, fields, delivered,
  end: delivered.length ? delivered[delivered.length - 1] : sent,
}));
// For each message how far those up to it reach: tells where to begin looking for what is in view.
const reach = new Int32Array(messages.length);
const messageOf = new Int32Array(eventCount).fill(-1);
messages.forEach((message, i) => {
  reach[i] = Math.max(message.end, i ? reach[i - 1] : 0);
  for (const event of message.delivered) messageOf[event] = i;
});

const stateNames = ['up', 'paused', 'stopping', 'role', 'term', 'votedFor', 'leader', 'base', 'last', 'durable', 'commit',
  'applied', 'flushed', 'terms', 'standing', 'damaged', 'lacks', 'lacksTo', 'voters', 'stateless', 'lowSpace', 'refusal'];
const states = Array.from({length: data.nodes}, () => []);
for (const [event, node, ...values] of data.states) {
  const state = {event};
  stateNames.forEach((name, i) => { state[name] = values[i]; });
  states[node].push(state);
}

const operations = data.operations.map(([begin, end, node, label, outcome, answer, values], i) => {
  const op = {i, begin, end: end < 0 ? lastEvent : end, open: end < 0, node, label, outcome, answer};
  data.operationFields.forEach((name, k) => { op[name] = values[k]; });
  return op;
});
const clients = new Map();
for (const op of operations) {
  if (!clients.has(op.client)) clients.set(op.client, []);
  clients.get(op.client).push(op);
}
const clientNumbers = [...clients.keys()].sort((a, b) => a - b);
const operationAt = new Map(operations.map(op => [op.begin, op]));
const operationByRequest = new Map(operations.map(op => [op.request, op]));

function clientName(number) {
  if (number === 4000) return 'operator';
  if (number >= 1000) return 'probe ' + (number - 999);
  return (number >= 500 ? 'watcher ' + (number - 499) : 'client ' + number);
}

// The first place in the ascending `array` whose value is above `value`.
function upperBound(array, value, of = x => x) {
  let low = 0, high = array.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(array[middle]) <= value) low = middle + 1; else high = middle;
  }
  return low;
}

function stateAt(node, event) {
  const rows = states[node];
  const at = upperBound(rows, event, row => row.event);
  return at ? rows[at - 1] : null;
}

function messagesSentBy(event) {
  const found = [];
  for (let i = upperBound(messages, event - 1, m => m.sent); i < messages.length && messages[i].sent === event; ++i) {
    found.push(i);
  }
  return found;
}

// --- words

const nodeName = node => 'node ' + (node + 1);
const kindName = kind => data.messageKinds[kind].name.replaceAll('_', ' ');

function timeText(us) {
  return (us / 1e6).toFixed(6) + ' s';
}

const fieldWords = {
  condition: ['ready', 'low on space', 'no space', 'damaged', 'without state'],
  verdict: ['entries', 'never had them', 'lost them too', 'has them in its state'],
};
const fieldText = (name, value) => fieldWords[name]?.[value] ?? value;

function fieldsText(message) {
  return data.messageKinds[message.kind].fields.map((name, i) => name + ' ' + fieldText(name, message.fields[i])).join(', ');
}

// What a node is to its cluster and hasn't got: "learner, lacks entries 5 to 7".
function roleText(state) {
  const standing = data.standings[state.standing];
  return standing === 'voter' ? data.roles[state.role] : standing;
}
function troubleText(state) {
  return [
    state.paused ? 'paused' : '', state.stopping ? 'shutting down' : '',
    state.lacks ? 'lacks entries ' + state.lacks + ' to ' + state.lacksTo : '',
    state.damaged ? state.damaged + ' damaged records' : '', state.stateless ? 'without state' : '',
    state.lowSpace ? 'low on space' : '', state.refusal,
  ].filter(Boolean).join(', ');
}

function messageText(message) {
  return kindName(message.kind) + ' ' + nodeName(message.from) + ' → ' + nodeName(message.to) + ' (' + fieldsText(message) + ')';
}

// "put #372 /k1 = 7": the number is the one that sentences have, the same for all tries.
function operationText(op) {
  const gap = op.label.indexOf(' ');
  let text = op.label.slice(0, gap) + ' #' + op.logical + op.label.slice(gap);
  if (op.value) text += ' = ' + op.value;
  if (op.precondition === 1) text += ' if version ' + op.version;
  if (op.precondition === 2) text += ' if absent';
  if (op.precondition === 3) text += ' if it exists';
  if (op.idempotency) text += ' under key ' + op.idempotency;
  if (op.stale) text += ', stale';
  return text;
}

const stages = ['served', 'converged', 'same leader kept', 'led', 'lost disks replaced'];
const scars = ['a bit flips', 'it is missing', 'another one was written over it', 'the last write to it never arrived'];
const torn = ['', ', one more is there that the head knows nothing of', ', one more is there in part'];
const eventWords = {
  deliver: i => messageOf[i] < 0 ? 'a message that was not there' : messageText(messages[messageOf[i]]),
  submit: i => operationAt.has(i) ? clientName(operationAt.get(i).client) + ': ' + operationText(operationAt.get(i)) +
    ' (request ' + data.a[i] + ')' : 'request ' + data.a[i],
  giveup: i => 'request ' + data.a[i] + (operationByRequest.has(data.a[i]) ?
    ' of ' + clientName(operationByRequest.get(data.a[i]).client) : ''),
  crash: i => Math.floor(data.a[i] / 4) + ' unsynced writes survive' + (torn[data.a[i] % 4] ?? '') + ', state at ' + Math.floor(data.b[i] / 2),
  wipe: () => 'an empty disk in place of its own',
  oldcopy: () => 'an old copy of its disk in place of it',
  losestate: () => 'the state is lost, and the log is not',
  damage: i => 'record ' + data.a[i] + ' of the log: ' + (scars[data.b[i]] ?? data.b[i]),
  killhead: () => 'one of two places of the head of the log is lost',
  space: i => data.a[i] > 2 ** 53 ? 'room again on the disk' : data.a[i] + ' bytes free on the disk',
  upgrade: i => 'the next start is that of a program up to feature level ' + data.a[i],
  monojump: i => 'clock jumps ' + data.a[i] + ' us forward',
  sync: i => 'log writes up to #' + data.a[i] + ' are durable',
  flush: i => 'state is durable up to ' + data.a[i],
  build: i => data.a[i] ? 'snapshot is built' : 'building the snapshot failed',
  install: i => data.a[i] ? 'snapshot, damaged on the way' : 'snapshot is installed',
  drift: i => 'clock runs ' + (data.a[i] - 1e6) + ' ppm fast',
  walljump: i => 'wall clock is off by ' + (data.a[i] - 2 ** 40) + ' ms',
  cut: i => 'no longer heard by ' + nodeName(data.a[i]),
  mend: i => data.a[i] === 255 ? 'heard by all again' : 'heard by ' + nodeName(data.a[i]) + ' again',
  slow: i => data.a[i] > 1 ? 'disk is ' + data.a[i] + ' times slower' : 'disk is as fast as ever',
  heal: i => 'must serve from now on: ' + [...Array(data.nodes).keys()].filter(n => data.a[i] >> n & 1).map(nodeName).join(', '),
  deadline: i => 'must hold now: ' + (stages[data.a[i]] ?? data.a[i]),
  end: () => 'the histories are judged',
};
const ofTheWorld = new Set(['heal', 'deadline', 'end']);

function eventName(i) {
  return data.eventKinds[kindOf[i]];
}
function eventText(i) {
  const name = eventName(i);
  const words = eventWords[name];
  const more = words ? words(i) : (data.a[i] || data.b[i]) ? data.a[i] + ' ' + data.b[i] : '';
  return name + (more ? ': ' + more : '');
}
function isOfWorld(i) {
  return ofTheWorld.has(eventName(i));
}
// For the list, where the node has a column of its own.
function eventLine(i) {
  let text = eventText(i);
  if (messageOf[i] >= 0) {
    const message = messages[messageOf[i]];
    text = '← ' + kindName(message.kind) + ' of ' + (message.from + 1) + ' (' + fieldsText(message) + ')';
  }
  return (time[i] / 1e6).toFixed(6).padStart(10) + '  ' + (isOfWorld(i) ? '·' : nodeOf[i] + 1) + '  ' + text;
}
// --- spans of time that something holds: "from" up to "to", both events

function spans(node, keyOf) {
  const found = [];
  const rows = states[node];
  for (let i = 0; i < rows.length; ++i) {
    const key = keyOf(rows[i]);
    const open = found[found.length - 1];
    if (open && open.key === key) continue;
    if (open) open.to = rows[i].event;
    found.push({key, state: rows[i], from: rows[i].event, to: lastEvent});
  }
  return found;
}

const roleSpans = states.map((_, node) => spans(node, s =>
  [s.up, s.paused, s.stopping, s.role, s.term, s.standing, s.lacks !== 0, s.stateless, s.lowSpace, s.refusal].join()));

// Cuts and slow disks are told by events that begin and end them.
function faultSpans(node, begins, ends) {
  const found = [];
  let open = null;
  for (let i = 0; i < eventCount; ++i) {
    if (nodeOf[i] !== node) continue;
    const name = eventName(i);
    if (!begins(name, i) && !ends(name, i)) continue;
    if (open) { open.to = i; found.push(open); open = null; }
    if (begins(name, i)) open = {from: i, to: lastEvent};
  }
  if (open) found.push(open);
  return found;
}
const cutSpans = states.map((_, node) => {
  const found = [];
  const cut = new Set();
  let open = null;
  for (let i = 0; i < eventCount; ++i) {
    const name = eventName(i);
    if ((name !== 'cut' && name !== 'mend') || nodeOf[i] !== node) continue;
    if (name === 'cut') cut.add(data.a[i]); else if (data.a[i] === 255) cut.clear(); else cut.delete(data.a[i]);
    if (open) { open.to = i; found.push(open); open = null; }
    if (cut.size) open = {from: i, to: lastEvent, text: 'not heard by ' + [...cut].sort().map(nodeName).join(', ')};
  }
  if (open) found.push(open);
  return found.filter(span => span.to > span.from);
});
const slowSpans = states.map((_, node) =>
  faultSpans(node, (name, i) => name === 'slow' && data.a[i] > 1, (name, i) => name === 'slow' && data.a[i] <= 1)
    .map(span => ({...span, text: 'disk ' + data.a[span.from] + '× slower'})));

// --- places of events by node and class, for marks

const diskKinds = new Set(['sync', 'flush', 'build', 'install']);
const quietKinds = new Set(['deliver', 'submit', 'giveup', 'tick', 'turn', 'cut', 'mend', 'slow']);
const marks = states.map(() => ({disk: [], tick: [], fault: []}));
const worldMarks = [];
for (let i = 0; i < eventCount; ++i) {
  const name = eventName(i);
  if (ofTheWorld.has(name)) { worldMarks.push(i); continue; }
  const of = marks[nodeOf[i]];
  if (!of) continue;
  if (diskKinds.has(name)) of.disk.push(i);
  else if (name === 'tick' || name === 'turn') of.tick.push(i);
  else if (!quietKinds.has(name)) of.fault.push(i);
}

// --- what brought an event about: a delivery its sending, the rest what the recording tells

function causeOf(event) {
  if (messageOf[event] >= 0) return messages[messageOf[event]].sent;
  return data.cause[event] ? event - data.cause[event] : -1;
}
function causesOf(event) {
  const chain = [];
  for (let at = causeOf(event); at >= 0 && chain.length < 200; at = causeOf(at)) chain.push(at);
  return chain;
}
