import type { StoredMessage } from '#agent/stored-message.ts';
import type { JobRun } from '../job.ts';
import { conversationOf } from '../run-request.ts';

export type Messages = (organizationId: string, conversationId: string) => Promise<readonly StoredMessage[]>;

/** What a run of a job has answered last, in Markdown; null where it has not. */
export async function answerOf(messages: Messages, run: JobRun): Promise<string | null> {
  const all = await messages(run.organizationId, run.conversationId ?? conversationOf(run));
  const parts = all.findLast(({ role }) => role === 'assistant')?.parts ?? [];
  const texts = parts.flatMap((part) => (part.type === 'text' && part.text.trim() !== '' ? [part.text] : []));
  return texts.length === 0 ? null : texts.join('\n\n');
}
