// oauth4webapi as a partner's tool, and as a resource server that knows nothing of us but our metadata.
import { readFileSync } from 'node:fs';
import * as oauth from 'oauth4webapi';
import { SignJWT, importJWK } from 'jose';

const { issuer, resource, clientId, jwk, person, dpop, question } = JSON.parse(readFileSync(0, 'utf8'));
const plainHttp = { [oauth.allowInsecureRequests]: true };
const told = {};

// What the tool knows at first is the address of the API.
const api = new URL(resource);
const described = await oauth.processResourceDiscoveryResponse(api, await oauth.resourceDiscoveryRequest(api, plainHttp));
const place = new URL(described.authorization_servers[0]);
const found = await oauth.discoveryRequest(place, { ...plainHttp, algorithm: 'oauth2' });
const server = await oauth.processDiscoveryResponse(place, found);
told.issuer = server.issuer === issuer;

const client = { client_id: clientId };
const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const authentication = () => oauth.PrivateKeyJwt({ key, kid: jwk.kid });
const DPoP = dpop ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined;
const options = { ...plainHttp, DPoP };

// With a server that asks for nonces the first answer is "again, with this one"; the library remembers it.
async function again(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    told.nonces = (told.nonces ?? 0) + 1;
    return ask();
  }
}

const organisation = await again(async () =>
  oauth.processClientCredentialsResponse(
    server,
    client,
    await oauth.clientCredentialsGrantRequest(server, client, authentication(), { scope: 'cases:read' }, options),
  ),
);
told.tokenType = organisation.token_type;
told.scope = organisation.scope;

const seconds = Math.floor(Date.now() / 1000);
async function vouch() {
  return new SignJWT({ acr: person.acr, auth_time: seconds - 60, purpose: person.purpose })
    .setProtectedHeader({ alg: 'ES256', typ: 'authorization-grant+jwt', kid: jwk.kid })
    .setIssuer(clientId).setSubject(person.id).setAudience(issuer)
    .setIssuedAt(seconds).setExpirationTime(seconds + 60).setJti(crypto.randomUUID())
    .sign(await importJWK(jwk, 'ES256'));
}
const forPerson = await again(async () =>
  oauth.processGenericTokenEndpointResponse(
    server,
    client,
    await oauth.genericTokenEndpointRequest(
      server, client, authentication(), 'urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion: await vouch() }, options,
    ),
  ),
);

// The same request that the API gets is shown to a foreign resource server.
let shown;
const seeing = {
  ...options,
  [oauth.customFetch]: (address, request) => {
    shown = new Request(address, request);
    return fetch(address, request);
  },
};
const headers = () => new Headers({ 'content-type': 'application/json' });
const asked = (token) => again(() => oauth.protectedResourceRequest(token, 'POST', api, headers(), question, seeing));

for (const [name, token] of Object.entries({ organisation: organisation.access_token, person: forPerson.access_token })) {
  told[name] = await (await asked(token)).json();
  const claims = await oauth.validateJwtAccessToken(server, shown, resource, { ...plainHttp, requireDPoP: dpop });
  told[`${name}Claims`] = { sub: claims.sub, client_id: claims.client_id, bound: claims.cnf !== undefined };
}

const stands = async (token) =>
  oauth.processIntrospectionResponse(
    server, client, await oauth.introspectionRequest(server, client, authentication(), token, plainHttp),
  );
told.before = (await stands(organisation.access_token)).active;
const revoking = oauth.revocationRequest(server, client, authentication(), organisation.access_token, plainHttp);
await oauth.processRevocationResponse(await revoking);
told.after = (await stands(organisation.access_token)).active;
try {
  told.revoked = (await asked(organisation.access_token)).status;
} catch (error) {
  told.revoked = error.cause.map(({ scheme, parameters }) => [scheme, parameters.error]);
}
console.log(JSON.stringify(told));
