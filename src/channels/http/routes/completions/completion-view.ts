import { compatibleError } from '../../compatible-problem.ts';
import type { CompletionView } from '../../contract/completions.ts';
import type { Ending, Piece } from './run-pieces.ts';

export interface CompletionFacts {
  readonly runId: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

const idOf = ({ runId }: CompletionFacts) => `chatcmpl-${runId}`;

export function presentCompletion(
  facts: CompletionFacts,
  { text, ending }: { readonly text: string; readonly ending: Ending },
): CompletionView {
  const { model, created } = facts;
  const { finishReason, usage, persona } = ending;
  const message = { role: 'assistant', content: text, refusal: null } as const;
  return {
    id: idOf(facts),
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage,
    persona,
  };
}

/** Encodes one answer's pieces, in their order, as the server-sent events of its chunks. */
export function createChunkEncoder(facts: CompletionFacts & { readonly withUsage: boolean }): (piece: Piece) => string {
  const { model, created, withUsage } = facts;
  let hasBegun = false;
  const chunk = (more: object) => {
    const head = { id: idOf(facts), object: 'chat.completion.chunk', created, model };
    return `data: ${JSON.stringify({ ...head, ...(withUsage ? { usage: null } : {}), ...more })}\n\n`;
  };
  const choice = (delta: object, finishReason: string | null = null) => ({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const encodeEnd = ({ problem, finishReason, usage, persona }: Ending): string => {
    if (problem !== null) {
      const { status, code, message: detail } = problem;
      return `data: ${JSON.stringify({ ...compatibleError({ status, code, detail }, problem), persona })}\n\n`;
    }
    const last = chunk({ ...choice({}, finishReason), persona });
    return withUsage ? last + chunk({ choices: [], usage }) : last;
  };
  return (piece) => {
    const begin = hasBegun ? '' : chunk(choice({ role: 'assistant', content: '', refusal: null }));
    hasBegun = true;
    return begin + (piece.type === 'text' ? chunk(choice({ content: piece.text })) : encodeEnd(piece.ending));
  };
}
