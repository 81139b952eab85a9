import type { StartRun } from '#agent/start-run.ts';
import { syncModelId } from '#agent/sync/sync-model.ts';
import { writeSync } from '#agent/sync/sync-spec.ts';
import type { Acting } from './acting-owner.ts';
import type { JobRun } from './job.ts';
import { renderPrompt } from './prompt-template.ts';

/** All attempts of a run talk in one conversation. */
export function conversationOf({ id }: Pick<JobRun, 'id'>): string {
  return id;
}

/** The message of an attempt: whoever sends it a second time is told that it is there. */
export function messageOf({ id, attempts }: Pick<JobRun, 'id' | 'attempts'>): string {
  return `${id}-${attempts}`;
}

const again =
  'Your work on the message above was cut off by a fault before it had ended. Go on from where it was: look first at what is done already, and do nothing twice.';

/** What the agent is asked at the attempt the run is at. */
export function requestOf(run: JobRun, acting: Acting & { readonly ok: true }, defaultModel: string): StartRun {
  const { definition, attempts, trial } = run;
  const { actor, persona } = acting;
  const { text, outsideText } = renderPrompt(definition, { at: run.plannedAt ?? run.createdAt, payload: run.payload });
  const common = {
    actor,
    channel: 'job',
    place: run.jobId,
    conversationId: conversationOf(run),
    personaId: definition.persona,
    messageId: messageOf(run),
    jobRunId: run.id,
    trial,
    ...(outsideText === null ? {} : { outsideText }),
  } as const;
  const { sync, model } = definition;
  if (sync !== null) {
    const transformer = model ?? persona.model ?? defaultModel;
    // What was copied before is found by its key, so the whole of it can be said again.
    return { ...common, text: writeSync({ ...sync, instruction: text }), modelId: syncModelId(transformer) };
  }
  return { ...common, text: attempts > 1 ? again : text, ...(model === null ? {} : { modelChoice: model }) };
}
