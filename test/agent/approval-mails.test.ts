import { expect, test } from 'vitest';
import { sql } from '#db/drizzle.ts';
import { openApprovalApp } from '../support/approval-app.ts';
import { budgetQuestion, callQuestion } from '../support/approvals.ts';

const start = Date.parse('2026-11-24T12:00:00.000Z');
const hourMs = 3_600_000;
const expiresAt = new Date(start + 4 * hourMs);

async function openWithClock() {
  const time = { now: start };
  const app = await openApprovalApp({ now: () => time.now });
  return Object.assign(app, { time });
}
const recipients = (mails: readonly { readonly to: string }[]) =>
  mails.map(({ to }) => to.replace('@example.com', '')).sort();

test('half-way to the end those who may decide are reminded, once over two processes', async () => {
  await using app = await openWithClock();
  await using other = await openApprovalApp({ beside: app, now: () => app.time.now });
  const asked = await app.add({ expiresAt });
  await app.service.remindDue();
  expect(app.mails).toEqual([]);
  app.time.now = start + 2 * hourMs;
  await Promise.all([app, other, app, other].map(({ service }) => service.remindDue()));
  const mails = [...app.mails, ...other.mails];
  expect(recipients(mails)).toEqual(['ada', 'mia', 'olga']);
  const [mail] = mails;
  expect(mail?.subject).toBe('Still waits for a decision: Delete 1 record from Customers');
  for (const text of ['“Clerk”', 'on behalf of Mia', '24 November 2026', '16:00 UTC'])
    expect(mail?.text).toContain(text);
  expect(mail?.text).toContain(`https://personas.example.com/approvals/${asked.id}\n`);
  for (const field of ['Berlin', 'Acme', 'I delete']) expect(`${mail?.text} ${mail?.html}`).not.toContain(field);
  await app.service.remindDue();
  expect([...app.mails, ...other.mails]).toHaveLength(3);
});

test('where the requester alone may not decide the others are told at once, and reminded once', async () => {
  await using app = await openWithClock();
  const named = await app.add({ expiresAt, approvers: ['max'] });
  app.service.noteRequested('org');
  await app.service.settled();
  expect(app.mails).toMatchObject([
    { to: 'max@example.com', subject: 'Waits for your decision: Delete 1 record from Customers' },
  ]);
  app.time.now += 1000;
  await app.service.remindDue();
  expect(app.mails).toHaveLength(1);
  app.time.now = start + 2 * hourMs;
  await app.service.remindDue();
  await app.service.remindDue();
  expect(app.mails.map(({ to }) => to)).toEqual(['max@example.com', 'max@example.com']);
  expect(app.mails[1]?.text).toContain(named.id);
});

test.each([
  ['four eyes', { fourEyes: true }, ['ada', 'olga']],
  ['a limit of the organization', { managersOnly: true, question: budgetQuestion() }, ['ada', 'olga']],
  ['a limit that an admin can raise themselves', { managersOnly: true, requesterId: 'ada' }, []],
])('at once: %s', async (_name, change, expected) => {
  await using app = await openWithClock();
  await app.add({ expiresAt, ...change });
  await app.service.remindDue();
  expect(recipients(app.mails)).toEqual(expected);
});

test('of all that a run asks at once people hear in one mail, of another run in another', async () => {
  await using app = await openWithClock();
  for (const runId of ['run-1', 'run-1', 'run-1', 'run-2']) await app.add({ expiresAt, approvers: ['max'], runId });
  await app.service.remindDue();
  expect(recipients(app.mails)).toEqual(['max', 'max']);
});

test('nobody is mailed about what was decided or is over, and of many each is mailed once', async () => {
  await using app = await openWithClock();
  const decided = await app.add({ expiresAt });
  const decision = { organizationId: 'org', id: decided.id, hash: decided.hash, by: 'mia', reason: null, more: null };
  await app.store.decide({ ...decision, status: 'denied' });
  await app.add({ expiresAt: new Date(start + hourMs) });
  for (let turn = 0; turn < 60; turn += 1) await app.add({ expiresAt, approvers: ['mia'], runId: `run-${turn}` });
  app.time.now = start + 2 * hourMs;
  await app.service.remindDue();
  expect(new Set(recipients(app.mails))).toEqual(new Set(['mia']));
  expect(app.mails).toHaveLength(60);
});

test('a secret in use that got into a summary is taken out, and a mail that cannot be sent holds nothing up', async () => {
  await using app = await openWithClock();
  const { plan } = callQuestion();
  await app.add({
    expiresAt,
    approvers: ['max'],
    question: callQuestion({ plan: { ...plan, summary: 'Say s3cret' } }),
  });
  app.scene.mailFails = true;
  await app.add({ expiresAt, approvers: ['ada'], runId: 'run-2' });
  await app.service.remindDue();
  app.scene.mailFails = false;
  app.time.now = start + 2 * hourMs;
  await app.service.remindDue();
  expect(recipients(app.mails)).toEqual(['ada', 'max']);
  expect(JSON.stringify(app.mails)).not.toContain('s3cret');
  expect(JSON.stringify(app.mails)).toContain('Say [secret]');
});

test('where reminders cannot be stored it ends, and is tried again later', async () => {
  await using app = await openWithClock();
  const asked = await Promise.all(
    Array.from({ length: 50 }, (_, index) => app.add({ expiresAt, runId: `run-${index}` })),
  );
  app.time.now = start + 2 * hourMs;
  await app.db.query.run(
    sql`create trigger full before update on approvals begin select raise(abort, 'disk full'); end`,
  );
  await app.service.remindDue();
  expect(app.mails).toEqual([]);
  await app.db.query.run(sql`drop trigger full`);
  await app.service.remindDue();
  expect(app.mails).toHaveLength(asked.length * 3);
});
