import type { Approval } from '#agent/approvals/approval.ts';
import { blockIdOf, type Card } from './card-blocks.ts';
import type { CardKit } from './card-kit.ts';
import type { SlackPlace, SlackPress } from './ports.ts';

/** `pending` shows what is asked, `told` only that something is. */
export type OpenCard = 'pending' | 'told';

export interface CardPost extends Omit<SlackPlace, 'threadTs'> {
  /** Null in a direct message, where it begins a thread of its own. */
  readonly threadTs: string | null;
  readonly approval: Approval;
  readonly card: Card;
  readonly shows: OpenCard;
}

/** In the place of the message's `ts`, from before it is posted until that is known. */
const unposted = 'posting:';

/**
 * Posts each approval once in each conversation. A process that was lost between posting and noting it leaves a note that
 * it was about to: then the card is looked for before another one is posted.
 */
export function createPostCard(kit: CardKit): (post: CardPost) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();
  return (post) => {
    const name = JSON.stringify([post.workspace.connectionId, post.channelId, post.approval.id]);
    const known = underWay.get(name);
    if (known !== undefined) return known;
    const posting = postOnce(kit, post).finally(() => underWay.delete(name));
    underWay.set(name, posting);
    return posting;
  };
}

async function postOnce(kit: CardKit, post: CardPost): Promise<void> {
  const { rows, clock } = kit;
  const { workspace, channelId, approval, shows } = post;
  const { organizationId, connectionId } = workspace;
  const cards = await rows.ofApproval(organizationId, approval.id);
  const here = cards.filter((card) => card.connectionId === connectionId && card.channelId === channelId);
  if (here.some(({ ts }) => !ts.startsWith(unposted))) return;
  const key = { connectionId, channelId, ts: `${unposted}${approval.id}` };
  const at = clock();
  const isFirst = await rows.insert({
    ...key,
    organizationId,
    approvalId: approval.id,
    shows: 'posting',
    createdAt: at,
    updatedAt: at,
  });
  const ts = (isFirst ? null : await findPosted(kit, post)) ?? (await send(kit, post));
  await rows.change({ ...key, shown: 'posting' }, { ts, shows, updatedAt: clock() });
}

/** Whoever presses a card that was posted without being noted shows where it is. */
export async function notePosted(kit: CardKit, press: SlackPress, approvalId: string): Promise<void> {
  const { connectionId } = press.workspace;
  const key = { connectionId, channelId: press.channelId, ts: `${unposted}${approvalId}` };
  const values = { ts: press.messageTs, shows: 'pending', updatedAt: kit.clock() };
  await kit.rows.change({ ...key, shown: 'posting' }, values);
}

async function send({ clients }: CardKit, post: CardPost): Promise<string> {
  const { workspace, channelId, threadTs, card } = post;
  const answer = await clients.of(workspace).chat.postMessage({
    channel: channelId,
    ...(threadTs === null ? {} : { thread_ts: threadTs }),
    text: card.text,
    blocks: [...card.blocks],
    unfurl_links: false,
    unfurl_media: false,
  });
  if (answer.ts === undefined) throw new Error('Slack has posted a card and did not say where.');
  return answer.ts;
}

/** The card that was posted without being noted; null where none is found. */
async function findPosted({ clients, log }: CardKit, post: CardPost): Promise<string | null> {
  const { workspace, channelId, threadTs, approval } = post;
  const client = clients.of(workspace);
  const where = { channel: channelId, limit: 100 };
  try {
    const { messages = [] } =
      threadTs === null
        ? await client.conversations.history(where)
        : await client.conversations.replies({ ...where, ts: threadTs });
    const found = messages.find(({ blocks = [], user }) => {
      return user === workspace.botUserId && blocks.some(({ block_id: id }) => id === blockIdOf(approval.id));
    });
    return found?.ts ?? null;
  } catch (error) {
    log.warn({ err: error, approvalId: approval.id }, 'could not look whether a card was posted; posting it');
    return null;
  }
}
