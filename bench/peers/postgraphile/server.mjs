// PostGraphile 5 bare, as its documentation shows library mode: preset amber, Node's own http server, no policy.
// Reads one JSON line on standard input: {"port", "pool", "database": {...}}; prints "ready".
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { grafserv } from "grafserv/node";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { TYPES } from "postgraphile/@dataplan/pg";
import { addPgTableCondition } from "postgraphile/utils";

const settings = JSON.parse(readFileSync(0, "utf8"));
const pool = new pg.Pool({ ...settings.database, max: settings.pool });
const reports = { schemaName: "public", tableName: "concern_report" };

const preset = {
  extends: [PostGraphileAmberPreset],
  // Or only columns that lead an index could be ordered by, and the inbox is ordered by the second column of its index.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  plugins: [
    // Everybody answers the same page, so the two filters of ours are added here.
    addPgTableCondition(
      reports,
      "sentBefore",
      ({ graphql: { GraphQLString } }) => ({ type: GraphQLString }),
      (value, { sqlTableAlias, sql, sqlValueWithCodec }) =>
        sql`${sqlTableAlias}.sent_at < ${sqlValueWithCodec(value, TYPES.timestamptz)}`,
    ),
    addPgTableCondition(
      reports,
      "received",
      ({ graphql: { GraphQLBoolean } }) => ({ type: GraphQLBoolean }),
      (_value, { sqlTableAlias, sql }) => sql`${sqlTableAlias}.status <> ALL ('{DRAFT,VALIDATED,MISROUTED}'::text[])`,
    ),
  ],
  pgServices: [makePgService({ pool, schemas: ["public"] })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false, watch: false },
  grafast: { explain: false },
};

const server = createServer();
const serv = postgraphile(preset).createServ(grafserv);
await serv.addTo(server);
server.listen(settings.port, "127.0.0.1", () => console.log("ready"));
