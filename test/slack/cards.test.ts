import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewApproval } from '#agent/approvals/approval-store.ts';
import type { Actor } from '#auth/actor.ts';
import { personActor } from '#auth/person-actor.ts';
import { startSlackCardUpkeep } from '#channels/slack/card-upkeep.ts';
import { createSlackCards } from '#channels/slack/cards.ts';
import type { SlackCards, SlackPlace, SlackWorkspace } from '#channels/slack/ports.ts';
import { createActorNames } from '#db/repositories/actor-names.ts';
import { createOutsideLinkRepository } from '#db/repositories/outside-links.ts';
import { createLogger } from '#log';
import { type ApprovalApp, openApprovalApp, type Who } from '../support/approval-app.ts';
import { budgetQuestion, callQuestion } from '../support/approvals.ts';
import { openSlackDesk, type SlackDesk } from '../support/slack-desk.ts';
import { type SeenMessage, type SlackServer, type SlackUser, startSlackServer } from '../support/slack-server.ts';

const day = 86_400_000;
const log = createLogger({ level: 'silent' });
const guest: Actor = {
  kind: 'visitor',
  id: 'vGuest',
  name: 'Gus',
  organizationId: 'org',
  role: 'guest',
  keyScopes: null,
  apiKey: null,
};

let opened: AsyncDisposableStack;
let app: ApprovalApp;
let slack: SlackServer;
let desk: SlackDesk;
let cards: SlackCards;
let workspace: SlackWorkspace;
let place: SlackPlace;
let people: Record<'mia' | 'max' | 'ada' | 'olga' | 'ida' | 'una', SlackUser>;
let now: number;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  now = Date.parse('2026-11-24T12:00:00.000Z');
  app = opened.use(await openApprovalApp({ now: () => now }));
  slack = opened.use(await startSlackServer());
  // One handle: the desk is done with before the app closes it.
  const open = async () => ({ ...app.db, close: async () => undefined });
  desk = opened.use(await openSlackDesk({ open, slack, wait: async () => undefined }));
  const connectionId = await desk.connecting.connect(await app.actorOf('olga'), slack.install());
  workspace = (await desk.workspaces.byConnection('org', connectionId)) ?? never();
  cards = openCards();
  const [mia, max, ada, olga, ida, una] = ['Mia', 'Max', 'Ada', 'Olga', 'Ida', 'Una'].map((name) =>
    slack.addPerson(name),
  );
  people = { mia, max, ada, olga, ida, una } as typeof people;
  for (const who of ['mia', 'max', 'ada', 'olga', 'ida'] as const) await link(who);
  const channel = slack.addChannel('customers', Object.values(people));
  const { ts } = slack.say({ user: people.mia, text: 'Delete Acme', channel });
  place = { workspace, channelId: channel.id, threadTs: ts };
});
afterEach(() => opened.disposeAsync());

function never(): never {
  throw new Error('There is no workspace.');
}

function openCards(): SlackCards {
  const names = createActorNames(app.db);
  return createSlackCards({
    rows: desk.cardRows,
    clients: desk.clients,
    workspaces: desk.workspaces,
    approvals: app.service,
    approvalOf: (organizationId, id) => app.store.find(organizationId, id),
    async peopleOf(organizationId) {
      const members = await app.organizations.listMembers(organizationId, null, 100);
      return members.map(({ userId, name, role }) => personActor({ id: userId, name }, { organizationId, role }));
    },
    links: { personsOf: (where, ids) => createOutsideLinkRepository(app.db).ofUsers(where, ids) },
    namesOf: (organizationId, ids) => names.namesOf(organizationId, ids),
    personaName: async () => 'Clerk',
    publicUrl: () => 'https://personas.example.com',
    scrubJson: (json) => json.replaceAll('s3cret', '[secret]'),
    log,
    clock: () => new Date(now),
  });
}

async function link(who: Exclude<Who, 'eve'>): Promise<void> {
  const { id: external, name } = people[who];
  const { connectionId } = workspace;
  const row = { organizationId: 'org', id: `link-${who}`, kind: 'slack' as const, place: connectionId, external, name };
  await createOutsideLinkRepository(app.db).put({ ...row, userId: who, createdAt: new Date(now) });
}

/** Asks on Mia's behalf unless told otherwise. */
async function ask(change: Partial<NewApproval> = {}, requester?: Actor): Promise<NewApproval> {
  const approval = await app.add({ expiresAt: new Date(now + day), ...change });
  await cards.ask(place, { approvalIds: [approval.id], requester: requester ?? (await app.actorOf('mia')) });
  return approval;
}

const inThread = () =>
  slack.answers({ channel: place.channelId, thread: place.threadTs }).filter((one) => one.ephemeralTo === null);
