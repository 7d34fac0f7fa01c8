/** The part of `oidc-provider` that tests use; it comes without types. */
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  interface KoaContext {
    path: string;
    body: unknown;
    oidc?: { readonly client?: { readonly clientId: string }; readonly session?: { readonly accountId?: string } };
  }

  class Provider {
    constructor(issuer: string, configuration: object);
    readonly Grant: new (
      of: object,
    ) => { addOIDCScope(scope: string): void; save(): Promise<string> };
    use(middleware: (ctx: KoaContext, next: () => Promise<void>) => Promise<void>): void;
    callback(): RequestListener;
  }

  export = Provider;
}
