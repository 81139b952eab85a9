import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/** What the requests of one client are counted by: its address, and of IPv6 the /64 in which everybody has many. */
export function clientAddress(request: Request): string {
  return ipKeyGenerator(request.ip ?? '', 64);
}
