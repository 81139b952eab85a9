import { afterEach, beforeEach, expect, test } from 'vitest';
import { UpstreamError } from '#integrations/upstream-error.ts';
import {
  decide,
  type EffectWorld,
  memberOf,
  openEffectWorld,
  personaWith,
  removedItem,
} from '../support/effect-world.ts';

let opened: EffectWorld;
beforeEach(async () => {
  opened = await openEffectWorld();
  const approvers = { shelf_remove_item: { people: ['bob'], fourEyes: true } };
  opened.world.persona = personaWith({ undo: 'ask', approvers });
});
afterEach(() => opened.close());

const ann = memberOf('ann');
const undo = (id: string) => opened.first.undo.undo(ann, id);
const sight = async (id: string) => (await opened.first.undo.view(ann, id)).undo;
const restores = () => opened.world.shelf.asked.filter((asked) => asked === 'restore').length;
const day = 86_400;

const askFor = async (id: string) => {
  const { status, approvalId } = await undo(id);
  expect(status).toBe('waiting_for_approval');
  return approvalId ?? '';
};

test('an undo that needs an approval waits for one, however many ask at once, and is done once it is given', async () => {
  const { first, second } = opened;
  const call = await removedItem(opened);
  const asked = await Promise.all(
    Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? first : second).undo.undo(ann, call.id)),
  );
  expect(new Set(asked.map(({ approvalId }) => approvalId)).size).toBe(1);
  const approvalId = await askFor(call.id);
  expect(restores()).toBe(0);
  expect(await sight(call.id)).toMatchObject({ needsApproval: true, state: 'waiting', approvalId });
  expect(await first.approvals.find('org', approvalId)).toMatchObject({
    status: 'pending',
    callId: call.id,
    requesterId: 'ann',
    approvers: ['bob'],
    fourEyes: true,
    question: { kind: 'undo', title: 'Take back “Remove item”', plan: { summary: 'Put 1 item back' } },
  });
  expect(await first.undo.perform(await decideNot(approvalId))).toMatchObject({ status: 'refused' });
  expect(restores()).toBe(0);
  const approval = await decide(first, approvalId);
  const performed = await Promise.all(
    [1, 2, 3].flatMap(() => [first.undo.perform(approval), second.undo.perform(approval)]),
  );
  expect(performed.filter(({ status }) => status === 'done')).toHaveLength(1);
  expect([restores(), (await first.approvals.find('org', approvalId))?.status]).toEqual([1, 'used']);
  expect(await sight(call.id)).toMatchObject({ state: 'done', approvalId });
  expect(await first.actions()).not.toContain('approval.fell');
});
const decideNot = async (approvalId: string) => {
  const approval = await opened.first.approvals.find('org', approvalId);
  if (approval === null) throw new Error('It is gone.');
  return approval;
};

test('an undo that needs an approval is performed by whoever asks again, when the process that was to do it was lost', async () => {
  const call = await removedItem(opened);
  await decide(opened.first, await askFor(call.id));
  expect(await undo(call.id)).toMatchObject({ status: 'done' });
});

test('an undo that needs an approval falls when what would be restored is not what was approved', async () => {
  const { first, world } = opened;
  const call = await removedItem(opened);
  const approval = await decide(first, await askFor(call.id));
  world.shelf.items.set('7', { id: '7', color: 'blue' });
  expect(await first.undo.perform(approval)).toMatchObject({
    status: 'refused',
    message: expect.stringContaining('again'),
  });
  expect(await first.approvals.find('org', approval.id)).toMatchObject({ status: 'void' });
  expect((await first.rows()).at(-1)).toMatchObject({ action: 'approval.fell', callId: call.id });
  expect(restores()).toBe(0);
});

test('an undo that needs an approval falls when the plan is not to the letter the one that was approved', async () => {
  const { first, world } = opened;
  const call = await removedItem(opened);
  const approval = await decide(first, await askFor(call.id));
  world.shelf.scene.warnings = ['One more item hangs on it.'];
  const words = 'Since the approval, what hangs on it (links, files) is different.';
  expect(await first.undo.perform(approval)).toMatchObject({ message: expect.stringContaining(words) });
  expect(await first.approvals.find('org', approval.id)).toMatchObject({ status: 'void', reason: words });
  expect(restores()).toBe(0);
});

test('an undo that needs an approval falls when it was altered by one character', async () => {
  const { first } = opened;
  const call = await removedItem(opened);
  const approval = await decide(first, await askFor(call.id));
  const hash = `${approval.hash.slice(0, -1)}${approval.hash.endsWith('0') ? '1' : '0'}`;
  expect(await first.undo.perform({ ...approval, hash })).toMatchObject({ status: 'refused' });
  expect(restores()).toBe(0);
});

test('an undo that needs an approval stays approved while the service cannot be reached', async () => {
  const { first, world } = opened;
  const call = await removedItem(opened);
  const approval = await decide(first, await askFor(call.id));
  world.shelf.scene.unreadable = new UpstreamError('UPSTREAM_UNAVAILABLE', 'The shelf is closed.');
  expect(await first.undo.perform(approval)).toMatchObject({ status: 'refused' });
  world.shelf.scene.unreadable = null;
  expect(await first.undo.perform(approval)).toMatchObject({ status: 'done' });
});

test('an undo that needs an approval is not used after its time, nor for somebody who has left or may not do it any more', async () => {
  const { first, world } = opened;
  const call = await removedItem(opened);
  const approval = await decide(first, await askFor(call.id));
  world.seconds = day;
  expect(await first.undo.perform(approval)).toMatchObject({ message: expect.stringContaining('in time') });
  world.seconds = 0;
  world.people.set('ann', memberOf('ann', { role: 'auditor' }));
  expect(await first.undo.perform(approval)).toMatchObject({
    status: 'refused',
    message: expect.stringContaining('auditor'),
  });
  expect(restores()).toBe(0);
});

test('an undo that needs an approval is needed as well where the persona is gone', async () => {
  opened.world.persona = null;
  const call = await removedItem(opened);
  const approvalId = await askFor(call.id);
  expect(await opened.first.approvals.find('org', approvalId)).toMatchObject({ approvers: null, fourEyes: false });
});
