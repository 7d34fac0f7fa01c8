[% if sql %]
[[ sql | trim ]]
[% else %]
-- One SELECT over the table `source`, in DuckDB's SQL. Its columns are the features, the target and what the split needs.
-- Take out what is not known at the moment when a prediction is asked for.
SELECT *
FROM source
WHERE "[[ target | replace('"', '""') ]]" IS NOT NULL
[% endif %]
