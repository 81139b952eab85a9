import { expect, test } from 'vitest';
import { splitDetail } from './form-problems.ts';

const isField = (name: string) => ['email', 'password', 'scopes'].includes(name);

test('a refusal is split by the fields it names', () => {
  expect(splitDetail('email: must be an e-mail address; password: must have at least 10 characters', isField)).toEqual({
    fields: { email: 'Must be an e-mail address.', password: 'Must have at least 10 characters.' },
    problem: null,
  });
});

test('a problem with an entry of a list is the list’s, and the first one counts', () => {
  expect(splitDetail('scopes.0: is unknown; scopes.2: is unknown as well', isField)).toEqual({
    fields: { scopes: 'Is unknown.' },
    problem: null,
  });
});

test('what names no field of the form is said for the whole form', () => {
  expect(splitDetail('There is already an account with this e-mail address.', isField)).toEqual({
    fields: {},
    problem: 'There is already an account with this e-mail address.',
  });
  expect(splitDetail('token: is not known; email: must not be empty', isField)).toEqual({
    fields: { email: 'Must not be empty.' },
    problem: 'Token: is not known.',
  });
});
