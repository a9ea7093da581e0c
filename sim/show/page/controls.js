// Pointer, keys, filters, search.
function select(chosen, bring = false) {
  selection = chosen;
  fillDetails();
  if (chosen && bring) reveal(eventOf(chosen));
  if (chosen) {
    scrollListTo(eventOf(chosen));
    element('said').textContent = describe(chosen);
    location.replace(chosen.operation === undefined ? '#e=' + eventOf(chosen) : '#o=' + operations[chosen.operation].logical);
  }
  drawList();
  redraw();
}

// --- the chart

let drag = null;
chart.addEventListener('pointerdown', event => {
  chart.setPointerCapture(event.pointerId);
  drag = {x: event.offsetX, y: event.offsetY, moved: false};
});
chart.addEventListener('pointermove', event => {
  if (drag) {
    const dx = event.offsetX - drag.x, dy = event.offsetY - drag.y;
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    drag = {x: event.offsetX, y: event.offsetY, moved: true};
    chart.classList.add('dragging');
    pan(-dx);
    scrollLanes(-dy);
    element('tip').hidden = true;
    return;
  }
  hover(event.offsetX, event.offsetY);
});
chart.addEventListener('pointerup', event => {
  chart.classList.remove('dragging');
  if (drag && !drag.moved) select(pick(event.offsetX, event.offsetY));
  drag = null;
});
chart.addEventListener('pointerleave', () => { element('tip').hidden = true; });
chart.addEventListener('dblclick', event => zoom(4, event.offsetX));
chart.addEventListener('wheel', event => {
  event.preventDefault();
  const unit = event.deltaMode === 1 ? 30 : 1;
  if (event.offsetX < gutter) scrollLanes(event.deltaY * unit);
  else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) * unit);
  else zoom(Math.exp(-event.deltaY * unit / 400), event.offsetX);
}, {passive: false});

let hoverWaits = false;
function hover(px, py) {
  if (hoverWaits) return;
  hoverWaits = true;
  requestAnimationFrame(() => {
    hoverWaits = false;
    const tip = element('tip');
    const found = pick(px, py);
    tip.hidden = !found;
    if (!found) return;
    tip.textContent = describe(found);
    const width = Math.min(tip.offsetWidth, 420);
    tip.style.left = Math.max(4, Math.min(px + 14, view.width - width - 8)) + 'px';
    tip.style.top = (py + 18 + tip.offsetHeight > view.height ? py - tip.offsetHeight - 10 : py + 18) + 'px';
  });
}

// --- the overview

function lookAt(event) {
  const [first, last] = wholeRun();
  const middle = first + event.offsetX / map.clientWidth * (last - first);
  show(middle - span() / 2, middle + span() / 2);
}
map.addEventListener('pointerdown', event => { map.setPointerCapture(event.pointerId); lookAt(event); });
map.addEventListener('pointermove', event => { if (event.buttons) lookAt(event); });
map.addEventListener('wheel', event => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400));
}, {passive: false});

// --- commands

function fit() {
  show(...wholeRun());
}
// To the operations that the violation is about, one after the other, and to the event that showed it.
function toViolation() {
  if (!failed) return;
  openTab('details');
  const ops = [...accused.operations];
  const now = ops.findIndex(op => selection?.operation === op.i);
  const next = ops[now + 1];
  if (next) {
    select({operation: next.i});
    zoomToSelection();
    return;
  }
  const back = view.position === time ? Math.min(span(), 60000) : Math.min(span(), 80);
  const at = view.position[lastEvent];
  show(at - back * 0.85, at + back * 0.15);
  select({event: lastEvent});
}
function step(by, sameActor) {
  const now = selection ? eventOf(selection) : by > 0 ? -1 : lastEvent + 1;
  if (sameActor && selection && selection.operation !== undefined) {
    const list = clients.get(operations[selection.operation].client);
    const next = list[list.indexOf(operations[selection.operation]) + by];
    if (next) select({operation: next.i}, true);
    return;
  }
  const actor = selection ? selection.node ?? (isOfWorld(now) ? -1 : nodeOf[now]) : -1;
  for (let i = now + by; i >= 0 && i <= lastEvent; i += by) {
    if (!isListed(i) || (sameActor && actor >= 0 && (isOfWorld(i) || nodeOf[i] !== actor))) continue;
    select({event: i}, true);
    return;
  }
}
// An operation came to its end by the event that answered it; the end of the run to its verdict by operations.
function toCause() {
  if (!selection) return;
  if (selection.operation !== undefined) {
    const op = operations[selection.operation];
    // What broke by being answered has no end: the event that broke is it.
    const answering = accused.operations.has(op) && nodeOf[lastEvent] === op.node ? lastEvent : op.begin;
    return select({event: op.open ? answering : op.end}, true);
  }
  const now = eventOf(selection);
  const cause = selection.message !== undefined ? now : causeOf(now);
  if (cause >= 0) return select({event: cause}, true);
  if (failed && now === lastEvent && accused.operations.size) return select({operation: [...accused.operations][0].i}, true);
  element('said').textContent = 'Nothing brought this about: it is of a client, a timer or a fault.';
}
function zoomToSelection() {
  if (!selection) return;
  if (selection.operation !== undefined) around(operations[selection.operation].begin, operations[selection.operation].end);
  else if (selection.message !== undefined) around(messages[selection.message].sent, messages[selection.message].end);
  else around(Math.max(selection.event - 10, 0), Math.min(selection.event + 10, lastEvent));
}
function swapAxis() {
  setAxis(view.position === time ? order : time);
}
function setAxis(position) {
  useAxis(position);
  element('by-time').setAttribute('aria-checked', String(position === time));
  element('by-order').setAttribute('aria-checked', String(position === order));
}

