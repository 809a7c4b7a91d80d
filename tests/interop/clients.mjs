// Four public GraphQL clients ask the same things; each prints what its own user would get.
import { readFileSync } from 'node:fs';
import { GraphQLClient } from 'graphql-request';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client as UrqlClient, fetchExchange } from '@urql/core';
import relay from 'relay-runtime';
import { createHash } from 'node:crypto';

const { url, token, query, variables, wrong, mutation, input } = JSON.parse(readFileSync(0, 'utf8'));
const headers = { authorization: `Bearer ${token}` };
const codes = (errors) => errors.map((error) => error.extensions.code);

async function graphqlRequest() {
  const client = new GraphQLClient(url, { headers });
  return {
    data: await client.request(query, variables),
    codes: await client.request(wrong).catch((error) => codes(error.response.errors)),
    act: await client.request(mutation, { input }).catch((error) => codes(error.response.errors)),
  };
}

async function apollo(link) {
  const client = new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions: { query: { fetchPolicy: 'no-cache' } } });
  return {
    data: strip((await client.query({ query: gql(query), variables })).data),
    codes: await client.query({ query: gql(wrong) }).catch((error) => codes(error.errors)),
    act: await client.mutate({ mutation: gql(mutation), variables: { input } }).catch((error) => codes(error.errors)),
  };
}

// The cache adds `__typename` to every selection.
const strip = (value) => JSON.parse(JSON.stringify(value, (name, inner) => (name === '__typename' ? undefined : inner)));

async function urql(preferGetMethod) {
  const client = new UrqlClient({ url, exchanges: [fetchExchange], fetchOptions: { headers }, preferGetMethod });
  const found = await client.query(query, variables).toPromise();
  if (found.error) throw found.error;
  return {
    data: found.data,
    codes: codes((await client.query(wrong, {}).toPromise()).error.graphQLErrors),
    act: codes((await client.mutation(mutation, { input }).toPromise()).error.graphQLErrors),
  };
}

async function relayRuntime() {
  const { Environment, Network, RecordSource, Store, Observable } = relay;
  const fetched = async (text, given) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables: given }),
    });
    return answer.json();
  };
  const environment = new Environment({
    network: Network.create((operation, given) => Observable.from(fetched(operation.text, given))),
    store: new Store(new RecordSource()),
  });
  const raw = async (text, given) => {
    const network = environment.getNetwork();
    const request = { text, name: 'x', operationKind: 'query', id: null, cacheID: text, metadata: {} };
    return network.execute(request, given, {}).toPromise();
  };
  return {
    data: (await raw(query, variables)).data,
    codes: codes((await raw(wrong, {})).errors),
    act: codes((await raw(mutation, { input })).errors),
  };
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
console.log(
  JSON.stringify({
    'graphql-request': await graphqlRequest(),
    'Apollo Client': await apollo(new HttpLink({ uri: url, headers })),
    'Apollo Client, GET': await apollo(new HttpLink({ uri: url, headers, useGETForQueries: true })),
    'Apollo Client, hashes': await apollo(new PersistedQueryLink({ sha256 }).concat(new HttpLink({ uri: url, headers }))),
    urql: await urql(false),
    'urql, GET': await urql('force'),
    'relay-runtime': await relayRuntime(),
  }),
);
process.exit(0);
