// An OpenID provider for the tests: npm oidc-provider over real HTTP, in ProConnect's shape or in that of an
// organisation's own provider. It signs in whoever it was told, without a page, and can be told to break one rule.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import { SignJWT, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK } from 'jose';
import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const shape = JSON.parse((await lines.next()).value);

async function newKey(kid) {
  const { privateKey } = await generateKeyPair(shape.algorithm, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: shape.algorithm };
}

const key = await newKey('first');
const foreignKey = await newKey('first');

// Who signs in next, and what is broken: set by the tests with POST /told.
let told = { account: {}, broken: {} };

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}${shape.path}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: shape.client_id,
    client_secret: shape.client_secret,
    redirect_uris: [shape.redirect_uri],
    post_logout_redirect_uris: [shape.signed_out_uri],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: shape.algorithm,
    ...(shape.signed_userinfo ? { userinfo_signed_response_alg: shape.algorithm } : {}),
  }],
  clientAuthMethods: ['client_secret_post'],
  jwks: { keys: [key] },
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  acrValues: shape.acr_values,
  claims: {
    openid: ['sub'],
    acr: null,
    email: ['email', 'email_verified'],
    profile: ['given_name', 'family_name'],
    given_name: ['given_name'],
    usual_name: ['usual_name'],
    uid: ['uid'],
    siret: ['siret'],
    idp_id: ['idp_id'],
  },
  features: {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: shape.takes_claims },
    jwtUserinfo: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      // A person would press a button.
      logoutSource: (ctx, form) => {
        ctx.body = form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>');
      },
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ ...told.account, sub: id }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: shape.client_id, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope(shape.scope);
    await grant.save();
    return grant;
  },
});

// ------------------------------------------------------------ broken rules

async function resigned(text, changes) {
  const claims = { ...decodeJwt(text), ...changes.claims };
  for (const [name, after] of Object.entries(changes.seconds ?? {})) claims[name] = Math.floor(Date.now() / 1000) + after;
  for (const name of changes.without ?? []) delete claims[name];
  const header = { ...decodeProtectedHeader(text), ...changes.header };
  if (changes.unsigned) {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ ...header, alg: 'none' })}.${part(claims)}.`;
  }
  if (changes.secret) {
    return new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(Buffer.from(changes.secret.padEnd(32)));
  }
  const by = await importJWK(changes.foreign ? foreignKey : key, shape.algorithm);
  return new SignJWT(claims).setProtectedHeader(header).sign(by);
}

provider.use(async (ctx, next) => {
  await next();
  const { id_token: idToken, userinfo, answer, metadata, token } = told.broken;
  const { path } = ctx;
  if (path === '/token' && ctx.status === 200) {
    if (idToken) ctx.body = { ...ctx.body, id_token: await resigned(ctx.body.id_token, idToken) };
    if (token) ctx.body = { ...ctx.body, ...token };
  }
  if (path === '/me' && userinfo) {
    if (typeof ctx.body === 'string') ctx.body = await resigned(ctx.body, userinfo);
    else ctx.body = { ...ctx.body, ...userinfo.claims };
    if (userinfo.as_json) {
      ctx.body = decodeJwt(ctx.body);
      ctx.type = 'application/json';
    }
  }
  if (path === '/.well-known/openid-configuration' && metadata) ctx.body = { ...ctx.body, ...metadata };
  const back = ctx.response.get('location') ?? '';
  if (answer && back.startsWith(shape.redirect_uri)) {
    const url = new URL(back);
    for (const [name, value] of Object.entries(answer)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    ctx.set('location', url.href);
  }
});

// ------------------------------------------------------------ the person, and the test

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

const answered = provider.callback();
const asked = [];

server.on('request', async (request, response) => {
  try {
    if (request.url === '/told') {
      told = await body(request);
      response.end(JSON.stringify(asked.splice(0)));
    } else if (request.url.startsWith('/interaction/')) {
      const { params, prompt } = await provider.interactionDetails(request, response);
      asked.push({ params, prompt: prompt.name });
      await provider.interactionFinished(request, response, {
        login: { accountId: told.account.sub, acr: told.account.acr, remember: false },
      });
    } else {
      // Mounted at the path of its issuer.
      request.originalUrl = request.url;
      request.url = request.url.slice(shape.path.length) || '/';
      await answered(request, response);
    }
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});

console.log(JSON.stringify({ issuer }));
await lines.next();
process.exit(0);
