-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, node_ids, node_kinds
-- access log: G23, G33; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[coalesce(json_agg(listed.node), '[]'::json), coalesce(json_agg(listed.situation) FILTER (WHERE listed.situation IS NOT NULL), '[]'::json)] AS anon_2
FROM (SELECT CASE WHEN (anon_3.kind = 'fol') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT 'fol_' || CAST(follow_up_1.id AS TEXT) AS id, 'FollowUp' AS __typename, follow_up_1.status AS step, (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT CASE WHEN (referral_1.kind = 'DIRECT_SUPPORT' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.situation_id = referral_1.situation_id AND reach_1.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = $1::UUID AND reach_2.situation_id = referral_1.situation_id AND reach_2.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN referral_1.ref END AS ref
FROM referral AS referral_1
WHERE referral_1.id = follow_up_1.referral_id AND (referral_1.kind = 'DIRECT_SUPPORT' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.situation_id = referral_1.situation_id AND reach_3.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_1.kind = 'DIRECT_SUPPORT' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = $1::UUID AND reach_4.situation_id = referral_1.situation_id AND reach_4.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_1.kind = 'DIRECT_SUPPORT' AND referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $1::UUID AND reach_5.situation_id = referral_1.situation_id AND reach_5.via = 'SUPPORTS' AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = $1::UUID AND reach_6.situation_id = referral_1.situation_id AND reach_6.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $1::UUID AND reach_7.situation_id = referral_1.situation_id AND reach_7.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = $1::UUID AND reach_8.situation_id = referral_1.situation_id AND reach_8.via = 'CONSULTS' AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)))) AS row$) AS referral) AS row$) AS anon_4
FROM follow_up AS follow_up_1
WHERE follow_up_1.id = anon_3.id AND (follow_up_1.organisation_id = $1::UUID AND follow_up_1.recorded_by_id = $3::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_2
WHERE referral_2.id = follow_up_1.referral_id AND referral_2.to_org_id = $1::UUID AND referral_2.kind = 'DIRECT_SUPPORT' AND referral_2.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_2.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $1::UUID AND reach_9.situation_id = follow_up_1.situation_id AND reach_9.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) OR follow_up_1.organisation_id = $1::UUID AND follow_up_1.recorded_by_id = $3::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_3
WHERE referral_3.id = follow_up_1.referral_id AND referral_3.to_org_id = $1::UUID AND referral_3.kind = 'PROFESSIONAL_CONSULTATION' AND referral_3.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_3.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = $1::UUID AND reach_10.situation_id = follow_up_1.situation_id AND reach_10.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) OR follow_up_1.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_4
WHERE referral_4.id = follow_up_1.referral_id AND referral_4.to_org_id = $1::UUID AND referral_4.kind = 'DIRECT_SUPPORT' AND referral_4.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_4.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $1::UUID AND reach_11.situation_id = follow_up_1.situation_id AND reach_11.via = 'SUPPORTS' AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) OR follow_up_1.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_5
WHERE referral_5.id = follow_up_1.referral_id AND referral_5.to_org_id = $1::UUID AND referral_5.kind = 'PROFESSIONAL_CONSULTATION' AND referral_5.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_5.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = $1::UUID AND reach_12.situation_id = follow_up_1.situation_id AND reach_12.via = 'CONSULTS' AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0)))) WHEN (anon_3.kind = 'org') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT 'org_' || CAST(organisation_1.id AS TEXT) AS id, 'Organisation' AS __typename, organisation_1.name AS name) AS row$) AS anon_5
FROM organisation AS organisation_1
WHERE organisation_1.id = anon_3.id AND true) WHEN (anon_3.kind = 'ref') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_4
FROM (SELECT 'ref_' || CAST(referral_6.id AS TEXT) AS id, 'Referral' AS __typename, CASE WHEN (referral_6.kind = 'DIRECT_SUPPORT' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = $1::UUID AND reach_13.situation_id = referral_6.situation_id AND reach_13.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_6.kind = 'PROFESSIONAL_CONSULTATION' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = $1::UUID AND reach_14.situation_id = referral_6.situation_id AND reach_14.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0))) THEN referral_6.status END AS status) AS row$) AS anon_6
FROM referral AS referral_6
WHERE referral_6.id = anon_3.id AND (referral_6.kind = 'DIRECT_SUPPORT' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_6.assigned_member_id = $3::UUID AND referral_6.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = $1::UUID AND reach_15.situation_id = referral_6.situation_id AND reach_15.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_6.kind = 'DIRECT_SUPPORT' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_6.assigned_member_id = $3::UUID AND referral_6.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = $1::UUID AND reach_16.situation_id = referral_6.situation_id AND reach_16.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_6.kind = 'DIRECT_SUPPORT' AND referral_6.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_6.assigned_member_id = $3::UUID AND referral_6.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = $1::UUID AND reach_17.situation_id = referral_6.situation_id AND reach_17.via = 'SUPPORTS' AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_6.kind = 'PROFESSIONAL_CONSULTATION' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_6.assigned_member_id = $3::UUID AND referral_6.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = $1::UUID AND reach_18.situation_id = referral_6.situation_id AND reach_18.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_6.kind = 'PROFESSIONAL_CONSULTATION' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_6.assigned_member_id = $3::UUID AND referral_6.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = $1::UUID AND reach_19.situation_id = referral_6.situation_id AND reach_19.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_6.kind = 'PROFESSIONAL_CONSULTATION' AND referral_6.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_6.assigned_member_id = $3::UUID AND referral_6.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = $1::UUID AND reach_20.situation_id = referral_6.situation_id AND reach_20.via = 'CONSULTS' AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0)))) ELSE NULL END AS node, CASE WHEN (anon_3.kind = 'fol') THEN (SELECT follow_up_2.situation_id
FROM follow_up AS follow_up_2
WHERE follow_up_2.id = anon_3.id AND (follow_up_2.organisation_id = $1::UUID AND follow_up_2.recorded_by_id = $3::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_7
WHERE referral_7.id = follow_up_2.referral_id AND referral_7.to_org_id = $1::UUID AND referral_7.kind = 'DIRECT_SUPPORT' AND referral_7.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_7.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_21
WHERE reach_21.viewer = $1::UUID AND reach_21.situation_id = follow_up_2.situation_id AND reach_21.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_21.starts_at <= now() AND reach_21.ends_at > now()
 LIMIT ALL OFFSET 0)) OR follow_up_2.organisation_id = $1::UUID AND follow_up_2.recorded_by_id = $3::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_8
