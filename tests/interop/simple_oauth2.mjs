// simple-oauth2 as a tool that cannot sign: Basic in the header, which is all it is allowed here.
import { readFileSync } from 'node:fs';
import { ClientCredentials } from 'simple-oauth2';

const { issuer, resource, clientId, secret, question } = JSON.parse(readFileSync(0, 'utf8'));

async function asked(authorizationMethod) {
  const client = new ClientCredentials({
    client: { id: clientId, secret },
    auth: { tokenHost: issuer, tokenPath: '/oauth/token' },
    options: { authorizationMethod },
  });
  try {
    return (await client.getToken({ scope: 'cases:read' })).token;
  } catch (error) {
    return { refused: error.data?.payload?.error ?? String(error) };
  }
}

const token = await asked('header');
const answer = await fetch(resource, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${token.access_token}` },
  body: question,
});
console.log(
  JSON.stringify({ type: token.token_type, answer: await answer.json(), inTheBody: (await asked('body')).refused }),
);
