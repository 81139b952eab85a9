import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { RunView } from '#channels/http/contract/messages.ts';
import { type RunOutcome, runOutcome } from './tool-inputs.ts';

/** Where people decide on approvals, without a slash at the end. */
export type PublicUrl = () => string;

/** A result that says in plain words why nothing, or not all, was done. */
export function errorResult(message: string, facts?: Readonly<Record<string, unknown>>): CallToolResult {
  return {
    content: [{ type: 'text', text: message }],
    isError: true,
    ...(facts === undefined ? {} : { structuredContent: { ...facts } }),
  };
}

/** What came of asking a persona. Its ids stand in the text too: many clients show a model nothing else. */
export function askResult(view: RunView, publicUrl: PublicUrl): CallToolResult {
  const outcome = outcomeOf(view, publicUrl);
  const { runId, conversationId, status, decideAt } = outcome;
  const text = [view.text.trim(), view.notice ?? '', openWords(outcome)].filter((words) => words !== '').join('\n\n');
  return {
    content: [
      { type: 'text', text: text === '' ? 'There is no answer.' : text },
      { type: 'text', text: JSON.stringify({ runId, conversationId, status, decideAt }) },
    ],
    structuredContent: { ...outcome },
    isError: !(isOpen(view) || view.status === 'succeeded'),
  };
}

/** The whole run, as JSON in the text as well. */
export function runResult(view: RunView, publicUrl: PublicUrl): CallToolResult {
  const outcome = outcomeOf(view, publicUrl);
  const words = openWords(outcome);
  return {
    content: [
      ...(words === '' ? [] : [{ type: 'text' as const, text: words }]),
      { type: 'text', text: JSON.stringify(outcome) },
    ],
    structuredContent: { ...outcome },
  };
}

/** What came of the one call of a run that was begun for it. */
export function directResult(view: RunView, publicUrl: PublicUrl): CallToolResult {
  const outcome = outcomeOf(view, publicUrl);
  const { runId, conversationId, status, decideAt } = outcome;
  const [call] = view.toolCalls;
  const named = { runId, conversationId };
  if (call?.state === 'succeeded') return outputResult(call.output, named);
  if (call !== undefined && call.message !== null) return errorResult(call.message, { ...named, state: call.state });
  if (!isOpen(view)) return errorResult(view.notice ?? 'The call was not made.', { ...named, status });
  const facts = { status, ...named, approvals: outcome.waitingFor, decideAt };
  return {
    content: [
      { type: 'text', text: openWords(outcome) },
      { type: 'text', text: JSON.stringify(facts) },
    ],
    structuredContent: facts,
  };
}

function outputResult(
  output: unknown,
  named: { readonly runId: string; readonly conversationId: string },
): CallToolResult {
  const isObject = typeof output === 'object' && output !== null && !Array.isArray(output);
  return {
    content: [{ type: 'text', text: JSON.stringify(output ?? null) }],
    ...(isObject ? { structuredContent: output as Record<string, unknown> } : {}),
    _meta: named,
  };
}

function outcomeOf(view: RunView, publicUrl: PublicUrl): RunOutcome {
  const { id: runId, conversationId, personaId, status, text, toolCalls, waitingFor, notice } = view;
  const decideAt = whereToDecide(waitingFor, publicUrl);
  return runOutcome.parse({ runId, conversationId, personaId, status, text, toolCalls, waitingFor, decideAt, notice });
}

function whereToDecide([approval, ...others]: readonly string[], publicUrl: PublicUrl): string | null {
  if (approval === undefined) return null;
  return `${publicUrl()}/approvals${others.length === 0 ? `/${encodeURIComponent(approval)}` : ''}`;
}

function isOpen({ status }: Pick<RunView, 'status'>): boolean {
  return status === 'running' || status === 'waiting';
}

/** What whoever called can do about a run that has not ended; empty for one that has. */
function openWords({ runId, status, decideAt }: RunOutcome): string {
  const later = `Ask get_run with runId ${runId} for the outcome; do not ask for the same again.`;
  if (status === 'running') return `It is still at work. ${later}`;
  if (status !== 'waiting') return '';
  const where = decideAt === null ? '' : ` at ${decideAt}`;
  return `Nothing more is done until a person has decided${where}. ${later}`;
}
