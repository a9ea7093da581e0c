// The panel: what is selected, all events as a list, and the run itself.
const element = id => document.getElementById(id);

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick') made.addEventListener('click', value); else made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}
function table(rows) {
  return make('table', {}, ...rows.map(([name, ...values]) =>
    make('tr', {}, make('th', {scope: 'row'}, String(name)), ...values.map(value =>
      value instanceof Node && value.nodeName === 'TD' ? value : make('td', {}, value instanceof Node ? value : String(value))))));
}
function go(text, chosen) {
  const link = make('a', {class: 'go', href: '#', onclick: click => { click.preventDefault(); select(chosen, true); }}, text);
  return link;
}
const goEvent = event => go('#' + event, {event});

const stateRows = [
  ['role', s => s.up ? data.roles[s.role] : 'down'],
  ['standing', s => s.up ? data.standings[s.standing] : '–'],
  ['term', s => s.term],
  ['voted for', s => s.votedFor ? 'node ' + s.votedFor : 'nobody'],
  ['leader', s => !s.up ? '–' : s.leader ? 'node ' + s.leader : 'not known'],
  ['log', s => (s.base + 1) + ' … ' + s.last],
  ['durable to', s => s.durable],
  ['voters', s => s.up ? s.voters || 'none known' : '–'],
  ['commit', s => s.up ? s.commit : '–'],
  ['applied', s => s.applied],
  ['flushed', s => s.flushed],
  ['terms in the log', s => s.terms ? s.terms.split(' ').map(run => 'term ' + run.split('@')[1] + ' from ' + run.split('@')[0]).join(', ') : 'no entries'],
  ['', troubleText],
];

// Of one node: before and after the event, where they differ.
function nodeTable(node, event) {
  const after = stateAt(node, event);
  if (!after) return make('p', {class: 'sub'}, nodeName(node) + ' has not started.');
  const before = event > 0 ? stateAt(node, event - 1) : null;
  return table(stateRows.map(([name, of]) => {
    const now = String(of(after)), then = before ? String(of(before)) : now;
    const cell = make('td', now === then ? {} : {class: 'changed'}, now === then ? now : then + ' → ' + now);
    return [name, cell];
  }).filter(([name, cell]) => name || cell.textContent.trim()));
}

function clusterTable(event, chosen) {
  const head = make('tr', {}, ...['', 'role', 'term', 'last', 'durable', 'commit', 'applied', 'voters'].map(text => make('th', {scope: 'col'}, text)));
  const rows = [...Array(data.nodes).keys()].map(node => {
    const state = stateAt(node, event);
    const words = !state ? ['not started'] : !state.up ? ['down', state.term, state.last, state.durable, '', state.applied] :
      [roleText(state) + (state.paused ? ', paused' : ''), state.term, state.last, state.durable, state.commit, state.applied, state.voters];
    return make('tr', node === chosen ? {class: 'chosen'} : {},
      make('th', {scope: 'row'}, go(nodeName(node), {node, event, moment: true})), ...words.map(word => make('td', {}, String(word))));
  });
  return make('table', {class: 'cluster'}, head, ...rows);
}

function causes(event, title = 'Came about by (c)') {
  const chain = causesOf(event);
  if (!chain.length) return [];
  return [make('h3', {}, title), make('ol', {class: 'chain'}, ...chain.slice(0, 12).map(cause =>
    make('li', {}, goEvent(cause), ' ' + nodeName(nodeOf[cause]) + ' ' + eventText(cause)))),
  chain.length > 12 ? make('p', {class: 'sub'}, 'and ' + (chain.length - 12) + ' more before') : null];
}

function consequences(event) {
  const sent = messagesSentBy(event);
  const answered = operations.filter(op => op.end === event && !op.open);
  const parts = [];
  if (sent.length) {
    parts.push(make('h3', {}, 'Sent'), make('ol', {class: 'chain'}, ...sent.map(i => make('li', {}, go(messageText(messages[i]), {message: i}),
      messages[i].delivered.length ? '' : ' — not delivered'))));
  }
  if (answered.length) {
    parts.push(make('h3', {}, 'Answered'), make('ol', {class: 'chain'}, ...answered.map(op => make('li', {},
      go(clientName(op.client) + ': ' + operationText(op), {operation: op.i}), ' → ' + op.outcome + (op.answer ? ', ' + op.answer : '')))));
  }
  return parts;
}

