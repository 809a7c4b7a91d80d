// graphql-eslint looks at a schema with its own recommended rules and those of Relay.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import graphql from '@graphql-eslint/eslint-plugin';
import { given } from './given.mjs';

const { audience, sdl, folder, rules } = given;
const schema = join(folder, `${audience}.graphql`);
writeFileSync(schema, sdl);
const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.graphql'],
      languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
      plugins: { '@graphql-eslint': graphql },
      rules: {
        ...graphql.configs['flat/schema-recommended'].rules,
        ...graphql.configs['flat/schema-relay'].rules,
        ...rules,
      },
    },
  ],
});
const [{ messages }] = await eslint.lintFiles([schema]);
console.log(JSON.stringify(messages.map((one) => `${audience}:${one.line} ${one.ruleId} ${one.message}`)));
