import { expect, onTestFinished, test } from 'vitest';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { chat } from '#test/support/chat.ts';
import { decide, newStory, pendingOf, settled, statusOf, tell } from '#test/support/crash-lane.ts';
import { type CrashWorld, deletionOf, openCrashWorld } from '#test/support/crash-world.ts';
import { eventually } from '#test/support/eventually.ts';
import type { FailpointService } from '#test/support/failpoint-process.ts';
import type { Findings, Story } from '#test/support/settled.ts';
import { eventsOf, textOf } from './conversations.ts';

/* Two processes of the service on one SQLite file, and what people decide in either of them. */

async function openWorld(): Promise<CrashWorld> {
  const world = await openCrashWorld();
  onTestFinished(() => world[Symbol.asyncDispose]());
  return world;
}

interface Asked {
  readonly story: Story;
  readonly record: number;
  readonly approval: ApprovalView;
}

/** Has the persona ask for one deletion through `service`. */
async function askFor(world: CrashWorld, service: FailpointService): Promise<Asked> {
  const record = world.nextRecord();
  const story = newStory({ stories: [] }, `Delete record ${record}`, [record], true);
  await tell(service, story, 'asker');
  const [approval] = pendingOf(await settled({ world }, service, story));
  if (approval === undefined) throw new Error('Nothing was asked.');
  return { story, record, approval };
}

/** Waits until the run waits no more and everything holds. */
async function ended(world: CrashWorld, service: FailpointService, story: Story): Promise<Findings> {
  return eventually(
    async () => {
      const findings = await settled({ world }, service, story);
      return findings.detail?.conversation.waiting === false ? findings : null;
    },
    { why: () => 'the run still waits' },
  );
}

test('100 clicks at the same time, spread over two processes, lead to one deletion', { timeout: 60_000 }, async () => {
  const world = await openWorld();
  const first = await world.start();
  const second = await world.start();
  const { story, record, approval } = await askFor(world, first);
  const clicks = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? first : second));
  const answers = await Promise.all(
    clicks.map(async (service) => {
      const body = { decision: 'approve', hash: approval.hash };
      const { status, body: answer } = await service.send('POST', `/api/v1/approvals/${approval.id}/decision`, body);
      return { status, answer: answer as { status?: unknown; detail?: string } };
    }),
  );
  for (const { status, answer } of answers) {
    expect([200, 409]).toContain(status);
    if (status === 409) expect(answer.detail).toMatch(/has approved this already|\. /);
    else expect(['approved', 'used']).toContain(answer.status);
  }
  story.decided.set(approval.id, 'approve');
  expect(statusOf(await ended(world, second, story))).toBe('succeeded');
  expect(world.ninox.deletionsOf(record)).toHaveLength(1);
  const actions = (await eventsOf(first, story.conversationId)).map(({ action }) => action);
  expect(actions.filter((action) => action === 'approval.approved')).toHaveLength(1);
  expect(actions.filter((action) => action === 'tool.intended')).toHaveLength(1);
  // The next click of the same person changes nothing and is told so.
  expect(await decide(first, story, approval)).toBe(200);
  expect(await decide(second, story, approval, 'deny')).toBe(409);
});

test('a decision in the other process: the run goes on there, and both show the same answer', async () => {
  const world = await openWorld();
  const first = await world.start();
  const second = await world.start();
  const { story, record, approval } = await askFor(world, first);
  expect(await decide(second, story, approval)).toBe(200);
  const shown = await Promise.all([first, second].map((service) => ended(world, service, story)));
  const [one, other] = shown.map(({ detail }) => detail);
  expect(one).toEqual(other);
  expect(statusOf(shown[0] as Findings)).toBe('succeeded');
  expect(textOf(one?.messages.at(-1))).toContain('1 results');
  expect(world.ninox.has(record)).toBe(false);
  // The conversation goes on in the process that does not know of it.
  const { conversationId } = story;
  expect(await chat(first, 'Still there?', { conversationId })).toMatchObject({ text: 'Here again.' });
});

