import type { Logger } from '#log';
import type { ApprovalService } from './approval-service.ts';

export interface ApprovalUpkeepDeps {
  readonly service: Pick<ApprovalService, 'expireDue' | 'remindDue' | 'takeUpUndos'>;
  readonly log: Logger;
  /** Calls `look` again and again until it is stopped. */
  readonly repeat?: (look: () => void) => { stop(): void };
}

/** Ends what nobody decided in time, and mails those who may decide: now, and then twice a minute. */
export function createApprovalUpkeep({ service, log, repeat = twiceAMinute }: ApprovalUpkeepDeps): {
  stop(): Promise<void>;
} {
  let looking: Promise<void> | null = null;
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => log.error({ err: error }, `${what} failed; it goes on later`));
  };
  async function lookAround(): Promise<void> {
    await attempt('ending approvals that nobody decided', () => service.expireDue());
    await attempt('telling those who may decide', () => service.remindDue());
    await attempt('going on with approved undos', () => service.takeUpUndos());
    looking = null;
  }
  const look = () => {
    looking ??= lookAround();
  };
  look();
  const repeating = repeat(look);
  return {
    async stop() {
      repeating.stop();
      await looking;
    },
  };
}

function twiceAMinute(look: () => void): { stop(): void } {
  const timer = setInterval(look, 30_000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
