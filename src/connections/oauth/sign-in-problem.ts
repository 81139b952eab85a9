/** Why coming back from a sign-in at another service led to no connection. Pages have a sentence for each. */
export const signInProblems = [
  'signed_out',
  'expired',
  'other_session',
  'denied',
  'refused',
  'taken',
  'failed',
] as const;
export type SignInProblem = (typeof signInProblems)[number];
