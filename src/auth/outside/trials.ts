/** Counts what went wrong, so that nobody guesses on and on. Of this process alone. */
export interface Trials {
  mayTry(subject: string): boolean;
  failed(subject: string): void;
}

interface Limit {
  readonly most: number;
  readonly minutes: number;
  readonly clock: () => Date;
}

/** Beyond it the oldest are forgotten: whoever has so many names is held by the length of what they guess. */
const mostSubjects = 10_000;

export function createTrials({ most, minutes, clock }: Limit): Trials {
  const failures = new Map<string, readonly number[]>();
  const recent = (subject: string) => {
    const since = clock().getTime() - minutes * 60_000;
    return (failures.get(subject) ?? []).filter((at) => at > since);
  };
  return {
    mayTry: (subject) => recent(subject).length < most,
    failed(subject) {
      const counted = [...recent(subject), clock().getTime()];
      failures.delete(subject);
      failures.set(subject, counted);
      const [oldest] = failures.keys();
      if (failures.size > mostSubjects && oldest !== undefined) failures.delete(oldest);
    },
  };
}
