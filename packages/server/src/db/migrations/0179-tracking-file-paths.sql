-- What lies in a folder is one range of paths only where they are compared by their bytes: in other locales `model+x` may
-- come between `model/` and `model0`. Databases that the platform made itself compare so anyway.
alter table tracked_files alter column path type text collate "C";
