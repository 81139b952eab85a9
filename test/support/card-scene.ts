import type { NewApproval } from '#agent/approvals/approval-store.ts';
import type { Actor } from '#auth/actor.ts';
import { personActor } from '#auth/person-actor.ts';
import { createSlackCards } from '#channels/slack/cards.ts';
import type { SlackCards, SlackPlace } from '#channels/slack/ports.ts';
import { createActorNames } from '#db/repositories/actor-names.ts';
import { createOutsideLinkRepository } from '#db/repositories/outside-links.ts';
import { createLogger } from '#log';
import { type ApprovalApp, openApprovalApp, type Who } from './approval-app.ts';
import { openSlackDesk, type SlackDesk } from './slack-desk.ts';
import { type SeenMessage, type SlackUser, startSlackServer } from './slack-server.ts';

export const day = 86_400_000;
const log = createLogger({ level: 'silent' });

/** Somebody in Slack whom nobody knows. */
export const guest: Actor = {
  kind: 'visitor',
  id: 'vGuest',
  name: 'Gus',
  organizationId: 'org',
  role: 'guest',
  keyScopes: null,
  apiKey: null,
};

const linked = ['mia', 'max', 'ada', 'olga', 'ida'] as const;
type Name = (typeof linked)[number] | 'una';

export type CardScene = Awaited<ReturnType<typeof openCardScene>>;

/** People of an organization who are linked in a Slack workspace, but for Una, and a thread that Mia has begun there. */
export async function openCardScene() {
  await using opened = new AsyncDisposableStack();
  const time = { now: Date.parse('2026-11-24T12:00:00.000Z') };
  const app = opened.use(await openApprovalApp({ now: () => time.now }));
  const slack = opened.use(await startSlackServer());
  // One handle: the desk is done with before the app closes it.
  const open = async () => ({ ...app.db, close: async () => undefined });
  const desk = opened.use(await openSlackDesk({ open, slack, wait: async () => undefined }));
  const connectionId = await desk.connecting.connect(await app.actorOf('olga'), slack.install());
  const workspace = await desk.workspaces.byConnection('org', connectionId);
  if (workspace === null) throw new Error('There is no workspace.');
  const names = [...linked, 'una'] as const;
  const people = Object.fromEntries(names.map((name) => [name, slack.addPerson(name)])) as Record<Name, SlackUser>;
  const links = createOutsideLinkRepository(app.db);
  for (const name of linked) {
    const row = { organizationId: 'org', id: `link-${name}`, kind: 'slack' as const, place: connectionId, name };
    await links.put({ ...row, external: people[name].id, userId: name, createdAt: new Date(time.now) });
  }
  const channel = slack.addChannel('customers', Object.values(people));
  const { ts: threadTs } = slack.say({ user: people.mia, text: 'Delete Acme', channel });
  const place: SlackPlace = { workspace, channelId: channel.id, threadTs };
  const openCards = () => cardsOf({ app, desk, clock: () => new Date(time.now) });
  const cards = openCards();
  const thread = { channel: channel.id, thread: threadTs };
  const all = opened.move();
  return Object.assign(time, {
    app,
    slack,
    desk,
    workspace,
    people,
    place,
    cards,
    /** As another process has them. */
    openCards,
    /** Asks on Mia's behalf. */
    async ask(change: Partial<NewApproval> = {}): Promise<NewApproval> {
      const approval = await app.add({ expiresAt: new Date(time.now + day), ...change });
      await cards.ask(place, { approvalIds: [approval.id], requester: await app.actorOf('mia') });
      return approval;
    },
    inThread: () => slack.answers(thread).filter(({ ephemeralTo }) => ephemeralTo === null),
    direct: (user: SlackUser) => slack.answers({ channel: slack.directOf(user).id }),
    /** What only this person was told in the thread. */
    whispers: (user: SlackUser) => slack.thread(thread).filter(({ ephemeralTo }) => ephemeralTo === user.id),
    statusOf: async ({ id }: Pick<NewApproval, 'id'>) => (await app.store.find('org', id))?.status,
    /** What the receiver hands on when somebody presses a button of a message as they saw it. */
    async press(seen: SeenMessage, which: 'approve' | 'deny', user: SlackUser, actor?: Actor | null): Promise<void> {
      const button = seen.buttons.find(({ actionId }) => actionId === `approval_${which}`);
      if (button === undefined) throw new Error(`There is no such button on “${seen.text}”.`);
      const { channel: channelId, ts: messageTs } = seen;
      const { actionId, value } = button;
      const spot = { channelId, messageTs, threadTs: seen.isReply ? seen.thread : null };
      const member = actor === undefined ? await app.actorOf(user.name as Who) : actor;
      await cards.pressed({ workspace, slackUserId: user.id, ...spot, actionId, value, responseUrl: null }, member);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  });
}

function cardsOf({ app, desk, clock }: { app: ApprovalApp; desk: SlackDesk; clock: () => Date }): SlackCards {
  const names = createActorNames(app.db);
  const links = createOutsideLinkRepository(app.db);
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
    links: { personsOf: (where, ids) => links.ofUsers(where, ids) },
    namesOf: (organizationId, ids) => names.namesOf(organizationId, ids),
    personaName: async () => 'Clerk',
    publicUrl: () => 'https://personas.example.com',
    scrubJson: (json) => json.replaceAll('s3cret', '[secret]'),
    log,
    clock,
  });
}
