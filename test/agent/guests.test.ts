import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import {
  auto,
  type GuardedNinox,
  member,
  openGuardedNinox,
  record,
  runOf,
  T1,
  T2,
  testPersona,
} from '../support/guarded-ninox.ts';

let guarded: GuardedNinox;
beforeEach(async () => {
  guarded = await openGuardedNinox();
});
afterEach(() => guarded.close());

const guest: Actor = { ...member, kind: 'visitor', id: 'v-1', name: 'Visitor', role: 'guest' };
const reading = { scopes: ['ninox:teams:read', 'ninox:databases:read'] };
const guestRun = (front: object) => runOf(front, guest);

describe('what is done for guests', () => {
  test('nothing where the persona grants them nothing', async () => {
    for (const guests of [null, { scopes: [] }]) {
      const result = await guarded.call(guestRun({ guests }), 'ninox_list_teams');
      expect(result).toMatchObject({ ok: false, code: 'TOOL_NOT_GRANTED' });
    }
    expect(guarded.ninox.seen).toEqual([]);
  });

  test('what they were granted, and no other reading', async () => {
    const run = guestRun({ guests: { scopes: ['ninox:teams:read'] } });
    expect(await guarded.call(run, 'ninox_list_teams')).toMatchObject({ ok: true });
    expect(await guarded.call(run, 'ninox_get_databases', { team_id: T1 })).toMatchObject({ code: 'TOOL_NOT_GRANTED' });
  });

  test('no more than the persona itself holds', async () => {
    const run = guestRun({ scopes: ['ninox:teams:read'], guests: reading });
    expect(await guarded.call(run, 'ninox_get_databases', { team_id: T1 })).toMatchObject({ code: 'TOOL_NOT_GRANTED' });
  });

  test('only within their own limits and the persona’s', async () => {
    const run = guestRun({ limits: { teams: [T1, T2] }, guests: { ...reading, limits: { teams: [T1] } } });
    expect(await guarded.call(run, 'ninox_get_databases', { team_id: T1 })).toMatchObject({ ok: true });
    const refused = await guarded.call(run, 'ninox_get_databases', { team_id: T2 });
    expect(refused).toMatchObject({ code: 'RESOURCE_NOT_GRANTED' });
    const listed = await guarded.call(run, 'ninox_list_teams');
    expect(JSON.stringify(listed)).not.toContain(T2);
    const narrow = guestRun({ limits: { teams: [T2] }, guests: { ...reading, limits: { teams: [T1] } } });
    expect(await guarded.call(narrow, 'ninox_get_databases', { team_id: T1 })).toMatchObject({
      code: 'RESOURCE_NOT_GRANTED',
    });
  });

  test('no change, even where a file of another day granted one', async () => {
    const run = guestRun({ ...auto, guests: { scopes: ['ninox:records:delete'] } });
    const result = await guarded.call(run, 'ninox_delete_record', record);
    expect(result).toMatchObject({ code: 'TOOL_NOT_GRANTED', message: expect.stringContaining('guests') });
    expect(guarded.deletes()).toBe(0);
  });

  test('a grant that was taken away during the run counts at once', async () => {
    const run = guestRun({ guests: reading });
    expect(await guarded.call(run, 'ninox_list_teams')).toMatchObject({ ok: true });
    guarded.scene.current = testPersona({ guests: null });
    expect(await guarded.call(run, 'ninox_list_teams')).toMatchObject({ code: 'TOOL_NOT_GRANTED' });
  });

  test('members are not held by what guests may', async () => {
    expect(await guarded.call(runOf({ guests: null }), 'ninox_list_teams')).toMatchObject({ ok: true });
  });
});
