import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  beginCall,
  type EffectWorld,
  memberOf,
  openEffectWorld,
  removedItem,
  shownOf,
} from '../support/effect-world.ts';
import { newEffect } from '../support/new-effect.ts';
import { shelfConnection } from '../support/shelf.ts';

let opened: EffectWorld;
beforeEach(async () => {
  opened = await openEffectWorld();
});
afterEach(() => opened.close());

const ann = memberOf('ann');
const bob = memberOf('bob', { role: 'admin' });
const refused = (words: string) => ({ code: 'UNDO_REFUSED', message: expect.stringContaining(words) });
const undo = (id: string, actor = ann) => opened.first.undo.undo(actor, id);
const sight = async (id: string, actor = ann) => (await opened.first.undo.view(actor, id)).undo;
const restores = () => opened.world.shelf.asked.filter((asked) => asked === 'restore').length;
const day = 86_400;

test('restores what was removed, says what could not be, records it, and shows it in the conversation', async () => {
  const { first, world } = opened;
  const call = await removedItem(opened);
  expect(await sight(call.id)).toMatchObject({ possible: true, whyNot: null, state: 'none', needsApproval: false });
  world.seconds = 60;
  expect(await undo(call.id)).toMatchObject({
    status: 'done',
    message: 'What “Remove item” had done was taken back. Not everything could be restored: the dust.',
    restored: { target: [{ level: 'record', id: '7' }], notRestored: [{ what: 'the dust' }] },
  });
  expect(world.shelf.items.get('7')).toEqual({ id: '7', color: 'red' });
  const rows = await first.rows();
  expect(rows.map(({ action }) => action)).toEqual(['tool.planned', 'undo.intended', 'undo.succeeded']);
  const undoId = rows[0]?.callId ?? '';
  expect(new Set(rows.map(({ callId }) => callId)).size).toBe(1);
  expect(rows[2]).toMatchObject({ actorId: 'ann', runId: 'r1', connectionId: 'k1', tool: 'shelf_remove_item' });
  const found = await first.audit.find('org', rows[2]?.id ?? '');
  expect(found?.body).toMatchObject({
    details: { undoes: call.id },
    response: { notRestored: [{ what: 'the dust' }] },
  });
  expect(await first.store.find('org', undoId)).toMatchObject({ kind: 'undo', state: 'succeeded', happened: true });
  expect((await shownOf(first, call.id)).summary).toMatchObject({ undone: true });
  expect(await sight(call.id)).toMatchObject({ possible: false, state: 'done', undoId });
  expect(await first.store.isAnyUnsettled()).toBe(false);
  const [body] = await first.db.query.select().from(first.db.tables.effects);
  expect(body?.arguments).toMatch(/^enc1\./);
});

test('is done once: the second is told who did it and when', async () => {
  const call = await removedItem(opened);
  await undo(call.id, bob);
  opened.world.shelf.items.delete('7');
  await expect(undo(call.id)).rejects.toMatchObject(
    refused('Bob has taken this back already, on 24 Nov 2026, 12:00 UTC'),
  );
  expect(restores()).toBe(1);
});

test('of a hundred at once in two processes one restores', async () => {
  const { first, second, world } = opened;
  const call = await removedItem(opened);
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? first : second).undo.undo(ann, call.id).then(
        ({ status }) => status,
        ({ code }: { code: string }) => code,
      ),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'UNDO_REFUSED')).toHaveLength(99);
  expect([restores(), world.shelf.items.size]).toEqual([1, 1]);
  const actions = await first.actions();
  expect(actions.filter((action) => action === 'undo.intended')).toHaveLength(1);
  expect((await first.audit.verify('org')).ok).toBe(true);
});

test('while one is under way, others are told by whom', async () => {
  const { world } = opened;
  const call = await removedItem(opened);
  let seen: unknown;
  world.shelf.scene.whileRestoring = async () => {
    seen = [await sight(call.id), await undo(call.id).catch(({ message }: Error) => message)];
  };
  await undo(call.id, bob);
  expect(seen).toEqual([
    expect.objectContaining({ state: 'under_way', possible: false }),
    'Bob is taking this back right now.',
  ]);
});

