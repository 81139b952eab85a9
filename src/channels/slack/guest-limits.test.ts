import { expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import { openDatabase } from '#db/open-database.ts';
import { createMessageCountRepository } from '#db/repositories/message-counts.ts';
import { countGuest, guestsPerDay } from './guest-limits.ts';
import type { SlackWorkspace } from './ports.ts';

const workspace = { organizationId: 'org', connectionId: 'c1' } as SlackWorkspace;
const actor = (id: string, role: Actor['role'] = 'guest') => ({ id, role }) as Actor;

test('a guest, and all guests of a workspace, have so many messages a day; members are not counted', async () => {
  const db = await openDatabase({ url: ':memory:' });
  const counts = createMessageCountRepository(db);
  let now = new Date('2026-11-25T23:59:00Z');
  const count = (id: string, role?: Actor['role']) =>
    countGuest({ counts, clock: () => now }, workspace, actor(id, role));
  for (let sent = 0; sent < guestsPerDay.each; sent++) expect(typeof (await count('g0'))).toBe('function');
  expect(await count('g0')).toContain('Today you have sent');
  const takeBack = await count('g1');
  if (typeof takeBack === 'function') await takeBack();
  for (let guest = 1; guest < guestsPerDay.workspace / guestsPerDay.each; guest++) {
    for (let sent = 0; sent < guestsPerDay.each; sent++) expect(typeof (await count(`g${guest}`))).toBe('function');
  }
  expect(await count('another')).toContain('all guests of this workspace');
  expect(typeof (await count('g0', 'member'))).toBe('function');
  now = new Date('2026-11-26T00:00:00Z');
  expect(typeof (await count('g0'))).toBe('function');
  await db.close();
});
