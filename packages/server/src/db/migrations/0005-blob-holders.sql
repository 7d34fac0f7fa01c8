-- Who has brought these bytes: a project, or a principal before there is a project. Bytes lie in the store once for all,
-- so a digest alone, which is no secret, must not open what only others have brought.
create table blob_holders (
  digest text not null,
  holder_id text not null,
  primary key (holder_id, digest)
);
insert into blob_holders (digest, holder_id)
  select distinct file ->> 'digest', project_id from revisions, jsonb_array_elements(files) as file;
