-- A model that is renamed keeps its versions, aliases, tags, profiles and reviews.
-- An alias names a version, and by that its model.
alter table model_aliases drop constraint model_aliases_model_fkey;
alter table model_versions drop constraint model_versions_model_fkey;
alter table model_versions add constraint model_versions_model_fkey
  foreign key (model) references registered_models(name) on update cascade;
alter table model_tags drop constraint model_tags_model_fkey;
alter table model_tags add constraint model_tags_model_fkey
  foreign key (model) references registered_models(name) on update cascade;
alter table model_aliases drop constraint model_aliases_model_version_fkey;
alter table model_aliases add constraint model_aliases_model_version_fkey
  foreign key (model, version) references model_versions(model, version) on update cascade;
alter table reference_profiles drop constraint reference_profiles_model_version_fkey;
alter table reference_profiles add constraint reference_profiles_model_version_fkey
  foreign key (model, version) references model_versions(model, version) on update cascade on delete cascade;
alter table reviews drop constraint reviews_model_version_fkey;
alter table reviews add constraint reviews_model_version_fkey
  foreign key (model, version) references model_versions(model, version) on update cascade on delete cascade;
