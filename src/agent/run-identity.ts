import type { Actor } from '#auth/actor.ts';
import type { Persona } from '#personas/persona-schema.ts';

/** Who and what a run is; the same for all its calls. */
export interface RunIdentity {
  readonly runId: string;
  readonly conversationId: string;
  /** The answer that shows the run's calls. */
  readonly messageId: string;
  readonly channel: string;
  readonly actor: Actor;
  readonly persona: Persona;
  /** The message that started the run, as the person wrote it. */
  readonly prompt: string;
}