WHERE referral_8.id = follow_up_2.referral_id AND referral_8.to_org_id = $1::UUID AND referral_8.kind = 'PROFESSIONAL_CONSULTATION' AND referral_8.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_8.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_22
WHERE reach_22.viewer = $1::UUID AND reach_22.situation_id = follow_up_2.situation_id AND reach_22.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_22.starts_at <= now() AND reach_22.ends_at > now()
 LIMIT ALL OFFSET 0)) OR follow_up_2.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_9
WHERE referral_9.id = follow_up_2.referral_id AND referral_9.to_org_id = $1::UUID AND referral_9.kind = 'DIRECT_SUPPORT' AND referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_9.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_23
WHERE reach_23.viewer = $1::UUID AND reach_23.situation_id = follow_up_2.situation_id AND reach_23.via = 'SUPPORTS' AND reach_23.starts_at <= now() AND reach_23.ends_at > now()
 LIMIT ALL OFFSET 0)) OR follow_up_2.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM referral AS referral_10
WHERE referral_10.id = follow_up_2.referral_id AND referral_10.to_org_id = $1::UUID AND referral_10.kind = 'PROFESSIONAL_CONSULTATION' AND referral_10.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_10.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_24
WHERE reach_24.viewer = $1::UUID AND reach_24.situation_id = follow_up_2.situation_id AND reach_24.via = 'CONSULTS' AND reach_24.starts_at <= now() AND reach_24.ends_at > now()
 LIMIT ALL OFFSET 0)))) WHEN (anon_3.kind = 'ref') THEN (SELECT referral_11.situation_id
FROM referral AS referral_11
WHERE referral_11.id = anon_3.id AND (referral_11.kind = 'DIRECT_SUPPORT' AND referral_11.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_11.assigned_member_id = $3::UUID AND referral_11.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_25
WHERE reach_25.viewer = $1::UUID AND reach_25.situation_id = referral_11.situation_id AND reach_25.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_25.starts_at <= now() AND reach_25.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_11.kind = 'DIRECT_SUPPORT' AND referral_11.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_11.assigned_member_id = $3::UUID AND referral_11.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_26
WHERE reach_26.viewer = $1::UUID AND reach_26.situation_id = referral_11.situation_id AND reach_26.via = any(ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND reach_26.starts_at <= now() AND reach_26.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_11.kind = 'DIRECT_SUPPORT' AND referral_11.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_11.assigned_member_id = $3::UUID AND referral_11.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_27
WHERE reach_27.viewer = $1::UUID AND reach_27.situation_id = referral_11.situation_id AND reach_27.via = 'SUPPORTS' AND reach_27.starts_at <= now() AND reach_27.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_11.kind = 'PROFESSIONAL_CONSULTATION' AND referral_11.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_11.assigned_member_id = $3::UUID AND referral_11.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_28
WHERE reach_28.viewer = $1::UUID AND reach_28.situation_id = referral_11.situation_id AND reach_28.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_28.starts_at <= now() AND reach_28.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_11.kind = 'PROFESSIONAL_CONSULTATION' AND referral_11.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_11.assigned_member_id = $3::UUID AND referral_11.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_29
WHERE reach_29.viewer = $1::UUID AND reach_29.situation_id = referral_11.situation_id AND reach_29.via = any(ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND reach_29.starts_at <= now() AND reach_29.ends_at > now()
 LIMIT ALL OFFSET 0)) OR referral_11.kind = 'PROFESSIONAL_CONSULTATION' AND referral_11.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_11.assigned_member_id = $3::UUID AND referral_11.to_org_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_30
WHERE reach_30.viewer = $1::UUID AND reach_30.situation_id = referral_11.situation_id AND reach_30.via = 'CONSULTS' AND reach_30.starts_at <= now() AND reach_30.ends_at > now()
 LIMIT ALL OFFSET 0)))) ELSE NULL END AS situation, anon_3.place AS place
FROM unnest($7::UUID[], $8::TEXT[]) WITH ORDINALITY AS anon_3(id, kind, place) ORDER BY anon_3.place) AS listed) END AS anon_1
