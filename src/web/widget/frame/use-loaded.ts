import { useCallback, useEffect, useState } from 'react';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import type { WidgetSessionView } from '#channels/http/contract/widget-chat.ts';
import { ProblemError } from '../../api-client.ts';
import type { WidgetApi } from './widget-api.ts';

export interface Loaded {
  readonly session: WidgetSessionView;
  /** The conversation to go on with; null where one is to be begun. */
  readonly detail: ConversationDetailView | null;
}

type State =
  | { readonly name: 'loading' }
  | { readonly name: 'failed'; readonly error: unknown }
  | { readonly name: 'loaded'; readonly loaded: Loaded };

/** Who the visitor is and what they last talked about. `turn` counts the credentials: what failed is tried with the next ones. */
export function useLoaded(api: WidgetApi, turn: number | null) {
  const [state, setState] = useState<State>({ name: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const [tried, setTried] = useState(turn);
  const isKnown = turn !== null;
  if (turn !== tried) {
    setTried(turn);
    if (state.name === 'failed') {
      setState({ name: 'loading' });
      setAttempt((count) => count + 1);
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads anew
  useEffect(() => {
    if (!isKnown) return;
    let isLeft = false;
    const show = (next: State) => isLeft || setState(next);
    load(api).then(
      (loaded) => show({ name: 'loaded', loaded }),
      (error: unknown) => show({ name: 'failed', error }),
    );
    return () => {
      isLeft = true;
    };
  }, [api, isKnown, attempt]);

  const retry = useCallback(() => {
    setState({ name: 'loading' });
    setAttempt((count) => count + 1);
  }, []);
  return { state, retry };
}

async function load(api: WidgetApi): Promise<Loaded> {
  const session = await api.session();
  if (session.conversation === null) return { session, detail: null };
  try {
    return { session, detail: await api.conversation(session.conversation.id) };
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return { session, detail: null };
    throw error;
  }
}
