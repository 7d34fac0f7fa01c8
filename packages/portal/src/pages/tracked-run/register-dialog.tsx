import { Autocomplete, Select, Textarea } from "@mantine/core";
import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { useAction } from "../../ui/use-action.ts";
import type { ModelSource } from "./model-sources.ts";

interface RegisterProps {
  readonly project: string;
  readonly sources: readonly ModelSource[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Makes a logged model the next version of a registered one, or the first of a new one. */
export function RegisterDialog(props: RegisterProps) {
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title="Register a model">
      <RegisterForm {...props} />
    </Dialog>
  );
}

function RegisterForm({ project, sources, onClose }: RegisterProps) {
  const navigate = useNavigate();
  const [model, setModel] = useState("");
  const [source, setSource] = useState(sources[0]?.uri ?? "");
  const [description, setDescription] = useState("");
  const known = useQuery({
    queryKey: [topics.project(project), "model-names"],
    queryFn: () => api.listModels({ params: { project } }),
  });
  const register = useAction({
    act: () => api.registerModelVersion({ params: { project, model: model.trim() }, body: { source, description } }),
    topics: [topics.project(project)],
  });
  const names = (known.data?.items ?? []).map(({ name }) => name);
  const isNew = model.trim() !== "" && !names.includes(model.trim());
  return (
    <DialogForm
      submit="Register"
      blocked={model.trim() === "" ? "Choose a model, or write the name of a new one." : null}
      onClose={onClose}
      onSubmit={async () => {
        const { name, version } = await register.mutateAsync(undefined);
        await navigate({
          to: "/projects/$project/models/$model/versions/$version",
          params: { project, model: name, version },
        });
      }}
    >
      <Select
        label="What"
        data={sources.map(({ label, uri }) => ({ value: uri, label }))}
        allowDeselect={false}
        value={source}
        onChange={(value) => setSource(value ?? source)}
      />
      <Autocomplete
        label="Model"
        description={isNew ? "There is none of this name yet: it is made." : "Its next version."}
        placeholder="flight-delays"
        data={names}
        maxLength={250}
        data-autofocus
        value={model}
        onChange={setModel}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxLength={10_000}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
    </DialogForm>
  );
}
