import type { Logger } from '#log';
import type { Approval } from './approval.ts';

export interface FollowUpDeps {
  /** Goes on with a run if nothing of it waits any more. */
  readonly resume: (organizationId: string, runId: string) => Promise<unknown>;
  /** Takes back what an approved undo is about; uses the approval itself, so that asking twice does it once. */
  readonly performUndo: (approval: Approval) => Promise<unknown>;
  /** Told of every change, after it was stored. */
  readonly onChange: (organizationId: string) => void;
  readonly log: Logger;
}

/** What follows from a decision. Nobody waits for it: its failure is logged, and found again by whoever looks next. */
export interface FollowUps {
  changed(organizationId: string): void;
  resume(organizationId: string, runId: string): void;
  undo(approval: Approval): void;
  /** Runs work that nobody waits for. */
  inBackground(what: string, work: () => Promise<unknown>): void;
  /** Resolves once nothing of it is under way any more. */
  settled(): Promise<void>;
}

export function createFollowUps({ resume, performUndo, onChange, log }: FollowUpDeps): FollowUps {
  const underWay = new Set<Promise<void>>();

  function inBackground(what: string, work: () => Promise<unknown>): void {
    const running: Promise<void> = Promise.resolve()
      .then(work)
      .catch((error: unknown) => log.error({ err: error }, `${what} failed`))
      .then(() => void underWay.delete(running));
    underWay.add(running);
  }

  return {
    changed: (organizationId) => onChange(organizationId),
    resume: (organizationId, runId) => inBackground('going on after a decision', () => resume(organizationId, runId)),
    undo: (approval) => inBackground('an approved undo', () => performUndo(approval)),
    inBackground,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
