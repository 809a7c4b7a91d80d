-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, filter_sentSince, filter_status, filter_urgency, page_size, first_0, cursor_outer, cursor_inner, cursor_value, cursor_id
-- access log: G01, G12; on condition: G02
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer."pageInfo" AS "pageInfo", answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM concern_report AS concern_report_1
WHERE (concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = (SELECT organisation_1.authority_id
FROM organisation AS organisation_1
WHERE organisation_1.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.via = 'STAKE' AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_2.situation_id = concern_report_1.situation_id AND reach_2.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_1.sent_at IS NOT NULL AND coalesce(concern_report_1.due_at < now(), false) = $7::BOOLEAN AND concern_report_1.sent_at >= $8::TIMESTAMP WITH TIME ZONE AND concern_report_1.status = any($9::TEXT[]) AND concern_report_1.urgency = any($10::TEXT[])) AS "totalCount", json_build_object('hasNextPage', count(*) > $11::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $11::INTEGER), '{}'::text[]))[least(count(*), $11::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $11::INTEGER), '[]'::json) AS nodes, coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $11::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'rep_' || CAST(concern_report_2.id AS TEXT) AS id, concern_report_2.status AS status, concern_report_2.urgency AS urgency, concern_report_2.sent_at AS "sentAt", concern_report_2.due_at AS "dueAt", left(encode(sha256(convert_to(CAST(row(concern_report_2.acknowledge_due_at, concern_report_2.acknowledged_at, CASE WHEN (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_2.authority_id
FROM organisation AS organisation_2
WHERE organisation_2.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $3::UUID AND reach_3.situation_id = concern_report_2.situation_id AND reach_3.via = 'OPENED:G11' AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = $1::UUID AND reach_4.situation_id = concern_report_2.situation_id AND reach_4.via = 'STAKE' AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $3::UUID AND reach_5.situation_id = concern_report_2.situation_id AND reach_5.via = 'OPENED:G11' AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_6.situation_id = concern_report_2.situation_id AND reach_6.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN concern_report_2.appraisal END, concern_report_2.concluded_at, CASE WHEN (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_3.authority_id
FROM organisation AS organisation_3
WHERE organisation_3.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $3::UUID AND reach_7.situation_id = concern_report_2.situation_id AND reach_7.via = 'OPENED:G13' AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = $1::UUID AND reach_8.situation_id = concern_report_2.situation_id AND reach_8.via = 'STAKE' AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $3::UUID AND reach_9.situation_id = concern_report_2.situation_id AND reach_9.via = 'OPENED:G13' AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_10.situation_id = concern_report_2.situation_id AND reach_10.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN concern_report_2.conclusion END, CASE WHEN (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_4.authority_id
FROM organisation AS organisation_4
WHERE organisation_4.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $3::UUID AND reach_11.situation_id = concern_report_2.situation_id AND reach_11.via = 'OPENED:G11' AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = $1::UUID AND reach_12.situation_id = concern_report_2.situation_id AND reach_12.via = 'STAKE' AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = $3::UUID AND reach_13.situation_id = concern_report_2.situation_id AND reach_13.via = 'OPENED:G11' AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_14.situation_id = concern_report_2.situation_id AND reach_14.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN concern_report_2.danger_types END, concern_report_2.drafted_at, concern_report_2.due_at, concern_report_2.evaluation_due_at, concern_report_2.kind, concern_report_2.origin_code, CASE WHEN (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_5.authority_id
FROM organisation AS organisation_5
WHERE organisation_5.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = $3::UUID AND reach_15.situation_id = concern_report_2.situation_id AND reach_15.via = 'OPENED:G11' AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = $1::UUID AND reach_16.situation_id = concern_report_2.situation_id AND reach_16.via = 'STAKE' AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = $3::UUID AND reach_17.situation_id = concern_report_2.situation_id AND reach_17.via = 'OPENED:G11' AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_18.situation_id = concern_report_2.situation_id AND reach_18.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN concern_report_2.parents_informed END, CASE WHEN (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_6.authority_id
FROM organisation AS organisation_6
WHERE organisation_6.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = $3::UUID AND reach_19.situation_id = concern_report_2.situation_id AND reach_19.via = 'OPENED:G11' AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = $1::UUID AND reach_20.situation_id = concern_report_2.situation_id AND reach_20.via = 'STAKE' AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_21
WHERE reach_21.viewer = $3::UUID AND reach_21.situation_id = concern_report_2.situation_id AND reach_21.via = 'OPENED:G11' AND reach_21.starts_at <= now() AND reach_21.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_22
WHERE reach_22.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_22.situation_id = concern_report_2.situation_id AND reach_22.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_22.starts_at <= now() AND reach_22.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN concern_report_2.parents_informed_reason END, concern_report_2.qualified_at, concern_report_2.return_due_at, concern_report_2.sent_at, concern_report_2.status, concern_report_2.suggested_department_code, CASE WHEN (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_7.authority_id
FROM organisation AS organisation_7
WHERE organisation_7.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_23
WHERE reach_23.viewer = $3::UUID AND reach_23.situation_id = concern_report_2.situation_id AND reach_23.via = 'OPENED:G11' AND reach_23.starts_at <= now() AND reach_23.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_24
WHERE reach_24.viewer = $1::UUID AND reach_24.situation_id = concern_report_2.situation_id AND reach_24.via = 'STAKE' AND reach_24.starts_at <= now() AND reach_24.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_25
WHERE reach_25.viewer = $3::UUID AND reach_25.situation_id = concern_report_2.situation_id AND reach_25.via = 'OPENED:G11' AND reach_25.starts_at <= now() AND reach_25.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_26
WHERE reach_26.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_26.situation_id = concern_report_2.situation_id AND reach_26.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_26.starts_at <= now() AND reach_26.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN concern_report_2.summary_for_crip END, concern_report_2.transmitter_code, concern_report_2.urgency, concern_report_2.validated_at) AS TEXT), 'UTF8')), 'hex'), 20) AS version, (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT situation_1.status AS status, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT CASE WHEN ($4::VARCHAR = any(ARRAY['ASE', 'CRIP']) AND (EXISTS (SELECT 1
FROM reach AS reach_27
WHERE reach_27.viewer = $3::UUID AND reach_27.situation_id = situation_1.id AND reach_27.via = 'OPENED:G02' AND reach_27.starts_at <= now() AND reach_27.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_28
WHERE reach_28.viewer = $1::UUID AND reach_28.situation_id = situation_1.id AND reach_28.via = 'STAKE' AND reach_28.starts_at <= now() AND reach_28.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_29
WHERE reach_29.viewer = $3::UUID AND reach_29.situation_id = situation_1.id AND reach_29.via = 'OPENED:G02' AND reach_29.starts_at <= now() AND reach_29.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_30
WHERE reach_30.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_30.situation_id = situation_1.id AND reach_30.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_30.starts_at <= now() AND reach_30.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN minor_1.age_band END AS "ageBand"
FROM minor AS minor_1
WHERE minor_1.situation_id = situation_1.id AND ($4::VARCHAR = any(ARRAY['ASE', 'CRIP']) AND (EXISTS (SELECT 1
FROM reach AS reach_31
WHERE reach_31.viewer = $1::UUID AND reach_31.situation_id = situation_1.id AND reach_31.via = 'STAKE' AND reach_31.starts_at <= now() AND reach_31.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_32
WHERE reach_32.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_32.situation_id = situation_1.id AND reach_32.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_32.starts_at <= now() AND reach_32.ends_at > now()
 LIMIT ALL OFFSET 0))) ORDER BY minor_1.id DESC
 LIMIT $12::INTEGER) AS row$) AS minors
FROM situation AS situation_1
WHERE situation_1.id = concern_report_2.situation_id AND ($4::VARCHAR = any(ARRAY['ASE', 'CRIP']) AND (EXISTS (SELECT 1
FROM reach AS reach_33
WHERE reach_33.viewer = $1::UUID AND reach_33.situation_id = concern_report_2.situation_id AND reach_33.via = 'STAKE' AND reach_33.starts_at <= now() AND reach_33.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_34
WHERE reach_34.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_34.situation_id = concern_report_2.situation_id AND reach_34.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_34.starts_at <= now() AND reach_34.ends_at > now()
 LIMIT ALL OFFSET 0)))) AS row$) AS situation, '[]'::json AS withheld) AS row$) AS node_0, translate(encode(convert_to(CAST(concern_report_2.sent_at AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8') || SUBSTRING(sha256($13::BYTEA || sha256($14::BYTEA || convert_to(CAST(concern_report_2.sent_at AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, concern_report_2.situation_id AS situation
FROM concern_report AS concern_report_2
WHERE (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_8.authority_id
FROM organisation AS organisation_8
WHERE organisation_8.id = $1::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_35
WHERE reach_35.viewer = $1::UUID AND reach_35.situation_id = concern_report_2.situation_id AND reach_35.via = 'STAKE' AND reach_35.starts_at <= now() AND reach_35.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'DLPM' AND (EXISTS (SELECT 1
FROM reach AS reach_36
WHERE reach_36.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_36.situation_id = concern_report_2.situation_id AND reach_36.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_36.starts_at <= now() AND reach_36.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_2.sent_at IS NOT NULL AND coalesce(concern_report_2.due_at < now(), false) = $7::BOOLEAN AND concern_report_2.sent_at >= $8::TIMESTAMP WITH TIME ZONE AND concern_report_2.status = any($9::TEXT[]) AND concern_report_2.urgency = any($10::TEXT[]) AND (concern_report_2.sent_at, concern_report_2.id) < ($15::TIMESTAMP WITH TIME ZONE, $16::UUID) ORDER BY concern_report_2.sent_at DESC, concern_report_2.id DESC
 LIMIT $11::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
