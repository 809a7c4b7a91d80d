-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G01, G04, G08, G12, G33, G38; on condition: -
WITH soon AS
(SELECT first.kind AS kind, first.due_at AS due_at, first.about AS about, first.situation AS situation, first.id AS id
FROM (SELECT anon_11.kind AS kind, anon_11.due_at AS due_at, anon_11.about AS about, anon_11.situation AS situation, anon_11.id AS id
FROM (SELECT anon_12.kind AS kind, anon_12.due_at AS due_at, anon_12.about AS about, anon_12.situation AS situation, anon_12.id AS id
FROM (SELECT 'REPORT' AS kind, contact_3.report_due_at AS due_at, 'con_' || CAST(contact_3.id AS TEXT) AS about, contact_3.situation_id AS situation, contact_3.id AS id, contact_3.report_due_at AS walked
FROM contact AS contact_3
WHERE contact_3.report_due_at IS NOT NULL AND contact_3.report_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND contact_3.report_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_10.via = 'NETWORK' AND reach_10.situation_id = contact_3.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM situation AS situation_2
WHERE situation_2.id = contact_3.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_11.via = 'NETWORK' AND reach_11.situation_id = situation_2.id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) AND situation_2.status != 'CLOSED'
 LIMIT ALL OFFSET 0)) AND contact_3.report_due_at IS NOT NULL) AS anon_12
WHERE (anon_12.due_at < now()) = $7::BOOLEAN ORDER BY anon_12.walked ASC, anon_12.id ASC
 LIMIT 101) AS anon_11 UNION ALL SELECT anon_13.kind AS kind, anon_13.due_at AS due_at, anon_13.about AS about, anon_13.situation AS situation, anon_13.id AS id
FROM (SELECT anon_14.kind AS kind, anon_14.due_at AS due_at, anon_14.about AS about, anon_14.situation AS situation, anon_14.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_6.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id, concern_report_6.acknowledge_due_at AS walked
FROM concern_report AS concern_report_6
WHERE concern_report_6.acknowledge_due_at IS NOT NULL AND concern_report_6.status = 'SENT' AND concern_report_6.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_6.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_12.via = 'NETWORK' AND reach_12.situation_id = concern_report_6.situation_id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_6.status = 'SENT' AND concern_report_6.acknowledge_due_at IS NOT NULL) AS anon_14
WHERE (anon_14.due_at < now()) = $7::BOOLEAN ORDER BY anon_14.walked ASC, anon_14.id ASC
 LIMIT 101) AS anon_13 UNION ALL SELECT anon_15.kind AS kind, anon_15.due_at AS due_at, anon_15.about AS about, anon_15.situation AS situation, anon_15.id AS id
FROM (SELECT anon_16.kind AS kind, anon_16.due_at AS due_at, anon_16.about AS about, anon_16.situation AS situation, anon_16.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_7.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_7.id AS TEXT) AS about, concern_report_7.situation_id AS situation, concern_report_7.id AS id, concern_report_7.evaluation_due_at AS walked
FROM concern_report AS concern_report_7
WHERE concern_report_7.evaluation_due_at IS NOT NULL AND concern_report_7.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_7.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_7.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_13.via = 'NETWORK' AND reach_13.situation_id = concern_report_7.situation_id AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_7.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_7.evaluation_due_at IS NOT NULL) AS anon_16
WHERE (anon_16.due_at < now()) = $7::BOOLEAN ORDER BY anon_16.walked ASC, anon_16.id ASC
 LIMIT 101) AS anon_15 UNION ALL SELECT anon_17.kind AS kind, anon_17.due_at AS due_at, anon_17.about AS about, anon_17.situation AS situation, anon_17.id AS id
FROM (SELECT anon_18.kind AS kind, anon_18.due_at AS due_at, anon_18.about AS about, anon_18.situation AS situation, anon_18.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_8.return_due_at AS due_at, 'rep_' || CAST(concern_report_8.id AS TEXT) AS about, concern_report_8.situation_id AS situation, concern_report_8.id AS id, concern_report_8.return_due_at AS walked
FROM concern_report AS concern_report_8
WHERE concern_report_8.return_due_at IS NOT NULL AND concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_8.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_8.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_14.via = 'NETWORK' AND reach_14.situation_id = concern_report_8.situation_id AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_8.return_due_at IS NOT NULL) AS anon_18
WHERE (anon_18.due_at < now()) = $7::BOOLEAN ORDER BY anon_18.walked ASC, anon_18.id ASC
 LIMIT 101) AS anon_17 UNION ALL SELECT anon_19.kind AS kind, anon_19.due_at AS due_at, anon_19.about AS about, anon_19.situation AS situation, anon_19.id AS id
