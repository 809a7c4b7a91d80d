-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G12; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT clock.id AS id
FROM (SELECT anon_3.kind AS kind, anon_3.due_at AS due_at, anon_3.about AS about, anon_3.situation AS situation, anon_3.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_1.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_1.id AS TEXT) AS about, concern_report_1.situation_id AS situation, concern_report_1.id AS id, concern_report_1.acknowledge_due_at AS walked
FROM concern_report AS concern_report_1
WHERE concern_report_1.acknowledge_due_at IS NOT NULL AND concern_report_1.status = 'SENT' AND concern_report_1.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_1.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED']) AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_1.status = 'SENT' AND concern_report_1.acknowledge_due_at IS NOT NULL) AS anon_3
WHERE (anon_3.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_4.kind AS kind, anon_4.due_at AS due_at, anon_4.about AS about, anon_4.situation AS situation, anon_4.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_2.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id, concern_report_2.evaluation_due_at AS walked
FROM concern_report AS concern_report_2
WHERE concern_report_2.evaluation_due_at IS NOT NULL AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_2.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_2.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = $1::UUID AND reach_2.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED']) AND reach_2.situation_id = concern_report_2.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_2.evaluation_due_at IS NOT NULL) AS anon_4
WHERE (anon_4.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_5.kind AS kind, anon_5.due_at AS due_at, anon_5.about AS about, anon_5.situation AS situation, anon_5.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_3.return_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id, concern_report_3.return_due_at AS walked
FROM concern_report AS concern_report_3
WHERE concern_report_3.return_due_at IS NOT NULL AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_3.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_3.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_3.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED']) AND reach_3.situation_id = concern_report_3.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_3.return_due_at IS NOT NULL) AS anon_5
WHERE (anon_5.due_at < now()) = $7::BOOLEAN) AS clock
 LIMIT 1000) AS counted) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT anon_6.kind AS kind, anon_6.due_at AS due_at, anon_6.about AS about, anon_6.situation AS situation, anon_6.id AS id
FROM (SELECT anon_7.kind AS kind, anon_7.due_at AS due_at, anon_7.about AS about, anon_7.situation AS situation, anon_7.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_4.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id, concern_report_4.acknowledge_due_at AS walked
FROM concern_report AS concern_report_4
WHERE concern_report_4.acknowledge_due_at IS NOT NULL AND concern_report_4.status = 'SENT' AND concern_report_4.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_4.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_4.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = $1::UUID AND reach_4.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED']) AND reach_4.situation_id = concern_report_4.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_4.status = 'SENT' AND concern_report_4.acknowledge_due_at IS NOT NULL) AS anon_7
WHERE (anon_7.due_at < now()) = $7::BOOLEAN ORDER BY anon_7.walked ASC, anon_7.id ASC
 LIMIT 101) AS anon_6 UNION ALL SELECT anon_8.kind AS kind, anon_8.due_at AS due_at, anon_8.about AS about, anon_8.situation AS situation, anon_8.id AS id
FROM (SELECT anon_9.kind AS kind, anon_9.due_at AS due_at, anon_9.about AS about, anon_9.situation AS situation, anon_9.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_5.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_5.id AS TEXT) AS about, concern_report_5.situation_id AS situation, concern_report_5.id AS id, concern_report_5.evaluation_due_at AS walked
FROM concern_report AS concern_report_5
WHERE concern_report_5.evaluation_due_at IS NOT NULL AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_5.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_5.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_5.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $1::UUID AND reach_5.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED']) AND reach_5.situation_id = concern_report_5.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_5.evaluation_due_at IS NOT NULL) AS anon_9
WHERE (anon_9.due_at < now()) = $7::BOOLEAN ORDER BY anon_9.walked ASC, anon_9.id ASC
 LIMIT 101) AS anon_8 UNION ALL SELECT anon_10.kind AS kind, anon_10.due_at AS due_at, anon_10.about AS about, anon_10.situation AS situation, anon_10.id AS id
FROM (SELECT anon_11.kind AS kind, anon_11.due_at AS due_at, anon_11.about AS about, anon_11.situation AS situation, anon_11.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_6.return_due_at AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id, concern_report_6.return_due_at AS walked
FROM concern_report AS concern_report_6
WHERE concern_report_6.return_due_at IS NOT NULL AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_6.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_6.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_6.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = $1::UUID AND reach_6.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED']) AND reach_6.situation_id = concern_report_6.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_6.return_due_at IS NOT NULL) AS anon_11
WHERE (anon_11.due_at < now()) = $7::BOOLEAN ORDER BY anon_11.walked ASC, anon_11.id ASC
 LIMIT 101) AS anon_10) AS clock ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
