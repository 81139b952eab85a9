import { statSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuditLog } from '#audit/audit-log.ts';
import { openDatabase } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { openSqlite } from '#db/sqlite-database.ts';
import { accountSuite } from './account-suite.ts';
import { apiCallSuite } from './api-call-suite.ts';
import { approvalSuite } from './approval-suite.ts';
import { auditSuite, newEvent } from './audit-suite.ts';
import { connectionSuite } from './connection-suite.ts';
import { databaseSuite } from './database-suite.ts';
import { effectSuite } from './effect-suite.ts';
import { encryptedDataSuite } from './encrypted-data-suite.ts';
import { hookEventSuite } from './hook-event-suite.ts';
import { jobSuite } from './job-suite.ts';
import { mandateSuite } from './mandate-suite.ts';
import { outsideSuite } from './outside-suite.ts';
import { personaSuite } from './persona-suite.ts';
import { createSqlitePlace } from './place.ts';
import { repositorySuite } from './repository-suite.ts';
import { slackSuite } from './slack-suite.ts';
import { slackWorkspaceSuite } from './slack-workspace-suite.ts';
import { vaultSuite } from './vault-suite.ts';
import { watchSuite } from './watch-suite.ts';
import { widgetSuite } from './widget-suite.ts';

describe('SQLite', () => {
  // Each by itself: hooks of one suite would run for the tests of all.
  const suites = [
    databaseSuite,
    repositorySuite,
    personaSuite,
    auditSuite,
    connectionSuite,
    accountSuite,
    vaultSuite,
    encryptedDataSuite,
    effectSuite,
    approvalSuite,
    slackSuite,
    slackWorkspaceSuite,
    apiCallSuite,
    widgetSuite,
    outsideSuite,
    hookEventSuite,
    mandateSuite,
    watchSuite,
    jobSuite,
  ];
  for (const suite of suites) describe(suite.name, () => suite(createSqlitePlace));

  async function tempPlace() {
    const place = await createSqlitePlace();
    onTestFinished(place.remove);
    return { ...place, file: place.url.slice('file:'.length) };
  }
  const ann = { kind: 'user', id: 'ann', organizationId: 'org' };

  test('the file is made with its folder, for its owner only', async () => {
    const place = await tempPlace();
    await (await place.open()).close();
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
  });

  test('a plain path and memory open too; another scheme is refused', async () => {
    const place = await tempPlace();
    const db = await openDatabase({ url: place.file });
    await db.close();
    const memory = await openDatabase({ url: ':memory:' });
    expect(await memory.query.select().from(memory.tables.runs)).toEqual([]);
    await memory.close();
    await expect(openDatabase({ url: 'mysql://host/db' })).rejects.toThrow('“mysql:”');
  });

  test('references are checked, and readers do not wait for writers', async () => {
    const place = await tempPlace();
    const db = await place.open();
    onTestFinished(db.close);
    const [references] = await db.query.values<[number]>('pragma foreign_keys');
    const [journal] = await db.query.values<[string]>('pragma journal_mode');
    expect([references, journal]).toEqual([[1], ['wal']]);
  });

  test('a file that another process keeps locked is told as unavailable storage, and is waited for', async () => {
    const place = await tempPlace();
    const db = await openSqlite(place.file, 40);
    onTestFinished(db.close);
    const other = new Sqlite(place.file);
    other.exec('begin immediate');
    const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32) });
    const failure = { code: 'STORAGE_UNAVAILABLE', message: expect.stringContaining('another program holds') };
    await expect(audit.append(newEvent())).rejects.toMatchObject(failure);
    // A reader is not held up.
    expect(await audit.verify('org')).toMatchObject({ ok: true, events: 0 });
    setImmediate(() => {
      other.exec('rollback');
      other.close();
    });
    expect((await audit.append(newEvent())).seq).toBe(1);
  });

  test('a full disk is told as unavailable storage, without what was to be stored, and nothing is half stored', async () => {
    const place = await tempPlace();
    const db = await place.open();
    onTestFinished(db.close);
    const [pages] = await db.query.values<[number]>('pragma page_count');
    await db.query.values(`pragma max_page_count = ${pages?.[0] ?? 1}`);
    const message = { id: 'm1', role: 'user', parts: ['sesame'.repeat(9000)], metadata: null } as const;
    const run = { id: 'r1', messageId: 'a1', personaId: 'p', personaVersion: 'v', model: 'm' };
    const conversation = { id: 'c1', personaId: 'p', channel: 'chat', title: 't' };
    const repository = createConversationRepository(db);
    const error = await repository
      .startRun({ actor: ann, conversation, message, run, processId: 'p1', outsideText: null })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORAGE_UNAVAILABLE', message: expect.stringContaining('disk is full') });
    expect(String((error as Error).cause)).not.toContain('sesame');
    expect(await repository.find(ann, 'c1')).toBeNull();
  });

  test('a file that is no database, and a closed one, are told as unavailable storage', async () => {
    const place = await tempPlace();
    const db = await place.open();
    await db.close();
    await expect(openDatabase({ url: `${place.file}/below-a-file.db` })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    });
    const text = `${place.file}.txt`;
    writeFileSync(text, 'Not a database. '.repeat(100));
    const damaged = { code: 'STORAGE_UNAVAILABLE', message: expect.stringContaining('damaged') };
    await expect(openDatabase({ url: text })).rejects.toMatchObject(damaged);
    const repository = createConversationRepository(db);
    await expect(repository.messages('org', 'c1')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  });

  test('an event cannot be replaced either', async () => {
    const place = await tempPlace();
    const db = await place.open();
    onTestFinished(db.close);
    const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32) });
    await audit.append(newEvent());
    await expect(place.execute('insert or replace into audit_events select * from audit_events')).rejects.toThrow(
      'append-only',
    );
    await expect(place.execute('insert or replace into audit_bodies select * from audit_bodies')).rejects.toThrow(
      'erased',
    );
  });

  test('a filter by a conversation and more reads that conversation only', async () => {
    const place = await tempPlace();
    await (await place.open()).close();
    const raw = new Sqlite(place.file);
    onTestFinished(() => void raw.close());
    const plan = (condition: string) =>
      raw
        .prepare(
          `explain query plan select * from audit_events where organization_id = '' and ${condition} order by seq desc limit 50`,
        )
        .all()
        .map((row) => (row as { detail: string }).detail)
        .join();
    expect(plan("persona_id = '' and tool = '' and conversation_id = ''")).toContain('audit_events_by_conversation');
    expect(plan("actor_id = '' and action = '' and run_id = ''")).toContain('audit_events_by_run');
    expect(plan("tool = '' and action = ''")).toContain('audit_events_by_tool_action');
  });
});
