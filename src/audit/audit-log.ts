import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import type {
  AuditEntry,
  AuditEventRecord,
  AuditHead,
  AuditRepository,
  NewAuditEntry,
} from '#db/repositories/audit.ts';
import { storableText } from '#db/storable-text.ts';
import { AppError } from '#errors';
import type { AuditBody, AuditEvent, AuditFacts, AuditFinding, AuditLog, NewAuditEvent } from './audit-event.ts';
import { type BodyCipher, isPlainBody, plainBodies } from './body-cipher.ts';
import { canonicalJson } from './canonical-json.ts';
import { bodyHash, chainHash, genesisHash } from './chain-hash.ts';
import { eventId } from './event-id.ts';
import { createGroupCommit } from './group-commit.ts';
import { verifyChain } from './verify-chain.ts';

export interface AuditLogDeps {
  readonly repository: AuditRepository;
  /** At least 32 bytes. Whoever has it can forge a chain. */
  readonly key: Buffer;
  /** Encrypts bodies before they are stored; the chain is over what is stored. Without it they are stored as they are. */
  readonly bodies?: BodyCipher;
  /** Takes secrets out of a body; what it gets is JSON, and so must be what it gives. */
  readonly scrub?: (json: string) => string;
  readonly clock?: () => Date;
}

/** An event on its way into the chain. */
interface Draft {
  readonly id: string;
  readonly facts: AuditFacts;
  readonly at: Date;
  readonly salt: string;
  readonly body: string;
}

/**
 * Rows that are appended at the same time share one transaction. Inside a transaction of the caller, the row is durable
 * only when that commits.
 */
export function createAuditLog(deps: AuditLogDeps): AuditLog {
  const { repository, key, bodies = plainBodies, clock = () => new Date() } = deps;
  const draftOf = createDrafting({ ...deps, bodies });
  if (key.length < 32) throw new Error('The audit key needs at least 32 bytes.');
  const secretKey = createSecretKey(key);

  async function store(drafts: readonly Draft[]): Promise<AuditEvent[]> {
    let stored: AuditEvent[] = [];
    const organizations = drafts.map((draft) => draft.facts.organizationId);
    await repository.extend(organizations, (heads) => {
      const entries = chainOn(secretKey, heads, drafts);
      stored = entries.map(({ event }) => toEvent(event));
      return entries;
    });
    return stored;
  }
  const together = createGroupCommit(store);

  return {
    async append(event, until = 'durable') {
      const draft = await draftOf(event, clock());
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
      return { event: toEvent(found.event), ...(await readBody(bodies, found)) };
    },
    async read(query) {
      const entries = await repository.read(query);
      return Promise.all(
        entries.map(async (entry) => ({ event: toEvent(entry.event), ...(await readBody(bodies, entry)) })),
      );
    },
    verify: (organizationId) => verifyChain({ repository, key, organizationId }),
  };
}

type Drafting = Required<Pick<AuditLogDeps, 'bodies'>> & Pick<AuditLogDeps, 'scrub'>;

function createDrafting({ bodies, scrub = (json) => json }: Drafting) {
  return async ({ body, ...facts }: NewAuditEvent, at: Date): Promise<Draft> => {
    const id = eventId(at);
    const text = scrub(canonicalJson(body));
    const stored = await bodies.seal(facts.organizationId, contextOf(id), text);
    return { id, facts: storable(facts), at, salt: randomUUID(), body: stored };
  };
}

/** What a body is bound to: it opens only beside its own event. */
function contextOf(eventId: string): string {
  return `audit body of ${eventId}`;
}

async function readBody(
  bodies: BodyCipher,
  { event, body: kept }: AuditEntry,
): Promise<Pick<AuditFinding, 'body' | 'bodyProblem'>> {
  const stored = kept?.body ?? null;
  if (stored === null) return { body: null, bodyProblem: 'erased' };
  if (isPlainBody(stored)) return { body: JSON.parse(stored) as AuditBody, bodyProblem: null };
  try {
    const text = await bodies.open(event.organizationId, contextOf(event.id), stored);
    return { body: JSON.parse(text) as AuditBody, bodyProblem: null };
  } catch (error) {
    // That storage fails says nothing about the body.
    if (error instanceof AppError) throw error;
    return { body: null, bodyProblem: 'unreadable' };
  }
}

/** As the database will give it back: a hash over anything else would never verify. */
function storable(facts: AuditFacts): AuditFacts {
  const entries = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === 'string' ? storableText(value) : isRequired(name) ? (value ?? '') : value,
  ]);
  const { durationMs, credits, ...rest } = Object.fromEntries(entries) as unknown as AuditFacts;
  if (!Number.isSafeInteger(credits)) throw new RangeError('Credits are whole numbers.');
  return { ...rest, credits, durationMs: durationMs === null ? null : Math.round(durationMs) };
}

function chainOn(
  key: KeyObject,
  heads: ReadonlyMap<string, AuditHead | null>,
  drafts: readonly Draft[],
): NewAuditEntry[] {
  const ends = new Map(heads);
  return drafts.map(({ id, facts, at, salt, body }) => {
    const { organizationId } = facts;
    const previous = ends.get(organizationId) ?? { seq: 0, hash: genesisHash };
    const place = { id, seq: previous.seq + 1, at, previousHash: previous.hash };
    const unsigned = { ...facts, ...place, bodyHash: bodyHash(key, salt, body) };
    const event = { ...unsigned, hash: chainHash(key, unsigned) } as NewAuditEntry['event'];
    ends.set(organizationId, event);
    return { event, body: { eventId: event.id, organizationId, salt, body } };
  });
}

/** Columns that hold nothing as an empty text: they were made when every row was about a call. */
const requiredTexts = ['personaId', 'personaVersion', 'conversationId', 'runId', 'callId', 'tool'] as const;

function isRequired(name: string): boolean {
  return requiredTexts.some((required) => required === name);
}

function toEvent(record: Omit<AuditEventRecord, 'day'> & { readonly day?: number }): AuditEvent {
  const { day: _day, ...row } = record;
  const absent = Object.fromEntries(requiredTexts.filter((name) => row[name] === '').map((name) => [name, null]));
  // The closed words of these columns are ours: nothing else was ever written to them.
  return { ...row, ...absent } as AuditEvent;
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('Nothing was stored.');
  return item;
}