test('a denial after a restart: nothing is sent, and the persona is told who and why', async () => {
  const world = await openWorld();
  const service = await world.start();
  const { story, record, approval } = await askFor(world, service);
  await service.kill();
  const restarted = await world.start();
  const results: string[] = [];
  world.script = ({ toolResults }) => {
    results.push(...toolResults.map(({ output }) => output));
    return Promise.resolve(null);
  };
  const body = { decision: 'deny', hash: approval.hash, reason: 'It is still needed.' };
  expect((await restarted.send('POST', `/api/v1/approvals/${approval.id}/decision`, body)).status).toBe(200);
  story.decided.set(approval.id, 'deny');
  expect(statusOf(await ended(world, restarted, story))).toBe('succeeded');
  expect(results.join()).toMatch(/Olivia denied.*It is still needed/);
  expect(world.ninox.deletionsOf(record)).toHaveLength(0);
});

test.each([
  ['asker', 1],
  ['doer', 0],
] as const)('the same call id three times in one step is one call: %s', async (personaId, asked) => {
  const world = await openWorld();
  const service = await world.start();
  const record = world.nextRecord();
  world.script = ({ toolResults }) => {
    const calls = Array.from({ length: 3 }, () => ({ ...deletionOf(record), id: 'call_the_same' }));
    return Promise.resolve(toolResults.length > 0 ? null : { text: 'Three times.', calls });
  };
  const story = newStory({ stories: [] }, `Delete record ${record}`, [record], personaId === 'asker');
  await tell(service, story, personaId);
  const pending = pendingOf(await settled({ world }, service, story));
  expect(pending).toHaveLength(asked);
  for (const approval of pending) expect(await decide(service, story, approval)).toBe(200);
  await ended(world, service, story);
  expect(world.ninox.deletionsOf(record)).toHaveLength(1);
});

test('a target that moved between approval and execution: nothing is sent, and what moved is said', async () => {
  const world = await openWorld();
  const first = await world.start();
  const second = await world.start();
  const { story, record, approval } = await askFor(world, first);
  world.ninox.rename(record, 'A better name');
  expect(await decide(second, story, approval)).toBe(200);
  const { detail, approvals } = await ended(world, first, story);
  expect(world.ninox.deletionsOf(record)).toHaveLength(0);
  const part = detail?.messages.at(-1)?.parts.find((each) => each.type === 'tool-ninox_delete_record');
  expect(part).toMatchObject({ state: 'output-error', errorText: expect.stringContaining('A better name') });
  expect(approvals.find(({ id }) => id === approval.id)?.status).toBe('void');
});

test('a target that is gone meanwhile: nothing is sent', async () => {
  const world = await openWorld();
  const service = await world.start();
  const { story, record, approval } = await askFor(world, service);
  world.ninox.remove(record);
  expect(await decide(service, story, approval)).toBe(200);
  expect(statusOf(await ended(world, service, story))).toBe('succeeded');
  expect(world.ninox.deletionsOf(record)).toHaveLength(0);
});

test('a process that was taken for lost sends nothing any more', { timeout: 60_000 }, async () => {
  const world = await openWorld();
  const frozen = await world.start();
  const { story, record, approval } = await askFor(world, frozen);
  const { stalled, goOn } = await frozen.stallAt({ pattern: 'insert into "effects"', nth: 1, when: 'after' });
  expect(await decide(frozen, story, approval)).toBe(200);
  await stalled;
  // Minutes later to the other one: the first has not been heard of for long.
  const other = await world.start(300_000);
  const { effects } = await ended(world, other, story);
  expect(effects).toMatchObject([{ state: 'reconciled', happened: false }]);
  goOn();
  await eventually(async () => ((await isAnswering(frozen, story)) ? null : true), {
    why: () => 'the process that was frozen still has the run in hand',
  });
  expect(world.ninox.deletionsOf(record)).toHaveLength(0);
  expect(statusOf(await settled({ world }, other, story))).toBe('interrupted');
});

/** Whether the process has the conversation's run in hand. */
async function isAnswering(service: FailpointService, { conversationId }: Story): Promise<boolean> {
  const response = await service.fetch(`/api/chat/${conversationId}/stream`);
  await response.body?.cancel();
  return response.status === 200;
}