FROM (SELECT anon_20.kind AS kind, anon_20.due_at AS due_at, anon_20.about AS about, anon_20.situation AS situation, anon_20.id AS id
FROM (SELECT 'SENDER_ANSWER' AS kind, concern_report_9.sender_answer_due_at AS due_at, 'rep_' || CAST(concern_report_9.id AS TEXT) AS about, concern_report_9.situation_id AS situation, concern_report_9.id AS id, concern_report_9.sender_answer_due_at AS walked
FROM concern_report AS concern_report_9
WHERE concern_report_9.sender_answer_due_at IS NOT NULL AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_9.sender_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_9.sender_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_15.via = 'NETWORK' AND reach_15.situation_id = concern_report_9.situation_id AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_4
WHERE contact_4.id = concern_report_9.origin_contact_id AND (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_16.via = 'NETWORK' AND reach_16.situation_id = contact_4.situation_id AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_4.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) AND concern_report_9.sender_answer_due_at IS NOT NULL) AS anon_20
WHERE (anon_20.due_at < now()) = $7::BOOLEAN ORDER BY anon_20.walked ASC, anon_20.id ASC
 LIMIT 101) AS anon_19) AS first ORDER BY first.due_at ASC, first.kind ASC, first.id ASC
 LIMIT $8::INTEGER + 1)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT clock.id AS id
FROM (SELECT anon_3.kind AS kind, anon_3.due_at AS due_at, anon_3.about AS about, anon_3.situation AS situation, anon_3.id AS id
FROM (SELECT 'REPORT' AS kind, contact_1.report_due_at AS due_at, 'con_' || CAST(contact_1.id AS TEXT) AS about, contact_1.situation_id AS situation, contact_1.id AS id, contact_1.report_due_at AS walked
FROM contact AS contact_1
WHERE contact_1.report_due_at IS NOT NULL AND contact_1.report_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND contact_1.report_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_1.via = 'NETWORK' AND reach_1.situation_id = contact_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM situation AS situation_1
WHERE situation_1.id = contact_1.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_2.via = 'NETWORK' AND reach_2.situation_id = situation_1.id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0)) AND situation_1.status != 'CLOSED'
 LIMIT ALL OFFSET 0)) AND contact_1.report_due_at IS NOT NULL) AS anon_3
WHERE (anon_3.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_4.kind AS kind, anon_4.due_at AS due_at, anon_4.about AS about, anon_4.situation AS situation, anon_4.id AS id
FROM (SELECT 'VALIDATION' AS kind, concern_report_1.sent_at + make_interval(0, 0, 0, 0, 24) AS due_at, 'rep_' || CAST(concern_report_1.id AS TEXT) AS about, concern_report_1.situation_id AS situation, concern_report_1.id AS id, concern_report_1.sent_at AS walked
FROM concern_report AS concern_report_1
WHERE concern_report_1.sent_at IS NOT NULL AND concern_report_1.sent_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END - make_interval(0, 0, 0, 0, 24) AND concern_report_1.sent_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END - make_interval(0, 0, 0, 0, 24) AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_3.via = 'NETWORK' AND reach_3.situation_id = concern_report_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_1.validated_at IS NULL AND concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_1.sent_at IS NOT NULL) AS anon_4
WHERE (anon_4.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_5.kind AS kind, anon_5.due_at AS due_at, anon_5.about AS about, anon_5.situation AS situation, anon_5.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_2.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id, concern_report_2.acknowledge_due_at AS walked
FROM concern_report AS concern_report_2
WHERE concern_report_2.acknowledge_due_at IS NOT NULL AND concern_report_2.status = 'SENT' AND concern_report_2.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_2.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_4.via = 'NETWORK' AND reach_4.situation_id = concern_report_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_2.status = 'SENT' AND concern_report_2.acknowledge_due_at IS NOT NULL) AS anon_5
WHERE (anon_5.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_6.kind AS kind, anon_6.due_at AS due_at, anon_6.about AS about, anon_6.situation AS situation, anon_6.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_3.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id, concern_report_3.evaluation_due_at AS walked
FROM concern_report AS concern_report_3
WHERE concern_report_3.evaluation_due_at IS NOT NULL AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_3.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_3.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_5.via = 'NETWORK' AND reach_5.situation_id = concern_report_3.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_3.evaluation_due_at IS NOT NULL) AS anon_6
WHERE (anon_6.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_7.kind AS kind, anon_7.due_at AS due_at, anon_7.about AS about, anon_7.situation AS situation, anon_7.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_4.return_due_at AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id, concern_report_4.return_due_at AS walked
FROM concern_report AS concern_report_4
WHERE concern_report_4.return_due_at IS NOT NULL AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_4.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_4.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_6.via = 'NETWORK' AND reach_6.situation_id = concern_report_4.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_4.return_due_at IS NOT NULL) AS anon_7
WHERE (anon_7.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_8.kind AS kind, anon_8.due_at AS due_at, anon_8.about AS about, anon_8.situation AS situation, anon_8.id AS id
FROM (SELECT 'SENDER_ANSWER' AS kind, concern_report_5.sender_answer_due_at AS due_at, 'rep_' || CAST(concern_report_5.id AS TEXT) AS about, concern_report_5.situation_id AS situation, concern_report_5.id AS id, concern_report_5.sender_answer_due_at AS walked
FROM concern_report AS concern_report_5
WHERE concern_report_5.sender_answer_due_at IS NOT NULL AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_5.sender_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_5.sender_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_7.via = 'NETWORK' AND reach_7.situation_id = concern_report_5.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_2
WHERE contact_2.id = concern_report_5.origin_contact_id AND (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_8.via = 'NETWORK' AND reach_8.situation_id = contact_2.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_2.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) AND concern_report_5.sender_answer_due_at IS NOT NULL) AS anon_8
WHERE (anon_8.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_9.kind AS kind, anon_9.due_at AS due_at, anon_9.about AS about, anon_9.situation AS situation, anon_9.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = $2::UUID AND true), 'Europe/Paris'), minor_1.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_1.id AS TEXT) AS about, minor_1.situation_id AS situation, minor_1.id AS id, minor_1.majority_on AS walked
FROM minor AS minor_1
WHERE minor_1.majority_on IS NOT NULL AND minor_1.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_10) AND minor_1.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_1.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_9.via = 'NETWORK' AND reach_9.situation_id = minor_1.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = $2::UUID AND true), 'Europe/Paris'), minor_1.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_1.majority_on IS NOT NULL) AS anon_9
WHERE (anon_9.due_at < now()) = $7::BOOLEAN) AS clock
 LIMIT 1000) AS counted) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT soon.kind AS kind, soon.due_at AS due_at, soon.about AS about, soon.situation AS situation, soon.id AS id
