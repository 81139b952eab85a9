import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import type { AuditEventRecord, AuditHead, AuditRepository, NewAuditEntry } from '#db/repositories/audit.ts';
import { storableText } from '#db/storable-text.ts';
import type { AuditBody, AuditEvent, AuditFacts, AuditLog, NewAuditEvent } from './audit-event.ts';
import { canonicalJson } from './canonical-json.ts';
import { bodyHash, chainHash, genesisHash } from './chain-hash.ts';
import { eventId } from './event-id.ts';
import { createGroupCommit } from './group-commit.ts';
import { verifyChain } from './verify-chain.ts';

export interface AuditLogDeps {
  readonly repository: AuditRepository;
  /** At least 32 bytes. Whoever has it can forge a chain. */
  readonly key: Buffer;
  readonly clock?: () => Date;
}

/** An event on its way into the chain. */
interface Draft {
  readonly facts: AuditFacts;
  readonly at: Date;
  readonly salt: string;
  readonly body: string;
}

/**
 * Rows that are appended at the same time share one transaction. Inside a transaction of the caller, the row is durable
 * only when that commits.
 */
export function createAuditLog({ repository, key, clock = () => new Date() }: AuditLogDeps): AuditLog {
  if (key.length < 32) throw new Error('The audit key needs at least 32 bytes.');
  const secretKey = createSecretKey(key);

  async function store(drafts: readonly Draft[]): Promise<AuditEvent[]> {
    let stored: AuditEvent[] = [];
    const organizations = drafts.map((draft) => draft.facts.organizationId);
    await repository.extend(organizations, (heads) => {
      const entries = chainOn(secretKey, heads, drafts);
      stored = entries.map((entry) => entry.event);
      return entries;
    });
    return stored;
  }
  const together = createGroupCommit(store);

  return {
    async append(event, until = 'durable') {
      const draft = draftOf(event, clock());
      if (repository.inTransaction()) return only(await store([draft]));
      const stored = await together(draft);
      if (until === 'durable') await repository.durable();
      return stored;
    },
    async list({ limit, ...query }) {
      const rows = (await repository.list({ ...query, limit: limit + 1 })).map(toEvent);
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return { items, nextBefore: rows.length > limit && last !== undefined ? last.seq : null };
    },
    async find(organizationId, id) {
      const found = await repository.find(organizationId, id);
      if (found === null) return null;
      const text = found.body?.body ?? null;
      return { event: toEvent(found.event), body: text === null ? null : (JSON.parse(text) as AuditBody) };
    },
    verify: (organizationId) => verifyChain({ repository, key, organizationId }),
  };
}

function draftOf(event: NewAuditEvent, at: Date): Draft {
  const { body, ...facts } = event;
  return { facts: storable(facts), at, salt: randomUUID(), body: canonicalJson(body) };
}

/** As the database will give it back: a hash over anything else would never verify. */
function storable(facts: AuditFacts): AuditFacts {
  const entries = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === 'string' ? storableText(value) : value,
  ]);
  const { durationMs, credits, ...rest } = Object.fromEntries(entries) as unknown as AuditFacts;
  if (!Number.isSafeInteger(credits)) throw new RangeError('Credits are whole numbers.');
  return { ...rest, credits, durationMs: durationMs === null ? null : Math.round(durationMs) };
}

type StoredEntry = NewAuditEntry & { readonly event: AuditEvent };

function chainOn(
  key: KeyObject,
  heads: ReadonlyMap<string, AuditHead | null>,
  drafts: readonly Draft[],
): StoredEntry[] {
  const ends = new Map(heads);
  return drafts.map(({ facts, at, salt, body }) => {
    const { organizationId } = facts;
    const previous = ends.get(organizationId) ?? { seq: 0, hash: genesisHash };
    const place = { id: eventId(at), seq: previous.seq + 1, at, previousHash: previous.hash };
    const unsigned = { ...facts, ...place, bodyHash: bodyHash(key, salt, body) };
    const event = { ...unsigned, hash: chainHash(key, unsigned) };
    ends.set(organizationId, event);
    return { event, body: { eventId: event.id, organizationId, salt, body } };
  });
}

function toEvent(row: AuditEventRecord): AuditEvent {
  const { day: _day, ...event } = row;
  // The closed words of these columns are ours: nothing else was ever written to them.
  return event as AuditEvent;
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('Nothing was stored.');
  return item;
}
