import { expect, test } from 'vitest';
import { policyLines, serviceOf, tagOptions } from './embed.ts';

const tag = '<script async src="https://personas.example/widget.js" data-widget="w1" data-persona="p"></script>';

test('a strict site is told to let in the service, and nothing else', () => {
  expect(serviceOf({ tag })).toBe('https://personas.example');
  expect(policyLines({ tag })).toBe(
    'script-src https://personas.example;\nconnect-src https://personas.example;\nframe-src https://personas.example',
  );
});

test('every attribute that is offered is written as the tag takes it', () => {
  for (const { attribute } of tagOptions) expect(attribute).toMatch(/^data-[a-z-]+="[^"]+"$/);
});
