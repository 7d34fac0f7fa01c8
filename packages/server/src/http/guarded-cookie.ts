/**
 * What a cookie is called. Over TLS with a prefix by which browsers take it from this host alone (RFC 6265bis, 4.1.3): any
 * other host of the domain could else leave a session of its own here, and whoever works in that works for a stranger.
 */
export const guardedCookie = (name: string, isSecure: boolean): string => (isSecure ? `__Host-${name}` : name);
