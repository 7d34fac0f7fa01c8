import { type Command, list, projectOption, text } from "../command.ts";
import { trustedJobs } from "../local/describe-trust.ts";
import { projectName } from "../local/project-folder.ts";

export const trustsAdd: Command = {
  name: "trusts add",
  summary: "let jobs of CI act in the project without a stored secret (admins of the project)",
  options: [
    projectOption,
    {
      flags: "--issuer <url>",
      help: "who vouches for the jobs",
      fallback: "https://token.actions.githubusercontent.com",
    },
    { flags: "--repository <name>", help: "ORG/REPO; of GitLab the project's path" },
    { flags: "--repository-id <number>", help: "its number at its host (default: kept from the first job)" },
    { flags: "--branch <name>", help: "jobs on this branch; `release/*` is any below" },
    { flags: "--tag <name>", help: "jobs on this tag; `v*` is any that begins so" },
    { flags: "--pull-requests", help: "jobs of pull requests; none of a fork" },
    { flags: "--job-environment <name>", help: "only in this environment of the CI" },
    { flags: "--workflow <file>", help: "GitHub: only of this workflow, such as .github/workflows/pave.yml" },
    { flags: "--unprotected", help: "GitLab: also branches and tags that are not protected" },
    { flags: "--role <role>", help: "what the jobs may: viewer or developer", fallback: "developer" },
    { flags: "--scope <permission>", help: "less than the role: permissions, or a preset", repeatable: true },
    { flags: "--service-account <name>", help: "as whom they act, made if need be (default: PROJECT-ci)" },
  ],
  examples: [
    "pave trusts add --repository acme/flights --branch main",
    "pave trusts add --repository acme/flights --pull-requests --role viewer",
    "pave trusts add --issuer https://gitlab.com --repository acme/flights --branch main",
  ],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const given = (name: string, option: string) => {
      const value = text(options[option]);
      return value === undefined ? {} : { [name]: value };
    };
    const scopes = list(options.scope);
    const data = await (await context.client()).addTrust({
      params: { project },
      body: {
        issuer: text(options.issuer) ?? "",
        repository: text(options.repository) ?? "",
        pullRequests: options.pullRequests === true,
        unprotected: options.unprotected === true,
        role: text(options.role) as "developer",
        ...given("repositoryId", "repositoryId"),
        ...given("branch", "branch"),
        ...given("tag", "tag"),
        ...given("jobEnvironment", "jobEnvironment"),
        ...given("workflow", "workflow"),
        ...given("serviceAccount", "serviceAccount"),
        ...(scopes.length > 0 ? { scopes } : {}),
      },
    });
    return {
      data,
      text: `Jobs of ${data.repository} (${trustedJobs(data)}) act in ${project} as ${data.serviceAccount.name}. What the job needs: /docs/sign-in#jobs-of-ci`,
    };
  },
};
