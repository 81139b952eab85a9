import type { StoredCallPart, StoredMessage, StoredMetadata } from '#agent/stored-message.ts';
import type { StoredRun } from '#channels/chat/read-run.ts';
import type { RunView } from '../../contract/messages.ts';

type ToolCallView = RunView['toolCalls'][number];

/** A run with as much of its answer as there is. */
export function presentRun(run: StoredRun, answer: StoredMessage | null): RunView {
  const parts = answer?.parts ?? [];
  return {
    id: run.id,
    conversationId: run.conversationId,
    personaId: run.personaId,
    status: run.status,
    text: textOf(answer),
    toolCalls: parts.flatMap((part) => ('toolCallId' in part ? [presentCall(part, answer?.metadata ?? null)] : [])),
    waitingFor: run.status === 'waiting' ? [...(answer?.metadata?.waitingFor ?? [])] : [],
    notice: run.notice,
    usage: { inputTokens: run.inputTokens, outputTokens: run.outputTokens },
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
  };
}

/** What was written before a tool was called and what was written after it are paragraphs of their own. */
function textOf(answer: StoredMessage | null): string {
  const texts = (answer?.parts ?? []).map((part) => (part.type === 'text' ? part.text : ''));
  return texts.filter((text) => text !== '').join('\n\n');
}

function presentCall(part: StoredCallPart, metadata: StoredMetadata | null): ToolCallView {
  const { toolCallId: id, input } = part;
  return {
    id,
    tool: part.type.slice('tool-'.length),
    input,
    state: stateOf(part, metadata),
    output: part.state === 'output-available' ? part.output : null,
    message: part.state === 'output-error' ? part.errorText : null,
    approvalId: part.state === 'approval-requested' ? part.approval.id : null,
  };
}

function stateOf({ state, toolCallId }: StoredCallPart, metadata: StoredMetadata | null): ToolCallView['state'] {
  if (state === 'input-available') return 'requested';
  if (state === 'approval-requested') return 'waiting';
  if (state === 'output-available') return 'succeeded';
  const outcome = metadata?.calls?.[toolCallId]?.outcome;
  return outcome === undefined || outcome === 'succeeded' ? 'failed' : outcome;
}
