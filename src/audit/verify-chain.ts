import { createSecretKey, type KeyObject } from 'node:crypto';
import { type AuditEntry, type AuditHead, type AuditRepository, dayOf } from '#db/repositories/audit.ts';
import type { AuditEvent, ChainVerdict } from './audit-event.ts';
import { bodyHash, chainHash, genesisHash } from './chain-hash.ts';

export interface ChainToVerify {
  readonly repository: Pick<AuditRepository, 'readChain'>;
  readonly key: Buffer;
  readonly organizationId: string;
  /** A head noted outside earlier. Only with it can rows missing at the end, or a chain forged anew, be told. */
  readonly expectedHead?: AuditHead;
  readonly pageSize?: number;
}

/** Walks the chain from its first row and names the first that does not hold. Reads a page at a time. */
export async function verifyChain(chain: ChainToVerify): Promise<ChainVerdict> {
  const { repository, organizationId, expectedHead, pageSize = 1000 } = chain;
  const key = createSecretKey(chain.key);
  let head: AuditHead = { seq: 0, hash: genesisHash };
  for (;;) {
    const page = await repository.readChain(organizationId, head.seq === 0 ? null : head.seq, pageSize);
    for (const entry of page) {
      const fault = faultOf(key, entry, head) ?? faultAgainst(expectedHead, entry.event);
      if (fault !== null) return { ok: false, ...fault };
      head = entry.event;
    }
    if (page.length < pageSize) break;
    // SQLite answers without ever leaving the event loop; others get their turn between pages.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (expectedHead !== undefined && head.seq < expectedHead.seq) {
    const reason = `The chain ends at row ${head.seq}, but row ${expectedHead.seq} was there before.`;
    return { ok: false, seq: head.seq + 1, id: null, reason };
  }
  return { ok: true, events: head.seq, head: head.seq === 0 ? null : head.hash };
}

interface Fault {
  readonly seq: number;
  readonly id: string | null;
  readonly reason: string;
}

function faultOf(key: KeyObject, entry: AuditEntry, previous: AuditHead): Fault | null {
  const event = entry.event as AuditEvent;
  const { seq, id } = event;
  const expectedSeq = previous.seq + 1;
  if (seq < expectedSeq) return { seq, id, reason: 'The row was added from outside.' };
  if (seq > expectedSeq) return { seq: expectedSeq, id: null, reason: `Row ${expectedSeq} is missing.` };
  if (event.previousHash !== previous.hash) return { seq, id, reason: 'The row does not follow the row before it.' };
  const isAsWritten = event.hash === chainHash(key, event) && entry.event.day === dayOf(event.at);
  if (!isAsWritten) return { seq, id, reason: 'The row was changed.' };
  const reason = bodyFault(key, entry);
  return reason === null ? null : { seq, id, reason };
}

function bodyFault(key: KeyObject, { event, body: kept }: AuditEntry): string | null {
  if (kept === null) return 'The body of the row was deleted.';
  const { salt, body } = kept;
  if (salt === null && body === null) return null;
  const holds = salt !== null && body !== null && bodyHash(key, salt, body) === event.bodyHash;
  return holds ? null : 'The body of the row was changed.';
}

function faultAgainst(
  expected: AuditHead | undefined,
  { seq, id, hash }: AuditHead & { readonly id: string },
): Fault | null {
  if (expected === undefined || expected.seq !== seq || expected.hash === hash) return null;
  return { seq, id, reason: 'The row is not the one that was noted outside.' };
}
