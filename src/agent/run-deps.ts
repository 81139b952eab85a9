import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { CurrentActors } from '#auth/current-actor.ts';
import type { Logger } from '#log';
import type { Persona } from '#personas/persona-schema.ts';
import type { Scrub } from '#vault/scrub.ts';
import type { ApprovalStore } from './approvals/approval-store.ts';
import type { AskApproval } from './approvals/ask-approval.ts';
import type { WithdrawApprovals } from './approvals/withdraw-approvals.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { GuardToolCall, RunLedger } from './guarded-call.ts';
import type { MandateStore } from './mandates.ts';
import type { ToolOffer } from './persona-tools.ts';
import type { ModelResolver } from './resolve-model.ts';
import type { Progress } from './run-agent.ts';
import type { RunEvent } from './run-events.ts';
import type { RunIdentity } from './run-identity.ts';

export interface RunServiceDeps {
  readonly store: ConversationStore;
  readonly personas: {
    /** Null for one that is not there or is archived. */
    find(organizationId: string, id: string): Promise<Persona | null>;
    /** Keeps what the version is, for the record; before it acts. */
    keepVersion(organizationId: string, persona: Persona): Promise<void>;
  };
  /** The person behind a run as they are now; null once they left or their API key is over. */
  readonly actors: CurrentActors;
  readonly models: ModelResolver;
  readonly toolsFor: ToolOffer;
  readonly guard: GuardToolCall;
  /** Tells whether a call of a tool changes something, as the organization's tools are now. */
  readonly effectsIn: (organizationId: string) => Promise<(tool: string) => boolean>;
  readonly approvals: Pick<ApprovalStore, 'ofRun' | 'use'>;
  readonly mandates: MandateStore;
  readonly ask: AskApproval;
  readonly withdraw: WithdrawApprovals;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Names of people by their ids; the unknown are left out. */
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** This process, by which runs of lost ones are told apart. */
  readonly processId: string;
  /** Takes secrets in use out of everything the model is sent. */
  readonly scrub: Scrub;
  readonly log: Logger;
  readonly clock?: () => Date;
}

/** A run that this process has in hand, from its beginning or from where it waited. */
export interface RunInHand {
  readonly identity: RunIdentity;
  readonly ledger: RunLedger;
  readonly model: LanguageModelV4;
  readonly modelId: string;
  /** How far it had come; null for one that begins. */
  readonly progress: Progress | null;
  /** What its readers are told first. */
  readonly told: readonly RunEvent[];
}
