import type { AuditChainView, AuditEventView, AuditListView } from '#channels/http/contract/audit-events.ts';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import type { HttpClient } from '#test/support/http-client.ts';

type Service = Pick<HttpClient, 'get'>;

export async function conversationOf(service: Service, id: string): Promise<ConversationDetailView> {
  return (await service.get(`/api/v1/conversations/${id}`)).body as ConversationDetailView;
}

/** What was recorded in a conversation, or everywhere; oldest first, one page at most. */
export async function eventsOf(service: Service, conversationId?: string): Promise<AuditEventView[]> {
  const filter = conversationId === undefined ? '' : `&conversationId=${conversationId}`;
  const { items } = (await service.get(`/api/v1/audit-events?limit=100${filter}`)).body as AuditListView;
  return items.toReversed();
}

export async function chainOf(service: Service): Promise<AuditChainView> {
  return (await service.get('/api/v1/audit-chain')).body as AuditChainView;
}

/** The message's text parts together. */
export function textOf(message: ConversationDetailView['messages'][number] | undefined): string {
  return message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? '';
}
