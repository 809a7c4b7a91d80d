-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, filter_sentSince, filter_status, filter_urgency, page_size, first_0, cursor_outer, cursor_inner, cursor_value, cursor_id
-- access log: G01, G02; on condition: G12
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer."pageInfo" AS "pageInfo", answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM concern_report AS concern_report_1
WHERE (concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $3::UUID AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.via = ('GRANT:G11:' || $5::VARCHAR) AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) OR concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.situation_id = concern_report_1.situation_id AND reach_2.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0))) AND (NOT (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $3::UUID AND reach_3.situation_id = concern_report_1.situation_id AND reach_3.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) OR concern_report_1.sent_at IS NOT NULL) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = $3::UUID AND reach_4.situation_id = concern_report_1.situation_id AND reach_4.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN coalesce(concern_report_1.due_at < now(), false) END = $7::BOOLEAN AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $3::UUID AND reach_5.situation_id = concern_report_1.situation_id AND reach_5.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_1.sent_at END >= $8::TIMESTAMP WITH TIME ZONE AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = $3::UUID AND reach_6.situation_id = concern_report_1.situation_id AND reach_6.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_1.status END = any($9::TEXT[]) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $3::UUID AND reach_7.situation_id = concern_report_1.situation_id AND reach_7.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_1.urgency END = any($10::TEXT[])) AS "totalCount", json_build_object('hasNextPage', count(*) > $11::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $11::INTEGER), '{}'::text[]))[least(count(*), $11::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $11::INTEGER), '[]'::json) AS nodes, coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $11::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'rep_' || CAST(concern_report_2.id AS TEXT) AS id, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = $3::UUID AND reach_8.situation_id = concern_report_2.situation_id AND reach_8.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.status END AS status, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $3::UUID AND reach_9.situation_id = concern_report_2.situation_id AND reach_9.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.urgency END AS urgency, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = $3::UUID AND reach_10.situation_id = concern_report_2.situation_id AND reach_10.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.sent_at END AS "sentAt", CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $3::UUID AND reach_11.situation_id = concern_report_2.situation_id AND reach_11.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.due_at END AS "dueAt", left(encode(sha256(convert_to(CAST(row(CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = $3::UUID AND reach_12.situation_id = concern_report_2.situation_id AND reach_12.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.acknowledge_due_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = $3::UUID AND reach_13.situation_id = concern_report_2.situation_id AND reach_13.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.acknowledged_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = $3::UUID AND reach_14.situation_id = concern_report_2.situation_id AND reach_14.via = ('GRANT:G11:' || $5::VARCHAR) AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.appraisal END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = $3::UUID AND reach_15.situation_id = concern_report_2.situation_id AND reach_15.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.concluded_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = $3::UUID AND reach_16.situation_id = concern_report_2.situation_id AND reach_16.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.conclusion END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = $3::UUID AND reach_17.situation_id = concern_report_2.situation_id AND reach_17.via = ('GRANT:G11:' || $5::VARCHAR) AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.danger_types END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = $3::UUID AND reach_18.situation_id = concern_report_2.situation_id AND reach_18.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.drafted_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = $3::UUID AND reach_19.situation_id = concern_report_2.situation_id AND reach_19.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.due_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = $3::UUID AND reach_20.situation_id = concern_report_2.situation_id AND reach_20.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.evaluation_due_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_21
WHERE reach_21.viewer = $3::UUID AND reach_21.situation_id = concern_report_2.situation_id AND reach_21.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_21.starts_at <= now() AND reach_21.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.kind END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_22
WHERE reach_22.viewer = $3::UUID AND reach_22.situation_id = concern_report_2.situation_id AND reach_22.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_22.starts_at <= now() AND reach_22.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.origin_code END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_23
WHERE reach_23.viewer = $3::UUID AND reach_23.situation_id = concern_report_2.situation_id AND reach_23.via = ('GRANT:G11:' || $5::VARCHAR) AND reach_23.starts_at <= now() AND reach_23.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.parents_informed END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_24
WHERE reach_24.viewer = $3::UUID AND reach_24.situation_id = concern_report_2.situation_id AND reach_24.via = ('GRANT:G11:' || $5::VARCHAR) AND reach_24.starts_at <= now() AND reach_24.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.parents_informed_reason END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_25
WHERE reach_25.viewer = $3::UUID AND reach_25.situation_id = concern_report_2.situation_id AND reach_25.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_25.starts_at <= now() AND reach_25.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.qualified_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_26
WHERE reach_26.viewer = $3::UUID AND reach_26.situation_id = concern_report_2.situation_id AND reach_26.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_26.starts_at <= now() AND reach_26.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.return_due_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_27
WHERE reach_27.viewer = $3::UUID AND reach_27.situation_id = concern_report_2.situation_id AND reach_27.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_27.starts_at <= now() AND reach_27.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.sent_at END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_28
WHERE reach_28.viewer = $3::UUID AND reach_28.situation_id = concern_report_2.situation_id AND reach_28.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_28.starts_at <= now() AND reach_28.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.status END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_29
WHERE reach_29.viewer = $3::UUID AND reach_29.situation_id = concern_report_2.situation_id AND reach_29.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_29.starts_at <= now() AND reach_29.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.suggested_department_code END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_30
WHERE reach_30.viewer = $3::UUID AND reach_30.situation_id = concern_report_2.situation_id AND reach_30.via = ('GRANT:G11:' || $5::VARCHAR) AND reach_30.starts_at <= now() AND reach_30.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.summary_for_crip END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_31
WHERE reach_31.viewer = $3::UUID AND reach_31.situation_id = concern_report_2.situation_id AND reach_31.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_31.starts_at <= now() AND reach_31.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.transmitter_code END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_32
WHERE reach_32.viewer = $3::UUID AND reach_32.situation_id = concern_report_2.situation_id AND reach_32.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_32.starts_at <= now() AND reach_32.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.urgency END, CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_33
WHERE reach_33.viewer = $3::UUID AND reach_33.situation_id = concern_report_2.situation_id AND reach_33.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_33.starts_at <= now() AND reach_33.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.validated_at END) AS TEXT), 'UTF8')), 'hex'), 20) AS version, (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT situation_1.status AS status, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT minor_1.age_band AS "ageBand"
FROM minor AS minor_1
WHERE minor_1.situation_id = situation_1.id AND (EXISTS (SELECT 1
FROM reach AS reach_34
WHERE reach_34.viewer = $3::UUID AND reach_34.situation_id = situation_1.id AND reach_34.via = 'CASEWORKER' AND reach_34.starts_at <= now() AND reach_34.ends_at > now()
 LIMIT ALL OFFSET 0)) ORDER BY minor_1.id DESC
 LIMIT $12::INTEGER) AS row$) AS minors
