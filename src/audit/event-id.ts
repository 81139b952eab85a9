import { randomUUID } from 'node:crypto';

/** A UUID of version 7: it sorts by time, so that a growing table writes at the end of its index. */
export function eventId(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
