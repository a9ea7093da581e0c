// Draws what is in view, and never more than can be seen: bands by their spans, marks at most one
// to a pixel, messages of a kind thinned out when there are too many of them.
const pen = chart.getContext('2d');
const mostOfAKind = 700;    // messages drawn
const many = 1500;          // messages in view that would hide everything else: they go behind
const aimless = 0.3;        // part of its way that a lost message is drawn
let drawn = [];             // the messages of the last picture, for the pointer
let colours = {};

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ['paper', 'card', 'ink', 'soft', 'line', 'faint', 'accent', 'alarm', 'follower', 'pre', 'candidate', 'leader',
    'down', 'pause', 'cut', 'slow', 'stop', 'good', 'last', 'commit', 'applied', 'disk', 'done', 'refused', 'failed', 'unknown',
    'redirected', 'open', ...data.messageKinds.map((_, i) => 'm' + i)];
  colours = Object.fromEntries(names.map(name => [name, style.getPropertyValue('--' + name).trim() || '#888888']));
}

let waiting = false;
function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}

function fitCanvas(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return [width, height];
}

function stripes(colour) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const brush = tile.getContext('2d');
  brush.strokeStyle = colour;
  brush.lineWidth = 1.6;
  for (const shift of [-8, 0, 8]) {
    brush.beginPath();
    brush.moveTo(shift, 8);
    brush.lineTo(shift + 8, 0);
    brush.stroke();
  }
  return pen.createPattern(tile, 'repeat');
}

function draw() {
  [view.width, view.height] = fitCanvas(chart);
  if (view.width < gutter + 20) return;
  layOut();
  measure();
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  pen.fillStyle = colours.card;
  pen.fillRect(0, 0, view.width, view.height);
  pen.save();
  pen.beginPath();
  pen.rect(gutter, axisHeight, plotWidth(), view.height - axisHeight);
  pen.clip();
  drawGrid();
  const inView = messagesInView();
  if (inView.total > many) drawMessages(inView);
  lanes.nodes.forEach(drawNode);
  drawWorldMarks();
  lanes.clients.forEach(drawClient);
  if (inView.total <= many) drawMessages(inView);
  drawThinned(inView);
  lanes.nodes.forEach(drawRoles);
  lanes.nodes.forEach(drawFaultMarks);
  drawHits();
  drawViolation();
  drawSelection();
  pen.restore();
  drawAxis();
  drawGutter();
  drawScrollBar();
  drawMap();
}

// --- axis

function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(m => m * power).find(step => step >= least);
}
function ticks() {
  const step = Math.max(niceStep(span() * 110 / plotWidth()), 1);
  const found = [];
  for (let p = Math.ceil(view.from / step) * step; p <= view.to; p += step) {
    const event = view.position === time ? -1 : p;
    if (event < -1 || event > lastEvent) continue;
    const label = view.position === time ? shortTime(p, step) : '#' + p + ' · ' + shortTime(time[p], 1000);
    found.push([xOfPosition(p), label]);
  }
  return found;
}
function shortTime(us, step) {
  if (step >= 1e6) return (us / 1e6).toFixed(0) + ' s';
  if (step >= 1000) return (us / 1e6).toFixed(3) + ' s';
  return (us / 1e6).toFixed(6) + ' s';
}
function drawGrid() {
  pen.strokeStyle = colours.faint;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const [at] of ticks()) {
    pen.moveTo(Math.round(at) + 0.5, axisHeight);
    pen.lineTo(Math.round(at) + 0.5, view.height);
  }
  pen.stroke();
}
function drawAxis() {
  pen.fillStyle = colours.card;
  pen.fillRect(0, 0, view.width, axisHeight);
  pen.strokeStyle = colours.line;
  pen.beginPath();
  pen.moveTo(0, axisHeight - 0.5);
  pen.lineTo(view.width, axisHeight - 0.5);
  pen.stroke();
  pen.fillStyle = colours.soft;
  pen.textAlign = 'left';
  for (const [at, label] of ticks()) {
    if (at < gutter - 1) continue;
    pen.fillRect(Math.round(at), axisHeight - 6, 1, 5);
    pen.fillText(label, at + 4, axisHeight - 13);
  }
}

