import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chat } from '#test/support/chat.ts';
import {
  type CrashLane,
  commit,
  decide,
  died,
  type Kill,
  newStory,
  openCrashLane,
  pendingOf,
  settled,
  statusOf,
  tell,
  undo,
} from '#test/support/crash-lane.ts';
import { eventually } from '#test/support/eventually.ts';
import type { FailpointService } from '#test/support/failpoint-process.ts';
import { effectOf, type Findings, type Story } from '#test/support/settled.ts';
import { nameOf } from '#test/support/watched-ninox.ts';

/*
 * The service is killed at one point after another and started again on the same file. What must hold after each kill is
 * in `breachesOf`; here is what becomes of the work that was under way.
 */

/** Writes by which a commit is told. */
const writes = {
  message: 'insert into "messages"',
  asked: 'insert into "approvals"',
  suspended: 'update "runs" set .*"waiting"',
  decided: 'update "approvals" set .*\\["approved"',
  claimed: 'update "runs" set .*\\["running"',
  intended: 'insert into "effects"',
  sent: 'update "effects" set .*\\["sent"',
  ended: 'update "effects" set .*\\["succeeded"',
  finished: 'update "runs" set .*"succeeded"',
  readEnded: 'tool\\.succeeded',
} as const;

const uncommitted = (write: keyof typeof writes, nth?: number) => commit(writes[write], 'before', nth);
const committed = (write: keyof typeof writes, nth?: number) => commit(writes[write], 'after', nth);
const byNinox = (method: 'GET' | 'POST' | 'DELETE', when: 'come' | 'done'): Kill => ({ by: 'ninox', method, when });
const byModel = (answer: number, when: 'asked' | 'writing'): Kill => ({ by: 'model', answer, when });

async function strike(lane: CrashLane, kill: Kill, act: (victim: FailpointService) => Promise<unknown>) {
  const victim = await lane.up();
  await lane.arm(victim, kill);
  if (kill.by !== 'hand') await act(victim);
  await died(victim);
  return lane.up();
}

type Points<End> = readonly (readonly [name: string, kill: Kill, end: End])[];

const chatting: Points<string | null> = [
  ['before the message is stored', uncommitted('message'), null],
  ['after the message is stored, before it is acknowledged', committed('message'), 'interrupted'],
  ['when the model is asked', byModel(0, 'asked'), 'interrupted'],
  ['while the model writes', byModel(0, 'writing'), 'interrupted'],
  ['while a read is under way', byNinox('GET', 'come'), 'interrupted'],
  ['before the end of a read is stored', uncommitted('readEnded'), 'interrupted'],
  ['before the step with the read is stored', uncommitted('message', 2), 'interrupted'],
  ['after the step with the read is stored', committed('message', 2), 'interrupted'],
  ['while the model writes its last words', byModel(1, 'writing'), 'interrupted'],
  ['before the end is stored', uncommitted('finished'), 'interrupted'],
  ['after the end is stored, before it is told', committed('finished'), 'succeeded'],
];

async function crashInChat(lane: CrashLane, [, kill, end]: Points<string | null>[number]): Promise<void> {
  const story = newStory(lane, 'Which teams are there?', []);
  const service = await strike(lane, kill, (victim) => tell(victim, story, 'doer'));
  expect(statusOf(await settled(lane, service, story))).toBe(end);
  // What was not taken in can be sent again as it was.
  if (end === null) await tell(service, story, 'doer');
  const { conversationId } = story;
  const again = await chat(service, 'Still there?', { conversationId, personaId: 'doer' });
  expect(again).toMatchObject({ text: 'Here again.', metadata: { status: 'succeeded' } });
}

interface DeletionEnd {
  readonly run: 'succeeded' | 'interrupted';
  readonly isDeleted: boolean;
}

const nothing: DeletionEnd = { run: 'interrupted', isDeleted: false };
const done: DeletionEnd = { run: 'succeeded', isDeleted: true };
/** The answer was cut off; what the call did is told in it. */
const deletedOnly: DeletionEnd = { run: 'interrupted', isDeleted: true };

const asking: Points<DeletionEnd> = [
  ['while the change is looked up', byNinox('GET', 'come'), nothing],
  ['after the question is stored', committed('asked'), nothing],
  ['before the run waits', uncommitted('suspended'), nothing],
  ['after the run waits, before that is told', committed('suspended'), done],
];

async function crashWhileAsking(lane: CrashLane, [, kill, end]: Points<DeletionEnd>[number]): Promise<void> {
  const story = newDeletion(lane);
  await strike(lane, kill, (victim) => tell(victim, story, 'asker'));
  await expectEnd(lane, story, end);
}

