// What is under the pointer: an operation, a message, a mark, or a node at a moment.
function distanceToLine([x1, y1, x2, y2], px, py) {
  const dx = x2 - x1, dy = y2 - y1;
  const along = Math.min(Math.max(((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return Math.hypot(px - x1 - along * dx, py - y1 - along * dy);
}

function nearest(list, px, within) {
  const at = upperBound(list, positionAt(px), e => view.position[e]);
  let best = -1, least = within;
  for (const i of [at - 1, at]) {
    if (i < 0 || i >= list.length) continue;
    const far = Math.abs(x(list[i]) - px);
    if (far <= least) { least = far; best = list[i]; }
  }
  return best;
}

function pick(px, py) {
  if (px < gutter || py < axisHeight) return null;
  const y = py + view.scroll;
  for (const lane of lanes.clients) {
    if (y < lane.y || y >= lane.y + lane.height) continue;
    const list = clients.get(lane.client);
    for (let i = upperBound(list, positionAt(px + 3), op => view.position[op.begin]) - 1; i >= 0; --i) {
      if (x(list[i].end) >= px - 3 || x(list[i].begin) >= px - 3) return {operation: list[i].i};
      if (positionAt(px) - view.position[list[i].end] > span()) break;
    }
    return null;
  }
  const lane = lanes.nodes.find(l => y >= l.y && y < l.y + l.height);
  if (lane) {
    const fault = y < lane.band + 1 ? nearest(marks[lane.node].fault, px, 7) : -1;
    if (fault >= 0) return {event: fault};
    const disk = y > lane.y + lane.height - 13 ? nearest(marks[lane.node].disk, px, 5) : -1;
    if (disk >= 0) return {event: disk};
  }
  let best = null, least = 5;
  for (const i of drawn) {
    const message = messages[i];
    const ends = message.delivered.length ? message.delivered : [undefined];
    for (const delivery of ends) {
      const line = endPoints(message, delivery);
      if (!line || Math.min(line[0], line[2]) > px + 5 || Math.max(line[0], line[2]) < px - 5) continue;
      const far = distanceToLine(line, px, py);
      if (far >= least) continue;
      least = far;
      // At its tip a message is its delivery.
      const atTip = delivery !== undefined && Math.hypot(px - line[2], py - line[3]) < 8;
      best = atTip ? {event: delivery} : {message: i};
    }
  }
  if (best) return best;
  const world = nearest(worldMarks, px, 4);
  if (world >= 0) return {event: world};
  if (!lane) return null;
  const event = upperBound(view.position, positionAt(px)) - 1;
  if (event < 0) return null;
  return {node: lane.node, event: Math.min(event, lastEvent), moment: true};
}

function describe(chosen) {
  if (chosen.operation !== undefined) {
    const op = operations[chosen.operation];
    return clientName(op.client) + ' at ' + nodeName(op.node) + ': ' + operationText(op) + ' → ' + op.outcome + (op.answer ? ', ' + op.answer : '');
  }
  if (chosen.message !== undefined) {
    const message = messages[chosen.message];
    return messageText(message) + (message.delivered.length ? '' : ', not delivered');
  }
  if (!chosen.moment) return '#' + chosen.event + ' ' + (isOfWorld(chosen.event) ? '' : nodeName(nodeOf[chosen.event]) + ' ') + eventText(chosen.event);
  const state = stateAt(chosen.node, chosen.event);
  return nodeName(chosen.node) + ' ' + stateText(state);
}

function stateText(state) {
  if (!state) return 'has not started';
  const trouble = troubleText(state);
  if (!state.up) return 'is down; its log ends at ' + state.last + (trouble ? ', ' + trouble : '');
  return roleText(state) + ' in term ' + state.term + ', log to ' + state.last + ', durable to ' + state.durable + ', commit ' + state.commit + ', applied ' + state.applied +
    (trouble ? ', ' + trouble : '');
}