// --- a node's lane

const roleColours = ['follower', 'pre', 'candidate', 'leader'];

function drawNode(lane) {
  const y = -view.scroll;
  pen.fillStyle = colours.faint;
  pen.fillRect(gutter, lane.y + lane.height + y - 3, plotWidth(), 1);
  drawSpans(roleSpans[lane.node], (found, left, width) => {
    const state = found.state;
    pen.fillStyle = state.up ? colours[roleColours[state.role]] : colours.down;
    pen.fillRect(left, lane.band + y, width, lane.bandHeight);
    if (!state.up || state.paused) {
      pen.fillStyle = patterns[state.up ? 'pause' : 'soft'];
      pen.fillRect(left, lane.band + y, width, lane.bandHeight);
    }
    if (state.stopping) {
      pen.fillStyle = colours.stop;
      pen.fillRect(left, lane.band + y + lane.bandHeight - 3, width, 3);
    }
    if (width > 3) {
      pen.fillStyle = colours.card;
      pen.fillRect(left + width - 0.5, lane.band + y, 0.5, lane.bandHeight);
    }
  });
  for (const [list, colour, row] of [[cutSpans, 'cut', 0], [slowSpans, 'slow', 5]]) {
    drawSpans(list[lane.node], (_, left, width) => {
      pen.fillStyle = colours[colour];
      pen.fillRect(left, lane.band + y - 10 + row, width, 4);
    });
  }
  drawProgress(lane, y);
  drawMarks(marks[lane.node].disk, 'disk', lane.y + lane.height + y - 10, 5);
  drawMarks(marks[lane.node].tick, 'tick', lane.band + lane.bandHeight + y - 4, 4);
  if (accused.nodes.has(lane.node)) {
    pen.fillStyle = colours.alarm;
    pen.fillRect(gutter, lane.band + y, 3, lane.bandHeight);
  }
}

function drawRoles(lane) {
  drawSpans(roleSpans[lane.node], ({state}, left, width) => {
    if (width < 34) return;
    const trouble = troubleText(state);
    const text = (state.up ? (width > 90 ? roleText(state) + ', ' : '') + 'term ' + state.term : 'down') + (trouble ? ', ' + trouble : '');
    label(text, left, width, wire(lane), state.up ? colours[roleColours[state.role]] : colours.down);
  });
}

function drawSpans(list, visit) {
  let at = Math.max(upperBound(list, view.from, s => view.position[s.from]) - 1, 0);
  for (let previous = -1; at < list.length && view.position[list[at].from] <= view.to; ++at) {
    const left = Math.max(x(list[at].from), gutter);
    const right = Math.min(list[at].to === lastEvent ? x(lastEvent) : x(list[at].to), view.width);
    if (right <= gutter || right <= previous) continue;
    previous = right;
    visit(list[at], left, Math.max(right - left, 1));
  }
}

// With a halo of the colour behind it, for what runs across.
function label(text, left, width, y, halo) {
  pen.fillStyle = colours.ink;
  pen.textAlign = 'left';
  pen.save();
  pen.beginPath();
  pen.rect(left, y - 10, width, 20);
  pen.clip();
  if (halo) {
    pen.strokeStyle = halo;
    pen.lineWidth = 4;
    pen.lineJoin = 'round';
    pen.strokeText(text, left + 5, y + 0.5);
  }
  pen.fillText(text, left + 5, y + 0.5);
  pen.restore();
}

// Steps of last, commit and applied, scaled to what is in view of all nodes.
function drawProgress(lane, y) {
  const top = lane.band + lane.bandHeight + y + 6, bottom = lane.y + lane.height + y - 16;
  if (bottom - top < 8) return;
  const [low, high] = progressRange();
  const rows = states[lane.node];
  if (!rows.length) return;
  const yOf = index => bottom - (index - low) / (high - low) * (bottom - top);
  for (const [name, colour, width] of [['last', 'last', 1], ['commit', 'commit', 1.6], ['applied', 'applied', 1]]) {
    pen.strokeStyle = colours[colour];
    pen.lineWidth = width;
    pen.beginPath();
    let row = Math.max(upperBound(rows, columns[0], r => r.event) - 1, 0);
    let begun = false;
    for (let i = 0; i < columns.length; ++i) {
      while (row + 1 < rows.length && rows[row + 1].event <= columns[i]) ++row;
      const state = rows[row];
      if (state.event > columns[i] || !state.up) { begun = false; continue; }
      const at = yOf(state[name]);
      const px = gutter + i * columnWidth;
      if (begun) pen.lineTo(px, at); else pen.moveTo(px, at);
      pen.lineTo(px + columnWidth, at);
      begun = true;
      if (columns[i] >= lastEvent) break;
    }
    pen.stroke();
  }
}

