import type { StoredMessage } from './stored-message.ts';

/**
 * What several people wrote in one place, as it was told there: what was read with the rights of somebody else than whom
 * `own` was answered for is left out, or the model could tell it to who may not read it.
 */
export function withoutCallsOfOthers(
  messages: readonly StoredMessage[],
  own: ReadonlySet<string>,
): readonly StoredMessage[] {
  return messages.map((message) => {
    if (message.role === 'user' || own.has(message.id)) return message;
    return { ...message, parts: message.parts.filter(({ type }) => type === 'text' || type === 'step-start') };
  });
}
