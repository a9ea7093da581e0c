// Runs the scripts of a page that `confman-sim show` wrote, without a browser, and does what its
// user would: probe.js PAGE STEP…, a line of JSON for each step.
//
//   accused        the operations that the violation is about, by number
//   key:K          presses K; what is selected then
//   op:N           selects the operation of that number
//   search:WORDS   how many events are found, and the first of them in words
//   state:N:E      voters and durable index of node N after event E, as the table shows them
//   header         what stands on top
const fs = require('fs');
const [page, ...steps] = process.argv.slice(2);
const html = fs.readFileSync(page, 'utf8');
const between = (from, to) => html.slice(html.indexOf(from) + from.length, html.indexOf(to, html.indexOf(from)));
const data = between('<script id="data" type="application/json">', '</script>');
const script = html.slice(html.indexOf("(() => {\n'use strict';"), html.lastIndexOf('</script>')).trimEnd();

// Stands for whatever of a browser the scripts touch: does nothing, and gives itself.
class Node {}
const texts = new Map();
function nothing(name) {
  const children = [];
  const target = function () {};
  return new Proxy(target, {
    get(_, key) {
      if (key === Symbol.toPrimitive) return () => 0;
      if (key === Symbol.iterator) return [][Symbol.iterator];
      if (key === 'append') return (...more) => children.push(...more.map(String));
      if (key === 'replaceChildren') return (...more) => { children.length = 0; children.push(...more.map(String)); };
      if (key === 'textContent') return texts.get(name) ?? '';
      if (key === 'words') return children;
      if (key === 'open') return false;
      if (key === 'toString') return () => children.join(' ');
      if (/(Width|Height)$/.test(String(key))) return 1000;
      return nothing();
    },
    set(_, key, value) {
      if (key === 'textContent') texts.set(name, String(value));
      return true;
    },
    apply: () => nothing(),
    construct: () => nothing(),
  });
}
const elements = new Map();
const getElementById = id => {
  if (!elements.has(id)) elements.set(id, nothing(id));
  return elements.get(id);
};
texts.set('data', data);
const document = {
  getElementById, createElement: () => nothing(), addEventListener() {}, body: nothing(),
  documentElement: {dataset: {}, style: nothing()}, title: '',
};
const globals = {
  document, Node, HTMLInputElement: Node, ResizeObserver: class { observe() {} },
  location: {hash: '', replace() {}}, matchMedia: () => ({matches: false}), requestAnimationFrame() {},
  getComputedStyle: () => nothing(), window: nothing(), devicePixelRatio: 1,
};
const hooks = `
globalThis.page = {commands, accused, operations, eventsFound, eventText, search, select, stateAt, data, messageOf, nodeOf,
  get selection() { return selection; }, get axis() { return view; }, failed};
})();`;
if (!script.endsWith('})();')) throw new Error('the scripts do not end as they used to');
new Function(...Object.keys(globals), script.slice(0, -'})();'.length) + hooks)(...Object.values(globals));

const {commands, accused, operations, select} = globalThis.page;
function selected() {
  const now = globalThis.page.selection;
  if (!now) return {};
  return now.operation === undefined ? now : {operation: operations[now.operation].logical};
}
for (const step of steps) {
  const [what, ...rest] = step.split(':');
  const word = rest.join(':');
  const answer = {
    accused: () => [...accused.operations].map(op => op.logical),
    key: () => { commands[word](); return selected(); },
    op: () => { select({operation: operations.findIndex(op => op.logical === Number(word))}); return selected(); },
    search: () => {
      const found = globalThis.page.eventsFound(word);
      return {count: found.length, events: found};
    },
    state: () => {
      const state = globalThis.page.stateAt(Number(rest[0]) - 1, Number(rest[1]));
      return {voters: state.voters, durable: state.durable};
    },
    header: () => getElementById('verdict').words.join(' '),
  }[what]();
  console.log(JSON.stringify(answer));
}