// The newest event at the right edge of each column of pixels.
const columnWidth = 2;
let columns = [];
let rangeOfView = [0, 1];
function measure() {
  columns = [];
  let event = upperBound(view.position, view.from) - 1;
  for (let px = gutter; px < view.width; px += columnWidth) {
    const position = positionAt(px + columnWidth);
    while (event < lastEvent && view.position[event + 1] <= position) ++event;
    columns.push(event);
  }
  let low = Infinity, high = 0;
  for (let node = 0; node < data.nodes; ++node) {
    const first = stateAt(node, Math.max(columns[0], 0)), last = stateAt(node, columns[columns.length - 1]);
    if (first && first.up) low = Math.min(low, first.applied, first.commit);
    if (last) high = Math.max(high, last.last);
    if (first) high = Math.max(high, first.last);
  }
  if (low > high) low = 0;
  rangeOfView = [low, Math.max(high, low + 1)];
}
const progressRange = () => rangeOfView;

// At most one to a pixel.
function drawMarks(list, kind, y, height) {
  if (hidden.marks.has(kind)) return;
  pen.fillStyle = colours.disk;
  let i = upperBound(list, view.from, e => view.position[e]);
  while (i < list.length && view.position[list[i]] <= view.to) {
    const px = Math.round(x(list[i]));
    pen.fillRect(px - 0.5, y, 1, height);
    const next = upperBound(list, positionAt(px + 1), e => view.position[e]);
    i = Math.max(next, i + 1);
  }
}

const faultSigns = {crash: '✖', restart: '▲', pause: '‖', resume: '▶', shutdown: '⏻', drift: '≈', walljump: '≈', monojump: '≈',
  damage: '⚡', killhead: '⚡', losestate: '⚡', wipe: '∅', oldcopy: '∅', space: '▤', upgrade: '⇧'};
function drawFaultMarks(lane) {
  if (hidden.marks.has('fault')) return;
  const list = marks[lane.node].fault;
  pen.textAlign = 'center';
  let i = upperBound(list, view.from, e => view.position[e]);
  while (i < list.length && view.position[list[i]] <= view.to) {
    const px = x(list[i]);
    const name = eventName(list[i]);
    pen.fillStyle = name === 'crash' ? colours.alarm : name === 'restart' || name === 'resume' ? colours.good : colours.stop;
    pen.fillText(faultSigns[name] ?? '◆', px, lane.band - view.scroll - 4);
    const next = upperBound(list, positionAt(px + 7), e => view.position[e]);
    i = Math.max(next, i + 1);
  }
}

function drawWorldMarks() {
  let labelled = -100;
  for (const event of worldMarks) {
    const at = x(event);
    if (at < gutter || at > view.width) continue;
    const name = eventName(event);
    pen.strokeStyle = name === 'heal' ? colours.good : colours.soft;
    pen.setLineDash(name === 'heal' ? [] : [2, 3]);
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(at, axisHeight);
    pen.lineTo(at, view.height);
    pen.stroke();
    pen.setLineDash([]);
    if (at < labelled + 14) continue;
    labelled = at;
    pen.save();
    pen.translate(at + 7, view.height - 26);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = 'left';
    pen.fillStyle = pen.strokeStyle;
    pen.fillText(name === 'heal' ? 'healed' : name, 0, 0);
    pen.restore();
  }
}

// --- messages

function endPoints(message, delivery) {
  const from = laneOf(message.from), to = laneOf(message.to);
  if (!from || !to) return null;
  const x1 = x(message.sent), y1 = wire(from);
  if (delivery !== undefined) return [x1, y1, x(delivery), wire(to)];
  const fall = Math.max(14, Math.min(40, span() > 0 ? plotWidth() / span() * (view.position === time ? 1000 : 2) : 14));
  return [x1, y1, x1 + fall, y1 + (wire(to) - y1) * aimless];
}