const acting: Points<DeletionEnd> = [
  ['while such a deletion is on its way', byNinox('DELETE', 'come'), nothing],
  ['after such a deletion, before its answer', byNinox('DELETE', 'done'), deletedOnly],
  ['before the step with such a deletion is stored', uncommitted('message', 3), deletedOnly],
];

async function crashWhileActing(lane: CrashLane, [, kill, end]: Points<DeletionEnd>[number]): Promise<void> {
  const story = newDeletion(lane, false);
  await strike(lane, kill, (victim) => tell(victim, story, 'doer'));
  await expectEnd(lane, story, end);
}

const deciding: Points<DeletionEnd> = [
  ['while the run waits', { by: 'hand' }, done],
  ['before the decision is stored', uncommitted('decided'), done],
  ['after the decision is stored, before it is acknowledged', committed('decided'), done],
  ['after the run is taken up', committed('claimed'), done],
  ['before the intent is stored', uncommitted('intended'), done],
  ['after the intent is stored', committed('intended'), nothing],
  ['after it is stored that the deletion is sent', committed('sent'), nothing],
  ['while the deletion is on its way', byNinox('DELETE', 'come'), nothing],
  ['after the deletion, before its answer', byNinox('DELETE', 'done'), deletedOnly],
  ['before the end of the call is stored', uncommitted('ended'), deletedOnly],
  ['after the end of the call is stored', committed('ended'), deletedOnly],
  ['after the step with the deletion is stored', committed('message'), deletedOnly],
  ['before the end of a run that waited is stored', uncommitted('finished'), deletedOnly],
];

async function crashWhileDeciding(lane: CrashLane, [, kill, end]: Points<DeletionEnd>[number]): Promise<void> {
  const story = newDeletion(lane);
  const service = await lane.up();
  await tell(service, story, 'asker');
  const approval = await onlyPending(lane, story);
  await strike(lane, kill, (victim) => decide(victim, story, approval));
  await expectEnd(lane, story, end);
}

async function expectEnd(lane: CrashLane, story: Story, { run, isDeleted }: DeletionEnd): Promise<void> {
  const [record = 0] = story.records;
  expect(statusOf(await approveAll(lane, story))).toBe(run);
  expect(lane.world.ninox.has(record)).toBe(!isDeleted);
}

function newDeletion(lane: CrashLane, isGated = true): Story {
  const record = lane.world.nextRecord();
  return newStory(lane, `Delete record ${record}`, [record], isGated);
}

async function onlyPending(lane: CrashLane, story: Story) {
  const [approval, ...others] = pendingOf(await settled(lane, await lane.up(), story));
  if (approval === undefined || others.length > 0) throw new Error('Not exactly one thing is asked.');
  return approval;
}

/** Decides whatever the conversation waits for, until it waits no more. */
async function approveAll(lane: CrashLane, story: Story): Promise<Findings> {
  const service = await lane.up();
  const findings = await settled(lane, service, story);
  if (findings.detail?.conversation.waiting !== true) return findings;
  for (const approval of pendingOf(findings)) expect(await decide(service, story, approval)).toBe(200);
  return approveAll(lane, story);
}

type UndoEnd = 'none' | 'waiting' | 'done';

const undoing: Points<UndoEnd> = [
  ['while it is looked up what would be restored', byNinox('GET', 'come'), 'none'],
  ['after the intent of an undo is stored', committed('intended'), 'none'],
  ['while the restoration is on its way', byNinox('POST', 'come'), 'none'],
  ['after the restoration, before its answer', byNinox('POST', 'done'), 'done'],
  ['before the end of the undo is stored', uncommitted('ended'), 'done'],
  ['after the end of the undo is stored', committed('ended'), 'done'],
];

async function crashWhileUndoing(lane: CrashLane, [, kill, state]: Points<UndoEnd>[number]): Promise<void> {
  const deletion = await deleteOne(lane, 'doer');
  await strike(lane, kill, (victim) => undo(victim, deletion.story, deletion.callId));
  await expectRestored(lane, deletion, state);
}

const askingForUndo: Points<UndoEnd> = [
  ['before the question about an undo is stored', uncommitted('asked'), 'none'],
  ['after the question about an undo is stored', committed('asked'), 'waiting'],
];

async function crashWhileAskingForUndo(lane: CrashLane, [, kill, state]: Points<UndoEnd>[number]): Promise<void> {
  const deletion = await deleteOne(lane, 'asker');
  await strike(lane, kill, (victim) => undo(victim, deletion.story, deletion.callId));
  await expectRestored(lane, deletion, state);
}

