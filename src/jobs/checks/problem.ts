import { AppError } from '#errors';

/** Something about a job that does not hold. */
export interface JobProblem {
  /** The setting, dots go down. */
  readonly path: string;
  /** One or two sentences: what, and what to do. */
  readonly message: string;
  /** Whether the job cannot be stored so; else it can, and does not work as it stands. */
  readonly refuses: boolean;
}

export function refusal(path: string, message: string): JobProblem {
  return { path, message, refuses: true };
}

export function warning(path: string, message: string): JobProblem {
  return { path, message, refuses: false };
}

const mostTold = 5;

/** Throws AppError INPUT_INVALID with everything that refuses; returns where nothing does. */
export function requireSound(problems: readonly JobProblem[]): void {
  const told = problems.filter(({ refuses }) => refuses).slice(0, mostTold);
  if (told.length === 0) return;
  throw new AppError('INPUT_INVALID', told.map(({ path, message }) => `${path}: ${message}`).join(' '));
}
