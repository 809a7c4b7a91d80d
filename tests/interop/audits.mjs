// The audits of GraphQL over HTTP, run against the server as its client would call it: with a token.
import { readFileSync } from 'node:fs';
import { serverAudits } from 'graphql-http';

const { url, token } = JSON.parse(readFileSync(0, 'utf8'));
const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason });
}
console.log(JSON.stringify(results));