const direct = (user: SlackUser) => slack.answers({ channel: slack.directOf(user).id });
const whispers = (user: SlackUser) =>
  slack
    .thread({ channel: place.channelId, thread: place.threadTs })
    .filter(({ ephemeralTo }) => ephemeralTo === user.id);
const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1);
  return items[0] as T;
};

/** What the receiver hands on when somebody presses a button of a message as they saw it. */
async function press(
  seen: SeenMessage,
  which: 'approve' | 'deny',
  user: SlackUser,
  actor?: Actor | null,
): Promise<void> {
  const button = seen.buttons.find(({ actionId }) => actionId === `approval_${which}`);
  if (button === undefined) throw new Error(`There is no such button on “${seen.text}”.`);
  const who = Object.entries(people).find(([, each]) => each.id === user.id)?.[0];
  const member = actor === undefined ? await app.actorOf(who as Who) : actor;
  await cards.pressed(
    {
      workspace,
      slackUserId: user.id,
      channelId: seen.channel,
      messageTs: seen.ts,
      threadTs: seen.isReply ? seen.thread : null,
      actionId: button.actionId,
      value: button.value,
      responseUrl: null,
    },
    member,
  );
}

const statusOf = async ({ id }: Pick<NewApproval, 'id'>) => (await app.store.find('org', id))?.status;

describe('a card', () => {
  test('shows what would happen in the server’s words, and the persona’s own as its claim', async () => {
    const { id, hash } = await ask();
    const card = only(inThread());
    for (const words of [
      'Clerk* asks for a decision',
      'Delete 1 record from Customers',
      'On behalf of Mia',
      'Table *Customers*',
      ':warning: 2 linked records',
      '*Acme* (record 7, as it is now)',
      'City: Berlin',
      'which nobody has checked',
      'I delete the old customer.',
    ]) {
      expect(card.text).toContain(words);
    }
    expect(card.buttons.map(({ text, style, value, url }) => [text, style, value, url])).toEqual([
      ['Approve', 'primary', `${id} ${hash}`, null],
      ['Deny', 'danger', `${id} ${hash}`, null],
      ['Open in the inbox', null, '', `https://personas.example.com/approvals/${id}`],
    ]);
    // Whoever else may decide and is linked sees the same.
    expect([people.ada, people.olga].map((user) => only(direct(user)).text)).toEqual([card.text, card.text]);
    expect([people.mia, people.max, people.ida].map((user) => direct(user).length)).toEqual([0, 0, 0]);
  });

  test('calls nobody, whatever records, personas and models are called', async () => {
    const evil = '<!channel> <@U1|you> @everyone <https://evil.example|Approve> &lt;!here&gt; *bold* s3cret';
    const plan = {
      ...callQuestion().plan,
      summary: `Delete ${evil}`,
      targets: [{ level: 'table' as const, id: evil, name: evil }],
      records: [{ id: evil, title: evil, fields: [{ name: evil, value: evil }] }],
      warnings: [evil],
    };
    await ask({ question: callQuestion({ plan, words: `${evil}\n> ${evil}`, title: evil }) });
    const card = only(inThread());
    expect(card.pings).toEqual([]);
    expect(card.unfurled).toEqual([]);
    expect(card.raw).not.toMatch(/<https:\/\/evil|<!(?!date)|<@|s3cret/);
    expect(card.text).toContain('<!channel>');
  });

  test('of a long plan is shortened to what Slack takes, and says so', async () => {
    const record = (id: number) => ({
      id: String(id),
      title: `Customer ${id} `.repeat(40),
      fields: Array.from({ length: 40 }, (_, at) => ({ name: `Field ${at}`, value: '<'.repeat(900) })),
    });
    const plan = {
      summary: 'Delete 25 records from Customers',
      targets: [],
      records: Array.from({ length: 20 }, (_, at) => record(at)),
      count: 25,
      warnings: Array.from({ length: 30 }, (_, at) => `Warning ${at}`),
    };
    await ask({ question: callQuestion({ plan, words: 'why '.repeat(2_000) }) });
    const card = only(inThread());
    expect(card.text).toContain('This is not all of it.');
    expect(card.text).toContain('17 more that are not shown here: 25 in all');
    expect(card.buttons).toHaveLength(3);
  });

  test('is posted once, however often it is asked for', async () => {
    const approval = await ask();
    const requester = await app.actorOf('mia');
    const again = () => cards.ask(place, { approvalIds: [approval.id], requester });
    await Promise.all([again(), again(), again()]);
    await openCards().ask(place, { approvalIds: [approval.id], requester });
    only(inThread());
  });

  test('that was posted and not noted is found again', async () => {
    slack.intercept(({ method }) => (method === 'chat.postMessage' ? { broken: 'after' } : undefined));
    const approval = await app.add({ expiresAt: new Date(now + day) });
    const asked = { approvalIds: [approval.id], requester: await app.actorOf('mia') };
    await expect(cards.ask(place, asked)).rejects.toThrow();
    slack.intercept(() => undefined);
    await openCards().ask(place, asked);
    await press(only(inThread()), 'approve', people.mia);
    expect(only(inThread()).text).toContain('Mia approved it');
  });

  test('is not made of what does not wait any more', async () => {
    const approval = await app.add({ expiresAt: new Date(now + day) });
    await app.service.decide(await app.actorOf('mia'), { ...approval, decision: 'deny', reason: null, more: null });
    await cards.ask(place, { approvalIds: [approval.id, 'nothing'], requester: await app.actorOf('mia') });
    expect(inThread()).toEqual([]);
  });
});

