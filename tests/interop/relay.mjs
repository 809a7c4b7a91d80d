// relay-compiler compiles fragments, pagination and a mutation against a schema, and validates them as it does.
import { writeFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { given } from './given.mjs';

const { sdl, source, folder } = given;
const here = dirname(fileURLToPath(import.meta.url));
mkdirSync(join(folder, 'src'));
writeFileSync(join(folder, 'schema.graphql'), sdl);
writeFileSync(join(folder, 'src', 'Inbox.ts'), source);
writeFileSync(join(folder, 'package.json'), '{"name": "partner"}');
writeFileSync(
  join(folder, 'relay.config.json'),
  JSON.stringify({ src: './src', schema: './schema.graphql', language: 'typescript', eagerEsModules: true }),
);
const done = spawnSync(join(here, 'node_modules', '.bin', 'relay-compiler'), ['relay.config.json'], { cwd: folder, encoding: 'utf8' });
const made = done.status === 0 ? readdirSync(join(folder, 'src', '__generated__')).sort() : [];
console.log(JSON.stringify({ status: done.status, said: done.stderr + done.stdout, made }));
