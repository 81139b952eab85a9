import type { RunFault, RunFaultCode, Usage } from '#agent/run-events.ts';
import type { AppErrorCode } from '#errors';
import { CompatibleProblem } from '../../compatible-problem.ts';
import type { CompletionUsageView, FinishReason } from '../../contract/completions.ts';
import type { Ending, LastEvent } from './run-pieces.ts';

export interface Concluding {
  readonly runId: string;
  readonly conversationId: string;
  /** What one of its approvals is about, in one line. */
  readonly describeApproval: (id: string) => Promise<string | null>;
  /** Where people decide. */
  readonly approvalsAddress: string;
}

/** Ends that are no fault: the client gets what there is, even where that is nothing. */
const finishes: Partial<Readonly<Record<RunFaultCode, FinishReason>>> = {
  MODEL_LENGTH: 'length',
  MODEL_CONTENT_FILTER: 'content_filter',
};

/** Ends by people or their limits: what was written before stands. */
const cuts: readonly RunFaultCode[] = ['STOPPED', 'BUDGET_EXCEEDED'];

const faultCodes: Partial<Readonly<Record<RunFaultCode, AppErrorCode>>> = {
  MODEL_RATE_LIMITED: 'RATE_LIMITED',
  STOPPED: 'CONFLICT',
  BUDGET_EXCEEDED: 'CONFLICT',
  AUDIT_UNAVAILABLE: 'STORAGE_UNAVAILABLE',
  SERVICE_STOPPED: 'SHUTTING_DOWN',
  PERSONA_UNAVAILABLE: 'NOT_FOUND',
};

/** What the client of a run is told once it has ended, or waits for a person. */
export async function concludeRun(run: Concluding, last: LastEvent, text: string): Promise<Ending> {
  const { runId, conversationId } = run;
  const usage = usageView(last.usage);
  if (last.type === 'run-waiting') {
    return {
      problem: null,
      finishReason: 'stop',
      usage,
      persona: { runId, conversationId, status: 'waiting', approvals: [...last.approvals], notice: null },
      words: await waitingWords(run, last.approvals),
    };
  }
  const { status, fault } = last;
  return {
    problem: problemOf(fault, text),
    finishReason: (fault === null ? null : finishes[fault.code]) ?? 'stop',
    usage,
    persona: { runId, conversationId, status, approvals: [], notice: fault?.message ?? null },
    words: '',
  };
}

function problemOf(fault: RunFault | null, text: string): CompatibleProblem | null {
  if (fault === null || finishes[fault.code] !== undefined) return null;
  if (cuts.includes(fault.code) && text !== '') return null;
  return new CompatibleProblem(faultCodes[fault.code] ?? 'RUN_FAILED', fault.message, {
    code: fault.code.toLowerCase(),
  });
}

async function waitingWords(
  { describeApproval, approvalsAddress }: Concluding,
  approvals: readonly string[],
): Promise<string> {
  const lines = await Promise.all(approvals.map(describeApproval));
  const named = lines.filter((line) => line !== null);
  return [
    ['This waits for a decision:', ...named.map((line) => `- ${line}`)].join('\n'),
    `It is decided on at ${approvalsAddress}. The work goes on by itself then; write again to hear what became of it.`,
  ].join('\n\n');
}

function usageView({ inputTokens, outputTokens }: Usage): CompletionUsageView {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}
