// openid-client as a partner's tool: discovery, both grants, the API, introspection, revocation.
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';
import { SignJWT, importJWK } from 'jose';

const { issuer, resource, clientId, jwk, person, dpop, question } = JSON.parse(readFileSync(0, 'utf8'));
const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const config = await client.discovery(new URL(issuer), clientId, undefined, client.PrivateKeyJwt({ key, kid: jwk.kid }), {
  algorithm: 'oauth2',
  execute: [client.allowInsecureRequests],
});
const DPoP = dpop ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined;

const organisation = await client.clientCredentialsGrant(config, { scope: 'cases:read' }, { DPoP });
const seconds = Math.floor(Date.now() / 1000);
const assertion = await new SignJWT({ acr: person.acr, auth_time: seconds - 60, purpose: person.purpose })
  .setProtectedHeader({ alg: 'ES256', typ: 'authorization-grant+jwt', kid: jwk.kid })
  .setIssuer(clientId).setSubject(person.id).setAudience(issuer)
  .setIssuedAt(seconds).setExpirationTime(seconds + 60).setJti(crypto.randomUUID())
  .sign(await importJWK(jwk, 'ES256'));
const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const forPerson = await client.genericGrantRequest(config, grant, { assertion }, { DPoP });

const headers = new Headers({ 'content-type': 'application/json' });
const ask = (token) =>
  client.fetchProtectedResource(config, token, new URL(resource), 'POST', question, headers, { DPoP });
const told = {
  tokenType: organisation.token_type,
  scope: organisation.scope,
  organisation: await (await ask(organisation.access_token)).json(),
  person: await (await ask(forPerson.access_token)).json(),
  before: (await client.tokenIntrospection(config, organisation.access_token)).active,
};
await client.tokenRevocation(config, organisation.access_token);
told.after = (await client.tokenIntrospection(config, organisation.access_token)).active;
try {
  told.revoked = (await ask(organisation.access_token)).status;
} catch (error) {
  told.revoked = error.cause.map(({ scheme, parameters }) => [scheme, parameters.error]);
}
console.log(JSON.stringify(told));
