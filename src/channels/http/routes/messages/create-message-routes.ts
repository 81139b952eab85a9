import type { Route } from '../../route.ts';
import { createGetRun } from './get-run.ts';
import { createSendMessage, type SendMessageDeps } from './send-message.ts';

export type MessageRouteDeps = SendMessageDeps;

/** Everything about messages that programs send, and the runs that answer them. */
export function createMessageRoutes(deps: MessageRouteDeps): readonly Route[] {
  return [createSendMessage(deps), createGetRun(deps)];
}