function messagesInView() {
  const byKind = data.messageKinds.map(() => []);
  let total = 0;
  forEachMessageInView((i, message) => { byKind[message.kind].push(i); ++total; });
  const strides = byKind.map(list => Math.ceil(list.length / mostOfAKind));
  return {byKind, strides, total};
}

function drawMessages({byKind, strides, total}) {
  drawn = [];
  byKind.forEach((list, kind) => {
    const stride = strides[kind];
    pen.strokeStyle = pen.fillStyle = colours['m' + kind];
    pen.globalAlpha = total > many ? Math.min(Math.max(200 / list.length, 0.16), 0.7) : stride > 1 ? 0.5 : 0.9;
    pen.lineWidth = total > many ? 0.8 : 1.3;
    const sparse = total < 600;
    const lost = [];
    pen.beginPath();
    for (let k = 0; k < list.length; k += stride) {
      const message = messages[list[k]];
      drawn.push(list[k]);
      if (!message.delivered.length) { lost.push(message); continue; }
      for (const delivery of message.delivered) {
        const line = endPoints(message, delivery);
        if (!line) continue;
        pen.moveTo(line[0], line[1]);
        pen.lineTo(line[2], line[3]);
      }
    }
    pen.stroke();
    if (sparse) {
      for (const i of list) for (const delivery of messages[i].delivered) arrowHead(endPoints(messages[i], delivery));
    }
    drawLost(lost, sparse);
  });
  pen.globalAlpha = 1;
}

function drawThinned({strides}) {
  const worst = Math.max(...strides);
  if (worst <= 1) return;
  const text = 'of frequent messages 1 in ' + worst + ' is drawn: zoom in for all';
  const width = pen.measureText(text).width + 12;
  pen.fillStyle = colours.card;
  pen.globalAlpha = 0.9;
  pen.fillRect(gutter + 6, view.height - 20, width, 16);
  pen.globalAlpha = 1;
  pen.fillStyle = colours.soft;
  pen.textAlign = 'left';
  pen.fillText(text, gutter + 12, view.height - 12);
}

function drawLost(list, sparse) {
  if (!list.length) return;
  pen.setLineDash([3, 3]);
  pen.beginPath();
  const crosses = [];
  for (const message of list) {
    const line = endPoints(message);
    if (!line) continue;
    pen.moveTo(line[0], line[1]);
    pen.lineTo(line[2], line[3]);
    crosses.push(line);
  }
  pen.stroke();
  pen.setLineDash([]);
  const size = sparse ? 3.5 : 2;
  pen.beginPath();
  for (const [, , px, py] of crosses) {
    pen.moveTo(px - size, py - size);
    pen.lineTo(px + size, py + size);
    pen.moveTo(px - size, py + size);
    pen.lineTo(px + size, py - size);
  }
  pen.stroke();
}

function arrowHead(line) {
  if (!line || line[2] < gutter - 10 || line[2] > view.width + 10) return;
  const angle = Math.atan2(line[3] - line[1], line[2] - line[0]);
  const size = 7;
  pen.beginPath();
  pen.moveTo(line[2], line[3]);
  pen.lineTo(line[2] - size * Math.cos(angle - 0.4), line[3] - size * Math.sin(angle - 0.4));
  pen.lineTo(line[2] - size * Math.cos(angle + 0.4), line[3] - size * Math.sin(angle + 0.4));
  pen.fill();
}

// --- clients

const outcomeColours = {done: 'done', refused: 'refused', failed: 'failed', unknown: 'unknown', redirected: 'redirected', open: 'open'};

