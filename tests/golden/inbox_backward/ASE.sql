-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, page_size, cursor_outer, cursor_inner, cursor_value, cursor_id
-- access log: -; on condition: G12
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.edges AS edges, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(json_build_object('cursor', numbered.cursor, 'node', numbered.node_0) ORDER BY numbered.number DESC) FILTER (WHERE numbered.number <= $7::INTEGER), '[]'::json) AS edges, json_build_object('hasNextPage', true, 'hasPreviousPage', count(*) > $7::INTEGER, 'startCursor', (coalesce(array_agg(numbered.cursor ORDER BY numbered.number DESC) FILTER (WHERE numbered.number <= $7::INTEGER), '{}'::text[]))[1], 'endCursor', (coalesce(array_agg(numbered.cursor ORDER BY numbered.number DESC) FILTER (WHERE numbered.number <= $7::INTEGER), '{}'::text[]))[least(count(*), $7::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $7::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT rows.node_0 AS node_0, rows.cursor AS cursor, rows.situation AS situation
FROM (WITH near AS
(SELECT anon_3.node_0 AS node_0, anon_3.cursor AS cursor, anon_3.situation AS situation, anon_3.key$ AS key$, anon_3.tie$ AS tie$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'rep_' || CAST(concern_report_1.id AS TEXT) AS id, CASE WHEN (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) THEN concern_report_1.due_at END AS "dueAt") AS row$) AS node_0, translate(encode(convert_to(CAST('infinity'::timestamptz AS TEXT) || '|' || CAST(concern_report_1.id AS TEXT), 'UTF8') || SUBSTRING(sha256($8::BYTEA || sha256($9::BYTEA || convert_to(CAST('infinity'::timestamptz AS TEXT) || '|' || CAST(concern_report_1.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, concern_report_1.situation_id AS situation, 'infinity'::timestamptz AS key$, concern_report_1.id AS tie$
FROM concern_report AS concern_report_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $3::UUID AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND ('GRANT:G11:' || $5::VARCHAR) = any(seen_1.vias) AND concern_report_1.situation_id = any(array((SELECT reach_2.situation_id
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.via = any(ARRAY['GRANT:G11:' || $5::VARCHAR])))) AND NOT (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND concern_report_1.id < CASE WHEN ($10::TIMESTAMP WITH TIME ZONE = 'infinity'::timestamptz) THEN $11::UUID ELSE '00000000-0000-0000-0000-000000000000'::uuid END ORDER BY 'infinity'::timestamptz DESC, concern_report_1.id DESC
 LIMIT $7::INTEGER + 1) AS anon_3)
 SELECT near.node_0 AS node_0, near.cursor AS cursor, near.situation AS situation, near.key$ AS key$, near.tie$ AS tie$
FROM near UNION ALL SELECT anon_4.node_0 AS node_0, anon_4.cursor AS cursor, anon_4.situation AS situation, anon_4.key$ AS key$, anon_4.tie$ AS tie$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT 'rep_' || CAST(concern_report_2.id AS TEXT) AS id, concern_report_2.due_at AS "dueAt") AS row$) AS node_0, translate(encode(convert_to(CAST(concern_report_2.due_at AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8') || SUBSTRING(sha256($8::BYTEA || sha256($9::BYTEA || convert_to(CAST(concern_report_2.due_at AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, concern_report_2.situation_id AS situation, concern_report_2.due_at AS key$, concern_report_2.id AS tie$
FROM concern_report AS concern_report_2 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $3::UUID AND reach_3.situation_id = concern_report_2.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = $2::UUID AND (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND concern_report_2.due_at IS NOT NULL AND (concern_report_2.due_at, concern_report_2.id) < ($10::TIMESTAMP WITH TIME ZONE, $11::UUID) AND (SELECT count(*) AS count_1
FROM near) < $7::INTEGER + 1 ORDER BY concern_report_2.due_at DESC, concern_report_2.id DESC
 LIMIT $7::INTEGER + 1) AS anon_4) AS rows ORDER BY rows.key$ DESC, rows.tie$ DESC
 LIMIT $7::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