describe('is refused, and nothing is asked of the service', () => {
  const cases: [string, string, (id: string) => unknown][] = [
    ['when what there was has expired', 'was kept until 24 Dec 2026', () => (opened.world.seconds = 30 * day)],
    ['when it was erased', 'is gone since', () => opened.first.store.eraseExpired(new Date('2027-01-01'))],
    ['when nothing was kept', 'was not kept', () => opened.first.db.query.delete(opened.first.db.tables.snapshots)],
    [
      'when its connection was revoked',
      'was revoked',
      () => (opened.world.connection = shelfConnection({ status: 'revoked' })),
    ],
    ['when its connection is gone', 'not there any more', () => (opened.world.connection = null)],
    [
      'when its connection needs a new key',
      'connected again',
      () => (opened.world.connection = shelfConnection({ status: 'needs_reconnect' })),
    ],
    [
      'when the connection lost the scope',
      'does not allow ninox:records:delete',
      () => (opened.world.connection = shelfConnection({ grant: { scopes: ['ninox:records:write'], limits: {} } })),
    ],
    [
      'when the connection is limited to something else',
      'limited to other resources',
      () =>
        (opened.world.connection = shelfConnection({
          grant: { scopes: ['ninox:records:delete'], limits: { tables: [] } },
        })),
    ],
  ];
  test.each(cases)('%s', async (_name, words, arrange) => {
    const call = await removedItem(opened);
    await arrange(call.id);
    await expect(undo(call.id)).rejects.toMatchObject(refused(words));
    expect(await sight(call.id)).toMatchObject({ possible: false, whyNot: expect.stringContaining(words) });
    expect([opened.world.shelf.asked, await opened.first.actions()]).toEqual([[], []]);
  });

  test('for a call that is under way, unknown, or had no effect, and for what cannot be undone', async () => {
    const { first } = opened;
    const call = await beginCall(first);
    await expect(undo(call.id)).rejects.toMatchObject(refused('under way'));
    const end = { organizationId: 'org', id: call.id, code: null, nextTryAt: null } as const;
    await first.store.end({ ...end, state: 'outcome_unknown', happened: null });
    await expect(undo(call.id)).rejects.toMatchObject(refused('being looked up'));
    await first.store.end({ ...end, state: 'reconciled', happened: false });
    await expect(undo(call.id)).rejects.toMatchObject(refused('no effect'));
    const shaken = newEffect({ tool: 'shelf_shake', arguments: {} });
    await first.store.insert(await first.store.seal(shaken, null), opened.world.clock());
    await first.store.markSent('org', shaken.id);
    await first.store.end({ ...end, id: shaken.id, state: 'succeeded', happened: true });
    await expect(undo(shaken.id)).rejects.toMatchObject(refused('“Shake” cannot be taken back'));
  });
});

test('is refused when the target was made again or changed, with a row that says so', async () => {
  const call = await removedItem(opened);
  opened.world.shelf.items.set('7', { id: '7', color: 'blue' });
  await expect(undo(call.id)).rejects.toMatchObject(refused('There is such an item again.'));
  expect(await opened.first.rows()).toMatchObject([
    { action: 'tool.planned' },
    { action: 'undo.failed', code: 'UNDO_REFUSED' },
  ]);
  opened.world.shelf.items.delete('7');
  expect(await undo(call.id)).toMatchObject({ status: 'done' });
});

