/** Why a run's signal was aborted; `lost`: another process has ended it, having taken this one for gone. */
export class RunAbort extends Error {
  readonly reason: 'stopped' | 'service_stopped' | 'lost';

  constructor(reason: RunAbort['reason']) {
    super(reason);
    this.name = 'RunAbort';
    this.reason = reason;
  }
}
