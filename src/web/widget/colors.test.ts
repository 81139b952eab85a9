import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colorOn, contrast, mix, readableOn, readColor } from './colors.ts';

const anyColor = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('what stands on an accent, and what is written in it, is readable whatever the accent is', () => {
  fc.assert(
    fc.property(anyColor, (accent) => {
      expect(contrast(accent, colorOn(accent))).toBeGreaterThanOrEqual(4.5);
      for (const background of ['#ffffff', '#f0f0ed', '#1a1e1f', '#0e1112']) {
        expect(contrast(readableOn(accent, background), background)).toBeGreaterThanOrEqual(4.5);
      }
    }),
  );
});

test('an accent that is readable stays as it is', () => {
  expect(readableOn('#1d4ed8', '#ffffff')).toBe('#1d4ed8');
  expect(colorOn('#1d4ed8')).toBe('#ffffff');
  expect(colorOn('#facc15')).toBe('#000000');
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21);
  expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080');
});

test('only colours in hex are taken', () => {
  expect(readColor('#1D4')).toBe('#11dd44');
  expect(readColor(' #1D4ED8 ')).toBe('#1d4ed8');
  expect(['red', '#12', '#12345', 'url(x)', '#1d4ed8;x'].map(readColor)).toEqual([null, null, null, null, null]);
});
