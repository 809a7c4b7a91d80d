-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, first_1, first_0, first_2, first_3, first_4, node_id
-- access log: G01, G03, G04, G05, G12, G13, G17, G23, G33; on condition: G11
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT coalesce((SELECT ARRAY[found.node, json_build_array(found.situation)] AS anon_2
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT 'Situation' AS __typename, 'sit_' || CAST(situation_1.id AS TEXT) AS id, situation_1.ref AS ref, situation_1.status AS status, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_2
FROM (SELECT 'min_' || CAST(minor_1.id AS TEXT) AS id, minor_1.first_name AS "firstName", minor_1.last_name AS "lastName", minor_1.birth_date AS "birthDate", (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_3
FROM (SELECT parental_holder_1.name AS name
FROM parental_holder AS parental_holder_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $3::UUID AND reach_1.situation_id = parental_holder_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE parental_holder_1.minor_id = minor_1.id AND 'CASEWORKER' = any(seen_2.vias) ORDER BY parental_holder_1.id DESC
 LIMIT $7::INTEGER) AS row$) AS "parentalHolders"
FROM minor AS minor_1
WHERE minor_1.situation_id = situation_1.id AND 'CASEWORKER' = any(seen_1.vias) ORDER BY minor_1.id DESC
 LIMIT $8::INTEGER) AS row$) AS minors, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_4
FROM (SELECT 'rep_' || CAST(concern_report_1.id AS TEXT) AS id, CASE WHEN (('GRANT:G11:' || $5::VARCHAR) = any(seen_1.vias)) THEN concern_report_1.summary_for_crip END AS "summaryForCrip", step_4.value AS evaluation, step_6.value AS return
FROM concern_report AS concern_report_1 LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT evaluation_1.due_at AS "dueAt"
FROM evaluation AS evaluation_1 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.situation_id = evaluation_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_3 ON true
WHERE evaluation_1.report_id = concern_report_1.id AND evaluation_1.authority_id = $2::UUID AND (seen_3.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND (EXISTS (SELECT 1
FROM concern_report AS concern_report_2
WHERE concern_report_2.id = evaluation_1.report_id AND concern_report_2.to_authority_id = $2::UUID AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT'])
 LIMIT ALL OFFSET 0))) AS row$) AS step_4 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT concern_return_1.received_at AS "receivedAt"
FROM concern_return AS concern_return_1 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $3::UUID AND reach_3.situation_id = concern_return_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_5 ON true
WHERE concern_return_1.report_id = concern_report_1.id AND concern_return_1.authority_id = $2::UUID AND (seen_5.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND (EXISTS (SELECT 1
FROM concern_report AS concern_report_3
WHERE concern_report_3.id = concern_return_1.report_id AND concern_report_3.to_authority_id = $2::UUID AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT'])
 LIMIT ALL OFFSET 0))) AS row$) AS step_6 ON true
WHERE concern_report_1.situation_id = situation_1.id AND concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED', 'GRANT:G11:' || $5::VARCHAR]) ORDER BY coalesce(CASE WHEN (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) THEN concern_report_1.sent_at END, '-infinity'::timestamptz) DESC, concern_report_1.id DESC
 LIMIT $9::INTEGER) AS row$) AS "concernReports", (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_5
FROM (SELECT sensitive_problematic_1.at AS at
FROM sensitive_problematic AS sensitive_problematic_1
WHERE sensitive_problematic_1.situation_id = situation_1.id AND 'CASEWORKER' = any(seen_1.vias) ORDER BY sensitive_problematic_1.at DESC, sensitive_problematic_1.id DESC
 LIMIT $10::INTEGER) AS row$) AS "sensitiveProblematics", (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_6
FROM (SELECT referral_1.status AS status, step_8.value AS "toOrganisation"
FROM referral AS referral_1 LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_1.name AS name
FROM organisation AS organisation_1
WHERE organisation_1.id = referral_1.to_org_id AND true) AS row$) AS step_8 ON true
WHERE referral_1.situation_id = situation_1.id AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'DECLINED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'PROPOSED', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND 'CASEWORKER' = any(seen_1.vias) ORDER BY referral_1.proposed_at DESC, referral_1.id DESC
 LIMIT $11::INTEGER) AS row$) AS referrals, (SELECT coalesce(json_agg(notice$), '[]'::json) AS coalesce_7
FROM (SELECT 'minors' AS field, 'ENDED' AS reason
WHERE NOT ('CASEWORKER' = any(seen_1.vias)) UNION ALL SELECT 'sensitiveProblematics' AS field, 'ENDED' AS reason
WHERE NOT ('CASEWORKER' = any(seen_1.vias)) UNION ALL SELECT 'referrals' AS field, 'ENDED' AS reason
WHERE NOT ('CASEWORKER' = any(seen_1.vias))) AS notice$) AS withheld) AS row$) AS node, situation_1.id AS situation
FROM situation AS situation_1 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = $3::UUID AND reach_4.situation_id = situation_1.id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE situation_1.id = $12::UUID AND (seen_1.vias && ARRAY['CASEWORKER', 'CASEWORKER_CLOSED'])) AS found), ARRAY['null'::json, '[]'::json]) AS coalesce_1) END AS anon_1
