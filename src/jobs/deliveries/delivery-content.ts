import type { JobRun } from '../job.ts';

/** What is delivered, before it is put into the form of its place. */
export interface DeliveryContent {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly isProblem: boolean;
}

const longestText = 200_000;

/** The run's answer, or in plain words why there is none. */
export function contentOf(run: JobRun, answer: string | null): DeliveryContent {
  const { name } = run.definition;
  const said = answer?.trim() ?? '';
  if (run.status === 'succeeded') {
    return { title: name, text: said === '' ? '(The answer is empty.)' : cut(said), isProblem: false };
  }
  const parts = [`The job “${name}” ${endOf(run)}`, `**Why:** ${whyOf(run)}`, whatNext(run)];
  if (said !== '') parts.push('**What it had answered until then:**', cut(said));
  return {
    title: `${name}: ${run.status === 'stopped' ? 'stopped' : 'failed'}`,
    text: parts.join('\n\n'),
    isProblem: true,
  };
}

function endOf({ status, attempts, startedAt, createdAt }: JobRun): string {
  const began = `that began on ${timeOf(startedAt ?? createdAt)}`;
  if (status === 'stopped') return `was stopped: the run ${began} did not come to its end.`;
  if (status === 'dead') return `did not work: the run ${began} was given up after ${attempts} attempts.`;
  return `did not work: the run ${began} failed.`;
}

function whyOf({ problem }: JobRun): string {
  return problem === null || problem.trim() === '' ? 'The service does not know more.' : problem.trim();
}

function whatNext({ status }: JobRun): string {
  if (status === 'stopped') return 'Nothing has to be done. It starts again when it is due, or when you start it.';
  return 'Look at the run on the page of the job: there you see what it did, and can start it once more.';
}

function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function cut(text: string): string {
  if (text.length <= longestText) return text;
  const kept = text.slice(0, longestText).replace(/\p{Cs}$/u, '');
  return `${kept}\n\n(The rest is cut off. The whole answer is on the page of the job.)`;
}
