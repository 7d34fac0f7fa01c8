import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ConnectionType } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { wholeNumber } from "../local/parse-vars.ts";
import { projectName } from "../local/project-folder.ts";
import { readStandardInput } from "../local/standard-input.ts";
import { environmentOption, of } from "./secrets-set.ts";

export const connectionsAdd: Command = {
  name: "connections add",
  summary: "add a connection or change it; its password comes on standard input and is never shown again",
  arguments: [{ name: "<name>", help: "name, by which pave.yaml reads through it" }],
  options: [
    projectOption,
    environmentOption,
    { flags: "--type <type>", help: "postgres, mysql (and MariaDB), s3 or http" },
    { flags: "--host <host>", help: "of a database" },
    { flags: "--port <port>", help: "of a database (default: its type's)" },
    { flags: "--database <name>", help: "of a database" },
    { flags: "--user <name>", help: "who signs in; of S3 the id of the access key" },
    { flags: "--url <url>", help: "of HTTP, and of an S3 that is not Amazon's" },
    { flags: "--bucket <name>", help: "of S3" },
    { flags: "--region <name>", help: "of S3 (default: us-east-1)" },
    { flags: "--tls <on|off>", help: "default: on, unless the host is this machine" },
    { flags: "--ca <file>", help: "certificates to trust, PEM" },
    { flags: "--no-password", help: "of HTTP that asks for none" },
  ],
  examples: [
    "pave connections add warehouse --type postgres --host db.example --database sales --user reader < password.txt",
    "pave connections add lake -e staging --type s3 --bucket lake --region eu-central-1 --user AKIA… < key.txt",
  ],
  async run(context, [name = ""], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const words = ["host", "database", "user", "url", "bucket", "region"] as const;
    const tls = text(options.tls);
    if (tls !== undefined && tls !== "on" && tls !== "off")
      throw new CliError(`--tls ${tls}: expected on or off`, {
        fix: "Say --tls off only where the network is trusted.",
      });
    const ca = text(options.ca);
    const settings = {
      ...Object.fromEntries(words.flatMap((word) => (text(options[word]) ? [[word, text(options[word])]] : []))),
      ...(text(options.port) ? { port: wholeNumber("--port", options.port) } : {}),
      ...(tls ? { tls: tls === "on" } : {}),
      ...(ca ? { ca: await certificate(resolve(context.folder, ca)) } : {}),
    };
    const environment = text(options.environment);
    const type = text(options.type);
    if (type === undefined) throw new CliError("Which type?", { fix: "Give --type postgres, mysql, s3 or http." });
    const password = options.password === false ? "" : await readStandardInput(`the password of ${name}`, context);
    const data = await client.setConnection({
      params: { project, connection: name },
      body: { type: type as ConnectionType, settings, password, ...(environment ? { environment } : {}) },
    });
    const flag = environment ? ` -e ${environment}` : "";
    return {
      data,
      text: `Connection ${data.name}${of(data.environment)} is set. Prove it: pave connections check ${name}${flag}`,
    };
  },
};

const certificate = (path: string): Promise<string> =>
  readFile(path, "utf8").catch(() => {
    throw new CliError(`${path}: expected a file of certificates, found none`, {
      fix: "Give the authority's certificate, PEM.",
    });
  });