describe('a press', () => {
  test('of the requester approves, and the outcome stands in the card’s place', async () => {
    const approval = await ask();
    await press(only(inThread()), 'approve', people.mia);
    expect(await statusOf(approval)).toBe('approved');
    const card = only(inThread());
    expect([card.buttons, card.edits]).toEqual([[], 1]);
    expect(card.text).toContain('Mia approved it');
    expect(card.text).toContain('Delete 1 record from Customers');
    await app.service.settled();
    expect(app.resumed).toEqual(['org run-1']);
  });

  test('a hundred times, by whomever, does it once', async () => {
    const approval = await ask();
    const card = only(inThread());
    const clicks = Array.from({ length: 100 }, (_, at) => {
      const user = [people.mia, people.ada, people.olga, people.max, people.una][at % 5] ?? people.una;
      return press(card, at % 7 === 0 ? 'deny' : 'approve', user, user === people.una ? null : undefined);
    });
    await Promise.all(clicks);
    await app.service.settled();
    expect(app.resumed).toEqual(['org run-1']);
    const decided = await app.recorded();
    expect(decided.filter(({ action }) => action === 'approval.approved' || action === 'approval.denied')).toHaveLength(
      1,
    );
    expect(['approved', 'denied']).toContain(await statusOf(approval));
    await cards.refresh();
    expect(only(inThread()).buttons).toEqual([]);
  });

  test.each([
    ['max', 'Only the person on whose behalf it is asked, owners and admins decide on it.'],
    ['ida', 'Your role here, auditor, does not decide on approvals.'],
    ['una', 'I do not know who you are here'],
  ] as const)('of %s does nothing and says why, only to them', async (who, words) => {
    const approval = await ask({ approvers: null });
    const isUnlinked = who === 'una';
    if (who === 'max') await app.add({});
    const actor = isUnlinked ? null : undefined;
    await press(only(inThread()), 'approve', people[who], actor);
    const said = only(whispers(people[who])).text;
    // What somebody may not even see is not told to be there.
    expect(said).toContain(who === 'max' ? 'You may not decide on this' : words);
    expect(await statusOf(approval)).toBe('pending');
    expect(app.resumed).toEqual([]);
    expect(only(inThread()).buttons).toHaveLength(3);
    expect(direct(people[who])).toEqual([]);
  });

  test('of somebody of another organization does nothing', async () => {
    const approval = await ask();
    await press(only(inThread()), 'approve', people.una, await app.actorOf('eve'));
    expect(await statusOf(approval)).toBe('pending');
    expect(only(whispers(people.una)).text).toContain('I do not know who you are here');
  });

  test('on what was changed meanwhile does nothing, and the card shows what is asked now', async () => {
    const approval = await ask();
    const seen = only(inThread());
    const changed = await app.service.changeArguments(await app.actorOf('ada'), {
      id: approval.id,
      hash: approval.hash,
      arguments: { team_id: 'T1', database_id: 'D1', table_id: 'A', record_id: '8' },
    });
    await press(seen, 'approve', people.mia);
    expect(only(whispers(people.mia)).text).toContain('Its arguments were changed');
    expect(await statusOf(approval)).toBe('replaced');
    expect(await statusOf(changed)).toBe('pending');
    const card = only(inThread());
    expect(card.text).toContain('A person has changed what the persona had asked for');
    await press(card, 'approve', people.mia);
    expect(await statusOf(changed)).toBe('approved');
    expect(only(inThread()).text).toContain('Mia approved it');
  });

  test('on what is over is told so, and the card shows it', async () => {
    const approval = await ask();
    const seen = only(inThread());
    await app.service.decide(await app.actorOf('ada'), {
      ...approval,
      decision: 'deny',
      reason: 'Not <this> one',
      more: null,
    });
    await press(seen, 'approve', people.mia);
    expect(only(whispers(people.mia)).text).toContain('Ada has denied this already');
    expect(only(inThread()).text).toContain('Ada denied it: “Not <this> one”');
    now += 2 * day;
    const late = await ask({ expiresAt: new Date(now + 1_000) });
    const lateCard = inThread().at(-1) ?? never();
    now += 2_000;
    await press(lateCard, 'approve', people.mia);
    expect(whispers(people.mia).at(-1)?.text).toContain('Nobody decided in time');
    await app.service.expireDue();
    await cards.refresh();
    expect(await statusOf(late)).toBe('expired');
    expect(inThread().at(-1)?.text).toContain('Nobody decided in time');
  });

  test('lets a run go on beyond a limit with as many as are offered', async () => {
    const question = budgetQuestion();
    const approval = await ask({ question, callId: null });
    const card = only(inThread());
    expect(card.buttons.map(({ text }) => text)).toEqual(['Go on with 5 more', 'Stop here', 'Open in the inbox']);
    await press(card, 'approve', people.mia);
    expect(await app.store.find('org', approval.id)).toMatchObject({ status: 'approved', more: 5 });
    expect(only(inThread()).text).toContain('Mia lets it go on');
  });
});