function drawClient(lane) {
  const list = clients.get(lane.client);
  const y = lane.y - view.scroll;
  pen.fillStyle = colours.faint;
  pen.fillRect(gutter, y + lane.height - 1, plotWidth(), 1);
  let i = Math.max(upperBound(list, view.from, op => view.position[op.begin]) - 2, 0);
  for (let previous = -Infinity; i < list.length && view.position[list[i].begin] <= view.to; ++i) {
    const op = list[i];
    const left = Math.max(x(op.begin), gutter - 2), right = Math.min(Math.max(x(op.end), left + 2), view.width + 2);
    const marked = accused.operations.has(op);
    if (right < gutter || (right < previous + 1 && !marked)) continue;
    previous = right;
    pen.fillStyle = colours[outcomeColours[op.outcome] ?? 'open'];
    pen.fillRect(left, y + 3, right - left, lane.height - 7);
    if (op.open) {
      pen.fillStyle = patterns.soft;
      pen.fillRect(left, y + 3, right - left, lane.height - 7);
    }
    if (marked) {
      pen.strokeStyle = colours.alarm;
      pen.lineWidth = 2;
      pen.strokeRect(left, y + 3, right - left, lane.height - 7);
    }
    if (right - left > 30) label(operationText(op) + (op.answer ? ' → ' + op.answer : ''), left, right - left, y + lane.height / 2 - 0.5);
  }
}

// --- what stands out

function drawHits() {
  if (!hits.length) return;
  pen.fillStyle = colours.candidate;
  let i = upperBound(hits, view.from, e => view.position[e]);
  while (i < hits.length && view.position[hits[i]] <= view.to) {
    const px = x(hits[i]);
    const lane = isOfWorld(hits[i]) ? null : laneOf(nodeOf[hits[i]]);
    pen.beginPath();
    pen.arc(px, lane ? wire(lane) : axisHeight + 6, 4, 0, 2 * Math.PI);
    pen.fill();
    i = Math.max(upperBound(hits, positionAt(px + 2), e => view.position[e]), i + 1);
  }
}

function drawViolation() {
  if (!failed) return;
  const at = x(lastEvent);
  if (at < gutter - 20 || at > view.width + 20) return;
  pen.strokeStyle = pen.fillStyle = colours.alarm;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(at, axisHeight);
  pen.lineTo(at, view.height);
  pen.stroke();
  pen.font = 'bold 11px system-ui, sans-serif';
  const text = data.failure.oracle.replaceAll('_', '-');
  const width = pen.measureText(text).width + 12;
  const left = at + width + 2 > view.width ? at - width : at;
  pen.fillRect(left, axisHeight, width, 17);
  pen.fillStyle = colours.card;
  pen.textAlign = 'left';
  pen.fillText(text, left + 6, axisHeight + 9);
  pen.font = '11px system-ui, sans-serif';
}

function drawSelection() {
  if (!selection) return;
  pen.strokeStyle = colours.accent;
  pen.lineWidth = 1;
  const at = x(eventOf(selection));
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(at, axisHeight);
  pen.lineTo(at, view.height);
  pen.stroke();
  pen.setLineDash([]);
  pen.lineWidth = 3;
  if (selection.event !== undefined) {
    for (const cause of causesOf(selection.event)) highlightSent(cause);
    highlightDelivery(selection.event);
    const lane = isOfWorld(selection.event) ? null : laneOf(nodeOf[selection.event]);
    if (lane) ring(at, wire(lane));
  }
  if (selection.message !== undefined) highlight(messages[selection.message]);
  if (selection.operation !== undefined) {
    const op = operations[selection.operation];
    const lane = lanes.clients.find(l => l.client === op.client);
    if (lane) pen.strokeRect(x(op.begin), lane.y - view.scroll + 2, Math.max(x(op.end) - x(op.begin), 3), lane.height - 5);
    const node = laneOf(op.node);
    if (lane && node) {
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x(op.begin), lane.y - view.scroll + 3);
      pen.lineTo(x(op.begin), wire(node));
      pen.stroke();
      ring(x(op.begin), wire(node));
    }
  }
}
function ring(px, py) {
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(px, py, 6, 0, 2 * Math.PI);
  pen.stroke();
}
function highlight(message) {
  const lines = message.delivered.length ? message.delivered.map(d => endPoints(message, d)) : [endPoints(message)];
  for (const line of lines) {
    if (!line) continue;
    pen.beginPath();
    pen.moveTo(line[0], line[1]);
    pen.lineTo(line[2], line[3]);
    pen.stroke();
  }
}
function highlightDelivery(event) {
  if (messageOf[event] < 0) return;
  const line = endPoints(messages[messageOf[event]], event);
  if (!line) return;
  pen.beginPath();
  pen.moveTo(line[0], line[1]);
  pen.lineTo(line[2], line[3]);
  pen.stroke();
}
function highlightSent(event) {
  pen.globalAlpha = 0.6;
  highlightDelivery(event);
  pen.globalAlpha = 1;
}

