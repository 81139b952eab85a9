import type { Actor } from '#auth/actor.ts';
import type { Persona } from '#personas/persona-schema.ts';

/** Who and what a run is; the same for all its calls. */
export interface RunIdentity {
  readonly runId: string;
  readonly conversationId: string;
  readonly channel: string;
  readonly actor: Actor;
  readonly persona: Persona;
  /** The message that started the run, as the person wrote it. */
  readonly prompt: string;
}

export interface CallRequest {
  /** Ours, unique. */
  readonly callId: string;
  /** The model's own, which may come twice: a call of that id has been made then. */
  readonly modelCallId: string;
  readonly tool: string;
  /** The arguments as the model wrote them: JSON text. */
  readonly rawInput: string;
}
