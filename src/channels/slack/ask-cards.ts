import type { Approval } from '#agent/approvals/approval.ts';
import { mayDecide } from '#agent/approvals/may-decide.ts';
import type { Actor } from '#auth/actor.ts';
import type { Card } from './card-blocks.ts';
import type { CardKit } from './card-kit.ts';
import type { CardPost } from './card-posts.ts';
import type { SlackPlace } from './ports.ts';
import { faultOf } from './slack-fault.ts';
import { isGone } from './slack-problem.ts';
import { isOfWorkspace } from './slack-user.ts';

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
  /** Whether those who read along where it was asked may not read what is asked. */
  readonly isHidden: boolean;
}

/** A card for each approval that still waits, wherever it has to be seen. */
export async function askCards(given: Omit<Asking, 'isHidden'>, { approvalIds, requester }: Asked): Promise<void> {
  const { kit, post, place } = given;
  const { organizationId } = place.workspace;
  const found = await Promise.all(approvalIds.map((id) => kit.approvalOf(organizationId, id)));
  const waiting = found.filter((approval) => approval !== null).filter(({ status }) => status === 'pending');
  const [first] = waiting;
  if (first === undefined) return;
  const isHidden = requester.role === 'guest' || (await isShared(given));
  const asking = { ...given, isHidden };
  if (isHidden) await post({ ...place, approval: first, card: kit.drawNotice(first), shows: 'told' });
  const shown = waiting.slice(0, mostCards);
  for (const [index, approval] of shown.entries()) {
    const others = index === shown.length - 1 ? waiting.length - shown.length : 0;
    await askOne(asking, { approval, card: await kit.draw(approval, others) });
  }
}

interface Question {
  readonly approval: Approval;
  readonly card: Card;
}

async function askOne(asking: Asking, { approval, card }: Question): Promise<void> {
  if (!asking.isHidden) await asking.post({ ...asking.place, approval, card, shows: 'pending' });
  await tellDeciders(asking, { approval, card });
}

/** Whether people of another company read along there; so it is taken where Slack does not say. */
async function isShared({ kit, place }: Pick<Asking, 'kit' | 'place'>): Promise<boolean> {
  const { workspace, channelId } = place;
  if (channelId.startsWith('D')) return false;
  try {
    const { channel } = await kit.clients.of(workspace).conversations.info({ channel: channelId });
    return channel === undefined || channel.is_ext_shared === true || channel.is_pending_ext_shared === true;
  } catch (error) {
    if (faultOf(error).kind !== 'refused' && faultOf(error).kind !== 'over') throw error;
    return true;
  }
}

async function tellDeciders(asking: Asking, { approval, card }: Question): Promise<void> {
  const { kit, place, isHidden } = asking;
  const { organizationId, connectionId } = place.workspace;
  const people = await kit.peopleOf(organizationId);
  const deciders = people.filter((person) => {
    return (isHidden || person.id !== approval.requesterId) && mayDecide(approval, person).ok;
  });
  const ids = deciders.map(({ id }) => id);
  const linked = await kit.links.personsOf({ organizationId, kind: 'slack', place: connectionId }, ids);
  const here = linked.filter(({ external }) => isOfWorkspace(external));
  for (const { external } of here.slice(0, mostDeciders)) {
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