// --- names of lanes, legend of progress

function drawGutter() {
  pen.fillStyle = colours.card;
  pen.fillRect(0, axisHeight, gutter, view.height - axisHeight);
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(gutter - 0.5, axisHeight);
  pen.lineTo(gutter - 0.5, view.height);
  pen.stroke();
  pen.save();
  pen.beginPath();
  pen.rect(0, axisHeight, gutter, view.height - axisHeight);
  pen.clip();
  pen.textAlign = 'left';
  const [low, high] = progressRange();
  for (const lane of lanes.nodes) {
    pen.fillStyle = accused.nodes.has(lane.node) ? colours.alarm : colours.ink;
    pen.font = 'bold 12px system-ui, sans-serif';
    pen.fillText(nodeName(lane.node), 8, wire(lane));
    pen.font = '10px system-ui, sans-serif';
    pen.fillStyle = colours.soft;
    pen.textAlign = 'right';
    pen.fillText(String(high), gutter - 5, lane.band + lane.bandHeight - view.scroll + 8);
    pen.fillText(String(low), gutter - 5, lane.y + lane.height - view.scroll - 18);
    pen.textAlign = 'left';
  }
  pen.font = '11px system-ui, sans-serif';
  for (const lane of lanes.clients) {
    pen.fillStyle = colours.soft;
    pen.fillText(clientName(lane.client), 8, lane.y - view.scroll + lane.height / 2);
  }
  pen.restore();
}

function drawScrollBar() {
  const room = view.height - axisHeight;
  if (lanes.height <= room) return;
  pen.fillStyle = colours.soft;
  pen.globalAlpha = 0.5;
  pen.fillRect(view.width - 6, axisHeight + view.scroll / lanes.height * room, 4, room * room / lanes.height);
  pen.globalAlpha = 1;
}

// --- the overview

function drawMap() {
  const [width, height] = fitCanvas(map);
  const brush = map.getContext('2d');
  brush.fillStyle = colours.card;
  brush.fillRect(0, 0, width, height);
  const [first, last] = wholeRun();
  const mx = p => (p - first) / (last - first) * width;
  const rows = Math.max(data.nodes, 1);
  const rowHeight = (height - 10) / rows;
  for (let node = 0; node < data.nodes; ++node) {
    const y = 4 + node * rowHeight;
    for (const found of roleSpans[node]) {
      const left = mx(view.position[found.from]), right = mx(view.position[found.to]);
      brush.fillStyle = found.state.up ? colours[roleColours[found.state.role]] : colours.down;
      brush.fillRect(left, y, Math.max(right - left, 0.5), rowHeight - 1);
    }
  }
  brush.fillStyle = colours.candidate;
  let drawnTo = -1;
  for (const hit of hits) {
    const px = mx(view.position[hit]);
    if (px < drawnTo + 1) continue;
    drawnTo = px;
    brush.fillRect(px - 0.5, 0, 1.5, height);
  }
  if (failed) {
    brush.fillStyle = colours.alarm;
    brush.fillRect(mx(view.position[lastEvent]) - 1, 0, 2, height);
  }
  if (selection) {
    brush.fillStyle = colours.accent;
    brush.fillRect(mx(view.position[eventOf(selection)]) - 1, 0, 2, height);
  }
  const left = mx(view.from), right = mx(view.to);
  brush.fillStyle = colours.ink;
  brush.globalAlpha = 0.22;
  brush.fillRect(0, 0, left, height);
  brush.fillRect(right, 0, width - right, height);
  brush.globalAlpha = 1;
  brush.strokeStyle = colours.accent;
  brush.lineWidth = 2;
  brush.strokeRect(left + 1, 1, Math.max(right - left - 2, 2), height - 2);
}

let patterns = {};
function refreshColours() {
  readColours();
  patterns = {pause: stripes(colours.pause), soft: stripes(colours.soft)};
  redraw();
}