describe('who else is asked', () => {
  test('where somebody else has to decide, those who may and are linked, each in a direct message', async () => {
    const approval = await ask({ fourEyes: true });
    only(inThread());
    expect([people.mia, people.max, people.ida].map((user) => direct(user).length)).toEqual([0, 0, 0]);
    await press(only(inThread()), 'approve', people.mia);
    expect(only(whispers(people.mia)).text).toContain('somebody else has to decide');
    expect(await statusOf(approval)).toBe('pending');
    await press(only(direct(people.ada)), 'approve', people.ada);
    expect(await statusOf(approval)).toBe('approved');
    for (const card of [only(inThread()), only(direct(people.ada)), only(direct(people.olga))]) {
      expect([card.text, card.buttons]).toEqual([expect.stringContaining('Ada approved it'), []]);
    }
  });

  test('of a guest’s run the thread learns only that somebody decides', async () => {
    const approval = await ask({ requesterId: guest.id }, guest);
    const notice = only(inThread());
    expect(notice.text).toContain('Somebody of the organization has to decide');
    expect(notice.buttons).toEqual([]);
    expect(notice.text).not.toMatch(/Acme|Berlin|Customers/);
    expect(only(direct(people.ada)).text).toContain('Acme');
    expect(direct(people.mia)).toEqual([]);
    await press(only(direct(people.olga)), 'deny', people.olga);
    expect(await statusOf(approval)).toBe('denied');
    const told = only(inThread());
    expect(told.text).toContain('This is not done');
    expect(told.text).not.toMatch(/Olga|Acme|Berlin|Customers/);
    expect(only(direct(people.ada)).text).toContain('Olga denied it');
  });
});

describe('what is decided elsewhere', () => {
  const decide = async ({ id, hash }: NewApproval, who: Who = 'ada') =>
    app.service.decide(await app.actorOf(who), { id, hash, decision: 'approve', reason: null, more: null });

  test('replaces the card, where this process hears of it', async () => {
    const approval = await ask();
    const upkeep = startSlackCardUpkeep({
      cards,
      rows: desk.cardRows,
      feed: app.feed,
      log,
      repeat: () => ({ stop() {} }),
    });
    opened.defer(() => upkeep.stop());
    await slack.until(() => (inThread().length === 1 ? true : null), 'the card');
    await expect.poll(async () => (await desk.cardRows.organizationsAsked()).length).toBe(1);
    await decide(approval);
    app.feed.changed('org');
    await slack.until(() => (inThread()[0]?.text.includes('Ada approved it') ? true : null), 'the outcome');
  });

  test('replaces it later where Slack did not answer, whoever asks then', async () => {
    const approval = await ask({ fourEyes: true });
    slack.intercept(({ method }) => (method === 'chat.update' ? { broken: 'after' } : undefined));
    await decide(approval);
    await cards.refresh();
    slack.intercept(() => undefined);
    await openCards().refresh();
    for (const card of [only(inThread()), only(direct(people.ada)), only(direct(people.olga))]) {
      expect(card.text).toContain('Ada approved it');
    }
    expect(await desk.cardRows.listStale(10)).toEqual([]);
  });

  test('asks nothing of a workspace that is not connected any more', async () => {
    const approval = await ask();
    await desk.workspaces.ended(workspace, 'app_uninstalled');
    await decide(approval);
    const before = slack.callsOf('chat.update').length;
    await cards.refresh();
    expect(slack.callsOf('chat.update')).toHaveLength(before);
  });

  test('lets a card go whose message was deleted', async () => {
    const approval = await ask();
    slack.intercept(({ method }) => (method === 'chat.update' ? { error: 'message_not_found' } : undefined));
    await decide(approval);
    await cards.refresh();
    await cards.refresh();
    expect(slack.callsOf('chat.update')).toHaveLength(3);
  });
});
