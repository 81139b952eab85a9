import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '#db/open-database.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { startPostgres } from '#test/support/postgres.ts';
import { accountSuite } from './account-suite.ts';
import { apiCallSuite } from './api-call-suite.ts';
import { approvalSuite } from './approval-suite.ts';
import { auditSuite } from './audit-suite.ts';
import { connectionSuite } from './connection-suite.ts';
import { databaseSuite } from './database-suite.ts';
import { effectSuite } from './effect-suite.ts';
import { encryptedDataSuite } from './encrypted-data-suite.ts';
import { hookEventSuite } from './hook-event-suite.ts';
import { jobSuite } from './job-suite.ts';
import { mandateSuite } from './mandate-suite.ts';
import { outsideSuite } from './outside-suite.ts';
import { personaSuite } from './persona-suite.ts';
import { pgBossSuite } from './pg-boss-suite.ts';
import { createPostgresPlaces } from './place.ts';
import { repositorySuite } from './repository-suite.ts';
import { slackSuite } from './slack-suite.ts';
import { slackWorkspaceSuite } from './slack-workspace-suite.ts';
import { tickerSuite } from './ticker-suite.ts';
import { vaultSuite } from './vault-suite.ts';
import { watchSuite } from './watch-suite.ts';
import { widgetSuite } from './widget-suite.ts';

const server = await startPostgres();

if ('unavailable' in server) {
  console.warn(`No Postgres for the contract suite: ${server.unavailable}`);
  test.skip('Postgres', () => {});
} else {
  const createPlace = createPostgresPlaces(server);
  afterAll(server.stop);

  describe('Postgres', () => {
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
      pgBossSuite,
      tickerSuite,
    ];
    for (const suite of suites) describe(suite.name, () => suite(createPlace));

    test.each(['audit_events', 'audit_bodies'])('%s cannot be emptied', async (table) => {
      const place = await createPlace();
      await (await place.open()).close();
      await expect(place.execute(`truncate ${table}`)).rejects.toThrow('append-only');
    });

    test('a lost connection is told as unavailable storage, and the next query opens another', async () => {
      const place = await createPlace();
      const db = await place.open();
      onTestFinished(db.close);
      const repository = createConversationRepository(db);
      const killOthers = async () => {
        const client = new pg.Client({ connectionString: place.url });
        await client.connect();
        await client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
        await client.end();
      };
      const broken = db.transaction(async () => {
        await repository.messages('org', 'c1');
        await killOthers();
        return repository.messages('org', 'c1');
      });
      await expect(broken).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
      expect(await repository.messages('org', 'c1')).toEqual([]);
    });

    test('a server that is not there is told as unavailable storage', async () => {
      const url = 'postgres://nobody@127.0.0.1:1/none';
      await expect(openDatabase({ url })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    });
  });
}