const decidingOnUndo: Points<UndoEnd> = [
  ['after the decision about an undo is stored', committed('decided'), 'done'],
  ['before the intent of an approved undo is stored', uncommitted('intended'), 'done'],
  ['after an approved restoration, before its answer', byNinox('POST', 'done'), 'done'],
];

async function crashWhileDecidingOnUndo(lane: CrashLane, [, kill, state]: Points<UndoEnd>[number]): Promise<void> {
  const deletion = await deleteOne(lane, 'asker');
  const { story, callId } = deletion;
  await undo(await lane.up(), story, callId);
  const approval = await onlyPending(lane, story);
  await strike(lane, kill, (victim) => decide(victim, story, approval));
  await expectRestored(lane, deletion, state);
}

interface Deletion {
  readonly story: Story;
  readonly callId: string;
}

async function deleteOne(lane: CrashLane, personaId: 'doer' | 'asker'): Promise<Deletion> {
  const story = newDeletion(lane, personaId === 'asker');
  await tell(await lane.up(), story, personaId);
  const [effect] = (await approveAll(lane, story)).effects;
  expect(effect).toMatchObject({ state: 'succeeded', undo: { possible: true, state: 'none' } });
  return { story, callId: effect?.id ?? '' };
}

/** In the end it is restored, once, by asking and deciding again where that is needed. */
async function expectRestored(lane: CrashLane, { story, callId }: Deletion, state: UndoEnd): Promise<void> {
  const service = await lane.up();
  await settled(lane, service, story);
  const expectState = (expected: UndoEnd) =>
    eventually(async () => ((await effectOf(service, callId))?.undo.state === expected ? true : null), {
      why: () => `the undo is not ${expected}`,
    });
  await expectState(state);
  if (state === 'none') await undo(service, story, callId);
  for (const approval of pendingOf(await settled(lane, service, story))) await decide(service, story, approval);
  await expectState('done');
  await settled(lane, service, story);
  const [record = 0] = story.records;
  expect(lane.world.ninox.named(nameOf(record))).toHaveLength(1);
}

type Case = readonly [name: string, crash: (lane: CrashLane) => Promise<void>];

function casesOf<End>(
  points: Points<End>,
  crash: (lane: CrashLane, point: Points<End>[number]) => Promise<void>,
): Case[] {
  return points.map((point) => [point[0], (lane) => crash(lane, point)]);
}

/** Each row is a lane of its own; they are at work at the same time. */
const cases = {
  chat: casesOf(chatting, crashInChat),
  'before an approval': [...casesOf(asking, crashWhileAsking), ...casesOf(acting, crashWhileActing)],
  'after an approval': casesOf(deciding, crashWhileDeciding),
  undo: casesOf(undoing, crashWhileUndoing),
  'undo with an approval': [
    ...casesOf(askingForUndo, crashWhileAskingForUndo),
    ...casesOf(decidingOnUndo, crashWhileDecidingOnUndo),
  ],
} satisfies Record<string, Case[]>;

type LaneName = keyof typeof cases;
const lanes = new Map<LaneName, CrashLane>();

beforeAll(async () => {
  for (const name of Object.keys(cases) as LaneName[]) lanes.set(name, await openCrashLane());
});
afterAll(async () => {
  await Promise.all([...lanes.values()].map((lane) => lane[Symbol.asyncDispose]()));
});

/** So that all lanes are at work at any time. */
function inTurns(): [LaneName, ...Case][] {
  const longest = Math.max(...Object.values(cases).map(({ length }) => length));
  const names = Object.keys(cases) as LaneName[];
  return Array.from({ length: longest }, (_, at) => at).flatMap((at) =>
    names.flatMap((name): [LaneName, ...Case][] => {
      const found = cases[name][at];
      return found === undefined ? [] : [[name, ...found]];
    }),
  );
}

describe.concurrent('kill -9', { timeout: 300_000 }, () => {
  test.for(inTurns())('%s: %s', ([name, , crash]) => {
    const lane = lanes.get(name);
    if (lane === undefined) throw new Error(`There is no lane ${name}.`);
    return lane.take(() => crash(lane));
  });
});

describe('after all of that', { timeout: 60_000 }, () => {
  test.for(Object.keys(cases) as LaneName[])('everything still holds: %s', async (name) => {
    const lane = lanes.get(name);
    if (lane === undefined) throw new Error(`There is no lane ${name}.`);
    const service = await lane.up();
    for (const story of lane.stories) await settled(lane, service, story);
  });
});
