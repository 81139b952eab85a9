import { BlockList, isIP } from 'node:net';

/** The parsed http(s) address, or null when it is none or carries credentials, a query or a fragment. */
export function parseAddress(text: string): URL | null {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return null;
  return /[?#]/.test(text) ? null : url;
}

/** The address without trailing slashes, so that `/path` can be appended. `text` must be one that `parseAddress` takes. */
export function withoutTrailingSlash(text: string): string {
  return new URL(text).href.replace(/\/+$/, '');
}

/** Whether requests to this host stay on this machine or in a private network. Names are not looked up. */
export function isLocalAddress(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  const version = isIP(host);
  return version !== 0 && localAddresses().check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function localAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8);
  list.addSubnet('10.0.0.0', 8);
  list.addSubnet('172.16.0.0', 12);
  list.addSubnet('192.168.0.0', 16);
  list.addAddress('::1', 'ipv6');
  list.addSubnet('fc00::', 7, 'ipv6');
  return list;
}
