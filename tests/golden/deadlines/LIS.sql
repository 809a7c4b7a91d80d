-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G01, G04, G08, G09, G12, G33; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 'REPORT' AS kind, contact_1.at + make_interval(0, 0, 0, 0, 24) AS due_at, 'con_' || CAST(contact_1.id AS TEXT) AS about, contact_1.situation_id AS situation, contact_1.id AS id
FROM contact AS contact_1
WHERE (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_1.via = 'NETWORK' AND reach_1.situation_id = contact_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_1.outcome = 'ANSWERED_IP' AND (EXISTS (SELECT 1
FROM situation AS situation_1
WHERE situation_1.id = contact_1.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_2.via = 'NETWORK' AND reach_2.situation_id = situation_1.id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0)) AND situation_1.status != 'CLOSED'
 LIMIT ALL OFFSET 0)) AND NOT (EXISTS (SELECT 1
FROM concern_report AS concern_report_1
WHERE concern_report_1.situation_id = contact_1.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_3.via = 'NETWORK' AND reach_3.situation_id = concern_report_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_1.sent_at >= contact_1.at
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'VALIDATION' AS kind, concern_report_2.sent_at + make_interval(0, 0, 0, 0, 24) AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id
FROM concern_report AS concern_report_2
WHERE (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_4.via = 'NETWORK' AND reach_4.situation_id = concern_report_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_2.validated_at IS NULL AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_3.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id
FROM concern_report AS concern_report_3
WHERE (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_5.via = 'NETWORK' AND reach_5.situation_id = concern_report_3.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_3.status = 'SENT' UNION ALL SELECT 'EVALUATION' AS kind, concern_report_4.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id
FROM concern_report AS concern_report_4
WHERE (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_6.via = 'NETWORK' AND reach_6.situation_id = concern_report_4.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) UNION ALL SELECT 'RETURN' AS kind, concern_report_5.return_due_at AS due_at, 'rep_' || CAST(concern_report_5.id AS TEXT) AS about, concern_report_5.situation_id AS situation, concern_report_5.id AS id
FROM concern_report AS concern_report_5
WHERE (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_7.via = 'NETWORK' AND reach_7.situation_id = concern_report_5.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'SENDER_ANSWER' AS kind, CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = concern_report_6.to_authority_id AND true), CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = concern_report_6.to_authority_id AND true), concern_report_6.sent_at) AS DATE) + make_interval(0, 3) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id
FROM concern_report AS concern_report_6
WHERE (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_8.via = 'NETWORK' AND reach_8.situation_id = concern_report_6.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_2
WHERE contact_2.id = concern_report_6.origin_contact_id AND (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_9.via = 'NETWORK' AND reach_9.situation_id = contact_2.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_2.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = $2::UUID AND true), 'Europe/Paris'), minor_1.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_1.id AS TEXT) AS about, minor_1.situation_id AS situation, minor_1.id AS id
FROM minor AS minor_1
WHERE (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_10.via = 'NETWORK' AND reach_10.situation_id = minor_1.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = $2::UUID AND true), 'Europe/Paris'), minor_1.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now()) AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT 'REPORT' AS kind, contact_3.at + make_interval(0, 0, 0, 0, 24) AS due_at, 'con_' || CAST(contact_3.id AS TEXT) AS about, contact_3.situation_id AS situation, contact_3.id AS id
FROM contact AS contact_3
WHERE (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_11.via = 'NETWORK' AND reach_11.situation_id = contact_3.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_3.outcome = 'ANSWERED_IP' AND (EXISTS (SELECT 1
FROM situation AS situation_2
WHERE situation_2.id = contact_3.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_12.via = 'NETWORK' AND reach_12.situation_id = situation_2.id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0)) AND situation_2.status != 'CLOSED'
 LIMIT ALL OFFSET 0)) AND NOT (EXISTS (SELECT 1
FROM concern_report AS concern_report_7
WHERE concern_report_7.situation_id = contact_3.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_13.via = 'NETWORK' AND reach_13.situation_id = concern_report_7.situation_id AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_7.sent_at >= contact_3.at
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'VALIDATION' AS kind, concern_report_8.sent_at + make_interval(0, 0, 0, 0, 24) AS due_at, 'rep_' || CAST(concern_report_8.id AS TEXT) AS about, concern_report_8.situation_id AS situation, concern_report_8.id AS id
FROM concern_report AS concern_report_8
WHERE (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_14.via = 'NETWORK' AND reach_14.situation_id = concern_report_8.situation_id AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_8.validated_at IS NULL AND concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_9.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_9.id AS TEXT) AS about, concern_report_9.situation_id AS situation, concern_report_9.id AS id
FROM concern_report AS concern_report_9
WHERE (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_15.via = 'NETWORK' AND reach_15.situation_id = concern_report_9.situation_id AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_9.status = 'SENT' UNION ALL SELECT 'EVALUATION' AS kind, concern_report_10.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_10.id AS TEXT) AS about, concern_report_10.situation_id AS situation, concern_report_10.id AS id
FROM concern_report AS concern_report_10
WHERE (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_16.via = 'NETWORK' AND reach_16.situation_id = concern_report_10.situation_id AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_10.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) UNION ALL SELECT 'RETURN' AS kind, concern_report_11.return_due_at AS due_at, 'rep_' || CAST(concern_report_11.id AS TEXT) AS about, concern_report_11.situation_id AS situation, concern_report_11.id AS id
FROM concern_report AS concern_report_11
WHERE (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_17.via = 'NETWORK' AND reach_17.situation_id = concern_report_11.situation_id AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_11.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'SENDER_ANSWER' AS kind, CAST(timezone((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = concern_report_12.to_authority_id AND true), CAST(timezone((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = concern_report_12.to_authority_id AND true), concern_report_12.sent_at) AS DATE) + make_interval(0, 3) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'rep_' || CAST(concern_report_12.id AS TEXT) AS about, concern_report_12.situation_id AS situation, concern_report_12.id AS id
FROM concern_report AS concern_report_12
WHERE (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_18.via = 'NETWORK' AND reach_18.situation_id = concern_report_12.situation_id AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_12.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_4
WHERE contact_4.id = concern_report_12.origin_contact_id AND (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_19.via = 'NETWORK' AND reach_19.situation_id = contact_4.situation_id AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_4.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_5.timezone
FROM authority AS authority_5
WHERE authority_5.id = $2::UUID AND true), 'Europe/Paris'), minor_2.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_2.id AS TEXT) AS about, minor_2.situation_id AS situation, minor_2.id AS id
FROM minor AS minor_2
WHERE (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_20.via = 'NETWORK' AND reach_20.situation_id = minor_2.situation_id AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_6.timezone
FROM authority AS authority_6
WHERE authority_6.id = $2::UUID AND true), 'Europe/Paris'), minor_2.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now()) AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