FROM situation AS situation_1
WHERE situation_1.id = concern_report_2.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_35
WHERE reach_35.viewer = $3::UUID AND reach_35.situation_id = concern_report_2.situation_id AND reach_35.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_35.starts_at <= now() AND reach_35.ends_at > now()
 LIMIT ALL OFFSET 0))) AS row$) AS situation, (SELECT coalesce(json_agg(notice$), '[]'::json) AS coalesce_2
FROM (SELECT 'status' AS field, 'OUT_OF_MANDATE' AS reason, 'Your mandate does not include it.' AS "howToRequest"
WHERE NOT (EXISTS (SELECT 1
FROM reach AS reach_36
WHERE reach_36.viewer = $3::UUID AND reach_36.situation_id = concern_report_2.situation_id AND reach_36.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_36.starts_at <= now() AND reach_36.ends_at > now()
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'urgency' AS field, 'OUT_OF_MANDATE' AS reason, 'Your mandate does not include it.' AS "howToRequest"
WHERE NOT (EXISTS (SELECT 1
FROM reach AS reach_37
WHERE reach_37.viewer = $3::UUID AND reach_37.situation_id = concern_report_2.situation_id AND reach_37.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_37.starts_at <= now() AND reach_37.ends_at > now()
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'sentAt' AS field, 'OUT_OF_MANDATE' AS reason, 'Your mandate does not include it.' AS "howToRequest"
WHERE NOT (EXISTS (SELECT 1
FROM reach AS reach_38
WHERE reach_38.viewer = $3::UUID AND reach_38.situation_id = concern_report_2.situation_id AND reach_38.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_38.starts_at <= now() AND reach_38.ends_at > now()
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'dueAt' AS field, 'OUT_OF_MANDATE' AS reason, 'Your mandate does not include it.' AS "howToRequest"
WHERE NOT (EXISTS (SELECT 1
FROM reach AS reach_39
WHERE reach_39.viewer = $3::UUID AND reach_39.situation_id = concern_report_2.situation_id AND reach_39.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_39.starts_at <= now() AND reach_39.ends_at > now()
 LIMIT ALL OFFSET 0))) AS notice$) AS withheld) AS row$) AS node_0, translate(encode(convert_to(CAST(coalesce(CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_40
WHERE reach_40.viewer = $3::UUID AND reach_40.situation_id = concern_report_2.situation_id AND reach_40.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_40.starts_at <= now() AND reach_40.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.sent_at END, '-infinity'::timestamptz) AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8') || SUBSTRING(sha256($13::BYTEA || sha256($14::BYTEA || convert_to(CAST(coalesce(CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_40
WHERE reach_40.viewer = $3::UUID AND reach_40.situation_id = concern_report_2.situation_id AND reach_40.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_40.starts_at <= now() AND reach_40.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.sent_at END, '-infinity'::timestamptz) AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, concern_report_2.situation_id AS situation
FROM concern_report AS concern_report_2
WHERE (concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_41
WHERE reach_41.viewer = $3::UUID AND reach_41.situation_id = concern_report_2.situation_id AND reach_41.via = ('GRANT:G11:' || $5::VARCHAR) AND reach_41.starts_at <= now() AND reach_41.ends_at > now()
 LIMIT ALL OFFSET 0)) OR concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_42
WHERE reach_42.viewer = $3::UUID AND reach_42.situation_id = concern_report_2.situation_id AND reach_42.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_42.starts_at <= now() AND reach_42.ends_at > now()
 LIMIT ALL OFFSET 0))) AND (NOT (EXISTS (SELECT 1
FROM reach AS reach_43
WHERE reach_43.viewer = $3::UUID AND reach_43.situation_id = concern_report_2.situation_id AND reach_43.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_43.starts_at <= now() AND reach_43.ends_at > now()
 LIMIT ALL OFFSET 0)) OR concern_report_2.sent_at IS NOT NULL) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_44
WHERE reach_44.viewer = $3::UUID AND reach_44.situation_id = concern_report_2.situation_id AND reach_44.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_44.starts_at <= now() AND reach_44.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN coalesce(concern_report_2.due_at < now(), false) END = $7::BOOLEAN AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_45
WHERE reach_45.viewer = $3::UUID AND reach_45.situation_id = concern_report_2.situation_id AND reach_45.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_45.starts_at <= now() AND reach_45.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.sent_at END >= $8::TIMESTAMP WITH TIME ZONE AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_46
WHERE reach_46.viewer = $3::UUID AND reach_46.situation_id = concern_report_2.situation_id AND reach_46.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_46.starts_at <= now() AND reach_46.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.status END = any($9::TEXT[]) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_47
WHERE reach_47.viewer = $3::UUID AND reach_47.situation_id = concern_report_2.situation_id AND reach_47.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_47.starts_at <= now() AND reach_47.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.urgency END = any($10::TEXT[]) AND (coalesce(CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_48
WHERE reach_48.viewer = $3::UUID AND reach_48.situation_id = concern_report_2.situation_id AND reach_48.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_48.starts_at <= now() AND reach_48.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.sent_at END, '-infinity'::timestamptz), concern_report_2.id) < ($15::TIMESTAMP WITH TIME ZONE, $16::UUID) ORDER BY coalesce(CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_49
WHERE reach_49.viewer = $3::UUID AND reach_49.situation_id = concern_report_2.situation_id AND reach_49.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_49.starts_at <= now() AND reach_49.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.sent_at END, '-infinity'::timestamptz) DESC, concern_report_2.id DESC
 LIMIT $11::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
