import type { Approval } from '#agent/approvals/approval.ts';
import { mayDecide } from '#agent/approvals/may-decide.ts';
import type { Actor } from '#auth/actor.ts';
import type { Card } from './card-blocks.ts';
import type { CardKit } from './card-kit.ts';
import type { CardPost } from './card-posts.ts';
import type { SlackPlace } from './ports.ts';
import { isGone } from './slack-problem.ts';

/** Of one answer; the others are named on the last of them. */
const mostCards = 10;
/** A direct message is for those who are waited for, not for everybody of a large organization. */
const mostDeciders = 30;

export interface Asked {
  readonly approvalIds: readonly string[];
  readonly requester: Actor;
}

type Post = (post: CardPost) => Promise<void>;

interface Asking {
  readonly kit: CardKit;
  readonly post: Post;
  readonly place: SlackPlace;
}

/** A card for each approval that still waits, wherever it has to be seen. */
export async function askCards(asking: Asking, { approvalIds, requester }: Asked): Promise<void> {
  const { kit, post, place } = asking;
  const { organizationId } = place.workspace;
  const found = await Promise.all(approvalIds.map((id) => kit.approvalOf(organizationId, id)));
  const waiting = found.filter((approval) => approval !== null).filter(({ status }) => status === 'pending');
  const [first] = waiting;
  if (first === undefined) return;
  if (requester.role === 'guest') await post({ ...place, approval: first, card: kit.drawNotice(first), shows: 'told' });
  const shown = waiting.slice(0, mostCards);
  for (const [index, approval] of shown.entries()) {
    const others = index === shown.length - 1 ? waiting.length - shown.length : 0;
    await askOne(asking, requester, { approval, card: await kit.draw(approval, others) });
  }
}

interface Question {
  readonly approval: Approval;
  readonly card: Card;
}

async function askOne(asking: Asking, requester: Actor, { approval, card }: Question): Promise<void> {
  if (requester.role !== 'guest') await asking.post({ ...asking.place, approval, card, shows: 'pending' });
  await tellDeciders(asking, { approval, card });
}

async function tellDeciders(asking: Asking, { approval, card }: Question): Promise<void> {
  const { kit, place } = asking;
  const { organizationId, connectionId } = place.workspace;
  const people = await kit.peopleOf(organizationId);
  const deciders = people.filter((person) => person.id !== approval.requesterId && mayDecide(approval, person).ok);
  const ids = deciders.map(({ id }) => id);
  const linked = await kit.links.personsOf({ organizationId, kind: 'slack', place: connectionId }, ids);
  for (const { external } of linked.slice(0, mostDeciders)) {
    await tellDirectly(asking, external, { approval, card }).catch((error: unknown) => {
      if (!isGone(error)) throw error;
      kit.log.warn({ approvalId: approval.id }, 'somebody who may decide is not in Slack any more');
    });
  }
}

async function tellDirectly({ kit, post, place }: Asking, external: string, question: Question): Promise<void> {
  const { workspace } = place;
  const { channel } = await kit.clients.of(workspace).conversations.open({ users: external });
  const channelId = channel?.id;
  if (channelId === undefined) throw new Error('Slack has opened a direct message and did not say where.');
  await post({ ...question, workspace, channelId, threadTs: null, shows: 'pending' });
}
