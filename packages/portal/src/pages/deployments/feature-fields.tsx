import { NativeSelect, TextInput } from "@mantine/core";
import { type Feature, type Fields, isNumeric } from "./input-form.ts";
import classes from "./try-it.module.css";

/** A field for each feature of the signature, named and typed as it is there. */
export function FeatureFields({
  features,
  fields,
  onChange,
}: {
  features: readonly Feature[];
  fields: Fields;
  onChange: (name: string, value: string) => void;
}) {
  return (
    <div className={classes.fields}>
      {features.map((feature) => {
        const common = {
          size: "xs" as const,
          label: feature.name,
          value: fields[feature.name] ?? "",
          description: `${feature.type}${feature.required ? "" : ", optional"}`,
        };
        return feature.type === "boolean" ? (
          <NativeSelect
            key={feature.name}
            {...common}
            data={["", "true", "false"]}
            onChange={(event) => onChange(feature.name, event.currentTarget.value)}
          />
        ) : (
          <TextInput
            key={feature.name}
            {...common}
            inputMode={isNumeric(feature) ? "decimal" : "text"}
            onChange={(event) => onChange(feature.name, event.currentTarget.value)}
          />
        );
      })}
    </div>
  );
}