function detailsOfEvent(event) {
  const world = isOfWorld(event);
  const message = messageOf[event] >= 0 ? messages[messageOf[event]] : null;
  const op = operationAt.get(event);
  return [
    make('h2', {}, (world ? '' : nodeName(nodeOf[event]) + ': ') + eventName(event)),
    make('p', {class: 'sub'}, 'event #' + event + ' at ' + timeText(time[event])),
    message || op ? null : make('p', {}, eventText(event)),
    message ? make('p', {}, go(messageText(message), {message: messageOf[event]})) : null,
    op ? make('p', {}, go(clientName(op.client) + ': ' + operationText(op), {operation: op.i})) : null,
    failed && event === lastEvent ? make('p', {class: 'alarmed'}, data.failure.sentence) : null,
    ...(world ? [] : [make('h3', {}, nodeName(nodeOf[event]) + ', before → after'), nodeTable(nodeOf[event], event)]),
    ...consequences(event), ...causes(event),
    make('h3', {}, 'The cluster then'), clusterTable(event, world ? -1 : nodeOf[event]),
  ];
}

function detailsOfMessage(i) {
  const message = messages[i];
  const rows = data.messageKinds[message.kind].fields.map((name, k) => [name, fieldText(name, message.fields[k])]);
  const fate = message.delivered.length ?
    message.delivered.map(event => make('p', {}, 'delivered by ', goEvent(event), ' after ' + ((time[event] - time[message.sent]) / 1000).toFixed(3) + ' ms')) :
    [make('p', {}, 'Not delivered: lost, cut off, or its receiver was down; or the run ended first.')];
  return [
    make('h2', {}, make('span', {class: 'swatch', style: 'background:var(--m' + message.kind + ')'}), kindName(message.kind)),
    make('p', {class: 'sub'}, nodeName(message.from) + ' → ' + nodeName(message.to)),
    make('p', {}, 'sent by ', goEvent(message.sent), ' at ' + timeText(time[message.sent])), ...fate,
    make('h3', {}, 'Says'), table(rows), ...causes(message.delivered[0] ?? message.sent),
    make('h3', {}, 'The cluster when it was sent'), clusterTable(message.sent, message.from),
  ];
}

function detailsOfOperation(i) {
  const op = operations[i];
  const tries = operations.filter(other => other.logical === op.logical && other !== op);
  return [
    make('h2', {}, operationText(op)),
    make('p', {class: 'sub'}, clientName(op.client) + ' asks ' + nodeName(op.node)),
    make('p', accused.operations.has(op) ? {class: 'alarmed'} : {}, op.outcome + (op.answer ? ': ' + op.answer : '')),
    make('p', {}, 'asked by ', goEvent(op.begin), ' at ' + timeText(time[op.begin])),
    op.open ? make('p', {}, 'No answer by the end of the run.') :
      make('p', {}, 'ended by ', goEvent(op.end), ' after ' + ((time[op.end] - time[op.begin]) / 1000).toFixed(3) + ' ms'),
    ...(op.open ? [] : causes(op.end, 'Its end came about by (c)')),
    ...(tries.length ? [make('h3', {}, 'Other tries'), make('ol', {class: 'chain'}, ...tries.slice(0, 20).map(other =>
      make('li', {}, go('request ' + other.request, {operation: other.i}), ' → ' + other.outcome)))] : []),
    make('h3', {}, 'Says'), table(data.operationFields.map(name => [name, op[name]])),
    make('h3', {}, nodeName(op.node) + ' when asked'), nodeTable(op.node, op.begin),
  ];
}

function detailsOfMoment(node, event) {
  return [
    make('h2', {}, nodeName(node)),
    make('p', {class: 'sub'}, 'at ' + timeText(time[event]) + ', after ', goEvent(event)),
    nodeTable(node, event),
    make('h3', {}, 'The cluster then'), clusterTable(event, node),
  ];
}

// Of a recording that ends otherwise with this build.
const strayWords = data.caveats[0] ?? data.verdict[data.verdict.length - 1];

function nothingSelected() {
  const parts = [make('h2', {}, failed ? 'What broke' : data.reproduced ? 'Nothing broke' : 'Not what was recorded')];
  if (!data.reproduced) parts.push(...[...data.caveats, ...data.verdict].map(text => make('p', {}, text)));
  if (failed) {
    parts.push(make('p', {class: 'alarmed'}, data.failure.sentence),
      make('p', {}, 'seen at ', goEvent(lastEvent), ', ' + timeText(time[lastEvent])));
    const ops = [...accused.operations].slice(0, 12);
    if (ops.length) {
      parts.push(make('h3', {}, 'Operations that it is about (v)'), make('ol', {class: 'chain', id: 'accused'}, ...ops.map(op => make('li', {},
        go(clientName(op.client) + ': ' + operationText(op), {operation: op.i}), ' → ' + op.outcome + (op.answer ? ', ' + op.answer : '')))));
      if (accused.operations.size > ops.length) parts.push(make('p', {class: 'sub'}, 'and ' + (accused.operations.size - ops.length) + ' more'));
    }
    parts.push(make('h3', {}, 'The cluster then'), clusterTable(lastEvent, [...accused.nodes][0] ?? -1));
  }
  parts.push(make('h3', {}, 'Colours'), legend(), make('p', {class: 'sub'}, 'Click on anything. Press ? for keys.'));
  return parts;
}

