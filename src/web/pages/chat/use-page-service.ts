import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, describeError } from '../../api-client.ts';
import { queryKeys } from '../../queries.ts';
import { createChatTransport } from './chat-transport.ts';
import type { ConversationService } from './use-conversation.ts';

/** How the pages reach the service for a conversation with one persona. */
export function usePageService(personaId: string): ConversationService {
  const queryClient = useQueryClient();
  return useMemo(
    () => ({
      transport: createChatTransport(personaId),
      find: (id) => api.conversation(id),
      stop: (id) => api.stop(id),
      refresh() {
        void queryClient.invalidateQueries({ queryKey: queryKeys.conversations });
        void queryClient.invalidateQueries({ queryKey: ['audit-events'] });
        void queryClient.invalidateQueries({ queryKey: queryKeys.auditChain });
      },
      describe: describeError,
      notArrived: 'The message did not reach the service. It is back in the box below.',
    }),
    [personaId, queryClient],
  );
}
