/** The one place where the terminal client reads the environment. */
// biome-ignore lint/style/noProcessEnv: this is that place
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
