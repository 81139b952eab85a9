import type { SlackAnswerRecord } from '#db/repositories/slack-answers.ts';
import { controlWords } from './answer-control.ts';
import { faultOf, insist } from './slack-fault.ts';
import type { OwnMessage, Thread } from './thread.ts';

/**
 * Ends what a lost process was writing in a thread, whether or not it came to say so, and takes its stop button away.
 * Answers what is left there for people to read.
 */
export async function endRemains(
  thread: Thread,
  { messageTs, controlTs, createdAt }: SlackAnswerRecord,
  signal: AbortSignal,
): Promise<readonly OwnMessage[]> {
  const own = await ownMessages(thread, { messageTs, createdAt });
  const left: OwnMessage[] = [];
  for (const message of own) {
    if (message.ts === controlTs || message.text.endsWith(controlWords)) await thread.remove(message.ts);
    else if ((await wasStreaming(thread, message.ts, signal)) || message.ts === messageTs) left.push(message);
  }
  if (controlTs !== null && own.every(({ ts }) => ts !== controlTs)) await thread.remove(controlTs);
  return left;
}

type Known = Pick<SlackAnswerRecord, 'messageTs' | 'createdAt'>;

/** Where Slack does not let us look, what is known of has to do. */
async function ownMessages(thread: Thread, { messageTs, createdAt }: Known): Promise<readonly OwnMessage[]> {
  try {
    return await thread.own(createdAt);
  } catch (error) {
    if (faultOf(error).kind !== 'refused') throw error;
    return messageTs === null ? [] : [{ ts: messageTs, text: '' }];
  }
}

/** Of one run at a time something is streamed in a thread: nobody else's is stopped. */
async function wasStreaming({ client, place }: Thread, ts: string, signal: AbortSignal): Promise<boolean> {
  try {
    await insist(() => client.chat.stopStream({ channel: place.channelId, ts }), { isRepeatable: true, signal });
    return true;
  } catch (error) {
    if (faultOf(error).kind === 'refused') return false;
    throw error;
  }
}
