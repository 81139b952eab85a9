import type { AttachmentView, ChatMessage } from '#channels/http/contract/conversations.ts';

/** The files that came with a message. */
export function attachedFiles(message: ChatMessage): readonly AttachmentView[] {
  return message.parts.flatMap((part) => (part.type === 'data-attachment' ? [part.data] : []));
}
