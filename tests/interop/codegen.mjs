// graphql-codegen writes TypeScript for a schema and a document; what it writes has to compile in strict mode.
import { writeFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { codegen } from '@graphql-codegen/core';
import * as operations from '@graphql-codegen/typescript-operations';
import * as typed from '@graphql-codegen/typed-document-node';
import { parse } from 'graphql';
import { given } from './given.mjs';

const { schemas, folder } = given;
const here = dirname(fileURLToPath(import.meta.url));
const written = {};
for (const [audience, { sdl, document }] of Object.entries(schemas)) {
  const output = await codegen({
    filename: `${audience}.ts`,
    schema: parse(sdl),
    documents: [{ location: 'question.graphql', document: parse(document) }],
    config: { scalars: { DateTime: 'string', Date: 'string' }, strictScalars: true },
    plugins: [{ operations: {} }, { typed: {} }],
    pluginMap: { operations, typed },
  });
  writeFileSync(join(folder, `${audience}.ts`), output);
  written[audience] = output.length;
}
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2022',
      types: [],
      paths: { '*': [join(here, 'node_modules', '*')] },
    },
    include: ['*.ts'],
  }),
);
try {
  execFileSync(join(here, 'node_modules', '.bin', 'tsc'), ['-p', folder], { encoding: 'utf8' });
} catch (error) {
  console.error(error.stdout);
  process.exit(1);
}
console.log(JSON.stringify(written));
