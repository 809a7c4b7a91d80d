// npm graphql-ws and graphql-sse follow streams as their own users would: a line tells the test when both wait, a line what they got.
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import { createClient as eventClient } from 'graphql-sse';
import { createClient as socketClient } from 'graphql-ws';
import WebSocket from 'ws';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { url, token, question, wrong, watch, variables, mutation, input } = JSON.parse((await lines.next()).value);

const makers = {
  'graphql-ws': (shown) =>
    socketClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${shown}` },
      retryAttempts: 0,
    }),
  'graphql-sse': (shown) => eventClient({ url, headers: { authorization: `Bearer ${shown}` }, retryAttempts: 0 }),
};

async function all(iterator) {
  const found = [];
  for await (const result of iterator) found.push(result);
  return found;
}

// graphql-ws fails with the list of errors; over server-sent events the only result holds it.
const codesOf = (results) => results[0].errors.map((error) => error.extensions.code);
const refusal = (client) =>
  all(client.iterate({ query: wrong })).then(codesOf, (errors) => errors.map((error) => error.extensions.code));

const followed = {};
const clients = Object.entries(makers).map(([name, made]) => [name, made(token)]);
for (const [name, client] of clients) followed[name] = all(client.iterate({ query: watch, variables }));
await pause(500);

const found = {};
for (const [name, client] of clients) {
  const bad = await all(makers[name]('x.y.z').iterate({ query: question })).catch((problem) => problem.code ?? problem.response.status);
  found[name] = {
    question: await all(client.iterate({ query: question })),
    wrong: await refusal(client),
    act: (await all(client.iterate({ query: mutation, variables: { input } }))).flatMap((result) => codesOf([result])),
    bad,
  };
}
console.log(JSON.stringify('waiting'));
for (const [name] of clients) found[name].events = await followed[name];
console.log(JSON.stringify(found));
process.exit(0);
