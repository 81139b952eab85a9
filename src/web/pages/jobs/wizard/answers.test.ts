import { expect, test } from 'vitest';
import type { JobTemplateView, TemplateQuestionView } from '#channels/http/contract/jobs.ts';
import { beginAnswers, isAsked, readAnswers } from './answers.ts';
import { cronOf } from './cron-of.ts';

const question = (asked: Partial<TemplateQuestionView> & Pick<TemplateQuestionView, 'id' | 'kind'>) => ({
  label: asked.id,
  help: '',
  required: true,
  choices: [],
  initial: null,
  askedWhen: null,
  ...asked,
});

const template: JobTemplateView = {
  id: 'daily-summary',
  title: 'Daily summary',
  description: '',
  questions: [
    question({ id: 'team', kind: 'team' }),
    question({ id: 'tables', kind: 'tables', required: false }),
    question({ id: 'most', kind: 'number', initial: 200 }),
    question({ id: 'sample', kind: 'json', required: false, initial: {} }),
    question({ id: 'start', kind: 'choice', initial: 'manual' }),
    question({ id: 'time', kind: 'time', initial: '08:00', askedWhen: { question: 'start', is: ['schedule'] } }),
    question({ id: 'deliveries', kind: 'deliveries', required: false, initial: [{ kind: 'inbox' }] }),
  ],
};

test('answers begin with what the template says, and come back as the service takes them', () => {
  const written = { ...beginAnswers(template), team: 'team12345', tables: ['A', 'B'], sample: '{"a":1}' };
  expect(readAnswers(template, written)).toEqual({
    answers: {
      team: 'team12345',
      tables: ['A', 'B'],
      most: 200,
      sample: { a: 1 },
      start: 'manual',
      deliveries: [{ kind: 'inbox' }],
    },
    problems: {},
  });
});

test('what is missing or cannot be read is told by its question; what is not asked is not missed', () => {
  const written = { ...beginAnswers(template), most: 'many', sample: '{', time: '' };
  expect(Object.keys(readAnswers(template, written).problems)).toEqual(['team', 'most', 'sample']);
  const asked = { ...written, start: 'schedule' };
  expect(Object.keys(readAnswers(template, asked).problems)).toContain('time');
});

test('a question that hangs on another is asked with that answer only', () => {
  const time = template.questions.find(({ id }) => id === 'time') ?? question({ id: 'time', kind: 'time' });
  expect(isAsked(time, { start: 'schedule' })).toBe(true);
  expect(isAsked(time, { start: 'manual' })).toBe(false);
});

test('a place that lacks something is told with its number', () => {
  const email = { key: 'k', kind: 'email', connectionId: '', to: '', subject: 'x', channel: '', url: '' } as const;
  const written = { ...beginAnswers(template), team: 'team12345', deliveries: [email] };
  expect(Object.keys(readAnswers(template, written).problems)).toEqual(['deliveries.0.to']);
});

test('a time and days as cron', () => {
  expect(cronOf('08:05', 'weekdays')).toBe('5 8 * * 1-5');
  expect(cronOf('', 'weekdays')).toBeNull();
  expect(cronOf('08:00', 'never')).toBeNull();
});
