// Where things are on the canvas: horizontally by time or by order, vertically in lanes.
const chart = document.getElementById('chart');
const map = document.getElementById('map');
const gutter = 84;
const axisHeight = 26;
const order = Float64Array.from({length: eventCount}, (_, i) => i);

const view = {
  position: eventCount > 1500 ? time : order,
  from: 0, to: 1,   // positions at the left and right edge
  scroll: 0,        // of the lanes, in pixels
  width: 0, height: 0,
};
const hidden = {kinds: new Set(), nodes: new Set(), clients: new Set(), marks: new Set()};
let selection = null;  // {event}, {message}, {operation}, {node, event}
let hits = [];         // events that the search found, ascending

const span = () => view.to - view.from;
const plotWidth = () => view.width - gutter;
const xOfPosition = p => gutter + (p - view.from) / span() * plotWidth();
const x = event => xOfPosition(view.position[event]);
const positionAt = px => view.from + (px - gutter) / plotWidth() * span();

function wholeRun() {
  const first = view.position[0], last = view.position[lastEvent];
  const margin = Math.max((last - first) * 0.03, 1);
  return [first - margin, last + margin];
}

function show(from, to) {
  const [first, last] = wholeRun();
  const least = view.position === time ? 20 : 3;
  const wide = Math.min(Math.max(to - from, least), last - first);
  view.from = Math.min(Math.max((from + to - wide) / 2, first), last - wide);
  view.to = view.from + wide;
  redraw();
}
function zoom(factor, px = gutter + plotWidth() / 2) {
  const at = positionAt(px);
  show(at - (at - view.from) / factor, at + (view.to - at) / factor);
}
function pan(px) {
  const by = px / plotWidth() * span();
  show(view.from + by, view.to + by);
}
function scrollLanes(px) {
  const most = Math.max(0, lanes.height - (view.height - axisHeight));
  view.scroll = Math.min(Math.max(view.scroll + px, 0), most);
  redraw();
}
// Brings an event into view without changing the zoom, unless it is there already.
function reveal(event) {
  const px = x(event);
  if (px < gutter + 40 || px > view.width - 40) {
    const half = span() / 2;
    show(view.position[event] - half, view.position[event] + half);
  }
}
function around(first, last) {
  const from = view.position[first], to = view.position[last];
  const margin = Math.max((to - from) * 0.15, view.position === time ? 2000 : 4);
  show(from - margin, to + margin);
}
function useAxis(position) {
  if (view.position === position) return;
  const middle = upperBound(view.position, (view.from + view.to) / 2);
  const first = Math.max(upperBound(view.position, view.from) - 1, 0);
  const last = Math.min(upperBound(view.position, view.to), lastEvent);
  const keep = selection ? eventOf(selection) : Math.min(middle, lastEvent);
  const inView = keep >= first && keep <= last;
  view.position = position;
  show(position[first], position[last]);
  if (inView) reveal(keep);
}

// --- lanes

const lanes = {nodes: [], clients: [], height: 0};

function layOut() {
  const shownNodes = [...Array(data.nodes).keys()].filter(n => !hidden.nodes.has(n));
  const shownClients = clientNumbers.filter(c => !hidden.clients.has(c));
  const clientHeight = 20;
  const room = view.height - axisHeight - 14 - shownClients.length * clientHeight;
  const nodeHeight = Math.min(Math.max(room / Math.max(shownNodes.length, 1), 74), 130);
  let y = axisHeight + 4;
  lanes.nodes = [];
  lanes.clients = [];
  for (const node of shownNodes) {
    lanes.nodes.push({node, y, height: nodeHeight, band: y + 12, bandHeight: 20});
    y += nodeHeight;
  }
  y += 4;
  for (const client of shownClients) {
    lanes.clients.push({client, y, height: clientHeight});
    y += clientHeight;
  }
  lanes.height = y - axisHeight + 6;
  const most = Math.max(0, lanes.height - (view.height - axisHeight));
  view.scroll = Math.min(view.scroll, most);
}
const laneOf = node => lanes.nodes.find(lane => lane.node === node);
const wire = lane => lane.band + lane.bandHeight / 2 - view.scroll;

function eventOf(chosen) {
  if (chosen.message !== undefined) return messages[chosen.message].sent;
  if (chosen.operation !== undefined) return operations[chosen.operation].begin;
  return chosen.event;
}

const isMessageShown = message =>
  !hidden.kinds.has(message.kind) && !hidden.nodes.has(message.from) && !hidden.nodes.has(message.to);

// Calls visit(number, message) for the shown messages that touch the view.
function forEachMessageInView(visit) {
  const first = Math.max(upperBound(view.position, view.from) - 1, 0);
  const last = Math.min(upperBound(view.position, view.to), lastEvent);
  for (let i = upperBound(reach, first - 1); i < messages.length && messages[i].sent <= last; ++i) {
    const message = messages[i];
    if (message.end >= first && isMessageShown(message)) visit(i, message);
  }
}