const commands = {
  '+': () => zoom(1.5), '=': () => zoom(1.5), '-': () => zoom(1 / 1.5), '0': fit, 'v': toViolation, 't': swapAxis,
  'n': () => step(1, true), 'p': () => step(-1, true), ']': () => step(1, false), '[': () => step(-1, false),
  'c': toCause, 'z': zoomToSelection, '/': () => element('search').focus(), '?': () => element('help').showModal(),
  'Escape': () => select(null),
  'ArrowLeft': () => pan(-plotWidth() / 8), 'ArrowRight': () => pan(plotWidth() / 8),
  'ArrowUp': () => scrollLanes(-40), 'ArrowDown': () => scrollLanes(40),
  'PageUp': () => pan(-plotWidth() * 0.9), 'PageDown': () => pan(plotWidth() * 0.9),
  'Home': () => show(view.position[0], view.position[0] + span()), 'End': () => show(view.position[lastEvent] - span(), view.position[lastEvent]),
};
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || element('help').open) return;
  const at = event.target;
  if (at instanceof HTMLInputElement) {
    if (event.key === 'Escape') { at.blur(); chart.focus(); }
    return;
  }
  const scrolls = at.closest && at.closest('#panel') && event.key.match(/^(Arrow|Page|Home|End)/);
  const command = commands[event.key];
  if (!command || scrolls) return;
  event.preventDefault();
  command();
});

// --- filters

function chips(title, all, nameOf, set, colourOf, countOf) {
  if (!all.length) return null;
  const box = make('fieldset', {}, make('legend', {}, title));
  const paint = chip => chip.setAttribute('aria-pressed', String(!set.has(chip.of)));
  const made = all.map(of => {
    const chip = make('button', {class: 'chip', title: 'Click: show or hide. Double click: only this'},
      colourOf ? make('span', {class: 'dot', style: 'background:' + colourOf(of)}) : null, nameOf(of),
      countOf ? make('span', {class: 'count'}, String(countOf(of))) : null);
    chip.of = of;
    return chip;
  });
  const changed = () => { made.forEach(paint); refill(); redraw(); };
  for (const chip of made) {
    paint(chip);
    chip.addEventListener('click', event => {
      if (event.detail > 1) return;
      if (set.has(chip.of)) set.delete(chip.of); else set.add(chip.of);
      changed();
    });
    chip.addEventListener('dblclick', () => {
      const alone = set.size === all.length - 1 && !set.has(chip.of);
      set.clear();
      if (!alone) for (const other of all) if (other !== chip.of) set.add(other);
      changed();
    });
  }
  box.append(...made);
  return box;
}
function fillFilters() {
  const counts = data.messageKinds.map(() => 0);
  for (const message of messages) ++counts[message.kind];
  const kinds = [...counts.keys()].filter(kind => counts[kind]);
  element('filters').replaceChildren(...[
    chips('Messages', kinds, kindName, hidden.kinds, kind => 'var(--m' + kind + ')', kind => counts[kind]),
    chips('Nodes', [...Array(data.nodes).keys()], nodeName, hidden.nodes),
    chips('Clients', clientNumbers, clientName, hidden.clients),
    chips('Marks', ['tick', 'disk', 'fault'], name => ({tick: 'timers', disk: 'disk', fault: 'faults'})[name], hidden.marks),
  ].filter(Boolean));
}

// --- search

