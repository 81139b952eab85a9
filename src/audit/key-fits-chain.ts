import { createSecretKey } from 'node:crypto';
import type { AuditEventRecord, AuditRepository } from '#db/repositories/audit.ts';
import type { AuditEvent } from './audit-event.ts';
import { chainHash } from './chain-hash.ts';

export interface ChainAndKey {
  readonly repository: Pick<AuditRepository, 'list' | 'readChain'>;
  readonly key: Buffer;
  readonly organizationId: string;
}

/**
 * Whether the chain was made with this key; true for an empty one. Reads the newest row, and the first one only when that
 * does not hold: one row that was changed is no other key.
 */
export async function keyFitsChain({ repository, key, organizationId }: ChainAndKey): Promise<boolean> {
  const secretKey = createSecretKey(key);
  const holds = (row: AuditEventRecord) => row.hash === chainHash(secretKey, row as AuditEvent);
  const [newest] = await repository.list({ organizationId, limit: 1 });
  if (newest === undefined || holds(newest)) return true;
  const [first] = await repository.readChain(organizationId, null, 1);
  return first !== undefined && holds(first.event);
}