describe('who may', () => {
  const carl = memberOf('carl');
  const auditor = memberOf('dora', { role: 'auditor' });
  const keyOf = (keyScopes: string[]) =>
    memberOf('ann', { kind: 'key', keyScopes, apiKey: { id: 'key-1', name: 'Script' } });

  test('others see nothing, auditors see and take nothing back, managers do', async () => {
    const call = await removedItem(opened);
    const notThere = { code: 'NOT_FOUND' };
    await expect(undo(call.id, carl)).rejects.toMatchObject(notThere);
    await expect(sight(call.id, carl)).rejects.toMatchObject(notThere);
    await expect(undo(call.id, memberOf('bob', { role: 'admin', organizationId: 'other' }))).rejects.toMatchObject(
      notThere,
    );
    await expect(undo('none')).rejects.toMatchObject(notThere);
    expect(await sight(call.id, auditor)).toMatchObject({
      possible: false,
      whyNot: expect.stringContaining('auditor'),
    });
    await expect(undo(call.id, auditor)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const scopes = ['undo', 'audit:read', 'ninox:records:delete'];
    const key = memberOf('bob', { role: 'admin', kind: 'key', keyScopes: scopes, apiKey: { id: 'k', name: 'K' } });
    await expect(undo(call.id, key)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(restores()).toBe(0);
    expect(await undo(call.id, bob)).toMatchObject({ status: 'done' });
  });

  test('an API key needs both the permission and the tool’s scope', async () => {
    const call = await removedItem(opened);
    for (const scopes of [['undo'], ['ninox:records:delete']]) {
      await expect(undo(call.id, keyOf(scopes))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await undo(call.id, keyOf(['undo', 'ninox:records:delete']))).toMatchObject({ status: 'done' });
    expect(await opened.first.rows()).toMatchObject([{}, {}, { actorKind: 'key', channel: 'api' }]);
  });

  test('what was done with a person’s own connection is taken back with it, by a manager too', async () => {
    opened.world.connection = shelfConnection({ ownerId: 'ann' });
    const call = await removedItem(opened);
    expect(await undo(call.id, bob)).toMatchObject({ status: 'done' });
  });
});

describe('whose end nobody knows', () => {
  const pass = async (seconds: number) => {
    opened.world.seconds = seconds;
    await opened.second.reconciler.pass();
  };

  test('is looked up: it had happened', async () => {
    const { first, world } = opened;
    const call = await removedItem(opened);
    world.shelf.scene.fate = 'answer lost';
    expect(await undo(call.id)).toMatchObject({ status: 'outcome_unknown', restored: null });
    expect(await sight(call.id)).toMatchObject({ state: 'outcome_unknown', possible: false });
    await expect(undo(call.id)).rejects.toMatchObject(refused('nobody knows yet'));
    await pass(5);
    expect(await sight(call.id)).toMatchObject({ state: 'done' });
    expect((await shownOf(first, call.id)).summary).toMatchObject({ undone: true });
    expect((await first.store.snapshot('org', call.id))?.state).toBe('restored');
    expect(await first.actions()).toEqual(['tool.planned', 'undo.intended', 'undo.outcome_unknown', 'undo.reconciled']);
    expect(restores()).toBe(1);
  });

  test('is looked up: it had not, so it may be asked for again', async () => {
    const call = await removedItem(opened);
    opened.world.shelf.scene.fate = 'request lost';
    await undo(call.id);
    await pass(30);
    expect(await sight(call.id)).toMatchObject({ state: 'outcome_unknown' });
    await pass(100);
    expect(await sight(call.id)).toMatchObject({ state: 'none', possible: true });
    expect((await opened.first.rows()).at(-1)).toMatchObject({ action: 'undo.reconciled', code: 'NOT_HAPPENED' });
    expect((await shownOf(opened.first, call.id)).summary?.undone).toBeUndefined();
    opened.world.shelf.scene.fate = 'works';
    expect(await undo(call.id)).toMatchObject({ status: 'done' });
  });

  test('is looked up when the service itself failed after it may have been sent', async () => {
    const call = await removedItem(opened);
    opened.world.shelf.scene.fate = 'breaks';
    expect(await undo(call.id)).toMatchObject({ status: 'outcome_unknown' });
    await pass(5);
    expect(await sight(call.id)).toMatchObject({ state: 'done' });
  });

  test('is looked up when its process was lost in the middle, and its late answer changes nothing', async () => {
    const call = await removedItem(opened);
    opened.world.shelf.scene.whileRestoring = async () => {
      opened.world.alive = ['process-2'];
      await opened.second.reconciler.pass();
    };
    expect(await undo(call.id)).toMatchObject({ status: 'outcome_unknown' });
    await pass(5);
    expect(await sight(call.id)).toMatchObject({ state: 'done' });
    expect((await opened.first.actions()).filter((action) => action.startsWith('undo.'))).toEqual([
      'undo.intended',
      'undo.outcome_unknown',
      'undo.reconciled',
    ]);
  });
});

test('one that was taken for lost before it was sent is not sent any more', async () => {
  const { second, world } = opened;
  const call = await removedItem(opened);
  world.onCommitted = async () => {
    world.alive = ['process-2'];
    await second.reconciler.pass();
  };
  expect(await undo(call.id)).toMatchObject({ status: 'outcome_unknown' });
  expect(restores()).toBe(0);
});

test('one that the service refuses changes nothing and may be tried again', async () => {
  const call = await removedItem(opened);
  opened.world.shelf.scene.fate = 'refused';
  await expect(undo(call.id)).rejects.toMatchObject(refused('Nothing was restored. The shelf says no.'));
  expect((await opened.first.rows()).at(-1)).toMatchObject({ action: 'undo.failed', code: 'UPSTREAM_FORBIDDEN' });
  opened.world.shelf.scene.fate = 'works';
  expect(await undo(call.id)).toMatchObject({ status: 'done' });
});

test('without a row nothing is sent', async () => {
  const { first } = opened;
  const call = await removedItem(opened);
  // Whatever keeps the audit from being written.
  await first.db.query.run('drop table audit_bodies');
  await expect(undo(call.id)).rejects.toThrow();
  expect(opened.world.shelf.asked).toEqual([]);
  expect((await first.store.snapshot('org', call.id))?.state).toBe('held');
});
