-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G12, G31, G32; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_1.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_1.id AS TEXT) AS about, concern_report_1.situation_id AS situation, concern_report_1.id AS id
FROM concern_report AS concern_report_1
WHERE (concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = (SELECT organisation_1.authority_id
FROM organisation AS organisation_1
WHERE organisation_1.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.via = 'STAKE' AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_2.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_2.situation_id = concern_report_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_1.status = 'SENT' UNION ALL SELECT 'EVALUATION' AS kind, concern_report_2.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id
FROM concern_report AS concern_report_2
WHERE (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_2.authority_id
FROM organisation AS organisation_2
WHERE organisation_2.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.via = 'STAKE' AND reach_3.situation_id = concern_report_2.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_4.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_4.situation_id = concern_report_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) UNION ALL SELECT 'RETURN' AS kind, concern_report_3.return_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id
FROM concern_report AS concern_report_3
WHERE (concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_3.to_authority_id = (SELECT organisation_3.authority_id
FROM organisation AS organisation_3
WHERE organisation_3.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $1::UUID AND reach_5.via = 'STAKE' AND reach_5.situation_id = concern_report_3.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_6.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_6.situation_id = concern_report_3.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'HABILITATION' AS kind, habilitation_1.valid_to AS due_at, 'hab_' || CAST(habilitation_1.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_1.id AS id
FROM habilitation AS habilitation_1
WHERE ($4::VARCHAR = 'DLPM' OR habilitation_1.organisation_id = $1::UUID) AND habilitation_1.state = 'ACTIVE' AND habilitation_1.revoked_at IS NULL UNION ALL SELECT 'SUBJECT_REQUEST' AS kind, subject_request_1.due_at AS due_at, 'req_' || CAST(subject_request_1.id AS TEXT) AS about, subject_request_1.situation_id AS situation, subject_request_1.id AS id
FROM subject_request AS subject_request_1
WHERE ($4::VARCHAR = 'DLPM' OR subject_request_1.controller_org_id = $1::UUID) AND subject_request_1.answered_at IS NULL UNION ALL SELECT 'BREACH' AS kind, data_breach_1.due_at AS due_at, 'bre_' || CAST(data_breach_1.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, data_breach_1.id AS id
FROM data_breach AS data_breach_1
WHERE ($4::VARCHAR = 'DLPM' OR data_breach_1.controller_org_id = $1::UUID) AND data_breach_1.notified_at IS NULL AND data_breach_1.no_risk_reason IS NULL) AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_4.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id
FROM concern_report AS concern_report_4
WHERE (concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_4.to_authority_id = (SELECT organisation_4.authority_id
FROM organisation AS organisation_4
WHERE organisation_4.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $1::UUID AND reach_7.via = 'STAKE' AND reach_7.situation_id = concern_report_4.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_8.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_8.situation_id = concern_report_4.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_4.status = 'SENT' UNION ALL SELECT 'EVALUATION' AS kind, concern_report_5.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_5.id AS TEXT) AS about, concern_report_5.situation_id AS situation, concern_report_5.id AS id
FROM concern_report AS concern_report_5
WHERE (concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_5.to_authority_id = (SELECT organisation_5.authority_id
FROM organisation AS organisation_5
WHERE organisation_5.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $1::UUID AND reach_9.via = 'STAKE' AND reach_9.situation_id = concern_report_5.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_10.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_10.situation_id = concern_report_5.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) UNION ALL SELECT 'RETURN' AS kind, concern_report_6.return_due_at AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id
FROM concern_report AS concern_report_6
WHERE (concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_6.to_authority_id = (SELECT organisation_6.authority_id
FROM organisation AS organisation_6
WHERE organisation_6.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $1::UUID AND reach_11.via = 'STAKE' AND reach_11.situation_id = concern_report_6.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_12.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_12.situation_id = concern_report_6.situation_id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'HABILITATION' AS kind, habilitation_2.valid_to AS due_at, 'hab_' || CAST(habilitation_2.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_2.id AS id
FROM habilitation AS habilitation_2
WHERE ($4::VARCHAR = 'DLPM' OR habilitation_2.organisation_id = $1::UUID) AND habilitation_2.state = 'ACTIVE' AND habilitation_2.revoked_at IS NULL UNION ALL SELECT 'SUBJECT_REQUEST' AS kind, subject_request_2.due_at AS due_at, 'req_' || CAST(subject_request_2.id AS TEXT) AS about, subject_request_2.situation_id AS situation, subject_request_2.id AS id
FROM subject_request AS subject_request_2
WHERE ($4::VARCHAR = 'DLPM' OR subject_request_2.controller_org_id = $1::UUID) AND subject_request_2.answered_at IS NULL UNION ALL SELECT 'BREACH' AS kind, data_breach_2.due_at AS due_at, 'bre_' || CAST(data_breach_2.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, data_breach_2.id AS id
FROM data_breach AS data_breach_2
WHERE ($4::VARCHAR = 'DLPM' OR data_breach_2.controller_org_id = $1::UUID) AND data_breach_2.notified_at IS NULL AND data_breach_2.no_risk_reason IS NULL) AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
