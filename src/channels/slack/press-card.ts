import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import { cardActions, readButtonValue } from './card-blocks.ts';
import type { CardKit } from './card-kit.ts';
import { notePosted } from './card-posts.ts';
import { slackCommand } from './manifest.ts';
import type { SlackPress } from './ports.ts';
import { refreshApproval } from './refresh-cards.ts';
import { safeMrkdwn } from './safe-text.ts';
import { slackUserOf } from './slack-user.ts';

/** Decides as the person whose button it was. Whoever may not is told why, only to them, and nothing happens. */
export async function pressCard(kit: CardKit, press: SlackPress, actor: Actor | null): Promise<void> {
  const decision = decisionOf(press.actionId);
  const seen = readButtonValue(press.value);
  if (decision === null || seen === null) return;
  const { organizationId } = press.workspace;
  if (actor === null || actor.organizationId !== organizationId) return tell(kit, press, notLinked(kit.publicUrl()));
  await notePosted(kit, press, seen.id);
  try {
    await kit.approvals.decide(actor, { ...seen, decision, reason: null, more: null, channel: 'slack' });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // What the card shows may be over: it is brought up to date before anybody reads why.
    await refreshApproval(kit, organizationId, seen.id);
    return tell(kit, press, wordsOf(error));
  }
  await refreshApproval(kit, organizationId, seen.id);
}

function decisionOf(actionId: string): 'approve' | 'deny' | null {
  if (actionId === cardActions.approve) return 'approve';
  return actionId === cardActions.deny ? 'deny' : null;
}

function wordsOf({ code, message }: AppError): string {
  return code === 'NOT_FOUND' ? 'You may not decide on this, or it is not there any more.' : message;
}

function notLinked(publicUrl: string): string {
  return `I do not know who you are here, so nothing was decided. Open ${publicUrl}/settings/account, choose “Link an account”, and send me \`${slackCommand} link CODE\` with the code you get there. Then press the button again.`;
}

async function tell({ clients, log }: CardKit, press: SlackPress, words: string): Promise<void> {
  const { workspace, channelId, slackUserId, threadTs } = press;
  try {
    await clients.of(workspace).chat.postEphemeral({
      channel: channelId,
      user: slackUserOf(slackUserId, workspace.teamId).userId,
      ...(threadTs === null ? {} : { thread_ts: threadTs }),
      text: safeMrkdwn(words),
    });
  } catch (error) {
    log.warn({ err: error }, 'somebody in Slack could not be told why their press did nothing');
  }
}
