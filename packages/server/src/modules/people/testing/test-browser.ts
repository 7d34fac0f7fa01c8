/** As much of a browser as signing in at a provider takes: redirects one by one, and cookies by host. */
export function createTestBrowser() {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string) => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };

  async function ask(url: string, init: RequestInit = {}): Promise<{ response: Response; next: string | null }> {
    const jar = jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, ...(cookie ? { cookie } : {}) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", ...value] = pair.split("=");
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value.join("="));
    }
    const location = response.headers.get("location");
    return { response, next: location === null ? null : new URL(location, url).href };
  }

  return {
    ask,
    cookiesOf: (url: string) => jarOf(url),
    /** Follows redirects until one leads to where `stop` says, or a page is shown that is no login form. */
    async signIn(startUrl: string, login: string, stop: (url: string) => boolean): Promise<string> {
      let url = startUrl;
      let init: RequestInit = {};
      for (let step = 0; step < 15; step += 1) {
        if (step > 0 && stop(url)) return url;
        const { response, next } = await ask(url, init);
        init = {};
        if (next !== null) url = next;
        else if (/\/interaction\//.test(url) && response.status === 200)
          init = {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams({ prompt: "login", login, password: "x" }).toString(),
          };
        else throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
      }
      throw new Error(`The sign-in went in circles, at last at ${url}`);
    },
  };
}
