import { setTimeout as delay } from "node:timers/promises";
import { terminalClientId } from "@pave/contract";
import { OauthRefusal, type OauthToken, postForm } from "./oauth.ts";

export interface DeviceLogin {
  readonly host: string;
  readonly signal: AbortSignal;
  /** Tells the person where to type the code. */
  show(where: { readonly page: string; readonly code: string; readonly link: string }): void;
}

interface Started {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly interval: number;
}

/** The device flow: a code that is typed into a browser on any machine, while this terminal asks again and again. */
export async function loginByDevice(url: string, { host, signal, show }: DeviceLogin): Promise<OauthToken> {
  const started = await postForm<Started>(url, "/oauth/device_authorization", { client_id: terminalClientId, host });
  show({ page: started.verification_uri, code: started.user_code, link: started.verification_uri_complete });
  for (let seconds = started.interval; ; ) {
    await delay(seconds * 1000, undefined, { signal });
    try {
      return await postForm<OauthToken>(url, "/oauth/token", {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        client_id: terminalClientId,
        device_code: started.device_code,
      });
    } catch (error) {
      if (!(error instanceof OauthRefusal)) throw error;
      if (error.oauthCode === "slow_down") seconds += 5;
      else if (error.oauthCode !== "authorization_pending") throw error;
    }
  }
}
