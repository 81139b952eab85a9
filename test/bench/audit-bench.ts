import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AuditLog, NewAuditEvent } from '#audit/audit-event.ts';
import { type Database, openDatabase } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { createDataKeys } from '#vault/data-keys.ts';
import { makeKeyLine, parseKeyRing } from '#vault/key-ring.ts';
import { openVault } from '#vault/open-vault.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import { composeAudit } from '../../src/compose-core.ts';
import { quantile } from './load.ts';

const organizationId = 'bench';
const million = 1_000_000;
const tools = ['ninox_list_teams', 'ninox_get_team', 'ninox_get_databases', 'ninox_delete_record'];

/** Audit appends a second with every row durable, and paged, filtered queries over a million rows. */
export async function benchAudit(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'personas-audit-bench-'));
  const db = await openDatabase({ url: path.join(directory, 'audit.db') });
  try {
    const audit = await openAudit(db);
    console.log('\naudit on SQLite, full sync, bodies encrypted:');
    console.log(`  appends/s, one after the other: ${await appendsPerSecond(audit, { inFlight: 1, rows: 2_000 })}`);
    console.log(`  appends/s, 64 at once:          ${await appendsPerSecond(audit, { inFlight: 64, rows: 20_000 })}`);
    await appendsPerSecond(audit, { inFlight: 250, rows: million - 22_000 });
    await queryTimes(audit);
  } finally {
    await db.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** As the service opens it: bodies scrubbed and encrypted. */
async function openAudit(db: Database): Promise<AuditLog> {
  const ring = parseKeyRing(makeKeyLine().line);
  const keys = { ring, file: null, isNew: false, reload: () => ring };
  const registry = createSecretRegistry();
  const vault = await openVault({ repository: createSecretRepository(db), keys, registry });
  return composeAudit({
    rows: createAuditRepository(db),
    key: randomBytes(32),
    dataKeys: createDataKeys({ vault, inTransaction: db.inTransaction }),
    registry,
  });
}

async function appendsPerSecond(audit: AuditLog, load: { inFlight: number; rows: number }): Promise<number> {
  let left = load.rows;
  const startedAt = performance.now();
  const writer = async () => {
    while (left > 0) {
      left -= 1;
      await audit.append(eventNumber(left));
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, writer));
  return Math.round(load.rows / ((performance.now() - startedAt) / 1000));
}

function eventNumber(index: number): NewAuditEvent {
  return {
    organizationId,
    action: index % 50 === 0 ? 'tool.denied' : index % 2 === 0 ? 'tool.intended' : 'tool.succeeded',
    actorKind: 'user',
    actorId: `user-${index % 200}`,
    connectionId: 'ninox',
    personaId: `persona-${index % 20}`,
    personaVersion: 'f'.repeat(64),
    channel: 'web',
    conversationId: `conversation-${index % 50_000}`,
    runId: `run-${index >> 2}`,
    callId: `call-${index >> 1}`,
    tool: tools[index % tools.length] ?? 'ninox_list_teams',
    code: null,
    durationMs: 12,
    credits: 0,
    body: { prompt: 'Which databases do we have?', arguments: { team_id: 'mBenchTeam0000001' } },
  };
}

async function queryTimes(audit: AuditLog): Promise<void> {
  const filters = {
    'newest page, no filter': {},
    'one persona': { personaId: 'persona-7' },
    'one tool, denied only': { tool: 'ninox_get_databases', action: 'tool.denied' },
    'one conversation': { conversationId: 'conversation-31337' },
    'one person, one tool': { actorId: 'user-42', tool: 'ninox_get_databases' },
    'nothing matches': { personaId: 'persona-7', tool: 'ninox_list_teams' },
  } as const;
  console.log('  a page of 50 out of 1,000,000 rows, ms p50 / p99 over 100 pages:');
  for (const [name, filter] of Object.entries(filters)) {
    const times: number[] = [];
    let before: number | undefined;
    for (let page = 0; page < 100; page += 1) {
      const startedAt = performance.now();
      const { nextBefore } = await audit.list({
        organizationId,
        filter,
        limit: 50,
        ...(before === undefined ? {} : { before }),
      });
      times.push(performance.now() - startedAt);
      before = nextBefore ?? undefined;
    }
    times.sort((a, b) => a - b);
    console.log(`    ${name.padEnd(24)} ${quantile(times, 0.5).toFixed(2)} / ${quantile(times, 0.99).toFixed(2)}`);
  }
}