FROM soon UNION ALL SELECT anon_21.kind AS kind, anon_21.due_at AS due_at, anon_21.about AS about, anon_21.situation AS situation, anon_21.id AS id
FROM (SELECT anon_22.kind AS kind, anon_22.due_at AS due_at, anon_22.about AS about, anon_22.situation AS situation, anon_22.id AS id
FROM (SELECT 'VALIDATION' AS kind, concern_report_10.sent_at + make_interval(0, 0, 0, 0, 24) AS due_at, 'rep_' || CAST(concern_report_10.id AS TEXT) AS about, concern_report_10.situation_id AS situation, concern_report_10.id AS id, concern_report_10.sent_at AS walked
FROM concern_report AS concern_report_10
WHERE concern_report_10.sent_at IS NOT NULL AND concern_report_10.sent_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END - make_interval(0, 0, 0, 0, 24) AND concern_report_10.sent_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END - make_interval(0, 0, 0, 0, 24) AND concern_report_10.sent_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_23
FROM soon) - make_interval(0, 0, 0, 0, 24) AND (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_17.via = 'NETWORK' AND reach_17.situation_id = concern_report_10.situation_id AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_10.validated_at IS NULL AND concern_report_10.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_10.sent_at IS NOT NULL) AS anon_22
WHERE (anon_22.due_at < now()) = $7::BOOLEAN ORDER BY anon_22.walked ASC, anon_22.id ASC
 LIMIT 101) AS anon_21 UNION ALL SELECT anon_24.kind AS kind, anon_24.due_at AS due_at, anon_24.about AS about, anon_24.situation AS situation, anon_24.id AS id
FROM (SELECT anon_25.kind AS kind, anon_25.due_at AS due_at, anon_25.about AS about, anon_25.situation AS situation, anon_25.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = $2::UUID AND true), 'Europe/Paris'), minor_2.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_2.id AS TEXT) AS about, minor_2.situation_id AS situation, minor_2.id AS id, minor_2.majority_on AS walked
FROM minor AS minor_2
WHERE minor_2.majority_on IS NOT NULL AND minor_2.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_26) AND minor_2.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_2.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND minor_2.majority_on <= CAST(CAST(timezone('Europe/Paris', (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_23
FROM soon)) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_18.via = 'NETWORK' AND reach_18.situation_id = minor_2.situation_id AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = $2::UUID AND true), 'Europe/Paris'), minor_2.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_2.majority_on IS NOT NULL) AS anon_25
WHERE (anon_25.due_at < now()) = $7::BOOLEAN ORDER BY anon_25.walked ASC, anon_25.id ASC
 LIMIT 101) AS anon_24) AS clock ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
