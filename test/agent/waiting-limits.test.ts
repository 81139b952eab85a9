import { expect, test } from 'vitest';
import { eq } from '#db/drizzle.ts';
import { ann, openRunWorld, type RunWorldOptions } from '../support/run-world.ts';

/** One deletion that waits, then an answer. */
const decide: RunWorldOptions['decide'] = (step) =>
  step === 1 ? { text: 'Let me see.', calls: [{ tool: 'remove', input: { record: '7' } }] } : { text: 'Done.' };

test('nothing goes on for somebody who has left: the model is not asked, and nothing is done', async () => {
  await using world = await openRunWorld({ decide });
  const { runId } = await world.say('Remove 7');
  const later = await world.start({ change: () => ({ actors: { current: async () => null } }) });
  const [approval] = await world.waitingFor();
  if (approval === undefined) throw new Error('Nothing waits.');
  const asked = world.scene.prompts.length;
  await world.decide(approval, 'approved');
  await later.runs.resume('org', runId);
  expect((await world.answer()).metadata).toMatchObject({ status: 'failed', code: 'STOPPED' });
  expect(world.scene.prompts).toHaveLength(asked);
  expect(world.scene.done).toEqual([]);
  expect(await world.conversation()).toMatchObject({ activeRunId: null, waitingSince: null });
});

test('with fifty conversations that wait, the next message is refused until some are decided', async () => {
  await using world = await openRunWorld({ decide });
  const { conversations } = world.db.tables;
  const now = new Date();
  const rows = Array.from({ length: 50 }, (_, index) => ({
    organizationId: 'org',
    id: `waiting-${index}`,
    personaId: 'tester',
    actorId: ann.id,
    channel: 'web',
    title: 'x',
    activeRunId: `run-${index}`,
    waitingSince: now,
    createdAt: now,
    updatedAt: now,
  }));
  await world.db.query.insert(conversations).values(rows);
  await expect(world.say('Remove 7')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await world.db.query.delete(conversations).where(eq(conversations.id, 'waiting-0'));
  expect(await world.statusOf((await world.say('Remove 7')).runId)).toBe('waiting');
});
