-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, page_size, cursor_value, cursor_id, cursor_outer, cursor_inner
-- access log: -; on condition: G12
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.edges AS edges, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(json_build_object('cursor', numbered.cursor, 'node', numbered.node_0) ORDER BY numbered.number DESC) FILTER (WHERE numbered.number <= $7::INTEGER), '[]'::json) AS edges, json_build_object('hasNextPage', true, 'hasPreviousPage', count(*) > $7::INTEGER, 'startCursor', (coalesce(array_agg(numbered.cursor ORDER BY numbered.number DESC) FILTER (WHERE numbered.number <= $7::INTEGER), '{}'::text[]))[1], 'endCursor', (coalesce(array_agg(numbered.cursor ORDER BY numbered.number DESC) FILTER (WHERE numbered.number <= $7::INTEGER), '{}'::text[]))[least(count(*), $7::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $7::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (WITH rows$ AS
(SELECT anon_3.id AS id, anon_3.situation_id AS situation_id, anon_3.due_at AS due_at, anon_3.vias$ AS vias$, anon_3.key$ AS key$, anon_3.tie$ AS tie$
FROM (WITH near AS
(SELECT anon_4.id AS id, anon_4.situation_id AS situation_id, anon_4.due_at AS due_at, anon_4.vias$ AS vias$, anon_4.key$ AS key$, anon_4.tie$ AS tie$
FROM (SELECT concern_report_1.id AS id, concern_report_1.situation_id AS situation_id, concern_report_1.due_at AS due_at, seen_1.vias AS vias$, 'infinity'::timestamptz AS key$, concern_report_1.id AS tie$
FROM concern_report AS concern_report_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $3::UUID AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND ('GRANT:G11:' || $5::VARCHAR) = any(seen_1.vias) AND concern_report_1.situation_id = any(array((SELECT reach_2.situation_id
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.via = any(ARRAY['GRANT:G11:' || $5::VARCHAR])))) AND NOT (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND concern_report_1.id < CASE WHEN ($8::TIMESTAMP WITH TIME ZONE = 'infinity'::timestamptz) THEN $9::UUID ELSE '00000000-0000-0000-0000-000000000000'::uuid END ORDER BY 'infinity'::timestamptz DESC, concern_report_1.id DESC
 LIMIT $7::INTEGER + 1) AS anon_4)
 SELECT near.id AS id, near.situation_id AS situation_id, near.due_at AS due_at, near.vias$ AS vias$, near.key$ AS key$, near.tie$ AS tie$
FROM near UNION ALL SELECT anon_5.id AS id, anon_5.situation_id AS situation_id, anon_5.due_at AS due_at, anon_5.vias$ AS vias$, anon_5.key$ AS key$, anon_5.tie$ AS tie$
FROM (SELECT concern_report_2.id AS id, concern_report_2.situation_id AS situation_id, concern_report_2.due_at AS due_at, seen_1.vias AS vias$, concern_report_2.due_at AS key$, concern_report_2.id AS tie$
FROM concern_report AS concern_report_2 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $3::UUID AND reach_3.situation_id = concern_report_2.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = $2::UUID AND (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND concern_report_2.due_at IS NOT NULL AND (concern_report_2.due_at, concern_report_2.id) < ($8::TIMESTAMP WITH TIME ZONE, $9::UUID) AND (SELECT count(*) AS count_1
FROM near) < $7::INTEGER + 1 ORDER BY concern_report_2.due_at DESC, concern_report_2.id DESC
 LIMIT $7::INTEGER + 1) AS anon_5) AS anon_3 ORDER BY anon_3.key$ DESC, anon_3.tie$ DESC
 LIMIT $7::INTEGER + 1)
 SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'rep_' || CAST(rows$.id AS TEXT) AS id, CASE WHEN (rows$.vias$ && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) THEN rows$.due_at END AS "dueAt") AS row$) AS node_0, translate(encode(convert_to(CAST(rows$.key$ AS TEXT) || '|' || CAST(rows$.tie$ AS TEXT), 'UTF8') || SUBSTRING(sha256($10::BYTEA || sha256($11::BYTEA || convert_to(CAST(rows$.key$ AS TEXT) || '|' || CAST(rows$.tie$ AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, rows$.situation_id AS situation
FROM rows$ ORDER BY rows$.key$ DESC, rows$.tie$ DESC) AS page) AS numbered) AS answer) END AS anon_1
