import type { RunEvent } from '#agent/run-events.ts';
import type { Actor } from '#auth/actor.ts';
import type { SlackAnswerRecord, SlackAnswerRepository } from '#db/repositories/slack-answers.ts';
import type { Logger } from '#log';
import type { SlackCards, SlackClients, SlackPlace, SlackWorkspaces } from './ports.ts';
import type { StoredRuns } from './stored-runs.ts';

export interface AnswerDeps {
  readonly rows: SlackAnswerRepository;
  readonly workspaces: Pick<SlackWorkspaces, 'byConnection'>;
  readonly clients: SlackClients;
  readonly cards: Pick<SlackCards, 'ask'>;
  readonly stored: StoredRuns;
  /** Begins a run anew of which nothing has happened, once. False where that may not be. */
  readonly startAgain: (answer: SlackAnswerRecord) => Promise<boolean>;
  /** How a tool is called for people. */
  readonly titleOf: (tool: string) => string;
  /** Takes secrets in use out of what is posted. */
  readonly scrub: (text: string) => string;
  readonly processId: string;
  readonly log: Logger;
  /** The thread is free for its next message, as far as an answer goes. */
  readonly onOver: (place: SlackPlace) => void;
}

/** On whose behalf a run is done, and who does it. */
export interface Asked {
  /** Null where it is not known any more, nor needed. */
  readonly requester: Actor | null;
  readonly personaName: string;
}

/** Tells everything from the beginning; `isKnown`: it was told in an earlier sitting of the run. */
export type Listen = (listener: (event: RunEvent, isKnown: boolean) => void) => void;
