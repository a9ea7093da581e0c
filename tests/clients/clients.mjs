// The public clients, each as its documentation says to use it, behind one face:
//
//   open(url, { onChange(data, id), onEvent(name, data), onError() }) → { close(), closed() }
//
// onChange hears what a listener to messages hears; closed() says that the client has given up.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const kNamed = ['bookmark', 'closing', 'cut'];

// Everything that has the interface of the HTML standard.
function standard(Source, kClosed = 2) {
  return (url, { onChange, onEvent, onError }) => {
    const source = new Source(url);
    source.onmessage = (event) => onChange(event.data, event.lastEventId);
    source.onerror = () => onError();
    for (const name of kNamed) source.addEventListener(name, (event) => onEvent(name, event.data));
    return { close: () => source.close(), closed: () => source.readyState === kClosed };
  };
}

function eventsourceClient() {
  const { createEventSource } = require('eventsource-client');
  return (url, { onChange, onEvent, onError }) => {
    const source = createEventSource({
      url,
      onMessage: ({ data, event, id }) => (event ? onEvent(event, data) : onChange(data, id)),
      onDisconnect: onError,
      onScheduleReconnect: onError,
    });
    return { close: () => source.close(), closed: () => source.readyState === 'closed' };
  };
}

// Tells on the console of each connection that it loses.
function polyfill() {
  const { EventSourcePolyfill } = require('event-source-polyfill');
  console.error = () => {};
  return standard(EventSourcePolyfill);
}

// By the name of the package and its major version.
export function clients() {
  const all = {
    'eventsource 2': () => standard(require('eventsource2')),
    'eventsource 4': () => standard(require('eventsource4').EventSource),
    'event-source-polyfill 1': polyfill,
    'eventsource-client 1': eventsourceClient,
    'launchdarkly-eventsource 2': () => standard(require('launchdarkly-eventsource').EventSource),
    'undici 6': () => standard(require('undici6').EventSource),
    'undici 7': () => standard(require('undici7').EventSource),
  };
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 18)) delete all['undici 7']; // it doesn't load there
  return Object.fromEntries(Object.entries(all).map(([name, make]) => [name, make()]));
}
