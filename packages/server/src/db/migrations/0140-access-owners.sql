-- Who answers for a service account or an agent: a person or a team. People and teams answer for themselves.
alter table principals add column owner_id text references principals (id);
-- machines of before: whoever made their first token, else nobody but the platform
update principals p set owner_id = (
  select t.created_by from tokens t join principals q on q.id = t.created_by
  where t.principal_id = p.id and t.created_by <> p.id and q.kind = 'user' and q.disabled_at is null
  order by t.created_at limit 1
) where p.kind in ('service-account', 'agent');
create index principals_owner on principals (owner_id);
