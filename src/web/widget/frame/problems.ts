import { ProblemError } from '../../api-client.ts';
import type { FrameWords } from './words.ts';

/** What to tell a visitor about any error of a request, in their language where there are words of our own for it. */
export function describeProblem(words: FrameWords, error: unknown): string {
  if (!(error instanceof ProblemError)) return words.unreachable;
  const own = Object.hasOwn(words.problems, error.code) ? words.problems[error.code] : undefined;
  return own ?? (error.status >= 500 ? (words.problems.UNKNOWN ?? error.message) : error.message);
}

export function titleOfProblem(words: FrameWords, error: unknown): string {
  const code = error instanceof ProblemError ? error.code : '';
  return (Object.hasOwn(words.titles, code) ? words.titles[code] : undefined) ?? words.problemTitle;
}
