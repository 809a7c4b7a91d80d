-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G31; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT clock.id AS id
FROM (SELECT anon_3.kind AS kind, anon_3.due_at AS due_at, anon_3.about AS about, anon_3.situation AS situation, anon_3.id AS id
FROM (SELECT 'HABILITATION' AS kind, habilitation_1.valid_to AS due_at, 'hab_' || CAST(habilitation_1.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_1.id AS id, habilitation_1.valid_to AS walked
FROM habilitation AS habilitation_1
WHERE habilitation_1.valid_to IS NOT NULL AND habilitation_1.valid_to >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND habilitation_1.valid_to <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND habilitation_1.organisation_id = $1::UUID AND habilitation_1.state = 'ACTIVE' AND habilitation_1.revoked_at IS NULL AND habilitation_1.valid_to IS NOT NULL) AS anon_3
WHERE (anon_3.due_at < now()) = $7::BOOLEAN) AS clock
 LIMIT 1000) AS counted) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT anon_4.kind AS kind, anon_4.due_at AS due_at, anon_4.about AS about, anon_4.situation AS situation, anon_4.id AS id
FROM (SELECT anon_5.kind AS kind, anon_5.due_at AS due_at, anon_5.about AS about, anon_5.situation AS situation, anon_5.id AS id
FROM (SELECT 'HABILITATION' AS kind, habilitation_2.valid_to AS due_at, 'hab_' || CAST(habilitation_2.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_2.id AS id, habilitation_2.valid_to AS walked
FROM habilitation AS habilitation_2
WHERE habilitation_2.valid_to IS NOT NULL AND habilitation_2.valid_to >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND habilitation_2.valid_to <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND habilitation_2.organisation_id = $1::UUID AND habilitation_2.state = 'ACTIVE' AND habilitation_2.revoked_at IS NULL AND habilitation_2.valid_to IS NOT NULL) AS anon_5
WHERE (anon_5.due_at < now()) = $7::BOOLEAN ORDER BY anon_5.walked ASC, anon_5.id ASC
 LIMIT 101) AS anon_4) AS clock ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
