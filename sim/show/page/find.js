// What a search means. "node 3": what happens there. "#523": that event, or the operation of that number. A field of
// messages and a number, "term 4", "last index 7": messages that say so; a field alone, "granted": where it isn't 0. A
// word, from its beginning: what happens, who asks for what, and how it ended. Other numbers and paths: in whole.
const fieldNames = new Set(data.messageKinds.flatMap(kind => kind.fields));
// Those that are yes or no, or how many.
const flagNames = new Set([...fieldNames].filter(name => messages.every(message => {
  const at = data.messageKinds[message.kind].fields.indexOf(name);
  return at < 0 || message.fields[at] <= 1;
})));

function fieldOf(message, name) {
  const at = data.messageKinds[message.kind].fields.indexOf(name);
  return at < 0 ? undefined : message.fields[at];
}
const operationOf = i => operationAt.get(i) ?? null;

// What is searched for words: without the fields of messages, of which each message has most.
function wordsOf(i) {
  if (messageOf[i] >= 0) return eventName(i) + ' ' + kindName(messages[messageOf[i]].kind);
  const op = operationOf(i);
  return (eventText(i) + (op ? ' ' + op.outcome + ' ' + op.answer : '')).toLowerCase();
}
const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

// Each condition takes an event, and what words are there.
function conditionsOf(query) {
  const tokens = query.toLowerCase().split(/\s+/).filter(Boolean);
  const conditions = [];
  for (let i = 0; i < tokens.length;) {
    let length = 1;
    const number = at => /^\d+$/.test(tokens[at] ?? '') ? Number(tokens[at]) : NaN;
    // The longest name of a field that begins here.
    const name = [3, 2, 1].map(n => tokens.slice(i, i + n).join(' ')).find(text => fieldNames.has(text));
    const after = name ? i + name.split(' ').length : i + 1;
    const token = tokens[i];
    if (/^#\d+$/.test(token)) {
      const wanted = Number(token.slice(1));
      conditions.push(event => event === wanted || operationOf(event)?.logical === wanted);
    } else if (token === 'node' && !Number.isNaN(number(i + 1))) {
      const node = number(i + 1) - 1;
      conditions.push(event => !isOfWorld(event) && nodeOf[event] === node);
      length = 2;
    } else if (name && !Number.isNaN(number(after))) {
      const value = number(after);
      conditions.push(event => messageOf[event] >= 0 && fieldOf(messages[messageOf[event]], name) === value);
      length = after - i + 1;
    } else if (name && flagNames.has(name)) {
      const flag = name;
      conditions.push(event => messageOf[event] >= 0 && fieldOf(messages[messageOf[event]], flag) > 0);
      length = after - i;
    } else {
      const withNumber = /^[a-z-]+$/.test(token) && !Number.isNaN(number(i + 1));
      const text = withNumber ? escaped(token) + ' ' + tokens[i + 1] + '(?![\\w/])' :
        /^[a-z]/.test(token) ? escaped(token) : escaped(token) + '(?![\\w/])';
      const pattern = new RegExp('(?<![\\w/-])' + text);
      conditions.push((event, words) => pattern.test(words));
      length = withNumber ? 2 : 1;
    }
    i += length;
  }
  return conditions;
}

function eventsFound(query) {
  const conditions = conditionsOf(query);
  const found = [];
  for (let i = 0; conditions.length && i < eventCount; ++i) {
    const words = wordsOf(i);
    if (conditions.every(holds => holds(i, words))) found.push(i);
  }
  return found;
}
