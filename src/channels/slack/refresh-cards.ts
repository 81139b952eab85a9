import type { Approval } from '#agent/approvals/approval.ts';
import type { SlackCardRecord } from '#db/repositories/slack-cards.ts';
import type { Card } from './card-blocks.ts';
import type { CardKit } from './card-kit.ts';
import { isGone, isRateLimited } from './slack-problem.ts';

const atOnce = 50;
const mostRounds = 20;
/** A card whose message cannot be changed any more. */
const lost = 'gone';

/** Replaces every card whose approval is not what the card shows; one that cannot be reached now is tried again later. */
export async function refreshCards(kit: CardKit): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const stale = await kit.rows.listStale(atOnce);
    let replaced = 0;
    for (const card of stale) {
      const outcome = await tried(kit, card);
      if (outcome === 'limited') return;
      if (outcome === 'replaced') replaced += 1;
    }
    if (stale.length < atOnce || replaced === 0) return;
  }
}

/** The cards of one approval alone, wherever they are. */
export async function refreshApproval(kit: CardKit, organizationId: string, approvalId: string): Promise<void> {
  const approval = await kit.approvalOf(organizationId, approvalId);
  if (approval === null || approval.status === 'pending') return;
  for (const card of await kit.rows.ofApproval(organizationId, approvalId)) {
    if (card.shows === 'pending' || card.shows === 'told') await tried(kit, card);
  }
}

type Outcome = 'replaced' | 'left' | 'limited';

async function tried(kit: CardKit, card: SlackCardRecord): Promise<Outcome> {
  const { rows, log, clock } = kit;
  try {
    return (await replace(kit, card)) ? 'replaced' : 'left';
  } catch (error) {
    if (isRateLimited(error)) return 'limited';
    if (isGone(error)) {
      await rows.change({ ...card, shown: card.shows }, { shows: lost, updatedAt: clock() });
      return 'replaced';
    }
    // The others first, the next time.
    await rows.change({ ...card, shown: card.shows }, { updatedAt: clock() });
    log.warn({ err: error, approvalId: card.approvalId }, 'a card in Slack could not be replaced; it is tried again');
    return 'left';
  }
}

/** False where its workspace cannot be reached at present. */
async function replace(kit: CardKit, card: SlackCardRecord): Promise<boolean> {
  const { rows, workspaces, clients, clock } = kit;
  const { organizationId, connectionId, channelId, ts, shows } = card;
  const approval = await latestOf(kit, organizationId, card.approvalId);
  const workspace = await workspaces.byConnection(organizationId, connectionId);
  if (workspace === null) return false;
  if (approval === null) return rows.change({ ...card, shown: shows }, { shows: lost, updatedAt: clock() });
  const { text, blocks } = await drawn(kit, card, approval);
  await clients.of(workspace).chat.update({ channel: channelId, ts, text, blocks: [...blocks] });
  const shown = approval.status === 'pending' ? shows : approval.status;
  const values = { approvalId: approval.id, shows: shown, updatedAt: clock() };
  if (!(await rows.change({ ...card, shown: shows }, values))) await drawAgain(kit, card, approval);
  return true;
}

/** Somebody else has replaced it at the same time, and nobody knows whose picture Slack shows: it counts as open again. */
async function drawAgain({ rows, clock }: CardKit, card: SlackCardRecord, { id }: Approval): Promise<void> {
  const cards = await rows.ofApproval(card.organizationId, id);
  const now = cards.find(({ connectionId, channelId, ts }) => {
    return connectionId === card.connectionId && channelId === card.channelId && ts === card.ts;
  });
  if (now !== undefined) await rows.change({ ...now, shown: now.shows }, { shows: card.shows, updatedAt: clock() });
}

async function drawn(kit: CardKit, { shows }: SlackCardRecord, approval: Approval): Promise<Card> {
  return shows === 'told' ? kit.drawNotice(approval) : kit.draw(approval);
}

/** Of what was changed, the approval that asks now: its card stands where the former one stood. */
async function latestOf({ approvalOf }: CardKit, organizationId: string, id: string): Promise<Approval | null> {
  let approval = await approvalOf(organizationId, id);
  for (let step = 0; step < 20 && approval?.status === 'replaced' && approval.replacedBy !== null; step += 1) {
    const next = await approvalOf(organizationId, approval.replacedBy);
    if (next === null) break;
    approval = next;
  }
  return approval;
}
