import type { Condition } from '../../job-definition.ts';

/*
 * What a hook asks of other parts.
 */

/** Whether all conditions hold for what an event brought. */
export type MeetsConditions = (conditions: readonly Condition[], payload: unknown) => boolean;

export interface RecordPlace {
  readonly organizationId: string;
  readonly database: string;
  readonly table: string;
  readonly record: string;
}

/** Whether a call that a job’s run has made wrote this record after that time. */
export type TouchedLately = (record: RecordPlace, since: Date) => Promise<boolean>;

/** The vault’s keys of hooks, as far as jobs need them. */
export interface HookSecrets {
  verify(request: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly auth: 'signature' | 'header';
    readonly version: number;
    readonly overlapUntil: Date | null;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly body: Buffer;
  }): Promise<
    { readonly ok: true; readonly messageId: string | null } | { readonly ok: false; readonly reason: string }
  >;
  makeSecret(key: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly auth: 'signature' | 'header';
    readonly version: number;
  }): Promise<{ reveal(): string }>;
  forgetSecret(key: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly version?: number;
  }): Promise<void>;
  outboundSecret(place: { readonly organizationId: string; readonly jobId: string }): Promise<{ reveal(): string }>;
  forgetOutboundSecret(place: { readonly organizationId: string; readonly jobId: string }): Promise<void>;
}