function search(text) {
  hits = eventsFound(text);
  element('hits').textContent = text.trim() ? hits.length + ' found' : '';
  drawList();
  redraw();
}
function toHit(by) {
  if (!hits.length) return;
  const now = selection ? eventOf(selection) : -1;
  let k = by > 0 ? upperBound(hits, now) : upperBound(hits, now - 1) - 1;
  k = (k + hits.length) % hits.length;
  element('hits').textContent = (k + 1) + ' of ' + hits.length;
  select({event: hits[k]}, true);
}
let searchWaits = 0;
element('search').addEventListener('input', event => {
  clearTimeout(searchWaits);
  searchWaits = setTimeout(() => search(event.target.value), eventCount > 20000 ? 250 : 60);
});
element('search').addEventListener('keydown', event => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  clearTimeout(searchWaits);
  if (!hits.length) search(event.target.value);
  toHit(event.shiftKey ? -1 : 1);
});

// --- buttons

const buttons = {
  'to-violation': toViolation, 'zoom-in': () => zoom(1.5), 'zoom-out': () => zoom(1 / 1.5), 'fit': fit,
  'by-time': () => setAxis(time), 'by-order': () => setAxis(order), 'next-hit': () => toHit(1), 'previous-hit': () => toHit(-1),
  'help-toggle': () => element('help').showModal(),
  'tab-details': () => openTab('details'), 'tab-list': () => openTab('list'), 'tab-run': () => openTab('run'),
  'filters-toggle': () => {
    const box = element('filters');
    box.hidden = !box.hidden;
    element('filters-toggle').setAttribute('aria-expanded', String(!box.hidden));
  },
  'theme': () => {
    const dark = document.documentElement.dataset.theme !== 'dark';
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    refreshColours();
  },
};
for (const [id, act] of Object.entries(buttons)) element(id).addEventListener('click', act);
for (const tab of ['details', 'list', 'run']) {
  element('tab-' + tab).addEventListener('keydown', event => {
    const all = ['details', 'list', 'run'];
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = all[(all.indexOf(tab) + by + all.length) % all.length];
    openTab(next);
    element('tab-' + next).focus();
  });
}
element('list').addEventListener('scroll', () => requestAnimationFrame(drawList));

// --- the panel's width

element('divider').addEventListener('pointerdown', event => {
  event.preventDefault();
  element('divider').setPointerCapture(event.pointerId);
});
element('divider').addEventListener('pointermove', event => {
  if (event.buttons) widen(window.innerWidth - event.clientX);
});
element('divider').addEventListener('keydown', event => {
  const by = event.key === 'ArrowLeft' ? 40 : event.key === 'ArrowRight' ? -40 : 0;
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  widen(element('panel').offsetWidth + by);
});
function widen(width) {
  element('panel').style.width = Math.min(Math.max(width, 200), window.innerWidth * 0.7) + 'px';
  drawList();
}

// --- begin

function begin() {
  document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const verdict = element('verdict');
  verdict.classList.toggle('good', !failed && data.reproduced);
  verdict.classList.toggle('stray', !data.reproduced);
  const by = failed ? data.failure.oracle.replaceAll('_', '-') : '';
  const tag = !data.reproduced ? 'not reproduced' : !failed ? 'no failure' :
    by === data.failure.kind ? by : data.failure.kind + ' · ' + by;
  const words = !data.reproduced ? strayWords : failed ? data.failure.sentence : 'Every promise was kept.';
  verdict.append(make('span', {class: 'tag'}, tag), words);
  verdict.title = failed || !data.reproduced ? words : '';
  const counted = (count, thing) => count + ' ' + thing + (count === 1 ? '' : 's');
  element('meta').textContent = ['seed ' + data.seed, 'profile ' + data.profile, counted(data.nodes, 'node'), counted(eventCount, 'event'),
    counted(messages.length, 'message'), counted(operations.length, 'request'), timeText(eventCount ? time[lastEvent] : 0)].join(' · ');
  document.title = tag + ', seed ' + data.seed;
  element('to-violation').hidden = !failed;
  readColours();
  refreshColours();
  fillFilters();
  fillRun();
  openTab('details');
  listed = [];
  refill();
  element('by-time').setAttribute('aria-checked', String(view.position === time));
  element('by-order').setAttribute('aria-checked', String(view.position === order));
  [view.from, view.to] = wholeRun();
  // "#e=523" is an event, "#o=372" an operation.
  const [, what, number] = location.hash.match(/^#([eo])=(\d+)$/) ?? [];
  const op = what === 'o' ? operations.find(o => o.logical === Number(number)) : undefined;
  if (op || (what === 'e' && Number(number) <= lastEvent)) {
    select(op ? {operation: op.i} : {event: Number(number)});
    zoomToSelection();
  } else {
    fillDetails();
  }
  new ResizeObserver(redraw).observe(element('stage'));
  redraw();
}
begin();
