import { lookup as lookUpName } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { UpstreamError } from './upstream-error.ts';

/** Decides where requests to hosts that people named may go: to the public internet, and to what an administrator allowed. */
export interface AddressPolicy {
  /** Looks up every address of the host. Throws UpstreamError EGRESS_DENIED for http and for a host with a private address. */
  admit(url: URL): Promise<void>;
  /** Whether a request to this host may be written to a socket that leads to `address`: names can change their minds. */
  allowsSocket(url: URL, address: string): boolean;
}

export interface AddressPolicyOptions {
  /** `host` or `host:port` in lower case: these may lie in a private network and be spoken to without encryption. */
  readonly allowedHosts: readonly string[];
  /** Where this service itself is reached: nothing is sent there, whatever is allowed. */
  readonly own?: () => readonly string[];
  readonly lookUp?: (host: string) => Promise<readonly { readonly address: string }[]>;
}

export function createAddressPolicy(options: AddressPolicyOptions): AddressPolicy {
  const { allowedHosts, own = () => [], lookUp = (host) => lookUpName(host, { all: true }) } = options;
  const allowed = new Set(allowedHosts);
  const isAllowed = (url: URL) => namesOf(url).some((name) => allowed.has(name));
  const isOwn = (url: URL) => own().some((address) => portNameOf(new URL(address)) === portNameOf(url));

  return {
    async admit(url) {
      if (isOwn(url)) throw ownAddress(url);
      if (isAllowed(url)) return;
      if (url.protocol !== 'https:') throw unencrypted(url);
      const host = bareHost(url);
      // A name that cannot be looked up cannot be reached either: the request itself says so in its own words.
      const addresses = ipaddr.isValid(host) ? [{ address: host }] : await lookUp(host).catch(() => []);
      if (addresses.some(({ address }) => !isPublicAddress(address))) throw privateAddress(url);
    },
    allowsSocket: (url, address) => isAllowed(url) || isPublicAddress(address),
  };
}

/** The words for a request that was stopped at its socket. */
export function privateAddress(url: URL): UpstreamError {
  return new UpstreamError(
    'EGRESS_DENIED',
    `“${url.host}” leads to an address inside a private network, so nothing was sent. If that is where it should be, an administrator of this service can allow it: ALLOWED_PRIVATE_HOSTS=${url.host}`,
  );
}

/** Whoever works here on somebody's behalf would otherwise make jobs and keys with what they were told on the way. */
function ownAddress(url: URL): UpstreamError {
  return new UpstreamError(
    'EGRESS_DENIED',
    `“${url.host}” is this service itself, which sends nothing to itself: a job makes and starts no jobs. Use another address.`,
  );
}

function unencrypted(url: URL): UpstreamError {
  return new UpstreamError(
    'EGRESS_DENIED',
    `The address begins with http://, over which the key would travel unencrypted, so nothing was sent. Use https://. For a host in your own network, an administrator of this service can allow it: ALLOWED_PRIVATE_HOSTS=${url.host}`,
  );
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function portNameOf(url: URL): string {
  return namesOf(url)[1] ?? url.host;
}

function namesOf(url: URL): string[] {
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  const port = url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
  return [host, `${host}:${port}`];
}

/** True for addresses of the public internet alone; an address that carries another one inside is judged by that one too. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  const inner = embeddedIpv4(address);
  if (inner !== null) return inner.range() === 'unicast';
  // What is not in 2000::/3 is not handed out to anybody.
  return address.range() === 'unicast' && (address.toByteArray()[0] ?? 0) >> 5 === 1;
}

/** The IPv4 address that traffic to this address ends at: mapped, translated (NAT64) or tunnelled (6to4). */
function embeddedIpv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray();
  const at = (start: number) => new ipaddr.IPv4(bytes.slice(start, start + 4));
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (address.match(ipaddr.parseCIDR('64:ff9b::/96') as [ipaddr.IPv6, number])) return at(12);
  if (address.range() === '6to4') return at(2);
  return null;
}
