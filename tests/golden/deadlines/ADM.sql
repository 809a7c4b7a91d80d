-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G31; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 'HABILITATION' AS kind, habilitation_1.valid_to AS due_at, 'hab_' || CAST(habilitation_1.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_1.id AS id
FROM habilitation AS habilitation_1
WHERE true AND habilitation_1.state = 'ACTIVE' AND habilitation_1.revoked_at IS NULL) AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT 'HABILITATION' AS kind, habilitation_2.valid_to AS due_at, 'hab_' || CAST(habilitation_2.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_2.id AS id
FROM habilitation AS habilitation_2
WHERE true AND habilitation_2.state = 'ACTIVE' AND habilitation_2.revoked_at IS NULL) AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
