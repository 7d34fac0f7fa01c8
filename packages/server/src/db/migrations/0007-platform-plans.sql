-- Plans of the platform, such as a change of an environment: they belong to no project and are numbered on their own.

alter table plans alter column project_id drop not null;
create unique index plans_of_platform on plans (number) where project_id is null;
-- a plan may be about an environment that it is to create
alter table plans drop constraint plans_environment_fkey;