function legend() {
  const rows = [['follower', 'follower'], ['pre', 'asks whether it could win'], ['candidate', 'candidate'], ['leader', 'leader'], ['down', 'down'],
    ['cut', 'not heard by others (bar above)'], ['slow', 'slow disk (bar above)'], ['stop', 'shutting down'],
    ['last', 'end of the log (line)'], ['commit', 'commit index'], ['applied', 'applied index'],
    ['done', 'operation done'], ['refused', 'refused'], ['failed', 'certainly not done'], ['unknown', 'outcome unknown'], ['redirected', 'redirected']];
  return make('div', {}, ...rows.map(([colour, text]) => make('div', {}, make('span', {class: 'swatch', style: 'background:var(--' + colour + ')'}), text)));
}

function fillDetails() {
  const parts = !selection ? nothingSelected() : selection.operation !== undefined ? detailsOfOperation(selection.operation) :
    selection.message !== undefined ? detailsOfMessage(selection.message) :
    selection.moment ? detailsOfMoment(selection.node, selection.event) : detailsOfEvent(selection.event);
  element('details').replaceChildren(...parts.filter(Boolean));
}

function fillRun() {
  const own = data.knobs.filter(([, value, plain]) => value !== plain);
  const rest = data.knobs.filter(([, value, plain]) => value === plain);
  element('run').replaceChildren(
    make('h2', {}, 'Seed ' + data.seed + ', profile ' + data.profile),
    table([['build', data.build || 'not told'], ['hash', data.hash], ['events', eventCount], ['simulated', timeText(time[lastEvent] ?? 0)],
      ['replay', data.reproduced ? 'came out as recorded' : 'did not come out as recorded']]),
    ...(data.caveats.length ? [make('h3', {}, 'Of another build'), ...data.caveats.map(text => make('p', {}, text))] : []),
    ...(data.sentences.length ? [make('h3', {}, 'Notes'), ...data.sentences.map(text => make('p', {}, text))] : []),
    make('h3', {}, 'Knobs that are not as usual'), table(own.map(([name, value, plain]) => [name, value, 'usually ' + plain])),
    make('h3', {}, 'Others'), table(rest.map(([name, value]) => [name, value])));
}

// --- the list: only the rows in view exist

const rowHeight = 20;
let listed = [];
function refill() {
  listed = [];
  for (let i = 0; i < eventCount; ++i) if (isListed(i)) listed.push(i);
  drawList();
}
function isListed(i) {
  if (isOfWorld(i)) return true;
  if (hidden.nodes.has(nodeOf[i])) return false;
  const name = eventName(i);
  if (name === 'deliver') return messageOf[i] < 0 || isMessageShown(messages[messageOf[i]]);
  if (name === 'submit') return !operationAt.has(i) || !hidden.clients.has(operationAt.get(i).client);
  if (diskKinds.has(name)) return !hidden.marks.has('disk');
  if (name === 'tick' || name === 'turn') return !hidden.marks.has('tick');
  return !hidden.marks.has('fault');
}
function drawList() {
  const box = element('list');
  if (box.hidden) return;
  const top = Math.max(Math.floor(box.scrollTop / rowHeight) - 5, 0);
  const bottom = Math.min(top + Math.ceil(box.clientHeight / rowHeight) + 10, listed.length);
  const chosen = selection ? eventOf(selection) : -1;
  const found = new Set(hits);
  const space = make('div', {style: 'height:' + listed.length * rowHeight + 'px'});
  for (let k = top; k < bottom; ++k) {
    const i = listed[k];
    const classes = ['row', i === chosen ? 'chosen' : '', found.has(i) ? 'hit' : '', failed && i === lastEvent ? 'last' : ''];
    const row = make('div', {class: classes.filter(Boolean).join(' '), style: 'top:' + k * rowHeight + 'px', title: eventLine(i),
      onclick: () => select({event: i}, true)}, eventLine(i));
    space.append(row);
  }
  box.replaceChildren(space);
}
function scrollListTo(event) {
  const box = element('list');
  if (box.hidden) return;
  const k = Math.max(upperBound(listed, event) - 1, 0);
  const y = k * rowHeight;
  if (y < box.scrollTop || y > box.scrollTop + box.clientHeight - rowHeight) box.scrollTop = y - box.clientHeight / 2;
}

function openTab(name) {
  for (const tab of ['details', 'list', 'run']) {
    element(tab).hidden = tab !== name;
    element('tab-' + tab).setAttribute('aria-selected', String(tab === name));
    element('tab-' + tab).tabIndex = tab === name ? 0 : -1;
  }
  if (name === 'list') {
    drawList();
    if (selection) scrollListTo(eventOf(selection));
  }
}
