import type { Actor } from '#auth/actor.ts';
import type { Persona } from '#personas/persona-schema.ts';

/** Who and what a run is; the same for all its calls. */
export interface RunIdentity {
  readonly runId: string;
  readonly conversationId: string;
  /** The answer that shows the run's calls. */
  readonly messageId: string;
  readonly channel: string;
  /** Where on the channel; null where the channel has no places. */
  readonly place: string | null;
  /** Whose the conversation is: the actor's, or a place's where several people write to it. */
  readonly ownerId: string;
  readonly actor: Actor;
  readonly persona: Persona;
  /** The message that started the run, as the person wrote it, with the files that came with it. */
  readonly prompt: string;
  /** The job's run that it works for, which nobody attends; null where somebody has written to the persona. */
  readonly jobRunId: string | null;
  /** Changes nothing: what would be changed is planned and told. */
  readonly trial: boolean;
}
